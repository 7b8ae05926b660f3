import SkipKernels
import TestSupport
import Testing

@testable import SkipRuntime

private let bitCounts: [Int32] = [SKIP_ACTIVATION_8_BITS, SKIP_ACTIVATION_16_BITS].map { Int32($0.rawValue) }

@Suite struct Int8ProductTests {
    @Test("NU-106: products of odd sizes agree with the definition", arguments: InstructionSet.available)
    func matrixVectorAgrees(set: InstructionSet) {
        var random = SplitMix64(seed: 31)
        for columns in awkwardSizes {
            for (index, groupSize) in groupSizes.enumerated() {
                let rows = [1, 15, 16, 17, 33, 48][(columns + index) % 6]
                let matrix = Int8Matrix(
                    random.floats(rows * columns), rows: rows, columns: columns, groupSize: groupSize)
                let weights = Weights(matrix.floats, as: .float32)
                let magnitudes = Weights(matrix.floats.map(abs), as: .float32)
                let input = random.floats(columns)
                for bias in [nil, random.floats(rows)] {
                    let output = set.int8MatrixVector(matrix, bias: bias, input: input)
                    // Equal to the float32 product of the same weights except for the order of the sums, see
                    // productTolerance. Weights are exact, because integers and scales have 8 bits each.
                    let expected = InstructionSet.scalar.matrixVector(weights, bias: bias, input: input, rows: rows)
                    let magnitude = InstructionSet.scalar.matrixVector(
                        magnitudes, bias: bias?.map(abs), input: input.map(abs), rows: rows)
                    let mismatch = firstMismatch(output, expected, within: magnitude.map { productTolerance * $0 })
                    #expect(mismatch == nil, "\(rows) x \(columns) by \(groupSize), bias: \(bias != nil)")
                }
            }
        }
    }

    @Test(arguments: InstructionSet.acceleratedForIntegers)
    func gatedMatrixVectorAgrees(set: InstructionSet) {
        var random = SplitMix64(seed: 32)
        for (rows, columns, groupSize) in [(0, 5, 0), (1, 1, 4), (17, 33, 12), (33, 65, 64), (65, 0, 0), (100, 63, 32)]
        {
            let gate = Int8Matrix(random.floats(rows * columns), rows: rows, columns: columns, groupSize: groupSize)
            let up = Int8Matrix(random.floats(rows * columns), rows: rows, columns: columns, groupSize: groupSize)
            let input = random.floats(columns)
            for biases in [nil, (gate: random.floats(rows), up: random.floats(rows))] {
                for activation in activations {
                    let compute = { (set: InstructionSet) in
                        set.int8GatedMatrixVector(
                            gate: gate, up: up, biases: biases, activation: activation, input: input)
                    }
                    let expected = compute(.scalar)
                    // As in gatedMatrixVectorAgrees with float weights.
                    let mismatch = firstMismatch(
                        compute(set), expected, within: expected.map { 1e-4 + 1e-5 * abs($0) })
                    #expect(mismatch == nil, "\(rows) x \(columns), biases: \(biases != nil), \(activation)")
                }
            }
        }
    }

    @Test(arguments: InstructionSet.acceleratedForIntegers, bitCounts)
    func quantizeTokensIsThatOfScalar(set: InstructionSet, bits: Int32) {
        var random = SplitMix64(seed: 33)
        for columns in awkwardSizes + [257] {
            let stride = columns + 5
            var input = random.floats(40 * stride)
            for index in input.indices where index % 7 == 0 {
                input[index] *= Float(sign: .plus, exponent: Int.random(in: -130...120, using: &random), significand: 1)
            }
            if columns == 100 {
                (input[3], input[2 * stride + 99], input[7 * stride]) = (.nan, .infinity, -.infinity)
            }
            for (index, count) in [0, 1, 11, 12, 13, 33].enumerated() {
                let groupSize = groupSizes[(index + columns) % groupSizes.count]
                let gathered = (0..<count).map { _ in Int32.random(in: 0..<40, using: &random) }
                for tokens in [nil, gathered] {
                    let quantize = { (set: InstructionSet) in
                        set.quantizeTokens(
                            input, stride: stride, tokens: tokens, count: count, columns: columns,
                            groupSize: groupSize, bits: bits
                        ).bytes
                    }
                    let isEqual = quantize(set) == quantize(.scalar)
                    #expect(isEqual, "\(count) of \(columns) by \(groupSize), gathered: \(tokens != nil)")
                }
            }
        }
    }

    /// Compares the scalar definition with sums of integers, for activations that are integers already.
    @Test(arguments: bitCounts, groupSizes)
    func integersAreMultipliedExactly(bits: Int32, groupSize: Int) {
        var random = SplitMix64(seed: 34)
        let limit: Int32 = bits == 8 ? 127 : 32767
        let (rows, columns, tokens) = (18, 150, 14)
        var weights = (0..<rows * columns).map { _ in Int32.random(in: -127...127, using: &random) }
        var input = (0..<tokens * columns).map { _ in Int32.random(in: -limit...limit, using: &random) }
        // The first of every 4 is the largest, so that the scale of every group and piece is 1.
        for index in stride(from: 0, to: weights.count, by: columns).flatMap({
            stride(from: $0, to: $0 + columns, by: 4)
        }) {
            weights[index] = weights[index] < 0 ? -127 : 127
        }
        for index in stride(from: 0, to: input.count, by: columns).flatMap({ stride(from: $0, to: $0 + columns, by: 4) }
        ) {
            input[index] = input[index] < 0 ? -limit : limit
        }
        let matrix = Int8Matrix(weights.map { Float($0) }, rows: rows, columns: columns, groupSize: groupSize)
        let quantized = InstructionSet.scalar.quantizeTokens(
            input.map { Float($0) }, stride: columns, count: tokens, columns: columns, groupSize: groupSize, bits: bits)
        let output = InstructionSet.scalar.int8MatrixMatrix(
            matrix, bias: nil, quantized: quantized, tokenCount: tokens, bits: bits)
        for token in 0..<tokens {
            for row in 0..<rows {
                let products = (0..<columns).map { weights[row * columns + $0] * input[token * columns + $0] }
                let sum = products.reduce(0, +)
                // Sums of 8 bits fit the 24 bits of a float32; those of 16 bits are rounded once per piece.
                let bound: Float = bits == 8 ? 0 : 0x1p-22 * Float(products.map(abs).reduce(0, +))
                #expect(abs(output[token * rows + row] - Float(sum)) <= bound)
            }
        }
    }

    /// The only error is the rounding of activations, at most half a step each.
    @Test(arguments: bitCounts)
    func activationsAreRoundedToNearest(bits: Int32) {
        var random = SplitMix64(seed: 35)
        let (columns, tokens) = (192, 5)
        // Each row has one weight of 1, so the output is that activation.
        let identity = (0..<columns * columns).map { Float($0 / columns == $0 % columns ? 127 : 0) }
        let matrix = Int8Matrix(identity, rows: columns, columns: columns, groupSize: 64)
        let input = random.floats(tokens * columns)
        let quantized = InstructionSet.scalar.quantizeTokens(
            input, stride: columns, count: tokens, columns: columns, groupSize: 64, bits: bits)
        let output = InstructionSet.scalar.int8MatrixMatrix(
            matrix, bias: nil, quantized: quantized, tokenCount: tokens, bits: bits)
        // A step is at most 1 / 127 or 1 / 32767, because values are below 1.
        let step: Float = bits == 8 ? 1 / 127 : 1 / 32767
        let expected = input.map { 127 * $0 }
        #expect(firstMismatch(output, expected, within: expected.map { _ in 127 * 0.50001 * step }) == nil)
    }

    @Test(arguments: InstructionSet.acceleratedForIntegers, bitCounts)
    func matrixMatrixIsThatOfScalar(set: InstructionSet, bits: Int32) {
        var random = SplitMix64(seed: 36)
        let tokenCounts = [0, 1, 2, 5, 6, 7, 12, 13, 33]
        for (i, columns) in (awkwardSizes.filter { $0 <= 100 } + [131, 300]).enumerated() {
            for (j, groupSize) in groupSizes.enumerated() {
                let rows = [1, 3, 15, 16, 17, 31, 32, 33, 50][(i + 2 * j) % 9]
                let tokens = tokenCounts[(2 * i + j) % tokenCounts.count]
                check(set, rows: rows, columns: columns, groupSize: groupSize, tokens: tokens, bits: bits, &random)
            }
        }
        check(set, rows: 70, columns: 576, groupSize: 128, tokens: 25, bits: bits, &random)
        check(set, rows: 33, columns: 1030, groupSize: 0, tokens: 13, bits: bits, &random)
    }

    private func check(
        _ set: InstructionSet, rows: Int, columns: Int, groupSize: Int, tokens: Int, bits: Int32,
        _ random: inout SplitMix64
    ) {
        let matrix = Int8Matrix(random.floats(rows * columns), rows: rows, columns: columns, groupSize: groupSize)
        let bias = Bool.random(using: &random) ? random.floats(rows) : nil
        let quantized = InstructionSet.scalar.quantizeTokens(
            random.floats(tokens * columns), stride: columns, count: tokens, columns: columns, groupSize: groupSize,
            bits: bits)
        let multiply = { (set: InstructionSet) in
            set.int8MatrixMatrix(matrix, bias: bias, quantized: quantized, tokenCount: tokens, bits: bits)
        }
        let difference = firstDifference(multiply(set), multiply(.scalar))
        #expect(difference == nil, "\(rows) x \(columns) by \(groupSize), \(tokens) tokens, bias: \(bias != nil)")
    }

    /// The largest possible sums, which must not saturate 16 bits or overflow 32.
    @Test("NU-104: the largest integers do not overflow a sum", arguments: InstructionSet.available, bitCounts)
    func extremesDoNotSaturate(set: InstructionSet, bits: Int32) {
        let limit: Float = bits == 8 ? 127 : 32767
        let (rows, columns, tokens) = (17, 512, 7)
        for (weight, activation): (Float, Float) in [(127, limit), (-127, limit), (127, -limit), (-127, -limit)] {
            for groupSize in [0, 128, 256] {
                let weights = [Float](repeating: weight, count: rows * columns)
                let matrix = Int8Matrix(weights, rows: rows, columns: columns, groupSize: groupSize)
                let quantized = set.quantizeTokens(
                    [Float](repeating: activation, count: tokens * columns), stride: columns, count: tokens,
                    columns: columns, groupSize: groupSize, bits: bits)
                let output = set.int8MatrixMatrix(
                    matrix, bias: nil, quantized: quantized, tokenCount: tokens, bits: bits)
                let sum = weight * activation * Float(columns)  // 24 significant bits and a power of two: exact
                #expect(output == [Float](repeating: sum, count: rows * tokens))
            }
        }
    }

    @Test(arguments: InstructionSet.available, bitCounts)
    func nanShows(set: InstructionSet, bits: Int32) {
        let matrix = Int8Matrix([Float](repeating: 0, count: 17 * 100), rows: 17, columns: 100, groupSize: 32)
        for bad: Float in [.nan, .infinity, -.infinity] {
            var input = [Float](repeating: 1, count: 3 * 100)
            input[170] = bad
            let quantized = set.quantizeTokens(
                input, stride: 100, count: 3, columns: 100, groupSize: 32, bits: bits)
            let output = set.int8MatrixMatrix(matrix, bias: nil, quantized: quantized, tokenCount: 3, bits: bits)
            #expect(output[..<17].allSatisfy { $0 == 0 } && output[34...].allSatisfy { $0 == 0 })
            #expect(output[17..<34].allSatisfy { $0.isNaN })
        }
    }

    /// Blocks of rows and tiles of tokens that are computed separately have the same results as together.
    @Test(arguments: InstructionSet.available, bitCounts)
    func partsAreTheWhole(set: InstructionSet, bits: Int32) {
        var random = SplitMix64(seed: 37)
        let (rows, columns, tokens, tile) = (50, 70, 29, Int(SKIP_QUANTIZED_TOKEN_TILE))
        let values = random.floats(rows * columns)
        let matrix = Int8Matrix(values, rows: rows, columns: columns, groupSize: 32)
        let input = random.floats(tokens * columns)
        let quantize = { (range: Range<Int>) in
            set.quantizeTokens(
                Array(input[range.lowerBound * columns..<range.upperBound * columns]), stride: columns,
                count: range.count, columns: columns, groupSize: 32, bits: bits)
        }
        let whole = quantize(0..<tokens)
        #expect(whole.bytes == quantize(0..<tile).bytes + quantize(tile..<tokens).bytes)
        let output = set.int8MatrixMatrix(matrix, bias: nil, quantized: whole, tokenCount: tokens, bits: bits)
        for part in [0..<16, 16..<48, 48..<50] {
            let partial = Int8Matrix(
                Array(values[part.lowerBound * columns..<part.upperBound * columns]), rows: part.count,
                columns: columns, groupSize: 32)
            let found = set.int8MatrixMatrix(partial, bias: nil, quantized: whole, tokenCount: tokens, bits: bits)
            let expected = (0..<tokens).flatMap { token in part.map { output[token * rows + $0] } }
            #expect(firstDifference(found, expected) == nil)
        }
    }
}
