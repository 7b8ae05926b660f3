/// How a tensor comes about: a lazy expression over tensors of the input files.
///
/// A plan holds no weights. The emitter asks for it block of rows by block of rows, so that no tensor is ever whole in
/// memory. Every operation is local to rows.
public indirect enum TensorPlan: Equatable, Sendable {
    /// As it stands in an input file.
    case stored(SourceTensor)
    /// Each element converted: exact when widening, rounded to nearest even when narrowing.
    case converted(TensorPlan, to: ElementType)

    /// The shape of what the plan yields.
    public var shape: TensorShape {
        switch self {
        case .stored(let tensor): tensor.shape
        case .converted(let input, _): input.shape
        }
    }

    /// The element type of what the plan yields.
    public var elementType: ElementType {
        switch self {
        case .stored(let tensor): tensor.elementType
        case .converted(_, let elementType): elementType
        }
    }

    /// The stored tensors that the plan reads.
    public var sources: [SourceTensor] {
        switch self {
        case .stored(let tensor): [tensor]
        case .converted(let input, _): input.sources
        }
    }
}

/// A tensor that stands row-major and contiguous in an input file.
public struct SourceTensor: Equatable, Sendable {
    /// Index into `ModelGraph.sources`.
    public let sourceIndex: Int
    /// Its name in that file.
    public let name: ByteString
    public let elementType: ElementType
    public let shape: TensorShape
    /// Absolute position of its first byte in the file.
    public let byteOffset: Int

    public init(sourceIndex: Int, name: ByteString, elementType: ElementType, shape: TensorShape, byteOffset: Int) {
        self.sourceIndex = sourceIndex
        self.name = name
        self.elementType = elementType
        self.shape = shape
        self.byteOffset = byteOffset
    }
}
