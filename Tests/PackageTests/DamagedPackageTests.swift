import SkipFiles
import SkipFormat
import TestSupport
import Testing

@testable import SkipPackage

/// Packages that end early or have changed bits, and files that are repaired.
@Suite struct DamagedPackageTests {
    /// A small model and its package.
    private static func sample() throws -> PackageSample {
        let sample = try PackageSample()
        try sample.convert("a.skipgpt")
        try sample.pack("a.skipgpt", to: "a.skipz")
        return sample
    }

    private func missing(_ error: PackageError?) throws -> MissingBlocks {
        guard case .incomplete(_, let missing, _) = error else { throw PackageTests.Unexpected(error: error) }
        return missing
    }

    @Test("ZS-114: a package that ends anywhere is refused, or its whole blocks are found")
    func everyTruncationIsFound() throws {
        let sample = try Self.sample()
        let bytes = try sample.bytes("a.skipz")
        let front = try sample.open("a.skipz").header.frontByteCount
        var lengths = Set((0..<bytes.count).filter { $0 % 23 == 0 })
        lengths.formUnion([1, 255, 256, 257, front - 1, front, front + 1, bytes.count - 1])
        for length in lengths {
            try sample.directory.write(Array(bytes[..<length]), to: "cut.skipz")
            if length < front {
                #expect(throws: PackageError.self, "\(length)") { try sample.open("cut.skipz") }
                continue
            }
            let package = try sample.open("cut.skipz")
            let failures = try package.verify(options: WorkOptions()).failures
            let cut = package.parts[0].entries.filter { $0.byteRange.upperBound > length }
            #expect(failures.map(\.block) == cut.map(\.block), "\(length)")
        }
    }

    @Test("ZS-114: no flipped bit gives another file") func everyFlippedBitIsFound() throws {
        let sample = try Self.sample()
        let bytes = try sample.bytes("a.skipz")
        for offset in bytes.indices where offset % 29 == 0 {
            var changed = bytes
            changed[offset] ^= 1 << UInt8(offset % 8)
            try sample.directory.write(changed, to: "bad.skipz")
            // Some bits of a frame have no meaning. Then the hashes are right.
            guard let package = try? sample.open("bad.skipz") else { continue }
            #expect(try package.fileStart == sample.open("a.skipz").fileStart, "\(offset)")
            let failures = try package.verify(options: WorkOptions()).failures
            if let failure = failures.first {
                #expect(failures.count == 1 && failure.byteRange.contains(offset), "\(offset)")
            } else {
                #expect(try sample.unpackedBytes("bad.skipz") == sample.bytes("a.skipgpt"), "\(offset)")
            }
        }
    }

    @Test func unpackingContinuesAfterAnEarlyEnd() throws {
        let sample = try Self.sample()
        let bytes = try sample.bytes("a.skipz")
        let front = try sample.open("a.skipz").header.frontByteCount
        let lengths = [front + 100, front + 1000, (front + bytes.count) / 2, bytes.count - 1]
        var kept = 0
        for length in lengths {
            try sample.directory.write(Array(bytes[..<length]), to: "part.skipz")
            let error = #expect(throws: PackageError.self) { try sample.unpack("part.skipz", to: "b.skipgpt") }
            let missing = try missing(error)
            #expect(missing.byteRanges.count == 1 && missing.byteRanges[0].range.upperBound == bytes.count)
            #expect(missing.byteRanges[0].range.lowerBound <= length)
            #expect(missing.failures.allSatisfy { $0.violation.rule == .blockPresent })
            kept = missing.blockCount - missing.failures.count
            #expect(sample.directory.contents.contains("b.skipgpt.partial"))
            #expect(!sample.directory.contents.contains("b.skipgpt"))
            // A partial output is no model.
            #expect(throws: FormatError.self) { try SkipFile(opening: sample.path("b.skipgpt.partial")) }
        }
        // Bits of blocks and of padding that were damaged meanwhile are restored too.
        var partial = try sample.bytes("b.skipgpt.partial")
        let blocks = try sample.open("a.skipz").blocks
        partial[blocks.byteRange(of: blocks.front.count + 2).lowerBound] ^= 1
        partial[partial.count - 1] ^= 1
        try sample.directory.write(partial, to: "b.skipgpt.partial")
        let result = try sample.unpack("a.skipz", to: "b.skipgpt")
        #expect(result.keptCount == kept - 1 && kept > 4)
        #expect(try sample.bytes("b.skipgpt") == sample.bytes("a.skipgpt"))
        #expect(!sample.directory.contents.contains("b.skipgpt.partial"))
    }

    @Test func aDamagedBlockIsKeptOut() throws {
        let sample = try Self.sample()
        var bytes = try sample.bytes("a.skipz")
        // Only its hash shows that a stored block is damaged.
        let entry = try #require(sample.open("a.skipz").parts[0].entries.last { $0.encoding == .stored })
        bytes[entry.byteRange.upperBound - 1] ^= 4
        try sample.directory.write(bytes, to: "bad.skipz")
        let error = #expect(throws: PackageError.self) { try sample.unpack("bad.skipz", to: "b.skipgpt") }
        let missing = try missing(error)
        #expect(missing.failures.map(\.violation.rule) == [.blockHash])
        #expect(missing.byteRanges.map(\.range) == [entry.byteRange])
        #expect(try sample.unpack("a.skipz", to: "b.skipgpt").keptCount == missing.blockCount - 1)
        #expect(try sample.bytes("b.skipgpt") == sample.bytes("a.skipgpt"))
    }

    @Test func aPartialOutputOfAnotherFileIsRefused() throws {
        let sample = try Self.sample()
        try sample.directory.write("something else", to: "b.skipgpt.partial")
        let error = #expect(throws: PackageError.self) { try sample.unpack("a.skipz", to: "b.skipgpt") }
        guard case .broken(let violation, _) = error else { throw PackageTests.Unexpected(error: error) }
        #expect(violation.rule == .partialOutput)
        #expect(try sample.bytes("b.skipgpt.partial") == Array("something else".utf8))
    }

    @Test func aBaseMustBeTheRightOne() throws {
        let sample = try Self.sample()
        try sample.convert("b.skipgpt", routerSeed: 2)
        try sample.pack("b.skipgpt", to: "delta.skipz", base: "a.skipgpt")
        for base in [nil, "b.skipgpt"] {
            let error = #expect(throws: PackageError.self) { try sample.open("delta.skipz", base: base) }
            guard case .broken(let violation, _) = error else { throw PackageTests.Unexpected(error: error) }
            #expect(violation.rule == .base)
        }
        #expect(throws: PackageError.self) { try sample.pack("a.skipgpt", to: "c.skipz", base: "a.skipgpt") }
        // A block that the delta leaves out is damaged in the base.
        var bytes = try sample.bytes("a.skipgpt")
        bytes[try #require(SkipFile(opening: sample.path("a.skipgpt")).tensors.last).byteOffset] ^= 1
        try sample.directory.write(bytes, to: "a.skipgpt")
        let error = #expect(throws: PackageError.self) {
            try sample.unpack("delta.skipz", to: "c.skipgpt", base: "a.skipgpt")
        }
        #expect(try missing(error).failures.map(\.path) == [sample.path("a.skipgpt")])
    }

    /// A delta that leaves out a block that its base does not have.
    @Test func theBaseMustHaveTheBlocks() throws {
        let sample = try Self.sample()
        try sample.convert("b.skipgpt", routerSeed: 2)
        try sample.pack("b.skipgpt", to: "delta.skipz", base: "a.skipgpt")
        var bytes = PackageBytes(try sample.bytes("delta.skipz"))
        try bytes.removeLastBlock()
        bytes.seal()
        try sample.directory.write(bytes.bytes, to: "delta.skipz")
        let error = #expect(throws: PackageError.self) {
            try sample.unpack("delta.skipz", to: "c.skipgpt", base: "a.skipgpt")
        }
        #expect(try missing(error).failures.map(\.violation.rule) == [.baseBlocks])
    }

    @Test func onlyBadBlocksAreRepaired() throws {
        let sample = try Self.sample()
        let good = try sample.bytes("a.skipgpt")
        let package = try sample.open("a.skipz")
        let block = package.blocks.byteRange(of: package.blocks.front.count + 3)
        let damages: [(name: String, change: (inout [UInt8]) -> Void, blocks: Int, front: Bool, end: Bool)] = [
            ("nothing", { _ in }, 0, false, false),
            ("a block", { $0[block.lowerBound] ^= 1 }, 1, false, false),
            ("padding", { $0[block.lowerBound - 1] ^= 1 }, 1, false, false),
            ("the header", { $0[3] ^= 1 }, 0, true, false),
            ("the root hash", { $0[0xA0] ^= 1 }, 0, true, false),
            ("the end", { $0[$0.count - 1] ^= 1 }, 0, false, true),
            ("too long", { $0 += [1, 2] }, 0, false, true),
            ("too short", { $0.removeLast($0.count - block.upperBound) }, 0, false, true),
        ]
        for damage in damages {
            var bytes = good
            damage.change(&bytes)
            try sample.directory.write(bytes, to: "bad.skipgpt")
            let plan = try Repair(package).plan(sample.path("bad.skipgpt"))
            #expect(try sample.bytes("bad.skipgpt") == bytes, "\(damage.name)")
            if damage.name != "too short" { #expect(plan.blocks.count == damage.blocks, "\(damage.name)") }
            #expect(plan.hasBadFront == damage.front && plan.hasBadEnd == damage.end, "\(damage.name)")
            _ = try Repair(package).run(sample.path("bad.skipgpt"))
            #expect(try sample.bytes("bad.skipgpt") == good, "\(damage.name)")
        }
    }

    /// Of the package, only the front and the block are there.
    @Test func aRepairNeedsOnlyItsBlocks() throws {
        let sample = try Self.sample()
        let packed = try sample.bytes("a.skipz")
        let package = try sample.open("a.skipz")
        let place = try #require(package.place(of: package.blocks.front.count + 3)?.entry)
        var bytes = try sample.bytes("a.skipgpt")
        bytes[package.blocks.byteRange(of: place.block).lowerBound] ^= 1
        try sample.directory.write(bytes, to: "bad.skipgpt")

        var fetched = Array(packed[..<package.header.frontByteCount])
        try sample.directory.write(fetched, to: "fetched.skipz")
        let error = #expect(throws: PackageError.self) {
            try Repair(sample.open("fetched.skipz")).run(sample.path("bad.skipgpt"))
        }
        #expect(try missing(error).byteRanges.map(\.range) == [place.byteRange])
        fetched += [UInt8](repeating: 0, count: place.byteRange.lowerBound - fetched.count) + packed[place.byteRange]
        try sample.directory.write(fetched, to: "fetched.skipz")
        _ = try Repair(sample.open("fetched.skipz")).run(sample.path("bad.skipgpt"))
        #expect(try sample.bytes("bad.skipgpt") == sample.bytes("a.skipgpt"))
    }

    @Test func anotherFileIsNotRepaired() throws {
        let sample = try Self.sample()
        try sample.convert("other.skipgpt", seed: 2)
        let bytes = try sample.bytes("other.skipgpt")
        let error = #expect(throws: PackageError.self) {
            try Repair(sample.open("a.skipz")).run(sample.path("other.skipgpt"))
        }
        guard case .broken(let violation, _) = error else { throw PackageTests.Unexpected(error: error) }
        #expect(violation.rule == .repairedFile)
        #expect(try sample.bytes("other.skipgpt") == bytes)
    }
}

extension PackageSample {
    func unpackedBytes(_ name: String) throws -> [UInt8] {
        try unpack(name, to: "unpacked.skipgpt")
        return try bytes("unpacked.skipgpt")
    }
}
