import Testing

@testable import SkipFiles
@testable import SkipTokenizer

/// Rules of the parts that only a model of characters has, and of the steps.
@Suite("Rules of the compiled table: characters and steps")
struct CharacterTableRuleTests {
    private typealias Header = TableLayout.Header
    private typealias Broken = TableRuleTests.Broken

    static let broken: [TableRuleTests.Broken] = [
        Broken("unknown step", .wrongStep(index: 0)) { bytes, layout in bytes.write(99, at: layout.steps) },
        Broken("option without a meaning", .wrongStep(index: 0)) { bytes, layout in
            bytes.write(1, at: layout.steps + 4)
        },
        Broken("steps out of order", .wrongStep(index: 1)) { bytes, layout in
            bytes.write(34, at: layout.steps + TableLayout.stepStride)
        },
        Broken("text of a step that is not UTF-8", .wrongStep(index: 0)) { bytes, layout in
            bytes[layout.stepBytes] = 0xFF
        },
        Broken("end of a step's text", .brokenStarts(section: .steps, index: 1)) { bytes, layout in
            bytes.write(2, at: layout.steps + TableLayout.stepStride + 8)
        },
        Broken("unknown token", .idOutOfRange(section: .unknown, index: 0, id: 99)) { bytes, _ in
            bytes.write(99, at: Header.unknownID)
        },
        Broken("unknown flag", .unknownValue(field: .flags, value: 14)) { bytes, _ in bytes[Header.flags] = 14 },
        Broken("characters of a model of bytes", .wrongCharacter(index: 0)) { bytes, _ in
            bytes[Header.modelKind] = TableLayout.bytesKind
            bytes[Header.flags] = 0
            bytes.write(.max, at: Header.unknownID)
        },
        Broken("another character", .wrongCharacter(index: 0)) { bytes, layout in
            bytes.write(0x60, at: layout.characters)
        },
        Broken("a surrogate", .wrongCharacter(index: 3)) { bytes, layout in
            bytes.write(0xD800, at: layout.characters + 3 * TableLayout.characterStride)
        },
        Broken("characters out of order", .notSorted(section: .characters, index: 1)) { bytes, layout in
            bytes.write(0x61, at: layout.characters + TableLayout.characterStride)
        },
        Broken("token of a character", .idOutOfRange(section: .characters, index: 0, id: 77)) { bytes, layout in
            bytes.write(77, at: layout.characters + 4)
        },
        Broken("token that is not UTF-8", .tokenNotUTF8(id: 0)) { bytes, layout in bytes[layout.tokenBytes] = 0x80 },
    ]

    @Test("Breaks exactly its rule", arguments: broken)
    func refuses(_ broken: TableRuleTests.Broken) throws {
        var table = try SmallCharacterTable.table()
        let layout = try withTokenizer(table: table) { $0.layout }
        broken.change(&table, layout)
        #expect(throws: broken.error) { try withTokenizer(table: table) { _ in } }
    }

    @Test("Steps that would make a text much longer, or that cannot be executed, are refused")
    func refusesSteps() {
        func expect(_ index: Int, _ change: (inout TokenizerDefinition) -> Void) {
            var definition = SmallCharacterTable.definition
            change(&definition)
            #expect(throws: TokenizerTableError.wrongStep(index: index)) { try TokenizerTable.encode(definition) }
        }
        let long = [UInt8](repeating: 0x61, count: 9)
        expect(2) { $0.normalization.append(.replace([0x61], with: [0x61, 0x61])) }
        expect(0) { $0.normalization[0] = .prepend(long) }
        expect(0) { $0.normalization[0] = .trim([]) }
        expect(1) { $0.normalization[1] = .replace([0x20], with: [0xFF]) }
        expect(3) { $0.splitting = [.pattern(.digit), .prefixSpace] }
        expect(3) { $0.splitting = [.literal([0x20], .isolated), .literal([0x20], .isolated)] }
        expect(3) { $0.splitting = [.prefixSpace, .metaspace(replacement: [0x5F], prefix: .first)] }
        expect(2) { $0.decoding = [] }
        expect(3) { $0.decoding = [.byteFallback, .byteFallback] + $0.decoding }
        expect(3) { $0.decoding = [.byteFallback, .replace([0x61], with: [])] }
        expect(3) { $0.decoding = [.metaspace(replacement: [0x5F], dropsFirst: true), .byteFallback] }
        expect(3) { $0.decoding = [.replace([0x61], with: [0x61, 0x61]), .replace([0x62], with: [0x61, 0x61])] }
        expect(3) { $0.decoding = [.bytes] }
        expect(TextSteps.limit) { $0.normalization += [NormalizationStep](repeating: .nfc, count: TextSteps.limit) }
        var bytes = SmallTable.definition
        bytes.decoding = [.byteFallback]
        #expect(throws: TokenizerTableError.wrongStep(index: 2)) { try TokenizerTable.encode(bytes) }
    }
}

/// A small table of a model of characters with byte fallback.
enum SmallCharacterTable {
    /// Four characters, three merges, the bytes of é, and an added token of each group.
    static let definition: TokenizerDefinition = {
        let spellings = ["<unk>", "<0xC3>", "<0xA9>", "▁", "a", "b", "日", "ab", "▁ab", "aba", "<x>", "▁<y>"]
        var byteTokenIDs = [UInt32?](repeating: nil, count: 256)
        byteTokenIDs[0xC3] = 1
        byteTokenIDs[0xA9] = 2
        let mark = Array("▁".utf8)
        return TokenizerDefinition(
            tokens: spellings.enumerated().map { .init(bytes: ByteString($1), isWord: $0 < 10) },
            byteTokenIDs: byteTokenIDs,
            merges: [
                .init(left: 4, right: 5, result: 7), .init(left: 3, right: 7, result: 8),
                .init(left: 7, right: 4, result: 9),
            ],
            addedTokens: [
                .init(id: 10, content: Array("<x>".utf8), options: .special),
                .init(id: 11, content: Array("▁<y>".utf8), options: [.normalized, .stripsRight]),
            ],
            model: .characters(CharacterModel(fallsBackToBytes: true, unknownID: 0, fusesUnknown: true)),
            normalization: [.prepend(mark), .replace([0x20], with: mark)], splitting: [],
            decoding: [.replace(mark, with: [0x20]), .byteFallback, .stripStart([0x20], count: 1)],
            prefixIDs: [10])
    }()

    static func table() throws -> [UInt8] { try TokenizerTable.encode(definition) }
}
