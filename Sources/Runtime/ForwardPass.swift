import SkipModel

/// What the workers of a session compute on: sizes, weights, buffers, and the tokens at hand. Trivial but for nothing:
/// each worker takes a copy per job, so that its loops read no shared object.
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
    /// Every module executes, and no router is asked.
    let isDense: Bool
    /// A module executes when execute − skip + bias ≥ 0.
    let skipBias: Float
    /// What activations are rounded to for products of several tokens.
    let activationPrecision: ActivationPrecision
    let chunkLength: Int
    let strides: WorkerStrides

    // Set for each job.
    var job = Job.decode
    /// Position of the first token at hand.
    var startPosition = 0
    var tokenCount = 0
    var outputs = Outputs.none
    /// The decisions are in `buffers.executed`, and no router is asked.
    var followsImposedRoutes = false
    /// The tokens of the chunk whose logits a `.tileLogits` job computes.
    var tile = 0..<0
    /// Whether weights may have to come from the disk, so that it is told early what the routers chose.
    var readsAhead = true

    enum Job {
        /// One token, by matrix-vector products.
        case decode
        /// A chunk of tokens, by matrix-matrix products.
        case prefill
        /// Logits of a tile of tokens of the chunk whose final stream is in the buffers.
        case tileLogits
    }

    /// What is wanted of a job beyond filling the cache.
    enum Outputs {
        case none
        case lastLogits
        /// The final stream of all tokens, for `.tileLogits` jobs.
        case stream
    }

    /// Distances in floats between the private buffers of two workers.
    struct WorkerStrides {
        let normalized: Int
        let scores: Int
        let scratch: Int
        let rowScratch: Int
        let routerLogits: Int
    }

    func run(_ worker: Worker) {
        switch job {
        case .decode: decode(worker)
        case .prefill: prefill(worker)
        case .tileLogits: computeTileLogits(worker)
        }
    }

    /// Sets the disk to read the modules of a layer that execute, and what every token reads of the layer after it.
    func readAhead(_ index: Int, _ decision: Decision, _ worker: Worker) {
        guard readsAhead, worker.index == 0 else { return }
        let layer = layers[index]
        if index == 0 { layer.keyValueExtent.willBeRead() }
        if decision.attention { layer.attentionExtent.willBeRead() }
        if decision.mlp { layer.mlpExtent.willBeRead() }
        if index + 1 < layers.count { layers[index + 1].keyValueExtent.willBeRead() }
    }

    /// Puts a token's embedding into the stream, and the angles of its position beside it.
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

    /// Attention of query heads that share keys and values, `queryStride` floats apart in `queries` and `output`: those
    /// of one token at `position`, or one head of `tokens` of the chunk.
    func attend(
        keyValueHead: Int, layer index: Int, queries: FloatView, output: FloatView, queryStride: Int, queryCount: Int,
        position: Int, tokens: IndexView? = nil, scores: FloatView
    ) {
        let window = layers[index].window
        let last = tokens.map { startPosition + Int($0[queryCount - 1]) } ?? position
        if let tokens, last >= window {
            // The window of each token begins elsewhere.
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

    /// Rows `rows` of logits pass the final softcap, if the model has one.
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

/// The numbers of a configuration that the loops need, without its arrays.
struct ModelSizes {
    let vocabularySize: Int
    let hiddenSize: Int
    let intermediateSize: Int
    let attentionHeadCount: Int
    let keyValueHeadCount: Int
    let headDimension: Int
    let rmsNormEpsilon: Float
    let activation: Activation
    let embeddingScale: Float
    let attentionScale: Float
    let attentionSoftcap: Float
    let finalLogitSoftcap: Float

    init(_ configuration: ModelConfiguration) {
        vocabularySize = configuration.vocabularySize
        hiddenSize = configuration.hiddenSize
        intermediateSize = configuration.intermediateSize
        attentionHeadCount = configuration.attentionHeadCount
        keyValueHeadCount = configuration.keyValueHeadCount
        headDimension = configuration.headDimension
        rmsNormEpsilon = Float(configuration.rmsNormEpsilon)
        activation = configuration.activation
        embeddingScale = configuration.embeddingScale
        attentionScale = configuration.attentionScale
        attentionSoftcap = configuration.attentionSoftcap
        finalLogitSoftcap = configuration.finalLogitSoftcap
    }

    var queryWidth: Int { attentionHeadCount * headDimension }
    var queryHeadsPerKeyValueHead: Int { attentionHeadCount / keyValueHeadCount }
}

/// One of the threads that run a job.
struct Worker {
    let index: Int
    let pool: WorkerPool

    /// Waits until every worker has come here.
    func barrier() { pool.barrier() }

    /// The part of `0..<count` that is this worker's.
    func share(of count: Int) -> Range<Int> { pool.share(of: count, worker: index) }

    /// The rows of a matrix that are this worker's.
    func rows(of count: Int) -> Range<Int> {
        pool.share(of: count, granularity: Compute.rowGranularity, worker: index)
    }

    /// This worker's part of matrices whose rows are dealt out as if they were one: calls `body` with the matrix's
    /// number and its rows.
    func rows(ofEach counts: (Int, Int, Int), _ body: (Int, Range<Int>) -> Void) {
        let granularity = Compute.rowGranularity
        let parts = (blocks(counts.0), blocks(counts.1), blocks(counts.2))
        let mine = pool.share(of: parts.0 + parts.1 + parts.2, worker: index)
        func part(_ number: Int, from first: Int, _ blockCount: Int, _ count: Int) {
            let range = mine.clamped(to: first..<first + blockCount)
            if range.isEmpty { return }
            let start = (range.lowerBound - first) * granularity
            body(number, start..<min((range.upperBound - first) * granularity, count))
        }
        part(0, from: 0, parts.0, counts.0)
        part(1, from: parts.0, parts.1, counts.1)
        part(2, from: parts.0 + parts.1, parts.2, counts.2)
    }

    private func blocks(_ count: Int) -> Int { (count + Compute.rowGranularity - 1) / Compute.rowGranularity }
}

/// The layers of a model, indexed without reference counts. Trivial.
@safe
struct LayerTable: Sendable {
    // SAFETY: initialized layers that live as long as the model.
    private nonisolated(unsafe) let layers: UnsafeBufferPointer<LayerWeights>

    /// - Precondition: `layers` outlives the table.
    @unsafe
    init(_ layers: UnsafeBufferPointer<LayerWeights>) { unsafe self.layers = layers }

    var count: Int { unsafe layers.count }

    subscript(index: Int) -> LayerWeights {
        precondition(index >= 0 && index < count)
        return unsafe layers[index]
    }
}
