import Glibc
import SkipModel
import TestSupport
import Testing

@testable import SkipFiles
@testable import SkipFormat

/// Checks that every truncation and every flipped bit of a small file is found.
///
/// By default the tests take samples: some lengths, one bit of every byte with content, and fewer bits of the padding.
/// With `SKIPC_EXHAUSTIVE=1` they test all, which takes minutes in a debug build.
@Suite struct DamageTests {
    /// Seven sections, 28 kilobytes.
    static let layout = Result {
        var configuration = TinyModel.configuration
        configuration.vocabularySize = 8
        configuration.tiesWordEmbeddings = true
        configuration.layers = [LayerConfiguration()]
        return try TinyModel.layout(TinyModel.graph(configuration, optionalRoles: []), tokenizerTable: [1, 2, 3])
    }

    static let isExhaustive = unsafe getenv("SKIPC_EXHAUSTIVE") != nil

    @Test("SK-107: every truncation is refused") func everyTruncationIsRefused() throws {
        let bytes = try TinyModel.bytes(try Self.layout.get())
        let step = Self.isExhaustive ? 1 : 61
        var accepted: [Int] = []
        for length in 0..<bytes.count
        where length % step == 0 || length > bytes.count - 3 || (4090...4100).contains(length) {
            do throws(FormatError) {
                _ = try SkipFile(validating: MappedFile(contents: Array(bytes[..<length])))
                accepted.append(length)
            } catch {
                #expect(error.rule == (length < 4096 ? .headerPresent : .fileByteCount))
            }
        }
        #expect(accepted == [])
    }

    @Test("SK-108: every flipped bit is found", arguments: 0..<8) func everyFlippedBitIsFound(bit: Int) throws {
        let layout = try Self.layout.get()
        let bytes = try TinyModel.bytes(layout)
        var mutant = Mutant(layout, bytes: bytes)
        var missed: [Int] = []
        for offset in bytes.indices where Self.isTaken(offset, bit, layout) {
            mutant.bytes[offset] ^= 1 << bit
            if mutant.brokenRules.isEmpty { missed.append(offset) }
            mutant.bytes[offset] ^= 1 << bit
        }
        #expect(missed == [])
    }

    /// Returns whether the bit is in the sample.
    private static func isTaken(_ offset: Int, _ bit: Int, _ layout: FileLayout) -> Bool {
        if isExhaustive { return true }
        let meansSomething =
            offset < 0x100 || (FormatLimits.headerByteCount..<layout.header.tablesEnd).contains(offset)
            || layout.sections.contains { $0.byteRange.contains(offset) }
        return (meansSomething ? offset : offset / 13) % 8 == bit && (meansSomething || offset % 13 == 0)
    }

    /// Wrong numbers in the tables under correct hashes: opening refuses them, or verifying finds a hash that was not
    /// recomputed. No reader traps.
    @Test("SK-109: nonsense under correct hashes is found", arguments: 0..<4) func sealedNonsenseIsFound(seed: UInt64)
        throws
    {
        let layout = try TinyModel.layout()
        let sound = try TinyModel.bytes(layout)
        var generator = SplitMix64(seed: seed)
        let interesting: [UInt32] = [0, 1, 2, 63, 64, 4096, 0x7FFF_FFFF, 0x8000_0000, .max]
        var missed: [[Int]] = []
        for _ in 0..<(Self.isExhaustive ? 5000 : 150) {
            var mutant = Mutant(layout, bytes: sound)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let offset = Int.random(in: 12..<layout.header.tablesEnd / 4, using: &generator) * 4
                mutant.set(interesting.randomElement(using: &generator) ?? 0, at: offset)
            }
            mutant.seal(.tables)
            let rules = mutant.brokenRules
            // A number may be the one that was there before.
            if rules.isEmpty, mutant.bytes != sound {
                missed.append(sound.indices.filter { mutant.bytes[$0] != sound[$0] })
            }
            #expect(!rules.contains(nil), "a system call failed")
        }
        #expect(missed == [])
    }
}
