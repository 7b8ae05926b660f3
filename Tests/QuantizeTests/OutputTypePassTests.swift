import SkipModel
import Testing

@testable import SkipFiles
@testable import SkipQuantize

@Suite struct OutputTypePassTests {
    /// One layer of width 8 and intermediate size 24, with a linear router and a head of its own, stored in bfloat16.
    private static func graph(tied: Bool = false, stored: ElementType = .bfloat16) -> ModelGraph {
        let configuration = ModelConfiguration(
            architecture: .llama, vocabularySize: 10, hiddenSize: 8, intermediateSize: 24, attentionHeadCount: 2,
            keyValueHeadCount: 1, headDimension: 4, maximumPositionCount: 16, rmsNormEpsilon: 1e-5,
            rotaryEmbedding: RotaryEmbedding(theta: 10_000), tiesWordEmbeddings: tied, attentionScale: 0.5,
            layers: [LayerConfiguration(attentionRouter: .linear)])
        return ModelGraph(
            configuration: configuration, sources: [SourceRecord(name: "model.safetensors", byteCount: 100_000)],
            tensors: configuration.requiredTensors.map { id in
                let source = SourceTensor(
                    sourceIndex: 0, name: ByteString("\(id)"), elementType: stored,
                    shape: configuration.shape(of: id) ?? .vector(0), byteOffset: 0)
                return GraphTensor(id: id, plan: .stored(source))
            })
    }

    private func storages(
        _ types: OutputTypes, tied: Bool = false, stored: ElementType = .bfloat16
    ) throws -> [String: String] {
        var graph = Self.graph(tied: tied, stored: stored)
        OutputTypePass(types).run(on: &graph)
        try graph.verify(.lowered)
        return Dictionary(uniqueKeysWithValues: graph.tensors.map { ("\($0.id)", "\($0.plan.storage)") })
    }

    @Test func int8IsForMatricesThatAreNoRouters() throws {
        let storages = try storages(OutputTypes(.int8, groupSize: 8))
        #expect(storages["layers.0.attentionInputNorm"] == "f32")
        #expect(storages["layers.0.attentionRouterPredictorWeight"] == "bf16")
        // Eight columns are one group, the whole row, which is written as 0.
        #expect(storages["layers.0.gateProjection"] == "int8")
        #expect(storages["layers.0.downProjection"] == "int8/8")
    }

    @Test func int8LeavesSomeMatricesIn16Bits() throws {
        let types: [(stored: ElementType, left: String)] = [
            (.bfloat16, "bf16"), (.float16, "f16"), (.float32, "bf16"), (.float64, "bf16"),
        ]
        for (stored, left) in types {
            let storages = try storages(OutputTypes(.int8, groupSize: 8), stored: stored)
            for name in ["tokenEmbedding", "outputHead", "layers.0.valueProjection"] {
                #expect(storages[name] == left, "\(name) stored as \(stored)")
            }
            #expect(storages["layers.0.keyProjection"] == "int8")
        }
        let named = OutputTypes(
            .int8, tokenEmbedding: .int8, outputHead: .int8, tensors: [TensorID(.valueProjection, layer: 0): .int8])
        let storages = try storages(named)
        for name in ["tokenEmbedding", "outputHead", "layers.0.valueProjection"] { #expect(storages[name] == "int8") }
    }

    @Test func embeddingAndHeadHaveTypesOfTheirOwn() throws {
        let separate = try storages(OutputTypes(.int8, tokenEmbedding: .auto, outputHead: .float32))
        #expect(separate["tokenEmbedding"] == "bf16")
        #expect(separate["outputHead"] == "f32")
        #expect(separate["layers.0.keyProjection"] == "int8")
        let other = try storages(OutputTypes(.bfloat16, outputHead: .int8))
        #expect(other["tokenEmbedding"] == "bf16")
        #expect(other["outputHead"] == "int8")
        #expect(try storages(OutputTypes(.auto, tokenEmbedding: .int8), tied: true)["tokenEmbedding"] == "int8")
    }

    @Test func singleTensorsGoBeforeEverything() throws {
        let types = OutputTypes(
            .int8, tokenEmbedding: .float16,
            tensors: [
                TensorID(.tokenEmbedding): .bfloat16, TensorID(.upProjection, layer: 0): .float32,
                TensorID(.attentionRouterPredictorWeight, layer: 0): .int8,
                // Vectors are float32 for every output type.
                TensorID(.finalNorm): .int8,
            ])
        let storages = try storages(types)
        #expect(storages["tokenEmbedding"] == "bf16")
        #expect(storages["layers.0.upProjection"] == "f32")
        #expect(storages["layers.0.attentionRouterPredictorWeight"] == "int8")
        #expect(storages["finalNorm"] == "f32")
    }

    @Test func whatIsAdaptedIsRoundedOnce() throws {
        var graph = Self.graph()
        let index = try #require(graph.tensors.firstIndex { $0.id.role == .upProjection })
        let factor = SourceTensor(
            sourceIndex: 0, name: "lora_A", elementType: .float32, shape: .matrix(2, 8), byteOffset: 0)
        let other = SourceTensor(
            sourceIndex: 0, name: "lora_B", elementType: .float32, shape: .matrix(24, 2), byteOffset: 64)
        let adapted = TensorPlan.adapted(
            graph.tensors[index].plan, by: LowRankUpdate(form: .linear, loraA: factor, loraB: other, scale: 1))
        graph.tensors[index].plan = adapted
        OutputTypePass(OutputTypes(.int8)).run(on: &graph)
        try graph.verify(.lowered)
        #expect(graph.tensors[index].plan == .quantized(adapted, groupSize: 0))
    }
}
