"""Tied embeddings: which tensors exist, and whether they are equal, decides together with the flag."""

import os

from common import compare_logits, edit_json, edit_tensors, save_tiny_llama

import torch


def head_only(directory, skipc):
    """A checkpoint with a head and no embedding, as some converters write it."""
    save_tiny_llama(directory + "/m", tie_word_embeddings=True)

    def rename(tensors):
        tensors["lm_head.weight"] = tensors.pop("model.embed_tokens.weight")

    expected = _logits_before(directory + "/m")
    edit_tensors(directory + "/m/model.safetensors", rename)
    return compare_logits(skipc, directory, directory + "/m", expected=expected)


def equal_copies(directory, skipc):
    """Both tensors, equal."""
    save_tiny_llama(directory + "/m", tie_word_embeddings=True)
    edit_tensors(
        directory + "/m/model.safetensors", lambda t: t.update({"lm_head.weight": t["model.embed_tokens.weight"].clone()}))
    return compare_logits(skipc, directory, directory + "/m")


def other_head_in_torch_file(directory, skipc):
    """A head of its own in pytorch_model.bin, with the flag."""
    model = save_tiny_llama(directory + "/m", tie_word_embeddings=False)
    torch.save(model.state_dict(), directory + "/m/pytorch_model.bin")
    os.remove(directory + "/m/model.safetensors")
    edit_json(directory + "/m/config.json", tie_word_embeddings=True)
    return compare_logits(skipc, directory, directory + "/m")


def no_flag(directory, skipc):
    """No flag at all, and a head of its own."""
    save_tiny_llama(directory + "/m", tie_word_embeddings=False)
    edit_json(directory + "/m/config.json", tie_word_embeddings=None)
    return compare_logits(skipc, directory, directory + "/m")


def _logits_before(model):
    from common import transformers_logits

    return transformers_logits(model)


CASES = [head_only, equal_copies, other_head_in_torch_file, no_flag]
