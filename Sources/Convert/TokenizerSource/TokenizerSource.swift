import SkipFiles
import SkipTokenizer

/// Finds and compiles the tokenizer of a conversion.
public struct TokenizerSource {
    private let choice: TokenizerChoice
    private let modelDirectory: String
    private let vocabularySize: Int

    /// `vocabularySize` is the number of rows of the model's embedding.
    public init(_ choice: TokenizerChoice = .modelDirectory, modelDirectory: String, vocabularySize: Int) {
        self.choice = choice
        self.modelDirectory = modelDirectory
        self.vocabularySize = vocabularySize
    }

    public struct Result: Sendable {
        /// The compiled table, which has at most as many tokens as the embedding has rows; nil: no tokenizer.
        public let table: [UInt8]?
        public let finding: TokenizerFinding?
    }

    /// Reads and compiles the tokenizer.
    public func read() throws(TokenizerSourceError) -> Result {
        switch choice {
        case .none: return Result(table: nil, finding: nil)
        case .path(let path):
            let isDirectory = try Self.probe { () throws(InputError) in try FileProbe.isDirectory(path) }
            if !isDirectory { return try read(path) }
            switch try Self.probe({ () throws(InputError) in try TokenizerContents(of: path) }) {
            case .tokenizer(let name): return try read(path + "/" + name)
            case .otherFormats(let names): return try read(path + "/" + (names.first ?? TokenizerContents.fileName))
            }
        case .modelDirectory:
            switch try Self.probe({ () throws(InputError) in try TokenizerContents(of: modelDirectory) }) {
            case .tokenizer(let name): return try read(modelDirectory + "/" + name)
            case .otherFormats(let names): return Result(table: nil, finding: .absent(others: names))
            }
        }
    }

    private func read(_ path: String) throws(TokenizerSourceError) -> Result {
        let exists = try Self.probe { () throws(InputError) in try FileProbe.exists(path) }
        if exists, TokenizerContents.otherNames.contains(String(path.split(separator: "/").last ?? "")) {
            throw .input(
                InputError(
                    .tokenizerUnsupported, file: path, found: "a file of another format",
                    required: "tokenizer.json, as AutoTokenizer.from_pretrained(dir).save_pretrained(dir) writes it"))
        }
        let definition: TokenizerDefinition
        do { definition = try TokenizerFile.definition(path: path) } catch { throw .input(error) }
        guard definition.tokens.count > vocabularySize else {
            return Result(table: try table(definition, path), finding: nil)
        }
        let produced: [UInt32]
        do { produced = try definition.producedTokenIDs(from: vocabularySize) } catch {
            throw .table(path: path, error)
        }
        if !produced.isEmpty {
            let tokens = SurplusTokens(ids: produced.map { Int($0) }, of: definition, rowCount: vocabularySize)
            throw .input(
                InputError(
                    .configVocabulary, file: path,
                    found: "\(definition.tokens.count) tokens, and encoding can produce \(tokens.list)",
                    required: "ids below \(vocabularySize), the number of rows of the embedding"))
        }
        let surplus = SurplusTokens(
            ids: vocabularySize..<definition.tokens.count, of: definition, rowCount: vocabularySize)
        let kept = definition.removingTokens(from: vocabularySize)
        return Result(table: try table(kept, path), finding: .leftOut(file: path, surplus))
    }

    private func table(_ definition: TokenizerDefinition, _ path: String) throws(TokenizerSourceError) -> [UInt8] {
        do { return try TokenizerTable.encode(definition) } catch { throw .table(path: path, error) }
    }

    private static func probe<Found>(
        _ body: () throws(InputError) -> Found
    ) throws(TokenizerSourceError) -> Found {
        do { return try body() } catch { throw .input(error) }
    }
}

/// The reason why a tokenizer was not compiled.
public enum TokenizerSourceError: Error {
    /// tokenizer.json breaks a rule, or cannot be read.
    case input(InputError)
    /// The compiled table would break a rule.
    case table(path: String, TokenizerTableError)
}
