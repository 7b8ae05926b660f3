import SkipFiles
import SkipTokenizer

/// Compiles the tokenizer of a model directory.
public struct TokenizerSource {
    private let modelDirectory: String
    private let vocabularySize: Int

    /// `vocabularySize` is the number of rows of the model's embedding.
    public init(modelDirectory: String, vocabularySize: Int) {
        self.modelDirectory = modelDirectory
        self.vocabularySize = vocabularySize
    }

    /// Returns the compiled table; nil if the directory has no `tokenizer.json`.
    public func table() throws(TokenizerSourceError) -> [UInt8]? {
        let path = modelDirectory + "/tokenizer.json"
        let definition: TokenizerDefinition
        do {
            guard try FileProbe.exists(path) else { return nil }
            definition = try TokenizerReader.definition(path: path)
        } catch {
            throw .input(error)
        }
        if definition.tokens.count > vocabularySize {
            throw .input(
                InputError(
                    .configVocabulary, file: path, found: "\(definition.tokens.count) tokens",
                    required: "at most \(vocabularySize), the number of rows of the embedding"))
        }
        do {
            return try TokenizerTable.encode(definition)
        } catch {
            throw .table(path: path, error)
        }
    }
}

/// The reason why the tokenizer of a directory was not compiled.
public enum TokenizerSourceError: Error {
    /// tokenizer.json breaks a rule, or cannot be read.
    case input(InputError)
    /// The compiled table would break a rule.
    case table(path: String, TokenizerTableError)
}
