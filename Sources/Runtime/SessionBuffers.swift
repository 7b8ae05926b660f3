import SkipModel

/// The activations of a session. Trivial views into its arena; T is the chunk length.
struct SessionBuffers {
    /// The residual stream, [T][hiddenSize].
    let stream: FloatView
    /// Normalized inputs of a module, [T][hiddenSize].
    let normalized: FloatView
    /// Packed tokens of any width: the widest input of a product.
    let packed: FloatView
    /// Packed tokens of the module at hand where these are not all tokens, [T][hiddenSize].
    let packedSubset: FloatView
    /// Quantized tokens of any width, for products with int8 weights.
    let quantized: FloatView
    /// Quantized tokens of the module at hand where these are not all tokens.
    let quantizedSubset: FloatView
    /// [T][queryWidth], row i of the i-th token that executes attention.
    let query: FloatView
    /// [T][queryWidth], likewise.
    let attended: FloatView
    /// What a module adds to the stream, [T][hiddenSize], row i of the i-th token that executes it.
    let branch: FloatView
    /// [T][intermediateSize], likewise.
    let gate: FloatView
    /// [T][intermediateSize], likewise.
    let up: FloatView
    /// Hidden layers of mlp routers, [2][T][widest router].
    let routerHidden: FloatView
    /// Execute and skip logits, [layers][2][T][2]; zero where there is no router.
    let routerLogits: FloatView
    /// 1 where a token executes a module, [layers][2][T].
    let executed: IndexView
    /// The tokens of the chunk that execute attention and the MLP, [2][T].
    let executing: IndexView
    /// How many they are, [2].
    let executingCount: IndexView
    /// Radians per position, [headDimension / 2].
    let inverseFrequencies: FloatView
    /// [T][headDimension / 2]
    let cosine: FloatView
    /// [T][headDimension / 2]
    let sine: FloatView
    /// Of the last token, [vocabularySize].
    let logits: FloatView
    /// Of one tile of tokens, [tile][vocabularySize]: touched only if every token's logits are asked for.
    let tileLogits: FloatView
    /// Of each worker, [workers][hiddenSize].
    let workerNormalized: FloatView
    /// Of each worker, [workers][maximumPositions].
    let workerScores: FloatView
    /// Of each worker, for matrix products, [workers][scratchCount].
    let workerScratch: FloatView
    /// Of each worker, for int8 weights that are unpacked, [workers][16][widest input].
    let workerRowScratch: FloatView
    /// Of each worker, [workers][2].
    let workerRouterLogits: FloatView
}

/// The numbers that the sizes of a session's memory follow from.
struct SessionSizes {
    let configuration: ModelConfiguration
    let chunkLength: Int
    let maximumPositions: Int
    let workerCount: Int
    /// Hidden width of the widest mlp router; 0 if there is none.
    let routerWidth: Int
    let quantizedCounts: QuantizedCounts

    /// Floats of packed tokens per token of a chunk.
    private var widestInput: Int {
        max(configuration.hiddenSize, configuration.queryWidth, configuration.intermediateSize)
    }

    private var paddedChunk: Int { Compute.packedCount(tokenCount: chunkLength, columnCount: 1) }

    /// Rounded up to whole cache lines, so that workers do not share one.
    var scratchStride: Int { lineRounded(Compute.scratchCount(columnCount: widestInput)) }
    var rowScratchStride: Int { lineRounded(TensorStorage.int8RecordRowCount * widestInput) }
    var normalizedStride: Int { lineRounded(configuration.hiddenSize) }
    var scoresStride: Int { lineRounded(Compute.scoreCount(positionCount: maximumPositions)) }
    static let routerLogitsStride = 16

    private func lineRounded(_ floats: Int) -> Int { (floats + 15) / 16 * 16 }

    func plan() throws(RuntimeError) -> ArenaPlan {
        var plan = ArenaPlan()
        let sizes = configuration
        let layerCount = sizes.layers.count
        try plan.reserve("stream", chunkLength, sizes.hiddenSize)
        try plan.reserve("normalized", chunkLength, sizes.hiddenSize)
        try plan.reserve("packed", paddedChunk, widestInput)
        try plan.reserve("packed subset", paddedChunk, sizes.hiddenSize)
        try plan.reserve("quantized tokens", quantizedCounts.all)
        try plan.reserve("quantized subset", quantizedCounts.subset)
        try plan.reserve("query", chunkLength, sizes.queryWidth)
        try plan.reserve("attended", chunkLength, sizes.queryWidth)
        try plan.reserve("branch", chunkLength, sizes.hiddenSize)
        try plan.reserve("gate", chunkLength, sizes.intermediateSize)
        try plan.reserve("up", chunkLength, sizes.intermediateSize)
        try plan.reserve("router hidden", 2, chunkLength, routerWidth)
        try plan.reserve("router logits", layerCount, 2, chunkLength, 2)
        try plan.reserve("executed", layerCount, 2, chunkLength)
        try plan.reserve("executing", 2, chunkLength)
        try plan.reserve("executing counts", 2)
        for _ in 0..<3 { try plan.reserve("rotary angles", chunkLength, sizes.headDimension / 2) }
        try plan.reserve("logits", sizes.vocabularySize)
        try plan.reserve("tile logits", Compute.tokenTile, sizes.vocabularySize)
        try plan.reserve("worker normalized", workerCount, normalizedStride)
        try plan.reserve("worker scores", workerCount, scoresStride)
        try plan.reserve("worker scratch", workerCount, scratchStride)
        try plan.reserve("worker row scratch", workerCount, rowScratchStride)
        try plan.reserve("worker router logits", workerCount, Self.routerLogitsStride)
        try KeyValueCache.reserve(
            in: &plan, layerCount: layerCount, positionCount: maximumPositions, width: sizes.keyValueWidth)
        return plan
    }

    func buffers(arena: Arena) -> SessionBuffers {
        let sizes = configuration
        let layerCount = sizes.layers.count
        return SessionBuffers(
            stream: arena.floats(chunkLength * sizes.hiddenSize),
            normalized: arena.floats(chunkLength * sizes.hiddenSize),
            packed: arena.floats(paddedChunk * widestInput),
            packedSubset: arena.floats(paddedChunk * sizes.hiddenSize),
            quantized: arena.floats(quantizedCounts.all),
            quantizedSubset: arena.floats(quantizedCounts.subset),
            query: arena.floats(chunkLength * sizes.queryWidth),
            attended: arena.floats(chunkLength * sizes.queryWidth),
            branch: arena.floats(chunkLength * sizes.hiddenSize),
            gate: arena.floats(chunkLength * sizes.intermediateSize),
            up: arena.floats(chunkLength * sizes.intermediateSize),
            routerHidden: arena.floats(2 * chunkLength * routerWidth),
            routerLogits: arena.floats(layerCount * 2 * chunkLength * 2),
            executed: arena.indices(layerCount * 2 * chunkLength),
            executing: arena.indices(2 * chunkLength),
            executingCount: arena.indices(2),
            inverseFrequencies: arena.floats(sizes.headDimension / 2),
            cosine: arena.floats(chunkLength * sizes.headDimension / 2),
            sine: arena.floats(chunkLength * sizes.headDimension / 2),
            logits: arena.floats(sizes.vocabularySize),
            tileLogits: arena.floats(Compute.tokenTile * sizes.vocabularySize),
            workerNormalized: arena.floats(workerCount * normalizedStride),
            workerScores: arena.floats(workerCount * scoresStride),
            workerScratch: arena.floats(workerCount * scratchStride),
            workerRowScratch: arena.floats(workerCount * rowScratchStride),
            workerRouterLogits: arena.floats(workerCount * Self.routerLogitsStride))
    }
}
