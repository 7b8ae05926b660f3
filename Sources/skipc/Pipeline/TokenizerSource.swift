import Convert
import Model
import Tokenizer

/// Compiles the tokenizer of a model directory.
struct TokenizerSource {
    private let path: String

    init(modelDirectory: String) { path = modelDirectory + "/tokenizer.json" }

    /// A compiled tokenizer.
    struct Compiled: Sendable {
        let table: [UInt8]
        let tokenCount: Int
    }

    /// Nil if the directory has no tokenizer.json.
    func compiled() throws -> Compiled? {
        guard FileProbe.exists(path) else { return nil }
        let definition = try TokenizerReader.definition(path: path)
        do throws(TokenizerTableError) {
            return Compiled(table: try TokenizerTable.encode(definition), tokenCount: definition.tokens.count)
        } catch {
            throw TokenizerTableFailure(path: path, error: error)
        }
    }

    /// The table, if its tokens are among the model's.
    func table(_ compiled: Compiled?, vocabularySize: Int) throws(InputError) -> [UInt8]? {
        guard let compiled else { return nil }
        if compiled.tokenCount > vocabularySize {
            throw InputError(
                .configVocabulary, file: path, found: "\(compiled.tokenCount) tokens",
                required: "at most \(vocabularySize), the rows of the embedding")
        }
        return compiled.table
    }
}
