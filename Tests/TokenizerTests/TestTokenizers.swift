@testable import SkipFiles
@testable import SkipTokenizer

extension TokenizerDefinition {
    /// 256 tokens, one for each byte, and no merges.
    static let bytes = TokenizerDefinition(
        tokens: (0..<256).map { Token(bytes: ByteString(bytes: [UInt8($0)]), isWord: true) },
        byteTokenIDs: (0..<256).map { UInt32($0) }, merges: [], splitting: [.pattern(.gpt2)])

    /// Returns a definition of 256 byte tokens and a few merges, in order of rank.
    static func bytes(
        merging pairs: [(String, String)], added: [(String, AddedTokenOptions)] = [], pattern: WordPattern? = .gpt2
    ) -> TokenizerDefinition {
        var definition = TokenizerDefinition.bytes
        definition.splitting = pattern.map { [.pattern($0)] } ?? []
        for (left, right) in pairs {
            let result = definition.id(left + right) ?? UInt32(definition.tokens.count)
            if Int(result) == definition.tokens.count {
                definition.tokens.append(Token(bytes: ByteString(left + right), isWord: true))
            }
            definition.merges.append(
                Merge(left: definition.id(left) ?? 0, right: definition.id(right) ?? 0, result: result))
        }
        for (content, options) in added {
            let id = UInt32(definition.tokens.count)
            definition.tokens.append(Token(bytes: ByteString(content), isWord: false))
            definition.addedTokens.append(AddedToken(id: id, content: Array(content.utf8), options: options))
        }
        return definition
    }

    func id(_ text: String) -> UInt32? {
        tokens.firstIndex { $0.bytes == ByteString(text) }.map { UInt32($0) }
    }
}

/// Compiles a definition, reads the table back and calls `body` with the tokenizer, which must not leave `body`.
func withTokenizer<Result>(
    _ definition: TokenizerDefinition, _ body: (CompiledTokenizer) throws -> Result
) throws -> Result {
    try withTokenizer(table: TokenizerTable.encode(definition), body)
}

func withTokenizer<Result>(table: [UInt8], _ body: (CompiledTokenizer) throws -> Result) throws -> Result {
    // SAFETY: the buffer is valid inside the closure, and the tokenizer does not leave it.
    try unsafe table.withUnsafeBytes { try body(try unsafe CompiledTokenizer(validating: $0)) }
}
