import SkipFiles
import SkipModel

/// Llama, and models with the same architecture (SmolLM2, TinyLlama, …): Transformers' `modeling_llama.py`.
struct LlamaFamily: CheckpointFamily {
    let classNames: [ByteString] = ["LlamaForCausalLM"]
    let modelType: ByteString = "llama"
    // Checkpoints of Mistral and Qwen in the form of Llama keep them. Transformers computes full attention.
    let ignoredFields: Set<ByteString> = ["sliding_window", "sliding_window_size"]

    let placements = PlacementTable(
        model: [
            .init("model.embed_tokens.weight", .tokenEmbedding),
            .init("model.norm.weight", .finalNorm),
            .init("lm_head.weight", .outputHead),
        ],
        layer: [
            .init("input_layernorm.weight", .attentionInputNorm),
            .init("post_attention_layernorm.weight", .mlpInputNorm),
            .init("self_attn.q_proj.weight", .queryProjection),
            .init("self_attn.k_proj.weight", .keyProjection),
            .init("self_attn.v_proj.weight", .valueProjection),
            .init("self_attn.o_proj.weight", .attentionOutputProjection),
            .init("self_attn.q_proj.bias", .queryBias),
            .init("self_attn.k_proj.bias", .keyBias),
            .init("self_attn.v_proj.bias", .valueBias),
            .init("self_attn.o_proj.bias", .attentionOutputBias),
            .init("mlp.gate_proj.weight", .gateProjection),
            .init("mlp.up_proj.weight", .upProjection),
            .init("mlp.down_proj.weight", .downProjection),
            .init("mlp.gate_proj.bias", .gateBias),
            .init("mlp.up_proj.bias", .upBias),
            .init("mlp.down_proj.bias", .downBias),
        ])

    func configuration(_ config: ConfigReader) throws(InputError) -> ModelConfiguration {
        try DecoderConfigReader(config: config, defaults: .llama).configuration(architecture: .llama)
    }

    func biases(_ config: ConfigReader, _ configuration: ModelConfiguration) throws(InputError) -> [TensorID] {
        var roles: [TensorRole] = []
        if try config.boolean("attention_bias", default: false) {
            roles += [.queryBias, .keyBias, .valueBias, .attentionOutputBias]
        }
        if try config.boolean("mlp_bias", default: false) { roles += [.gateBias, .upBias, .downBias] }
        return configuration.layers.indices.flatMap { layer in roles.map { TensorID($0, layer: layer) } }
    }
}
