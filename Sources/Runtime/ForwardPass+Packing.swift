extension ForwardPass {
    /// Returns the forms for products with one to three matrices.
    func forms(_ first: WeightMatrix, _ second: WeightMatrix? = nil, _ third: WeightMatrix? = nil) -> PackedForms {
        var forms = PackedForms()
        forms.add(first, activationPrecision, multipliesPairs: compute.multipliesPairs)
        if let second { forms.add(second, activationPrecision, multipliesPairs: compute.multipliesPairs) }
        if let third { forms.add(third, activationPrecision, multipliesPairs: compute.multipliesPairs) }
        return forms
    }

    /// Packs this worker's tiles of the tokens. Uses the buffers for a subset of the chunk if `isSubset`.
    func pack(_ tokens: TokenRows, _ forms: PackedForms, isSubset: Bool = false, _ worker: Worker) -> PackedTokens {
        let packed = PackedTokens(
            floats: isSubset ? buffers.packedSubset : buffers.packed, arePairs: forms.hasPairs,
            integers: isSubset ? buffers.quantizedSubset : buffers.quantized, groupSize: forms.groupSize)
        let width = tokens.width
        let tiles = worker.tiles(of: tokens.count, granularity: Compute.tokenTile)
        if !tiles.isEmpty {
            if forms.hasFloats { compute.pack(tokens[tiles], packed: packed.floats[(tiles.lowerBound * width)...]) }
            if forms.hasPairs {
                compute.packPairs(tokens[tiles], packed: packed.floats[(tiles.lowerBound * width / 2)...])
            }
        }
        if let groupSize = forms.groupSize {
            let mine = worker.tiles(of: tokens.count, granularity: Compute.quantizedTokenTile)
            if !mine.isEmpty {
                compute.quantize(
                    tokens[mine], groupSize: groupSize, precision: activationPrecision,
                    quantized: packed.integers[quantizedStart(of: mine, width: width, groupSize: groupSize)...])
            }
        }
        return packed
    }

    /// Index of the first float of a worker's quantized tokens.
    private func quantizedStart(of tokens: Range<Int>, width: Int, groupSize: Int) -> Int {
        Compute.quantizedCount(
            tokenCount: tokens.lowerBound, columnCount: width, groupSize: groupSize, precision: activationPrecision)
    }

    /// Computes this worker's rows of linear(packed) for all packed tokens.
    func product(
        _ linear: LinearWeights, _ packed: PackedTokens, _ count: Int, output: FloatView, _ worker: Worker
    ) {
        product(
            linear, rows: worker.rows(of: linear.weight.rowCount), packed, count, output: output,
            stride: linear.weight.rowCount, worker)
    }

    /// As `product(_:_:_:output:_:)`, but for given rows and a given distance between the outputs of two tokens.
    func product(
        _ linear: LinearWeights, rows: Range<Int>, _ packed: PackedTokens, _ count: Int, output: FloatView, stride: Int,
        _ worker: Worker
    ) {
        let weight = linear.weight
        if !weight.isQuantized, packed.arePairs {
            compute.multiply(
                linear, rows: rows, pairs: packed.floats, tokenCount: count, output: output, stride: stride,
                scratch: scratch(of: worker))
        } else if !weight.isQuantized {
            compute.multiply(
                linear, rows: rows, packed: packed.floats, tokenCount: count, output: output, stride: stride,
                scratch: scratch(of: worker))
        } else if packed.groupSize == weight.storage.groupSize {
            compute.multiply(
                linear, rows: rows, quantized: packed.integers, precision: activationPrecision, tokenCount: count,
                output: output, stride: stride)
        } else {
            compute.multiplyUnpacked(
                linear, rows: rows, packed: packed.floats, tokenCount: count, output: output, stride: stride,
                scratch: scratch(of: worker), rowScratch: rowScratch(of: worker))
        }
    }
}

extension Worker {
    /// The tokens that this worker packs: whole tiles.
    fileprivate func tiles(of tokenCount: Int, granularity: Int) -> Range<Int> {
        pool.share(of: tokenCount, granularity: granularity, worker: index)
    }
}
