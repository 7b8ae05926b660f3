/// A Llama checkpoint of a few hundred weights as a Hugging Face directory, valid or with changes.
public struct TinyCheckpoint: Sendable {
    public static let hiddenSize = 8
    public static let intermediateSize = 16
    public static let layerCount = 2
    public static let vocabularySize = 16
    public static let keyValueWidth = 4

    public var config: String
    public var model: SafetensorsBuilder
    public var routers: SafetensorsBuilder

    public init(seed: UInt64 = 1) {
        var random = SplitMix64(seed: seed)
        config = """
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 16, "hidden_size": 8,
             "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1,
             "hidden_act": "silu", "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "max_position_embeddings": 64,
             "tie_word_embeddings": false, "bos_token_id": 0, "eos_token_id": 1, "torch_dtype": "float32"}
            """
        func tensor(_ name: String, _ shape: [Int]) -> SafetensorsBuilder.Tensor {
            .init(
                name: name, dtype: "F32", shape: shape,
                bytes: (0..<shape.reduce(1, *)).flatMap { _ in littleEndian(random.nextFloat().bitPattern) })
        }
        var tensors = [tensor("model.embed_tokens.weight", [16, 8])]
        var routerTensors: [SafetensorsBuilder.Tensor] = []
        for layer in 0..<Self.layerCount {
            let prefix = "model.layers.\(layer)."
            tensors.append(tensor(prefix + "input_layernorm.weight", [8]))
            tensors.append(tensor(prefix + "post_attention_layernorm.weight", [8]))
            tensors.append(tensor(prefix + "self_attn.q_proj.weight", [8, 8]))
            tensors.append(tensor(prefix + "self_attn.k_proj.weight", [4, 8]))
            tensors.append(tensor(prefix + "self_attn.v_proj.weight", [4, 8]))
            tensors.append(tensor(prefix + "self_attn.o_proj.weight", [8, 8]))
            tensors.append(tensor(prefix + "mlp.gate_proj.weight", [16, 8]))
            tensors.append(tensor(prefix + "mlp.up_proj.weight", [16, 8]))
            tensors.append(tensor(prefix + "mlp.down_proj.weight", [8, 16]))
            for router in ["router_attention", "router_mlp"] {
                routerTensors.append(tensor(prefix + router + ".weight_predictor.weight", [2, 8]))
                routerTensors.append(tensor(prefix + router + ".weight_predictor.bias", [2]))
            }
        }
        tensors.append(tensor("model.norm.weight", [8]))
        tensors.append(tensor("lm_head.weight", [16, 8]))
        model = SafetensorsBuilder(tensors)
        routers = SafetensorsBuilder(routerTensors)
    }

    /// Writes `config.json`, `model.safetensors` and `routers.safetensors`.
    public func write(to directory: TemporaryDirectory) throws {
        try directory.write(config, to: "config.json")
        try directory.write(model.file, to: "model.safetensors")
        try directory.write(routers.file, to: "routers.safetensors")
    }

    /// The whole model in one file, with the names of stage one of router training: wrapped layers, and the routers.
    public func stageOne(prefix: String = "") -> SafetensorsBuilder {
        SafetensorsBuilder(
            model.tensors.map { tensor in
                var tensor = tensor
                tensor.name = prefix + Self.wrapped(tensor.name)
                return tensor
            }
                + routers.tensors.map { tensor in
                    var tensor = tensor
                    tensor.name = prefix + tensor.name
                    return tensor
                })
    }

    /// Model, routers and adapter in one file, with the names of stage two of router training.
    public func stageTwo(_ adapter: TinyAdapter) -> SafetensorsBuilder {
        let adapted = ["q_proj.weight", "gate_proj.weight"]
        var builder = stageOne(prefix: "base_model.model.")
        for index in builder.tensors.indices where adapted.contains(where: builder.tensors[index].name.hasSuffix) {
            builder.tensors[index].name = builder.tensors[index].name.replacingFirst(
                ".weight", with: ".base_layer.weight")
        }
        builder.tensors += adapter.fullStateTensors.map { tensor in
            var tensor = tensor
            let prefix = "base_model.model."
            tensor.name = prefix + Self.wrapped(String(tensor.name.dropFirst(prefix.count)))
            return tensor
        }
        return builder
    }

    /// Returns `model.layers.N.REST` with `.block` after the number, and other names unchanged.
    public static func wrapped(_ name: String) -> String {
        var parts = name.split(separator: ".")
        if parts.count > 3, parts[1] == "layers" { parts.insert("block", at: 3) }
        return parts.joined(separator: ".")
    }

    /// Changes a tensor of the model in place.
    public mutating func change(_ name: String, _ body: (inout SafetensorsBuilder.Tensor) -> Void) {
        guard let index = model.tensors.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("no tensor \(name)")
        }
        body(&model.tensors[index])
    }
}
