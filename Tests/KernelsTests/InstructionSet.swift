import SkipKernels
import Testing

@testable import SkipRuntime

/// An instruction set that kernels are written for.
enum InstructionSet: Int32, CaseIterable, CustomTestStringConvertible {
    case scalar = 0
    case neon = 1
    case neondot = 2
    case avx2 = 3
    case avx2vnni = 4
    case avx512 = 5
    case avx512vnni = 6
    case avx512bf16 = 7

    /// Those that this processor can run, the scalar definition among them.
    static let available = allCases.filter(\.isAvailable)

    /// Those that this processor can run and that must agree with the scalar definition, each float32 kernel once:
    /// sets for dot products of integers share theirs with the set that they extend.
    static let accelerated = acceleratedForIntegers.filter {
        ![.neondot, .avx2vnni, .avx512vnni, .avx512bf16].contains($0)
    }

    /// Those that this processor can run and whose int8 kernels must agree with the scalar definition.
    static let acceleratedForIntegers = available.filter { ![.scalar, .avx512bf16].contains($0) }

    var isAvailable: Bool {
        unsafe skip_kernels_for(rawValue) != nil
    }

    /// The kernels; only for available sets.
    var table: skip_kernels {
        // SAFETY: tables are constants of the program.
        unsafe skip_kernels_for(rawValue).unsafelyUnwrapped.pointee
    }

    var testDescription: String {
        "\(self)"
    }
}

/// An element type of weights.
enum WeightType: Int32, CaseIterable {
    case float32 = 1
    case float16 = 2
    case bfloat16 = 3

    var size: Int {
        self == .float32 ? 4 : 2
    }
}

/// Weights as a kernel reads them: `floats` rounded to a type, aligned for their element only.
struct Weights {
    let type: WeightType
    let memory: GuardedMemory

    init(_ floats: some Collection<Float>, as type: WeightType) {
        self.type = type
        self.memory = InstructionSet.scalar.narrow(Array(floats), to: type)
    }
}

/// Sizes around the vector lengths of all instruction sets, where remainders go wrong.
let awkwardSizes = [0, 1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 32, 33, 63, 65, 100, 576]

/// The place of the first value that differs by more than its tolerance; a NaN always does.
func firstMismatch(_ values: [Float], _ expected: [Float], within tolerances: [Float]) -> Int? {
    precondition(values.count == expected.count && values.count == tolerances.count)
    return values.indices.first { !(abs(values[$0] - expected[$0]) <= tolerances[$0]) }
}

/// The place of the first value whose bits differ.
func firstDifference(_ values: [Float], _ expected: [Float]) -> Int? {
    precondition(values.count == expected.count)
    return values.indices.first { values[$0].bitPattern != expected[$0].bitPattern }
}
