/// The encoding of one text: cuts out added tokens, normalizes the rest, splits it into words and merges them.
struct TextEncoding {
    var ids: [UInt32] = []
    private let tokenizer: CompiledTokenizer
    private let verbatimCutter: TextCutter
    private let normalizedCutter: TextCutter
    private let scanner: WordScanner
    private var merger: PairMerger

    init(_ tokenizer: CompiledTokenizer, parsesSpecialTokens: Bool) {
        self.tokenizer = tokenizer
        verbatimCutter = TextCutter(
            tokenizer: tokenizer, index: tokenizer.verbatimAddedTokens, parsesSpecialTokens: parsesSpecialTokens)
        normalizedCutter = TextCutter(
            tokenizer: tokenizer, index: tokenizer.normalizedAddedTokens, parsesSpecialTokens: parsesSpecialTokens)
        scanner = WordScanner(pattern: tokenizer.preTokenizer)
        merger = PairMerger(tokenizer)
    }

    /// Appends the ids of valid UTF-8.
    mutating func append(_ text: Span<UInt8>) {
        for piece in verbatimCutter.pieces(of: text) {
            switch piece {
            case .addedToken(let id): ids.append(id)
            case .text(let range): appendNormalizing(text.extracting(range))
            }
        }
    }

    private mutating func appendNormalizing(_ text: Span<UInt8>) {
        if tokenizer.normalizer == .nfc, !CanonicalComposition.isPlain(text) {
            appendCutting(CanonicalComposition.composed(text).span)
        } else {
            appendCutting(text)
        }
    }

    private mutating func appendCutting(_ text: Span<UInt8>) {
        for piece in normalizedCutter.pieces(of: text) {
            switch piece {
            case .addedToken(let id): ids.append(id)
            case .text(let range): appendPrefixing(text.extracting(range))
            }
        }
    }

    private mutating func appendPrefixing(_ text: Span<UInt8>) {
        let space = UInt8(ascii: " ")
        guard tokenizer.addsPrefixSpace, text[0] != space else { return appendWords(text, in: 0..<text.count) }
        var prefixed = [space]
        prefixed.reserveCapacity(text.count + 1)
        for index in text.indices { prefixed.append(text[index]) }
        appendWords(prefixed.span, in: 0..<prefixed.count)
    }

    private mutating func appendWords(_ text: Span<UInt8>, in range: Range<Int>) {
        guard tokenizer.preTokenizer == .digitsThenGPT2 else { return appendUndividedWords(text, in: range) }
        var start = range.lowerBound
        var position = start
        while position < range.upperBound {
            let (scalar, width) = UTF8Text.scalar(in: text, at: position)
            if scalar.isDigitForSplitting {
                appendUndividedWords(text, in: start..<position)
                merger.append(text.extracting(position..<position + width), to: &ids)
                start = position + width
            }
            position += width
        }
        appendUndividedWords(text, in: start..<range.upperBound)
    }

    private mutating func appendUndividedWords(_ text: Span<UInt8>, in range: Range<Int>) {
        var position = range.lowerBound
        while position < range.upperBound {
            let end = scanner.wordEnd(in: text, from: position, to: range.upperBound)
            merger.append(text.extracting(position..<end), to: &ids)
            position = end
        }
    }
}
