/// The normal form that text is brought to before it is split into words. Raw values are those of the compiled table.
public enum TextNormalizer: UInt8, Sendable, CaseIterable {
    case identity = 0
    /// Normalization form C as Hugging Face's tokenizers compute it: with the data of Unicode 9.0.
    case nfc = 1

    /// Returns the normal form of a text in UTF-8. Bytes that are not UTF-8 become U+FFFD.
    public func normalized(_ text: [UInt8]) -> [UInt8] {
        let valid = UTF8Text.repaired(text)
        return self == .identity || CanonicalComposition.isPlain(valid.span)
            ? valid : CanonicalComposition.composed(valid.span)
    }
}
