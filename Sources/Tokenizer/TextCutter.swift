/// A part of a text: an added token, or the text between two of them.
enum TextPiece {
    case text(Range<Int>)
    case addedToken(UInt32)
}

/// Cuts the added tokens of one group out of a text, as Hugging Face's `AddedVocabulary` does.
struct TextCutter {
    let tokenizer: CompiledTokenizer
    let index: AddedTokenIndex
    /// Whether special tokens are recognised; otherwise they are text.
    let parsesSpecialTokens: Bool

    /// Returns the pieces of valid UTF-8, in order; none is empty.
    func pieces(of text: Span<UInt8>) -> [TextPiece] {
        if text.isEmpty { return [] }
        if index.isEmpty { return [.text(0..<text.count)] }
        let (bytes, layout) = (tokenizer.bytes, tokenizer.layout)
        var pieces: [TextPiece] = []
        var textStart = 0
        var position = 0
        var stripped = 0..<0
        while position < text.count {
            guard index.mayBegin(with: text[position]),
                let match = index.longestMatch(in: text, at: position, bytes, layout)
            else {
                position += 1
                continue
            }
            let start = position
            let end = start + match.length
            // A match that is rejected below is skipped as a whole: no shorter one is tried.
            position = end
            let options = layout.addedTokenOptions(match.record, in: bytes)
            if options.contains(.special), !parsesSpecialTokens { continue }
            if options.contains(.singleWord), touchesWord(start..<end, of: text) { continue }
            let stripsLeft = options.contains(.stripsLeft)
            let textEnd = stripsLeft ? whitespaceStart(before: start, of: text, from: textStart) : start
            if textStart < textEnd { pieces.append(.text(textStart..<textEnd)) }
            pieces.append(.addedToken(layout.addedTokenID(match.record, in: bytes)))
            textStart = end
            if options.contains(.stripsRight) {
                // A run of white space is scanned once, however many tokens begin inside it.
                if !stripped.contains(end) { stripped = end..<whitespaceEnd(from: end, of: text) }
                textStart = stripped.upperBound
            }
        }
        if textStart < text.count { pieces.append(.text(textStart..<text.count)) }
        return pieces
    }

    private func touchesWord(_ range: Range<Int>, of text: Span<UInt8>) -> Bool {
        let (start, end) = (range.lowerBound, range.upperBound)
        if start > 0, UTF8Text.scalar(in: text, before: start).scalar.isWordCharacter { return true }
        return end < text.count && UTF8Text.scalar(in: text, at: end).scalar.isWordCharacter
    }

    /// Returns where the white space before a position begins, at the earliest at `limit`.
    private func whitespaceStart(before end: Int, of text: Span<UInt8>, from limit: Int) -> Int {
        var start = end
        while start > limit {
            let (scalar, width) = UTF8Text.scalar(in: text, before: start)
            guard scalar.isWhitespaceForStripping else { break }
            start -= width
        }
        return start
    }

    private func whitespaceEnd(from start: Int, of text: Span<UInt8>) -> Int {
        var end = start
        while end < text.count {
            let (scalar, width) = UTF8Text.scalar(in: text, at: end)
            guard scalar.isWhitespaceForStripping else { break }
            end += width
        }
        return end
    }
}
