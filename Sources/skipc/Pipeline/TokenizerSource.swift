import Convert
import Model
import Tokenizer

/// Compiles the tokenizer of a model directory.
struct TokenizerSource {
    let modelDirectory: String
    let vocabularySize: Int

    /// The compiled table; nil if the directory has no tokenizer.json.
    func table() throws -> [UInt8]? {
        let path = modelDirectory + "/tokenizer.json"
        guard FileProbe.exists(path) else { return nil }
        let definition = try TokenizerReader.definition(path: path)
        if definition.tokens.count > vocabularySize {
            throw InputError(
                .configVocabulary, file: path, found: "\(definition.tokens.count) tokens",
                required: "at most \(vocabularySize), the rows of the embedding")
        }
        do throws(TokenizerTableError) {
            return try TokenizerTable.encode(definition)
        } catch {
            throw TokenizerTableFailure(path: path, error: error)
        }
    }
}
