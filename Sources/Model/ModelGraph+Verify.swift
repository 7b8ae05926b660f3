/// A broken invariant of a graph. No input can cause it: it is a defect of a compiler pass.
public enum GraphFlaw: Error, Equatable, Sendable {
    /// Tensors are not in canonical order, or one occurs twice.
    case order(TensorID)
    /// The model's configuration has no such tensor.
    case foreignTensor(TensorID)
    case missingTensor(TensorID)
    case shape(TensorID, found: TensorShape, required: TensorShape)
    /// A plan reads a file that the graph does not list.
    case unknownSource(TensorID, sourceIndex: Int)
    /// A plan reads beyond the end of its file.
    case sourceRange(TensorID)
    /// The shapes of an adapter's tensors do not match each other or the tensor that they change.
    case update(TensorID)
    /// A slice is empty or extends beyond its tensor.
    case slice(TensorID)
    /// After lowering, a norm or bias is not float32, or any tensor is float64.
    case elementType(TensorID, ElementType)
}

extension ModelGraph {
    /// The passes that a graph has been through.
    public enum Stage: Sendable {
        /// The front end has built it: plans yield the stored types.
        case imported
        /// Every plan yields the type that the file will hold.
        case lowered
    }

    /// Checks the invariants that hold between passes: every required tensor has one plan, every tensor belongs to the
    /// configuration, shapes match, and plans read inside their files.
    public func verify(_ stage: Stage) throws(GraphFlaw) {
        var previous: TensorID?
        for tensor in tensors {
            if let previous, !(previous < tensor.id) { throw .order(tensor.id) }
            previous = tensor.id
            guard let required = configuration.shape(of: tensor.id) else { throw .foreignTensor(tensor.id) }
            if tensor.plan.shape != required { throw .shape(tensor.id, found: tensor.plan.shape, required: required) }
            for source in tensor.plan.sources { try verify(source, of: tensor.id) }
            try verifyOperations(tensor.plan, of: tensor.id)
            if stage == .lowered {
                let elementType = tensor.plan.elementType
                let isAllowed = tensor.id.role.isVector ? elementType == .float32 : elementType != .float64
                if !isAllowed { throw .elementType(tensor.id, elementType) }
            }
        }
        let present = Set(tensors.map(\.id))
        for id in configuration.requiredTensors where !present.contains(id) { throw .missingTensor(id) }
    }

    private func verifyOperations(_ plan: TensorPlan, of id: TensorID) throws(GraphFlaw) {
        guard let input = plan.input else { return }
        try verifyOperations(input, of: id)
        switch plan {
        case .stored, .unpacked, .converted, .quantized: return
        case .adapted(_, let update):
            if update.shape != input.shape || !update.scale.isFinite { throw .update(id) }
        case .shifted(_, let addend, let scale):
            if addend.shape != input.shape || !scale.isFinite { throw .update(id) }
        case .offset(_, let constant):
            if !constant.isFinite { throw .update(id) }
        case .slice(_, let range):
            let count = input.shape.dimensions.first ?? 0
            if range.isEmpty || range.lowerBound < 0 || range.upperBound > count { throw .slice(id) }
        }
    }

    private func verify(_ source: SourceTensor, of id: TensorID) throws(GraphFlaw) {
        guard sources.indices.contains(source.sourceIndex) else {
            throw .unknownSource(id, sourceIndex: source.sourceIndex)
        }
        var available = sources[source.sourceIndex].byteCount
        if let record = source.compressedRecord {
            if record.byteOffset < 0 || record.storedByteCount > available - record.byteOffset {
                throw .sourceRange(id)
            }
            available = record.byteCount
        }
        guard let byteCount = source.spannedByteCount, source.byteOffset >= 0,
            byteCount <= available - source.byteOffset
        else { throw .sourceRange(id) }
    }
}
