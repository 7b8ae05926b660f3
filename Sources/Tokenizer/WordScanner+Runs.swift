/// Patterns that match runs of one kind of character, and leave the text between them.
extension WordScanner {
    /// Returns where a match that begins at a position ends; nil if none begins there.
    func runEnd(in text: Span<UInt8>, from start: Int, to end: Int) -> Int? {
        let (first, width) = UTF8Text.scalar(in: text, at: start)
        switch pattern {
        case .digit: return first.isDigitForSplitting ? start + width : nil
        case .lineEnd: return Self.isLineEnd(text[start]) ? start + width : nil
        case .digits: return Self.run(in: text, from: start, to: end, { $0.isDigitForSplitting })
        case .eastAsian: return Self.run(in: text, from: start, to: end, Self.isEastAsian)
        case .letters: return Self.spacedRun(in: text, from: start, to: end) { CharacterClass($0) == .letter }
        case .punctuation: return Self.spacedRun(in: text, from: start, to: end, { $0.isPunctuation })
        case .gpt2, .llama3, .qwen2, .o200k, .tekken, .spaceMark: return wordEnd(in: text, from: start, to: end)
        }
    }

    /// Returns where a run of characters of a kind ends; nil if it is empty.
    private static func run(
        in text: Span<UInt8>, from start: Int, to end: Int, _ isMember: (Unicode.Scalar) -> Bool
    ) -> Int? {
        var position = start
        while position < end {
            let (scalar, width) = UTF8Text.scalar(in: text, at: position)
            guard isMember(scalar) else { break }
            position += width
        }
        return position > start ? position : nil
    }

    /// `\s?` and a run.
    private static func spacedRun(
        in text: Span<UInt8>, from start: Int, to end: Int, _ isMember: (Unicode.Scalar) -> Bool
    ) -> Int? {
        let (kind, width) = character(in: text, at: start)
        return run(in: text, from: kind == .whitespace ? start + width : start, to: end, isMember)
    }

    private static func isEastAsian(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x800...0x9FA5, 0xAC00...0xD7FF: true
        default: false
        }
    }

    /// Returns the position of the first U+2581 that follows another character.
    static func spaceMarkWordEnd(in text: Span<UInt8>, from start: Int, to end: Int) -> Int {
        var position = start
        while isSpaceMark(in: text, at: position, to: end) { position += 3 }
        while position < end {
            if text[position] == 0xE2, isSpaceMark(in: text, at: position, to: end) { return position }
            position += 1
        }
        return end
    }

    private static func isSpaceMark(in text: Span<UInt8>, at position: Int, to end: Int) -> Bool {
        position + 3 <= end && text[position] == 0xE2 && text[position + 1] == 0x96 && text[position + 2] == 0x81
    }
}
