extension ForwardPass {
    init(
        model: RoutedModel, options: Session.Options, sizes: SessionSizes, buffers: SessionBuffers,
        cache: KeyValueCache, activationPrecision: ActivationPrecision
    ) {
        compute = model.compute
        self.sizes = ModelSizes(model.configuration)
        layers = model.layers
        tokenEmbedding = model.tokenEmbedding
        outputHead = model.outputHead
        finalNorm = model.finalNorm
        self.buffers = buffers
        self.cache = cache
        isDense = options.isDense
        skipBias = options.skipBias ?? model.configuration.routerThresholdBias
        self.activationPrecision = activationPrecision
        chunkLength = sizes.chunkLength
        strides = WorkerStrides(
            normalized: sizes.normalizedStride, scores: sizes.scoresStride, scratch: sizes.scratchStride,
            rowScratch: sizes.rowScratchStride, routerLogits: SessionSizes.routerLogitsStride)
    }
}

extension LayerWeights {
    /// Hidden width of the wider of the layer's mlp routers; 0 if it has none.
    var widestRouter: Int { max(attentionRouter?.hiddenWidth ?? 0, mlpRouter?.hiddenWidth ?? 0) }
}

/// Floats of memory that the quantized tokens of a chunk take, for the int8 matrix that needs most.
struct QuantizedCounts {
    /// Of any input.
    private(set) var all = 0
    /// Of the queries' input.
    private(set) var subset = 0

    init(_ model: RoutedModel, tokenCount: Int, precision: ActivationPrecision) {
        func count(_ weight: WeightMatrix) -> Int {
            guard weight.isQuantized, precision != .float32 else { return 0 }
            return Compute.quantizedCount(
                tokenCount: tokenCount, columnCount: weight.columnCount, groupSize: weight.storage.groupSize,
                precision: precision)
        }
        all = count(model.outputHead)
        for index in 0..<model.layers.count {
            let layer = model.layers[index]
            subset = max(subset, count(layer.query.weight))
            for linear in [layer.key, layer.value, layer.attentionOutput, layer.gate, layer.up, layer.down] {
                all = max(all, count(linear.weight))
            }
        }
        all = max(all, subset)
    }
}
