/// A flaw of a graph that no input can cause: a pass is wrong.
public enum GraphFlaw: Error, Equatable, Sendable {
    /// Tensors are not in canonical order, or one is there twice.
    case order(TensorID)
    /// The model's configuration has no such tensor.
    case foreignTensor(TensorID)
    case missingTensor(TensorID)
    case shape(TensorID, found: TensorShape, required: TensorShape)
    /// A plan reads a file that the graph does not list.
    case unknownSource(TensorID, sourceIndex: Int)
    /// A plan reads beyond the end of its file.
    case sourceRange(TensorID)
    /// An adapter's tensors do not fit each other, or not the tensor that they change.
    case update(TensorID)
    /// A slice is empty, or reaches beyond the tensor that it is taken from.
    case slice(TensorID)
    /// A norm or bias that is not float32, or float64 anywhere, after lowering.
    case elementType(TensorID, ElementType)
}

extension ModelGraph {
    /// How far a graph has come through the passes.
    public enum Stage: Sendable {
        /// As the front end built it: plans yield the stored types.
        case imported
        /// Every plan yields what the file will hold.
        case lowered
    }

    /// Checks the invariants that hold between passes: each tensor of the configuration has one producer, shapes agree,
    /// nothing is unused and unnamed.
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
