/// What an adapter makes of a weight matrix: W + scale · B · A and, with a magnitude (DoRA), each row of that brought to
/// the length that the magnitude gives.
public struct LowRankUpdate: Equatable, Sendable {
    /// Which of the two products the factors stand for.
    public enum Form: Equatable, Sendable {
        /// `lora_A` [rank, inputs] and `lora_B` [outputs, rank]: B · A has the weight's shape.
        case linear
        /// `lora_embedding_A` [rank, rows] and `lora_embedding_B` [width, rank]: (B · A)ᵀ has it.
        case embedding
    }

    public let form: Form
    public let loraA: SourceTensor
    public let loraB: SourceTensor
    /// The factor on the product: alpha / rank, or alpha / √rank, times the scale that the user gave.
    public let scale: Float
    /// [rows]: the length of each row; nil for plain LoRA.
    public let magnitude: SourceTensor?

    public init(
        form: Form, loraA: SourceTensor, loraB: SourceTensor, scale: Float, magnitude: SourceTensor? = nil
    ) {
        self.form = form
        self.loraA = loraA
        self.loraB = loraB
        self.scale = scale
        self.magnitude = magnitude
    }

    /// The shape of the weight that the update fits; nil if its tensors do not fit each other.
    public var shape: TensorShape? {
        let a = loraA.shape.dimensions
        let b = loraB.shape.dimensions
        guard a.count == 2, b.count == 2, a[0] == b[1] else { return nil }
        let dimensions =
            switch form {
            case .linear: [b[0], a[1]]
            case .embedding: [a[1], b[0]]
            }
        if let magnitude, magnitude.shape.dimensions != [dimensions[0]] { return nil }
        return TensorShape(dimensions)
    }

    /// Rows of A and columns of B, or the other way round for embeddings.
    public var rank: Int { loraA.shape.rowCount }

    public var sources: [SourceTensor] { [loraA, loraB] + (magnitude.map { [$0] } ?? []) }
}

extension LowRankUpdate: CustomStringConvertible {
    /// `2.0 · %1 "….lora_B.weight" · %1 "….lora_A.weight"`.
    public var description: String {
        let product = "\(scale) · \(loraB.reference) · \(loraA.reference)"
        let oriented = form == .linear ? product : "(\(product))ᵀ"
        return oriented + (magnitude.map { ", rows of length \($0.reference)" } ?? "")
    }
}
