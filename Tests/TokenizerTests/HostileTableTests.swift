import TestSupport
import Testing

@testable import SkipTokenizer

/// Tables from an untrusted source.
@Suite("Hostile tables")
struct HostileTableTests {
    /// Checks that the bytes are refused, or that encoding and decoding with them do not trap and keep their
    /// guarantees. Returns whether the bytes were accepted.
    @discardableResult
    private func isAcceptedAndHarmless(_ table: [UInt8]) -> Bool {
        let text = "abc dad<x> <y> é<xx>ab cafcaf'll 12\r\n  \u{3000}e\u{301}< ab▁aba日"
        do {
            try withTokenizer(table: table) { tokenizer in
                let ids = tokenizer.encode(text) + tokenizer.encode(text, parseSpecialTokens: false)
                #expect(ids.allSatisfy { $0 < tokenizer.vocabularySize })
                let all = ids + (0..<UInt32(tokenizer.vocabularySize)) + [.max]
                let decoded = tokenizer.decode(all, skipSpecialTokens: false)
                #expect(String(validating: decoded, as: UTF8.self) != nil)
                var decoder = StreamingDecoder(tokenizer, skipSpecialTokens: false)
                #expect(all.flatMap { decoder.append($0) } + decoder.finish() == decoded)
            }
            return true
        } catch is TokenizerTableError {
            return false
        } catch {
            Issue.record("\(error)")
            return false
        }
    }

    @Test("Every truncation and every lengthening is refused")
    func refusesEveryOtherLength() throws {
        for table in try [SmallTable.table(), SmallCharacterTable.table()] {
            for length in 0..<table.count { #expect(!isAcceptedAndHarmless(Array(table[..<length]))) }
            for extra in 1...16 { #expect(!isAcceptedAndHarmless(table + [UInt8](repeating: 0, count: extra))) }
            #expect(isAcceptedAndHarmless(table))
        }
    }

    @Test("Every flipped bit is refused or harmless", arguments: [false, true])
    func survivesEveryFlippedBit(_ hasCharacters: Bool) throws {
        let table = try hasCharacters ? SmallCharacterTable.table() : SmallTable.table()
        for offset in table.indices {
            for bit in 0..<8 {
                var flipped = table
                flipped[offset] ^= 1 << bit
                isAcceptedAndHarmless(flipped)
            }
        }
    }

    @Test("Numbers in wrong places are refused or harmless", arguments: [false, true])
    func survivesWrongNumbers(_ hasCharacters: Bool) throws {
        let table = try hasCharacters ? SmallCharacterTable.table() : SmallTable.table()
        var random = SplitMix64(seed: 3)
        let numbers: [UInt32] = [0, 1, 2, 5, 13, 14, 15, 255, 256, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF]
        for _ in 0..<3000 {
            var changed = table
            for _ in 0...random.below(3) {
                // The table of byte tokens is long and uniform, so most changes go elsewhere.
                let start = random.below(8) == 0 ? 0 : [0, TableLayout.headerSize + 1024][random.below(2)]
                let length = start == 0 ? TableLayout.headerSize : table.count - start
                let offset = min(start + random.below(length) & ~3, table.count - 4)
                changed.write(numbers[random.below(numbers.count)], at: offset)
            }
            isAcceptedAndHarmless(changed)
        }
    }

    @Test("Noise is refused")
    func refusesNoise() {
        var random = SplitMix64(seed: 5)
        for length in stride(from: 0, to: 4000, by: 37) {
            var noise = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            #expect(!isAcceptedAndHarmless(noise))
            for (index, byte) in "SKTK\u{2}\0\0\0".utf8.enumerated() where index < length { noise[index] = byte }
            #expect(!isAcceptedAndHarmless(noise))
        }
    }
}

extension [UInt8] {
    mutating func write(_ value: UInt32, at offset: Int) {
        for index in 0..<4 { self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(index))) }
    }
}
