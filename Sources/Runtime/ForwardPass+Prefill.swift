/// Computes a chunk of tokens. Gathers the tokens that execute a module, computes one product per weight, and scatters
/// the results.
extension ForwardPass {
    func prefill(_ worker: Worker) {
        for index in 0..<layers.count {
            routeChunk(index, worker)
            let decision = Decision(attention: executing(.attention).count > 0, mlp: executing(.mlp).count > 0)
            readAhead(index, decision, worker)
            projectChunk(index, worker)
            attendChunk(index, worker)
            applyMLPToChunk(index, worker)
        }
        if outputs == .lastLogits { computeLogits(of: tokenCount - 1, worker) }
    }

    /// Computes the logits of a tile of tokens into `tileLogits`.
    func computeTileLogits(_ worker: Worker) {
        for token in worker.share(of: tile.count) {
            compute.normalize(
                buffers.stream.row(tile.lowerBound + token, width: sizes.hiddenSize), weight: finalNorm,
                epsilon: sizes.rmsNormEpsilon, output: buffers.normalized.row(token, width: sizes.hiddenSize))
        }
        worker.barrier()
        let packed = pack(
            TokenRows(buffers.normalized, width: sizes.hiddenSize, count: tile.count), forms(outputHead), worker)
        worker.barrier()
        let rows = worker.rows(of: sizes.vocabularySize)
        product(
            LinearWeights(weight: outputHead), rows: rows, packed, tile.count, output: buffers.tileLogits,
            stride: sizes.vocabularySize, worker)
        for token in 0..<tile.count { cap(buffers.tileLogits.row(token, width: sizes.vocabularySize)[rows]) }
    }

    /// Computes K and V of all tokens into the cache, and Q of those that execute attention into `query`. Rotates K and
    /// Q.
    private func projectChunk(_ index: Int, _ worker: Worker) {
        let layer = layers[index]
        let tokens = executing(.attention)
        let width = sizes.hiddenSize
        let executesAll = tokens.count == tokenCount
        let packed = pack(
            TokenRows(buffers.normalized, width: width, count: tokenCount),
            forms(layer.key.weight, layer.value.weight, executesAll ? layer.query.weight : nil), worker)
        let packedQueries =
            executesAll
            ? packed
            : pack(
                TokenRows(buffers.normalized, width: width, chosen: tokens), forms(layer.query.weight), isSubset: true,
                worker)
        worker.barrier()
        let positions = startPosition..<startPosition + tokenCount
        let keys = cache.keys(layer: index, positions: positions)
        let values = cache.values(layer: index, positions: positions)
        product(layer.key, packed, tokenCount, output: keys, worker)
        product(layer.value, packed, tokenCount, output: values, worker)
        product(layer.query, packedQueries, tokens.count, output: buffers.query, worker)
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
        // Later tokens see more positions, so workers take groups of tokens in turn to get equal work. Heads that share
        // keys follow each other, because these keys are then still in the processor's cache.
        let groupLength = Compute.queriesTogether
        for head in 0..<sizes.attentionHeadCount {
            let column = head * sizes.headDimension
            for first in stride(
                from: worker.index * groupLength, to: tokens.count, by: worker.pool.threadCount * groupLength)
            {
                let group = tokens[first..<min(first + groupLength, tokens.count)]
                attend(
                    keyValueHead: head / sizes.queryHeadsPerKeyValueHead, layer: index,
                    queries: buffers.query[(first * width + column)...],
                    output: buffers.attended[(first * width + column)...], queryStride: width, queryCount: group.count,
                    position: startPosition, tokens: group, scores: scores(of: worker))
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
        let packed = pack(
            TokenRows(buffers.normalized, width: sizes.hiddenSize, chosen: tokens),
            forms(layer.gate.weight, layer.up.weight), worker)
        worker.barrier()
        product(layer.gate, packed, tokens.count, output: buffers.gate, worker)
        product(layer.up, packed, tokens.count, output: buffers.up, worker)
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
        let packed = pack(TokenRows(input, width: width, count: tokens.count), forms(linear.weight), worker)
        worker.barrier()
        product(linear, packed, tokens.count, output: buffers.branch, worker)
        worker.barrier()
        for place in worker.share(of: tokens.count) {
            compute.add(
                buffers.branch.row(place, width: sizes.hiddenSize),
                to: buffers.stream.row(Int(tokens[place]), width: sizes.hiddenSize))
        }
        worker.barrier()
    }

    private func rotate(_ heads: FloatView, token: Int) {
        let half = sizes.headDimension / 2
        compute.rotate(
            heads, cosine: buffers.cosine.row(token, width: half), sine: buffers.sine.row(token, width: half),
            headDimension: sizes.headDimension)
    }
}
