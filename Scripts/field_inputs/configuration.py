"""config.json: absent and null fields, and fields that skipc does not read."""

import json
import os

from common import Row, compare_logits, compare_note, edit_json, first_line, refused, save_tiny_llama


def _model(directory, removed=(), changes=None, **saved):
    """Saves a model whose config.json has the members `changes`, null included, and not those of `removed`."""
    model = directory + "/m"
    save_tiny_llama(model, **saved)
    path = model + "/config.json"
    with open(path) as file:
        values = {k: v for k, v in json.load(file).items() if k not in removed}
    values.update(changes or {})
    with open(path, "w") as file:
        json.dump(values, file)
    return model


def activation_absent(directory, skipc):
    return compare_note(skipc, directory, _model(directory, ["hidden_act"]), r"hidden_act is absent: silu is used")


def epsilon_absent(directory, skipc):
    return compare_note(skipc, directory, _model(directory, ["rms_norm_eps"]), r"rms_norm_eps is absent: 1e-06 is used")


def positions_absent(directory, skipc):
    return compare_note(
        skipc, directory, _model(directory, ["max_position_embeddings"]),
        r"max_position_embeddings is absent: 2048 is used")


def key_value_heads_null(directory, skipc):
    model = _model(directory, changes=dict(num_key_value_heads=None), num_key_value_heads=4)
    return compare_note(skipc, directory, model, r"num_key_value_heads is null: 4 is used")


def ties_and_tokens_absent(directory, skipc):
    model = _model(directory, ["tie_word_embeddings", "eos_token_id", "bos_token_id"])
    os.remove(model + "/generation_config.json")
    return compare_note(skipc, directory, model, r"eos_token_id is absent: 2 is used")


def head_dimension_null(directory, skipc):
    return compare_logits(skipc, directory, _model(directory, changes=dict(head_dim=None)))


def first_llama(directory, skipc):
    """The fields of the first Llama conversions: another name of the length, no key-value heads, pad token -1."""
    removed = [
        "max_position_embeddings", "num_key_value_heads", "head_dim", "attention_bias", "mlp_bias", "rope_parameters",
        "tie_word_embeddings", "attention_dropout", "dtype"]
    changes = dict(max_sequence_length=2048, pad_token_id=-1, torch_dtype="float16")
    model = _model(directory, removed, changes, num_key_value_heads=4)
    return compare_note(skipc, directory, model, r"rope_theta is absent: 10000 is used")


def other_names_of_gelu(directory, skipc):
    """Two names of one function."""
    rows = []
    for name in ["gelu_new", "gelu_accurate", "gelu_python_tanh", "gelu_fast", "gelu_pytorch_tanh"]:
        rows.append(compare_logits(skipc, directory, _model(directory, changes=dict(hidden_act=name))))
    return Row(all(row.ok for row in rows), "; ".join(row.text for row in rows))


def harmless_fields(directory, skipc):
    """Fields that training frameworks and hubs add pass without a note."""
    changes = {
        "_name_or_path": "x/y", "unsloth_version": "2026.1", "unsloth_fixed": True, "is_llama_config": True,
        "rope_interleaved": False, "pretraining_tp": 2, "transformers.js_config": {"dtype": "q4"}, "use_cache": False,
        "paddlenlp_version": None, "fuse_attention_qkv": True, "use_flash_attention": True, "resid_pdrop": 0.1,
        "alibi": False, "_attn_implementation_autoset": True, "gradient_checkpointing": False, "temperature": 0.6,
        "id2label": {"0": "LABEL_0"}, "num_labels": 1, "z_loss_coefficient": 1e-4, "_flash_attn_2_enabled": True,
        "quantization_config": None, "sliding_window": None, "layer_types": ["full_attention"] * 2,
        "logits_scaling": 1.0, "hidden_activation": "silu", "num_experts": 0}
    model = _model(directory, changes=changes)
    row = compare_logits(skipc, directory, model)
    notes = skipc.run("convert", model, "--dry-run")[2].replace("no tokenizer.json", "")
    return Row(row.ok and "config.json" not in notes, row.text)


def unknown_fields(directory, skipc):
    """Fields nobody knows are named."""
    model = _model(directory, changes=dict(my_experiment=3, curriculum="b"))
    return compare_note(skipc, directory, model, r'unknown meaning.* my_experiment \(3\), curriculum \("b"\)')


def window_of_a_converted_mistral(directory, skipc):
    """LlamaForCausalLM computes full attention, whatever the window is."""
    return compare_note(
        skipc, directory, _model(directory, changes=dict(sliding_window=4)),
        r"sliding_window is 4, which LlamaForCausalLM does not use")


def window_of_a_converted_qwen(directory, skipc):
    """A window that is off."""
    changes = dict(sliding_window=4, use_sliding_window=False, max_window_layers=1)
    return compare_logits(skipc, directory, _model(directory, changes=changes))


def custom_code(directory, skipc):
    """A checkpoint with code of its own."""
    model = _model(directory, changes=dict(auto_map={"AutoModelForCausalLM": "modeling_own.OwnForCausalLM"}))
    code, _, notes = skipc.run("convert", model, "--dry-run")
    return Row(code == 0 and "auto_map names code" in notes, first_line(notes))


MATHEMATICAL = dict(
    attn_logit_softcapping=50.0, final_logit_softcapping=30.0, query_pre_attn_scalar=16, residual_multiplier=0.22,
    embedding_multiplier=12.0, logits_scaling=8.0, attention_multiplier=0.0156, use_qk_norm=True, qk_layernorm=True,
    clip_qkv=8.0, num_local_experts=8, num_experts=4, no_rope_layers=[1, 0], rope_interleaved=True, rotary_pct=0.25,
    alibi=True, use_parallel_residual=True, attention_sink_size=4, scale_emb=12, scale_depth=1.4, dim_model_base=256,
    norm_type="layernorm", hidden_activation="gelu_pytorch_tanh", layer_types=["full_attention", "sliding_attention"],
    attention_chunk_size=8, use_bidirectional_attention=True, is_causal=False, logit_scale=0.0625, kv_lora_rank=16,
    add_cross_attention=True, per_layer_config={"1": {"intermediate_size": 16}}, pruned_heads={"0": [1]},
    layernorm_zero_centered_gamma=True, position_embedding_type="alibi", use_scaled_rope=True)


def mathematical_fields(directory, skipc):
    """Each field that changes the mathematics is refused by name."""
    model = _model(directory)
    failures = []
    for field, value in MATHEMATICAL.items():
        edit_json(model + "/config.json", **{field: value})
        row = refused(skipc, rf"CF-75U.*config.json: {field}: ", "convert", model, "--dry-run")
        if not row.ok:
            failures.append(f"{field}: {row.text}")
        edit_json(model + "/config.json", **{field: None})
    return Row(not failures, f"{len(MATHEMATICAL)} fields; " + "; ".join(failures))


def neutral_values(directory, skipc):
    """The same fields with values that change nothing."""
    changes = dict(
        query_pre_attn_scalar=8, attention_multiplier=0.35355339059327373, dim_model_base=32, logit_scale=1,
        scale_depth=2 ** 0.5, no_rope_layers=[1, 1], norm_type="RMSNorm", num_local_experts=1, rotary_pct=1.0,
        activation="swiglu", is_causal=True, pruned_heads={}, mlp_layer_types=["dense", "dense"], norm_eps=0.1,
        position_embedding_type="rope", clip_qkv=None, layer_norm_eps=1e-12)
    return compare_logits(skipc, directory, _model(directory, changes=changes))


def theta_under_another_name(directory, skipc):
    """No rope_theta, but a field that other programs read as one."""
    model = _model(directory, ["rope_parameters"], dict(rotary_emb_base=500000))
    return refused(skipc, "rotary_emb_base", "convert", model, "--dry-run")


def epsilon_under_another_name(directory, skipc):
    """No rms_norm_eps, but Meta's own name of it."""
    return refused(
        skipc, "norm_eps", "convert", _model(directory, ["rms_norm_eps"], dict(norm_eps=1e-5)), "--dry-run")


def size_absent(directory, skipc):
    """Sizes have no default."""
    rows = []
    for field in ["hidden_size", "vocab_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"]:
        rows.append(refused(skipc, f"CF-71.*{field}", "convert", _model(directory, [field]), "--dry-run"))
    return Row(all(row.ok for row in rows), first_line(rows[-1].text))


CASES = [
    activation_absent, epsilon_absent, positions_absent, key_value_heads_null, ties_and_tokens_absent,
    head_dimension_null, first_llama, other_names_of_gelu, harmless_fields, unknown_fields,
    window_of_a_converted_mistral, window_of_a_converted_qwen, custom_code, mathematical_fields, neutral_values,
    theta_under_another_name, epsilon_under_another_name, size_absent,
]
