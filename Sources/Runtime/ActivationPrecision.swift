import Glibc

/// What activations are rounded to for products of several tokens, by the bits of a number. Single tokens are not
/// rounded, nor what routers read.
public enum ActivationPrecision: Int32, Sendable, CaseIterable {
    /// Integers of 8 bits with int8 weights; as `bits16` with others.
    case bits8 = 8
    /// Integers of 16 bits with int8 weights, bfloat16 with bfloat16 weights where the processor multiplies such.
    case bits16 = 16
    /// Not rounded: int8 weights are unpacked to float32 instead. Slow, and exact: for comparison.
    case float32 = 32

    /// The environment variable that forces one, by its raw value.
    public static let environmentVariable = "SKIPC_ACTIVATION_BITS"

    /// What is used unless something else is asked for. Measured: `specs/quantization.md`.
    public static let standard = ActivationPrecision.bits16

    /// `preferred`, or the one that `SKIPC_ACTIVATION_BITS` forces.
    ///
    /// - Throws: `unknownActivationPrecision`.
    public static func chosen(
        otherwise preferred: ActivationPrecision = standard
    ) throws(RuntimeError) -> ActivationPrecision {
        // SAFETY: getenv gives nil or a C string that lives until the environment is changed; it is copied at once.
        try chosen(name: unsafe getenv(environmentVariable).map { unsafe String(cString: $0) }, otherwise: preferred)
    }

    /// As `chosen(otherwise:)`, with the variable's value; nil or empty: nothing is forced.
    static func chosen(
        name: String?, otherwise preferred: ActivationPrecision = standard
    ) throws(RuntimeError) -> ActivationPrecision {
        guard let name, !name.isEmpty else { return preferred }
        guard let precision = allCases.first(where: { "\($0.rawValue)" == name }) else {
            throw .unknownActivationPrecision(name: name)
        }
        return precision
    }
}
