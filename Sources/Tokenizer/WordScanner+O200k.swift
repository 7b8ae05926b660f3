/// The patterns of o200k and Tekken, which divide words where upper-case letters follow lower-case ones.
extension WordScanner {
    /// `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?`
    /// `|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?`
    /// `|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
    ///
    /// Tekken has no contractions, and `\p{N}` for the digits.
    static func o200kWordEnd(
        in text: Span<UInt8>, from start: Int, to end: Int, digitLimit: Int, hasContractions: Bool
    ) -> Int {
        let (first, width) = character(in: text, at: start)
        let next = start + width
        if let letters = casedWordEnd(in: text, from: start, first, next, to: end) {
            guard hasContractions, letters < end, text[letters] == UInt8(ascii: "'") else { return letters }
            return anyCaseContractionEnd(in: text, from: letters, to: end) ?? letters
        }
        switch first {
        case .number: return runEnd(of: .number, in: text, from: next, to: end, limit: digitLimit - 1)
        case .letter, .other: return symbolsEnd(in: text, from: next, to: end)
        case .whitespace: break
        }
        if text[start] == UInt8(ascii: " "), next < end {
            let (second, secondWidth) = character(in: text, at: next)
            if second == .other { return symbolsEnd(in: text, from: next + secondWidth, to: end) }
        }
        return lastLineEnd(in: text, from: start, to: end) ?? whitespaceWordEnd(in: text, from: start, to: end)
    }

    /// The rest of `[^\s\p{L}\p{N}]+[\r\n/]*`.
    private static func symbolsEnd(in text: Span<UInt8>, from start: Int, to end: Int) -> Int {
        var position = runEnd(of: .other, in: text, from: start, to: end)
        while position < end, isLineEnd(text[position]) || text[position] == UInt8(ascii: "/") { position += 1 }
        return position
    }

    /// Returns where a match of the first two alternatives ends, without the contraction.
    private static func casedWordEnd(
        in text: Span<UInt8>, from start: Int, _ first: CharacterClass, _ next: Int, to end: Int
    ) -> Int? {
        let mayLead = first != .letter && first != .number && !isLineEnd(text[start])
        // With a leading character, then without. Only a mark can be both, and alone it matches the first alternative.
        if mayLead, next < end {
            if let lower = lowerWordEnd(in: text, from: next, to: end) { return lower }
        }
        if let lower = lowerWordEnd(in: text, from: start, to: end) { return lower }
        if mayLead, next < end, let upper = upperWordEnd(in: text, from: next, to: end) { return upper }
        return upperWordEnd(in: text, from: start, to: end)
    }

    /// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+`
    private static func lowerWordEnd(in text: Span<UInt8>, from start: Int, to end: Int) -> Int? {
        var position = start
        /// The end of the last character of the first run that the second run could match.
        var lastLower: Int?
        while position < end {
            let (letter, width) = letterCase(in: text, at: position)
            if letter == .lower { return lowerRunEnd(in: text, from: position, to: end) }
            guard letter != .none else { break }
            position += width
            if letter == .both { lastLower = position }
        }
        return lastLower
    }

    /// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*`
    private static func upperWordEnd(in text: Span<UInt8>, from start: Int, to end: Int) -> Int? {
        var position = start
        while position < end {
            let (letter, width) = letterCase(in: text, at: position)
            guard letter == .upper || letter == .both else { break }
            position += width
        }
        return position > start ? lowerRunEnd(in: text, from: position, to: end) : nil
    }

    private static func lowerRunEnd(in text: Span<UInt8>, from start: Int, to end: Int) -> Int {
        var position = start
        while position < end {
            let (letter, width) = letterCase(in: text, at: position)
            guard letter == .lower || letter == .both else { break }
            position += width
        }
        return position
    }

    @inline(__always)
    private static func letterCase(in text: Span<UInt8>, at position: Int) -> (LetterCase, width: Int) {
        let byte = text[position]
        if byte < 0x80 {
            if byte &- 0x61 < 26 { return (.lower, 1) }
            return (byte &- 0x41 < 26 ? .upper : .none, 1)
        }
        let (scalar, width) = UTF8Text.scalar(in: text, at: position)
        return (LetterCase(scalar), width)
    }
}

/// Which of the two classes of letters in o200k's pattern contain a scalar.
enum LetterCase {
    /// `[\p{Lu}\p{Lt}]`
    case upper
    /// `\p{Ll}`
    case lower
    /// `[\p{Lm}\p{Lo}\p{M}]`
    case both
    case none

    init(_ scalar: Unicode.Scalar) {
        // Unicode 17.0 made it a letter without a case.
        if scalar == "\u{295}" {
            self = .lower
            return
        }
        let letterCase: LetterCase =
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .titlecaseLetter: .upper
            case .lowercaseLetter: .lower
            case .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark, .enclosingMark: .both
            default: .none
            }
        self = letterCase == .none || scalar.isAssigned(upTo: 16) ? letterCase : .none
    }
}
