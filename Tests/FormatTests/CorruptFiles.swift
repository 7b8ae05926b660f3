@testable import SkipFormat

/// A damaged file: how a sound file is damaged, and the only rule that it then breaks.
struct CorruptFile: Sendable {
    let rule: FormatRule
    let name: String
    let seal: Mutant.Seal
    let base: Base
    let damage: @Sendable (inout Mutant) -> Void

    /// The sound file.
    enum Base {
        /// The model in bfloat16.
        case float
        /// The model in int8.
        case quantized
    }

    init(
        _ rule: FormatRule, _ name: String, seal: Mutant.Seal = .everything, base: Base = .float,
        _ damage: @escaping @Sendable (inout Mutant) -> Void
    ) {
        self.rule = rule
        self.name = name
        self.seal = seal
        self.base = base
        self.damage = damage
    }

    static let all = header + sections + configuration + tensors + provenance + hashes + records
}

extension CorruptFile {
    private typealias Header = FileHeader.Offset

    static let header: [CorruptFile] = [
        CorruptFile(.headerPresent, "cut inside the header", seal: .nothing) {
            $0.bytes.removeLast($0.bytes.count - 4095)
        },
        CorruptFile(.headerPresent, "no bytes", seal: .nothing) { $0.bytes = [] },
        CorruptFile(.magic, "another first byte", seal: .header) { $0.set(UInt8(0x09), at: 0) },
        CorruptFile(.magic, "line ends translated", seal: .header) { $0.replace([0x0A, 0x1A, 0x0A, 0], at: 8) },
        CorruptFile(.endianTag, "big-endian", seal: .header) { $0.set(UInt32(0x0403_0201), at: Header.endianTag) },
        CorruptFile(.majorVersion, "version 2", seal: .header) { $0.set(UInt16(2), at: Header.majorVersion) },
        CorruptFile(.headerByteCount, "longer header", seal: .header) {
            $0.set(UInt32(8192), at: Header.headerByteCount)
        },
        CorruptFile(.headerChecksum, "wrong CRC", seal: .nothing) { $0.set(UInt32(0), at: Header.headerChecksum) },
        CorruptFile(.fileByteCount, "one byte more", seal: .header) { $0.bytes.append(0) },
        CorruptFile(.fileByteCount, "a page more", seal: .header) { $0.bytes += [UInt8](repeating: 0, count: 4096) },
        CorruptFile(.fileByteCount, "2^64 - 1", seal: .header) { $0.set(UInt64.max, at: Header.fileByteCount) },
        CorruptFile(.incompatibleFeatures, "highest bit") { $0.set(UInt64(1) << 63, at: Header.incompatibleFeatures) },
        CorruptFile(.compatibleFeatures, "in minor version 0") { $0.set(UInt64(1), at: Header.compatibleFeatures) },
        CorruptFile(.alignment, "11") { $0.set(UInt32(11), at: Header.alignmentLog2) },
        CorruptFile(.alignment, "4294967295") { $0.set(UInt32.max, at: Header.alignmentLog2) },
        CorruptFile(.headerReserved, "first") { $0.set(UInt8(1), at: Header.reserved) },
        CorruptFile(.headerReserved, "last") { $0.set(UInt8(1), at: Header.headerChecksum - 1) },
        CorruptFile(.sectionTable, "elsewhere") { $0.set(UInt64(4160), at: Header.sectionTableOffset) },
        CorruptFile(.sectionTable, "one section") { $0.set(UInt32(1), at: Header.sectionCount) },
        CorruptFile(.sectionTable, "4294967295 sections") { $0.set(UInt32.max, at: Header.sectionCount) },
        CorruptFile(.sectionTable, "entries of 0 bytes") { $0.set(UInt32(0), at: Header.sectionEntryByteCount) },
        CorruptFile(.tensorTable, "before the section table") { $0.set(UInt64(4096), at: Header.tensorTableOffset) },
        CorruptFile(.tensorTable, "no tensors") { $0.set(UInt32(0), at: Header.tensorCount) },
        CorruptFile(.tensorTable, "4294967295 tensors") { $0.set(UInt32.max, at: Header.tensorCount) },
        CorruptFile(.tensorTable, "larger entries") { $0.set(UInt32(104), at: Header.tensorEntryByteCount) },
        CorruptFile(.tablesEnd, "beyond the file") { $0.set(UInt64.max, at: Header.tablesEnd) },
        CorruptFile(.tablesEnd, "inside the tables") { $0.set(UInt64(4096), at: Header.tablesEnd) },
        CorruptFile(.tablesEnd, "a byte less") { mutant in
            mutant.set(mutant.integer(UInt64.self, at: Header.tablesEnd) - 1, at: Header.tablesEnd)
        },
        CorruptFile(.tablesChecksum, "wrong CRC", seal: .header) { $0.set(UInt32(0), at: Header.tablesChecksum) },
    ]

    private typealias Section = SectionRecord.Offset

    static let sections: [CorruptFile] = [
        CorruptFile(.sectionKind, "unknown and critical") { $0.set(UInt32(9), at: $0.entry(.leafHashes)) },
        CorruptFile(.sectionKind, "unknown in minor version 0") { mutant in
            mutant.set(UInt32(9), at: mutant.entry(.leafHashes))
            mutant.set(UInt32(0), at: mutant.entry(.leafHashes) + Section.flags)
        },
        CorruptFile(.sectionKind, "kind 0 of a later minor version") { mutant in
            mutant.set(UInt16(1), at: Header.minorVersion)
            mutant.set(UInt32(0), at: mutant.entry(.provenance))
        },
        CorruptFile(.sectionKind, "unknown weights of a later minor version") { mutant in
            mutant.set(UInt16(1), at: Header.minorVersion)
            mutant.set(UInt32(600), at: mutant.entry(.extent(.mlp), layer: 1))
            mutant.set(UInt32(0), at: mutant.entry(.extent(.mlp), layer: 1) + Section.flags)
        },
        CorruptFile(.sectionLayer, "metadata of a layer") {
            $0.set(UInt32(0), at: $0.entry(.provenance) + Section.layer)
        },
        CorruptFile(.sectionLayer, "an MLP of none") {
            $0.set(UInt32.max, at: $0.entry(.extent(.mlp), layer: 1) + Section.layer)
        },
        CorruptFile(.sectionLayer, "one too many") {
            $0.set(UInt32(2), at: $0.entry(.extent(.mlp), layer: 1) + Section.layer)
        },
        CorruptFile(.sectionOrder, "the configuration twice") { $0.set(UInt32(1), at: $0.entry(.provenance)) },
        CorruptFile(.sectionOrder, "layers exchanged") {
            $0.set(UInt32(1), at: $0.entry(.extent(.keyValue), layer: 0) + Section.layer)
        },
        CorruptFile(.requiredSections, "no leaf hashes") { mutant in
            mutant.set(UInt16(1), at: Header.minorVersion)
            mutant.set(UInt32(6), at: mutant.entry(.leafHashes))
            mutant.set(UInt32(0), at: mutant.entry(.leafHashes) + Section.flags)
        },
        CorruptFile(.sectionFlags, "provenance critical") {
            $0.set(UInt32(1), at: $0.entry(.provenance) + Section.flags)
        },
        CorruptFile(.sectionFlags, "unknown flag") { $0.set(UInt32(3), at: $0.entry(.configuration) + Section.flags) },
        CorruptFile(.sectionOffset, "a hole") { mutant in
            let field = mutant.entry(.leafHashes) + Section.byteOffset
            mutant.set(mutant.integer(UInt64.self, at: field) + 64, at: field)
        },
        CorruptFile(.sectionOffset, "over the header") {
            $0.set(UInt64(0), at: $0.entry(.extent(.routers)) + Section.byteOffset)
        },
        CorruptFile(.sectionOffset, "2^64 - 64") {
            $0.set(UInt64.max - 63, at: $0.entry(.extent(.routers)) + Section.byteOffset)
        },
        CorruptFile(.sectionByteCount, "empty") { $0.set(UInt64(0), at: $0.entry(.tokenizer) + Section.byteCount) },
        CorruptFile(.sectionByteCount, "wraps around") {
            $0.set(UInt64.max - 100, at: $0.entry(.extent(.vectors)) + Section.byteCount)
        },
        CorruptFile(.sectionTensors, "tensors of the configuration") {
            $0.set(UInt32(1), at: $0.entry(.configuration) + Section.tensorCount)
        },
        CorruptFile(.sectionTensors, "another first tensor") {
            $0.set(UInt32(1), at: $0.entry(.extent(.routers)) + Section.firstTensor)
        },
        CorruptFile(.sectionTensors, "4294967295 tensors") {
            $0.set(UInt32.max, at: $0.entry(.extent(.routers)) + Section.tensorCount)
        },
        CorruptFile(.sectionTensors, "the last section lacks one") { mutant in
            mutant.set(UInt32(2), at: mutant.entry(.extent(.mlp), layer: 1) + Section.tensorCount)
        },
        CorruptFile(.sectionLeaves, "another first leaf") {
            $0.set(UInt64(1), at: $0.entry(.extent(.routers)) + Section.firstLeaf)
        },
        CorruptFile(.sectionLeaves, "one too many at the end") { mutant in
            let field = mutant.entry(.extent(.mlp), layer: 1) + Section.leafCount
            mutant.set(mutant.integer(UInt64.self, at: field) + 1, at: field)
        },
        CorruptFile(.sectionLeaves, "2^64 - 1 leaves") {
            $0.set(UInt64.max, at: $0.entry(.extent(.routers)) + Section.leafCount)
        },
        CorruptFile(.sectionReserved, "after the flags") {
            $0.set(UInt8(1), at: $0.entry(.tokenizer) + Section.reserved)
        },
        CorruptFile(.sectionReserved, "at the end") { $0.set(UInt8(1), at: $0.entry(.tokenizer) + 127) },
        CorruptFile(.fileEnd, "a page more, and the header knows it") { mutant in
            mutant.bytes += [UInt8](repeating: 0, count: 4096)
            mutant.set(UInt64(mutant.bytes.count), at: Header.fileByteCount)
        },
        CorruptFile(.padding, "before a metadata section") { $0.set(UInt8(1), at: $0.start(.leafHashes) - 1) },
        CorruptFile(.padding, "before the weights") { $0.set(UInt8(1), at: $0.start(.extent(.vectors)) - 1) },
        CorruptFile(.padding, "between tensors") { mutant in
            let vector = mutant.layout.tensors[0]
            mutant.set(UInt8(1), at: vector.byteRange.upperBound)
        },
        CorruptFile(.padding, "the file's last byte") { $0.set(UInt8(1), at: $0.bytes.count - 1) },
    ]
}
