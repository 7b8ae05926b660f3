import SkipModel

@testable import SkipFiles
@testable import SkipFormat

/// The bytes of a `.skipgpt` file whose checksums and hashes can be made correct, whatever else is wrong.
struct SealedFile {
    private(set) var bytes: [UInt8]

    private typealias Header = FileHeader.Offset
    /// The bytes of the header that are given; the others are zero, except for the checksum.
    private static let headerStartByteCount = 256
    /// Larger files are not made longer.
    private static let byteLimit = 1 << 19

    /// Puts the bytes after the first 256 behind the header, and appends zeros up to the stated size.
    init(expanding compact: [UInt8]) {
        guard compact.count > Self.headerStartByteCount else {
            bytes = compact
            return
        }
        let stated = UInt64(littleEndian: compact, at: Header.fileByteCount)
        let given = FormatLimits.headerByteCount + compact.count - Self.headerStartByteCount
        let byteCount = stated <= UInt64(Self.byteLimit) ? max(given, Int(stated)) : given
        bytes = [UInt8](repeating: 0, count: byteCount)
        bytes.replaceSubrange(..<Self.headerStartByteCount, with: compact[..<Self.headerStartByteCount])
        bytes.replaceSubrange(
            FormatLimits.headerByteCount..<given, with: compact[Self.headerStartByteCount...])
        // The checksum is not among the first bytes, and an unsealed file should have a chance.
        seal(checksum(0..<Header.headerChecksum), at: Header.headerChecksum)
    }

    func open() throws(FormatError) -> SkipFile { try SkipFile(validating: MappedFile(contents: bytes)) }

    /// Corrects the hashes and checksums of the header and of both tables, as far as these are inside the file.
    mutating func sealTables() {
        let start = FormatLimits.headerByteCount
        guard bytes.count > start else { return }
        let middle = integer(at: Header.tensorTableOffset)
        let end = middle + integer32(at: Header.tensorCount) * FormatLimits.tensorEntryByteCount
        if middle >= start, middle <= end, end <= bytes.count {
            replace(hash(start..<middle), at: Header.sectionTableHash)
            replace(hash(middle..<end), at: Header.tensorTableHash)
        }
        let tablesEnd = integer(at: Header.tablesEnd)
        if tablesEnd >= start, tablesEnd <= bytes.count {
            seal(checksum(start..<tablesEnd), at: Header.tablesChecksum)
        }
        replace(FileHeader.rootHash(ofHeader: Array(bytes[..<Header.rootHash])), at: Header.rootHash)
        seal(checksum(0..<Header.headerChecksum), at: Header.headerChecksum)
    }

    /// Corrects all hashes of a file that opens.
    mutating func sealContents(of file: SkipFile) {
        guard let table = file.section(SectionID(.leafHashes))?.byteOffset else { return }
        var leafHashes: [SHA256Digest] = []
        for tensor in file.tensors {
            for leaf in 0..<tensor.leaves.leafCount {
                leafHashes.append(hash(tensor.byteRange(ofLeaf: leaf), prefix: MerkleTree.leafPrefix))
            }
        }
        for (index, digest) in leafHashes.enumerated() { replace(digest, at: table + index * SHA256Digest.byteCount) }
        for (index, section) in file.sections.enumerated() {
            let root =
                section.id.kind.isMetadata
                ? hash(section.byteRange, prefix: MerkleTree.leafPrefix)
                : MerkleTree.root(of: leafHashes[section.leaves])
            let entry = FormatLimits.headerByteCount + index * FormatLimits.sectionEntryByteCount
            replace(root, at: entry + SectionRecord.Offset.rootHash)
        }
        sealTables()
    }

    /// Returns a 64-bit field, or -1 if it is beyond the largest file.
    private func integer(at offset: Int) -> Int {
        let value = UInt64(littleEndian: bytes, at: offset)
        return value <= UInt64(FormatLimits.maximumFileByteCount) ? Int(value) : -1
    }

    private func integer32(at offset: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }

    private mutating func seal(_ checksum: UInt32, at offset: Int) {
        for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
    }

    private mutating func replace(_ digest: SHA256Digest, at offset: Int) {
        bytes.replaceSubrange(offset..<offset + SHA256Digest.byteCount, with: digest.bytes)
    }

    private func hash(_ range: Range<Int>, prefix: UInt8? = nil) -> SHA256Digest {
        // SAFETY: UInt8 has no padding.
        let text = unsafe bytes.span.extracting(range).bytes
        return SHA256Digest.hashing([0..<range.count], of: text, prefix: prefix)[0]
    }

    private func checksum(_ range: Range<Int>) -> UInt32 {
        // SAFETY: UInt8 has no padding.
        unsafe CRC32C.checksum(bytes.span.extracting(range).bytes)
    }
}

extension UInt64 {
    fileprivate init(littleEndian bytes: [UInt8], at offset: Int) {
        self = (0..<8).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) }
    }
}
