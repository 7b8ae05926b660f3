import SkipModel

/// The element types that the user chooses for a conversion, tensor by tensor.
public struct OutputTypes: Sendable, Equatable {
    /// The type of all matrices without a choice of their own.
    public var matrices: OutputType
    /// The type of the token embedding, which is also a tied head; nil: `matrices` decides.
    public var tokenEmbedding: OutputType?
    /// The type of the output head; nil: `matrices` decides.
    public var outputHead: OutputType?
    /// The types of single tensors, which take precedence. Only an entry here quantizes a router.
    public var tensors: [TensorID: OutputType]
    /// Columns that share a scale in int8, a multiple of `TensorStorage.groupSizeUnit`; 0: all of a row.
    public var groupSize: Int

    /// The group size that `specs/quantization.md` measured as the best compromise.
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

    /// Returns the type for a matrix that is not a router's and that the checkpoint stores as `stored`.
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

    /// Returns whether `int8` leaves a matrix in 16 bits unless the user chooses its type by name. Rounding these few
    /// matrices costs more quality than rounding all others (measured in `specs/quantization.md`).
    public static func isLeftInFloat(_ role: TensorRole) -> Bool {
        switch role {
        case .tokenEmbedding, .outputHead, .valueProjection: true
        default: false
        }
    }
}
