import SkipKernels
import TestSupport
import Testing

@testable import SkipRuntime

@Suite struct BFloat16MatrixTests {
    /// The sets that have these kernels, except the scalar one.
    private static let accelerated = InstructionSet.available.filter { $0 != .scalar && hasKernels($0) }

    private static func hasKernels(_ set: InstructionSet) -> Bool {
        // SAFETY: nothing is called.
        let table = unsafe set.table
        return unsafe table.bfloat16_matrix_matrix != nil && table.pack_tokens_bfloat16 != nil
    }

    @Test func scalarIsDefined() {
        #expect(Self.hasKernels(.scalar))
    }

    /// The scalar definition equals matrix_matrix of tokens that are already rounded.
    @Test func scalarRoundsTokens() {
        var random = SplitMix64(seed: 41)
        let (rows, columns, tokens) = (5, 34, 35)
        let weights = Weights(random.floats(rows * columns), as: .bfloat16)
        let input = random.floats(tokens * columns)
        let rounded = InstructionSet.scalar.widen(Weights(input, as: .bfloat16).memory, from: .bfloat16)
        let scalar = InstructionSet.scalar
        let output = scalar.bfloat16MatrixMatrix(
            weights, bias: nil,
            packed: scalar.packTokensBFloat16(input, stride: columns, tokens: nil, count: tokens, columns: columns),
            tokenCount: tokens, rows: rows, columns: columns)
        let expected = scalar.matrixMatrix(
            weights, bias: nil,
            packed: scalar.packTokens(rounded, stride: columns, tokens: nil, count: tokens, columns: columns),
            tokenCount: tokens, rows: rows, columns: columns)
        #expect(firstDifference(output, expected) == nil)
    }

    @Test(arguments: accelerated)
    func packTokensIsExact(set: InstructionSet) {
        var random = SplitMix64(seed: 42)
        for columns in awkwardSizes where columns % 2 == 0 {
            let stride = columns + 5
            let input = random.floats(100 * stride)
            for count in awkwardSizes where count <= 100 {
                let gathered = (0..<count).map { _ in Int32.random(in: 0..<100, using: &random) }
                for tokens in [nil, gathered] {
                    let pack = { (set: InstructionSet) in
                        set.packTokensBFloat16(input, stride: stride, tokens: tokens, count: count, columns: columns)
                            .bytes
                    }
                    let isEqual = pack(set) == pack(.scalar)
                    #expect(isEqual, "\(count) of \(columns) columns, gathered: \(tokens != nil)")
                }
            }
        }
    }

    @Test(arguments: accelerated)
    func matrixMatrixAgrees(set: InstructionSet) {
        var random = SplitMix64(seed: 43)
        for (rows, columns, tokens) in [
            (1, 2, 1), (3, 6, 2), (4, 16, 15), (5, 30, 16), (14, 32, 17), (15, 34, 31), (17, 100, 33), (19, 1030, 33),
            (65, 64, 300), (5, 0, 3), (29, 576, 47), (31, 1026, 5),
        ] {
            let floats = random.floats(rows * columns)
            let weights = Weights(floats, as: .bfloat16)
            let magnitudes = Weights(floats.map(abs), as: .bfloat16)
            let input = random.floats(tokens * columns)
            for bias in [nil, random.floats(rows)] {
                let multiply = { (set: InstructionSet, weights: Weights, bias: [Float]?, input: [Float]) in
                    let packed = InstructionSet.scalar.packTokensBFloat16(
                        input, stride: columns, tokens: nil, count: tokens, columns: columns)
                    return set.bfloat16MatrixMatrix(
                        weights, bias: bias, packed: packed, tokenCount: tokens, rows: rows, columns: columns)
                }
                let output = multiply(set, weights, bias, input)
                let expected = multiply(.scalar, weights, bias, input)
                // Products are exact in float32, and sums differ as in matrix_matrix.
                let tolerances = multiply(.scalar, magnitudes, bias?.map(abs), input.map(abs))
                    .map { productTolerance * $0 }
                let mismatch = firstMismatch(output, expected, within: tolerances)
                #expect(mismatch == nil, "\(rows) x \(columns), \(tokens) tokens, bias: \(bias != nil)")
            }
        }
    }
}

// SAFETY, for all calls here: as in InstructionSet+Products.swift.
extension InstructionSet {
    /// Packs tokens of `input` [token][stride] to tiles of pairs of columns.
    fileprivate func packTokensBFloat16(
        _ input: [Float],
        stride: Int,
        tokens: [Int32]?,
        count: Int,
        columns: Int
    ) -> GuardedMemory {
        let source = GuardedMemory(input)
        let tile = Int(SKIP_TOKEN_TILE)
        let packed = GuardedMemory(byteCount: (count + tile - 1) / tile * tile * columns / 2 * 4, misalignment: 0)
        let pairs = unsafe packed.start.assumingMemoryBound(to: UInt32.self)
        if let tokens {
            unsafe tokens.withUnsafeBufferPointer { tokens in
                unsafe table.pack_tokens_bfloat16?(source.floats, stride, tokens.baseAddress, count, columns, pairs)
            }
        } else {
            unsafe table.pack_tokens_bfloat16?(source.floats, stride, nil, count, columns, pairs)
        }
        #expect(packed.isIntact, "\(self) \(count) tokens of \(columns)")
        return packed
    }

    /// As matrixMatrix.
    fileprivate func bfloat16MatrixMatrix(
        _ weights: Weights,
        bias: [Float]?,
        packed: GuardedMemory,
        tokenCount: Int,
        rows: Int,
        columns: Int
    ) -> [Float] {
        let bias = bias.map { GuardedMemory($0) }
        let output = GuardedMemory(floatCount: tokenCount * rows)
        let scratch = GuardedMemory(floatCount: skip_matrix_matrix_scratch(columns), misalignment: 0)
        unsafe table.bfloat16_matrix_matrix?(
            weights.memory.start, bias?.floats, packed.start.assumingMemoryBound(to: UInt32.self), output.floats, rows,
            tokenCount, rows, columns, scratch.floats)
        #expect(output.isIntact && scratch.isIntact, "\(self) \(rows) x \(columns), \(tokenCount) tokens")
        return output.values
    }
}
