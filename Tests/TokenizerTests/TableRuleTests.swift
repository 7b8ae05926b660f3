import Testing

@testable import SkipTokenizer

/// One broken table for each rule, and for each place where a rule can be broken.
@Suite("Rules of the compiled table")
struct TableRuleTests {
    struct Broken: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let error: TokenizerTableError
        let change: @Sendable (inout [UInt8], TableLayout) -> Void

        init(
            _ description: String, _ error: TokenizerTableError,
            _ change: @escaping @Sendable (inout [UInt8], TableLayout) -> Void
        ) {
            testDescription = description
            self.error = error
            self.change = change
        }
    }

    private typealias Header = TableLayout.Header

    static let broken: [Broken] = header + tokens + merges + added

    private static let header: [Broken] = [
        Broken("shorter than a header", .wrongLength(required: 80, found: 79)) { bytes, _ in
            bytes.removeLast(bytes.count - 79)
        },
        Broken("a count that the bytes do not hold", .wrongLength(required: 1416, found: 1408)) { bytes, layout in
            bytes.write(UInt32(layout.prefixIDCount + 2), at: Header.prefixIDCount)
        },
        Broken("counts beyond any memory", .wrongLength(required: 51_539_608_912, found: 1408)) { bytes, _ in
            bytes.write(.max, at: Header.mergeCount)
        },
        Broken("magic", .wrongMagic) { bytes, _ in bytes[0] = 0x54 },
        Broken("version", .unknownVersion(1)) { bytes, _ in bytes[Header.version] = 1 },
        Broken("reserved byte", .reservedByteSet(offset: 79)) { bytes, _ in bytes[79] = 1 },
        Broken("padding", .reservedByteSet(offset: 1407)) { bytes, layout in bytes[layout.byteCount - 1] = 1 },
        Broken("model kind", .unknownValue(field: .modelKind, value: 0)) { bytes, _ in bytes[Header.modelKind] = 0 },
        Broken("unknown token of bytes", .unknownValue(field: .unknownID, value: 0)) { bytes, _ in
            bytes.write(0, at: Header.unknownID)
        },
        Broken("flags", .unknownValue(field: .flags, value: 4)) { bytes, _ in bytes[Header.flags] = 4 },
        Broken("prefix id", .idOutOfRange(section: .prefixIDs, index: 0, id: 14)) { bytes, layout in
            bytes.write(14, at: layout.prefixIDs)
        },
        Broken("suffix id", .idOutOfRange(section: .suffixIDs, index: 1, id: .max)) { bytes, layout in
            bytes.write(.max, at: layout.suffixIDs + 4)
        },
    ]

    private static let tokens: [Broken] = [
        Broken("byte token", .idOutOfRange(section: .byteTokens, index: 255, id: 14)) { bytes, layout in
            bytes.write(14, at: layout.byteTokens + 255 * 4)
        },
        Broken("first start", .brokenStarts(section: .tokens, index: 0)) { bytes, layout in
            bytes.write(1, at: layout.tokenStarts)
        },
        Broken("decreasing start", .brokenStarts(section: .tokens, index: 3)) { bytes, layout in
            bytes.write(3, at: layout.tokenStarts + 8)
            bytes.write(2, at: layout.tokenStarts + 12)
        },
        Broken("last start", .brokenStarts(section: .tokens, index: 14)) { bytes, layout in
            bytes.write(.max, at: layout.tokenStarts + layout.tokenCount * 4)
        },
        Broken("whole word", .idOutOfRange(section: .wholeWords, index: 0, id: 20)) { bytes, layout in
            bytes.write(20, at: layout.wholeWords)
        },
    ]

    private static let merges: [Broken] = [
        Broken("merge row", .brokenStarts(section: .mergeRows, index: 5)) { bytes, layout in
            bytes.write(9, at: layout.mergeRows + 16)
        },
        Broken("last merge row", .brokenStarts(section: .mergeRows, index: 14)) { bytes, layout in
            bytes.write(4, at: layout.mergeRows + layout.tokenCount * 4)
        },
        Broken("right token", .idOutOfRange(section: .merges, index: 0, id: 14)) { bytes, layout in
            bytes.write(14, at: layout.merges)
        },
        Broken("result", .idOutOfRange(section: .merges, index: 2, id: 77)) { bytes, layout in
            bytes.write(77, at: layout.merges + 2 * TableLayout.mergeStride + 8)
        },
        Broken("a rank again", .repeatedOrWrongRank(index: 1, rank: 0)) { bytes, layout in
            bytes.write(0, at: layout.merges + TableLayout.mergeStride + 4)
        },
        Broken("a rank too large", .repeatedOrWrongRank(index: 0, rank: 3)) { bytes, layout in
            bytes.write(3, at: layout.merges + 4)
        },
        Broken("result of other bytes", .mergeSpellsAnother(index: 0)) { bytes, layout in
            bytes.write(7, at: layout.merges + 8)
        },
        Broken("a pair again", .notSorted(section: .merges, index: 1)) { bytes, layout in
            // All three merges now belong to token 0.
            for id in 1...layout.tokenCount { bytes.write(3, at: layout.mergeRows + id * 4) }
            bytes.write(1, at: layout.merges + TableLayout.mergeStride)
        },
    ]

    private static let added: [Broken] = [
        Broken("id", .idOutOfRange(section: .addedTokens, index: 0, id: 14)) { bytes, layout in
            bytes.write(14, at: layout.addedTokens)
        },
        Broken("id again", .repeatedAddedTokenID(10)) { bytes, layout in
            bytes.write(10, at: layout.addedTokens + 3 * TableLayout.addedTokenStride)
        },
        Broken("unknown option", .badAddedTokenOptions(index: 0, options: 33)) { bytes, layout in
            bytes.write(33, at: layout.addedTokens + 4)
        },
        Broken("the other group's option", .badAddedTokenOptions(index: 0, options: 17)) { bytes, layout in
            bytes.write(17, at: layout.addedTokens + 4)
        },
        Broken("end", .brokenStarts(section: .addedTokens, index: 1)) { bytes, layout in
            bytes.write(2, at: layout.addedTokens + TableLayout.addedTokenStride + 8)
        },
        Broken("last end", .brokenStarts(section: .addedTokens, index: 4)) { bytes, layout in
            bytes.write(12, at: layout.addedTokens + 3 * TableLayout.addedTokenStride + 8)
        },
        Broken("no content", .badAddedTokenContent(index: 0)) { bytes, layout in
            bytes.write(0, at: layout.addedTokens + 8)
        },
        Broken("content that is not UTF-8", .badAddedTokenContent(index: 3)) { bytes, layout in
            bytes[layout.stepBytes - 1] = 0xC3
        },
        Broken("content again", .notSorted(section: .addedTokens, index: 2)) { bytes, layout in
            bytes[layout.addedTokenBytes + 8] = UInt8(ascii: "x")
        },
    ]

    @Test("Breaks exactly its rule", arguments: broken)
    func refuses(_ broken: Broken) throws {
        var table = try SmallTable.table()
        let layout = try withTokenizer(table: table) { $0.layout }
        broken.change(&table, layout)
        #expect(throws: broken.error) { try withTokenizer(table: table) { _ in } }
    }

    @Test("Every rule has a broken table")
    func coversEveryRule() {
        // TT-14 applies to definitions: `refusesUnencodableDefinitions` tests it. TT-15 applies to a model's table.
        let rules = Self.broken + CharacterTableRuleTests.broken
        #expect(Set(rules.map(\.error.rule)) == Set((Array(1...13) + [16, 17, 18]).map { "TT-\($0)" }))
    }

    @Test("A table with more tokens than the embedding has rows is refused")
    func limitsTheTokens() throws {
        let table = try SmallTable.table()
        let count = SmallTable.definition.tokens.count
        // SAFETY: the buffer is valid inside the closure, and the tokenizer does not leave it.
        try unsafe table.withUnsafeBytes { buffer in
            for limit in [count, count + 1] {
                _ = try unsafe CompiledTokenizer(validating: buffer, tokenLimit: limit)
            }
            let error = TokenizerTableError.tooManyTokens(found: count, limit: count - 1)
            #expect(throws: error) { try unsafe CompiledTokenizer(validating: buffer, tokenLimit: count - 1) }
        }
    }
}
