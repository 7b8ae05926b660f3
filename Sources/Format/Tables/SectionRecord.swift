import SkipFiles

/// An entry of the section table: one contiguous run of bytes.
public struct SectionRecord: Equatable, Sendable {
    public let id: SectionID
    /// Absolute position in the file.
    public let byteOffset: Int
    /// Length without padding.
    public let byteCount: Int
    /// Its tensors in the tensor table; empty for metadata.
    public let tensors: Range<Int>
    /// Its leaves in the leaf hash table; empty for metadata.
    public let leaves: Range<Int>
    /// Root of its hash tree.
    public var rootHash: SHA256Digest

    /// Absolute positions of its bytes.
    public var byteRange: Range<Int> { byteOffset..<byteOffset + byteCount }

    /// Positions of the fields in an entry.
    enum Offset {
        static let kind = 0
        static let layer = 4
        static let flags = 8
        static let reserved = 12
        static let byteOffset = 16
        static let byteCount = 24
        static let firstTensor = 32
        static let tensorCount = 36
        static let firstLeaf = 40
        static let leafCount = 48
        static let rootHash = 56
        static let reservedTail = 88
    }

    func encode(into writer: inout ByteWriter) {
        let end = writer.bytes.count + FormatLimits.sectionEntryByteCount
        writer.append(id.kind.rawValue)
        writer.append(id.layer.map(UInt32.init) ?? FormatLimits.none)
        writer.append(UInt32(id.kind.isCritical ? 1 : 0))
        writer.append(UInt32(0))
        writer.append(UInt64(byteOffset))
        writer.append(UInt64(byteCount))
        writer.append(UInt32(tensors.lowerBound))
        writer.append(UInt32(tensors.count))
        writer.append(UInt64(leaves.lowerBound))
        writer.append(UInt64(leaves.count))
        writer.append(rootHash.bytes)
        writer.pad(to: end)
    }
}
