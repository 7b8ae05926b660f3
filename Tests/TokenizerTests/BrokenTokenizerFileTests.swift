import Testing

@testable import SkipConvert
@testable import SkipFiles

/// One broken `tokenizer.json` for each way to break a rule of the checklist.
@Suite("Broken tokenizer.json")
struct BrokenTokenizerFileTests {
    struct Broken: CustomTestStringConvertible, Sendable {
        let rule: InputRule
        let old: String
        let new: String

        init(_ rule: InputRule, _ old: String, _ new: String) {
            self.rule = rule
            self.old = old
            self.new = new
        }

        var testDescription: String { "\(rule.rawValue) \(new.prefix(60))" }
    }

    static let broken: [Broken] = ids + merges + added + types + structure

    private static let ids: [Broken] = [
        Broken(.tokenizerTokenID, #""b": 1"#, #""b": -1"#),
        Broken(.tokenizerTokenID, #""b": 1"#, #""b": 0"#),
        Broken(.tokenizerTokenID, #""b": 1"#, #""b": 5"#),
        Broken(.tokenizerTokenID, #""b": 1"#, #""b": 2147483648"#),
        Broken(.tokenizerTokenID, #""b": 1"#, #""b": 1e0"#),
        Broken(.tokenizerTokenID, #""b": 1"#, #""b": 1.5"#),
        Broken(.tokenizerTokenID, #""b": 1"#, #""b": 18446744073709551617"#),
        Broken(.tokenizerTokenID, #""b": 1"#, #""b": "1""#),
        Broken(.tokenizerTokenID, #""id": 4"#, #""id": 5"#),
        Broken(.tokenizerTokenID, #""id": 4"#, #""id": 3"#),
        Broken(.tokenizerTokenID, #""id": 4"#, #""id": -4"#),
        Broken(.tokenizerTokenID, #""id": 4, "content": "<s>""#, #""id": 4, "content": "ab""#),
        Broken(.tokenizerBytesMissing, #""byte_fallback": false"#, #""byte_fallback": true"#),
        Broken(
            .tokenizerUnsupported, #""byte_fallback": false, "ignore_merges": false,\#n    "vocab": {"#,
            #""byte_fallback": true, "ignore_merges": false, "vocab": {"<0x00>": 5, "#),
        Broken(.tokenizerBytesMissing, #""unk_token": null"#, #""unk_token": "<unk>""#),
        Broken(
            .tokenizerBytesMissing, #""unk_token": null, "fuse_unk": false"#, #""unk_token": "a", "fuse_unk": true"#),
    ]

    private static let merges: [Broken] = [
        Broken(.tokenizerMerge, #"[["a", "b"]]"#, #"[["a", "c"]]"#),
        Broken(.tokenizerMerge, #"[["a", "b"]]"#, #"[["c", "b"]]"#),
        Broken(.tokenizerMerge, #"[["a", "b"]]"#, #"[["b", "a"]]"#),
        Broken(.tokenizerMerge, #"[["a", "b"]]"#, #"[["a", "b"], ["a", "b"]]"#),
        Broken(.tokenizerMerge, #"[["a", "b"]]"#, #"[["a", "b", "c"]]"#),
        Broken(.tokenizerMerge, #"[["a", "b"]]"#, #"[["a", 1]]"#),
        Broken(.tokenizerMerge, #"[["a", "b"]]"#, #"[["a", "b"], "a b"]"#),
        Broken(.tokenizerMerge, #"[["a", "b"]]"#, #"["a b", ["a", "b"]]"#),
        Broken(.tokenizerMerge, #"[["a", "b"]]"#, #"["a  b"]"#),
        Broken(.tokenizerMerge, #"[["a", "b"]]"#, #"["ab"]"#),
        Broken(.tokenizerMerge, #"[["a", "b"]]"#, #"["a b "]"#),
        Broken(
            .tokenizerUnsupported, #""Ġ": 2, "ab": 3}, "merges": [["a", "b"]]"#,
            #""日": 2, "日a": 3}, "merges": [["日", "a"]]"#),
        Broken(.tokenizerField, #"[["a", "b"]]"#, #"{"a": "b"}"#),
        Broken(.tokenizerField, #", "merges": [["a", "b"]]"#, ""),
    ]

    private static let added: [Broken] = [
        Broken(.tokenizerAddedToken, #""content": "<s>""#, #""content": """#),
        Broken(.tokenizerTooLarge, #""content": "<s>""#, #""content": ""# + String(repeating: "x", count: 1025) + "\""),
        Broken(.tokenizerAddedToken, #""added_tokens": ["#, #""added_tokens": ["# + start + ", "),
        Broken(.tokenizerField, #""lstrip": false, "#, ""),
        Broken(.tokenizerField, #""lstrip": false, "#, #""lstrip": 0, "#),
        Broken(.tokenizerField, #""content": "<s>""#, #""content": 5"#),
        Broken(.tokenizerField, #""id": 4, "#, ""),
        Broken(.tokenizerUnsupported, #""id": 4"#, #""id": 4, "surprise": true"#),
        Broken(.tokenizerField, #""added_tokens": ["#, #""added_tokens": [7, "#),
    ]

    private static let start =
        #"{"id": 4, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false, "#
        + #""normalized": false, "special": true}"#

    private static let byteLevel = #"{"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}"#
    private static let preTokenizer =
        #"{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}"#

    private static let decoder =
        #"{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}"#

    private static func steps(_ steps: String...) -> String {
        #"{"type": "Sequence", "pretokenizers": ["# + steps.joined(separator: ", ") + "]}"
    }

    private static func split(
        _ pattern: String, _ rest: String = #""behavior": "Isolated", "invert": false"#
    ) -> String {
        #"{"type": "Split", "pattern": "# + pattern + ", " + rest + "}"
    }

    private static let known =
        #"{"Regex": "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"}"#

    private static func digits(_ individual: String) -> String {
        #"{"type": "Digits", "individual_digits": "# + individual + "}"
    }

    private static func template(_ single: String, ids: String = "[4]") -> String {
        #""post_processor": {"type": "TemplateProcessing", "single": ["# + single
            + #"], "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": "# + ids + #", "tokens": ["<s>"]}}}"#
    }

    private static let types: [Broken] = [
        Broken(.tokenizerUnsupported, #""type": "BPE""#, #""type": "Unigram", "unk_id": 0"#),
        Broken(.tokenizerUnsupported, #""dropout": null"#, #""dropout": 0.1"#),
        Broken(.tokenizerUnsupported, #""end_of_word_suffix": """#, #""end_of_word_suffix": "</w>""#),
        Broken(.tokenizerUnsupported, #""continuing_subword_prefix": """#, #""continuing_subword_prefix": "@@""#),
        Broken(.tokenizerUnsupported, #""normalizer": null"#, #""normalizer": {"type": "NFKC"}"#),
        Broken(
            .tokenizerUnsupported, #""normalizer": null"#,
            #""normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase"}]}"#),
        Broken(.tokenizerUnsupported, preTokenizer, "null"),
        Broken(.tokenizerUnsupported, preTokenizer, #"{"type": "Whitespace"}"#),
        Broken(.tokenizerUnsupported, preTokenizer, steps(split(known))),
        Broken(.tokenizerUnsupported, preTokenizer, steps(#"{"type": "Punctuation"}"#, byteLevel)),
        Broken(.tokenizerUnsupported, preTokenizer, steps(byteLevel, digits("true"))),
        Broken(.tokenizerField, preTokenizer, steps(digits("1"), byteLevel)),
        Broken(
            .tokenizerUnsupported, preTokenizer,
            steps(split(known), #"{"type": "ByteLevel", "add_prefix_space": true, "use_regex": false}"#)),
        Broken(
            .tokenizerUnsupported, preTokenizer,
            steps(split(known, #""behavior": "Removed", "invert": false"#), byteLevel)),
        Broken(.tokenizerUnsupported, preTokenizer, steps(digits("true"), split(#"{"String": " "}"#), byteLevel)),
        Broken(.tokenizerUnsupported, preTokenizer, steps(split(#"{"String": "123456789"}"#), byteLevel)),
        Broken(.tokenizerUnknownPattern, preTokenizer, steps(split(#"{"Regex": "(a+)+$"}"#), byteLevel)),
        Broken(
            .tokenizerUnknownPattern, preTokenizer, steps(split(known.replacingFirst("'s|", with: "'S|")), byteLevel)),
        Broken(.tokenizerUnsupported, preTokenizer, #"{"type": "ByteLevel", "add_prefix_space": false, "trim": 1}"#),
        Broken(.tokenizerUnsupported, #""decoder": {"type": "ByteLevel""#, #""decoder": {"type": "WordPiece""#),
        Broken(.tokenizerUnsupported, decoder, "null"),
        Broken(.tokenizerUnsupported, decoder, #"{"type": "Sequence", "decoders": []}"#),
        Broken(
            .tokenizerUnsupported, decoder,
            #"{"type": "Sequence", "decoders": ["# + decoder + ", " + decoder + "]}"),
        Broken(.tokenizerUnsupported, #""post_processor": null"#, #""post_processor": {"type": "RobertaProcessing"}"#),
        Broken(.tokenizerSpecialID, #""post_processor": null"#, template(text + special, ids: "[5]")),
        Broken(.tokenizerSpecialID, #""post_processor": null"#, template(text + special, ids: "[-1]")),
        Broken(.tokenizerField, #""post_processor": null"#, template(text + #", {"SpecialToken": {"id": "<e>"}}"#)),
        Broken(.tokenizerField, #""post_processor": null"#, template(text + #", {"Other": {"id": "<e>"}}"#)),
        Broken(.tokenizerField, #""post_processor": null"#, template("")),
        Broken(.tokenizerUnsupported, #""post_processor": null"#, template(text + ", " + text)),
        Broken(.tokenizerUnsupported, #""version": "1.0""#, #""version": "2.0""#),
    ]

    private static let text = #"{"Sequence": {"id": "A", "type_id": 0}}"#
    private static let special = #", {"SpecialToken": {"id": "<s>", "type_id": 0}}"#

    private static let structure: [Broken] = [
        Broken(.tokenizerField, #"{"a": 0, "b": 1, "Ġ": 2, "ab": 3}"#, #"["a", "b"]"#),
        Broken(.tokenizerField, #""vocab": {"a": 0, "b": 1, "Ġ": 2, "ab": 3}, "#, ""),
        Broken(.tokenizerField, #""model": {"#, #""padding": {"#),
        Broken(.tokenizerUnsupported, #""truncation": null"#, #""extension": {}"#),
        Broken(.tokenizerUnsupported, #""ignore_merges": false"#, #""new_option": true"#),
        Broken(.tokenizerField, #""ignore_merges": false"#, #""ignore_merges": "no""#),
        Broken(.tokenizerField, #"{"type": "ByteLevel", "add_prefix_space": true"#, #"{"add_prefix_space": true"#),
        Broken(.tokenizerField, preTokenizer, #""ByteLevel""#),
        Broken(.tokenizerField, preTokenizer, #"{"type": "Sequence"}"#),
        Broken(.tokenizerSyntax, #""b": 1"#, #""b": 1, "a": 9"#),
        Broken(.tokenizerSyntax, #""b": 1"#, #""\u0062": 1, "b": 9"#),
        Broken(.tokenizerSyntax, #""b": 1"#, #""\ud800": 1"#),
        Broken(.tokenizerSyntax, #"[["a", "b"]]}}"#, #"[["a", "b"]"#),
        Broken(
            .tokenizerSyntax, preTokenizer,
            String(repeating: #"{"type": "Sequence", "pretokenizers": ["#, count: 10_000) + byteLevel
                + String(repeating: "]}", count: 10_000)),
    ]

    @Test("TK-79 to TK-89: breaks exactly its rule", arguments: broken)
    func refuses(_ broken: Broken) throws {
        do {
            _ = try TokenizerReaderTests.definition((broken.old, broken.new))
            Issue.record("accepted")
        } catch let error as InputError {
            #expect(error.rule == broken.rule, "\(error)")
            #expect(error.file == "tokenizer.json")
        }
    }

    @Test("TK-89: every truncation is refused")
    func refusesTruncations() {
        let json = Array(TokenizerReaderTests.json.utf8)
        for length in 0..<json.count {
            #expect(throws: InputError.self) {
                try TokenizerReaderTests.definition(of: Array(json[..<length]))
            }
        }
    }

    @Test("An added token is recognised by its normal form, which no other token has and which is not empty")
    func normalizesAddedTokens() throws {
        let normalizer = (#""normalizer": null"#, #""normalizer": {"type": "NFC"}"#)
        let content = (#""<s>""#, "\"e\u{301}\"")
        let normalized = (#""normalized": false"#, #""normalized": true"#)
        let verbatim = try TokenizerReaderTests.definition(normalizer, content)
        #expect(verbatim.addedTokens.map(\.content) == [Array("e\u{301}".utf8)])
        let definition = try TokenizerReaderTests.definition(normalizer, content, normalized)
        #expect(definition.addedTokens.map(\.content) == [Array("\u{E9}".utf8)])
        #expect(definition.tokens[4].bytes == "e\u{301}")
        let removed = #""normalizer": {"type": "Replace", "pattern": {"String": "<s>"}, "content": ""}"#
        #expect(throws: InputError.self) {
            try TokenizerReaderTests.definition((#""normalizer": null"#, removed), normalized)
        }
        let other =
            #""added_tokens": [{"id": 5, "content": "\u{E9}", "single_word": false, "lstrip": false, "#
            + #""rstrip": false, "normalized": true, "special": true}, "#
        #expect(throws: InputError.self) {
            try TokenizerReaderTests.definition(
                normalizer, content, normalized, (#""added_tokens": ["#, other), (#""id": 5"#, #""id": 4"#),
                (#""id": 4"#, #""id": 5"#))
        }
    }
}
