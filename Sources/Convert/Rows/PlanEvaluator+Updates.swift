import Model

/// Merging adapters, a block of rows at a time.
extension PlanEvaluator {
    /// Rows of a weight that are multiplied with one call, counted from the weight's first row.
    ///
    /// OpenBLAS may round a row differently when its neighbours are others. With tiles that do not depend on the block
    /// that is asked for, a merged weight has the same bits however it is cut.
    static let tileRowCount = 16

    /// Rows of a plan in float32.
    public mutating func floats(_ rows: Range<Int>, of plan: TensorPlan) throws(InputError) -> [Float] {
        var values = [Float](repeating: 0, count: rows.count * plan.shape.columnCount)
        var failure: InputError?
        // SAFETY: the buffer is used only inside the closure, and holds the rows.
        unsafe values.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            do throws(InputError) { try unsafe floats(rows, of: plan, into: start) } catch { failure = error }
        }
        if let failure { throw failure }
        return values
    }

    /// Fills `values` with rows of a plan in float32.
    mutating func floats(_ rows: Range<Int>, of plan: TensorPlan, into values: UnsafeMutablePointer<Float>)
        throws(InputError)
    {
        let columnCount = plan.shape.columnCount
        switch plan {
        case .stored, .converted:
            let bytes = unsafe UnsafeMutableRawBufferPointer(
                start: values, count: rows.count * columnCount * MemoryLayout<Float>.stride)
            let isFloat = plan.elementType == .float32
            try unsafe self.rows(rows, of: isFloat ? plan : .converted(plan, to: .float32), into: bytes)
        case .adapted(let input, let update):
            try unsafe floats(rows, of: input, into: values)
            try unsafe add(update, to: values, rows: rows, rowCount: plan.shape.rowCount, columnCount: columnCount)
            try unsafe checkFinite(values, rows: rows, of: plan, update.loraB)
        case .shifted(let input, let addend, let scale):
            try unsafe floats(rows, of: input, into: values)
            let count = rows.count * columnCount
            // SAFETY: the region holds `count` floats.
            let region = unsafe factorRows.floats(count)
            try unsafe floats(rows, of: .stored(addend), into: region)
            for index in 0..<count { unsafe values[index] += scale * region[index] }
            try unsafe checkFinite(values, rows: rows, of: plan, addend)
        case .unpacked(let tensor, let groupSize):
            try unsafe unpack(rows, of: tensor, groupSize: groupSize, into: values)
        case .quantized(let input, _):
            // Passes quantize last.
            try unsafe floats(rows, of: input, into: values)
        }
    }

    /// Adds the product of an update's factors to rows of a weight, tile by tile, and gives the rows their lengths.
    private mutating func add(
        _ update: LowRankUpdate, to values: UnsafeMutablePointer<Float>, rows: Range<Int>, rowCount: Int,
        columnCount: Int
    ) throws(InputError) {
        let firstTile = rows.lowerBound / Self.tileRowCount * Self.tileRowCount
        let end = min((rows.upperBound + Self.tileRowCount - 1) / Self.tileRowCount * Self.tileRowCount, rowCount)
        let factors = try factors(of: update, rows: firstTile..<end)
        for tileStart in stride(from: firstTile, to: end, by: Self.tileRowCount) {
            let tile = tileStart..<min(tileStart + Self.tileRowCount, rowCount)
            if tile.lowerBound >= rows.lowerBound, tile.upperBound <= rows.upperBound {
                let target = unsafe values + (tile.lowerBound - rows.lowerBound) * columnCount
                unsafe factors.addProduct(to: target, tile: tile, columnCount: columnCount)
                continue
            }
            // Only some rows of the tile are asked for: it is computed aside, with zeros in the others' places.
            let wanted = tile.clamped(to: rows)
            let count = tile.count * columnCount
            // SAFETY: the region holds the tile; `wanted` lies in it and in the block.
            let region = unsafe tileRows.floats(count)
            unsafe region.update(repeating: 0, count: count)
            let inTile = unsafe region + (wanted.lowerBound - tile.lowerBound) * columnCount
            let inBlock = unsafe values + (wanted.lowerBound - rows.lowerBound) * columnCount
            unsafe inTile.update(from: inBlock, count: wanted.count * columnCount)
            unsafe factors.addProduct(to: region, tile: tile, columnCount: columnCount)
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

    /// The factors that the rows of a weight need. They are valid until the next update.
    private mutating func factors(of update: LowRankUpdate, rows: Range<Int>) throws(InputError) -> Factors {
        switch update.form {
        case .linear:
            let rank = update.loraB.shape.columnCount
            // SAFETY: the region holds the rows of B.
            let left = unsafe factorRows.floats(rows.count * rank)
            try unsafe floats(rows, of: .stored(update.loraB), into: left)
            return unsafe Factors(
                update: update, left: left, firstRow: rows.lowerBound, right: try values(of: update.loraA))
        case .embedding:
            return unsafe Factors(
                update: update, left: nil, firstRow: 0, leftValues: try values(of: update.loraA),
                right: try values(of: update.loraB))
        }
    }

    /// A whole tensor in float32, shared with the other threads.
    private func values(of tensor: SourceTensor) throws(InputError) -> [Float] {
        try factorCache.values(of: tensor) { () throws(InputError) in
            var evaluator = PlanEvaluator(files: files, factors: factorCache)
            return try evaluator.floats(0..<tensor.shape.rowCount, of: .stored(tensor))
        }
    }

    private func checkFinite(
        _ values: UnsafeMutablePointer<Float>, rows: Range<Int>, of plan: TensorPlan, _ cause: SourceTensor
    ) throws(InputError) {
        let count = rows.count * plan.shape.columnCount
        // SAFETY: the block holds `count` floats.
        let bytes = unsafe UnsafeMutableRawBufferPointer(start: values, count: count * MemoryLayout<Float>.stride)
        let bad = unsafe firstNonfinite(bytes, .float32, count)
        guard bad < count, let tensor = plan.sources.first else { return }
        throw element(
            .mergedNotFinite, tensor, index: rows.lowerBound * plan.shape.columnCount + bad,
            found: unsafe "\(values[bad]) with \"\(cause.name)\" merged,", required: "finite numbers")
    }
}

/// The factors of one update, as far as a block of rows needs them.
@safe private struct Factors {
    let update: LowRankUpdate
    /// Rows of `lora_B` from `firstRow` on; nil for embeddings.
    let left: UnsafeMutablePointer<Float>?
    let firstRow: Int
    /// `lora_embedding_A`, whole.
    var leftValues: [Float] = []
    /// `lora_A` or `lora_embedding_B`, whole.
    let right: [Float]

    /// target += scale · left[tile] · right.
    func addProduct(to target: UnsafeMutablePointer<Float>, tile: Range<Int>, columnCount: Int) {
        let rank = update.loraA.shape.rowCount
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
