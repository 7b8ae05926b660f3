/// Compiles a tokenizer into the bytes that the runtime maps: see `specs/tokenizer.md`.
public enum TokenizerTable {
    /// The longest text of an added token, in bytes: looking for one costs at most this much at each byte of a text.
    public static let addedTokenByteLimit = 1024

    /// The canonical bytes of a definition: equal definitions give equal bytes.
    ///
    /// - Throws: the rule that the definition breaks. What it returns has been read back.
    public static func encode(_ definition: TokenizerDefinition) throws(TokenizerTableError) -> [UInt8] {
        let table = try TableWriter(definition, wholeWords: []).table()
        let wholeWords = try unmergedWords(of: definition, table: table)
        if wholeWords.isEmpty { return table }
        let complete = try TableWriter(definition, wholeWords: wholeWords).table()
        _ = try unmergedWords(of: definition, table: complete)
        return complete
    }

    /// Reads a table back and, if the definition ignores merges, finds the tokens that merging their own bytes does not
    /// make, sorted by bytes. Only these need to be looked up as whole words; merging makes all the others.
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
