import SkipKernels
import Testing

@testable import SkipRuntime

/// An instruction set that has kernels.
enum InstructionSet: Int32, CaseIterable, CustomTestStringConvertible {
    case scalar = 0
    case neon = 1
    case neondot = 2
    case avx2 = 3
    case avx2vnni = 4
    case avx512 = 5
    case avx512vnni = 6
    case avx512bf16 = 7

    /// The sets that this processor can run, including the scalar one.
    static let available = allCases.filter(\.isAvailable)

    /// The sets that this processor can run and that must agree with the scalar definition. Sets that only add dot
    /// products of integers are omitted, because they share their float32 kernels with the set that they extend.
    static let accelerated = acceleratedForIntegers.filter {
        ![.neondot, .avx2vnni, .avx512vnni, .avx512bf16].contains($0)
    }

    /// The sets that this processor can run and whose int8 kernels must agree with the scalar definition.
    static let acceleratedForIntegers = available.filter { ![.scalar, .avx512bf16].contains($0) }

    var isAvailable: Bool {
        unsafe skip_kernels_for(rawValue) != nil
    }

    /// The kernels of an available set.
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

/// The input of a kernel: `floats` rounded to a type, with the alignment of the element.
struct Weights {
    let type: WeightType
    let memory: GuardedMemory

    init(_ floats: some Collection<Float>, as type: WeightType) {
        self.type = type
        self.memory = InstructionSet.scalar.narrow(Array(floats), to: type)
    }
}

/// Sizes near the vector lengths of all instruction sets, to test remainders.
let awkwardSizes = [0, 1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 32, 33, 63, 65, 100, 576]

/// The index of the first value that differs by more than its tolerance, or is NaN.
func firstMismatch(_ values: [Float], _ expected: [Float], within tolerances: [Float]) -> Int? {
    precondition(values.count == expected.count && values.count == tolerances.count)
    return values.indices.first { !(abs(values[$0] - expected[$0]) <= tolerances[$0]) }
}

/// The index of the first value whose bits differ.
func firstDifference(_ values: [Float], _ expected: [Float]) -> Int? {
    precondition(values.count == expected.count)
    return values.indices.first { values[$0].bitPattern != expected[$0].bitPattern }
}
