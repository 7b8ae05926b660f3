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
            if let others = try Self.otherFormats(inDirectoryWithoutTokenizer: path), let other = others.first {
                return try read(path + "/" + other)
            }
            return try read(path + "/" + Self.fileName)
        case .modelDirectory:
            if let others = try Self.otherFormats(inDirectoryWithoutTokenizer: modelDirectory) {
                return Result(table: nil, finding: .absent(others: others))
            }
            return try read(modelDirectory + "/" + Self.fileName)
        }
    }

    private func read(_ path: String) throws(TokenizerSourceError) -> Result {
        let exists = try Self.probe { () throws(InputError) in try FileProbe.exists(path) }
        if exists, Self.isOtherFormat(String(path.split(separator: "/").last ?? "")) {
            throw .input(
                InputError(
                    .tokenizerUnsupported, file: path, found: "a file of another format",
                    required: "tokenizer.json, as AutoTokenizer.from_pretrained(dir).save_pretrained(dir) writes it"))
        }
        let definition: TokenizerDefinition
        do { definition = try TokenizerReader.definition(path: path) } catch { throw .input(error) }
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

    private static let fileName = "tokenizer.json"

    /// Returns the names of tokenizer files that are not read; nil if the directory has a `tokenizer.json`.
    private static func otherFormats(
        inDirectoryWithoutTokenizer directory: String
    ) throws(TokenizerSourceError) -> [String]? {
        let path = directory + "/" + fileName
        if try probe({ () throws(InputError) in try FileProbe.exists(path) }) { return nil }
        let names = (try? DirectoryListing.names(in: directory)) ?? []
        return names.filter(isOtherFormat)
    }

    private static func probe(_ body: () throws(InputError) -> Bool) throws(TokenizerSourceError) -> Bool {
        do { return try body() } catch { throw .input(error) }
    }

    /// Returns whether a file contains a tokenizer, or a part of one, in a format that is not read.
    private static func isOtherFormat(_ name: String) -> Bool {
        otherNames.contains(name) || name.hasSuffix(".tiktoken")
    }

    private static let otherNames: Set<String> = [
        "merges.txt", "sentencepiece.bpe.model", "spiece.model", "tekken.json", "tokenizer.model", "vocab.json",
        "vocab.txt",
    ]
}

/// The reason why a tokenizer was not compiled.
public enum TokenizerSourceError: Error {
    /// tokenizer.json breaks a rule, or cannot be read.
    case input(InputError)
    /// The compiled table would break a rule.
    case table(path: String, TokenizerTableError)
}
