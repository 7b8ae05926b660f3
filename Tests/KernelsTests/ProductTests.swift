import TestSupport
import Testing

@testable import SkipRuntime

/// The largest difference of two float32 sums of the same products, relative to the sum of the products' magnitudes.
///
/// Each of n additions adds an error of at most 2^-24 of the partial sum, in either direction. For random data the
/// errors grow like sqrt(n) * 2^-24, which is 1.4e-6 at the largest n here, 576, if every partial sum were as large as
/// the sum of magnitudes. Partial sums are much smaller, and the measured difference is 3e-7. One lane too many or too
/// few causes a difference of 1e-3.
let productTolerance: Float = 1e-6

@Suite struct ProductTests {
    /// Compares the scalar definition with sums in Double.
    @Test(arguments: WeightType.allCases)
    func scalarMatrixVectorIsTheSum(type: WeightType) {
        var random = SplitMix64(seed: 1)
        let (rows, columns) = (5, 17)
        let weights = Weights(random.floats(rows * columns), as: type)
        let widened = InstructionSet.scalar.widen(weights.memory, from: type)
        let (input, bias) = (random.floats(columns), random.floats(rows))
        let output = InstructionSet.scalar.matrixVector(weights, bias: bias, input: input, rows: rows)
        for row in 0..<rows {
            let products = (0..<columns).map { Double(widened[row * columns + $0]) * Double(input[$0]) }
            let expected = products.reduce(Double(bias[row]), +)
            #expect(abs(Double(output[row]) - expected) < 1e-6)
        }
    }

    @Test(
        "NU-106: products of odd sizes agree with the definition", arguments: InstructionSet.accelerated,
        WeightType.allCases)
    func matrixVectorAgrees(set: InstructionSet, type: WeightType) {
        var random = SplitMix64(seed: 2)
        let pool = random.floats(576 * 576)
        for columns in awkwardSizes {
            for rows in awkwardSizes where rows * columns <= 100 * 576 {
                let floats = pool.suffix(rows * columns)
                let weights = Weights(floats, as: type)
                let magnitudes = Weights(floats.map(abs), as: type)
                let input = random.floats(columns)
                for bias in [nil, random.floats(rows)] {
                    let output = set.matrixVector(weights, bias: bias, input: input, rows: rows)
                    let expected = InstructionSet.scalar.matrixVector(weights, bias: bias, input: input, rows: rows)
                    let magnitude = InstructionSet.scalar.matrixVector(
                        magnitudes, bias: bias?.map(abs), input: input.map(abs), rows: rows)
                    let mismatch = firstMismatch(output, expected, within: magnitude.map { productTolerance * $0 })
                    #expect(mismatch == nil, "\(rows) x \(columns), bias: \(bias != nil)")
                }
            }
        }
    }

    @Test(arguments: InstructionSet.accelerated, WeightType.allCases)
    func gatedMatrixVectorAgrees(set: InstructionSet, type: WeightType) {
        var random = SplitMix64(seed: 3)
        // Tests blocks of rows and remainders of the columns; the products use the code of matrix_vector.
        for (rows, columns) in [(0, 5), (1, 1), (3, 33), (31, 17), (32, 16), (33, 65), (100, 7), (65, 0), (576, 63)] {
            let gate = Weights(random.floats(rows * columns), as: type)
            let up = Weights(random.floats(rows * columns), as: type)
            let input = random.floats(columns)
            for biases in [nil, (gate: random.floats(rows), up: random.floats(rows))] {
                for activation in activations {
                    let output = set.gatedMatrixVector(
                        gate: gate, up: up, biases: biases, activation: activation, input: input, rows: rows)
                    let expected = InstructionSet.scalar.gatedMatrixVector(
                        gate: gate, up: up, biases: biases, activation: activation, input: input, rows: rows)
                    // Sums of up to 65 products below 1 differ by under 1e-6 * 20; both factors are below 20.
                    let mismatch = firstMismatch(output, expected, within: expected.map { 1e-4 + 1e-5 * abs($0) })
                    #expect(mismatch == nil, "\(rows) x \(columns), biases: \(biases != nil), \(activation)")
                }
            }
        }
    }
}
