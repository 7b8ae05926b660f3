import Foundation
import SkipFiles
import SkipFormat
import TestSupport
import Testing

@testable import SkipPackage

/// Changes that break one rule each.
@Suite struct PackageRuleTests {
    /// A change of the bytes of a package, which is sealed afterwards unless it is about checksums.
    struct Change: CustomTestStringConvertible, Sendable {
        let rule: PackageRule
        var seals = true
        let apply: @Sendable (inout PackageBytes) throws -> Void

        var testDescription: String { rule.id }
    }

    private typealias Field = PackageHeader.Offset

    static let changes: [Change] = [
        Change(rule: .headerPresent, seals: false) { $0.bytes.removeLast($0.bytes.count - 255) },
        Change(rule: .magic) { $0.bytes[1] = 0x54 },
        Change(rule: .endianTag) { $0.set(UInt32(0x0403_0201), at: Field.endianTag) },
        Change(rule: .majorVersion) { $0.set(UInt16(2), at: Field.majorVersion) },
        Change(rule: .headerByteCount) { $0.set(UInt32(512), at: Field.headerByteCount) },
        Change(rule: .headerChecksum, seals: false) { $0.bytes[Field.headerChecksum] ^= 1 },
        Change(rule: .incompatibleFeatures) { $0.bytes[Field.incompatibleFeatures] = 4 },
        Change(rule: .compatibleFeatures) { $0.bytes[Field.compatibleFeatures + 7] = 1 },
        Change(rule: .headerReserved) { $0.bytes[Field.reserved] = 1 },
        Change(rule: .headerReserved) { $0.bytes[Field.headerChecksum - 1] = 1 },
        Change(rule: .packageByteCount) { $0.bytes.append(0) },
        Change(rule: .packageByteCount) { $0.set(UInt64($0.bytes.count + 1), at: Field.packageByteCount) },
        Change(rule: .packageByteCount) { $0.set(UInt64.max, at: Field.packageByteCount) },
        Change(rule: .partNumber) { $0.set(UInt32(2), at: Field.partNumber) },
        Change(rule: .partNumber) { $0.set(UInt32(100_000), at: Field.partCount) },
        Change(rule: .baseIsOther) { bytes in
            bytes.bytes.replaceSubrange(
                Field.baseRootHash..<Field.reservedTail, with: bytes.bytes[Field.rootHash..<Field.baseRootHash])
        },
        Change(rule: .fileByteCount) { $0.set(UInt64(1) << 57, at: Field.fileByteCount) },
        Change(rule: .fileByteCount) { $0.set(UInt64(4095), at: Field.fileByteCount) },
        Change(rule: .indexCount) { $0.set(UInt32.max, at: Field.entryCount) },
        Change(rule: .indexCount) { $0.set(UInt32(0), at: Field.entryCount) },
        Change(rule: .indexChecksum, seals: false) { $0.bytes[$0.entry(0, 0)] ^= 1 },
        Change(rule: .blockOrder) { $0.set(UInt32(0), at: $0.entry(1, 0)) },
        Change(rule: .blockOrder) {
            try $0.set(UInt32($0.header.blockCount), at: $0.entry($0.header.entryCount - 1, 0))
        },
        Change(rule: .encoding) { $0.bytes[$0.entry(5, 12)] = 5 },
        Change(rule: .storedByteCount) { $0.set(UInt32(0), at: $0.entry(5, 4)) },
        Change(rule: .storedByteCount) { $0.set(UInt32.max, at: $0.entry(5, 4)) },
        Change(rule: .entryReserved) { $0.bytes[$0.entry(5, 14)] = 1 },
        Change(rule: .frontBlocks) { bytes in
            bytes.set(UInt32(1_000), at: Field.frontBlockCount)
            bytes.set(UInt32(2_000), at: Field.blockCount)
        },
        Change(rule: .frontByteCount) { try $0.set(UInt64($0.header.frontByteCount + 1), at: Field.frontByteCount) },
        Change(rule: .frontLimits) { $0.set(UInt32(34 << 20) + 1, at: $0.entry(0, 8)) },
        Change(rule: .frontEncoding) { $0.bytes[$0.entry(0, 12)] = 2 },
        Change(rule: .frontPresent) { try $0.bytes.removeLast($0.bytes.count - $0.header.frontByteCount + 1) },
        Change(rule: .frontPresent) { $0.bytes.removeLast($0.bytes.count - 300) },
        Change(rule: .fileIdentity) { $0.bytes[Field.rootHash] ^= 1 },
        Change(rule: .blockCounts) { try $0.set(UInt32($0.header.blockCount + 1), at: Field.blockCount) },
        Change(rule: .rawByteCount) { bytes in
            // The last block is stored, so that both lengths are changed, and those of the package.
            let last = try bytes.header.entryCount - 1
            bytes.set(bytes.bytes.integer(UInt32.self, at: bytes.entry(last, 4)) + 1, at: bytes.entry(last, 4))
            bytes.set(bytes.bytes.integer(UInt32.self, at: bytes.entry(last, 8)) + 1, at: bytes.entry(last, 8))
            bytes.bytes.append(0)
            bytes.set(UInt64(bytes.bytes.count), at: Field.packageByteCount)
        },
        Change(rule: .encodingOfType) { bytes in
            let last = try bytes.header.entryCount - 1
            bytes.bytes[bytes.entry(last, 12)] = 4
            // A block that is not stored is shorter.
            bytes.set(bytes.bytes.integer(UInt32.self, at: bytes.entry(last, 4)) - 1, at: bytes.entry(last, 4))
            bytes.bytes.removeLast()
            bytes.set(UInt64(bytes.bytes.count), at: Field.packageByteCount)
        },
        Change(rule: .planes) { try $0.bytes[$0.header.indexRange.upperBound] ^= 1 },
        Change(rule: .frameHeader) { try $0.bytes[$0.header.indexRange.upperBound + 4] ^= 1 },
        // The type of the first block in the frame, after the plane's length and the frame's header of 7 bytes.
        Change(rule: .frame) { try $0.bytes[$0.header.indexRange.upperBound + 11] |= 6 },
        Change(rule: .base) { $0.bytes[Field.baseRootHash] = 1 },
        Change(rule: .parts) { bytes in
            // The second part of a package has no tables, and is nothing without the first.
            bytes.set(UInt32(2), at: Field.partNumber)
            bytes.set(UInt32(2), at: Field.partCount)
            try bytes.removeFront()
        },
        Change(rule: .blockTwice) { bytes in try bytes.removeLastBlock() },
    ]

    @Test(arguments: changes) func aChangeBreaksItsRule(_ change: Change) throws {
        let sample = try PackageSample()
        try sample.convert("a.skipgpt")
        try sample.pack("a.skipgpt", to: "a.skipz")
        var bytes = PackageBytes(try sample.bytes("a.skipz"))
        try change.apply(&bytes)
        if change.seals { bytes.seal() }
        try sample.directory.write(bytes.bytes, to: "bad.skipz")
        let error = #expect(throws: PackageError.self) { try sample.open("bad.skipz") }
        guard case .broken(let violation, _) = error else { throw PackageTests.Unexpected(error: error) }
        #expect(violation.rule == change.rule)
    }

    @Test func aPackageIsARegularFile() throws {
        let sample = try PackageSample()
        let error = #expect(throws: PackageError.self) { try PackagePart(opening: sample.directory.path) }
        guard case .broken(let violation, _) = error else { throw PackageTests.Unexpected(error: error) }
        #expect(violation.rule == .regularFile)
    }

    static let specification = Result {
        try String(contentsOfFile: RepositoryPaths.root + "/specs/skipz-format.md", encoding: .utf8)
            .split(separator: "\n").map(String.init)
    }

    @Test(arguments: PackageRule.allCases) func theSpecificationStatesEveryRule(_ rule: PackageRule) throws {
        let row = "| \(rule.id) | \(rule.statement) | \(rule.meansUnsupported ? "yes" : "") |"
        #expect(try Self.specification.get().contains(row))
    }

    @Test func theSpecificationStatesNoOtherRule() throws {
        #expect(try Self.specification.get().count { $0.hasPrefix("| SZ-") } == PackageRule.allCases.count)
    }
}

extension PackageBytes {
    /// Removes the blocks before the weights, and their entries.
    mutating func removeFront() throws {
        let header = try HeaderReader(bytes: Array(sealed.bytes.prefix(256)), fileByteCount: bytes.count).read()
        let entryEnd = entry(header.frontBlockCount, 0)
        bytes.removeSubrange(header.indexRange.upperBound..<header.frontByteCount)
        bytes.removeSubrange(PackageLimits.headerByteCount..<entryEnd)
        let entryCount = header.entryCount - header.frontBlockCount
        set(UInt32(entryCount), at: PackageHeader.Offset.entryCount)
        set(UInt64(entry(entryCount, 0)), at: PackageHeader.Offset.frontByteCount)
        set(UInt64(bytes.count), at: PackageHeader.Offset.packageByteCount)
    }

    /// Removes the last block and its entry.
    mutating func removeLastBlock() throws {
        let header = try header
        let last = header.entryCount - 1
        bytes.removeLast(Int(bytes.integer(UInt32.self, at: entry(last, 4))))
        bytes.removeSubrange(entry(last, 0)..<entry(last + 1, 0))
        set(UInt32(last), at: PackageHeader.Offset.entryCount)
        let front = UInt64(header.frontByteCount - PackageLimits.indexEntryByteCount)
        set(front, at: PackageHeader.Offset.frontByteCount)
        set(UInt64(bytes.count), at: PackageHeader.Offset.packageByteCount)
    }

    private var sealed: PackageBytes {
        var copy = self
        copy.seal()
        return copy
    }
}
