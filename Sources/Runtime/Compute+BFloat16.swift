/// Products of many tokens with bfloat16 weights, the tokens rounded to bfloat16 too.
extension Compute {
    // SAFETY, for all that follows: as in Compute.swift.

    /// Whether there are products of bfloat16 weights and activations.
    var multipliesPairs: Bool { unsafe kernels.bfloat16_matrix_matrix != nil }

    /// As `pack`, rounded to pairs of bfloat16, in half the memory. The width is even.
    func packPairs(_ tokens: TokenRows, packed: FloatView) {
        precondition(tokens.width % 2 == 0)
        unsafe kernels.pack_tokens_bfloat16?(
            tokens.pointer, tokens.width, tokens.indices, tokens.count, tokens.width,
            packed.pairs(minimumCount: Self.packedCount(tokenCount: tokens.count, columnCount: tokens.width / 2)))
    }

    /// As `multiply(packed:)`, of bfloat16 weights and the tokens of `packPairs`.
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
}
