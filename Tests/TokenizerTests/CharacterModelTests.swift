import TestSupport
import Testing

@testable import SkipFiles
@testable import SkipTokenizer

/// Models of characters: encoding, decoding and streams. Golden files compare them with Hugging Face's tokenizers.
@Suite("Models of characters")
struct CharacterModelTests {
    private static let definition = SmallCharacterTable.definition

    @Test("Characters, merges, byte tokens and the unknown token")
    func encodes() throws {
        try withTokenizer(Self.definition) { tokenizer in
            #expect(tokenizer.encode("ab aba", addSpecialTokens: false) == [8, 8, 4])
            #expect(tokenizer.encode("日é", addSpecialTokens: false) == [3, 6, 1, 2])
            // Unknown characters are fused, and the unknown token follows the byte tokens after them.
            #expect(tokenizer.encode("xyéz", addSpecialTokens: false) == [3, 1, 2, 0])
            #expect(tokenizer.encode("xa", addSpecialTokens: false) == [3, 0, 4])
            #expect(tokenizer.encode("a<x>b") == [10, 3, 4, 10, 3, 5])
            #expect(tokenizer.encode("<y> a", addSpecialTokens: false) == [11, 3, 4])
            #expect(tokenizer.encode("") == [10])
        }
        var definition = Self.definition
        definition.model = .characters(CharacterModel(fallsBackToBytes: false, unknownID: 0))
        try withTokenizer(definition) { #expect($0.encode("xyé", addSpecialTokens: false) == [3, 0, 0, 0]) }
        definition.model = .characters(CharacterModel(fallsBackToBytes: true))
        try withTokenizer(definition) { #expect($0.encode("xyé", addSpecialTokens: false) == [3, 1, 2]) }
    }

    @Test("A run of byte tokens is text if all of it is UTF-8")
    func decodes() throws {
        func text(_ ids: [UInt32]) throws -> String {
            try withTokenizer(Self.definition) { tokenizer in
                let decoded = tokenizer.decode(ids, skipSpecialTokens: false)
                var decoder = StreamingDecoder(tokenizer, skipSpecialTokens: false)
                #expect(ids.flatMap { decoder.append($0) } + decoder.finish() == decoded)
                return String(decoding: decoded, as: UTF8.self)
            }
        }
        #expect(try text([8, 8, 1, 2]) == "ab abé")
        #expect(try text([1, 2, 1, 4]) == "\u{FFFD}\u{FFFD}\u{FFFD}a")
        #expect(try text([2, 1, 2, 4, 1, 2]) == "\u{FFFD}\u{FFFD}\u{FFFD}aé")
        #expect(try text([10, 8]) == "<x> ab")
        #expect(try text([3, 3, 4]) == " a")
        #expect(try text([1, 2, 1]) == "\u{FFFD}\u{FFFD}\u{FFFD}")
    }

    @Test("Metaspace replaces its character, and drops it from the first token")
    func metaspace() throws {
        var definition = Self.definition
        definition.normalization = []
        definition.decoding = [.metaspace(replacement: Array("▁".utf8), dropsFirst: true)]
        func ids(_ text: String, _ prefix: MetaspacePrefix) throws -> [UInt32] {
            definition.splitting = [
                .metaspace(replacement: Array("▁".utf8), prefix: prefix),
                .literal(Array("▁".utf8), .withNext),
            ]
            return try withTokenizer(definition) { $0.encode(text, addSpecialTokens: false) }
        }
        #expect(try ids("ab<x>ab ab", .always) == [8, 10, 8, 8])
        #expect(try ids("ab<x>ab ab", .first) == [8, 10, 7, 8])
        #expect(try ids("ab<x>ab ab", .never) == [7, 10, 7, 8])
        #expect(try ids(" ab", .always) == [8])
        try withTokenizer(definition) { tokenizer in
            #expect(tokenizer.decode([8, 8, 3, 10], skipSpecialTokens: false) == Array("ab ab <x>".utf8))
        }
    }

    @Test("A text divides at a literal text")
    func literals() throws {
        var definition = Self.definition
        definition.normalization = []
        func ids(_ place: DelimiterPlace) throws -> [UInt32] {
            definition.splitting = [.literal([0x62], place)]
            return try withTokenizer(definition) { $0.encode("abaabb", addSpecialTokens: false) }
        }
        #expect(try ids(.withPrevious) == [7, 4, 7, 5])
        #expect(try ids(.withNext) == [4, 5, 4, 4, 5, 5])
        #expect(try ids(.isolated) == [4, 5, 4, 4, 5, 5])
    }

    @Test("A long text of one word is merged in reasonable time")
    func longWord() throws {
        let text = [[UInt8]](repeating: Array("ab a日é".utf8), count: 20_000).flatMap(\.self)
        try withTokenizer(Self.definition) { tokenizer in
            let ids = tokenizer.encode(text, addSpecialTokens: false)
            #expect(ids.count == 6 * 20_000)
            #expect(tokenizer.decode(ids) == text)
        }
    }
}
