import Foundation
import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles
@testable import SkipTokenizer

/// Which tokenizer a conversion uses, and what happens to tokens without a row in the embedding.
@Suite("Tokenizer of a conversion")
struct TokenizerSourceTests {
    /// `TokenizerReaderTests.json` has five tokens: three bytes, a merge's result and an added token.
    private static let json = TokenizerReaderTests.json

    private func read(
        _ choice: TokenizerChoice, _ directory: TemporaryDirectory, rows: Int = 5
    ) throws -> TokenizerSource.Result {
        try TokenizerSource(choice, modelDirectory: directory.path, vocabularySize: rows).read()
    }

    private func inputError(
        _ choice: TokenizerChoice, _ directory: TemporaryDirectory, rows: Int = 5
    ) -> InputError? {
        do {
            _ = try read(choice, directory, rows: rows)
        } catch TokenizerSourceError.input(let error) {
            return error
        } catch {}
        return nil
    }

    @Test("The choice decides which file is read")
    func choices() throws {
        let directory = try TemporaryDirectory()
        try directory.write("not JSON", to: "tokenizer.json")
        try directory.makeDirectory("other")
        try directory.write(Self.json, to: "other/tokenizer.json")
        try directory.write(Self.json, to: "none")
        #expect(inputError(.modelDirectory, directory)?.rule == .tokenizerSyntax)
        let none = try read(.none, directory)
        #expect(none.table == nil && none.finding == nil)
        let table = try TokenizerTable.encode(TokenizerReaderTests.definition())
        for path in ["other", "other/tokenizer.json", "none"] {
            let result = try read(.path(directory.file(path)), directory)
            #expect(result.table == table && result.finding == nil, "\(path)")
        }
        try directory.makeDirectory("empty")
        for path in ["missing", "empty"] {
            #expect(inputError(.path(directory.file(path)), directory)?.rule == .inputUnreadable, "\(path)")
        }
    }

    @Test("An absent tokenizer is a finding that names files of other formats")
    func absent() throws {
        let directory = try TemporaryDirectory()
        for name in ["config.json", "model.safetensors"] { try directory.write("", to: name) }
        #expect(try read(.modelDirectory, directory).finding == .absent(others: []))
        for name in ["vocab.json", "merges.txt", "tekken.json"] { try directory.write("", to: name) }
        let result = try read(.modelDirectory, directory)
        #expect(result.table == nil)
        #expect(result.finding == .absent(others: ["merges.txt", "tekken.json", "vocab.json"]))
    }

    @Test("A tokenizer of another format is unsupported, whether its path or its directory is given")
    func otherFormats() throws {
        let directory = try TemporaryDirectory()
        try directory.makeDirectory("other")
        try directory.write("{}", to: "other/tekken.json")
        for path in ["other", "other/tekken.json"] {
            let error = try #require(inputError(.path(directory.file(path)), directory))
            #expect(error.rule == .tokenizerUnsupported)
            #expect(error.file.hasSuffix("/other/tekken.json"))
            #expect(error.required.contains("save_pretrained"))
        }
        #expect(inputError(.path(directory.file("merges.txt")), directory)?.rule == .inputUnreadable)
        try directory.write(Self.json, to: "other/tokenizer.json")
        #expect(try read(.path(directory.file("other")), directory).table != nil)
    }

    @Test("A link without a target is not an absent tokenizer")
    func danglingLink() throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createSymbolicLink(
            atPath: directory.file("tokenizer.json"), withDestinationPath: directory.file("nowhere"))
        #expect(inputError(.modelDirectory, directory)?.rule == .brokenLink)
    }

    @Test("CF-74: tokens without a row are left out if encoding never produces them")
    func leavesOut() throws {
        let directory = try TemporaryDirectory()
        // The last two words have no merge, and nothing marks them as added tokens.
        let words = Self.json.replacingFirst(#""ab": 3}"#, with: #""ab": 3, "<s>": 4, "xa": 5, "xĠb": 6}"#)
        try directory.write(words, to: "tokenizer.json")
        let result = try read(.modelDirectory, directory)
        let kept = try TokenizerReaderTests.definition((#""ab": 3}"#, #""ab": 3, "<s>": 4}"#))
        #expect(try result.table == TokenizerTable.encode(kept))
        guard case .leftOut(let file, let tokens) = result.finding else {
            Issue.record("no finding")
            return
        }
        #expect(file == directory.file("tokenizer.json"))
        #expect(tokens.count == 2 && tokens.rowCount == 5)
        #expect(tokens.list == #""xa" (5), "x b" (6)"#)
        // Padding of the embedding is no finding.
        #expect(try read(.modelDirectory, directory, rows: 64).finding == nil)
    }

    @Test("CF-74: tokens without a row are an error if encoding can produce them", arguments: [4, 3])
    func refuses(_ rows: Int) throws {
        let directory = try TemporaryDirectory()
        try directory.write(Self.json, to: "tokenizer.json")
        let error = try #require(inputError(.modelDirectory, directory, rows: rows))
        #expect(error.rule == .configVocabulary)
        #expect(error.found.contains(#""<s>" (4)"#))
        // The merge's result has the id 3.
        #expect(error.found.contains(#""ab" (3)"#) == (rows == 3))
        #expect(error.required.contains("\(rows)"))
    }

    @Test("Only the first tokens are named, and long ones are shortened")
    func shortens() throws {
        var definition = TokenizerDefinition.bytes(merging: [])
        let end = String(repeating: "x", count: 60)
        definition.tokens += (0..<6).map { .init(bytes: ByteString("\($0)" + end), isWord: true) }
        let tokens = SurplusTokens(ids: 256..<262, of: definition, rowCount: 256)
        #expect(tokens.first.count == 4)
        #expect(tokens.list.hasPrefix("\"0" + String(repeating: "x", count: 39) + "…\" (256), "))
        #expect(tokens.list.hasSuffix(" (259), …"))
    }
}
