import SkipModel

/// The sizes, weights and buffers of a session, and its current tokens.
///
/// A plain value without references. Each worker copies it at the start of a job, so that inner loops never access a
/// shared object.
struct ForwardPass {
    // Fixed for the session.
    let compute: Compute
    let sizes: ModelSizes
    let layers: LayerTable
    let tokenEmbedding: WeightMatrix
    let outputHead: WeightMatrix
    let finalNorm: FloatView
    let buffers: SessionBuffers
    let cache: KeyValueCache
    /// All modules execute; routers are not evaluated.
    let isDense: Bool
    /// A module executes when execute − skip + bias ≥ 0.
    let skipBias: Float
    /// The type that activations are rounded to in products of several tokens.
    let activationPrecision: ActivationPrecision
    let chunkLength: Int
    let strides: WorkerStrides

    // Set for each job.
    var job = Job.decode
    /// Position of the first current token.
    var startPosition = 0
    var tokenCount = 0
    var outputs = Outputs.none
    /// The decisions are already in `buffers.executed`; routers are not evaluated.
    var followsImposedRoutes = false
    /// The tokens of the chunk whose logits a `.tileLogits` job computes.
    var tile = 0..<0
    /// Whether to call `madvise` for the chosen modules, because weights may not be in the page cache.
    var readsAhead = true

    enum Job {
        /// One token, by matrix-vector products.
        case decode
        /// A chunk of tokens, by matrix-matrix products.
        case prefill
        /// Logits of a tile of tokens of the chunk whose final stream is in the buffers.
        case tileLogits
    }

    /// The results of a job besides keys and values in the cache.
    enum Outputs {
        case none
        case lastLogits
        /// The final stream of all tokens, for `.tileLogits` jobs.
        case stream
    }

    init(
        model: RoutedModel, options: Session.Options, sizes: SessionSizes, buffers: SessionBuffers, cache: KeyValueCache
    ) {
        compute = model.compute
        self.sizes = sizes.model
        layers = model.layers
        tokenEmbedding = model.tokenEmbedding
        outputHead = model.outputHead
        finalNorm = model.finalNorm
        self.buffers = buffers
        self.cache = cache
        isDense = options.isDense
        skipBias = options.skipBias ?? model.configuration.routerThresholdBias
        activationPrecision = options.activationPrecision
        chunkLength = sizes.chunkLength
        strides = sizes.strides
    }

    func run(_ worker: Worker) {
        switch job {
        case .decode: decode(worker)
        case .prefill: prefill(worker)
        case .tileLogits: computeTileLogits(worker)
        }
    }

    /// Starts reading the modules of a layer that execute, and K and V of the next layer, from disk.
    func readAhead(_ index: Int, _ decision: Decision, _ worker: Worker) {
        guard readsAhead, worker.index == 0 else { return }
        let layer = layers[index]
        if index == 0 { layer.keyValueExtent.willBeRead() }
        if decision.attention { layer.attentionExtent.willBeRead() }
        if decision.mlp { layer.mlpExtent.willBeRead() }
        if index + 1 < layers.count { layers[index + 1].keyValueExtent.willBeRead() }
    }

    /// Writes a token's embedding to row `index` of the stream, and the angles of its position to `cosine` and `sine`.
    func begin(token: Int, at index: Int) {
        let input = buffers.stream.row(index, width: sizes.hiddenSize)
        compute.widen(tokenEmbedding, row: token, output: input)
        if sizes.embeddingScale != 1 {
            for column in 0..<input.count { input[column] *= sizes.embeddingScale }
        }
        let half = sizes.headDimension / 2
        RotaryFrequencies.writeAngles(
            position: startPosition + index, inverseFrequencies: buffers.inverseFrequencies,
            cosine: buffers.cosine.row(index, width: half), sine: buffers.sine.row(index, width: half))
    }

    /// Computes attention of query heads that share keys and values: several heads of one token at `position`, or one
    /// head of `tokens` of the chunk. They are `queryStride` floats apart in `queries` and `output`.
    func attend(
        keyValueHead: Int, layer index: Int, queries: FloatView, output: FloatView, queryStride: Int, queryCount: Int,
        position: Int, tokens: IndexView? = nil, scores: FloatView
    ) {
        let window = layers[index].window
        let last = tokens.map { startPosition + Int($0[queryCount - 1]) } ?? position
        if let tokens, last >= window {
            // Each token has its own first position.
            for query in 0..<queryCount {
                attend(
                    keyValueHead: keyValueHead, layer: index, queries: queries[(query * queryStride)...],
                    output: output[(query * queryStride)...], queryStride: queryStride, queryCount: 1,
                    position: startPosition + Int(tokens[query]), scores: scores)
            }
            return
        }
        let first = max(0, last + 1 - window)
        let column = keyValueHead * sizes.headDimension
        let positions = first..<last + 1
        compute.attend(
            Compute.Attention(
                queries: queries, output: output, queryStride: queryStride, queryCount: queryCount,
                headDimension: sizes.headDimension,
                positionCount: tokens == nil ? positions.count : startPosition + 1, morePositions: tokens,
                keys: cache.keys(layer: index, positions: positions)[column...],
                values: cache.values(layer: index, positions: positions)[column...], stride: cache.width,
                scale: sizes.attentionScale, softcap: sizes.attentionSoftcap, scores: scores))
    }

    /// Applies the final softcap to logits, if the model has one.
    func cap(_ logits: FloatView) {
        let limit = sizes.finalLogitSoftcap
        if limit == 0 { return }
        for index in 0..<logits.count { logits[index] = softcapped(logits[index], limit: limit) }
    }

    // The private buffers of a worker.

    func normalized(of worker: Worker) -> FloatView {
        buffers.workerNormalized.row(worker.index, width: strides.normalized)[0..<sizes.hiddenSize]
    }

    func scores(of worker: Worker) -> FloatView { buffers.workerScores.row(worker.index, width: strides.scores) }

    func scratch(of worker: Worker) -> FloatView { buffers.workerScratch.row(worker.index, width: strides.scratch) }

    func rowScratch(of worker: Worker) -> FloatView {
        buffers.workerRowScratch.row(worker.index, width: strides.rowScratch)
    }

    func routerLogits(of worker: Worker) -> FloatView {
        buffers.workerRouterLogits.row(worker.index, width: strides.routerLogits)[0..<2]
    }
}
