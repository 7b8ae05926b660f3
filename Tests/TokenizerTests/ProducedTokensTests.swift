import TestSupport
import Testing

@testable import SkipFiles
@testable import SkipTokenizer

/// Which tokens encoding can produce, and that the others can be removed.
@Suite("Produced tokens")
struct ProducedTokensTests {
    private typealias Definition = TokenizerDefinition

    /// Two letters and random merges of up to five letters, also of tokens that merging never produces.
    private static func random(seed: UInt64) -> TokenizerDefinition {
        var random = SplitMix64(seed: seed)
        var definition = TokenizerDefinition(
            tokens: [], byteTokenIDs: [UInt32?](repeating: nil, count: 256), merges: [], splitting: [])
        for letter in ["a", "b"] {
            definition.byteTokenIDs[Int(Array(letter.utf8)[0])] = UInt32(definition.tokens.count)
            definition.tokens.append(.init(bytes: ByteString(letter), isWord: true))
        }
        for _ in 0..<3 {
            let word = (0..<2 + random.below(3)).map { _ in random.below(2) == 0 ? "a" : "b" }.joined()
            if definition.id(word) == nil { definition.tokens.append(.init(bytes: ByteString(word), isWord: true)) }
        }
        for _ in 0..<40 where definition.merges.count < 8 {
            let (left, right) = (random.below(definition.tokens.count), random.below(definition.tokens.count))
            let bytes = ByteString(bytes: definition.tokens[left].bytes.bytes + definition.tokens[right].bytes.bytes)
            let isKnown = definition.merges.contains { $0.left == left && $0.right == right }
            if bytes.count > 5 || isKnown { continue }
            let known = definition.tokens.firstIndex { $0.bytes == bytes }
            if known == nil { definition.tokens.append(.init(bytes: bytes, isWord: true)) }
            let result = UInt32(known ?? definition.tokens.count - 1)
            definition.merges.append(.init(left: UInt32(left), right: UInt32(right), result: result))
        }
        return definition
    }

    /// All texts of up to seven letters `a` and `b`.
    private static let texts: [String] = (1...7).flatMap { length in
        (0..<1 << length).map { number in
            String((0..<length).map { number >> $0 & 1 == 0 ? "a" : "b" })
        }
    }

    private static func encodings(_ definition: TokenizerDefinition) throws -> [[UInt32]] {
        try withTokenizer(definition) { tokenizer in texts.map { tokenizer.encode($0) } }
    }

    @Test("Exactly the tokens that occur in the encodings of all texts, whatever the merges", arguments: [false, true])
    func agreesWithAllTexts(_ ignoresMerges: Bool) throws {
        var removedCount = 0
        for seed in 0..<60 {
            var definition = Self.random(seed: UInt64(seed))
            definition.ignoresMerges = ignoresMerges
            let encodings = try Self.encodings(definition)
            let produced = Set(encodings.joined())
            #expect(try Set(definition.producedTokenIDs(from: 0)) == produced, "seed \(seed)")
            // The tokens after the last one that is produced can be removed.
            let count = Int(produced.max() ?? 0) + 1
            #expect(try definition.producedTokenIDs(from: count).isEmpty)
            removedCount += definition.tokens.count - count
            #expect(try Self.encodings(definition.removingTokens(from: count)) == encodings, "seed \(seed)")
        }
        #expect(ignoresMerges || removedCount > 10)
    }

    @Test("The same for models of characters, with characters that become bytes or unknown", arguments: [false, true])
    func agreesWithAllTextsOfCharacters(_ fallsBack: Bool) throws {
        for seed in 0..<30 {
            var definition = Self.random(seed: UInt64(seed))
            definition.byteTokenIDs = [UInt32?](repeating: nil, count: 256)
            let unknown = UInt32(definition.tokens.count)
            definition.tokens += ["<unk>", "<0x62>"].map { .init(bytes: $0, isWord: false) }
            // Without its token, b is a byte or unknown.
            definition.tokens[1].isWord = false
            if fallsBack { definition.byteTokenIDs[Int(UInt8(ascii: "b"))] = unknown + 1 }
            definition.model = .characters(CharacterModel(fallsBackToBytes: fallsBack, unknownID: unknown))
            definition.decoding = [.byteFallback]
            let produced = Set(try Self.encodings(definition).joined())
            let found = Set(try definition.producedTokenIDs(from: 0))
            // The unknown token may be produced by other characters, and a text may spell no word with b.
            #expect(found.isSuperset(of: produced), "seed \(seed)")
            definition.tokens[1].isWord = true
            #expect(
                try Set(definition.producedTokenIDs(from: 0)).subtracting([unknown, unknown + 1])
                    == Set(Self.encodings(definition).joined()), "seed \(seed)")
        }
    }

    @Test("A word without a merge is produced only if merges are ignored")
    func wordsWithoutMerges() throws {
        var definition = Definition.bytes(merging: [("a", "b"), ("ab", "c")])
        definition.tokens.append(.init(bytes: "xyz", isWord: true))
        // No word of a text begins in the middle of a character.
        definition.tokens.append(.init(bytes: ByteString(bytes: [0x80, 0x80]), isWord: true))
        definition.tokens.append(.init(bytes: "<not a word>", isWord: false))
        #expect(try definition.producedTokenIDs(from: 256) == [256, 257])
        definition.ignoresMerges = true
        #expect(try definition.producedTokenIDs(from: 256) == [256, 257, 258])
    }

    @Test("Bytes that do not occur in UTF-8 are never produced, and are dropped with their tokens")
    func impossibleBytes() throws {
        var definition = Definition.bytes
        #expect(try definition.producedTokenIDs(from: 0xF3) == [0xF3, 0xF4])
        #expect(try definition.producedTokenIDs(from: 0).count == 256 - 2 - 11)
        definition.merges = [.init(left: 0xC0, right: 0x80, result: 256)]
        definition.tokens.append(.init(bytes: ByteString(bytes: [0xC0, 0x80]), isWord: true))
        #expect(try definition.producedTokenIDs(from: 0xF5) == [])
        let kept = definition.removingTokens(from: 0xF5)
        #expect(kept.merges.isEmpty && kept.tokens.count == 0xF5)
        #expect(kept.byteTokenIDs[0xF4] == 0xF4 && kept.byteTokenIDs[0xF5] == nil)
        try withTokenizer(kept) { tokenizer in
            #expect(tokenizer.decode(tokenizer.encode("é\u{10FFFF}")) == Array("é\u{10FFFF}".utf8))
        }
    }

    @Test("Added tokens and the template's ids are produced")
    func addedTokens() throws {
        var definition = Definition.bytes(merging: [], added: [("<s>", .special), ("[x]", [])])
        definition.tokens += (0..<3).map { .init(bytes: ByteString("unused\($0)"), isWord: true) }
        #expect(try definition.producedTokenIDs(from: 256) == [256, 257])
        definition.prefixIDs = [259]
        definition.suffixIDs = [260]
        #expect(try definition.producedTokenIDs(from: 256) == [256, 257, 259, 260])
        #expect(try definition.producedTokenIDs(from: 1000) == [])
    }

    @Test("The unknown token is produced, and so are all results of merges if there is one")
    func unknownToken() throws {
        var definition = Definition.bytes
        definition.tokens += ["?", "?b", "unused"].map { .init(bytes: $0, isWord: true) }
        definition.byteTokenIDs[Int(UInt8(ascii: "a"))] = 256
        definition.merges = [.init(left: 256, right: UInt32(UInt8(ascii: "b")), result: 257)]
        #expect(try withTokenizer(definition) { $0.encode("ab") } == [257])
        #expect(try definition.producedTokenIDs(from: 256) == [256, 257])
    }
}
