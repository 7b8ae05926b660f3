/// The change that an adapter makes to a weight matrix: W + scale · B · A. With a magnitude (DoRA), each row of the sum
/// is then scaled to the length in the magnitude.
public struct LowRankUpdate: Equatable, Sendable {
    /// The product that the factors form.
    public enum Form: Equatable, Sendable {
        /// `lora_A` [rank, inputs] and `lora_B` [outputs, rank]: B · A has the weight's shape.
        case linear
        /// `lora_embedding_A` [rank, rows] and `lora_embedding_B` [width, rank]: (B · A)ᵀ has the weight's shape.
        case embedding
    }

    public let form: Form
    public let loraA: SourceTensor
    public let loraB: SourceTensor
    /// The factor on the product: alpha / rank, or alpha / √rank, times the scale that the user chose.
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

    /// The shape of the weight that the update applies to; nil if the shapes of its tensors do not match.
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

    /// The rank of the product: rows of `loraA`, columns of `loraB`.
    public var rank: Int { loraA.shape.rowCount }

    /// The tensors that the update reads.
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
