import Glibc

/// What activations are rounded to for products of several tokens with int8 weights. Single tokens are not rounded.
public enum ActivationPrecision: Int32, Sendable, CaseIterable {
    /// Nothing: the weights are unpacked to float32 instead. Slow, and exact: for comparison.
    case float32 = 0
    case bits8 = 8
    case bits16 = 16

    /// The environment variable that forces one, by its raw value.
    public static let environmentVariable = "SKIPC_INT8_ACTIVATIONS"

    /// What is used unless something else is asked for. Measured: `specs/quantization.md`.
    public static let standard = ActivationPrecision.bits16

    /// The standard one, or the one that `SKIPC_INT8_ACTIVATIONS` forces.
    ///
    /// - Throws: `unknownActivationPrecision`.
    public static func chosen() throws(RuntimeError) -> ActivationPrecision {
        // SAFETY: getenv gives nil or a C string that lives until the environment is changed; it is copied at once.
        try chosen(name: unsafe getenv(environmentVariable).map { unsafe String(cString: $0) })
    }

    /// As `chosen()`, with the variable's value; nil or empty: nothing is forced.
    static func chosen(name: String?) throws(RuntimeError) -> ActivationPrecision {
        guard let name, !name.isEmpty else { return standard }
        guard let precision = allCases.first(where: { "\($0.rawValue)" == name }) else {
            throw .unknownActivationPrecision(name: name)
        }
        return precision
    }
}
