/// What activations are rounded to for products of several tokens, by the bits of a number. Single tokens are not
/// rounded, nor what routers read.
public enum ActivationPrecision: Int32, Sendable, CaseIterable {
    /// Integers of 8 bits with int8 weights; as `bits16` with others.
    case bits8 = 8
    /// Integers of 16 bits with int8 weights, bfloat16 with bfloat16 weights where the processor multiplies such.
    case bits16 = 16
    /// Not rounded: int8 weights are unpacked to float32 instead. Slow, and exact: for comparison.
    case float32 = 32

    /// What is used unless something else is asked for. Measured: `specs/quantization.md`.
    public static let standard = ActivationPrecision.bits16

    /// The precision whose number of bits is written as `name`.
    ///
    /// - Throws: `unknownActivationPrecision`.
    public static func named(_ name: String) throws(RuntimeError) -> ActivationPrecision {
        guard let precision = allCases.first(where: { "\($0.rawValue)" == name }) else {
            throw .unknownActivationPrecision(name: name)
        }
        return precision
    }
}
