/// A change of a piece of text before its words are found. All texts are UTF-8.
public enum NormalizationStep: Equatable, Sendable {
    /// Normalization form C as Hugging Face's tokenizers compute it: with the data of Unicode 9.0.
    case nfc
    /// Inserts a text before a piece that is not empty.
    case prepend([UInt8])
    /// Replaces each occurrence of a text, from left to right.
    case replace([UInt8], with: [UInt8])
    /// Replaces a text at the start of the piece.
    case replaceStart([UInt8], with: [UInt8])
    /// Removes repetitions of a text from both ends of the piece.
    case trim([UInt8])
    /// Replaces each run of a text by one occurrence.
    case collapse([UInt8])
    /// Removes white space (`White_Space`) from the left or the right end.
    case strip(left: Bool, right: Bool)

    /// Returns the result for valid UTF-8, which is valid UTF-8 again.
    func applied(to text: [UInt8]) -> [UInt8] {
        switch self {
        case .nfc: CanonicalComposition.isPlain(text.span) ? text : CanonicalComposition.composed(text.span)
        case .prepend(let prefix): text.isEmpty ? text : prefix + text
        case .replace(let old, let new): TextReplacement.replacing(old, with: new, in: text)
        case .replaceStart(let old, let new): text.starts(with: old) ? new + text.dropFirst(old.count) : text
        case .trim(let unit): Self.trimmed(text, unit)
        case .collapse(let unit): TextReplacement.collapsing(unit, in: text)
        case .strip(let left, let right): Self.stripped(text, left: left, right: right)
        }
    }

    private static func trimmed(_ text: [UInt8], _ unit: [UInt8]) -> [UInt8] {
        var rest = text[...]
        while rest.starts(with: unit) { rest.removeFirst(unit.count) }
        while rest.count >= unit.count, rest.suffix(unit.count).elementsEqual(unit) { rest.removeLast(unit.count) }
        return Array(rest)
    }

    private static func stripped(_ text: [UInt8], left: Bool, right: Bool) -> [UInt8] {
        let span = text.span
        var (start, end) = (0, text.count)
        while left, start < end {
            let (scalar, width) = UTF8Text.scalar(in: span, at: start)
            guard scalar.isWhitespaceForStripping else { break }
            start += width
        }
        while right, start < end {
            let (scalar, width) = UTF8Text.scalar(in: span, before: end)
            guard scalar.isWhitespaceForStripping else { break }
            end -= width
        }
        return Array(text[start..<end])
    }
}

extension [NormalizationStep] {
    /// Returns the normal form of a text. Bytes that are not UTF-8 become U+FFFD.
    public func normalized(_ text: [UInt8]) -> [UInt8] {
        reduce(UTF8Text.repaired(text)) { text, step in step.applied(to: text) }
    }
}
