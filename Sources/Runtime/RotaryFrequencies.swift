import Glibc
import SkipModel

/// The angles by which queries and keys are rotated.
///
/// A routing decision can depend on the last bits, so every step is rounded to float32 where Transformers rounds it:
/// exponents, powers, their reciprocals, the scaling, and the angles.
struct RotaryFrequencies {
    /// Radians per position, [headDimension / 2].
    let inverseFrequencies: [Float]

    init(_ embedding: RotaryEmbedding, headDimension: Int) {
        let base = Double(Float(embedding.theta))
        let unscaled = stride(from: 0, to: headDimension, by: 2).map { index in
            let exponent = Float(index) / Float(headDimension)
            return 1 / Float(pow(base, Double(exponent)))
        }
        switch embedding.scaling {
        case .none:
            inverseFrequencies = unscaled
        case .linear(let factor):
            inverseFrequencies = unscaled.map { $0 / Float(factor) }
        case .llama3(let factor, let low, let high, let original):
            inverseFrequencies = unscaled.map {
                Self.scaledForLlama3($0, factor: factor, low: low, high: high, original: Double(original))
            }
        }
    }

    /// Multiplies long wavelengths by `factor`, keeps short ones, and interpolates in between.
    private static func scaledForLlama3(
        _ frequency: Float, factor: Double, low: Double, high: Double, original: Double
    ) -> Float {
        let wavelength = Float(2 * Double.pi) / frequency
        if wavelength > Float(original / low) { return frequency / Float(factor) }
        if wavelength < Float(original / high) { return frequency }
        let smooth = (Float(original) / wavelength - Float(low)) / Float(high - low)
        return (1 - smooth) * frequency / Float(factor) + smooth * frequency
    }

    /// Writes the cosines and sines of a position, [headDimension / 2] each.
    static func writeAngles(position: Int, inverseFrequencies: FloatView, cosine: FloatView, sine: FloatView) {
        for index in 0..<inverseFrequencies.count {
            let angle = Float(position) * inverseFrequencies[index]
            cosine[index] = cosf(angle)
            sine[index] = sinf(angle)
        }
    }
}
