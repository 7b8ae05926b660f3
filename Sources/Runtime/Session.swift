import Glibc
import SkipModel

/// One sequence of tokens through a model: the keys and values so far, and the buffers to compute the next ones.
///
/// All memory is taken when the session is made; after that prompts and tokens allocate nothing. Not for concurrent
/// use: one session, one caller at a time.
public final class Session {
    public let model: RoutedModel
    public let options: Options
    /// Tokens so far: the position of the next one.
    public private(set) var position = 0
    /// What ran since the session was made or `resetStatistics` was called.
    public internal(set) var statistics: RunStatistics
    /// Receives the routing of every token, if set.
    public var recorder: RoutingRecorder?
    /// Decisions to follow in place of the routers', if set: those that were recorded, of another model perhaps, from the
    /// first position on. Router logits are then 0, 0. A dense session follows none.
    public var imposedRoutes: RoutingRecorder? {
        didSet { if imposedRoutes == nil { executeAll() } }
    }

    private let pool: WorkerPool
    private let arena: Arena
    private var pass: ForwardPass
    /// Pages that had waited for the disk when the last job was done.
    private var diskWaits = 0

    public struct Options: Sendable, Equatable {
        /// Every module executes, and no router is asked.
        public var isDense = false
        /// Added to execute − skip before it is compared with zero; nil: the model's `routerThresholdBias`.
        public var skipBias: Float?
        /// Threads that compute; nil: one per processor, fewer for a model that is too small to share.
        public var threadCount: Int?
        /// The longest sequence; nil: the model's own limit, at most `defaultMaximumPositions`.
        public var maximumPositions: Int?
        /// Tokens of a prompt that are computed together.
        public var chunkLength = 256
        /// What activations are rounded to for products of several tokens.
        public var activationPrecision = ActivationPrecision.standard

        /// Positions of a session that asks for no number: what most prompts fit into.
        public static let defaultMaximumPositions = 4096

        public init() {}
    }

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
        let layers = model.layers
        let chunkLength = min(options.chunkLength, maximumPositions)
        let sizes = SessionSizes(
            configuration: configuration, chunkLength: chunkLength, maximumPositions: maximumPositions,
            workerCount: pool.threadCount, routerWidth: (0..<layers.count).map { layers[$0].widestRouter }.max() ?? 0,
            quantizedCounts: QuantizedCounts(model, tokenCount: chunkLength, precision: options.activationPrecision))
        arena = try Arena(sizes.plan())
        let buffers = sizes.buffers(arena: arena)
        let cache = KeyValueCache(
            arena: arena, layerCount: layers.count, positionCount: maximumPositions, width: configuration.keyValueWidth)
        pass = ForwardPass(
            model: model, options: options, sizes: sizes, buffers: buffers, cache: cache,
            activationPrecision: options.activationPrecision)
        statistics = RunStatistics(layerCount: layers.count)
        self.model = model
        self.options = options
        let frequencies = RotaryFrequencies(
            configuration.rotaryEmbedding, headDimension: configuration.headDimension)
        for (index, frequency) in frequencies.inverseFrequencies.enumerated() {
            buffers.inverseFrequencies[index] = frequency
        }
        executeAll()
    }

    /// Positions that the session has room for.
    public var maximumPositions: Int { pass.cache.positionCount }

    /// Threads that compute.
    public var threadCount: Int { pool.threadCount }

    /// Bytes of memory that the session has reserved; what is never used is never touched.
    public var reservedByteCount: Int { arena.byteCount }

    /// Forgets all tokens. Statistics stay.
    public func reset() { position = 0 }

    /// Forgets what ran.
    public func resetStatistics() { statistics = RunStatistics(layerCount: pass.layers.count) }

    /// Appends a prompt. Its last token's logits are then in `logits`, unless they are not wanted.
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
    /// `body` must leave the session alone.
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

    /// Appends one token; its logits are then in `logits`.
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

    /// Calls `body` with the last token's logits, [vocabularySize]; zeros before the first.
    public func withLogits<Result>(_ body: (Span<Float>) throws -> Result) rethrows -> Result {
        try pass.buffers.logits.withSpan(body)
    }

    /// Processors that the system has online.
    public static var processorCount: Int { min(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1), WorkerPool.threadLimit) }

    /// Threads for a model: one per processor, but each with at least 4 MB of weights per token. With less, the threads
    /// would spend more time waiting for each other than they save, above all where other programs run too.
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
        // As long as nothing waits for the disk, everything is in memory, and advice would only cost time.
        let waits = DiskWaits.count
        pass.readsAhead = waits != diskWaits
        diskWaits = waits
        position += tokenCount
        statistics[keyPath: phase].count(pass, of: model)
        recorder?.record(pass)
    }

    /// Routers overwrite their decisions; modules without a router stay executed, with logits 0, 0.
    private func executeAll() {
        for index in 0..<pass.buffers.executed.count { pass.buffers.executed[index] = 1 }
    }

    private var routesToFollow: RoutingRecorder? { pass.isDense ? nil : imposedRoutes }

    /// Writes the decisions about the tokens at hand.
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

    /// Logits of the chunk that was just computed, tile by tile; the last token's also become the session's.
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
