import SkipKernels
import SkipModel

/// Products of many tokens with int8 weights.
extension Compute {
    /// The number of tokens in a tile of quantized tokens.
    static let quantizedTokenTile = Int(SKIP_QUANTIZED_TOKEN_TILE)

    /// The size of quantized tokens, in floats.
    static func quantizedCount(tokenCount: Int, columnCount: Int, groupSize: Int, precision: ActivationPrecision) -> Int
    {
        let bytes = skip_quantized_tokens_bytes(tokenCount, columnCount, groupSize, precision.rawValue)
        return (bytes + MemoryLayout<Float>.stride - 1) / MemoryLayout<Float>.stride
    }

    // SAFETY, for everything below: as in Compute.swift.

    /// Rounds tokens for `multiply(quantized:)`.
    func quantize(_ tokens: TokenRows, groupSize: Int, precision: ActivationPrecision, quantized: FloatView) {
        let count = Self.quantizedCount(
            tokenCount: tokens.count, columnCount: tokens.width, groupSize: groupSize, precision: precision)
        unsafe kernels.quantize_tokens(
            tokens.pointer, tokens.width, tokens.indices, tokens.count, tokens.width, groupSize, precision.rawValue,
            quantized.pointer(minimumCount: count))
    }

    /// `output[t * stride + r] = weights[r] · quantized token t + bias[r]` for `rows` and all tokens.
    func multiply(
        _ linear: LinearWeights, rows: Range<Int>, quantized: FloatView, precision: ActivationPrecision,
        tokenCount: Int, output: FloatView, stride: Int
    ) {
        if rows.isEmpty || tokenCount == 0 { return }
        let weight = linear.weight
        let count = Self.quantizedCount(
            tokenCount: tokenCount, columnCount: weight.columnCount, groupSize: weight.storage.groupSize,
            precision: precision)
        unsafe kernels.int8_matrix_matrix(
            weight.pointer(rows: rows), weight.storage.groupSize, linear.bias?[rows].pointer(minimumCount: rows.count),
            precision.rawValue, quantized.pointer(minimumCount: count),
            output[rows.lowerBound...].pointer(minimumCount: (tokenCount - 1) * stride + rows.count), stride,
            tokenCount, rows.count, weight.columnCount)
    }

    /// As `multiply(packed:)`, but with int8 weights, which are unpacked to float32 into `rowScratch` one record at a
    /// time.
    func multiplyUnpacked(
        _ linear: LinearWeights, rows: Range<Int>, packed: FloatView, tokenCount: Int, output: FloatView, stride: Int,
        scratch: FloatView, rowScratch: FloatView
    ) {
        if tokenCount == 0 { return }
        let weight = linear.weight
        let columnCount = weight.columnCount
        for first in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: TensorStorage.int8RecordRowCount) {
            let record = first..<min(first + TensorStorage.int8RecordRowCount, rows.upperBound)
            for row in record {
                widen(weight, row: row, output: rowScratch.row(row - first, width: columnCount))
            }
            unsafe kernels.matrix_matrix(
                Int32(ElementType.float32.rawValue), rowScratch.pointer(minimumCount: record.count * columnCount),
                linear.bias?[record].pointer(minimumCount: record.count),
                packed.pointer(minimumCount: Self.packedCount(tokenCount: tokenCount, columnCount: columnCount)),
                output[first...].pointer(minimumCount: (tokenCount - 1) * stride + record.count), stride,
                tokenCount, record.count, columnCount,
                scratch.pointer(minimumCount: Self.scratchCount(columnCount: columnCount)))
        }
    }
}
