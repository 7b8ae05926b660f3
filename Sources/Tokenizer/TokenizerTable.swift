/// Compiles a tokenizer into the bytes that the runtime maps (`specs/tokenizer.md`).
public enum TokenizerTable {
    /// The longest text of an added token, in bytes. It bounds the cost of a search at each byte of a text.
    public static let addedTokenByteLimit = 1024

    /// Returns the canonical bytes of a definition: equal definitions yield equal bytes. The bytes have been read back.
    ///
    /// - Throws: the rule that the definition breaks.
    public static func encode(_ definition: TokenizerDefinition) throws(TokenizerTableError) -> [UInt8] {
        let table = try TableWriter(definition, wholeWords: []).table()
        let wholeWords = try unmergedWords(of: definition, table: table)
        if wholeWords.isEmpty { return table }
        let complete = try TableWriter(definition, wholeWords: wholeWords).table()
        _ = try unmergedWords(of: definition, table: complete)
        return complete
    }

    /// Reads a table back. If the definition ignores merges, returns the tokens that merging their own bytes does not
    /// yield, sorted by bytes. Only these must be looked up as whole words, because merging yields all others.
    private static func unmergedWords(
        of definition: TokenizerDefinition, table: [UInt8]
    ) throws(TokenizerTableError) -> [UInt32] {
        // SAFETY: the tokenizer does not leave the closure, in which the buffer is valid.
        let words = unsafe table.withUnsafeBytes { buffer in
            Result { () throws(TokenizerTableError) in
                try unsafe unmergedWords(of: definition, tokenizer: CompiledTokenizer(validating: buffer))
            }
        }
        return try words.get()
    }

    private static func unmergedWords(of definition: TokenizerDefinition, tokenizer: CompiledTokenizer) -> [UInt32] {
        guard definition.ignoresMerges else { return [] }
        var merger = PairMerger(tokenizer)
        var ids: [UInt32] = []
        var words: [UInt32] = []
        for (id, token) in definition.tokens.enumerated() where token.isWord {
            ids.removeAll(keepingCapacity: true)
            merger.append(token.bytes.bytes.span, to: &ids)
            if ids != [UInt32(id)] { words.append(UInt32(id)) }
        }
        return words.sorted { definition.tokens[Int($0)].bytes < definition.tokens[Int($1)].bytes }
    }
}
