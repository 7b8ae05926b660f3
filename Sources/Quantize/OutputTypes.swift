import SkipModel

/// The types that a conversion is asked for, tensor by tensor.
public struct OutputTypes: Sendable, Equatable {
    /// Of all matrices that nothing else decides about.
    public var matrices: OutputType
    /// Of the token embedding; nil: what `matrices` says. It is the head too where the head is tied.
    public var tokenEmbedding: OutputType?
    /// Of the output head; nil: what `matrices` says.
    public var outputHead: OutputType?
    /// Of single tensors, before everything else. Only this quantizes a router.
    public var tensors: [TensorID: OutputType]
    /// Columns that share a scale in int8, a multiple of `TensorStorage.groupSizeUnit`; 0: all of a row.
    public var groupSize: Int

    /// Measured: `specs/quantization.md`.
    public static let defaultGroupSize = 64

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

    /// The type of a matrix that is no router's and is stored as `stored`.
    func elementType(of id: TensorID, stored: ElementType) -> ElementType {
        let named =
            switch id.role {
            case .tokenEmbedding: tokenEmbedding
            case .outputHead: outputHead
            default: OutputType?.none
            }
        if let named { return named.elementType(for: stored) }
        if matrices == .int8, Self.isLeftInFloat(id.role) { return stored == .float16 ? .float16 : .bfloat16 }
        return matrices.elementType(for: stored)
    }

    /// Whether `int8` leaves a matrix in 16 bits, as it is stored or as bfloat16, unless a type is asked for by name:
    /// rounding these few costs more quality than rounding all others. Measured: `specs/quantization.md`.
    public static func isLeftInFloat(_ role: TensorRole) -> Bool {
        switch role {
        case .tokenEmbedding, .outputHead, .valueProjection: true
        default: false
        }
    }
}
