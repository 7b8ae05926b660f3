#!/usr/bin/env python3
"""make_training_files.py BASE_DIR ROUTERS ADAPTER_DIR OUT_DIR: writes the files of SkipGPT's training code, with torch.

BASE_DIR contains a single model.safetensors. Writes model.pth (stage one: the whole model with its routers, every layer
wrapped), model.bin (stage two: the state of the PEFT model around it, with base, routers and adapter), router.pth and
lora.pth (only these parts). Needs torch and safetensors. Tests/Fixtures/llama-linear-f32/training was made from the
fixture, its routers and its adapter `plain`.
"""
import os, re, sys
import torch
from safetensors.torch import load_file

base_directory, routers_path, adapter_directory, output = sys.argv[1:]
base = load_file(f"{base_directory}/model.safetensors")
routers = load_file(routers_path)
adapter = load_file(f"{adapter_directory}/adapter_model.safetensors")


def wrapped(name):
    """Returns `model.layers.N.REST` with `.block` after the number."""
    return re.sub(r"(\blayers\.\d+\.)(?!block\.)", r"\1block.", name)


def full_state(name):
    """Returns the name of an adapter's tensor in the state of the PEFT model, which contains the adapter's name."""
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
