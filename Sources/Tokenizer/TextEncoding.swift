/// The encoding of one text: cuts out added tokens, normalizes the rest, splits it into words and merges them.
struct TextEncoding {
    var ids: [UInt32] = []
    private let normalization: [NormalizationStep]
    private let splitting: TextSplitting
    private let verbatimCutter: TextCutter
    private let normalizedCutter: TextCutter
    private let scanners: [WordScanner]
    private var merger: PairMerger

    init(_ tokenizer: CompiledTokenizer, parsesSpecialTokens: Bool) {
        normalization = tokenizer.normalization
        splitting = tokenizer.splitting
        verbatimCutter = TextCutter(
            tokenizer: tokenizer, index: tokenizer.verbatimAddedTokens, parsesSpecialTokens: parsesSpecialTokens)
        normalizedCutter = TextCutter(
            tokenizer: tokenizer, index: tokenizer.normalizedAddedTokens, parsesSpecialTokens: parsesSpecialTokens)
        scanners = tokenizer.splitting.patterns.map { WordScanner(pattern: $0) }
        merger = PairMerger(tokenizer)
    }

    /// Appends the ids of valid UTF-8.
    mutating func append(_ text: Span<UInt8>) {
        for piece in verbatimCutter.pieces(of: text) {
            switch piece {
            case .addedToken(let id): ids.append(id)
            case .text(let range): appendNormalizing(text.extracting(range), isFirst: range.lowerBound == 0)
            }
        }
    }

    private mutating func appendNormalizing(_ text: Span<UInt8>, isFirst: Bool) {
        if normalization.isEmpty || normalization == [.nfc] && CanonicalComposition.isPlain(text) {
            return appendCutting(text, isFirst: isFirst)
        }
        var normalized: [UInt8] = []
        normalized.reserveCapacity(text.count)
        for index in text.indices { normalized.append(text[index]) }
        for step in normalization { normalized = step.applied(to: normalized) }
        appendCutting(normalized.span, isFirst: isFirst)
    }

    private mutating func appendCutting(_ text: Span<UInt8>, isFirst: Bool) {
        for piece in normalizedCutter.pieces(of: text) {
            switch piece {
            case .addedToken(let id): ids.append(id)
            case .text(let range):
                appendPreparing(text.extracting(range), isFirst: isFirst && range.lowerBound == 0)
            }
        }
    }

    private mutating func appendPreparing(_ text: Span<UInt8>, isFirst: Bool) {
        if let prepared = splitting.prepared(text, isFirst: isFirst) {
            appendDividing(prepared.span)
        } else {
            appendDividing(text)
        }
    }

    // MARK: Words

    /// Divides at the literal text.
    private mutating func appendDividing(_ text: Span<UInt8>) {
        guard let literal = splitting.literal else { return appendWords(text, in: 0..<text.count, from: 0) }
        let length = literal.text.count
        var start = 0
        var position = 0
        while position < text.count {
            guard TextReplacement.occurs(literal.text, in: text, at: position) else {
                position += 1
                continue
            }
            let end = position + length
            let cut = literal.place == .withPrevious ? end : position
            appendWords(text, in: start..<cut, from: 0)
            if literal.place == .isolated { appendWords(text, in: position..<end, from: 0) }
            start = literal.place == .withNext ? position : end
            position = end
        }
        appendWords(text, in: start..<text.count, from: 0)
    }

    /// Divides by the patterns from `step` on.
    private mutating func appendWords(_ text: Span<UInt8>, in range: Range<Int>, from step: Int) {
        guard step < scanners.count else {
            if !range.isEmpty { merger.append(text.extracting(range), to: &ids) }
            return
        }
        let scanner = scanners[step]
        guard step == scanners.count - 1, scanner.pattern.coversText else {
            return appendPieces(text, in: range, from: step)
        }
        var position = range.lowerBound
        while position < range.upperBound {
            let end = scanner.wordEnd(in: text, from: position, to: range.upperBound)
            merger.append(text.extracting(position..<end), to: &ids)
            position = end
        }
    }

    private mutating func appendPieces(_ text: Span<UInt8>, in range: Range<Int>, from step: Int) {
        let scanner = scanners[step]
        var position = range.lowerBound
        while position < range.upperBound {
            let word = scanner.nextWord(in: text, from: position, to: range.upperBound)
            appendWords(text, in: position..<word.lowerBound, from: step + 1)
            appendWords(text, in: word, from: step + 1)
            position = word.upperBound
        }
    }
}
