import SkipFiles

/// The fields of the file's first page.
public struct FileHeader: Equatable, Sendable {
    public var majorVersion = FormatLimits.majorVersion
    public var minorVersion = FormatLimits.minorVersion
    public var fileByteCount = 0
    public var incompatibleFeatures: UInt64 = 0
    public var compatibleFeatures: UInt64 = 0
    public var sectionCount = 0
    public var tensorTableOffset = 0
    public var tensorCount = 0
    /// End of the region that `tablesChecksum` covers. The region begins after the header.
    public var tablesEnd = 0
    public var alignmentLog2 = FormatLimits.defaultAlignmentLog2
    public var sectionTableHash = SHA256Digest.zero
    public var tensorTableHash = SHA256Digest.zero
    /// The hash of the header's fields before it, which include all other hashes.
    public var rootHash = SHA256Digest.zero
    public var tablesChecksum: UInt32 = 0

    /// Weight sections begin at multiples of this number of bytes.
    public var alignment: Int { 1 << alignmentLog2 }

    /// Positions of the fields.
    enum Offset {
        static let majorVersion = 0x0C
        static let minorVersion = 0x0E
        static let headerByteCount = 0x10
        static let endianTag = 0x14
        static let fileByteCount = 0x18
        static let incompatibleFeatures = 0x20
        static let compatibleFeatures = 0x28
        static let sectionTableOffset = 0x30
        static let sectionCount = 0x38
        static let sectionEntryByteCount = 0x3C
        static let tensorTableOffset = 0x40
        static let tensorCount = 0x48
        static let tensorEntryByteCount = 0x4C
        static let tablesEnd = 0x50
        static let alignmentLog2 = 0x58
        static let reserved = 0x5C
        static let sectionTableHash = 0x60
        static let tensorTableHash = 0x80
        static let rootHash = 0xA0
        static let tablesChecksum = 0xC0
        static let reservedTail = 0xC4
        static let headerChecksum = 0xFFC
    }

    /// Returns the bytes of the header with their checksum. The root hash is not computed, but taken from `rootHash`.
    func encoded() -> [UInt8] {
        var page = ByteWriter()
        page.append(FormatLimits.magic)
        page.append(majorVersion)
        page.append(minorVersion)
        page.append(UInt32(FormatLimits.headerByteCount))
        page.append(FormatLimits.endianTag)
        page.append(UInt64(fileByteCount))
        page.append(incompatibleFeatures)
        page.append(compatibleFeatures)
        page.append(UInt64(FormatLimits.headerByteCount))
        page.append(UInt32(sectionCount))
        page.append(UInt32(FormatLimits.sectionEntryByteCount))
        page.append(UInt64(tensorTableOffset))
        page.append(UInt32(tensorCount))
        page.append(UInt32(FormatLimits.tensorEntryByteCount))
        page.append(UInt64(tablesEnd))
        page.append(UInt32(alignmentLog2))
        page.append(UInt32(0))
        page.append(sectionTableHash.bytes)
        page.append(tensorTableHash.bytes)
        page.append(rootHash.bytes)
        page.append(tablesChecksum)
        page.pad(to: Offset.headerChecksum)
        // SAFETY: UInt8 has no padding.
        page.append(unsafe CRC32C.checksum(page.bytes.span.bytes))
        return page.bytes
    }

    /// The root hash of this header: SHA-256 of a fixed prefix and the header's bytes before the root hash.
    var computedRootHash: SHA256Digest {
        Self.rootHash(ofHeader: Array(encoded()[..<Offset.rootHash]))
    }

    /// Returns the root hash for the header's bytes before the root hash.
    static func rootHash(ofHeader bytes: [UInt8]) -> SHA256Digest {
        SHA256Digest(hashing: FormatLimits.rootHashPrefix + bytes)
    }
}
