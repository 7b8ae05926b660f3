import SkipKernels
import Testing

@testable import SkipRuntime

/// A matrix of int8 weights in records, quantized by the scalar definition, with the smallest alignment of kernels.h.
struct Int8Matrix {
    let rows: Int
    let columns: Int
    let groupSize: Int
    let records: GuardedMemory

    init(_ floats: [Float], rows: Int, columns: Int, groupSize: Int) {
        precondition(floats.count == rows * columns)
        self.rows = rows
        self.columns = columns
        self.groupSize = groupSize
        var bytes: [UInt8] = []
        for row in stride(from: 0, to: rows, by: 16) {
            let count = min(16, rows - row)
            let block = Array(floats[row * columns..<(row + count) * columns])
            bytes += InstructionSet.scalar.quantizeBlock(block, rows: count, columns: columns, groupSize: groupSize)
        }
        records = GuardedMemory(bytes, misalignment: 2)
    }

    var groupCount: Int { skip_int8_group_count(columns, groupSize) }
    var recordBytes: Int { skip_int8_record_bytes(columns, groupSize) }

    /// All weights, dequantized by the scalar definition.
    var floats: [Float] { (0..<rows).flatMap { InstructionSet.scalar.int8Row(self, $0) } }
}

// The int8 kernels as functions of arrays; see InstructionSet+Products.swift.
//
// SAFETY, for all calls here: as in that file.
extension InstructionSet {
    /// Quantizes up to 16 rows to a record.
    func quantizeBlock(_ values: [Float], rows: Int, columns: Int, groupSize: Int) -> [UInt8] {
        let source = GuardedMemory(values)
        let record = GuardedMemory(byteCount: skip_int8_record_bytes(columns, groupSize), misalignment: 2)
        unsafe table.int8_quantize_block?(source.floats, rows, columns, groupSize, record.start)
        #expect(record.isIntact, "\(self) \(rows) x \(columns) by \(groupSize)")
        return record.bytes
    }

    func int8Row(_ matrix: Int8Matrix, _ row: Int) -> [Float] {
        let output = GuardedMemory(floatCount: matrix.columns)
        unsafe table.int8_row?(matrix.records.start, matrix.groupSize, row, matrix.columns, output.floats)
        #expect(output.isIntact, "\(self) \(matrix.columns) by \(matrix.groupSize)")
        return output.values
    }

    func unpackRow(_ matrix: Int8Matrix, _ row: Int) -> (values: [Int8], scales: [Float]) {
        let values = GuardedMemory(byteCount: matrix.columns, misalignment: 1)
        let scales = GuardedMemory(floatCount: matrix.groupCount)
        unsafe table.int8_unpack_row?(
            matrix.records.start, matrix.groupSize, row, matrix.columns,
            values.start.assumingMemoryBound(to: Int8.self), scales.floats)
        #expect(values.isIntact && scales.isIntact, "\(self) \(matrix.columns) by \(matrix.groupSize)")
        return (values.bytes.map { Int8(bitPattern: $0) }, scales.values)
    }

    func int8MatrixVector(_ matrix: Int8Matrix, bias: [Float]?, input: [Float]) -> [Float] {
        let bias = bias.map { GuardedMemory($0) }
        let source = GuardedMemory(input)
        let output = GuardedMemory(floatCount: matrix.rows)
        unsafe table.int8_matrix_vector?(
            matrix.records.start, matrix.groupSize, bias?.floats, source.floats, output.floats, matrix.rows,
            matrix.columns)
        #expect(output.isIntact, "\(self) \(matrix.rows) x \(matrix.columns) by \(matrix.groupSize)")
        return output.values
    }

    func int8GatedMatrixVector(
        gate: Int8Matrix,
        up: Int8Matrix,
        biases: (gate: [Float], up: [Float])?,
        activation: Int32,
        input: [Float]
    ) -> [Float] {
        let gateBias = biases.map { GuardedMemory($0.gate) }
        let upBias = biases.map { GuardedMemory($0.up) }
        let source = GuardedMemory(input)
        let output = GuardedMemory(floatCount: gate.rows)
        unsafe table.int8_gated_matrix_vector?(
            gate.records.start, up.records.start, gate.groupSize, gateBias?.floats, upBias?.floats, activation,
            source.floats, output.floats, gate.rows, gate.columns)
        #expect(output.isIntact, "\(self) \(gate.rows) x \(gate.columns) by \(gate.groupSize)")
        return output.values
    }

    /// Quantizes tokens of `input` [token][stride].
    func quantizeTokens(
        _ input: [Float],
        stride: Int,
        tokens: [Int32]? = nil,
        count: Int,
        columns: Int,
        groupSize: Int,
        bits: Int32
    ) -> GuardedMemory {
        let source = GuardedMemory(input)
        let size = skip_quantized_tokens_bytes(count, columns, groupSize, bits)
        let quantized = GuardedMemory(byteCount: size, misalignment: 0)
        if let tokens {
            unsafe tokens.withUnsafeBufferPointer { tokens in
                unsafe table.quantize_tokens?(
                    source.floats, stride, tokens.baseAddress, count, columns, groupSize, bits, quantized.start)
            }
        } else {
            unsafe table.quantize_tokens?(
                source.floats, stride, nil, count, columns, groupSize, bits, quantized.start)
        }
        #expect(quantized.isIntact, "\(self) \(count) tokens of \(columns) by \(groupSize), \(bits) bits")
        return quantized
    }

    /// Computes [token][rows + gap], checks that the gaps are unchanged, and returns the outputs without gaps.
    func int8MatrixMatrix(
        _ matrix: Int8Matrix,
        bias: [Float]?,
        quantized: GuardedMemory,
        tokenCount: Int,
        bits: Int32
    ) -> [Float] {
        let bias = bias.map { GuardedMemory($0) }
        let stride = matrix.rows + 3
        // The last token has no gap, so that it ends where the memory ends.
        let output = GuardedMemory(floatCount: tokenCount == 0 ? 0 : (tokenCount - 1) * stride + matrix.rows)
        unsafe table.int8_matrix_matrix?(
            matrix.records.start, matrix.groupSize, bias?.floats, bits, quantized.start, output.floats, stride,
            tokenCount, matrix.rows, matrix.columns)
        let shape: Comment = "\(self) \(matrix.rows) x \(matrix.columns) by \(matrix.groupSize), \(tokenCount) tokens"
        #expect(output.isIntact, shape)
        let values = output.values
        let gapsAreUntouched = values.indices.allSatisfy {
            $0 % stride < matrix.rows || values[$0].bitPattern == .max
        }
        #expect(gapsAreUntouched, shape)
        return values.indices.filter { $0 % stride < matrix.rows }.map { values[$0] }
    }

    func figures(_ values: [Float], rows: Int, columns: Int, groupSize: Int, record: [UInt8]) -> [Double] {
        let source = GuardedMemory(values)
        let record = GuardedMemory(record, misalignment: 2)
        var figures: [Double] = [-1, -1, -1]
        unsafe figures.withUnsafeMutableBufferPointer { figures in
            unsafe table.int8_figures?(
                source.floats, rows, columns, groupSize, record.start, figures.baseAddress)
        }
        return figures
    }
}

extension GuardedMemory {
    convenience init(_ bytes: [UInt8], misalignment: Int) {
        self.init(byteCount: bytes.count, misalignment: misalignment)
        // SAFETY: the memory holds that many bytes and does not overlap an array.
        unsafe bytes.withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(start: start, count: byteCount).copyMemory(from: source)
        }
    }

    /// The content as bytes.
    var bytes: [UInt8] {
        // SAFETY: `byteCount` bytes from `start` on are initialized.
        unsafe Array(UnsafeRawBufferPointer(start: start, count: byteCount))
    }
}
