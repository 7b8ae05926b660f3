/// Rotary position embedding, on pairs (i, i + headDimension/2), as in Transformers' `rotate_half`.
public struct RotaryEmbedding: Equatable, Sendable {
    /// The base of the frequencies.
    public var theta: Double
    public var scaling: Scaling

    public init(theta: Double, scaling: Scaling = .none) {
        self.theta = theta
        self.scaling = scaling
    }

    /// How frequencies are scaled for longer contexts.
    public enum Scaling: Equatable, Sendable {
        case none
        /// Positions divided by `factor`.
        case linear(factor: Double)
        /// As in Transformers' `_compute_llama3_parameters`.
        case llama3(
            factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalMaximumPositionCount: Int)
    }
}
