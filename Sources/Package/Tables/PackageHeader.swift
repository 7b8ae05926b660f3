import SkipFiles
import SkipFormat

/// The fields of a package's header.
public struct PackageHeader: Equatable, Sendable {
    public var minorVersion = PackageLimits.minorVersion
    public var compatibleFeatures: UInt64 = 0
    public var packageByteCount = 0
    /// The length of the unpacked file.
    public var fileByteCount = 0
    /// Where the blocks of weights begin.
    public var frontByteCount = 0
    /// Blocks in this package.
    public var entryCount = 0
    /// Blocks of the file.
    public var blockCount = 0
    /// Blocks of the file before its weights.
    public var frontBlockCount = 0
    public var partNumber = 1
    public var partCount = 1
    public var indexChecksum: UInt32 = 0
    /// The root hash of the unpacked file.
    public var rootHash = SHA256Digest.zero
    /// The root hash of the file that a delta needs; nil if the package is no delta.
    public var baseRootHash: SHA256Digest?

    package init() {}

    var indexRange: Range<Int> {
        PackageLimits.headerByteCount..<PackageLimits.headerByteCount + entryCount * PackageLimits.indexEntryByteCount
    }

    /// Positions of the fields.
    enum Offset {
        static let majorVersion = 0x0C
        static let minorVersion = 0x0E
        static let headerByteCount = 0x10
        static let endianTag = 0x14
        static let packageByteCount = 0x18
        static let incompatibleFeatures = 0x20
        static let compatibleFeatures = 0x28
        static let fileByteCount = 0x30
        static let frontByteCount = 0x38
        static let entryCount = 0x40
        static let blockCount = 0x44
        static let frontBlockCount = 0x48
        static let partNumber = 0x4C
        static let partCount = 0x50
        static let indexChecksum = 0x54
        static let reserved = 0x58
        static let rootHash = 0x60
        static let baseRootHash = 0x80
        static let reservedTail = 0xA0
        static let headerChecksum = 0xFC
    }

    /// Returns the bytes of the header with their checksum.
    func encoded() -> [UInt8] {
        var page = ByteWriter()
        page.append(PackageLimits.magic)
        page.append(PackageLimits.majorVersion)
        page.append(minorVersion)
        page.append(UInt32(PackageLimits.headerByteCount))
        page.append(FormatLimits.endianTag)
        page.append(UInt64(packageByteCount))
        page.append(UInt64(0))
        page.append(compatibleFeatures)
        page.append(UInt64(fileByteCount))
        page.append(UInt64(frontByteCount))
        page.append(UInt32(entryCount))
        page.append(UInt32(blockCount))
        page.append(UInt32(frontBlockCount))
        page.append(UInt32(partNumber))
        page.append(UInt32(partCount))
        page.append(indexChecksum)
        page.pad(to: Offset.rootHash)
        page.append(rootHash.bytes)
        page.append((baseRootHash ?? .zero).bytes)
        page.pad(to: Offset.headerChecksum)
        page.append(page.bytes.checksum)
        return page.bytes
    }
}

/// An entry of the index: a block that the package has.
public struct IndexEntry: Equatable, Sendable {
    /// The number of the block in the file.
    public let block: Int
    /// Absolute positions of its stored bytes in the package.
    public let byteRange: Range<Int>
    /// Its length in the file.
    public let rawByteCount: Int
    public let encoding: BlockEncoding

    func encode(into writer: inout ByteWriter) {
        writer.append(UInt32(block))
        writer.append(UInt32(byteRange.count))
        writer.append(UInt32(rawByteCount))
        writer.append(encoding.rawValue)
        writer.append([0, 0, 0])
    }
}
