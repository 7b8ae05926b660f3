import SkipFiles

/// Fields of configurations that change what a model computes, and that no family here reads, with the values that
/// change nothing.
enum MathematicalFields {
    static let neutralValues: [ByteString: NeutralValue] = Dictionary(
        groups.flatMap { group in group.fields.map { ($0, group.neutral) } }, uniquingKeysWith: { first, _ in first })

    private static let groups: [(neutral: NeutralValue, fields: [ByteString])] = [
        // Caps and scales, off unless they have a value.
        (
            .off,
            [
                "attn_logit_softcapping", "attn_logit_softcap", "attention_logit_softcapping",
                "attention_logit_cap", "attn_logit_cap", "final_logit_softcapping", "final_logit_softcap",
                "logits_soft_cap", "logit_softcapping", "logit_cap", "clip_qkv", "qkv_clip", "normalize_embedding",
                "normalize_embeddings", "scale_embedding", "scale_embeddings", "scale_embeds", "use_mup", "mup",
                "mup_scale", "mup_use_scaling", "attn_temperature_tuning", "use_scaled_rope", "use_dynamic_ntk",
                "use_logn_attn", "logn_scaling", "log_scaling",
            ]
        ),
        // Factors.
        (
            .number(1),
            [
                "embedding_multiplier", "residual_multiplier", "logits_scaling", "logit_scale", "logits_scale",
                "output_multiplier_scale", "embedding_multiplier_scale", "lm_head_multiplier", "key_multiplier",
                "attention_in_multiplier", "attention_out_multiplier", "scale_emb", "emb_scale", "embedding_scale",
                "embed_scale", "residual_scale", "residual_scaling", "mup_width_scale", "mup_width_multiplier",
                "mup_output_alpha", "mup_embeddings_scale", "mup_embeddings_multiplier", "mup_attn_multiplier",
                "mup_base_width_multiplier", "rope_ratio", "rope_scaling_factor", "rotary_scaling_factor",
                "rotary_pct", "rotary_percent", "rotary_percentage", "rope_pct", "cla_share_factor",
            ]
        ),
        (.ones, ["mlp_multipliers", "ssm_multipliers", "no_rope_layers", "rope_layers"]),
        (.attentionScale, ["attention_multiplier", "attention_scale", "attn_scale", "softmax_scale", "qk_scale"]),
        (.headDimension, ["query_pre_attn_scalar", "rotary_dim", "rotary_ndims", "rotary_emb_dim", "v_head_dim"]),
        (.hiddenSize, ["dim_model_base", "mup_base_width", "mup_base_hidden_size", "mup_dim_model_base"]),
        (.layerCountRoot, ["scale_depth"]),
        (.activation, ["hidden_activation", "activation_function", "activation", "mlp_activation", "mlp_hidden_act"]),
        // Positions.
        (
            .off,
            [
                "no_rope_layer_interval", "no_rope_layer", "nope_layer_interval", "rope_interleaved", "rope_interleave",
                "rotary_interleaved", "interleaved_rope", "rotary_emb_interleaved", "alibi", "use_alibi",
                "rope_scaling_type", "qk_rope_head_dim", "mrope_section", "use_mrope", "rope_2d", "disable_rope",
                "no_rope", "rope_local_base_freq", "global_rope_theta", "local_rope_theta",
            ]
        ),
        (.on, ["use_rope", "rope", "use_rotary", "use_rotary_embeddings", "use_rotary_position_embeddings"]),
        (.words(["rope", "rotary", "rope_llama"]), ["position_embedding_type", "pos_emb_type", "pe_type"]),
        (
            .rotaryTheta,
            ["rope_base", "rotary_base", "rotary_emb_base", "rope_freq_base", "position_embedding_base", "base_freq"]
        ),
        // Attention.
        (
            .off,
            [
                "attention_sink", "attention_sinks", "use_attention_sink", "use_attention_sinks", "use_sinks",
                "num_sink_tokens", "attention_sink_size", "attention_chunk_size", "use_bidirectional_attention",
                "bidirectional", "kv_lora_rank", "q_lora_rank", "num_kv_shared_layers", "cross_attention_layers",
                "add_cross_attention", "is_encoder_decoder", "pruned_heads", "gated_attention", "attention_gate",
                "attn_output_gate", "use_gated_attention", "use_cla", "linear_attn_config", "sparse_attention_config",
                "diff_attention", "use_differential_attention",
            ]
        ),
        (.on, ["is_causal", "causal", "scale_attn_weights", "scale_attention_weights"]),
        (.words(["full_attention", "attention", "full", "global"]), ["layer_types", "layers_block_type"]),
        (.words(["dense"]), ["mlp_layer_types"]),
        (.window, ["sliding_window", "sliding_window_size", "attention_window", "local_attention_window"]),
        // Norms and the order of modules.
        (
            .off,
            [
                "use_qk_norm", "qk_norm", "qk_layernorm", "qk_layer_norm", "use_qk_layernorm", "use_query_key_norm",
                "layernorm1p", "layer_norm_1p", "apply_layernorm_1p", "layernorm_zero_centered_gamma",
                "zero_centered_gamma", "rms_norm_add_unit_offset", "add_unit_offset", "norm_after", "post_norm",
                "use_post_norm", "use_post_layernorm", "sandwich_norm", "use_sandwich_norm", "parallel_residual",
                "use_parallel_residual", "parallel_attn", "parallel_attention", "use_parallel_attention",
                "parallel_block", "apply_residual_connection_post_layernorm", "use_ngpt", "per_layer_config",
                "block_configs", "scale_attn_by_inverse_layer_idx", "layer_scale", "use_layer_scale",
                "hidden_size_per_layer_input", "configuration_files",
            ]
        ),
        (.on, ["use_rms_norm", "rms_norm", "use_rmsnorm", "do_layer_norm_before", "pre_norm", "norm_before"]),
        (
            .words(["rmsnorm", "rms_norm", "rms"]),
            ["norm_type", "layer_norm_type", "layernorm_type", "normalization", "normalization_type", "norm_class"]
        ),
        (
            .normEpsilon,
            [
                "norm_eps", "norm_epsilon", "layer_norm_eps", "layer_norm_epsilon", "layernorm_epsilon",
                "rms_norm_epsilon",
            ]
        ),
        // Experts.
        (
            .atMost(1),
            [
                "num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts", "num_moe_experts",
                "num_routed_experts", "n_experts",
            ]
        ),
        (.off, ["moe_config", "n_shared_experts", "num_shared_experts", "moe", "use_moe"]),
    ]
}
