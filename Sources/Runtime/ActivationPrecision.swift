/// The type that activations are rounded to in products of several tokens; the raw value is its number of bits.
/// Activations of single tokens and inputs of routers are not rounded.
public enum ActivationPrecision: Int32, Sendable, CaseIterable {
    /// Integers of 8 bits with int8 weights; as `bits16` with other weights.
    case bits8 = 8
    /// Integers of 16 bits with int8 weights; bfloat16 with bfloat16 weights if the processor multiplies it.
    case bits16 = 16
    /// Not rounded: int8 weights are unpacked to float32 instead. Slow and exact, for comparison.
    case float32 = 32

    /// The default. `specs/quantization.md` has the measurements.
    public static let standard = ActivationPrecision.bits16

    /// Returns the precision whose number of bits is `name`.
    ///
    /// - Throws: `unknownActivationPrecision`.
    public static func named(_ name: String) throws(RuntimeError) -> ActivationPrecision {
        guard let precision = allCases.first(where: { "\($0.rawValue)" == name }) else {
            throw .unknownActivationPrecision(name: name)
        }
        return precision
    }
}
