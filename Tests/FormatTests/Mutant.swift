import SkipModel
import Testing

@testable import SkipFiles
@testable import SkipFormat

/// The bytes of a sound file, which a test damages in one place and seals again, so that only the damage is wrong.
struct Mutant {
    var bytes: [UInt8]
    /// The layout of the sound file.
    let layout: FileLayout

    init(_ layout: FileLayout, bytes: [UInt8]) {
        self.layout = layout
        self.bytes = bytes
    }

    /// Which checksums and hashes are computed again after damage. Each case includes those before it.
    enum Seal {
        case nothing
        /// The header's CRC.
        case header
        /// Also the root hash.
        case root
        /// Also the tables' hashes and CRC.
        case tables
        /// Also the leaf hash table and the sections' roots.
        case everything
    }

    // MARK: Places

    /// Returns the position of a section's entry.
    func entry(_ kind: SectionKind, layer: Int? = nil) -> Int {
        let index = layout.sections.firstIndex { $0.id == SectionID(kind, layer: layer) } ?? 0
        return FormatLimits.headerByteCount + index * FormatLimits.sectionEntryByteCount
    }

    /// Returns the position of a tensor's entry.
    func entry(_ role: TensorRole, layer: Int? = nil) -> Int {
        let index = layout.tensors.firstIndex { $0.id == TensorID(role, layer: layer) } ?? 0
        return layout.header.tensorTableOffset + index * FormatLimits.tensorEntryByteCount
    }

    /// Returns the position of a section's first byte.
    func start(_ kind: SectionKind) -> Int { layout.sections.first { $0.id.kind == kind }?.byteOffset ?? 0 }

    /// Returns the position of a field of the configuration.
    func field(_ field: ConfigurationField) -> Int { start(.configuration) + field.rawValue }

    /// Returns the position of a field of a layer's record.
    func field(_ field: LayerField, layer: Int) -> Int {
        start(.configuration) + FormatLimits.configurationByteCount + layer * FormatLimits.layerRecordByteCount
            + field.rawValue
    }

    // MARK: Damage

    mutating func set<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
        for index in 0..<Value.bitWidth / 8 {
            bytes[offset + index] = UInt8(truncatingIfNeeded: value >> Value(index * 8))
        }
    }

    func integer<Value: FixedWidthInteger>(_: Value.Type, at offset: Int) -> Value {
        (0..<Value.bitWidth / 8).reduce(0) { $0 | Value(truncatingIfNeeded: bytes[offset + $1]) << Value($1 * 8) }
    }

    // MARK: Sealing

    mutating func seal(_ seal: Seal) {
        if seal == .everything { sealSections() }
        if [.everything, .tables].contains(seal) { sealTables() }
        if [.everything, .tables, .root].contains(seal) {
            let root = FileHeader.rootHash(ofHeader: Array(bytes[..<FileHeader.Offset.rootHash]))
            replace(root.bytes, at: FileHeader.Offset.rootHash)
        }
        if seal != .nothing {
            set(checksum(0..<FileHeader.Offset.headerChecksum), at: FileHeader.Offset.headerChecksum)
        }
    }

    private mutating func sealSections() {
        var leafHashes: [SHA256Digest] = []
        for tensor in layout.tensors {
            for leaf in 0..<tensor.leaves.leafCount {
                leafHashes.append(hash(tensor.byteRange(ofLeaf: leaf), prefix: MerkleTree.leafPrefix))
            }
        }
        replace(leafHashes.flatMap(\.bytes), at: start(.leafHashes))
        for (index, section) in layout.sections.enumerated() {
            let root =
                section.id.kind.isMetadata
                ? hash(section.byteRange, prefix: MerkleTree.leafPrefix)
                : MerkleTree.root(of: leafHashes[section.leaves])
            let entry = FormatLimits.headerByteCount + index * FormatLimits.sectionEntryByteCount
            replace(root.bytes, at: entry + SectionRecord.Offset.rootHash)
        }
    }

    private mutating func sealTables() {
        let start = FormatLimits.headerByteCount
        let middle = layout.header.tensorTableOffset
        let end = middle + layout.tensors.count * FormatLimits.tensorEntryByteCount
        replace(hash(start..<middle).bytes, at: FileHeader.Offset.sectionTableHash)
        replace(hash(middle..<end).bytes, at: FileHeader.Offset.tensorTableHash)
        let stated = integer(UInt64.self, at: FileHeader.Offset.tablesEnd)
        let tablesEnd = max(start, Int(min(stated, UInt64(bytes.count))))
        set(checksum(start..<tablesEnd), at: FileHeader.Offset.tablesChecksum)
    }

    mutating func replace(_ more: [UInt8], at offset: Int) {
        bytes.replaceSubrange(offset..<offset + more.count, with: more)
    }

    private func hash(_ range: Range<Int>, prefix: UInt8? = nil) -> SHA256Digest {
        // SAFETY: UInt8 has no padding.
        unsafe sha256(prefix, bytes.span.extracting(range).bytes)
    }

    private func checksum(_ range: Range<Int>) -> UInt32 {
        // SAFETY: UInt8 has no padding.
        unsafe CRC32C.checksum(bytes.span.extracting(range).bytes)
    }

    // MARK: Verdict

    /// The broken rules that opening or, if that succeeds, verifying reports. Nil stands for a system failure.
    var brokenRules: [FormatRule?] {
        do throws(FormatError) {
            let file = try SkipFile(validating: MappedFile(contents: bytes))
            return file.verify().map(\.rule)
        } catch {
            return [error.rule]
        }
    }
}
