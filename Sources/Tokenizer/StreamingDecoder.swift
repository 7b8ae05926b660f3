/// Decodes ids one by one, for text that is shown while it is generated. A character is returned when it is complete.
/// With byte fallback, a run of byte tokens is returned when it ends, because its end decides what all of it means.
///
/// All returned pieces, with that of `finish()`, are together what `decode` returns for all ids.
public struct StreamingDecoder: Sendable {
    private let tokenizer: CompiledTokenizer
    private let skipsSpecialTokens: Bool
    private var decoding: TextDecoding

    public init(_ tokenizer: CompiledTokenizer, skipSpecialTokens: Bool = true) {
        self.tokenizer = tokenizer
        skipsSpecialTokens = skipSpecialTokens
        decoding = TextDecoding(tokenizer.decoding)
    }

    /// Adds a token and returns the text that it completes: valid UTF-8, possibly empty.
    public mutating func append(_ id: UInt32) -> [UInt8] {
        var output: [UInt8] = []
        tokenizer.append(id, skipSpecialTokens: skipsSpecialTokens, decoder: &decoding, to: &output)
        return output
    }

    /// Ends the text. Returns what is not returned yet: U+FFFD if a character is incomplete, or a run of byte tokens.
    public mutating func finish() -> [UInt8] {
        var output: [UInt8] = []
        decoding.finish(to: &output)
        return output
    }
}
