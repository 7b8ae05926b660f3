import SkipModel

extension FileValidator {
    private typealias Field = TensorRecord.Offset

    /// Reads the tensor table. Every number in it follows from the tensors' identities and types, and is compared with
    /// the expected number.
    func readTensors(
        _ header: FileHeader,
        sections: [SectionRecord],
        configuration: ModelConfiguration
    ) throws(FormatError) -> [TensorRecord] {
        var tensors: [TensorRecord] = []
        tensors.reserveCapacity(header.tensorCount)
        for (sectionIndex, section) in sections.enumerated() where !section.tensors.isEmpty {
            for index in section.tensors {
                let entry = header.tensorTableOffset + index * FormatLimits.tensorEntryByteCount
                let identity = try readIdentity(entry, configuration)
                if let previous = tensors.last, previous.id >= identity.id {
                    throw broken(.tensorOrder, at: entry, .tensor(identity.id))
                }
                let place = Place(
                    entry: entry,
                    section: section,
                    sectionIndex: sectionIndex,
                    previous: tensors.last,
                    isFirst: index == section.tensors.lowerBound
                )
                tensors.append(try readPlace(place, identity))
            }
            try checkSectionEnd(section, sectionIndex, lastTensor: tensors[tensors.count - 1])
        }
        try checkRequiredTensors(tensors, header, configuration)
        return tensors
    }

    private struct Identity {
        let id: TensorID
        let storage: TensorStorage
        let shape: TensorShape
    }

    private struct Place {
        let entry: Int
        let section: SectionRecord
        let sectionIndex: Int
        let previous: TensorRecord?
        let isFirst: Bool
    }

    private func readIdentity(_ entry: Int, _ configuration: ModelConfiguration) throws(FormatError) -> Identity {
        let roleCode = file.integer(UInt16.self, at: entry + Field.role)
        guard let role = TensorRole(rawValue: roleCode) else {
            throw broken(.tensorRole, at: entry + Field.role, found: .number(Int64(roleCode)))
        }
        let layerCode = file.integer(UInt32.self, at: entry + Field.layer)
        let layer = layerCode == FormatLimits.none ? nil : Int(layerCode)
        guard role.isPerLayer == (layer != nil), layer ?? 0 < configuration.layers.count else {
            throw broken(
                .tensorLayer,
                at: entry + Field.layer,
                .tensor(TensorID(role)),
                found: .number(Int64(layerCode))
            )
        }
        let id = TensorID(role, layer: layer)
        let elementType = try readElementType(entry, id)
        let shape = try readShape(entry, id, configuration)
        return Identity(id: id, storage: try readStorage(entry, id, elementType, shape), shape: shape)
    }

    private func readElementType(_ entry: Int, _ id: TensorID) throws(FormatError) -> ElementType {
        let typeCode = file.integer(UInt8.self, at: entry + Field.elementType)
        guard let elementType = ElementType(rawValue: typeCode), elementType.isStorable else {
            throw broken(.elementType, at: entry + Field.elementType, .tensor(id), found: .number(Int64(typeCode)))
        }
        guard !id.role.isVector || elementType == .float32 else {
            throw broken(.vectorType, at: entry + Field.elementType, .tensor(id), found: .number(Int64(typeCode)))
        }
        return elementType
    }

    /// Reads the packing and the group size, and checks them against the type and the shape.
    private func readStorage(
        _ entry: Int,
        _ id: TensorID,
        _ elementType: ElementType,
        _ shape: TensorShape
    ) throws(FormatError) -> TensorStorage {
        let packingCode = file.integer(UInt8.self, at: entry + Field.packing)
        guard let packing = Packing(rawValue: packingCode) else {
            throw broken(.packing, at: entry + Field.packing, .tensor(id), found: .number(Int64(packingCode)))
        }
        let groupSize = file.integer(UInt32.self, at: entry + Field.groupSize)
        let storage = TensorStorage(elementType, groupSize: Int(groupSize))
        guard packing == storage.packing else {
            throw broken(
                .packingOfType,
                at: entry + Field.packing,
                .tensor(id),
                found: .number(Int64(packingCode)),
                required: .number(Int64(storage.packing.rawValue))
            )
        }
        guard storage.isValid(columnCount: shape.columnCount) else {
            throw broken(.groupSize, at: entry + Field.groupSize, .tensor(id), found: .number(Int64(groupSize)))
        }
        try requireZero(
            .tensorReserved,
            entry + Field.reserved..<entry + FormatLimits.tensorEntryByteCount,
            .tensor(id)
        )
        return storage
    }

    private func readShape(
        _ entry: Int,
        _ id: TensorID,
        _ configuration: ModelConfiguration
    ) throws(FormatError) -> TensorShape {
        let rank = file.integer(UInt32.self, at: entry + Field.rank)
        guard (1...TensorRecord.dimensionLimit).contains(Int(rank)) else {
            throw broken(.tensorShape, at: entry + Field.rank, .tensor(id), found: .number(Int64(rank)))
        }
        let dimensions = (0..<Int(rank)).map { index in
            Int(file.integer(UInt32.self, at: entry + Field.dimensions + 4 * index))
        }
        guard let shape = configuration.shape(of: id), shape.dimensions == dimensions else {
            throw broken(
                .tensorShape,
                at: entry + Field.dimensions,
                .tensor(id),
                found: .dimensions(dimensions),
                required: configuration.shape(of: id).map { .dimensions($0.dimensions) } ?? .nothing
            )
        }
        try requireZero(
            .tensorReserved,
            entry + Field.dimensions + 4 * Int(rank)..<entry + Field.byteOffset,
            .tensor(id)
        )
        return shape
    }

    private func readPlace(_ place: Place, _ identity: Identity) throws(FormatError) -> TensorRecord {
        let entry = place.entry
        let subject = RuleSubject.tensor(identity.id)
        try checkSection(place, identity.id)
        let previousEnd = place.previous?.byteRange.upperBound ?? 0
        let byteOffset =
            place.isFirst ? place.section.byteOffset : alignedUp(previousEnd, to: FormatLimits.tensorAlignment)
        try require(
            .tensorOffset,
            entry + Field.byteOffset,
            subject,
            found: file.integer(UInt64.self, at: entry + Field.byteOffset),
            equals: byteOffset
        )
        // Neither the product nor its sum with an offset in the file overflows, because of the configuration's limits.
        let byteCount = identity.storage.byteCount(of: identity.shape)
        try require(
            .tensorByteCount,
            entry + Field.byteCount,
            subject,
            found: file.integer(UInt64.self, at: entry + Field.byteCount),
            equals: byteCount
        )
        guard byteOffset + byteCount <= place.section.byteRange.upperBound else {
            throw broken(
                .tensorByteCount,
                at: entry + Field.byteCount,
                subject,
                found: .number(Int64(byteOffset + byteCount)),
                required: .number(Int64(place.section.byteRange.upperBound))
            )
        }
        let leaves = LeafGeometry(identity.storage, identity.shape, firstLeaf: place.previous?.leaves.end ?? 0)
        try checkLeaves(entry, subject, leaves)
        return TensorRecord(
            id: identity.id,
            storage: identity.storage,
            shape: identity.shape,
            sectionIndex: place.sectionIndex,
            byteOffset: byteOffset,
            byteCount: byteCount,
            leaves: leaves
        )
    }

    private func checkSection(_ place: Place, _ id: TensorID) throws(FormatError) {
        let field = place.entry + Field.sectionIndex
        try require(
            .tensorSection,
            field,
            .tensor(id),
            found: UInt64(file.integer(UInt32.self, at: field)),
            equals: place.sectionIndex
        )
        guard SectionID(id.extent) == place.section.id else {
            throw broken(.tensorSection, at: field, .tensor(id), found: .number(Int64(place.sectionIndex)))
        }
    }

    private func checkLeaves(_ entry: Int, _ subject: RuleSubject, _ leaves: LeafGeometry) throws(FormatError) {
        try require(
            .tensorLeaves,
            entry + Field.firstLeaf,
            subject,
            found: file.integer(UInt64.self, at: entry + Field.firstLeaf),
            equals: leaves.firstLeaf
        )
        try require(
            .tensorLeaves,
            entry + Field.leafCount,
            subject,
            found: UInt64(file.integer(UInt32.self, at: entry + Field.leafCount)),
            equals: leaves.leafCount
        )
        try require(
            .tensorLeaves,
            entry + Field.rowsPerLeaf,
            subject,
            found: UInt64(file.integer(UInt32.self, at: entry + Field.rowsPerLeaf)),
            equals: leaves.rowsPerLeaf
        )
    }

    private func checkSectionEnd(
        _ section: SectionRecord,
        _ index: Int,
        lastTensor: TensorRecord
    ) throws(FormatError) {
        try require(
            .tensorByteCount,
            sectionEntry(index) + SectionRecord.Offset.byteCount,
            .section(section.id),
            found: UInt64(section.byteCount),
            equals: lastTensor.byteRange.upperBound - section.byteOffset
        )
        try require(
            .sectionLeaves,
            sectionEntry(index) + SectionRecord.Offset.leafCount,
            .section(section.id),
            found: UInt64(section.leaves.upperBound),
            equals: lastTensor.leaves.end
        )
    }

    private func checkRequiredTensors(
        _ tensors: [TensorRecord],
        _ header: FileHeader,
        _ configuration: ModelConfiguration
    ) throws(FormatError) {
        var position = 0
        // Both lists ascend.
        for required in configuration.requiredTensors {
            while position < tensors.count, tensors[position].id < required { position += 1 }
            guard position < tensors.count, tensors[position].id == required else {
                throw broken(.requiredTensors, at: header.tensorTableOffset, .tensor(required))
            }
        }
    }
}
