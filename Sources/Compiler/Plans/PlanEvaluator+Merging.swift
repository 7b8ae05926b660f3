import SkipFiles
import SkipModel

// Merging adapters, a block of rows at a time.
extension PlanEvaluator {
    /// The number of rows of a weight that are multiplied with one call, counted from the weight's first row.
    ///
    /// OpenBLAS may round a row differently if the rows around it differ. The tiles do not depend on the requested
    /// block, so that a merged weight has the same bits for any division into blocks.
    static let tileRowCount = 16

    /// Adds the product of an update's factors to rows of a weight, tile by tile, and scales the rows to their
    /// magnitudes.
    mutating func add(
        _ update: LowRankUpdate, to values: UnsafeMutablePointer<Float>, rows: Range<Int>, rowCount: Int,
        columnCount: Int
    ) throws(InputError) {
        let firstTile = rows.lowerBound / Self.tileRowCount * Self.tileRowCount
        let end = min((rows.upperBound + Self.tileRowCount - 1) / Self.tileRowCount * Self.tileRowCount, rowCount)
        // SAFETY: the region has room for the rows of B, which `factors` fills.
        let leftRows = unsafe scratch.pushFloats((end - firstTile) * update.rank)
        let tileRows = unsafe scratch.pushFloats(Self.tileRowCount * columnCount)
        defer {
            scratch.pop()
            scratch.pop()
        }
        let factors = try unsafe factors(of: update, rows: firstTile..<end, left: leftRows)
        for tileStart in stride(from: firstTile, to: end, by: Self.tileRowCount) {
            let tile = tileStart..<min(tileStart + Self.tileRowCount, rowCount)
            if tile.lowerBound >= rows.lowerBound, tile.upperBound <= rows.upperBound {
                let target = unsafe values + (tile.lowerBound - rows.lowerBound) * columnCount
                unsafe factors.addProduct(to: target, tile: tile, columnCount: columnCount)
                continue
            }
            // Only some rows of the tile are requested. The tile is computed in a separate buffer, with zeros in the
            // other rows.
            let wanted = tile.clamped(to: rows)
            let count = tile.count * columnCount
            // SAFETY: the region has room for the tile. `wanted` is inside the tile and inside the block.
            unsafe tileRows.update(repeating: 0, count: count)
            let inTile = unsafe tileRows + (wanted.lowerBound - tile.lowerBound) * columnCount
            let inBlock = unsafe values + (wanted.lowerBound - rows.lowerBound) * columnCount
            unsafe inTile.update(from: inBlock, count: wanted.count * columnCount)
            unsafe factors.addProduct(to: tileRows, tile: tile, columnCount: columnCount)
            unsafe inBlock.update(from: inTile, count: wanted.count * columnCount)
        }
        if let magnitude = update.magnitude {
            let lengths = try self.values(of: magnitude)
            for row in rows {
                let start = unsafe values + (row - rows.lowerBound) * columnCount
                let length = unsafe DenseProduct.length(start, count: columnCount)
                unsafe DenseProduct.scale(start, by: lengths[row] / length, count: columnCount)
            }
        }
    }

    /// Returns the factors for rows of a weight. They are valid until the next update.
    private mutating func factors(
        of update: LowRankUpdate, rows: Range<Int>, left: UnsafeMutablePointer<Float>
    ) throws(InputError) -> Factors {
        switch update.form {
        case .linear:
            try unsafe widen(update.loraB, rows: rows, into: left)
            return unsafe Factors(
                update: update, left: left, firstRow: rows.lowerBound, right: try values(of: update.loraA))
        case .embedding:
            return unsafe Factors(
                update: update, left: nil, firstRow: 0, leftValues: try values(of: update.loraA),
                right: try values(of: update.loraB))
        }
    }

    /// Returns a whole tensor in float32, from the cache that all threads share.
    private func values(of tensor: SourceTensor) throws(InputError) -> [Float] {
        try sources.factors.values(of: tensor) { () throws(InputError) in
            var evaluator = PlanEvaluator(sources)
            return try evaluator.floats(0..<tensor.shape.rowCount, of: .stored(tensor))
        }
    }
}

/// The factors of one update for a block of rows.
@safe private struct Factors {
    let update: LowRankUpdate
    /// Rows of `lora_B` from `firstRow` on; nil for embeddings.
    let left: UnsafeMutablePointer<Float>?
    let firstRow: Int
    /// The whole `lora_embedding_A`.
    var leftValues: [Float] = []
    /// The whole `lora_A` or `lora_embedding_B`.
    let right: [Float]

    /// target += scale · left[tile] · right.
    func addProduct(to target: UnsafeMutablePointer<Float>, tile: Range<Int>, columnCount: Int) {
        let rank = update.rank
        unsafe right.withUnsafeBufferPointer { right in
            guard let right = right.baseAddress else { return }
            if let left = unsafe left {
                unsafe DenseProduct.add(
                    update.scale,
                    .init(values: left + (tile.lowerBound - firstRow) * rank, stride: rank, isTransposed: false),
                    .init(values: right, stride: columnCount, isTransposed: false), to: target, rows: tile.count,
                    inner: rank, columns: columnCount)
            } else {
                unsafe leftValues.withUnsafeBufferPointer { left in
                    guard let left = left.baseAddress else { return }
                    unsafe DenseProduct.add(
                        update.scale,
                        .init(
                            values: left + tile.lowerBound, stride: update.loraA.shape.columnCount, isTransposed: true),
                        .init(values: right, stride: rank, isTransposed: true), to: target, rows: tile.count,
                        inner: rank, columns: columnCount)
                }
            }
        }
    }
}
