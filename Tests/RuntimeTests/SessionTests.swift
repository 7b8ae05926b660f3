import SkipModel
import Testing

@testable import SkipRuntime

@Suite struct SessionTests {
    private func model(_ change: (inout ModelVariant) -> Void = { _ in }) throws -> RoutedModel {
        try TestModel(ModelVariant("session", change)).opened(with: .scalar)
    }

    private func session(
        _ model: RoutedModel, _ change: (inout Session.Options) -> Void = { _ in }
    ) throws -> Session {
        var options = Session.Options()
        options.threadCount = 2
        options.maximumPositions = 8
        change(&options)
        return try Session(model, options: options)
    }

    @Test("Invalid tokens and prompts are errors and do not change the session")
    func badTokens() throws {
        let session = try session(model())
        try session.prefill([1, 2])
        let before = session.withLogits(array)
        #expect(throws: RuntimeError.emptyPrompt) { try session.prefill([]) }
        #expect(throws: RuntimeError.tokenOutOfRange(token: 83, vocabularySize: 83)) { try session.prefill([1, 83]) }
        #expect(throws: RuntimeError.tokenOutOfRange(token: Int(UInt32.max), vocabularySize: 83)) {
            try session.decode(.max)
        }
        #expect(throws: RuntimeError.positionsExhausted(needed: 7, available: 6)) {
            try session.prefill([UInt32](repeating: 1, count: 7))
        }
        #expect(session.position == 2)
        #expect(session.withLogits(array) == before)
        #expect(session.statistics.prompt.tokenCount == 2)
        try session.prefill([1, 2, 3, 4, 5, 6])
        #expect(throws: RuntimeError.positionsExhausted(needed: 1, available: 0)) { try session.decode(1) }
    }

    @Test("Options out of range are errors")
    func badOptions() throws {
        let model = try model()
        #expect(throws: RuntimeError.optionOutOfRange(option: "threadCount")) {
            try session(model) { $0.threadCount = 0 }
        }
        #expect(throws: RuntimeError.optionOutOfRange(option: "maximumPositions")) {
            try session(model) { $0.maximumPositions = 0 }
        }
        #expect(throws: RuntimeError.optionOutOfRange(option: "chunkLength")) {
            try session(model) { $0.chunkLength = 0 }
        }
        #expect(throws: RuntimeError.optionOutOfRange(option: "skipBias")) { try session(model) { $0.skipBias = .nan } }
    }

    @Test("Sizes above any memory are errors, not traps")
    func absurdSizes() throws {
        let model = try model()
        for chunkLength in [256, Int.max] {
            #expect(throws: RuntimeError.sizeLimit(what: "value cache")) {
                try session(model) {
                    $0.maximumPositions = Int(Int32.max)
                    $0.chunkLength = chunkLength
                }
            }
        }
        #expect(throws: RuntimeError.sizeLimit(what: "product")) {
            try Arena.allocate { allocator throws(RuntimeError) in try allocator.floats("product", .max, .max) }
        }
        #expect(throws: RuntimeError.sizeLimit(what: "sum")) {
            try Arena.allocate { allocator throws(RuntimeError) in
                for _ in 0..<3 { _ = try allocator.indices("sum", 1 << 37) }
            }
        }
    }

    @Test("SK-109: the activations of a chunk have a limit, whatever the widths of the model")
    func chunksAreBounded() throws {
        let sizes = SessionSizes(
            try model(), chunkLength: .max, maximumPositions: .max >> 8, workerCount: 1, precision: .float32)
        let widths = sizes.model.hiddenSize + sizes.widestInput + sizes.model.queryWidth + sizes.model.intermediateSize
        #expect(sizes.chunkLength > 256 && sizes.chunkLength * widths * 4 <= 1 << 29)
    }

    @Test("A session computes the same bits after a reset")
    func reset() throws {
        let session = try session(model())
        try session.prefill([5, 6, 7, 8])
        let first = session.withLogits(array)
        try session.decode(9)
        session.reset()
        #expect(session.position == 0)
        try session.prefill([5, 6, 7, 8])
        #expect(session.withLogits(array) == first)
    }

    @Test("Logits that are not requested are not computed, but the tokens are appended")
    func unwantedLogits() throws {
        let model = try model()
        let (plain, silent) = (try session(model), try session(model) { $0.chunkLength = 2 })
        try plain.prefill([5, 6, 7, 8, 9])
        try silent.prefill([5, 6, 7, 8, 9], wantsLogits: false)
        #expect(silent.withLogits(array).allSatisfy { $0 == 0 })
        try plain.decode(3)
        try silent.decode(3)
        for (a, b) in zip(plain.withLogits(array), silent.withLogits(array)) { #expect(abs(a - b) < 1e-4) }
    }

    @Test("Statistics count tokens, executed modules and bytes")
    func statistics() throws {
        let model = try model { $0.configuration.layers = [LayerConfiguration(attentionRouter: .linear)] }
        let session = try session(model)
        let recorder = RoutingRecorder(for: model)
        session.recorder = recorder
        try session.prefill([5, 6, 7])
        for token in [1, 2, 3, 4] as [UInt32] { try session.decode(token) }
        let attention = recorder.executed[..<7].map { Int($0) }
        let generation = session.statistics.generation
        #expect(session.statistics.prompt.tokenCount == 3)
        #expect(generation.tokenCount == 4)
        #expect(session.statistics.prompt.executedCounts == [attention[..<3].reduce(0, +), 3])
        #expect(generation.executedCounts == [attention[3...].reduce(0, +), 4])
        #expect(generation.executedShare(.mlp) == 1)
        #expect(generation.executedShare(layer: 0, .attention) == Double(attention[3...].reduce(0, +)) / 4)
        // float32: K and V 24 x 40 each, Q and O 48 x 40, gate, up and down 72 x 40, head and embedding row,
        // three norms, the router and its bias.
        let always = 2 * 24 * 40 + 3 * 72 * 40 + 84 * 40 + 3 * 40 + 2 * 40 + 2
        #expect(generation.weightByteCount == 4 * (4 * always + attention[3...].reduce(0, +) * 2 * 48 * 40))
        session.resetStatistics()
        #expect(session.statistics == RunStatistics(layerCount: 1))
    }

    @Test("Imposed routes apply to prompts and single tokens while they are set")
    func imposedRoutes() throws {
        let layers = [
            LayerConfiguration(attentionRouter: .linear, mlpRouter: .mlp(hiddenWidth: 10)), LayerConfiguration(),
        ]
        let model = try model { $0.configuration.layers = layers }
        let prompt: [UInt32] = [5, 6, 7, 8]
        func outcome(_ session: Session) throws -> [Float] {
            session.reset()
            try session.prefill(prompt)
            try session.decode(3)
            return session.withLogits(array)
        }
        let skipping = try session(model) { $0.skipBias = -.infinity }
        let routes = RoutingRecorder(for: model)
        skipping.recorder = routes
        let expected = try outcome(skipping)
        #expect(routes.executed == [0, 0, 1, 1].flatMap { [UInt8](repeating: $0, count: 5) })

        let session = try session(model) { $0.skipBias = .infinity }
        let own = try outcome(session)
        #expect(own != expected)
        let recorder = RoutingRecorder(for: model)
        session.recorder = recorder
        session.imposedRoutes = routes
        #expect(try outcome(session) == expected)
        #expect(recorder.executed == routes.executed)
        #expect(recorder.routerLogits.allSatisfy { $0 == 0 })
        #expect(throws: RuntimeError.routesMissing(needed: 6, recorded: 5)) { try session.decode(3) }
        session.imposedRoutes = nil
        #expect(try outcome(session) == own)

        let dense = try self.session(model) { $0.isDense = true }
        let unrouted = try outcome(dense)
        dense.imposedRoutes = routes
        #expect(try outcome(dense) == unrouted)
        // Routes of a model with another number of layers are refused.
        session.imposedRoutes = RoutingRecorder(layerCount: 1)
        session.reset()
        #expect(throws: RuntimeError.routesMissing(needed: 1, recorded: 0)) { try session.decode(3) }
    }

    @Test("Modules without a router execute again when imposed routes end")
    func imposedRoutesEnd() throws {
        let routed = try model { $0.configuration.layers = [LayerConfiguration(mlpRouter: .linear)] }
        let routes = RoutingRecorder(for: routed)
        let skipping = try session(routed) { $0.skipBias = -.infinity }
        skipping.recorder = routes
        try skipping.prefill([1, 2])
        let plain = try session(try model { $0.configuration.layers = [LayerConfiguration()] })
        try plain.prefill([1, 2])
        let own = plain.withLogits(array)
        plain.reset()
        plain.imposedRoutes = routes
        try plain.prefill([1, 2])
        #expect(plain.withLogits(array) != own)
        plain.reset()
        plain.imposedRoutes = nil
        try plain.prefill([1, 2])
        #expect(plain.withLogits(array) == own)
    }

    @Test("Generation appends the sampler's choices and stops for each reason")
    func generate() throws {
        let model = try model()
        let stepwise = try session(model)
        try stepwise.prefill([5, 6, 7])
        var sampler = try Sampler()
        var expected: [UInt32] = []
        for _ in 0..<4 {
            expected.append(stepwise.withLogits { sampler.sample($0) })
            try stepwise.decode(expected[expected.count - 1])
        }
        var tokens: [UInt32] = []
        func run(_ model: RoutedModel, limit: Int, while goesOn: (UInt32) -> Bool = { _ in true }) throws
            -> Session.StopReason
        {
            tokens = []
            var sampler = try Sampler()
            return try session(model).generate(prompt: [5, 6, 7], maximumTokenCount: limit, sampler: &sampler) {
                tokens.append($0)
                return goesOn($0)
            }
        }
        #expect(try run(model, limit: 4) == .tokenLimit)
        #expect(tokens == expected)
        #expect(try run(model, limit: 0) == .tokenLimit)
        #expect(tokens.isEmpty)
        #expect(try run(model, limit: 100) == .positionLimit)
        #expect(tokens.count == 6)
        #expect(try run(model, limit: 4, while: { _ in false }) == .caller)
        #expect(tokens.count == 1)
        let ending = try self.model { $0.configuration.endOfTextTokenIDs = [1000, Int(expected[2])] }
        #expect(try run(ending, limit: 4) == .endOfText)
        #expect(tokens == Array(expected.prefix { $0 != expected[2] }))
    }

    @Test("Routers whose logits are equal execute")
    func ties() throws {
        var configuration = ModelVariant("ties").configuration
        configuration.layers = [LayerConfiguration(attentionRouter: .linear, mlpRouter: .linear)]
        let memory = WeightMemory()
        let zeros = memory.matrix([Float](repeating: 0, count: 80), .float32, rows: 2, columns: 40)
        func square(_ rows: Int, _ columns: Int) -> LinearWeights {
            LinearWeights(
                weight: memory.matrix(
                    [Float](repeating: 0.1, count: rows * columns), .float32, rows: rows, columns: columns))
        }
        let norm = memory.view([Float](repeating: 1, count: 40))
        let layer = LayerWeights(
            attentionInputNorm: norm, query: square(48, 40), key: square(24, 40), value: square(24, 40),
            attentionOutput: square(40, 48), mlpInputNorm: norm, gate: square(72, 40), up: square(72, 40),
            down: square(40, 72), attentionRouter: RouterWeights(predictorWeight: zeros),
            mlpRouter: RouterWeights(predictorWeight: zeros))
        let weights = ModelWeights(
            tokenEmbedding: square(83, 40).weight, outputHead: square(83, 40).weight, finalNorm: norm, layers: [layer])
        let model = try RoutedModel(
            configuration: configuration, weights: weights, instructionSet: .scalar, owner: memory)
        let session = try session(model)
        session.recorder = RoutingRecorder(for: model)
        try session.prefill([1, 2, 3])
        try session.decode(4)
        #expect(session.recorder?.executed == [UInt8](repeating: 1, count: 8))
    }
}
