/// How the rows of a tensor are computed: a lazy expression over tensors of the input files.
///
/// A plan holds no weights. The writer evaluates it in blocks of rows, so that a whole tensor is never in memory. Every
/// operation works on single rows.
public indirect enum TensorPlan: Equatable, Sendable {
    /// A tensor of an input file, unchanged.
    case stored(SourceTensor)
    /// Each element converted: widening is exact, narrowing rounds to nearest, ties to even.
    case converted(TensorPlan, to: ElementType)
    /// A matrix in float32 with an adapter merged.
    case adapted(TensorPlan, by: LowRankUpdate)
    /// In float32, with `scale` times a tensor of the same shape added: the bias of an adapter.
    case shifted(TensorPlan, by: SourceTensor, scale: Float)
    /// In float32, with a constant added to each element: the weight `1 + w` of a Gemma norm.
    case offset(TensorPlan, by: Float)
    /// Some rows of a matrix, or some elements of a vector: a part of a fused projection.
    case slice(TensorPlan, Range<Int>)
    /// A float tensor rounded to int8. Each group of `groupSize` columns of a row has its own scale; 0: the whole row.
    case quantized(TensorPlan, groupSize: Int)
    /// An int8 tensor of a `.skipgpt` file, with groups of `groupSize` columns, in float32.
    case unpacked(SourceTensor, groupSize: Int)

    /// The plan that this one is applied to; nil for a tensor of a file.
    public var input: TensorPlan? {
        switch self {
        case .stored, .unpacked: nil
        case .converted(let input, _), .adapted(let input, _), .shifted(let input, _, _), .offset(let input, _),
            .slice(let input, _), .quantized(let input, _):
            input
        }
    }

    /// The shape of the result.
    public var shape: TensorShape {
        switch self {
        case .stored(let tensor), .unpacked(let tensor, _): tensor.shape
        case .slice(let input, let range): input.shape.slice(range.count)
        case .converted(let input, _), .adapted(let input, _), .shifted(let input, _, _), .offset(let input, _),
            .quantized(let input, _):
            input.shape
        }
    }

    /// The element type of the result.
    public var elementType: ElementType {
        switch self {
        case .stored(let tensor): tensor.elementType
        case .slice(let input, _): input.elementType
        case .converted(_, let elementType): elementType
        case .adapted, .shifted, .offset, .unpacked: .float32
        case .quantized: .int8
        }
    }

    /// How a file stores the result.
    public var storage: TensorStorage {
        guard case .quantized(_, let groupSize) = self else { return TensorStorage(elementType) }
        return TensorStorage(.int8, groupSize: groupSize)
    }

    /// The element type of the tensor in its input file, before all operations; float32 for int8.
    public var storedElementType: ElementType { input?.storedElementType ?? elementType }

    /// The stored tensors that the plan reads. The first one is the tensor that the operations apply to.
    public var sources: [SourceTensor] {
        let inputSources = input?.sources ?? []
        return switch self {
        case .stored(let tensor), .unpacked(let tensor, _): [tensor]
        case .converted, .offset, .slice, .quantized: inputSources
        case .adapted(_, let update): inputSources + update.sources
        case .shifted(_, let addend, _): inputSources + [addend]
        }
    }
}
