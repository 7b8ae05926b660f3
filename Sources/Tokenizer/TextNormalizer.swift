/// What is done to text before it is cut into words. Raw values are those of the compiled table.
public enum TextNormalizer: UInt8, Sendable, CaseIterable {
    case identity = 0
    /// Canonical composition as Hugging Face's tokenizers compute it: with the data of Unicode 9.0.
    case nfc = 1

    /// The normal form of a text of UTF-8; bytes that are not UTF-8 become U+FFFD.
    public func normalized(_ text: [UInt8]) -> [UInt8] {
        let valid = UTF8Text.repaired(text)
        return self == .identity || CanonicalComposition.isPlain(valid.span)
            ? valid : CanonicalComposition.composed(valid.span)
    }
}
