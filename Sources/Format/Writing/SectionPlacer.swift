import SkipModel

/// Assigns positions to sections, one after the other.
struct SectionPlacer {
    let alignment: Int
    /// The end of the last section, without padding.
    private(set) var end: Int
    private(set) var sections: [SectionRecord] = []
    private(set) var tensors: [TensorRecord] = []

    init(header: FileHeader) {
        alignment = header.alignment
        end = header.tensorTableOffset + header.tensorCount * FormatLimits.tensorEntryByteCount
    }

    mutating func placeMetadata(_ kind: SectionKind, byteCount: Int) {
        let start = alignedUp(end, to: FormatLimits.tensorAlignment)
        end = start + byteCount
        append(SectionID(kind), start: start, tensors: 0..<0, leaves: 0..<0)
    }

    mutating func placeWeights(
        _ extent: ExtentID,
        _ graphTensors: ArraySlice<GraphTensor>,
        _ geometries: ArraySlice<LeafGeometry>
    ) {
        let start = alignedUp(end, to: alignment)
        let firstTensor = tensors.count
        end = start
        for (tensor, leaves) in zip(graphTensors, geometries) {
            let byteOffset = alignedUp(end, to: FormatLimits.tensorAlignment)
            let byteCount = tensor.plan.storage.byteCount(of: tensor.plan.shape)
            tensors.append(
                TensorRecord(
                    id: tensor.id,
                    storage: tensor.plan.storage,
                    shape: tensor.plan.shape,
                    sectionIndex: sections.count,
                    byteOffset: byteOffset,
                    byteCount: byteCount,
                    leaves: leaves
                )
            )
            end = byteOffset + byteCount
        }
        append(
            SectionID(extent),
            start: start,
            tensors: firstTensor..<tensors.count,
            leaves: tensors[firstTensor].leaves.firstLeaf..<tensors[tensors.count - 1].leaves.end
        )
    }

    private mutating func append(_ id: SectionID, start: Int, tensors: Range<Int>, leaves: Range<Int>) {
        sections.append(
            SectionRecord(
                id: id,
                byteOffset: start,
                byteCount: end - start,
                tensors: tensors,
                leaves: leaves,
                rootHash: .zero
            )
        )
    }
}
