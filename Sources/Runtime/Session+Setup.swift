import Model

extension ForwardPass {
    init(
        model: RoutedModel, options: Session.Options, sizes: SessionSizes, buffers: SessionBuffers,
        cache: KeyValueCache
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
        chunkLength = sizes.chunkLength
        strides = WorkerStrides(
            normalized: sizes.normalizedStride, scores: sizes.scoresStride, scratch: sizes.scratchStride,
            routerLogits: SessionSizes.routerLogitsStride)
    }
}

extension LayerWeights {
    /// Hidden width of the wider of the layer's mlp routers; 0 if it has none.
    var widestRouter: Int { max(attentionRouter?.hiddenWidth ?? 0, mlpRouter?.hiddenWidth ?? 0) }
}
