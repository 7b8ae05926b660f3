import SkipModel
import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles

/// Applies adapters to a checkpoint that is small enough to compute the expected weights by hand.
@Suite struct AdapterMergeTests {
    private let query = TensorID(.queryProjection, layer: 1)
    private let head = TensorID(.outputHead)
    private let embedding = TensorID(.tokenEmbedding)
    private let prefix = "base_model.model."

    private func read(
        _ checkpoint: TinyCheckpoint = TinyCheckpoint(), _ adapters: [TinyAdapter] = [], alpha: Double? = nil
    ) throws -> PlanValues {
        let directory = try TemporaryDirectory()
        try checkpoint.write(to: directory)
        var frontEnd = FrontEnd(modelDirectory: directory.path, routerPath: directory.file("routers.safetensors"))
        for (index, adapter) in adapters.enumerated() {
            try adapter.write(to: directory, "lora-\(index)")
            frontEnd.adapters.append(AdapterInput(path: directory.file("lora-\(index)")))
        }
        frontEnd.adapterAlpha = alpha
        return try PlanValues(try frontEnd.read())
    }

    private func tied() -> TinyCheckpoint {
        var checkpoint = TinyCheckpoint()
        checkpoint.config = checkpoint.config.replacingFirst(
            "\"tie_word_embeddings\": false", with: "\"tie_word_embeddings\": true")
        checkpoint.model.tensors.removeAll { $0.name == "lm_head.weight" }
        return checkpoint
    }

    /// An adapter with these tensors and no others.
    private func adapter(_ tensors: [SafetensorsBuilder.Tensor]) -> TinyAdapter {
        var adapter = TinyAdapter()
        adapter.set("target_modules", #"["q_proj", "embed_tokens", "lm_head", "weight_predictor"]"#)
        adapter.model.tensors = tensors.map { tensor in
            var tensor = tensor
            tensor.name = prefix + tensor.name
            return tensor
        }
        return adapter
    }

    private func values(_ tensor: SafetensorsBuilder.Tensor) -> [Float] {
        stride(from: 0, to: tensor.bytes.count, by: 4).map { start in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(tensor.bytes[start + $1]) << ($1 * 8) })
        }
    }

    /// scale · B · A in double precision; A is [rank, columns], B [rows, rank].
    private func product(
        _ loraB: SafetensorsBuilder.Tensor, _ loraA: SafetensorsBuilder.Tensor, scale: Double
    ) -> [Double] {
        let (a, b) = (values(loraA), values(loraB))
        let (rank, columns) = (loraA.shape[0], loraA.shape[1])
        return (0..<loraB.shape[0] * columns).map { index in
            scale
                * (0..<rank).reduce(0) {
                    $0 + Double(b[index / columns * rank + $1]) * Double(a[$1 * columns + index % columns])
                }
        }
    }

    private func sum(_ base: [Float], _ delta: [Double]) -> [Float] { zip(base, delta).map { Float(Double($0) + $1) } }

    // MARK: Linear layers

    @Test func addsTheScaledProduct() throws {
        let adapter = TinyAdapter()
        let delta = product(adapter.model.tensors[5], adapter.model.tensors[4], scale: 2)
        let merged = try read(TinyCheckpoint(), [adapter])
        #expect(relativeError(try merged.floats(query), sum(try read().floats(query), delta)) <= 1e-6)
        #expect(try merged.plan(query).storedElementType == .float32)
        #expect(merged.result.adapters.map(\.effectiveScales) == [[2]])
    }

    @Test func stageTwoIsBaseRoutersAndAdapterInOne() throws {
        let directory = try TemporaryDirectory()
        let checkpoint = TinyCheckpoint()
        try directory.write(checkpoint.config, to: "config.json")
        try directory.write(checkpoint.stageTwo(TinyAdapter()).file, to: "stage-two.safetensors")
        var frontEnd = FrontEnd(
            modelDirectory: directory.path, checkpointPath: directory.file("stage-two.safetensors"))
        let error = #expect(throws: InputError.self) { try frontEnd.read() }
        #expect(error?.rule == .adapterAlphaMissing)

        frontEnd.adapterAlpha = TinyAdapter.alpha
        let together = try PlanValues(try frontEnd.read())
        let apart = try read(checkpoint, [TinyAdapter()])
        #expect(together.result.graph.configuration == apart.result.graph.configuration)
        for tensor in apart.result.graph.tensors {
            #expect(try together.floats(tensor.id) == apart.floats(tensor.id), "\(tensor.id)")
        }
    }

    @Test func aBareFileNeedsItsAlpha() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        var bare = TinyAdapter().model
        for index in bare.tensors.indices {
            bare.tensors[index].name = TinyCheckpoint.wrapped(bare.tensors[index].name)
        }
        try directory.write(bare.file, to: "lora.safetensors")
        var frontEnd = FrontEnd(modelDirectory: directory.path)
        frontEnd.adapters = [AdapterInput(path: directory.file("lora.safetensors"))]
        let error = #expect(throws: InputError.self) { try frontEnd.read() }
        #expect(error?.rule == .adapterAlphaMissing)
        frontEnd.adapterAlpha = 4
        let merged = try PlanValues(try frontEnd.read())
        #expect(try merged.floats(query) == read(TinyCheckpoint(), [TinyAdapter()]).floats(query))
    }

    @Test func adaptsRouters() throws {
        let name = "model.layers.0.router_mlp.weight_predictor."
        let (a, b) = (
            TinyAdapter.random(name + "lora_A.weight", [2, 8]), TinyAdapter.random(name + "lora_B.weight", [2, 2])
        )
        let router = TensorID(.mlpRouterPredictorWeight, layer: 0)
        let merged = try read(TinyCheckpoint(), [adapter([a, b])])
        #expect(
            relativeError(try merged.floats(router), sum(try read().floats(router), product(b, a, scale: 2))) <= 1e-6)
    }

    // MARK: Biases

    private func withBiases() -> TinyCheckpoint {
        var checkpoint = TinyCheckpoint()
        checkpoint.config = checkpoint.config.replacingFirst(
            "\"hidden_act\"", with: "\"attention_bias\": true, \"hidden_act\"")
        for layer in 0..<TinyCheckpoint.layerCount {
            for (module, width) in [("q", 8), ("k", 4), ("v", 4), ("o", 8)] {
                checkpoint.model.tensors.append(
                    TinyAdapter.random("model.layers.\(layer).self_attn.\(module)_proj.bias", [width]))
            }
        }
        return checkpoint
    }

    @Test func addsTheBiasOfB() throws {
        var adapter = TinyAdapter()
        adapter.set("lora_bias", "true")
        adapter.model.tensors.removeAll { !$0.name.contains("layers.1.self_attn.q_proj") }
        let bias = TinyAdapter.random(prefix + "model.layers.1.self_attn.q_proj.lora_B.bias", [8])
        adapter.model.tensors.append(bias)
        let id = TensorID(.queryBias, layer: 1)
        let base = try read(withBiases()).floats(id)
        let expected = sum(base, values(bias).map { Double($0) * 2 })
        #expect(relativeError(try read(withBiases(), [adapter]).floats(id), expected) <= 1e-6)
    }

    @Test(arguments: ["bias", "base_layer.bias"])
    func trainedBiasesReplaceTheOldOnes(_ ending: String) throws {
        var adapter = TinyAdapter()
        adapter.set("bias", "\"all\"")
        let bias = TinyAdapter.random(prefix + "model.layers.0.self_attn.q_proj." + ending, [8])
        adapter.model.tensors.append(bias)
        let merged = try read(withBiases(), [adapter])
        #expect(try merged.floats(TensorID(.queryBias, layer: 0)) == values(bias))
        #expect(merged.result.leftOut.map(\.reason) == [.replacedByAdapter])
    }

    // MARK: Tied embeddings

    /// PEFT merges into the weight, and a tied head shares the weight.
    @Test func anAdapterOnATiedHeadChangesTheEmbedding() throws {
        let (a, b) = (
            TinyAdapter.random("lm_head.lora_A.weight", [2, 8]), TinyAdapter.random("lm_head.lora_B.weight", [16, 2])
        )
        let merged = try read(tied(), [adapter([a, b])])
        #expect(merged.result.graph.configuration.tiesWordEmbeddings)
        let expected = sum(try read(tied()).floats(embedding), product(b, a, scale: 2))
        #expect(relativeError(try merged.floats(embedding), expected) <= 1e-6)
    }

    @Test func anAdaptedEmbeddingStaysTied() throws {
        let a = TinyAdapter.random("model.embed_tokens.lora_embedding_A", [2, 16])
        let b = TinyAdapter.random("model.embed_tokens.lora_embedding_B", [8, 2])
        let merged = try read(tied(), [adapter([a, b])])
        #expect(merged.result.graph.configuration.tiesWordEmbeddings)
        let delta = product(b, a, scale: 2)
        let transposed = (0..<128).map { delta[$0 % 8 * 16 + $0 / 8] }
        let expected = sum(try read(tied()).floats(embedding), transposed)
        #expect(relativeError(try merged.floats(embedding), expected) <= 1e-6)
    }

    @Test func aSavedHeadIsNoLongerTied() throws {
        let saved = TinyAdapter.random("lm_head.weight", [16, 8])
        var adapter = adapter([saved])
        adapter.set("modules_to_save", "[\"lm_head\"]")
        let merged = try read(tied(), [adapter])
        #expect(!merged.result.graph.configuration.tiesWordEmbeddings)
        #expect(try merged.floats(head) == values(saved))
        #expect(try merged.floats(embedding) == read(tied()).floats(embedding))
    }

    @Test func aSavedEmbeddingDoesNotChangeTheHead() throws {
        let saved = TinyAdapter.random("model.embed_tokens.weight", [16, 8])
        var adapter = adapter([saved])
        adapter.set("modules_to_save", "[\"embed_tokens\"]")
        let merged = try read(tied(), [adapter])
        #expect(!merged.result.graph.configuration.tiesWordEmbeddings)
        #expect(try merged.floats(head) == read(tied()).floats(embedding))
        #expect(try merged.floats(embedding) == values(saved))
    }

    @Test func aSavedEmbeddingStaysTiedIfTheAdapterSaysSo() throws {
        let saved = TinyAdapter.random("model.embed_tokens.weight", [16, 8])
        var copy = saved
        copy.name = "lm_head.weight"
        var adapter = adapter([saved, copy])
        adapter.set("modules_to_save", "[\"embed_tokens\", \"lm_head\"]")
        adapter.set("ensure_weight_tying", "true")
        let merged = try read(tied(), [adapter])
        #expect(merged.result.graph.configuration.tiesWordEmbeddings)
        #expect(try merged.floats(embedding) == values(saved))
    }

    @Test func anAdapterOnAHeadThatMustStayTiedIsRefused() throws {
        var adapter = adapter([
            TinyAdapter.random("lm_head.lora_A.weight", [2, 8]), TinyAdapter.random("lm_head.lora_B.weight", [16, 2]),
        ])
        adapter.set("ensure_weight_tying", "true")
        let error = #expect(throws: InputError.self) { try read(tied(), [adapter]) }
        #expect(error?.rule == .adapterUnsupported)
    }

    // MARK: Whole modules

    @Test("LR-94: no tensor is replaced twice") func noTensorIsReplacedTwice() throws {
        var adapter = adapter([TinyAdapter.random("lm_head.weight", [16, 8])])
        adapter.set("modules_to_save", "[\"lm_head\"]")
        #expect(try read(TinyCheckpoint(), [adapter]).result.adapters.map(\.replacedCount) == [1])
        let error = #expect(throws: InputError.self) { try read(TinyCheckpoint(), [adapter, adapter]) }
        #expect(error?.rule == .adapterTwice)
        #expect(error?.file.hasSuffix("lora-1/adapter_model.safetensors") == true)
    }

    @Test func aSavedModuleOfStageTwoReplacesItsOriginal() throws {
        let directory = try TemporaryDirectory()
        let checkpoint = TinyCheckpoint()
        var file = checkpoint.stageTwo(TinyAdapter())
        let norm = prefix + "model.norm"
        let index = try #require(file.tensors.firstIndex { $0.name == norm + ".weight" })
        file.tensors[index].name = norm + ".original_module.weight"
        let saved = TinyAdapter.random(norm + ".modules_to_save.default.weight", [8])
        file.tensors.append(saved)
        try directory.write(checkpoint.config, to: "config.json")
        try directory.write(file.file, to: "model.safetensors")
        var frontEnd = FrontEnd(modelDirectory: directory.path)
        frontEnd.adapterAlpha = 4
        let merged = try PlanValues(try frontEnd.read())
        #expect(try merged.floats(TensorID(.finalNorm)) == values(saved))
        #expect(merged.result.leftOut.map(\.name) == [ByteString(norm + ".original_module.weight")])
    }

    @Test func anAdapterMayBringTheRouters() throws {
        var adapter = TinyAdapter()
        for tensor in TinyCheckpoint().routers.tensors {
            var tensor = tensor
            tensor.name = prefix + tensor.name
            adapter.model.tensors.append(tensor)
        }
        adapter.set("modules_to_save", "[\"router_attention\", \"router_mlp\"]")
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try adapter.write(to: directory)
        var frontEnd = FrontEnd(modelDirectory: directory.path)
        frontEnd.adapters = [AdapterInput(path: directory.file("lora"))]
        let result = try frontEnd.read()
        #expect(
            result.graph.configuration.layers.allSatisfy { $0.mlpRouter == .linear && $0.attentionRouter == .linear })
    }
}
