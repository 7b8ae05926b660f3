import Glibc
import Kernels

/// A set of processor instructions that kernels are compiled for.
public enum InstructionSet: Int32, Sendable, CaseIterable {
    case scalar = 0
    case neon = 1
    case neondot = 2
    case avx2 = 3
    case avx2vnni = 4
    case avx512 = 5
    case avx512vnni = 6
    case avx512bf16 = 7

    /// The environment variable that forces an instruction set.
    public static let environmentVariable = "SKIPC_ISA"

    /// As the environment variable spells it.
    public var name: String { "\(self)" }

    public init?(name: String) {
        guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }

    /// True if the kernels are compiled in and this processor runs them.
    public var isAvailable: Bool { unsafe skip_kernels_for(rawValue) != nil }

    /// The best available one, or the one that `SKIPC_ISA` forces.
    ///
    /// - Throws: `unknownInstructionSet`, `unavailableInstructionSet`.
    public static func chosen() throws(RuntimeError) -> InstructionSet {
        // SAFETY: getenv gives nil or a C string that lives until the environment is changed; it is copied at once.
        try chosen(name: unsafe getenv(environmentVariable).map { unsafe String(cString: $0) })
    }

    /// As `chosen()`, with the variable's value; nil or empty: nothing is forced.
    static func chosen(name: String?) throws(RuntimeError) -> InstructionSet {
        guard let name, !name.isEmpty else { return allCases.last(where: \.isAvailable) ?? .scalar }
        guard let forced = InstructionSet(name: name) else { throw .unknownInstructionSet(name: name) }
        guard forced.isAvailable else { throw .unavailableInstructionSet(name: name) }
        return forced
    }
}
