"""Tiny models, and comparisons of skipc with Transformers and PEFT.

A case is a function that takes an empty directory and a Skipc and returns a Row.
"""

import json
import os
import subprocess
import warnings
from dataclasses import dataclass

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
warnings.filterwarnings("ignore")

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

# The largest accepted error of logits, relative to the largest logit, and of merged weights, relative to their norm.
LOGIT_TOLERANCE = 2e-4
MERGE_TOLERANCE = 1e-6
TOKEN_IDS = [1, 5, 9, 60, 33, 2, 17, 44, 8, 3, 51, 29]


@dataclass
class Row:
    """The result of a case: whether skipc did what is expected, and a figure or the message."""

    ok: bool
    text: str


class Skipc:
    """Runs the program."""

    def __init__(self, path):
        self.path = os.path.abspath(path)

    def run(self, *arguments):
        """Returns the exit code, standard output and standard error. No directory of these inputs has routers."""
        if arguments[0] == "convert" and not {"--router", "--no-router"} & set(arguments):
            arguments = (*arguments, "--no-router")
        result = subprocess.run([self.path, *map(str, arguments)], capture_output=True, text=True, timeout=120)
        return result.returncode, result.stdout, result.stderr

    def logits(self, model, *options, directory):
        """Converts to float32, runs without routers, and returns the logits or the message of an error."""
        output, ids, trace = (os.path.join(directory, n) for n in ("model.skipgpt", "ids.json", "trace.safetensors"))
        with open(ids, "w") as file:
            json.dump(TOKEN_IDS, file)
        code, _, message = self.run("convert", model, "-o", output, "--outtype", "f32", "--force", *options)
        if code != 0:
            return None, message
        code, _, trace_message = self.run("trace", output, "--ids", ids, "--dense", "-o", trace, "--force")
        if code != 0:
            return None, trace_message
        return load_file(trace)["logits"].reshape(len(TOKEN_IDS), -1), message

    def merged(self, base, adapter, *options, directory):
        """Merges in float32 and returns the tensors or the message of an error."""
        output = os.path.join(directory, "merged")
        code, _, message = self.run("merge", base, "--lora", adapter, "--outtype", "f32", "-o", output, *options)
        if code != 0:
            return None, message
        return load_file(os.path.join(output, "model.safetensors")), message


def tiny_config(**changes):
    """A Llama configuration with two layers of width 32 and 64 tokens."""
    values = dict(
        vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=128, bos_token_id=1, eos_token_id=2)
    return LlamaConfig(**{**values, **changes})


def save_tiny_llama(directory, seed=0, **changes):
    """Saves a Llama with made-up weights of which no norm or bias is trivial, and returns it."""
    torch.manual_seed(seed)
    model = LlamaForCausalLM(tiny_config(**changes)).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.randn_like(parameter) * (0.3 if parameter.ndim == 1 else 0.15))
            if "norm" in name:
                parameter.add_(1)
    model.save_pretrained(directory)
    return model


def edit_json(path, **changes):
    """Sets members of a JSON file; None removes a member."""
    with open(path) as file:
        values = json.load(file)
    for key, value in changes.items():
        if value is None:
            values.pop(key, None)
        else:
            values[key] = value
    with open(path, "w") as file:
        json.dump(values, file, indent=2)


def edit_tensors(path, change):
    """Replaces the tensors of a safetensors file by what `change` makes of the dict."""
    tensors = load_file(path)
    result = change(tensors)
    save_file({k: v.contiguous().clone() for k, v in (result or tensors).items()}, path, metadata={"format": "pt"})


def transformers_logits(directory):
    """The logits that Transformers computes in float32."""
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()
    with torch.no_grad():
        return model(torch.tensor([TOKEN_IDS])).logits[0]


def compare_logits(skipc, directory, model, *options, expected=None):
    """Compares the logits of skipc with those of Transformers, or with `expected`."""
    logits, message = skipc.logits(model, *options, directory=directory)
    if logits is None:
        return Row(False, first_line(message))
    if expected is None:
        expected = transformers_logits(model)
    error = ((logits - expected).abs().max() / expected.abs().max()).item()
    return Row(error < LOGIT_TOLERANCE, f"logits {error:.1e}")


def compare_note(skipc, directory, model, pattern, *options):
    """Compares logits, and checks that a note of `convert` and of `inspect` matches a regular expression."""
    import re

    row = compare_logits(skipc, directory, model, *options)
    texts = [skipc.run("convert", model, "--dry-run", *options)[2], skipc.run("inspect", model)[1]]
    missing = not all(re.search(pattern, text) for text in texts)
    return Row(False, row.text + ", no note: " + texts[0].strip()) if missing else row


def peft_merged(base, adapter):
    """The tensors after PEFT's merge in float32, with the names of a checkpoint."""
    from peft import PeftModel

    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    merged = PeftModel.from_pretrained(model, adapter).merge_and_unload()
    return {name: tensor.detach().clone() for name, tensor in merged.state_dict().items()}


def compare_merge(skipc, directory, base, adapter, *options):
    """Compares every tensor of skipc's merge with that of PEFT."""
    merged, message = skipc.merged(base, adapter, *options, directory=directory)
    if merged is None:
        return Row(False, first_line(message))
    expected = peft_merged(base, adapter)
    errors = {n: ((t - expected[n]).norm() / expected[n].norm()).item() for n, t in merged.items()}
    worst = max(errors, key=errors.get)
    return Row(errors[worst] < MERGE_TOLERANCE, f"merged {errors[worst]:.1e}")


def refused(skipc, pattern, *arguments):
    """Checks that a command fails without a crash, and that its message matches a regular expression."""
    import re

    code, _, message = skipc.run(*arguments)
    ok = code in range(1, 7) and re.search(pattern, message, re.IGNORECASE) is not None
    return Row(ok, f"exit {code}: {first_line(message)}")


def first_line(message):
    """The first line of a message that is an error, or the first line."""
    lines = message.strip().splitlines()
    return next((line for line in lines if "error" in line), lines[0] if lines else "no message")
