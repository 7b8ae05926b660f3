import SkipModel
import TestSupport
import Testing

@testable import SkipConvert

/// Compares the merge of adapters that PEFT saved with the weights that PEFT merged.
@Suite struct AdapterFixtureTests {
    static let base = RepositoryPaths.fixture("llama-linear-f32")
    static let names = [
        "plain", "rslora", "dora", "patterns", "all-linear", "modules-to-save", "embedding", "some-layers",
    ]

    static func read(_ adapters: [AdapterInput]) throws -> PlanValues {
        var frontEnd = FrontEnd(modelDirectory: base, routerPath: base + "/routers.safetensors")
        frontEnd.adapters = adapters
        return try PlanValues(try frontEnd.read())
    }

    static func path(_ name: String) -> String { base + "/adapters/" + name }

    @Test("LR-92: every supported option has PEFT's effect", arguments: names)
    func mergedTensorsAreThoseOfPEFT(_ name: String) throws {
        let merged = try Self.read([AdapterInput(path: Self.path(name))])
        let expected = try SafetensorsFile(Self.path(name) + ".expected.safetensors")
        let prefix = "merged."
        let tensors = expected.names.filter { $0.hasPrefix(prefix) }
        #expect(tensors.count >= 2)
        for tensor in tensors {
            let found = try merged.floats(named: String(tensor.dropFirst(prefix.count)))
            let error = relativeError(found, try expected.floats(tensor))
            #expect(error <= 1e-6, "\(tensor): \(error)")
        }
    }

    /// Tensors that PEFT does not list as changed stay unchanged.
    @Test(arguments: names)
    func otherTensorsStay(_ name: String) throws {
        let merged = try Self.read([AdapterInput(path: Self.path(name))])
        let base = try Self.read([])
        let changed = Set(try SafetensorsFile(Self.path(name) + ".expected.safetensors").names)
        for tensor in base.result.graph.tensors {
            let tensorName = LlamaFamily().placements.name(of: tensor.id) ?? "router"
            if changed.contains("merged." + tensorName) { continue }
            #expect(try merged.floats(tensor.id) == base.floats(tensor.id), "\(tensor.id)")
        }
    }

    @Test("LR-94: every tensor of an adapter takes effect", arguments: names)
    func everyTensorTakesEffect(_ name: String) throws {
        let result = try Self.read([AdapterInput(path: Self.path(name))]).result
        let adapter = try #require(result.adapters.first)
        let present = try SafetensorsFile(Self.path(name) + "/adapter_model.safetensors").names.count
        #expect(adapter.tensorCount == present)
        #expect(adapter.appliedCount == present)
        let entries = result.ledger.filter { $0.file.contains("/adapters/") }
        #expect(entries.count == present)
        #expect(entries.allSatisfy { if case .leftOut = $0.fate { false } else { true } })
    }

    @Test func effectiveScalesAreThoseOfTheConfigurations() throws {
        func scales(_ name: String, _ scale: Double = 1) throws -> [Double] {
            try #require(try Self.read([AdapterInput(path: Self.path(name), scale: scale)]).result.adapters.first)
                .effectiveScales
        }
        #expect(try scales("plain") == [2])
        #expect(try scales("plain", -0.5) == [-1])
        #expect(try scales("rslora") == [4])
        #expect(try scales("all-linear") == [5.0 / 3])
        #expect(try scales("patterns") == [2, 4, 8])
    }

    @Test func adaptersAddUpInTheirOrder() throws {
        let query = TensorID(.queryProjection, layer: 1)
        let base = try Self.read([]).floats(query)
        func delta(_ name: String) throws -> [Float] {
            zip(try Self.read([AdapterInput(path: Self.path(name))]).floats(query), base).map { $0 - $1 }
        }
        let expected = zip(base, zip(try delta("plain"), try delta("rslora"))).map { $0 + 0.7 * $1.0 - 1.5 * $1.1 }
        let both = try Self.read([
            AdapterInput(path: Self.path("plain"), scale: 0.7),
            AdapterInput(path: Self.path("rslora"), scale: -1.5),
        ])
        #expect(relativeError(try both.floats(query), expected) <= 1e-6)
        #expect(both.result.adapters.map(\.name) == ["plain", "rslora"])
    }

    @Test func theOppositeAdapterRestoresTheWeights() throws {
        let query = TensorID(.queryProjection, layer: 0)
        let both = try Self.read([
            AdapterInput(path: Self.path("plain")), AdapterInput(path: Self.path("plain"), scale: -1),
        ])
        #expect(relativeError(try both.floats(query), try Self.read([]).floats(query)) <= 1e-6)
    }
}
