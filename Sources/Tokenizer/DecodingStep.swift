/// A step from tokens to text.
public enum DecodingStep: Equatable, Sendable {
    /// Joins the tokens' bytes, and replaces those that are not UTF-8.
    case bytes
    /// Replaces a text in each token.
    case replace([UInt8], with: [UInt8])
    /// Joins tokens such as `<0x0A>` to characters. If a run of them is not UTF-8, each becomes U+FFFD.
    case byteFallback
    /// Removes at most `count` occurrences of a character from the start of the whole text.
    case stripStart([UInt8], count: UInt32)
    /// Replaces a text by a space, and removes it from the first token with `dropsFirst`: the decoder `Metaspace`.
    case metaspace(replacement: [UInt8], dropsFirst: Bool)
}
