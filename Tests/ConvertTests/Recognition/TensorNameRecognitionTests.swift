import Foundation
import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles

/// Sets of tensors that are no float model or no adapter of PEFT.
@Suite struct TensorNameRecognitionTests {
    private func fault(_ body: () throws -> Void) -> InputError? { #expect(throws: InputError.self, performing: body) }

    private func zeros(_ name: String, _ shape: [Int] = [1]) -> SafetensorsBuilder.Tensor {
        SafetensorsBuilder.float32(name, shape, [Float](repeating: 0, count: shape.reduce(1, *)))
    }

    private func readModel(
        _ change: (inout TinyCheckpoint) -> Void, sidecar: (name: String, json: String)? = nil
    ) throws -> InputError? {
        let directory = try TemporaryDirectory()
        var checkpoint = TinyCheckpoint()
        change(&checkpoint)
        try checkpoint.write(to: directory)
        if let sidecar { try directory.write(sidecar.json, to: sidecar.name) }
        return fault { _ = try FrontEnd(modelDirectory: directory.path).read() }
    }

    @Test(arguments: [
        ("model-00001-of-00002.safetensors", InputRule.singleShard), ("model-1-of-12.safetensors", .singleShard),
        ("model-00001-of-00001.safetensors", .tensorMissing), ("model.safetensors", .tensorMissing),
    ])
    func oneShardOfSeveralIsNamed(_ name: String, _ rule: InputRule) throws {
        let directory = try TemporaryDirectory()
        var checkpoint = TinyCheckpoint()
        try directory.write(checkpoint.config, to: "config.json")
        checkpoint.model.tensors.removeAll { $0.name == "model.norm.weight" }
        try directory.write(checkpoint.model.file, to: name)
        let path = directory.file(name)
        let error = fault { _ = try FrontEnd(modelDirectory: directory.path, checkpointPath: path).read() }
        #expect(error?.rule == rule)
    }

    // MARK: Quantized checkpoints

    @Test("CF-78: a quantized checkpoint is recognized by its tensors", arguments: QuantizationMethod.allCases)
    func aMethodIsRecognizedByItsTensors(_ method: QuantizationMethod) throws {
        for names in method.tensorNames {
            let error = try readModel { checkpoint in
                checkpoint.model.tensors += names.map {
                    zeros("model.layers.0.self_attn.q_proj.\($0)")
                }
            }
            #expect(error?.rule == .quantizedCheckpoint, "\(names): \(String(describing: error))")
            #expect(error?.found.hasPrefix(method.displayName) == true, "\(names): \(error?.found ?? "")")
        }
    }

    @Test("CF-78: a quantized checkpoint is recognized by its configuration", arguments: QuantizationMethod.allCases)
    func aMethodIsRecognizedByItsName(_ method: QuantizationMethod) throws {
        for name in method.configurationNames {
            let error = try readModel {
                $0.config = $0.config.replacingFirst(
                    "\"hidden_act\"",
                    with: "\"quantization_config\": {\"quant_method\": \"\(name)\", \"bits\": 3}, \"hidden_act\"")
            }
            #expect(error?.rule == .quantizedCheckpoint && error?.place == .field("quantization_config"))
            #expect(error?.found == "\(method.displayName), 3 bits")
        }
    }

    @Test(arguments: [
        ("{\"load_in_4bit\": true}", "bitsandbytes, 4 bits"), ("{\"quant_method\": \"new\"}", "\"new\""),
        ("{}", "a method of an unknown name"), ("[]", "an array"),
        ("{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 128}", "GPTQ, 4 bits, groups of 128"),
    ])
    func otherConfigurationsAreDescribed(_ json: String, _ found: String) throws {
        let error = try readModel {
            $0.config = $0.config.replacingFirst(
                "\"hidden_act\"", with: "\"quantization_config\": \(json), \"hidden_act\"")
        }
        #expect(error?.found == found)
    }

    @Test(arguments: [
        ("quantize_config.json", "{\"bits\": 4, \"group_size\": 64}", "qweight", "GPTQ, 4 bits, groups of 64"),
        ("quant_config.json", "{\"w_bit\": 4, \"q_group_size\": 128}", "scales", "AWQ, 4 bits, groups of 128"),
        (
            "hf_quant_config.json",
            "{\"producer\": {\"name\": \"modelopt\"}, \"quantization\": {\"quant_algo\": \"FP8\"}}",
            "weight_scale", "FP8"
        ),
    ])
    func aFileBesideTheModelIsAsked(_ name: String, _ json: String, _ tensor: String, _ found: String) throws {
        let add = { (checkpoint: inout TinyCheckpoint) in
            checkpoint.model.tensors.append(zeros("model.layers.0.mlp.up_proj.\(tensor)"))
        }
        #expect(try readModel(add, sidecar: (name, json))?.found.hasPrefix(found) == true)
    }

    @Test func aConfigurationOfMLXIsDescribed() throws {
        let error = try readModel { checkpoint in
            checkpoint.config = checkpoint.config.replacingFirst(
                "\"hidden_act\"", with: "\"quantization\": {\"group_size\": 32, \"bits\": 8}, \"hidden_act\"")
            checkpoint.model.tensors += ["scales", "biases"].map { zeros("model.layers.1.mlp.up_proj.\($0)") }
        }
        #expect(error?.found.hasPrefix("MLX, 8 bits, groups of 32") == true)
    }

    /// Fields and files that float checkpoints keep do not decide.
    @Test func floatWeightsBesideARecordAreRead() throws {
        let directory = try TemporaryDirectory()
        var checkpoint = TinyCheckpoint()
        checkpoint.config = checkpoint.config.replacingFirst("{", with: "{\"quantization_config\": null,")
        try checkpoint.write(to: directory)
        try directory.write("{\"bits\": 4}", to: "quantize_config.json")
        _ = try FrontEnd(modelDirectory: directory.path).read()
    }

    // MARK: Tensors without elements, and names of other formats

    @Test func weightsWithoutElementsAreNamed() throws {
        let error = try readModel {
            $0.change("model.layers.0.mlp.up_proj.weight") { $0 = zeros($0.name, [0]) }
            $0.change("model.layers.1.mlp.up_proj.weight") { $0 = zeros($0.name, [0]) }
        }
        #expect(error?.rule == .emptyTensors && error?.found == "2 of 21 tensors")
    }

    @Test(arguments: [
        ("layers.0.attention.wq.weight", InputRule.metaCheckpoint), ("tok_embeddings.weight", .metaCheckpoint),
        ("_fsdp_wrapped_module._flat_param", .distributedShards),
        ("decoder.layers.0.self_attention.linear_qkv.weight", .megatronShards),
        ("language_model.encoder.layers.0.x.weight", .megatronShards),
    ])
    func namesOfOtherFormatsAreNamed(_ name: String, _ rule: InputRule) throws {
        #expect(try readModel { $0.model.tensors = [zeros(name)] }?.rule == rule)
    }

    // MARK: Adapters and routers in the wrong place

    private func readAdapter(_ tensors: [SafetensorsBuilder.Tensor]) throws -> InputError? {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try directory.write(SafetensorsBuilder(tensors).file, to: "x.safetensors")
        let adapters = [AdapterInput(path: directory.file("x.safetensors"))]
        return fault { _ = try FrontEnd(modelDirectory: directory.path, adapters: adapters).read() }
    }

    @Test func filesGivenAsAdaptersAreNamed() throws {
        let checkpoint = TinyCheckpoint()
        let empty = TinyAdapter().model.tensors.map { zeros($0.name, [0]) }
        for (tensors, rule) in [
            (checkpoint.model.tensors, InputRule.modelAsAdapter), (checkpoint.routers.tensors, .routersOnly),
            (empty, .emptyTensors), ([zeros("model.layers.0.self_attn.q_proj.lora_a", [8, 2])], .mlxAdapter),
            ([zeros("lora_unet_down_blocks_0.lora_down.weight")], .foreignAdapter),
            ([zeros("lora_te1_text_model_encoder_layers_0.hada_w1_a")], .foreignAdapter),
            ([zeros("unet.up.lora.down.weight")], .foreignAdapter), ([zeros("nothing")], .adapterEmpty),
            (
                [zeros("model.layers.0.mlp.up_proj.qweight"), zeros("model.layers.0.mlp.up_proj.g_idx")],
                .quantizedCheckpoint
            ),
        ] {
            let error = try readAdapter(tensors)
            #expect(error?.rule == rule, "\(tensors[0].name): \(String(describing: error))")
        }
    }

    @Test func filesGivenAsTheCheckpointAreNamed() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        for (tensors, rule) in [
            (TinyAdapter().model.tensors, InputRule.adapterAsModel), (TinyCheckpoint().routers.tensors, .routersOnly),
            (TinyAdapter().fullStateTensors, .adapterAsModel),
        ] {
            try directory.write(SafetensorsBuilder(tensors).file, to: "x.safetensors")
            let path = directory.file("x.safetensors")
            let error = fault { _ = try FrontEnd(modelDirectory: directory.path, checkpointPath: path).read() }
            #expect(error?.rule == rule, "\(String(describing: error))")
            try directory.write(TorchBuilder.archive(of: tensors).build().bytes, to: "x.pt")
            let torch = directory.file("x.pt")
            #expect(
                fault { _ = try FrontEnd(modelDirectory: directory.path, checkpointPath: torch).read() }?.rule == rule)
        }
    }

    /// What training saves is a model with routers and an adapter inside.
    @Test func aModelWithAnAdapterInsideIsRead() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try directory.write(TinyCheckpoint().stageTwo(TinyAdapter()).file, to: "stage2.safetensors")
        var frontEnd = FrontEnd(modelDirectory: directory.path, checkpointPath: directory.file("stage2.safetensors"))
        frontEnd.adapterAlpha = 4
        #expect(try frontEnd.read().adapters.count == 1)
    }
}
