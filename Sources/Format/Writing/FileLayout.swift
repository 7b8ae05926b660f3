import SkipModel

/// The position of every byte of a file, computed before any weight is read.
public struct FileLayout: Sendable {
    /// The configuration as the file states it.
    public let configuration: ModelConfiguration
    /// In the file's order. Hashes are zero, because they are computed when the weights are written.
    public let sections: [SectionRecord]
    /// In canonical order, which is the graph's.
    public let tensors: [TensorRecord]
    /// The entries of the graph, sorted by key.
    public let provenance: [ProvenanceEntry]
    public let fileByteCount: Int
    /// The number of leaves of all tensors: blocks of rows that are hashed and written alone.
    public let leafCount: Int

    /// The total of bytes that `FileWriter` reports as progress: the weights and the padding between tensors.
    public var weightByteCount: Int {
        sections.reduce(0) { $1.id.kind.isMetadata ? $0 : $0 + $1.byteCount }
    }

    /// The header without its hashes and checksums.
    let header: FileHeader
    /// The metadata sections.
    private let metadata: [SectionKind: SectionContent]

    /// Lays out a model. `tokenizerTable` is stored unchanged. Throws the first rule that the file would break.
    public init(
        graph: ModelGraph,
        tokenizerTable: [UInt8]?,
        alignmentLog2: Int = FormatLimits.defaultAlignmentLog2
    ) throws(LayoutError) {
        try self.init(
            graph: graph,
            tokenizerTable: tokenizerTable,
            alignmentLog2: alignmentLog2,
            minorVersion: FormatLimits.minorVersion,
            otherSections: [:]
        )
    }

    /// Lays out a file of a later minor version, with sections that this version does not know. For tests of
    /// compatibility.
    package init(
        graph: ModelGraph,
        tokenizerTable: [UInt8]?,
        alignmentLog2: Int,
        minorVersion: UInt16,
        otherSections: [UInt32: [UInt8]]
    ) throws(LayoutError) {
        guard FormatLimits.alignmentLog2Range.contains(alignmentLog2) else {
            throw LayoutError(.alignment, nil, found: .number(Int64(alignmentLog2)))
        }
        configuration = graph.configuration.canonical()
        try configuration.checkLimits()
        try Self.checkTensors(graph.tensors, configuration)
        provenance = graph.provenance.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        let geometries = Self.leafGeometries(of: graph.tensors)
        leafCount = geometries.last?.end ?? 0

        // To add a section whose content is known late (such as a golden trace), add its kind here with its size. Then
        // `FileWriter.write` passes its bytes in `late`.
        var metadata: [SectionKind: SectionContent] = [
            .configuration: .known(configuration.encodedRecord()),
            .provenance: .known(try ProvenanceSection.encode(provenance)),
            .tokenizer: .known(tokenizerTable ?? []),
            .leafHashes: .late(byteCount: leafCount * SHA256Digest.byteCount),
            .figures: .late(byteCount: FiguresSection.byteCount(graph.tensors.map(\.plan.storage))),
        ]
        for (kind, bytes) in otherSections { metadata[.other(kind)] = .known(bytes) }
        // An empty section is not stored, except the leaf hashes, which are required.
        metadata = metadata.filter { $0.key == .leafHashes || $0.value.byteCount > 0 }
        self.metadata = metadata

        var header = FileHeader()
        header.minorVersion = minorVersion
        header.alignmentLog2 = alignmentLog2
        let placer = Self.place(graph.tensors, geometries, metadata.mapValues(\.byteCount), &header)
        sections = placer.sections
        tensors = placer.tensors
        fileByteCount = header.fileByteCount
        self.header = header
        guard fileByteCount <= FormatLimits.maximumFileByteCount else {
            throw LayoutError(.fileByteCount, nil, found: .number(Int64(fileByteCount)))
        }
    }

    /// Returns the bytes of all metadata sections. `late` holds the sections whose bytes were not known when the file
    /// was laid out.
    ///
    /// - Precondition: `late` holds every late section with the size that the layout states.
    func metadata(late: [SectionKind: [UInt8]]) -> [SectionKind: [UInt8]] {
        var contents: [SectionKind: [UInt8]] = [:]
        for (kind, content) in metadata {
            switch content {
            case .known(let bytes): contents[kind] = bytes
            case .late(let byteCount):
                guard let bytes = late[kind], bytes.count == byteCount else {
                    preconditionFailure("section \(kind) must have \(byteCount) bytes")
                }
                contents[kind] = bytes
            }
        }
        return contents
    }

    /// Places all sections and completes the header's counts and positions.
    private static func place(
        _ tensors: [GraphTensor],
        _ geometries: [LeafGeometry],
        _ metadataByteCounts: [SectionKind: Int],
        _ header: inout FileHeader
    ) -> SectionPlacer {
        let extents = extents(of: tensors)
        header.tensorCount = tensors.count
        header.sectionCount = metadataByteCounts.count + extents.count
        header.tensorTableOffset =
            FormatLimits.headerByteCount + header.sectionCount * FormatLimits.sectionEntryByteCount
        var placer = SectionPlacer(header: header)
        for (kind, byteCount) in metadataByteCounts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            placer.placeMetadata(kind, byteCount: byteCount)
            if kind == .configuration || kind == .provenance { header.tablesEnd = placer.end }
        }
        for extent in extents {
            placer.placeWeights(extent.id, tensors[extent.tensors], geometries[extent.tensors])
        }
        header.fileByteCount = alignedUp(placer.end, to: header.alignment)
        return placer
    }

    private static func checkTensors(
        _ tensors: [GraphTensor],
        _ configuration: ModelConfiguration
    ) throws(LayoutError) {
        guard tensors.count <= FormatLimits.maximumTensorCount else {
            throw LayoutError(.tensorTable, nil, found: .number(Int64(tensors.count)))
        }
        for (index, tensor) in tensors.enumerated() {
            let subject = RuleSubject.tensor(tensor.id)
            guard index == 0 || tensors[index - 1].id < tensor.id else { throw LayoutError(.tensorOrder, subject) }
            let required = configuration.shape(of: tensor.id)
            guard required == tensor.plan.shape else {
                throw LayoutError(
                    .tensorShape,
                    subject,
                    found: .dimensions(tensor.plan.shape.dimensions),
                    required: required.map { .dimensions($0.dimensions) } ?? .nothing
                )
            }
            let elementType = tensor.plan.elementType
            guard elementType.isStorable else {
                throw LayoutError(.elementType, subject, found: .number(Int64(elementType.rawValue)))
            }
            guard !tensor.id.role.isVector || elementType == .float32 else {
                throw LayoutError(.vectorType, subject, found: .number(Int64(elementType.rawValue)))
            }
            let storage = tensor.plan.storage
            guard storage.isValid(columnCount: tensor.plan.shape.columnCount) else {
                throw LayoutError(.groupSize, subject, found: .number(Int64(storage.groupSize)))
            }
        }
        let present = Set(tensors.map(\.id))
        for required in configuration.requiredTensors where !present.contains(required) {
            throw LayoutError(.requiredTensors, .tensor(required))
        }
    }

    private static func extents(of tensors: [GraphTensor]) -> [(id: ExtentID, tensors: Range<Int>)] {
        var extents: [(id: ExtentID, tensors: Range<Int>)] = []
        for (index, tensor) in tensors.enumerated() {
            if let last = extents.last, last.id == tensor.id.extent {
                extents[extents.count - 1].tensors = last.tensors.lowerBound..<index + 1
            } else {
                extents.append((tensor.id.extent, index..<index + 1))
            }
        }
        return extents
    }

    private static func leafGeometries(of tensors: [GraphTensor]) -> [LeafGeometry] {
        var firstLeaf = 0
        return tensors.map { tensor in
            let geometry = LeafGeometry(tensor.plan.storage, tensor.plan.shape, firstLeaf: firstLeaf)
            firstLeaf = geometry.end
            return geometry
        }
    }
}

/// The content of a metadata section.
private enum SectionContent: Sendable {
    case known([UInt8])
    /// The size is known when the file is laid out, the bytes only when the weights are written.
    case late(byteCount: Int)

    var byteCount: Int {
        switch self {
        case .known(let bytes): bytes.count
        case .late(let byteCount): byteCount
        }
    }
}
