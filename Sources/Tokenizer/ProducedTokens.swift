import SkipFiles

extension TokenizerDefinition {
    /// Returns the ids from `firstID` on that the encoding of some text can contain, ascending.
    ///
    /// An added token is produced when its content occurs in a text, ids of the template are always added, and a byte
    /// becomes its token. The tokens of a word result from the same merges as their own bytes, because no merge crosses
    /// their ends. So a merge produces a token exactly if merging the token's bytes yields it.
    ///
    /// A token that is not in the result is never produced. A token in the result may be one that only the normalizer
    /// or the pre-tokenizer excludes, because their rules are not evaluated.
    ///
    /// - Throws: the rule of the table that the definition breaks.
    public func producedTokenIDs(from firstID: Int) throws(TokenizerTableError) -> [UInt32] {
        guard firstID < tokens.count else { return [] }
        var merging = self
        merging.ignoresMerges = false
        // This also checks that all ids below are ids of tokens.
        let table = try TokenizerTable.encode(merging)
        var isProduced = [Bool](repeating: false, count: tokens.count)
        for token in addedTokens { isProduced[Int(token.id)] = true }
        for id in prefixIDs + suffixIDs { isProduced[Int(id)] = true }
        if case .characters(let model) = model { markSymbols(of: model, in: &isProduced) }
        for (byte, id) in byteTokenIDs.enumerated() where UTF8Text.canContain(UInt8(byte)) {
            if let id { isProduced[Int(id)] = true }
        }
        if hasUnknownToken {
            // The bytes of such a token do not say which bytes of a text it results from.
            for merge in merges { isProduced[Int(merge.result)] = true }
        }
        let unmerged = try TokenizerTable.withTokenizer(table) { tokenizer in
            TokenizerTable.unmergedWords(of: self, from: firstID, tokenizer: tokenizer)
        }
        var isUnmerged = [Bool](repeating: false, count: tokens.count)
        for id in unmerged { isUnmerged[Int(id)] = true }
        for id in firstID..<tokens.count where tokens[id].isWord {
            let bytes = tokens[id].bytes.bytes
            let isMerged = !isUnmerged[id] && bytes.allSatisfy(UTF8Text.canContain)
            if isMerged || ignoresMerges && UTF8Text.isValid(bytes.span) { isProduced[id] = true }
        }
        return (firstID..<tokens.count).filter { isProduced[$0] }.map { UInt32($0) }
    }

    /// Marks the tokens that a character without a token becomes.
    private func markSymbols(of model: CharacterModel, in isProduced: inout [Bool]) {
        if let id = model.unknownID { isProduced[Int(id)] = true }
    }

    /// Whether merges may begin with tokens whose bytes are not those of the text: a byte or a character becomes a
    /// token that does not represent it.
    private var hasUnknownToken: Bool {
        if case .characters(let model) = model {
            var symbols = Set(byteTokenIDs.compactMap(\.self))
            if let id = model.unknownID { symbols.insert(id) }
            return merges.contains { symbols.contains($0.left) || symbols.contains($0.right) }
        }
        return byteTokenIDs.enumerated().contains { byte, id in
            id.map { tokens[Int($0)].bytes != ByteString(bytes: [UInt8(byte)]) } ?? false
        }
    }

    /// Returns the definition without the tokens from `count` on and their merges. Encoding returns the same ids if it
    /// never produces the removed tokens.
    ///
    /// - Precondition: no removed token is an added token or in the template.
    public func removingTokens(from count: Int) -> TokenizerDefinition {
        var result = self
        let limit = UInt32(count)
        result.tokens.removeSubrange(count...)
        result.byteTokenIDs = byteTokenIDs.map { id in id.flatMap { $0 < limit ? $0 : nil } }
        result.merges.removeAll { max($0.left, $0.right, $0.result) >= limit }
        return result
    }
}
