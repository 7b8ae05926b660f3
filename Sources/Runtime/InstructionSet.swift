import SkipKernels

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

    /// The name in options and reports.
    public var name: String { "\(self)" }

    /// Whether the kernels are compiled in and this processor can execute them.
    public var isAvailable: Bool { unsafe skip_kernels_for(rawValue) != nil }

    /// The best instruction set of this processor.
    public static var best: InstructionSet { allCases.last(where: \.isAvailable) ?? .scalar }

    /// Returns the instruction set with that name.
    ///
    /// - Throws: `unknownInstructionSet`; `unavailableInstructionSet` if this processor does not have it.
    public static func named(_ name: String) throws(RuntimeError) -> InstructionSet {
        guard let instructionSet = allCases.first(where: { $0.name == name }) else {
            throw .unknownInstructionSet(name: name)
        }
        guard instructionSet.isAvailable else { throw .unavailableInstructionSet(name: name) }
        return instructionSet
    }
}
