import SkipModel
import Testing

@testable import SkipRuntime

/// Compares the forward pass with the reference, for every variant of a model and every way to pass tokens.
@Suite struct ForwardPassTests {
    static let tokens: [UInt32] = [3, 80, 17, 17, 0, 42, 9, 61, 33, 5, 28, 70, 82]

    /// The results of the reference for each variant.
    static let expected: [String: ReferenceModel.Result] = Dictionary(
        uniqueKeysWithValues: ModelVariant.all.map { variant in
            let test = TestModel(variant)
            _ = try? test.opened(with: .scalar)
            return (variant.name, ReferenceModel(test).run(tokens))
        })

    @Test("Prompts in one chunk, in small chunks and token by token equal the reference", arguments: ModelVariant.all)
    func equalsReference(_ variant: ModelVariant) throws {
        let model = try TestModel(variant).opened(with: .scalar)
        let expected = try #require(Self.expected[variant.name])
        for feed in Feed.allCases {
            let run = try Run(model, Self.tokens, feed)
            #expect(run.deviation(from: expected) < 2e-5, "\(feed)")
            #expect(run.recorder.executed == flat(expected.executed).map { $0 ? 1 : 0 }, "\(feed)")
            #expect(run.routerDeviation(from: expected) < 2e-5, "\(feed)")
        }
    }

    @Test("Routers skip and execute in the variants that have them")
    func variantsRoute() throws {
        for variant in ModelVariant.all where variant.configuration.layers.contains(where: \.isRouted) {
            let executed = flat(try #require(Self.expected[variant.name]).executed)
            #expect(executed.contains(true) && executed.contains(false), "\(variant.name)")
        }
    }

    @Test("A dense session evaluates no router and executes everything")
    func dense() throws {
        let test = TestModel(ModelVariant("mlp routers") { $0.configuration.layers = [ModelVariant.mlpRouters] })
        let model = try test.opened(with: .scalar)
        var reference = ReferenceModel(test)
        reference.isDense = true
        for feed in Feed.allCases {
            let run = try Run(model, Self.tokens, feed) { $0.isDense = true }
            #expect(run.deviation(from: reference.run(Self.tokens)) < 2e-5)
            #expect(run.recorder.executed.allSatisfy { $0 == 1 })
            #expect(run.recorder.routerLogits.allSatisfy { $0 == 0 })
        }
    }

    @Test("The skip bias moves the threshold", arguments: [-1000, -0.4, 0, 0.4, 1000] as [Float])
    func skipBias(_ bias: Float) throws {
        let test = TestModel(ModelVariant("linear"))
        let model = try test.opened(with: .scalar)
        var reference = ReferenceModel(test)
        reference.skipBias = Double(bias)
        let expected = reference.run(Self.tokens)
        for feed in Feed.allCases {
            let run = try Run(model, Self.tokens, feed) { $0.skipBias = bias }
            #expect(run.deviation(from: expected) < 2e-5)
            #expect(run.recorder.executed == flat(expected.executed).map { $0 ? 1 : 0 })
        }
        if bias == 1000 { #expect(!flat(expected.executed).contains(false)) }
        if bias == -1000 { #expect(!flat(expected.executed).contains(true)) }
    }

    @Test("Prompts of several tiles and chunks have the results of single tokens", arguments: [1, 3])
    func longPrompts(_ threadCount: Int) throws {
        let variant = try #require(ModelVariant.all.first { $0.name == "mlp routers" })
        let model = try TestModel(variant).opened(with: .scalar)
        let tokens = (0..<75).map { UInt32($0 * 31 % 83) }
        let single = try Run(model, tokens, .tokenByToken)
        let chunked = try Run(model, tokens, .oneChunk) {
            $0.threadCount = threadCount
            $0.chunkLength = 70
        }
        #expect(chunked.recorder.executed == single.recorder.executed)
        for (found, expected) in zip(chunked.logits, single.logits) {
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-4 })
        }
    }

    /// `equalsReference` tests the scalar definition.
    @Test(
        "The instruction sets agree to rounding",
        arguments: InstructionSet.allCases.filter { $0.isAvailable && $0 != .scalar })
    func instructionSets(_ instructionSet: InstructionSet) throws {
        for variant in ModelVariant.all {
            let model = try TestModel(variant).opened(with: instructionSet)
            let expected = try #require(Self.expected[variant.name])
            for feed in Feed.allCases {
                #expect(try Run(model, Self.tokens, feed).deviation(from: expected) < 5e-5, "\(variant.name), \(feed)")
            }
        }
    }

    @Test(
        "The number of threads does not change a bit",
        arguments: InstructionSet.allCases.filter(\.isAvailable),
        ["linear routers", "mlp routers", "biases", "mixed types"])
    func threads(_ instructionSet: InstructionSet, _ name: String) throws {
        let variant = try #require(ModelVariant.all.first { $0.name == name })
        let model = try TestModel(variant).opened(with: instructionSet)
        // A prompt and then tokens runs what single tokens run.
        for feed in Feed.allCases where feed != .tokenByToken {
            let one = try Run(model, Self.tokens, feed)
            for count in 2...3 {
                let more = try Run(model, Self.tokens, feed) { $0.threadCount = count }
                #expect(more.logits == one.logits, "\(feed), \(count) threads")
                #expect(more.recorder.routerLogits == one.recorder.routerLogits, "\(feed), \(count) threads")
            }
        }
    }
}

extension LayerConfiguration {
    fileprivate var isRouted: Bool { attentionRouter != .none || mlpRouter != .none }
}

/// Flattens [layers][modules][T].
func flat(_ executed: [[[Bool]]]) -> [Bool] { Array(executed.joined().joined()) }
