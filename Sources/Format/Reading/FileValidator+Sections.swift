extension FileValidator {
    private typealias Field = SectionRecord.Offset

    /// Reads the section table: kinds, order, positions and the ranges of tensors and leaves. Layers are checked later,
    /// because the configuration states how many there are.
    func readSections(_ header: FileHeader) throws(FormatError) -> [SectionRecord] {
        var sections: [SectionRecord] = []
        sections.reserveCapacity(header.sectionCount)
        var end = header.tensorTableOffset + header.tensorCount * FormatLimits.tensorEntryByteCount
        for index in 0..<header.sectionCount {
            let section = try readSection(index, header, after: end, previous: sections.last)
            end = section.byteRange.upperBound
            sections.append(section)
        }
        guard sections[0].id.kind == .configuration else {
            throw broken(.requiredSections, at: sectionEntry(0), .section(sections[0].id), required: .number(1))
        }
        let lastEntry = sectionEntry(header.sectionCount - 1)
        try require(
            .sectionTensors,
            lastEntry + Field.tensorCount,
            found: UInt64(sections[sections.count - 1].tensors.upperBound),
            equals: header.tensorCount
        )
        let tablesEnd = sections.last { $0.id.kind == .configuration || $0.id.kind == .provenance }?.byteRange
            .upperBound
        try require(.tablesEnd, FileHeader.Offset.tablesEnd, found: UInt64(header.tablesEnd), equals: tablesEnd ?? 0)
        try require(
            .fileEnd,
            lastEntry + Field.byteCount,
            found: UInt64(alignedUp(end, to: header.alignment)),
            equals: header.fileByteCount
        )
        return sections
    }

    func checkSectionLayers(_ sections: [SectionRecord], layerCount: Int) throws(FormatError) {
        for (index, section) in sections.enumerated() {
            if let layer = section.id.layer, layer >= layerCount {
                throw broken(
                    .sectionLayer,
                    at: sectionEntry(index) + Field.layer,
                    .section(section.id),
                    found: .number(Int64(layer)),
                    required: .range(0...layerCount - 1)
                )
            }
        }
    }

    private func readSection(
        _ index: Int,
        _ header: FileHeader,
        after end: Int,
        previous: SectionRecord?
    ) throws(FormatError) -> SectionRecord {
        let entry = sectionEntry(index)
        let id = try readSectionID(entry, header)
        if let previous, previous.id >= id { throw broken(.sectionOrder, at: entry, .section(id)) }

        try require(
            .sectionFlags,
            entry + Field.flags,
            .section(id),
            found: UInt64(file.integer(UInt32.self, at: entry + Field.flags)),
            equals: id.kind.isCritical ? 1 : 0
        )
        try requireZero(.sectionReserved, entry + Field.reserved..<entry + Field.byteOffset, .section(id))
        try requireZero(
            .sectionReserved,
            entry + Field.reservedTail..<entry + FormatLimits.sectionEntryByteCount,
            .section(id)
        )

        let alignment = id.kind.isMetadata ? FormatLimits.tensorAlignment : header.alignment
        let byteOffset = alignedUp(end, to: alignment)
        try require(
            .sectionOffset,
            entry + Field.byteOffset,
            .section(id),
            found: file.integer(UInt64.self, at: entry + Field.byteOffset),
            equals: byteOffset
        )
        let byteCount = file.integer(UInt64.self, at: entry + Field.byteCount)
        // Metadata must also be in the part of the file that is there.
        let end = id.kind.isMetadata ? file.byteCount : self.byteCount
        guard byteCount > 0, byteOffset < end, byteCount <= UInt64(end - byteOffset) else {
            throw broken(
                .sectionByteCount,
                at: entry + Field.byteCount,
                .section(id),
                found: .unsigned(byteCount),
                required: .range(1...max(1, end - byteOffset))
            )
        }
        return SectionRecord(
            id: id,
            byteOffset: byteOffset,
            byteCount: Int(byteCount),
            tensors: try readTensorRange(entry, id, header, after: previous?.tensors.upperBound ?? 0),
            leaves: try readLeafRange(entry, id, after: previous?.leaves.upperBound ?? 0),
            rootHash: file.digest(at: entry + Field.rootHash)
        )
    }

    private func readSectionID(_ entry: Int, _ header: FileHeader) throws(FormatError) -> SectionID {
        let kind = SectionKind(rawValue: file.integer(UInt32.self, at: entry + Field.kind))
        if case .other(let value) = kind {
            let isCritical = file.integer(UInt32.self, at: entry + Field.flags) & 1 == 1
            guard header.minorVersion > 0, !isCritical, kind.isMetadata, value > 0 else {
                throw broken(.sectionKind, at: entry + Field.kind, found: .number(Int64(value)))
            }
        }
        let layer = file.integer(UInt32.self, at: entry + Field.layer)
        var isPerLayer = false
        if case .extent(let extent) = kind { isPerLayer = extent.isPerLayer }
        guard isPerLayer == (layer != FormatLimits.none) else {
            throw broken(
                .sectionLayer,
                at: entry + Field.layer,
                .section(SectionID(kind)),
                found: .number(Int64(layer))
            )
        }
        return SectionID(kind, layer: isPerLayer ? Int(layer) : nil)
    }

    private func readTensorRange(
        _ entry: Int,
        _ id: SectionID,
        _ header: FileHeader,
        after first: Int
    ) throws(FormatError) -> Range<Int> {
        try require(
            .sectionTensors,
            entry + Field.firstTensor,
            .section(id),
            found: UInt64(file.integer(UInt32.self, at: entry + Field.firstTensor)),
            equals: first
        )
        let count = Int(file.integer(UInt32.self, at: entry + Field.tensorCount))
        guard (count == 0) == id.kind.isMetadata, count <= header.tensorCount - first else {
            throw broken(
                .sectionTensors,
                at: entry + Field.tensorCount,
                .section(id),
                found: .number(Int64(count)),
                required: .number(Int64(header.tensorCount - first))
            )
        }
        return first..<first + count
    }

    private func readLeafRange(_ entry: Int, _ id: SectionID, after first: Int) throws(FormatError) -> Range<Int> {
        try require(
            .sectionLeaves,
            entry + Field.firstLeaf,
            .section(id),
            found: file.integer(UInt64.self, at: entry + Field.firstLeaf),
            equals: first
        )
        let count = file.integer(UInt64.self, at: entry + Field.leafCount)
        // Each leaf has a hash of 32 bytes in this file.
        let limit = file.byteCount / SHA256Digest.byteCount
        guard (count == 0) == id.kind.isMetadata, count <= UInt64(limit - min(first, limit)) else {
            throw broken(.sectionLeaves, at: entry + Field.leafCount, .section(id), found: .unsigned(count))
        }
        return first..<first + Int(count)
    }
}
