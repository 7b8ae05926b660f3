/// Decodes ids one by one, for text that is shown while it is generated. A character is returned when it is complete.
///
/// All returned pieces, with that of `finish()`, are together what `decode` returns for all ids.
public struct StreamingDecoder: Sendable {
    private let tokenizer: CompiledTokenizer
    private let skipsSpecialTokens: Bool
    /// The first bytes of an incomplete character, at most three.
    private var pending: [UInt8] = []

    public init(_ tokenizer: CompiledTokenizer, skipSpecialTokens: Bool = true) {
        self.tokenizer = tokenizer
        skipsSpecialTokens = skipSpecialTokens
    }

    /// Adds a token and returns the text that it completes: valid UTF-8, possibly empty.
    public mutating func append(_ id: UInt32) -> [UInt8] {
        tokenizer.appendTokenBytes(id, skipSpecialTokens: skipsSpecialTokens, to: &pending)
        var output: [UInt8] = []
        let taken = UTF8Text.appendRepaired(pending.span, to: &output)
        pending.removeFirst(taken)
        return output
    }

    /// Ends the text. Returns U+FFFD if a character is incomplete, otherwise nothing.
    public mutating func finish() -> [UInt8] {
        defer { pending.removeAll() }
        return pending.isEmpty ? [] : UTF8Text.replacement
    }
}
