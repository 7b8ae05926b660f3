import SkipFiles
import SkipTokenizer

@testable import SkipConvert

/// Reads arbitrary bytes as `tokenizer.json` and compiles the tokenizer. The table of an accepted one is valid and
/// holds the same tokens. Without the tokens that no text produces, it encodes the same.
///
/// Returns the ids of a sample text, which Hugging Face's tokenizers also compute.
enum TokenizerEntry {
    static func examine(_ bytes: [UInt8]) throws -> String {
        let object = try JSONFile.object(bytes, file: "tokenizer.json", syntaxRule: .tokenizerSyntax)
        let definition = try TokenizerReader.definition(object, file: "tokenizer.json")
        let table = try TokenizerTable.encode(definition)
        let ids: [UInt32]
        do {
            ids = try CompiledTokenizer.with(table) { tokenizer in
                try require(tokenizer.vocabularySize == definition.tokens.count, "the table has all tokens")
                for (id, token) in definition.tokens.enumerated() {
                    try require(
                        tokenizer.tokenBytes(UInt32(id)).map { ByteString(bytes: $0) } == token.bytes,
                        "the table has the same tokens")
                }
                return try tokenizer.checkProperties(CompiledTokenizer.sample)
            }
        } catch let error as TokenizerTableError {
            throw BrokenProperty(description: "the compiled table is refused: \(error)")
        }
        try checkShortened(definition, ids)
        return ids.map { "\($0)" }.joined(separator: " ")
    }

    /// Removes the tokens at the end that encoding does not produce.
    private static func checkShortened(_ definition: TokenizerDefinition, _ ids: [UInt32]) throws {
        let count = Int(try definition.producedTokenIDs(from: 0).last ?? 0) + 1
        try require(ids.allSatisfy { $0 < count }, "encoding returns only ids that can be produced")
        guard count < definition.tokens.count else { return }
        let table = try TokenizerTable.encode(definition.removingTokens(from: count))
        let shortened = try CompiledTokenizer.with(table) {
            $0.encode(CompiledTokenizer.sample, addSpecialTokens: false)
        }
        try require(shortened == ids, "encoding without the removed tokens returns the same ids")
    }
}
