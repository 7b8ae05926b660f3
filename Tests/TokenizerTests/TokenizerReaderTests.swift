import Testing

@testable import SkipConvert
@testable import SkipFiles
@testable import SkipTokenizer

@Suite("Reading tokenizer.json")
struct TokenizerReaderTests {
    static let json = """
        {"version": "1.0", "truncation": null,
        "added_tokens": [{"id": 4, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true}],
        "normalizer": null,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
        "post_processor": null,
        "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
        "model": {"type": "BPE", "dropout": null, "unk_token": null, "fuse_unk": false,
            "continuing_subword_prefix": "", "end_of_word_suffix": "", "byte_fallback": false, "ignore_merges": false,
            "vocab": {"a": 0, "b": 1, "Ġ": 2, "ab": 3}, "merges": [["a", "b"]]}}
        """

    /// Reads the definition after replacements in the file's text. Each replaced text must occur there.
    static func definition(_ replacements: (String, String)...) throws -> TokenizerDefinition {
        var json = json
        for (old, new) in replacements {
            try #require(json.contains(old), "\(old)")
            json = json.replacingFirst(old, with: new)
        }
        return try definition(of: Array(json.utf8))
    }

    static func definition(of json: [UInt8]) throws -> TokenizerDefinition {
        let file = "tokenizer.json"
        let object = try JSONFile.object(json, file: file, syntaxRule: .tokenizerSyntax)
        return try TokenizerReader.definition(object, file: file)
    }

    @Test("Vocabulary, merges and added tokens")
    func readsTheParts() throws {
        let definition = try Self.definition()
        #expect(definition.tokens.map(\.bytes) == ["a", "b", " ", "ab", "<s>"])
        #expect(definition.tokens.map(\.isWord) == [true, true, true, true, false])
        #expect(definition.merges == [.init(left: 0, right: 1, result: 3)])
        #expect(definition.byteTokenIDs[0x20] == 2)
        #expect(definition.byteTokenIDs[0x63] == nil)
        #expect(definition.addedTokens == [.init(id: 4, content: Array("<s>".utf8), options: .special)])
        #expect(definition.splitting == [.pattern(.gpt2)])
        #expect(definition.normalization == [])
        #expect(definition.prefixIDs == [])
        #expect(!definition.ignoresMerges)
    }

    @Test("Forms of older files: no type, merges as strings, a comment among them")
    func readsOlderForms() throws {
        let older = try Self.definition(
            (#""type": "BPE", "#, ""), (#"[["a", "b"]]"#, ##"["#version: 0.2", "a b"]"##),
            (#", "use_regex": true"#, ""))
        #expect(older == (try Self.definition()))
    }

    @Test("TK-80: tokens that are equal as text but not as bytes stay two")
    func keepsCanonicallyEqualTokens() throws {
        let definition = try Self.definition(
            (#""ab": 3}"#, "\"ab\": 3, \"a\u{300}\": 4, \"\u{E0}\": 5}"), (#""id": 4"#, #""id": 6"#))
        #expect(definition.tokens.count == 7)
        #expect(definition.tokens[4] == .init(bytes: "a\u{300}", isWord: false))
        #expect(definition.tokens[5] == .init(bytes: ByteString(bytes: [0xE0]), isWord: true))
    }

    @Test("A byte without a token becomes the unknown token")
    func readsTheUnknownToken() throws {
        let definition = try Self.definition((#""unk_token": null"#, #""unk_token": "b""#))
        #expect(definition.byteTokenIDs.map { $0 == 1 }.filter { !$0 }.count == 2)
    }

    private static let byteLevel = #"{"type": "ByteLevel", "add_prefix_space": false, "use_regex": "#
    private static let cl100k =
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"#
        + #"| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"#

    private static func split(_ pattern: String, _ behavior: String = #""Isolated", "invert": false"#) -> String {
        #"{"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": ""# + pattern
            + #""}, "behavior": "# + behavior + "}, " + byteLevel + "false}]}"
    }

    @Test(
        "Known pre-tokenizers",
        arguments: [
            (byteLevel + "true}", [.gpt2]),
            (byteLevel + "false}", []),
            (#"{"type": "Sequence", "pretokenizers": ["# + byteLevel + "true}]}", [.gpt2]),
            (split(cl100k), [.llama3]),
            (split(cl100k, #""Removed", "invert": true"#), [.llama3]),
            (split(cl100k.replacingFirst("{1,3}", with: "")), [.qwen2]),
            (
                #"{"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true}, "# + byteLevel
                    + "true}]}", [.digit, .gpt2]
            ),
        ] as [(String, [WordPattern])])
    func readsPreTokenizers(_ json: String, _ expected: [WordPattern]) throws {
        #expect(try Self.definition((Self.preTokenizer, json)).splitting == expected.map { .pattern($0) })
    }

    private static let preTokenizer =
        #"{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}"#

    @Test("NFC, alone or in a sequence; an empty sequence changes nothing")
    func readsNormalizers() throws {
        #expect(try Self.definition((Self.normalizer, #""normalizer": {"type": "NFC"}"#)).normalization == [.nfc])
        let sequence = #""normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}]}"#
        #expect(try Self.definition((Self.normalizer, sequence)).normalization == [.nfc])
        let empty = #""normalizer": {"type": "Sequence", "normalizers": []}"#
        #expect(try Self.definition((Self.normalizer, empty)).normalization == [])
    }

    private static let normalizer = #""normalizer": null"#

    @Test("A template adds ids before and after a text")
    func readsTemplates() throws {
        let template = #"""
            "post_processor": {"type": "Sequence", "processors": [
                {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": true},
                {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
                    {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "end", "type_id": 0}}],
                 "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [4], "tokens": ["<s>"]},
                    "end": {"id": "end", "ids": [0, 1], "tokens": ["a", "b"]}}}]}
            """#
        let definition = try Self.definition((#""post_processor": null"#, template))
        #expect(definition.prefixIDs == [4])
        #expect(definition.suffixIDs == [0, 1])
    }
}
