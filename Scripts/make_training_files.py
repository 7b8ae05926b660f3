#!/usr/bin/env python3
"""make_training_files.py BASE_DIR ROUTERS ADAPTER_DIR OUT_DIR: the files that SkipGPT's training code leaves, saved by torch.

BASE_DIR holds a single model.safetensors. Writes model.pth (stage one: the whole model, every layer wrapped, with its routers) and
model.bin (stage two: the state of the PEFT model around that, base, routers and adapter in one), router.pth and lora.pth (those
parts alone). Needs torch and safetensors. Tests/Fixtures/llama-linear-f32/training was made from the fixture, its routers and its
adapter `plain`.
"""
import os, re, sys
import torch
from safetensors.torch import load_file

base_directory, routers_path, adapter_directory, output = sys.argv[1:]
base = load_file(f"{base_directory}/model.safetensors")
routers = load_file(routers_path)
adapter = load_file(f"{adapter_directory}/adapter_model.safetensors")


def wrapped(name):
    """`model.layers.N.REST` with `.block` after the number."""
    return re.sub(r"(\blayers\.\d+\.)(?!block\.)", r"\1block.", name)


def full_state(name):
    """An adapter's tensor as the PEFT model's state calls it: with the adapter's name."""
    return re.sub(r"(lora_[AB])\.weight$", r"\1.default.weight", wrapped(name))


stage_one = {wrapped(name): tensor for name, tensor in base.items()} | routers
adapted = {re.sub(r"\.lora_[AB]\.default\.weight$", "", full_state(name)) for name in adapter}
prefix = "base_model.model."
stage_two = {}
for name, tensor in stage_one.items():
    module = prefix + name.removesuffix(".weight")
    stage_two[module + ".base_layer.weight" if module in adapted else prefix + name] = tensor
stage_two |= {full_state(name): tensor for name, tensor in adapter.items()}

os.makedirs(output, exist_ok=True)
torch.save(stage_one, f"{output}/model.pth")
torch.save(stage_two, f"{output}/model.bin")
torch.save(routers, f"{output}/router.pth")
torch.save({full_state(name): tensor for name, tensor in adapter.items()}, f"{output}/lora.pth")
