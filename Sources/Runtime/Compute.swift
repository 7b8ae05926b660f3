import SkipKernels
import SkipModel

/// Calls the kernels of one instruction set with views, and checks their sizes. Every pointer that a kernel receives is
/// made here. A plain value without references.
@safe
struct Compute: Sendable {
    /// Workers get multiples of this many rows of a matrix. Kernels compute rows in blocks whose size divides it, so a
    /// row's value does not depend on the number of workers.
    static let rowGranularity = 16

    /// The number of tokens in a tile of packed tokens.
    static let tokenTile = Int(SKIP_TOKEN_TILE)

    // SAFETY: a constant table of functions.
    nonisolated(unsafe) let kernels: skip_kernels

    /// - Throws: `unavailableInstructionSet`.
    init(_ instructionSet: InstructionSet) throws(RuntimeError) {
        guard let table = unsafe skip_kernels_for(instructionSet.rawValue) else {
            throw .unavailableInstructionSet(name: instructionSet.name)
        }
        unsafe kernels = table.pointee
    }

    /// The number of floats of `tokenCount` packed tokens of `columnCount` floats.
    static func packedCount(tokenCount: Int, columnCount: Int) -> Int {
        (tokenCount + tokenTile - 1) / tokenTile * tokenTile * columnCount
    }

    /// The number of scratch floats for products with matrices of up to `columnCount` columns.
    static func scratchCount(columnCount: Int) -> Int { skip_matrix_matrix_scratch(columnCount) }

    // SAFETY, for everything below: views check that they contain `minimumCount` elements, matrices that they have the
    // rows, and the counts are those that kernels.h states for each argument.

    /// `output[r] = weights[r] · input + bias[r]` for `rows`. `output` has an element for every row of the matrix.
    func multiply(_ linear: LinearWeights, rows: Range<Int>, input: FloatView, output: FloatView) {
        if rows.isEmpty { return }
        let weight = linear.weight
        if weight.isQuantized {
            return unsafe kernels.int8_matrix_vector(
                weight.pointer(rows: rows), weight.storage.groupSize,
                linear.bias?[rows].pointer(minimumCount: rows.count),
                input.pointer(minimumCount: weight.columnCount), output[rows].pointer(minimumCount: rows.count),
                rows.count, weight.columnCount)
        }
        unsafe kernels.matrix_vector(
            weight.kernelType, weight.pointer(rows: rows), linear.bias?[rows].pointer(minimumCount: rows.count),
            input.pointer(minimumCount: weight.columnCount), output[rows].pointer(minimumCount: rows.count),
            rows.count, weight.columnCount)
    }

    /// `output[r] = activation(gate[r] · input) * (up[r] · input)` for `rows`, each with its bias.
    /// Overwrites `spare` if the two matrices have different element types or packings.
    func multiplyGated(
        gate: LinearWeights, up: LinearWeights, activation: Activation, rows: Range<Int>, input: FloatView,
        output: FloatView, spare: FloatView
    ) {
        if rows.isEmpty { return }
        let columnCount = gate.weight.columnCount
        precondition(up.weight.columnCount == columnCount)
        if gate.weight.storage != up.weight.storage {
            multiply(gate, rows: rows, input: input, output: output)
            multiply(up, rows: rows, input: input, output: spare)
            return activate(output[rows], up: spare[rows], activation: activation)
        }
        if gate.weight.isQuantized {
            return unsafe kernels.int8_gated_matrix_vector(
                gate.weight.pointer(rows: rows), up.weight.pointer(rows: rows), gate.weight.storage.groupSize,
                gate.bias?[rows].pointer(minimumCount: rows.count), up.bias?[rows].pointer(minimumCount: rows.count),
                Int32(activation.rawValue), input.pointer(minimumCount: columnCount),
                output[rows].pointer(minimumCount: rows.count), rows.count, columnCount)
        }
        unsafe kernels.gated_matrix_vector(
            gate.weight.kernelType, gate.weight.pointer(rows: rows), up.weight.pointer(rows: rows),
            gate.bias?[rows].pointer(minimumCount: rows.count), up.bias?[rows].pointer(minimumCount: rows.count),
            Int32(activation.rawValue), input.pointer(minimumCount: columnCount),
            output[rows].pointer(minimumCount: rows.count), rows.count, columnCount)
    }

    /// Packs tokens for `multiply(packed:)` into the tiles `packed`.
    func pack(_ tokens: TokenRows, packed: FloatView) {
        unsafe kernels.pack_tokens(
            tokens.pointer, tokens.width, tokens.indices, tokens.count, tokens.width,
            packed.pointer(minimumCount: Self.packedCount(tokenCount: tokens.count, columnCount: tokens.width)))
    }

    /// `output[t * stride + r] = weights[r] · packed token t + bias[r]` for `rows` and all tokens.
    func multiply(
        _ linear: LinearWeights, rows: Range<Int>, packed: FloatView, tokenCount: Int, output: FloatView, stride: Int,
        scratch: FloatView
    ) {
        if rows.isEmpty || tokenCount == 0 { return }
        let weight = linear.weight
        let columnCount = weight.columnCount
        unsafe kernels.matrix_matrix(
            weight.kernelType, weight.pointer(rows: rows), linear.bias?[rows].pointer(minimumCount: rows.count),
            packed.pointer(minimumCount: Self.packedCount(tokenCount: tokenCount, columnCount: columnCount)),
            output[rows.lowerBound...].pointer(minimumCount: (tokenCount - 1) * stride + rows.count), stride,
            tokenCount, rows.count, columnCount,
            scratch.pointer(minimumCount: Self.scratchCount(columnCount: columnCount)))
    }

    /// Whether the instruction set has products of bfloat16 weights and activations.
    var multipliesPairs: Bool { unsafe kernels.bfloat16_matrix_matrix != nil }

    /// As `pack`, but rounds to pairs of bfloat16, which need half the memory. The width must be even.
    func packPairs(_ tokens: TokenRows, packed: FloatView) {
        precondition(tokens.width % 2 == 0)
        unsafe kernels.pack_tokens_bfloat16?(
            tokens.pointer, tokens.width, tokens.indices, tokens.count, tokens.width,
            packed.pairs(minimumCount: Self.packedCount(tokenCount: tokens.count, columnCount: tokens.width / 2)))
    }

    /// As `multiply(packed:)`, but with bfloat16 weights and the tokens of `packPairs`.
    func multiply(
        _ linear: LinearWeights, rows: Range<Int>, pairs: FloatView, tokenCount: Int, output: FloatView, stride: Int,
        scratch: FloatView
    ) {
        if rows.isEmpty || tokenCount == 0 { return }
        let weight = linear.weight
        let columnCount = weight.columnCount
        precondition(weight.elementType == .bfloat16 && columnCount % 2 == 0)
        unsafe kernels.bfloat16_matrix_matrix?(
            weight.pointer(rows: rows), linear.bias?[rows].pointer(minimumCount: rows.count),
            pairs.pairs(minimumCount: Self.packedCount(tokenCount: tokenCount, columnCount: columnCount / 2)),
            output[rows.lowerBound...].pointer(minimumCount: (tokenCount - 1) * stride + rows.count), stride,
            tokenCount, rows.count, columnCount,
            scratch.pointer(minimumCount: Self.scratchCount(columnCount: columnCount)))
    }

    func normalize(_ input: FloatView, weight: FloatView, epsilon: Float, output: FloatView) {
        unsafe kernels.rms_norm(
            input.pointer(minimumCount: weight.count), weight.pointer(minimumCount: weight.count), epsilon,
            output.pointer(minimumCount: weight.count), weight.count)
    }

    /// Rotates `heads` in place by the angles of one position.
    func rotate(_ heads: FloatView, cosine: FloatView, sine: FloatView, headDimension: Int) {
        let half = headDimension / 2
        unsafe kernels.rotate(
            heads.pointer(minimumCount: heads.count), cosine.pointer(minimumCount: half),
            sine.pointer(minimumCount: half), heads.count / headDimension, headDimension)
    }

    /// `gate[i] = activation(gate[i]) * up[i]`
    func activate(_ gate: FloatView, up: FloatView, activation: Activation) {
        unsafe kernels.gated_activation(
            gate.pointer(minimumCount: gate.count), up.pointer(minimumCount: gate.count), Int32(activation.rawValue),
            gate.count)
    }

    func add(_ addend: FloatView, to target: FloatView) {
        unsafe kernels.add(
            target.pointer(minimumCount: target.count), addend.pointer(minimumCount: target.count), target.count)
    }

    /// Converts row `row` of a matrix to float32.
    func widen(_ matrix: WeightMatrix, row: Int, output: FloatView) {
        if matrix.isQuantized {
            precondition(row < matrix.rowCount)
            return unsafe kernels.int8_row(
                matrix.pointer(rows: 0..<matrix.rowCount), matrix.storage.groupSize, row, matrix.columnCount,
                output.pointer(minimumCount: matrix.columnCount))
        }
        unsafe kernels.widen(
            matrix.kernelType, matrix.pointer(rows: row..<row + 1), output.pointer(minimumCount: matrix.columnCount),
            matrix.columnCount)
    }
}
