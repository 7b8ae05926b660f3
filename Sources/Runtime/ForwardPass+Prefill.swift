import Model

/// A chunk of tokens: the tokens that execute a module are gathered, go through one product per weight, and their
/// results are scattered back.
extension ForwardPass {
    func prefill(_ worker: Worker) {
        for index in 0..<layers.count {
            routeChunk(index, worker)
            projectChunk(index, worker)
            attendChunk(index, worker)
            applyMLPToChunk(index, worker)
        }
        if outputs == .lastLogits { computeLogits(of: tokenCount - 1, worker) }
    }

    /// Logits of a tile of tokens into `tileLogits`.
    func computeTileLogits(_ worker: Worker) {
        for token in worker.share(of: tile.count) {
            compute.normalize(
                buffers.stream.row(tile.lowerBound + token, width: sizes.hiddenSize), weight: finalNorm,
                epsilon: sizes.rmsNormEpsilon, output: buffers.normalized.row(token, width: sizes.hiddenSize))
        }
        worker.barrier()
        pack(buffers.normalized, width: sizes.hiddenSize, tokenCount: tile.count, into: buffers.packed, worker)
        worker.barrier()
        let rows = worker.rows(of: sizes.vocabularySize)
        compute.multiply(
            LinearWeights(weight: outputHead), rows: rows, packed: buffers.packed, tokenCount: tile.count,
            output: buffers.tileLogits, stride: sizes.vocabularySize, scratch: scratch(of: worker))
        for token in 0..<tile.count { cap(buffers.tileLogits.row(token, width: sizes.vocabularySize)[rows]) }
    }

    /// K and V of all tokens go into the cache; Q of those that execute attention into `query`. K and Q are rotated.
    private func projectChunk(_ index: Int, _ worker: Worker) {
        let layer = layers[index]
        let tokens = executing(.attention)
        packAll(buffers.normalized, width: sizes.hiddenSize, worker)
        let packedQueries = packSubset(buffers.normalized, tokens, worker)
        worker.barrier()
        let positions = startPosition..<startPosition + tokenCount
        let keys = cache.keys(layer: index, positions: positions)
        let values = cache.values(layer: index, positions: positions)
        let scratch = scratch(of: worker)
        product(layer.key, buffers.packed, tokenCount, output: keys, scratch, worker)
        product(layer.value, buffers.packed, tokenCount, output: values, scratch, worker)
        product(layer.query, packedQueries, tokens.count, output: buffers.query, scratch, worker)
        worker.barrier()
        for token in worker.share(of: tokenCount) {
            rotate(keys.row(token, width: cache.width), token: token)
        }
        for place in worker.share(of: tokens.count) {
            rotate(buffers.query.row(place, width: sizes.queryWidth), token: Int(tokens[place]))
        }
        worker.barrier()
    }

    private func attendChunk(_ index: Int, _ worker: Worker) {
        let tokens = executing(.attention)
        if tokens.count == 0 { return }
        let width = sizes.queryWidth
        // Late tokens look back further: dealing them out in turn gives every worker the same work. The heads that
        // share keys follow each other while those are in the cache.
        for head in 0..<sizes.attentionHeadCount {
            for place in stride(from: worker.index, to: tokens.count, by: worker.pool.threadCount) {
                attend(
                    head, layer: index, position: startPosition + Int(tokens[place]),
                    query: buffers.query.row(place, width: width), output: buffers.attended.row(place, width: width),
                    scores: scores(of: worker))
            }
        }
        worker.barrier()
        addToStream(layers[index].attentionOutput, input: buffers.attended, width: width, tokens, worker)
    }

    private func applyMLPToChunk(_ index: Int, _ worker: Worker) {
        let tokens = executing(.mlp)
        if tokens.count == 0 { return }
        let layer = layers[index]
        for place in worker.share(of: tokens.count) {
            let token = Int(tokens[place])
            compute.normalize(
                buffers.stream.row(token, width: sizes.hiddenSize), weight: layer.mlpInputNorm,
                epsilon: sizes.rmsNormEpsilon, output: buffers.normalized.row(token, width: sizes.hiddenSize))
        }
        worker.barrier()
        pack(buffers.normalized, width: sizes.hiddenSize, tokens, into: buffers.packed, worker)
        worker.barrier()
        let scratch = scratch(of: worker)
        product(layer.gate, buffers.packed, tokens.count, output: buffers.gate, scratch, worker)
        product(layer.up, buffers.packed, tokens.count, output: buffers.up, scratch, worker)
        let rows = worker.rows(of: sizes.intermediateSize)
        for place in 0..<tokens.count {
            compute.activate(
                buffers.gate.row(place, width: sizes.intermediateSize)[rows],
                up: buffers.up.row(place, width: sizes.intermediateSize)[rows], activation: sizes.activation)
        }
        worker.barrier()
        addToStream(layer.down, input: buffers.gate, width: sizes.intermediateSize, tokens, worker)
    }

    /// stream[tokens[i]] += linear(input[i]). Ends with a barrier.
    private func addToStream(
        _ linear: LinearWeights, input: FloatView, width: Int, _ tokens: IndexView, _ worker: Worker
    ) {
        pack(input, width: width, tokenCount: tokens.count, into: buffers.packed, worker)
        worker.barrier()
        product(linear, buffers.packed, tokens.count, output: buffers.branch, scratch(of: worker), worker)
        worker.barrier()
        for place in worker.share(of: tokens.count) {
            compute.add(
                buffers.branch.row(place, width: sizes.hiddenSize),
                to: buffers.stream.row(Int(tokens[place]), width: sizes.hiddenSize))
        }
        worker.barrier()
    }

    /// This worker's rows of linear(packed), for all packed tokens.
    private func product(
        _ linear: LinearWeights, _ packed: FloatView, _ count: Int, output: FloatView, _ scratch: FloatView,
        _ worker: Worker
    ) {
        compute.multiply(
            linear, rows: worker.rows(of: linear.weight.rowCount), packed: packed, tokenCount: count, output: output,
            stride: linear.weight.rowCount, scratch: scratch)
    }

    private func rotate(_ heads: FloatView, token: Int) {
        let half = sizes.headDimension / 2
        compute.rotate(
            heads, cosine: buffers.cosine.row(token, width: half), sine: buffers.sine.row(token, width: half),
            headDimension: sizes.headDimension)
    }

    /// Packs all tokens of the chunk into `packed`, each worker its tiles.
    func packAll(_ input: FloatView, width: Int, _ worker: Worker) {
        pack(input, width: width, tokenCount: tokenCount, into: buffers.packed, worker)
    }

    /// Packs some tokens of the chunk; returns `packed` itself if these are all.
    private func packSubset(_ input: FloatView, _ tokens: IndexView, _ worker: Worker) -> FloatView {
        if tokens.count == tokenCount { return buffers.packed }
        pack(input, width: sizes.hiddenSize, tokens, into: buffers.packedSubset, worker)
        return buffers.packedSubset
    }

    private func pack(
        _ input: FloatView, width: Int, _ tokens: IndexView, into packed: FloatView, _ worker: Worker
    ) {
        let mine = worker.tiles(of: tokens.count)
        if mine.isEmpty { return }
        compute.pack(input, width: width, tokens: tokens[mine], packed: packed[(mine.lowerBound * width)...])
    }

    private func pack(_ input: FloatView, width: Int, tokenCount: Int, into packed: FloatView, _ worker: Worker) {
        let mine = worker.tiles(of: tokenCount)
        if mine.isEmpty { return }
        compute.pack(
            input[mine.lowerBound * width..<mine.upperBound * width], width: width, tokenCount: mine.count,
            packed: packed[(mine.lowerBound * width)...])
    }
}

extension Worker {
    /// The tokens that this worker packs: whole tiles.
    fileprivate func tiles(of tokenCount: Int) -> Range<Int> {
        pool.share(of: tokenCount, granularity: Compute.tokenTile, worker: index)
    }
}
