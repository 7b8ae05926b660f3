/// Decodes ids one by one, for text that appears while it is generated: a character comes out when it is complete.
///
/// All that comes out, with `finish()` at the end, is what `decode` gives for all the ids.
public struct StreamingDecoder: Sendable {
    private let tokenizer: CompiledTokenizer
    private let skipsSpecialTokens: Bool
    /// The beginning of a character, at most three bytes.
    private var pending: [UInt8] = []

    public init(_ tokenizer: CompiledTokenizer, skipSpecialTokens: Bool = true) {
        self.tokenizer = tokenizer
        skipsSpecialTokens = skipSpecialTokens
    }

    /// The text that one more token completes: valid UTF-8, perhaps none.
    public mutating func append(_ id: UInt32) -> [UInt8] {
        tokenizer.appendTokenBytes(id, skipSpecialTokens: skipsSpecialTokens, to: &pending)
        var output: [UInt8] = []
        let taken = UTF8Text.appendRepaired(pending.span, to: &output)
        pending.removeFirst(taken)
        return output
    }

    /// What is left at the end: U+FFFD if a character is incomplete, otherwise nothing.
    public mutating func finish() -> [UInt8] {
        defer { pending.removeAll() }
        return pending.isEmpty ? [] : UTF8Text.replacement
    }
}
