import SkipFiles
import SkipTokenizer

@testable import SkipConvert

/// Reads arbitrary bytes as `tokenizer.model`, a SentencePiece model or tiktoken's ranks, and compiles the tokenizer.
/// The table of an accepted one is valid, and encoding and decoding have the properties of every tokenizer.
enum ModelFileEntry {
    /// Ranks of any number, as if their tokenizer were known.
    private static let family = RankFamily(
        name: "any", rankCount: 0, pattern: .llama3, normalization: [.nfc], specialTokens: ["<s>", "<|end|>"],
        bosToken: "<s>")

    static func examine(_ bytes: [UInt8]) throws {
        let file = "tokenizer.model"
        let configuration = TokenizerConfiguration()
        let definition =
            if bytes.first == 0x0A {
                try TokenizerFile.definition(bytes, configuration, file: file)
            } else {
                try RankReader(RankFile.tokens(bytes, file: file), family: family, configuration, file: file)
                    .definition()
            }
        do {
            try CompiledTokenizer.with(TokenizerTable.encode(definition)) { tokenizer in
                let all = (0..<UInt32(min(tokenizer.vocabularySize, 2000))).map { $0 }
                let ids = try tokenizer.checkProperties(CompiledTokenizer.sample, otherIDs: all + [.max])
                let produced = try Set(definition.producedTokenIDs(from: 0))
                try require(produced.isSuperset(of: ids), "encoding returns only ids that can be produced")
            }
        } catch let error as TokenizerTableError {
            throw BrokenProperty(description: "the compiled table is refused: \(error)")
        }
    }
}
