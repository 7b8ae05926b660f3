/// Compiles a tokenizer into the bytes that the runtime maps (`specs/tokenizer.md`).
public enum TokenizerTable {
    /// The longest text of an added token, in bytes. It bounds the cost of a search at each byte of a text.
    public static let addedTokenByteLimit = 1024
    /// The longest text of a step, in bytes. It bounds how much longer steps make a text.
    public static let stepTextByteLimit = TableStep.textLimit

    /// Returns the canonical bytes of a definition: equal definitions yield equal bytes. The bytes have been read back.
    ///
    /// - Throws: the rule that the definition breaks.
    public static func encode(_ definition: TokenizerDefinition) throws(TokenizerTableError) -> [UInt8] {
        let table = try TableWriter(definition, wholeWords: []).table()
        let wholeWords = try withTokenizer(table) { Self.wholeWords(of: definition, tokenizer: $0) }
        if wholeWords.isEmpty { return table }
        let complete = try TableWriter(definition, wholeWords: wholeWords).table()
        try withTokenizer(complete) { _ in }
        return complete
    }

    /// Reads a table back and calls `body` with its tokenizer, which must not leave `body`.
    static func withTokenizer<Result>(
        _ table: [UInt8], _ body: (CompiledTokenizer) -> Result
    ) throws(TokenizerTableError) -> Result {
        // SAFETY: the tokenizer does not leave the closure, in which the buffer is valid.
        let result = unsafe table.withUnsafeBytes { buffer in
            Swift.Result { () throws(TokenizerTableError) in
                body(try unsafe CompiledTokenizer(validating: buffer))
            }
        }
        return try result.get()
    }

    /// Returns the tokens that must be looked up as whole words, sorted by bytes: none unless the definition ignores
    /// merges, and otherwise the words that merging does not yield.
    private static func wholeWords(of definition: TokenizerDefinition, tokenizer: CompiledTokenizer) -> [UInt32] {
        guard definition.ignoresMerges else { return [] }
        return unmergedWords(of: definition, from: 0, tokenizer: tokenizer)
            .sorted { definition.tokens[Int($0)].bytes < definition.tokens[Int($1)].bytes }
    }

    /// Returns the words among the tokens from `firstID` on that merging their own bytes does not yield, ascending.
    static func unmergedWords(
        of definition: TokenizerDefinition, from firstID: Int, tokenizer: CompiledTokenizer
    ) -> [UInt32] {
        var merger = PairMerger(tokenizer)
        var ids: [UInt32] = []
        var words: [UInt32] = []
        for id in firstID..<definition.tokens.count where definition.tokens[id].isWord {
            ids.removeAll(keepingCapacity: true)
            merger.append(definition.tokens[id].bytes.bytes.span, to: &ids)
            if ids != [UInt32(id)] { words.append(UInt32(id)) }
        }
        return words
    }
}
