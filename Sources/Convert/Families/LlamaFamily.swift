import SkipFiles
import SkipModel

/// Llama, and what is built exactly like it (SmolLM2, TinyLlama, …): Transformers' `modeling_llama.py`.
struct LlamaFamily: CheckpointFamily {
    let classNames: [ByteString] = ["LlamaForCausalLM"]

    let tensorNames = TensorNames(
        model: [
            (.tokenEmbedding, "model.embed_tokens.weight"),
            (.finalNorm, "model.norm.weight"),
            (.outputHead, "lm_head.weight"),
        ],
        layer: [
            (.attentionInputNorm, "input_layernorm.weight"),
            (.mlpInputNorm, "post_attention_layernorm.weight"),
            (.queryProjection, "self_attn.q_proj.weight"),
            (.keyProjection, "self_attn.k_proj.weight"),
            (.valueProjection, "self_attn.v_proj.weight"),
            (.attentionOutputProjection, "self_attn.o_proj.weight"),
            (.queryBias, "self_attn.q_proj.bias"),
            (.keyBias, "self_attn.k_proj.bias"),
            (.valueBias, "self_attn.v_proj.bias"),
            (.attentionOutputBias, "self_attn.o_proj.bias"),
            (.gateProjection, "mlp.gate_proj.weight"),
            (.upProjection, "mlp.up_proj.weight"),
            (.downProjection, "mlp.down_proj.weight"),
            (.gateBias, "mlp.gate_proj.bias"),
            (.upBias, "mlp.up_proj.bias"),
            (.downBias, "mlp.down_proj.bias"),
        ],
        // A buffer that older Transformers versions saved; it follows from the configuration.
        ignoredLayer: ["self_attn.rotary_emb.inv_freq"]
    )

    func configuration(_ config: ConfigReader) throws(InputError) -> ModelConfiguration {
        try DecoderConfigReader(config: config).configuration(architecture: .llama)
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
