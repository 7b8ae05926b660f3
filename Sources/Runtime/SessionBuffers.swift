/// The activations of a session: views into its arena. A plain value without references. T is the chunk length.
struct SessionBuffers {
    /// The residual stream, [T][hiddenSize].
    let stream: FloatView
    /// Normalized inputs of a module, [T][hiddenSize].
    let normalized: FloatView
    /// Packed tokens; sized for the widest input of a product.
    let packed: FloatView
    /// Packed tokens of the current module when only some tokens execute it, [T][hiddenSize].
    let packedSubset: FloatView
    /// Quantized tokens for products with int8 weights; sized for the matrix that needs most.
    let quantized: FloatView
    /// Quantized tokens of the current module when only some tokens execute it.
    let quantizedSubset: FloatView
    /// [T][queryWidth]; row i belongs to the i-th token that executes attention.
    let query: FloatView
    /// [T][queryWidth]; rows as in `query`.
    let attended: FloatView
    /// What a module adds to the stream, [T][hiddenSize]; row i belongs to the i-th token that executes it.
    let branch: FloatView
    /// [T][intermediateSize]; rows as in `branch`.
    let gate: FloatView
    /// [T][intermediateSize]; rows as in `branch`.
    let up: FloatView
    /// Hidden layers of mlp routers, [2][T][widest router].
    let routerHidden: FloatView
    /// Execute and skip logits, [layers][2][T][2]; zero where there is no router.
    let routerLogits: FloatView
    /// 1 where a token executes a module, [layers][2][T].
    let executed: IndexView
    /// The tokens of the chunk that execute attention and the MLP, [2][T].
    let executing: IndexView
    /// The number of tokens in each row of `executing`, [2].
    let executingCount: IndexView
    /// Radians per position, [headDimension / 2].
    let inverseFrequencies: FloatView
    /// [T][headDimension / 2]
    let cosine: FloatView
    /// [T][headDimension / 2]
    let sine: FloatView
    /// Logits of the last token, [vocabularySize].
    let logits: FloatView
    /// Logits of one tile of tokens, [tile][vocabularySize]. Touched only if the logits of every token are requested.
    let tileLogits: FloatView
    /// One row per worker, [workers][hiddenSize].
    let workerNormalized: FloatView
    /// One row per worker, [workers][maximumPositions].
    let workerScores: FloatView
    /// One row per worker, for matrix products, [workers][scratchCount].
    let workerScratch: FloatView
    /// One row per worker, for int8 weights that are unpacked, [workers][16][widest input].
    let workerRowScratch: FloatView
    /// One row per worker, [workers][2].
    let workerRouterLogits: FloatView

    /// - Throws: `sizeLimit`.
    init(_ sizes: SessionSizes, in allocator: inout ArenaAllocator) throws(RuntimeError) {
        let (model, chunkLength, workerCount) = (sizes.model, sizes.chunkLength, sizes.workerCount)
        let (layerCount, halfHead) = (sizes.layerCount, model.headDimension / 2)
        stream = try allocator.floats("stream", chunkLength, model.hiddenSize)
        normalized = try allocator.floats("normalized", chunkLength, model.hiddenSize)
        packed = try allocator.floats("packed", sizes.paddedChunk, sizes.widestInput)
        packedSubset = try allocator.floats("packed subset", sizes.paddedChunk, model.hiddenSize)
        quantized = try allocator.floats("quantized tokens", sizes.quantizedCounts.all)
        quantizedSubset = try allocator.floats("quantized subset", sizes.quantizedCounts.subset)
        query = try allocator.floats("query", chunkLength, model.queryWidth)
        attended = try allocator.floats("attended", chunkLength, model.queryWidth)
        branch = try allocator.floats("branch", chunkLength, model.hiddenSize)
        gate = try allocator.floats("gate", chunkLength, model.intermediateSize)
        up = try allocator.floats("up", chunkLength, model.intermediateSize)
        routerHidden = try allocator.floats("router hidden", 2, chunkLength, sizes.routerWidth)
        routerLogits = try allocator.floats("router logits", layerCount, 2, chunkLength, 2)
        executed = try allocator.indices("executed", layerCount, 2, chunkLength)
        executing = try allocator.indices("executing", 2, chunkLength)
        executingCount = try allocator.indices("executing counts", 2)
        inverseFrequencies = try allocator.floats("rotary frequencies", halfHead)
        cosine = try allocator.floats("rotary cosines", chunkLength, halfHead)
        sine = try allocator.floats("rotary sines", chunkLength, halfHead)
        logits = try allocator.floats("logits", model.vocabularySize)
        tileLogits = try allocator.floats("tile logits", Compute.tokenTile, model.vocabularySize)
        workerNormalized = try allocator.floats("worker normalized", workerCount, sizes.strides.normalized)
        workerScores = try allocator.floats("worker scores", workerCount, sizes.strides.scores)
        workerScratch = try allocator.floats("worker scratch", workerCount, sizes.strides.scratch)
        workerRowScratch = try allocator.floats("worker row scratch", workerCount, sizes.strides.rowScratch)
        workerRouterLogits = try allocator.floats("worker router logits", workerCount, sizes.strides.routerLogits)
    }
}
