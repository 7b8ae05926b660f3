/// Splits text into words by one of the supported patterns, reading it once from left to right.
///
/// Each function implements one regular expression of Hugging Face's files, alternative by alternative. Text is valid
/// UTF-8, and every range begins and ends between scalars.
struct WordScanner {
    let pattern: WordPattern

    /// Returns where the first word of a piece of text ends, for a pattern that covers every text. The piece must not
    /// be empty; the pattern sees no text after `end`.
    @inline(__always)
    func wordEnd(in text: Span<UInt8>, from start: Int, to end: Int) -> Int {
        switch pattern {
        case .gpt2: Self.gpt2WordEnd(in: text, from: start, to: end)
        case .llama3: Self.cl100kWordEnd(in: text, from: start, to: end, digitLimit: 3)
        case .qwen2: Self.cl100kWordEnd(in: text, from: start, to: end, digitLimit: 1)
        default: otherWordEnd(in: text, from: start, to: end)
        }
    }

    /// Not inlined, so that the code for the most frequent patterns stays small.
    @inline(never)
    private func otherWordEnd(in text: Span<UInt8>, from start: Int, to end: Int) -> Int {
        switch pattern {
        case .o200k: Self.o200kWordEnd(in: text, from: start, to: end, digitLimit: 3, hasContractions: true)
        case .tekken: Self.o200kWordEnd(in: text, from: start, to: end, digitLimit: 1, hasContractions: false)
        case .spaceMark: Self.spaceMarkWordEnd(in: text, from: start, to: end)
        case .gpt2, .llama3, .qwen2, .digit, .digits, .lineEnd, .letters, .punctuation, .eastAsian: end
        }
    }

    /// Returns the first match of the pattern, which ends after `start`; the empty range at `end` if there is none.
    func nextWord(in text: Span<UInt8>, from start: Int, to end: Int) -> Range<Int> {
        if pattern.coversText { return start..<wordEnd(in: text, from: start, to: end) }
        var position = start
        while position < end {
            if let match = runEnd(in: text, from: position, to: end) { return position..<match }
            position += UTF8Text.scalar(in: text, at: position).width
        }
        return end..<end
    }

    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    static func gpt2WordEnd(in text: Span<UInt8>, from start: Int, to end: Int) -> Int {
        if text[start] == UInt8(ascii: "'"), let contraction = contractionEnd(in: text, from: start, to: end) {
            return contraction
        }
        let (first, width) = character(in: text, at: start)
        let next = start + width
        if first != .whitespace { return runEnd(of: first, in: text, from: next, to: end) }
        if text[start] == UInt8(ascii: " "), next < end {
            let (second, secondWidth) = character(in: text, at: next)
            if second != .whitespace { return runEnd(of: second, in: text, from: next + secondWidth, to: end) }
        }
        return whitespaceWordEnd(in: text, from: start, to: end)
    }

    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}`
    /// `| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
    ///
    /// The pattern of Qwen has `\p{N}` for the digits.
    static func cl100kWordEnd(in text: Span<UInt8>, from start: Int, to end: Int, digitLimit: Int) -> Int {
        if text[start] == UInt8(ascii: "'"), let contraction = anyCaseContractionEnd(in: text, from: start, to: end) {
            return contraction
        }
        let (first, width) = character(in: text, at: start)
        let next = start + width
        switch first {
        case .letter: return runEnd(of: .letter, in: text, from: next, to: end)
        case .number: return runEnd(of: .number, in: text, from: next, to: end, limit: digitLimit - 1)
        case .whitespace, .other: break
        }
        if next < end, !isLineEnd(text[start]) {
            let (second, secondWidth) = character(in: text, at: next)
            if second == .letter { return runEnd(of: .letter, in: text, from: next + secondWidth, to: end) }
            if second == .other, first == .whitespace, text[start] == UInt8(ascii: " ") {
                let run = runEnd(of: .other, in: text, from: next + secondWidth, to: end)
                return lineEndsEnd(in: text, from: run, to: end)
            }
        }
        if first == .other {
            return lineEndsEnd(in: text, from: runEnd(of: .other, in: text, from: next, to: end), to: end)
        }
        return lastLineEnd(in: text, from: start, to: end) ?? whitespaceWordEnd(in: text, from: start, to: end)
    }

    // MARK: Parts of the patterns

    @inline(__always)
    static func character(in text: Span<UInt8>, at position: Int) -> (kind: CharacterClass, width: Int) {
        let lead = text[position]
        if lead < 0x80 { return (CharacterClass(ascii: lead), 1) }
        let (scalar, width) = UTF8Text.scalar(in: text, at: position)
        return (CharacterClass(scalar), width)
    }

    /// Returns where a run of at most `limit` characters of one class ends.
    @inline(__always)
    static func runEnd(
        of kind: CharacterClass, in text: Span<UInt8>, from start: Int, to end: Int, limit: Int = .max
    ) -> Int {
        var position = start
        var remaining = limit
        while position < end, remaining > 0 {
            let (found, width) = character(in: text, at: position)
            guard found == kind else { break }
            position += width
            remaining -= 1
        }
        return position
    }

    @inline(__always)
    static func isLineEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

    /// `[\r\n]*`
    static func lineEndsEnd(in text: Span<UInt8>, from start: Int, to end: Int) -> Int {
        var position = start
        while position < end, isLineEnd(text[position]) { position += 1 }
        return position
    }

    /// `\s*[\r\n]+`: returns the position after the last line end of the white space at `start`; nil if it has none.
    static func lastLineEnd(in text: Span<UInt8>, from start: Int, to end: Int) -> Int? {
        var position = runEnd(of: .whitespace, in: text, from: start, to: end)
        while position > start {
            if isLineEnd(text[position - 1]) { return position }
            position -= 1
        }
        return nil
    }

    /// `\s+(?!\S)|\s+`: all the white space if the text ends with it, otherwise all but its last character, but at
    /// least one.
    static func whitespaceWordEnd(in text: Span<UInt8>, from start: Int, to end: Int) -> Int {
        let run = runEnd(of: .whitespace, in: text, from: start, to: end)
        if run == end { return run }
        let last = run - UTF8Text.scalar(in: text, before: run).width
        return last > start ? last : run
    }

    /// `'s|'t|'re|'ve|'m|'ll|'d` at an apostrophe.
    private static func contractionEnd(in text: Span<UInt8>, from start: Int, to end: Int) -> Int? {
        guard start + 1 < end else { return nil }
        switch text[start + 1] {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"):
            return start + 2 < end && text[start + 2] == UInt8(ascii: "e") ? start + 3 : nil
        case UInt8(ascii: "l"): return start + 2 < end && text[start + 2] == UInt8(ascii: "l") ? start + 3 : nil
        default: return nil
        }
    }

    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)` at an apostrophe. The long s, U+017F, is also an s of another case.
    static func anyCaseContractionEnd(in text: Span<UInt8>, from start: Int, to end: Int) -> Int? {
        guard start + 1 < end else { return nil }
        switch text[start + 1] | 0x20 {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"):
            return start + 2 < end && text[start + 2] | 0x20 == UInt8(ascii: "e") ? start + 3 : nil
        case UInt8(ascii: "l"): return start + 2 < end && text[start + 2] | 0x20 == UInt8(ascii: "l") ? start + 3 : nil
        default: return start + 2 < end && text[start + 1] == 0xC5 && text[start + 2] == 0xBF ? start + 3 : nil
        }
    }
}
