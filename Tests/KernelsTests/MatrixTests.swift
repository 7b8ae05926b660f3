import TestSupport
import Testing

@testable import SkipRuntime

@Suite struct MatrixTests {
    @Test(arguments: InstructionSet.accelerated)
    func packTokensIsExact(set: InstructionSet) {
        var random = SplitMix64(seed: 4)
        for columns in awkwardSizes {
            let stride = columns + 5
            let input = random.floats(100 * stride)
            for count in awkwardSizes where count <= 100 {
                let gathered = (0..<count).map { _ in Int32.random(in: 0..<100, using: &random) }
                for tokens in [nil, gathered] {
                    let packed = set.packTokens(input, stride: stride, tokens: tokens, count: count, columns: columns)
                    let expected = InstructionSet.scalar.packTokens(
                        input, stride: stride, tokens: tokens, count: count, columns: columns)
                    let difference = firstDifference(packed.values, expected.values)
                    #expect(difference == nil, "\(count) of \(columns) columns, gathered: \(tokens != nil)")
                }
            }
        }
    }

    @Test(arguments: InstructionSet.accelerated, WeightType.allCases)
    func matrixMatrixAgrees(set: InstructionSet, type: WeightType) {
        var random = SplitMix64(seed: 5)
        let sizes = awkwardSizes.filter { $0 <= 33 }
        let tokenCounts = sizes + [63, 65]
        for (i, columns) in sizes.enumerated() {
            for (j, rows) in sizes.enumerated() {
                let product = ProductCase(type: type, rows: rows, columns: columns, tokens: 65, using: &random)
                // A third of the counts in turn, so that every pair of sizes is tested.
                for k in tokenCounts.indices where (i + j + k) % 3 == 0 {
                    product.check(set, tokens: tokenCounts[k])
                }
            }
        }
    }

    /// Tests several blocks of columns, of tokens, and of rows.
    @Test(arguments: InstructionSet.accelerated, WeightType.allCases)
    func largeMatrixMatrixAgrees(set: InstructionSet, type: WeightType) {
        var random = SplitMix64(seed: 6)
        for (rows, columns, tokens) in [(19, 1030, 33), (5, 2049, 17), (65, 63, 300), (17, 513, 257), (100, 576, 16)] {
            let product = ProductCase(type: type, rows: rows, columns: columns, tokens: tokens, using: &random)
            product.check(set, tokens: tokens)
        }
    }
}

/// A product of a matrix and tokens, which the scalar definition computes once.
private struct ProductCase {
    let rows: Int
    let columns: Int
    let stride: Int
    let weights: Weights
    let bias: [Float]?
    let input: [Float]
    let expected: [Float]
    let tolerances: [Float]

    init(type: WeightType, rows: Int, columns: Int, tokens: Int, using random: inout SplitMix64) {
        self.rows = rows
        self.columns = columns
        stride = columns + 1
        let floats = random.floats(rows * columns)
        weights = Weights(floats, as: type)
        bias = Bool.random(using: &random) ? random.floats(rows) : nil
        input = random.floats(tokens * stride)

        let scalar = InstructionSet.scalar
        let magnitudes = Weights(floats.map(abs), as: type)
        var expected: [Float] = []
        var tolerances: [Float] = []
        for token in 0..<tokens {
            let column = Array(input[token * stride..<token * stride + columns])
            expected += scalar.matrixVector(weights, bias: bias, input: column, rows: rows)
            tolerances += scalar.matrixVector(magnitudes, bias: bias?.map(abs), input: column.map(abs), rows: rows)
                .map { productTolerance * $0 }
        }
        self.expected = expected
        self.tolerances = tolerances
    }

    /// Computes the first `tokens` tokens.
    func check(_ set: InstructionSet, tokens: Int) {
        let packed = set.packTokens(input, stride: stride, tokens: nil, count: tokens, columns: columns)
        let output = set.matrixMatrix(
            weights, bias: bias, packed: packed, tokenCount: tokens, rows: rows, columns: columns)
        let count = tokens * rows
        let mismatch = firstMismatch(
            output, Array(expected.prefix(count)), within: Array(tolerances.prefix(count)))
        #expect(mismatch == nil, "\(rows) x \(columns), \(tokens) tokens, bias: \(bias != nil)")
    }
}
