"""Tensors of checkpoints that are no weights, in the names that versions of Transformers and of trainers used."""

import re

from common import Row, compare_logits, edit_json, edit_tensors, refused, save_tiny_llama, transformers_logits

import torch


def _with(directory, tensors):
    """Saves a model with these tensors besides, and returns its path and the logits that it had without them."""
    model = directory + "/m"
    save_tiny_llama(model)
    expected = transformers_logits(model)
    edit_tensors(model + "/model.safetensors", lambda t: t.update(tensors))
    return model, expected


def _left_out(directory, skipc, tensors):
    """Compares the logits, and checks that the ledger names every one of the tensors as left out."""
    model, expected = _with(directory, tensors)
    row = compare_logits(skipc, directory, model, expected=expected)
    text = skipc.run("convert", model, "--dry-run", "--ledger")[1]
    missing = [n for n in tensors if not re.search(rf"^\s*{re.escape(n)}\s+left out", text, re.MULTILINE)]
    return Row(row.ok and not missing, f"{len(tensors)} tensors, {row.text} " + ", ".join(missing))


def _frequencies():
    return 1.0 / 10000 ** (torch.arange(0, 8, 2).float() / 8)


def frequencies_of_each_layer(directory, skipc):
    """Transformers before 4.32."""
    return _left_out(
        directory, skipc, {f"model.layers.{i}.self_attn.rotary_emb.inv_freq": _frequencies() for i in range(2)})


def frequencies_of_the_model(directory, skipc):
    """One rotary embedding for all layers, with its copies for dynamic scaling."""
    return _left_out(directory, skipc, {
        "model.rotary_emb.inv_freq": _frequencies(), "model.rotary_emb.original_inv_freq": _frequencies(),
        "model.rotary_emb.long_inv_freq": _frequencies(), "model.rotary_emb.short_inv_freq": _frequencies(),
        "rotary_emb.inv_freq": _frequencies(), "model.rotary_emb.max_seq_len_cached": torch.tensor(128),
        "model.rotary_emb_local.inv_freq": _frequencies()})


def tables(directory, skipc):
    """Cosines and sines."""
    names = ["cos_cached", "sin_cached", "cos_cache", "sin_cache", "_cos_cached", "_sin_cached", "cos_sin_cache"]
    return _left_out(
        directory, skipc, {f"model.layers.1.self_attn.rotary_emb.{n}": torch.ones(1, 1, 16, 8) for n in names})


def scales_of_xpos(directory, skipc):
    """Buffers of other rotary implementations, as flash-attention and xPos register them."""
    return _left_out(directory, skipc, {
        "model.layers.0.self_attn.rotary_emb.scale": torch.ones(4),
        "model.layers.0.self_attn.rotary_emb._cos_k_cached": torch.ones(4, 4),
        "model.layers.0.self_attn.rotary_emb._sin_k_cached": torch.ones(4, 4)})


def frequencies_of_other_code(directory, skipc):
    """Meta's and lit-gpt's names."""
    return _left_out(directory, skipc, {
        "rope.freqs": _frequencies(), "freqs_cis": torch.ones(8, 4),
        "model.layers.0.attention.inner_attention.rope.freqs": _frequencies(), "rope.inv_freq": _frequencies(),
        "model.freqs_cos": torch.ones(8, 4), "model.freqs_sin": torch.ones(8, 4), "mask_cache": torch.ones(4, 4)})


def masks(directory, skipc):
    """Causal masks, and GPT-2's masked_bias."""
    return _left_out(directory, skipc, {
        "model.causal_mask": torch.ones(4, 4), "model.layers.0.self_attn.masked_bias": torch.tensor(-1e4),
        "model.layers.0.self_attn.bias": torch.ones(1, 1, 4, 4), "model.layers.0.self_attn.causal_mask": torch.ones(4, 4),
        "model.layers.0.attn.bias": torch.ones(1, 1, 4, 4)})


def positions_and_counters(directory, skipc):
    """Integer tensors."""
    return _left_out(directory, skipc, {
        "model.position_ids": torch.arange(16)[None], "model.embed_tokens.position_ids": torch.arange(16)[None],
        "num_batches_tracked": torch.tensor(7), "model.layers.0.mlp.num_batches_tracked": torch.tensor(7),
        "n_averaged": torch.tensor(100), "num_updates": torch.tensor(5)})


def booleans(directory, skipc):
    """A mask of booleans, as torch.tril makes it."""
    return _left_out(directory, skipc, {"model.causal_mask": torch.ones(4, 4, dtype=torch.bool).tril()})


def extra_state(directory, skipc):
    """What Transformer Engine saves for each of its modules."""
    return _left_out(directory, skipc, {
        "model.layers.0.self_attn.q_proj._extra_state": torch.zeros(64, dtype=torch.uint8),
        "model.norm._extra_state": torch.zeros(0, dtype=torch.uint8)})


def in_a_torch_file(directory, skipc):
    """The same in pytorch_model.bin."""
    import os

    from safetensors.torch import load_file

    model, expected = _with(directory, {})
    tensors = load_file(model + "/model.safetensors")
    for i in range(2):
        tensors[f"model.layers.{i}.self_attn.rotary_emb.inv_freq"] = _frequencies()
    tensors["model.position_ids"] = torch.arange(16)[None]
    os.remove(model + "/model.safetensors")
    torch.save(tensors, model + "/pytorch_model.bin")
    return compare_logits(skipc, directory, model, expected=expected)


def weights_are_not_buffers(directory, skipc):
    """Names that only look like buffers are refused: a bias without a flag, and a learned scale."""
    rows = []
    for name in [
        "model.layers.0.self_attn.q_proj.bias", "model.layers.0.self_attn.sinks", "model.layers.0.mlp.scale",
        "model.layers.0.self_attn.q_norm.weight", "model.embed_positions.weight"]:
        model, _ = _with(directory, {name: torch.ones(32)})
        rows.append(refused(skipc, "CF-76X.*" + re.escape(name) + "|" + re.escape(name), "convert", model, "--dry-run"))
    return Row(all(row.ok for row in rows), rows[-1].text)


CASES = [
    frequencies_of_each_layer, frequencies_of_the_model, tables, scales_of_xpos, frequencies_of_other_code, masks,
    positions_and_counters, booleans, extra_state, in_a_torch_file, weights_are_not_buffers,
]
