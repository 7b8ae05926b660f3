import Model

/// The element type that a conversion is asked for: `--outtype`.
public enum OutputType: String, Sendable, CaseIterable {
    /// Each matrix in the type in which it is stored.
    case auto
    case float32 = "f32"
    case float16 = "f16"
    case bfloat16 = "bf16"
    /// Rounded to 8 bits, with a scale per row or per group of columns.
    case int8

    /// The type of a matrix that is stored as `stored`.
    func elementType(for stored: ElementType) -> ElementType {
        switch self {
        case .auto: stored == .float64 ? .float32 : stored
        case .float32: .float32
        case .float16: .float16
        case .bfloat16: .bfloat16
        case .int8: .int8
        }
    }
}

/// The types that a conversion is asked for, tensor by tensor.
public struct OutputTypes: Sendable, Equatable {
    /// Of all matrices that nothing else decides about.
    public var matrices: OutputType
    /// Of the token embedding; nil: as the other matrices. It is the head too where the head is tied.
    public var tokenEmbedding: OutputType?
    /// Of the output head; nil: as the other matrices.
    public var outputHead: OutputType?
    /// Of single tensors, before everything else. Only this quantizes a router.
    public var tensors: [TensorID: OutputType]
    /// Columns that share a scale in int8, a multiple of `TensorStorage.groupSizeUnit`; 0: all of a row.
    public var groupSize: Int

    /// Measured: `specs/quantization.md`.
    public static let defaultGroupSize = 128

    public init(
        _ matrices: OutputType, tokenEmbedding: OutputType? = nil, outputHead: OutputType? = nil,
        tensors: [TensorID: OutputType] = [:], groupSize: Int = defaultGroupSize
    ) {
        self.matrices = matrices
        self.tokenEmbedding = tokenEmbedding
        self.outputHead = outputHead
        self.tensors = tensors
        self.groupSize = groupSize
    }

    /// What is asked of a matrix that is no router's.
    func outputType(of id: TensorID) -> OutputType {
        switch id.role {
        case .tokenEmbedding: tokenEmbedding ?? matrices
        case .outputHead: outputHead ?? matrices
        default: matrices
        }
    }
}
