import SkipModel
import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles

@Suite struct FrontEndTests {
    private func read(_ checkpoint: TinyCheckpoint, routers: Bool = true) throws -> FrontEnd.Result {
        let directory = try TemporaryDirectory()
        try checkpoint.write(to: directory)
        return try FrontEnd(
            modelDirectory: directory.path, routerPath: routers ? directory.file("routers.safetensors") : nil
        ).read()
    }

    @Test func buildsAVerifiedGraph() throws {
        let result = try read(TinyCheckpoint())
        try result.graph.verify(.imported)
        #expect(result.leftOut.isEmpty)
        let layer = LayerConfiguration(attentionRouter: .linear, mlpRouter: .linear)
        #expect(result.graph.configuration.layers == [layer, layer])
        #expect(result.graph.tensors.count == 3 + 2 * 9 + 2 * 4)
        #expect(result.files.map(\.name) == ["model.safetensors", "routers.safetensors"])
    }

    @Test func aModelWithoutRoutersIsDense() throws {
        let result = try read(TinyCheckpoint(), routers: false)
        #expect(result.graph.configuration.layers.allSatisfy { $0 == LayerConfiguration() })
    }

    @Test func findsRoutersInTheCheckpointItself() throws {
        var checkpoint = TinyCheckpoint()
        checkpoint.model.tensors += checkpoint.routers.tensors
        let result = try read(checkpoint, routers: false)
        #expect(result.graph.configuration.layers[1].mlpRouter == .linear)
        #expect(throws: InputError.self) { try read(checkpoint, routers: true) }
    }

    @Test(arguments: ["", "module.", "_orig_mod.", "base_model.model.", "module.base_model.model."])
    func readsRoutersUnderEveryPrefix(_ prefix: String) throws {
        var checkpoint = TinyCheckpoint()
        for index in checkpoint.routers.tensors.indices {
            checkpoint.routers.tensors[index].name = prefix + checkpoint.routers.tensors[index].name
        }
        #expect(try read(checkpoint).graph.configuration.layers[0].attentionRouter == .linear)
    }

    /// Stage one of router training saves the whole model and wraps every layer.
    @Test(arguments: ["", "module.", "_orig_mod."])
    func readsStageOneAsTheBase(_ prefix: String) throws {
        let directory = try TemporaryDirectory()
        let checkpoint = TinyCheckpoint()
        try directory.write(checkpoint.config, to: "config.json")
        try directory.write(checkpoint.stageOne(prefix: prefix).file, to: "stage-one.safetensors")
        let result = try FrontEnd(
            modelDirectory: directory.path, checkpointPath: directory.file("stage-one.safetensors")
        ).read()
        try result.graph.verify(.imported)
        #expect(result.graph.configuration.layers[1].mlpRouter == .linear)
        #expect(result.ledger.count == checkpoint.model.tensors.count + checkpoint.routers.tensors.count)
        let separate = try read(checkpoint)
        #expect(result.graph.tensors.map(\.id) == separate.graph.tensors.map(\.id))
    }

    @Test func twoNamesForOneTensorAreAnError() throws {
        var checkpoint = TinyCheckpoint()
        checkpoint.model.tensors.append(
            .init(
                name: "module.model.norm.weight", dtype: "F32", shape: [8], bytes: [UInt8](repeating: 0, count: 32)))
        let error = #expect(throws: InputError.self) { try read(checkpoint) }
        #expect(error?.rule == .tensorDuplicate)
    }

    @Test func theLedgerNamesEveryTensorOfEveryInput() throws {
        let checkpoint = TinyCheckpoint()
        let ledger = try read(checkpoint).ledger
        #expect(
            ledger.map(\.name).sorted()
                == (checkpoint.model.tensors + checkpoint.routers.tensors).map { ByteString($0.name) }.sorted())
        #expect(ledger.contains { $0.fate == .placed([TensorID(.queryProjection, layer: 1)]) })
    }

    @Test func routersMayCoverSomeLayersOneModuleAndLackTheBias() throws {
        var checkpoint = TinyCheckpoint()
        checkpoint.routers.tensors = checkpoint.routers.tensors.filter {
            $0.name == "model.layers.1.router_mlp.weight_predictor.weight"
        }
        let configuration = try read(checkpoint).graph.configuration
        #expect(configuration.layers == [LayerConfiguration(), LayerConfiguration(mlpRouter: .linear)])
    }

    @Test func namesWhatItLeavesOut() throws {
        var checkpoint = TinyCheckpoint()
        checkpoint.config = checkpoint.config.replacingFirst(
            "\"tie_word_embeddings\": false", with: "\"tie_word_embeddings\": true")
        let embedding = checkpoint.model.tensors.first { $0.name == "model.embed_tokens.weight" }?.bytes ?? []
        checkpoint.change("lm_head.weight") { $0.bytes = embedding }
        checkpoint.model.tensors.append(
            SafetensorsBuilder.float32("model.layers.0.self_attn.rotary_emb.inv_freq", [2], [1, 0.01]))
        checkpoint.routers.tensors.append(SafetensorsBuilder.float32("step", [1], [7]))
        let reasons = try read(checkpoint).leftOut.map { "\($0.name): \($0.reason)" }.sorted()
        #expect(
            reasons == [
                "lm_head.weight: tiedHead", "model.layers.0.self_attn.rotary_emb.inv_freq: derivedBuffer",
                "step: notRouter",
            ])
    }

    @Test("ST-21: the order of the tensors in the file does not matter")
    func aDifferentOrderInTheFileGivesTheSameGraph() throws {
        var shuffled = TinyCheckpoint()
        shuffled.model.tensors.reverse()
        let ids = try read(TinyCheckpoint()).graph.tensors.map(\.id)
        #expect(try read(shuffled).graph.tensors.map(\.id) == ids)
    }

    @Test func generationConfigDecidesWhatEndsText() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try directory.write(#"{"eos_token_id": [3, 5]}"#, to: "generation_config.json")
        let result = try FrontEnd(modelDirectory: directory.path, routerPath: nil).read()
        #expect(result.graph.configuration.endOfTextTokenIDs == [3, 5])
    }

    @Test(arguments: [
        (#""rope_theta": 10000.0"#, RotaryEmbedding(theta: 10000)),
        (#""rope_parameters": {"rope_theta": 5e5, "rope_type": "default"}"#, RotaryEmbedding(theta: 500_000)),
        // A value inside of the section is used before the configuration's own; null is absent.
        (
            #""rope_theta": 7.0, "rope_scaling": {"type": "linear", "factor": 2.0, "rope_theta": 5e5}"#,
            RotaryEmbedding(theta: 500_000, scaling: .linear(factor: 2))
        ),
        (#""rope_theta": 5e5, "rope_scaling": null, "rope_parameters": null"#, RotaryEmbedding(theta: 500_000)),
        (
            #""rope_theta": 10000.0, "rope_scaling": {"type": "linear", "factor": 2.0}"#,
            RotaryEmbedding(theta: 10000, scaling: .linear(factor: 2))
        ),
        (
            #""rope_parameters": {"rope_theta": 5e5, "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 64}"#,
            RotaryEmbedding(
                theta: 500_000,
                scaling: .llama3(
                    factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalMaximumPositionCount: 64))
        ),
    ])
    func readsRotaryParametersOfBothTransformersVersions(_ text: String, _ expected: RotaryEmbedding) throws {
        var checkpoint = TinyCheckpoint()
        checkpoint.config = checkpoint.config.replacingFirst(#""rope_theta": 10000.0"#, with: text)
        #expect(try read(checkpoint).graph.configuration.rotaryEmbedding == expected)
    }

    /// Each limit of a model: a configuration at it is not refused for it, and one beyond it is.
    @Test(arguments: [
        ("vocab_size", #""vocab_size": 16"#, ModelLimits.maximumVocabularySize),
        ("hidden_size", #""hidden_size": 8"#, ModelLimits.maximumHiddenSize),
        ("intermediate_size", #""intermediate_size": 16"#, ModelLimits.maximumIntermediateSize),
        ("num_attention_heads", #""num_attention_heads": 2"#, ModelLimits.maximumHeadCount),
        ("num_key_value_heads", #""num_key_value_heads": 1"#, ModelLimits.maximumHeadCount),
        ("head_dim", #""hidden_act""#, ModelLimits.maximumHeadDimension),
        ("num_hidden_layers", #""num_hidden_layers": 2"#, ModelLimits.maximumLayerCount),
        ("max_position_embeddings", #""max_position_embeddings": 64"#, ModelLimits.maximumPositionCount),
    ])
    func refusesConfigurationsBeyondALimit(_ field: String, _ replaced: String, _ limit: Int) throws {
        func error(_ value: Int) -> InputError? {
            var checkpoint = TinyCheckpoint()
            let text = "\"\(field)\": \(value)" + (field == "head_dim" ? ", \(replaced)" : "")
            checkpoint.config = checkpoint.config.replacingFirst(replaced, with: text)
            do { _ = try read(checkpoint) } catch { return error as? InputError }
            return nil
        }
        let beyond = error(limit + 1)
        #expect(beyond?.rule == .configField && beyond?.place == .field(field))
        #expect(beyond?.found == "\(limit + 1)")
        let at = error(limit)
        #expect(at?.rule != .configField || at?.place != .field(field))
    }

    /// Without `head_dim`, the dimension of a head follows from the width and is limited as well.
    @Test func refusesAWidthThatMakesHeadsTooWide() throws {
        var checkpoint = TinyCheckpoint()
        checkpoint.config = checkpoint.config.replacingFirst(
            #""hidden_size": 8"#, with: #""hidden_size": \#(2 * (ModelLimits.maximumHeadDimension + 2))"#)
        let error = #expect(throws: InputError.self) { try read(checkpoint) }
        #expect(error?.rule == .configField && error?.place == .field("num_attention_heads"))
    }

    @Test(arguments: ["model.safetensors", "pytorch_model.bin"])
    func recognizesAGitLFSPointer(_ name: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write(TinyCheckpoint().config, to: "config.json")
        try directory.write("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", to: name)
        let error = #expect(throws: InputError.self) { try FrontEnd(modelDirectory: directory.path).read() }
        #expect(error?.rule == .gitLFSPointer)
    }

    @Test func fixturesAreRead() throws {
        for (name, kind) in [
            ("llama-linear-f32", RouterKind.linear), ("llama-mlp-bf16-sharded", .mlp(hiddenWidth: 16)),
            ("llama3-rope-tied", .linear), ("llama-biases", .mlp(hiddenWidth: 16)),
        ] {
            let directory = RepositoryPaths.fixture(name)
            let result = try FrontEnd(modelDirectory: directory, routerPath: directory + "/routers.safetensors").read()
            try result.graph.verify(.imported)
            #expect(result.graph.configuration.layers.map(\.mlpRouter) == [kind, kind, kind], "\(name)")
        }
    }
}
