import Testing

@testable import SkipTokenizer

/// Texts so long that a quadratic algorithm would not end in reasonable time.
@Suite("Long texts")
struct LongTextTests {
    private static let longByteCount = 1 << 17
    private static let definition = TokenizerDefinition.bytes(merging: [
        ("a", "a"), ("aa", "aa"), (" ", " "), ("\r", "\n"), ("\r\n", "\r\n"), ("b", "a"),
    ])

    private func encode(_ text: [UInt8], _ definition: TokenizerDefinition = Self.definition) throws -> [UInt32] {
        try withTokenizer(definition) { tokenizer in
            let ids = tokenizer.encode(text)
            #expect(tokenizer.decode(ids) == text)
            return ids
        }
    }

    @Test("TK-85: A long run of one letter is one word")
    func oneLetter() throws {
        let ids = try encode([UInt8](repeating: UInt8(ascii: "a"), count: Self.longByteCount))
        #expect(ids.count == Self.longByteCount / 4)
        #expect(Set(ids) == [try #require(Self.definition.id("aaaa"))])
    }

    @Test(
        "TK-85: Words that are long because nothing ends them",
        arguments: [" ", "\r\n", "\u{301}", "1", "ba", "\u{3000}"])
    func others(_ unit: String) throws {
        let count = Self.longByteCount / 4 / unit.utf8.count
        let text = [[UInt8]](repeating: Array(unit.utf8), count: count).flatMap(\.self)
        for pattern in WordPattern.allCases {
            var definition = Self.definition
            definition.splitting = [.pattern(pattern)]
            #expect(try encode(text, definition).count <= text.count)
        }
    }

    @Test("TK-85: White space between tokens that strip it is scanned once")
    func strippingTokens() throws {
        let definition = TokenizerDefinition.bytes(
            merging: [],
            added: [("\n", [.stripsLeft, .stripsRight, .normalized]), (" x", .stripsLeft), ("\t", .stripsRight)])
        let runs = String(repeating: "\n", count: 100_000) + String(repeating: " ", count: 100_000)
        try withTokenizer(definition) { tokenizer in
            // The tab absorbs the second run. In the first, every line end is a token and absorbs the spaces.
            #expect(tokenizer.encode(runs + "\t" + runs + "y").count == 100_000 + 2)
        }
    }

    @Test("TK-85: Text that repeats the beginning of a long added token")
    func almostAnAddedToken() throws {
        let content = String(repeating: "<", count: TokenizerTable.addedTokenByteLimit - 1) + ">"
        let definition = TokenizerDefinition.bytes(merging: [], added: [(content, []), ("<<", [])])
        try withTokenizer(definition) { tokenizer in
            #expect(tokenizer.encode(String(repeating: "<", count: 4000)) == [UInt32](repeating: 257, count: 2000))
            #expect(tokenizer.encode("<" + content).count == 513)
        }
    }

    @Test("TK-85: A long text that is not UTF-8")
    func invalidText() throws {
        try withTokenizer(Self.definition) { tokenizer in
            let ids = tokenizer.encode([UInt8](repeating: 0xE2, count: Self.longByteCount / 4))
            #expect(tokenizer.decode(ids).count == 3 * Self.longByteCount / 4)
        }
    }
}
