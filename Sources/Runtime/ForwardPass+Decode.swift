/// Computes one token. Every product is a matrix-vector product, and both decisions of a layer are made before its
/// weights are read.
extension ForwardPass {
    func decode(_ worker: Worker) {
        for index in 0..<layers.count {
            let decision = route(index, worker)
            readAhead(index, decision, worker)
            projectToken(index, decision, worker)
            if decision.attention { attendToken(index, worker) }
            if decision.mlp { applyMLPToToken(index, worker) }
        }
        if outputs != .none { computeLogits(of: 0, worker) }
    }

    /// Computes the logits of one token of the stream.
    func computeLogits(of token: Int, _ worker: Worker) {
        let normalized = normalized(of: worker)
        compute.normalize(
            buffers.stream.row(token, width: sizes.hiddenSize), weight: finalNorm, epsilon: sizes.rmsNormEpsilon,
            output: normalized)
        let rows = worker.rows(of: sizes.vocabularySize)
        compute.multiply(LinearWeights(weight: outputHead), rows: rows, input: normalized, output: buffers.logits)
        cap(buffers.logits[rows])
    }

    private var stream: FloatView { buffers.stream.row(0, width: sizes.hiddenSize) }

    /// Computes K and V into the cache, and Q if attention executes. Rotates K and Q.
    private func projectToken(_ index: Int, _ decision: Decision, _ worker: Worker) {
        let layer = layers[index]
        let normalized = normalized(of: worker)
        compute.normalize(
            stream, weight: layer.attentionInputNorm, epsilon: sizes.rmsNormEpsilon, output: normalized)
        let keys = cache.keys(layer: index, positions: startPosition..<startPosition + 1)
        let values = cache.values(layer: index, positions: startPosition..<startPosition + 1)
        let queryRows = decision.attention ? layer.query.weight.rowCount : 0
        worker.rows(ofEach: (layer.key.weight.rowCount, layer.value.weight.rowCount, queryRows)) { number, rows in
            switch number {
            case 0: compute.multiply(layer.key, rows: rows, input: normalized, output: keys)
            case 1: compute.multiply(layer.value, rows: rows, input: normalized, output: values)
            default: compute.multiply(layer.query, rows: rows, input: normalized, output: buffers.query)
            }
        }
        worker.barrier()
        rotate(keys, heads: worker.share(of: sizes.keyValueHeadCount))
        if decision.attention {
            rotate(buffers.query, heads: worker.share(of: sizes.attentionHeadCount))
            worker.barrier()
        }
    }

    private func rotate(_ values: FloatView, heads: Range<Int>) {
        if heads.isEmpty { return }
        let dimension = sizes.headDimension
        compute.rotate(
            values[heads.lowerBound * dimension..<heads.upperBound * dimension], cosine: buffers.cosine,
            sine: buffers.sine, headDimension: dimension)
    }

    private func attendToken(_ index: Int, _ worker: Worker) {
        // Heads that share keys and belong to the same worker are computed together.
        let dimension = sizes.headDimension
        let mine = worker.share(of: sizes.attentionHeadCount)
        var head = mine.lowerBound
        while head < mine.upperBound {
            let keyValueHead = head / sizes.queryHeadsPerKeyValueHead
            let end = min(mine.upperBound, (keyValueHead + 1) * sizes.queryHeadsPerKeyValueHead)
            attend(
                keyValueHead: keyValueHead, layer: index, queries: buffers.query[(head * dimension)...],
                output: buffers.attended[(head * dimension)...], queryStride: dimension, queryCount: end - head,
                position: startPosition, scores: scores(of: worker))
            head = end
        }
        worker.barrier()
        addToStream(layers[index].attentionOutput, input: buffers.attended, worker)
    }

    private func applyMLPToToken(_ index: Int, _ worker: Worker) {
        let layer = layers[index]
        let normalized = normalized(of: worker)
        compute.normalize(stream, weight: layer.mlpInputNorm, epsilon: sizes.rmsNormEpsilon, output: normalized)
        compute.multiplyGated(
            gate: layer.gate, up: layer.up, activation: sizes.activation, rows: worker.rows(of: sizes.intermediateSize),
            input: normalized, output: buffers.gate, spare: buffers.up)
        worker.barrier()
        addToStream(layer.down, input: buffers.gate, worker)
    }

    /// stream += linear(input). Ends with a barrier.
    private func addToStream(_ linear: LinearWeights, input: FloatView, _ worker: Worker) {
        let rows = worker.rows(of: sizes.hiddenSize)
        compute.multiply(linear, rows: rows, input: input, output: buffers.branch)
        compute.add(buffers.branch[rows], to: buffers.stream[rows])
        worker.barrier()
    }
}
