import SkipFiles

/// Fields of configurations that do not change what a model computes.
enum HarmlessFields {
    static let names = Set(
        general + generation + sizes + quantization + training + implementation + tools)

    /// Of every configuration in Transformers 4 and 5.
    private static let general: [ByteString] = [
        "_name_or_path", "name_or_path", "_commit_hash", "_auto_class", "_num_labels", "architectures", "model_type",
        "transformers_version", "torch_dtype", "dtype", "torchscript", "use_bfloat16", "tf_legacy_loss", "return_dict",
        "use_return_dict", "output_hidden_states", "output_attentions", "output_past", "output_router_logits",
        "id2label", "label2id", "num_labels", "problem_type", "finetuning_task", "task_specific_params",
        "tokenizer_class", "prefix", "pad_token_id", "sep_token_id", "cls_token_id", "mask_token_id", "unk_token_id",
        "decoder_start_token_id", "bos_token", "eos_token", "pad_token", "unk_token", "is_decoder",
        "tie_encoder_decoder", "tie_last_hidden_states", "cross_attention_hidden_size", "chunk_size_feed_forward",
        "custom_pipelines", "base_model_tp_plan", "base_model_pp_plan", "transformers_weights",
        "classifier_dropout", "classifier_activation",
    ]

    /// Of generation, which configurations of Transformers 4 may contain.
    private static let generation: [ByteString] = [
        "assistant_confidence_threshold", "assistant_lookbehind", "bad_words_ids", "begin_suppress_tokens",
        "diversity_penalty", "do_sample", "early_stopping", "encoder_no_repeat_ngram_size",
        "encoder_repetition_penalty", "epsilon_cutoff", "eta_cutoff", "exponential_decay_length_penalty",
        "forced_bos_token_id", "forced_eos_token_id", "length_penalty", "max_length", "max_new_tokens", "min_length",
        "min_new_tokens", "no_repeat_ngram_size", "num_assistant_tokens", "num_assistant_tokens_schedule",
        "num_beam_groups", "num_beams", "num_return_sequences", "output_scores", "penalty_alpha",
        "remove_invalid_values", "repetition_penalty", "return_dict_in_generate", "suppress_tokens",
        "target_lookbehind", "temperature", "top_k", "top_p", "typical_p", "use_cache", "cache_implementation",
        "generation_config",
    ]

    /// Lengths and paddings that follow from tensors, or that only limit sequences.
    private static let sizes: [ByteString] = [
        "max_sequence_length", "max_seq_length", "max_seq_len", "max_model_len", "model_max_length",
        "max_context_length", "n_positions", "n_ctx", "seq_length", "seq_len", "sequence_length",
        "pad_vocab_size_multiple_of", "vocab_size_multiple_of", "pad_to_multiple_of", "padded_vocab_size",
        "original_vocab_size", "org_vocab_size", "multiple_of", "num_parameters", "n_params",
        // They mean nothing without a window.
        "use_sliding_window", "max_window_layers", "sliding_window_pattern", "_sliding_window_pattern",
        // They mean nothing without experts.
        "num_experts_per_tok", "num_experts_per_token", "router_aux_loss_coef", "router_z_loss_coef",
        "router_jitter_noise", "norm_topk_prob", "moe_intermediate_size", "shared_expert_intermediate_size",
        "decoder_sparse_step", "moe_layer_freq", "first_k_dense_replace", "mlp_only_layers",
    ]

    /// Remains of tools that once quantized the checkpoint. `quantization_config` alone makes Transformers read quantized
    /// weights, and the types of tensors show them.
    private static let quantization: [ByteString] = ["quantization", "compression_config"]

    /// Of training: dropout, initialization, losses, memory.
    private static let training: [ByteString] = [
        "attention_dropout", "hidden_dropout", "hidden_dropout_prob", "attention_dropout_prob",
        "attention_probs_dropout_prob", "resid_pdrop", "embd_pdrop", "attn_pdrop", "resid_dropout",
        "residual_dropout", "embedding_dropout", "embd_dropout", "attn_dropout", "mlp_dropout", "ffn_dropout",
        "dropout", "dropout_prob", "dropout_rate", "layerdrop", "initializer_range", "initializer_factor",
        "initializer_cutoff_factor", "init_method", "init_std", "init_fn", "init_device", "rescale_prenorm_residual",
        "gradient_checkpointing", "_gradient_checkpointing", "use_recompute", "recompute_granularity",
        "z_loss_coefficient", "z_loss_enabled", "z_loss", "ignore_index", "loss_type", "label_smoothing",
        "neftune_noise_alpha", "freeze_embeddings", "learning_rate", "weight_decay",
    ]

    /// Of how the same numbers are computed.
    private static let implementation: [ByteString] = [
        "attn_implementation", "_attn_implementation", "_attn_implementation_autoset", "_attn_implementation_internal",
        "experts_implementation", "_experts_implementation", "_flash_attn_2_enabled", "use_flash_attn",
        "use_flash_attention", "use_flash_attention_2", "flash_attention", "flash_attn", "use_sdpa",
        "use_memory_efficient_attention", "memory_efficient_attention", "use_xformers", "pretraining_tp",
        "tensor_parallel_output", "sequence_parallel", "virtual_pp_degree", "fuse_attention_qkv",
        "fuse_attention_ffn", "fuse_sequence_parallel_allreduce", "use_fused_rope", "use_fused_rms_norm",
        "use_fused_swiglu", "use_fused_mlp", "use_fused_cross_entropy", "fused_rms_norm", "fused_mlp",
        "use_liger_kernel", "_use_qkv_packed", "_use_doc_masking", "_fused_rms_norm", "_fused_rotary_emb",
        "attention_softmax_in_fp32", "softmax_in_fp32", "use_attention_softmax_in_fp32", "residual_in_fp32",
        "fp32_residual", "use_logits_to_keep",
    ]

    /// Of programs that write configurations: nanotron, unsloth, Transformers.js, PaddleNLP and others.
    private static let tools: [ByteString] = [
        "is_llama_config", "unsloth_version", "unsloth_fixed", "transformers.js_config", "paddlenlp_version",
        "mergekit_version", "axolotl_version", "nemo_version", "vllm_version", "model_name", "model_version",
        "base_model", "library_name", "pipeline_tag", "license", "author", "language", "tags", "description", "date",
    ]
}
