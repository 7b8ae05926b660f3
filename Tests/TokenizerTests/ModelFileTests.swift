import SkipFiles
import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipTokenizer

/// `tokenizer.model`: SentencePiece models and tiktoken's ranks.
@Suite("Reading tokenizer.model")
struct ModelFileTests {
    private static let words = ["▁a", "ab", "▁ab", "▁", "a", "b", "é"]

    private func definition(
        _ builder: ModelFileBuilder, _ configuration: String = "{}"
    ) throws -> TokenizerDefinition {
        let object = try JSONFile.object(Array(configuration.utf8), file: "c", syntaxRule: .tokenizerSyntax)
        return try TokenizerFile.definition(
            builder.bytes(), TokenizerConfiguration(object, file: "c"), file: "tokenizer.model")
    }

    private func rule(_ builder: ModelFileBuilder, _ configuration: String = "{}") -> InputRule? {
        do {
            _ = try definition(builder, configuration)
            return nil
        } catch { return (error as? InputError)?.rule }
    }

    @Test("Scores decide the merges, and the text gets a prefix")
    func readsPieces() throws {
        let definition = try definition(.llama(Self.words))
        #expect(definition.tokens.count == 266)
        #expect(definition.merges.map(\.result) == [259, 260, 261, 261])
        #expect(definition.merges[2].left == 262 && definition.merges[3].left == 259)
        #expect(definition.addedTokens.map(\.id) == [0, 1, 2])
        #expect(definition.splitting == [.pattern(.spaceMark)])
        #expect(definition.byteTokenIDs[0x41] == 68 as UInt32)
        try withTokenizer(definition) { tokenizer in
            #expect(tokenizer.encode("ab a</s>é\n") == [1, 261, 259, 2, 262, 265, 3 + 10])
            #expect(tokenizer.decode([1, 261, 259, 2]) == Array("ab a".utf8))
        }
    }

    @Test("The settings of the model and of tokenizer_config.json")
    func readsSettings() throws {
        var builder = ModelFileBuilder.llama(Self.words)
        builder.add("▁▁", .userDefined)
        builder.normalizer = ModelFileBuilder.number(3, 1)
        let legacy = try definition(builder)
        let mark = Array("▁".utf8)
        #expect(legacy.normalization == [.trim([32]), .collapse([32]), .prepend(mark), .replace([32], with: mark)])
        #expect(legacy.addedTokens.last?.options == .normalized)
        let configuration = """
            {"legacy": false, "add_bos_token": false, "add_eos_token": true, "eos_token": {"content": "<|end|>"},
            "added_tokens_decoder": {"267": {"content": "<|end|>", "single_word": false, "lstrip": false,
            "rstrip": true, "normalized": false, "special": true}}}
            """
        let other = try definition(builder, configuration)
        #expect(other.splitting.first == .metaspace(replacement: mark, prefix: .first))
        #expect(other.prefixIDs == [] && other.suffixIDs == [267])
        #expect(other.addedTokens.last?.options == [.special, .stripsRight])
        builder.normalizer = ModelFileBuilder.number(3, 0) + ModelFileBuilder.number(4, 0)
        #expect(try definition(builder).normalization == [.replace([32], with: mark)])
        #expect(try definition(builder).decoding == [.replace(mark, with: [32]), .byteFallback])
    }

    @Test("TK-87: models of other types and other normalizers are refused by name")
    func refusesOtherModels() {
        var builder = ModelFileBuilder.llama(Self.words)
        for (type, name): (UInt64, String) in [(1, "Unigram"), (3, "WordLevel")] {
            builder.trainer = ModelFileBuilder.number(3, type)
            #expect(rule(builder) == .tokenizerUnsupported)
            #expect(throws: InputError.self) { try definition(builder) }
            do { _ = try definition(builder) } catch { #expect("\(error)".contains(name)) }
        }
        builder = .llama(Self.words)
        builder.trainer += ModelFileBuilder.number(24, 1)
        #expect(rule(builder) == .tokenizerUnsupported)
        builder = .llama(Self.words)
        builder.normalizer += ModelFileBuilder.message(1, Array("nmt_nfkc".utf8)) + ModelFileBuilder.message(2, [1])
        do { _ = try definition(builder) } catch { #expect("\(error)".contains("nmt_nfkc")) }
        #expect(rule(builder) == .tokenizerUnsupported)
    }

    @Test("TK-89: malformed models")
    func refusesMalformedModels() throws {
        let good = ModelFileBuilder.llama(Self.words).bytes()
        let empty = TokenizerConfiguration()
        func rule(_ bytes: [UInt8]) -> InputRule? {
            do { _ = try TokenizerFile.definition(bytes, empty, file: "f") } catch { return (error as InputError).rule }
            return nil
        }
        #expect(rule(good) == nil)
        for bytes: [UInt8] in [
            [0x0A], [0x0A, 0x05, 0x0A], [0x0A, 0x00], good + [0x07], good + [0x00, 0x00], good + [0x0B],
            good + ModelFileBuilder.message(2, []), good + ModelFileBuilder.number(1, 1),
            good + [UInt8](repeating: 0xFF, count: 11), good + [0x0D, 1, 2],
            good + ModelFileBuilder.message(1, ModelFileBuilder.message(1, [0xFF])),
            good + ModelFileBuilder.message(1, ModelFileBuilder.message(1, [0x41]) + ModelFileBuilder.number(3, 9)),
            good + ModelFileBuilder.message(1, ModelFileBuilder.fixed32(1, 0)),
            good
                + ModelFileBuilder.message(
                    1, ModelFileBuilder.message(1, [0x41]) + ModelFileBuilder.fixed32(2, Float.nan.bitPattern)),
        ] {
            #expect(rule(bytes) == .tokenizerModelFile, "\(bytes.suffix(12))")
        }
        // A model without a trainer is no BPE, and one without a normalizer, which has eight bytes, has its defaults.
        for length in stride(from: 1, to: good.count - 8, by: 7) { #expect(rule(Array(good[..<length])) != nil) }
        var builder = ModelFileBuilder.llama([String(repeating: "x", count: 513)])
        #expect(self.rule(builder) == .tokenizerTooLarge)
        builder = .llama(["a", "a"])
        #expect(self.rule(builder) == .tokenizerAddedToken)
        builder = .llama(["a"])
        builder.add("<0xZZ>", .byte)
        #expect(self.rule(builder) == .tokenizerModelFile)
    }

    @Test("Broken tokenizer_config.json")
    func refusesConfigurations() {
        let builder = ModelFileBuilder.llama(Self.words)
        func token(_ id: String, _ content: String) -> String {
            #"{"added_tokens_decoder": {"\#(id)": {"content": "\#(content)", "single_word": false, "lstrip": false, "#
                + #""rstrip": false, "normalized": false, "special": true}}}"#
        }
        #expect(rule(builder, token("266", "<x>")) == nil)
        #expect(rule(builder, token("1", "<bos>")) == nil)
        #expect(rule(builder, token("267", "<x>")) == .tokenizerTokenID)
        #expect(rule(builder, token("x", "<x>")) == .tokenizerTokenID)
        #expect(rule(builder, token("266", "a")) == .tokenizerAddedToken)
        #expect(rule(builder, token("262", "x")) == .tokenizerAddedToken)
        #expect(rule(builder, #"{"bos_token": "<bos>"}"#) == .tokenizerSpecialID)
        #expect(rule(builder, #"{"legacy": 1}"#) == .tokenizerField)
    }

    // MARK: Ranks

    private static let family = RankFamily(
        name: "test", rankCount: 5, pattern: .llama3, normalization: [], specialTokens: ["<|s|>"], bosToken: "<|s|>")

    @Test("Ranks are ids, and each division of a token is a merge")
    func readsRanks() throws {
        let words = try RankFile.tokens(Array("YQ== 0\nYg== 1\nYWI= 2\nYWJh 3\nYmE= 4\n".utf8), file: "f")
        #expect(words == ["a", "b", "ab", "aba", "ba"])
        let reader = RankReader(words, family: Self.family, TokenizerConfiguration(), file: "f")
        let definition = try reader.definition()
        let merges = definition.merges.map { [$0.left, $0.right, $0.result] }
        #expect(merges == [[0, 1, 2], [0, 4, 3], [2, 0, 3], [1, 0, 4]])
        #expect(definition.prefixIDs == [5] && definition.suffixIDs == [])
        try withTokenizer(definition) { #expect($0.encode("aba<|s|>ba") == [5, 3, 5, 4]) }
    }

    @Test("TK-89, TK-79, TK-87: broken ranks")
    func refusesRanks() throws {
        func rule(_ text: String) -> InputRule? {
            do {
                _ = try TokenizerFile.definition(Array(text.utf8), TokenizerConfiguration(), file: "tokenizer.model")
            } catch { return (error as InputError).rule }
            return nil
        }
        for text in [
            "YQ==", "YQ== ", "YQ== x", "YQ= 0", "YR== 0", "Y*== 0", " 0", "YQ== 0\nYQ== 1", "YQ== 0\nYg== 0",
            "YQ== -1", "YQ== +1", "YQ== 99999999", "YQ== 7",
        ] {
            #expect(rule(text) == .tokenizerModelFile, "\(text)")
        }
        #expect(rule("") == .tokenizerTokenID)
        #expect(rule("YQ== 1") == .tokenizerTokenID)
        #expect(rule("YQ== 0\n") == .tokenizerUnsupported)
        #expect(rule(String(repeating: "YWFh", count: 200) + " 0") == .tokenizerTooLarge)
    }

    @Test("A directory's tokenizer.json comes first, then tokenizer.model, then a file of ranks")
    func choosesFiles() throws {
        let directory = try TemporaryDirectory()
        func tokenCount() throws -> Int? {
            let source = TokenizerSource(modelDirectory: directory.path, vocabularySize: 1000)
            return try source.read().table.map { try withTokenizer(table: $0) { $0.vocabularySize } }
        }
        try directory.write("YQ== 0\n", to: "qwen.tiktoken")
        #expect(throws: TokenizerSourceError.self) { try tokenCount() }
        try directory.write(ModelFileBuilder.llama(Self.words).bytes(), to: "tokenizer.model")
        #expect(try tokenCount() == 266)
        try directory.write(#"{"<new>": 266}"#, to: "added_tokens.json")
        #expect(throws: TokenizerSourceError.self) { try tokenCount() }
        try directory.write(TokenizerReaderTests.json, to: "tokenizer.json")
        #expect(try tokenCount() == 5)
    }
}
