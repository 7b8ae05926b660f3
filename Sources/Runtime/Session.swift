import Glibc
import SkipModel

/// One sequence of tokens in a model: the keys and values so far, and the buffers for the next ones.
///
/// Creating a session allocates all its memory; prompts and tokens then allocate nothing. A session must not be used by
/// several threads at the same time.
public final class Session {
    public let model: RoutedModel
    public let options: Options
    /// The number of tokens so far, which is the position of the next one.
    public private(set) var position = 0
    /// Covers what ran since the session was created or `resetStatistics` was called.
    public internal(set) var statistics: RunStatistics
    /// Records the routing of every token, if set.
    public var recorder: RoutingRecorder?
    /// Recorded decisions to follow instead of evaluating routers, if set. They start at position 0 and may come from
    /// another model. Router logits are then 0, 0. A dense session ignores them.
    public var imposedRoutes: RoutingRecorder? {
        didSet { if imposedRoutes == nil { executeAll() } }
    }

    /// Called with the number of tokens that were computed: after each chunk of a prompt, and after each decoded token.
    public var progress: ((Int) -> Void)?

    private let pool: WorkerPool
    /// Owns the memory of `pass.buffers` and `pass.cache`.
    private let arena: Arena
    private var pass: ForwardPass
    /// `DiskWaits.count` after the last job.
    private var diskWaits = 0

    public struct Options: Sendable, Equatable {
        /// All modules execute; routers are not evaluated.
        public var isDense = false
        /// Added to execute − skip before the comparison with zero; nil: the model's `routerThresholdBias`.
        public var skipBias: Float?
        /// The number of computing threads; nil: one per processor, or fewer for a small model.
        public var threadCount: Int?
        /// The number of tokens that a sequence can have; nil: the model's limit, but at most
        /// `defaultMaximumPositions`.
        public var maximumPositions: Int?
        /// The number of tokens of a prompt that are computed together.
        public var chunkLength = 256
        /// The type that activations are rounded to in products of several tokens.
        public var activationPrecision = ActivationPrecision.standard

        /// The limit of `maximumPositions` when it is nil. Most prompts fit.
        public static let defaultMaximumPositions = 4096

        public init() {}
    }

    /// Starts the threads and allocates the memory.
    ///
    /// - Throws: `optionOutOfRange`, `sizeLimit`, `outOfMemory`, `threadStartFailed`.
    public init(_ model: RoutedModel, options: Options = Options()) throws(RuntimeError) {
        let configuration = model.configuration
        let maximumPositions =
            options.maximumPositions ?? min(configuration.maximumPositionCount, Options.defaultMaximumPositions)
        guard (1...Int(Int32.max)).contains(maximumPositions) else {
            throw .optionOutOfRange(option: "maximumPositions")
        }
        guard options.chunkLength >= 1 else { throw .optionOutOfRange(option: "chunkLength") }
        if let skipBias = options.skipBias, skipBias.isNaN { throw .optionOutOfRange(option: "skipBias") }
        pool = try WorkerPool(threadCount: options.threadCount ?? Self.threadCount(for: model))
        let sizes = SessionSizes(
            model, chunkLength: min(options.chunkLength, maximumPositions), maximumPositions: maximumPositions,
            workerCount: pool.threadCount, precision: options.activationPrecision)
        let memory = try Arena.allocate { allocator throws(RuntimeError) in
            let buffers = try SessionBuffers(sizes, in: &allocator)
            let cache = try KeyValueCache(
                in: &allocator, layerCount: sizes.layerCount, positionCount: maximumPositions,
                width: configuration.keyValueWidth)
            return (buffers, cache)
        }
        arena = memory.arena
        let (buffers, cache) = memory.views
        pass = ForwardPass(model: model, options: options, sizes: sizes, buffers: buffers, cache: cache)
        statistics = RunStatistics(layerCount: sizes.layerCount)
        self.model = model
        self.options = options
        let frequencies = RotaryFrequencies(
            configuration.rotaryEmbedding, headDimension: configuration.headDimension)
        for (index, frequency) in frequencies.inverseFrequencies.enumerated() {
            buffers.inverseFrequencies[index] = frequency
        }
        executeAll()
    }

    /// The number of tokens that the session has room for.
    public var maximumPositions: Int { pass.cache.positionCount }

    /// The number of computing threads.
    public var threadCount: Int { pool.threadCount }

    /// Removes all tokens: the next one is at position 0. Logits stay until then; statistics stay.
    public func reset() { position = 0 }

    /// Sets the statistics to zero.
    public func resetStatistics() { statistics = RunStatistics(layerCount: pass.layers.count) }

    /// Appends a prompt. Unless `wantsLogits` is false, `withLogits` then has the logits of its last token.
    ///
    /// - Throws: `emptyPrompt`, `tokenOutOfRange`, `positionsExhausted`, `routesMissing`, before anything is computed.
    public func prefill(_ tokens: [UInt32], wantsLogits: Bool = true) throws(RuntimeError) {
        try check(tokens)
        let start = MonotonicTime.now
        forEachChunk(of: tokens) { chunk, isLast in
            runChunk(tokens, chunk, outputs: wantsLogits && isLast ? .lastLogits : .none, to: \.prompt)
        }
        statistics.prompt.seconds += MonotonicTime.seconds(since: start)
    }

    /// Appends a prompt and calls `body` with each token's index in `tokens` and its logits [vocabularySize], in order.
    /// `body` must not use the session.
    ///
    /// - Throws: `emptyPrompt`, `tokenOutOfRange`, `positionsExhausted`, `routesMissing`, before anything is computed.
    public func prefill(
        _ tokens: [UInt32], forEachLogits body: (Int, Span<Float>) -> Void
    ) throws(RuntimeError) {
        try check(tokens)
        let start = MonotonicTime.now
        forEachChunk(of: tokens) { chunk, _ in
            if chunk.count == 1 {
                runChunk(tokens, chunk, outputs: .lastLogits, to: \.prompt)
                withLogits { body(chunk.lowerBound, $0) }
            } else {
                runChunk(tokens, chunk, outputs: .stream, to: \.prompt)
                forEachLogitsOfChunk(chunk, body)
            }
        }
        statistics.prompt.seconds += MonotonicTime.seconds(since: start)
    }

    /// Appends one token. `withLogits` then has its logits.
    ///
    /// - Throws: `tokenOutOfRange`, `positionsExhausted`, `routesMissing`.
    public func decode(_ token: UInt32) throws(RuntimeError) {
        try check(token)
        try checkRoom(for: 1)
        let start = MonotonicTime.now
        pass.startPosition = position
        pass.begin(token: Int(token), at: 0)
        run(.decode, tokenCount: 1, outputs: .lastLogits, to: \.generation)
        statistics.generation.seconds += MonotonicTime.seconds(since: start)
    }

    /// Calls `body` with the last computed logits, [vocabularySize]; zeros before the first.
    public func withLogits<Result>(_ body: (Span<Float>) throws -> Result) rethrows -> Result {
        try pass.buffers.logits.withSpan(body)
    }

    /// The number of processors that are online.
    public static var processorCount: Int { min(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1), WorkerPool.threadLimit) }

    /// Returns one thread per processor, but at most one per 4 MB of weights that a token reads. With less work,
    /// threads wait for each other longer than they save, especially when other programs run.
    private static func threadCount(for model: RoutedModel) -> Int {
        min(processorCount, max(model.denseByteCount / 4_000_000, 1))
    }

    private func check(_ tokens: [UInt32]) throws(RuntimeError) {
        if tokens.isEmpty { throw .emptyPrompt }
        for token in tokens { try check(token) }
        try checkRoom(for: tokens.count)
    }

    private func check(_ token: UInt32) throws(RuntimeError) {
        let vocabularySize = pass.sizes.vocabularySize
        if Int(token) >= vocabularySize {
            throw .tokenOutOfRange(token: Int(token), vocabularySize: vocabularySize)
        }
    }

    private func checkRoom(for count: Int) throws(RuntimeError) {
        let available = maximumPositions - position
        if count > available { throw .positionsExhausted(needed: count, available: available) }
        if let routes = routesToFollow {
            let needed = position + count
            guard routes.layerCount == pass.layers.count, routes.tokenCount >= needed else {
                throw .routesMissing(needed: needed, recorded: routes.tokenCount)
            }
        }
    }

    private func forEachChunk(of tokens: [UInt32], _ body: (Range<Int>, Bool) -> Void) {
        var first = 0
        while first < tokens.count {
            let next = min(first + pass.chunkLength, tokens.count)
            body(first..<next, next == tokens.count)
            first = next
        }
    }

    private func runChunk(
        _ tokens: [UInt32], _ chunk: Range<Int>, outputs: ForwardPass.Outputs,
        to phase: WritableKeyPath<RunStatistics, RunStatistics.Phase>
    ) {
        pass.startPosition = position
        for index in chunk { pass.begin(token: Int(tokens[index]), at: index - chunk.lowerBound) }
        run(chunk.count == 1 ? .decode : .prefill, tokenCount: chunk.count, outputs: outputs, to: phase)
    }

    private func run(
        _ job: ForwardPass.Job, tokenCount: Int, outputs: ForwardPass.Outputs,
        to phase: WritableKeyPath<RunStatistics, RunStatistics.Phase>
    ) {
        pass.job = job
        pass.tokenCount = tokenCount
        pass.outputs = outputs
        let routes = routesToFollow
        pass.followsImposedRoutes = routes != nil
        if let routes { impose(routes) }
        runWorkers()
        // If no page had to be read from disk, all weights are in memory, and `madvise` would only cost time.
        let waits = DiskWaits.count
        pass.readsAhead = waits != diskWaits
        diskWaits = waits
        position += tokenCount
        statistics[keyPath: phase].count(pass, of: model)
        recorder?.record(pass)
        progress?(tokenCount)
    }

    /// Marks all modules as executed. Routers overwrite this; modules without a router keep it, with logits 0, 0.
    private func executeAll() {
        for index in 0..<pass.buffers.executed.count { pass.buffers.executed[index] = 1 }
    }

    private var routesToFollow: RoutingRecorder? { pass.isDense ? nil : imposedRoutes }

    /// Writes the recorded decisions for the current tokens.
    private func impose(_ routes: RoutingRecorder) {
        for layer in 0..<pass.layers.count {
            for module in RoutedModule.allCases {
                for token in 0..<pass.tokenCount {
                    let place = pass.recordPlace(module, layer: layer, token: token)
                    let executes = routes.executes(module, layer: layer, token: pass.startPosition + token)
                    pass.buffers.executed[place] = executes ? 1 : 0
                    pass.buffers.routerLogits[place * 2] = 0
                    pass.buffers.routerLogits[place * 2 + 1] = 0
                }
            }
        }
    }

    /// Computes the logits of the last chunk, tile by tile. Those of its last token also become the session's logits.
    private func forEachLogitsOfChunk(_ chunk: Range<Int>, _ body: (Int, Span<Float>) -> Void) {
        let width = pass.sizes.vocabularySize
        var first = 0
        while first < chunk.count {
            pass.job = .tileLogits
            pass.tile = first..<min(first + Compute.tokenTile, chunk.count)
            runWorkers()
            for index in pass.tile {
                let logits = pass.buffers.tileLogits.row(index - first, width: width)
                logits.withSpan { body(chunk.lowerBound + index, $0) }
                if index == chunk.count - 1 { pass.buffers.logits.copy(from: logits) }
            }
            first = pass.tile.upperBound
        }
    }

    private func runWorkers() {
        // SAFETY: the pool returns when all workers are done, so the session outlives their use of it.
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe pool.run(
            { context, index in
                let session = unsafe Unmanaged<Session>.fromOpaque(context).takeUnretainedValue()
                session.pass.run(Worker(index: index, pool: session.pool))
            }, context: context)
    }
}
