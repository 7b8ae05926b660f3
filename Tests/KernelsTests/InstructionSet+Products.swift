import SkipKernels
import Testing

@testable import SkipRuntime

// Kernels as functions of arrays. They copy arguments to guarded memory and check that nothing is written outside.
//
// SAFETY, for all calls here: every pointer refers to guarded memory that lives until the end of the function and
// holds as many elements as kernels.h requires.
extension InstructionSet {
    /// Computes weights [rows][input.count] times input.
    func matrixVector(_ weights: Weights, bias: [Float]?, input: [Float], rows: Int) -> [Float] {
        let bias = bias.map { GuardedMemory($0) }
        let source = GuardedMemory(input)
        let output = GuardedMemory(floatCount: rows)
        unsafe table.matrix_vector?(
            weights.type.rawValue, weights.memory.start, bias?.floats, source.floats, output.floats, rows, input.count)
        #expect(output.isIntact, "\(self) \(weights.type) \(rows) x \(input.count)")
        return output.values
    }

    /// Computes activation(gate times input) * (up times input).
    func gatedMatrixVector(
        gate: Weights,
        up: Weights,
        biases: (gate: [Float], up: [Float])?,
        activation: Int32,
        input: [Float],
        rows: Int
    ) -> [Float] {
        let gateBias = biases.map { GuardedMemory($0.gate) }
        let upBias = biases.map { GuardedMemory($0.up) }
        let source = GuardedMemory(input)
        let output = GuardedMemory(floatCount: rows)
        unsafe table.gated_matrix_vector?(
            gate.type.rawValue, gate.memory.start, up.memory.start, gateBias?.floats, upBias?.floats, activation,
            source.floats, output.floats, rows, input.count)
        #expect(output.isIntact, "\(self) \(gate.type) \(rows) x \(input.count)")
        return output.values
    }

    /// Packs tokens of `input` [token][stride] to tiles.
    func packTokens(_ input: [Float], stride: Int, tokens: [Int32]?, count: Int, columns: Int) -> GuardedMemory {
        let source = GuardedMemory(input)
        let tile = Int(SKIP_TOKEN_TILE)
        let packed = GuardedMemory(floatCount: (count + tile - 1) / tile * tile * columns, misalignment: 0)
        if let tokens {
            unsafe tokens.withUnsafeBufferPointer { tokens in
                unsafe table.pack_tokens?(source.floats, stride, tokens.baseAddress, count, columns, packed.floats)
            }
        } else {
            unsafe table.pack_tokens?(source.floats, stride, nil, count, columns, packed.floats)
        }
        #expect(packed.isIntact, "\(self) \(count) tokens of \(columns)")
        return packed
    }

    /// Computes weights [rows][columns] times packed tokens: [token][rows + gap]. Checks that the gaps are unchanged.
    func matrixMatrix(
        _ weights: Weights,
        bias: [Float]?,
        packed: GuardedMemory,
        tokenCount: Int,
        rows: Int,
        columns: Int
    ) -> [Float] {
        let bias = bias.map { GuardedMemory($0) }
        let stride = rows + 3
        // The last token has no gap, so that it ends where the memory ends.
        let output = GuardedMemory(floatCount: tokenCount == 0 ? 0 : (tokenCount - 1) * stride + rows)
        let scratch = GuardedMemory(floatCount: skip_matrix_matrix_scratch(columns), misalignment: 0)
        unsafe table.matrix_matrix?(
            weights.type.rawValue, weights.memory.start, bias?.floats, packed.floats, output.floats, stride,
            tokenCount, rows, columns, scratch.floats)
        let shape: Comment = "\(self) \(weights.type) \(rows) x \(columns), \(tokenCount) tokens"
        #expect(output.isIntact && scratch.isIntact, shape)
        let values = output.values
        let gapsAreUntouched = values.indices.allSatisfy { $0 % stride < rows || values[$0].bitPattern == .max }
        #expect(gapsAreUntouched, shape)
        return values.indices.filter { $0 % stride < rows }.map { values[$0] }
    }
}
