import Testing

@testable import SkipFiles
@testable import SkipTokenizer

@Suite("Compiled table")
struct TokenizerTableTests {
    @Test("A tokenizer has the parts of its definition")
    func roundTrips() throws {
        var definition = SmallTable.definition
        definition.normalization = [.nfc, .replace([0x20], with: [0x2D])]
        definition.splitting = [.prefixSpace, .pattern(.digit), .pattern(.llama3)]
        try withTokenizer(definition) { tokenizer in
            #expect(tokenizer.vocabularySize == definition.tokens.count)
            for (id, token) in definition.tokens.enumerated() {
                #expect(tokenizer.tokenBytes(UInt32(id)) == token.bytes.bytes)
            }
            #expect(tokenizer.tokenBytes(UInt32(definition.tokens.count)) == nil)
            for byte in UInt8.min...UInt8.max {
                let id = tokenizer.layout.byteToken(byte, in: tokenizer.bytes)
                #expect(id == definition.byteTokenIDs[Int(byte)] ?? TableLayout.noToken)
            }
            #expect(tokenizer.layout.mergeCount == definition.merges.count)
            for (rank, merge) in definition.merges.enumerated() {
                let found = tokenizer.layout.merge(left: merge.left, right: merge.right, in: tokenizer.bytes)
                #expect(found?.rank == UInt32(rank))
                #expect(found?.result == merge.result)
            }
            #expect(tokenizer.layout.addedTokenCount == definition.addedTokens.count)
            for token in definition.addedTokens {
                #expect(tokenizer.isSpecial(token.id) == token.options.contains(.special))
            }
            #expect(tokenizer.prefixIDs == definition.prefixIDs)
            #expect(tokenizer.suffixIDs == definition.suffixIDs)
            #expect(tokenizer.model == .bytes)
            #expect(tokenizer.normalization == definition.normalization)
            #expect(tokenizer.splitting.preparation == .prefixSpace)
            #expect(tokenizer.splitting.patterns == [.digit, .llama3])
            #expect(tokenizer.ignoresMerges)
            #expect(tokenizer.layout.wholeWordCount == 2)
        }
    }

    @Test("The order of added tokens in a definition does not matter")
    func isCanonical() throws {
        var definition = SmallTable.definition
        let table = try TokenizerTable.encode(definition)
        definition.addedTokens.reverse()
        #expect(try TokenizerTable.encode(definition) == table)
        #expect(table.count % 8 == 0)
    }

    @Test("An empty tokenizer returns no ids")
    func acceptsTheEmptyDefinition() throws {
        let definition = TokenizerDefinition(
            tokens: [], byteTokenIDs: [UInt32?](repeating: nil, count: 256), merges: [], splitting: [.pattern(.qwen2)])
        try withTokenizer(definition) { tokenizer in
            #expect(tokenizer.encode("text") == [])
            #expect(tokenizer.decode([0, 1]) == [])
        }
    }

    @Test("A definition that a table cannot hold is refused")
    func refusesUnencodableDefinitions() {
        func expect(_ error: TokenizerTableError, _ change: (inout TokenizerDefinition) -> Void) {
            var definition = SmallTable.definition
            change(&definition)
            #expect(throws: error) { try TokenizerTable.encode(definition) }
        }
        expect(.unencodable(section: .byteTokens)) { $0.byteTokenIDs.removeLast() }
        expect(.idOutOfRange(section: .byteTokens, index: 0, id: 500)) { $0.byteTokenIDs[0] = 500 }
        expect(.idOutOfRange(section: .merges, index: 1, id: 500)) { $0.merges[1].left = 500 }
        expect(.idOutOfRange(section: .prefixIDs, index: 0, id: 99)) { $0.prefixIDs = [99] }
        expect(.badAddedTokenContent(index: 0)) { $0.addedTokens[0].content = [] }
        expect(.badAddedTokenContent(index: 2)) { $0.addedTokens[0].content = [0x3D, 0xC3] }
        expect(.mergeSpellsAnother(index: 0)) { $0.merges[0].result = 0 }
    }
}

/// A table small enough to damage every byte of it.
enum SmallTable {
    /// Six letters, three merges, two words that merging does not yield, and four added tokens of both groups.
    static let definition: TokenizerDefinition = {
        let spellings = ["a", "b", "c", "d", " ", "é", "ab", "abc", " ab", "dad", "<x>", "<y>", "<xx>", "caf"]
        var byteTokenIDs = [UInt32?](repeating: nil, count: 256)
        for (id, letter) in "abcd ".utf8.enumerated() { byteTokenIDs[Int(letter)] = UInt32(id) }
        return TokenizerDefinition(
            tokens: spellings.enumerated().map { .init(bytes: ByteString($1), isWord: $0 < 10) },
            byteTokenIDs: byteTokenIDs,
            merges: [
                .init(left: 0, right: 1, result: 6), .init(left: 6, right: 2, result: 7),
                .init(left: 4, right: 6, result: 8),
            ],
            addedTokens: [
                .init(id: 10, content: Array("<x>".utf8), options: .special),
                .init(id: 11, content: Array("<y>".utf8), options: [.stripsLeft, .stripsRight]),
                .init(id: 12, content: Array("<xx>".utf8), options: [.special, .singleWord]),
                .init(id: 13, content: Array("caf".utf8), options: [.normalized, .singleWord]),
            ],
            splitting: [.pattern(.gpt2)], ignoresMerges: true, prefixIDs: [10], suffixIDs: [11, 12])
    }()

    static func table() throws -> [UInt8] { try TokenizerTable.encode(definition) }
}
