"""Files and directories that are no model: each is refused with a message that says what it is.

Where torch, Transformers, PEFT or safetensors can write the form, they do.
"""

import json
import os
import shutil
import struct
import tarfile
import zipfile

from common import edit_json, edit_tensors, refused, save_tiny_llama

import numpy as np
import torch
from safetensors.torch import load_file, save_file


def _model(directory, name="m"):
    path = f"{directory}/{name}"
    save_tiny_llama(path)
    return path


def _replaced(directory, contents, name="model.safetensors"):
    """A model whose weights are another file."""
    model = _model(directory)
    os.remove(model + "/model.safetensors")
    with open(f"{model}/{name}", "wb") as file:
        file.write(contents)
    return model


def _convert(skipc, pattern, directory, model, *options):
    return refused(skipc, pattern, "convert", model, "-o", directory + "/out.skipgpt", *options)


def _everywhere(skipc, pattern, directory, path):
    """Gives a file as the checkpoint, the routers, an adapter, the model and to inspect. All must be refused rightly."""
    model = _model(directory, "base")
    uses = [
        ["convert", model, "--checkpoint", path], ["convert", model, "--router", path],
        ["convert", model, "--lora", path, "--lora-alpha", "8"], ["convert", path],
    ]
    rows = [refused(skipc, pattern, *use, "-o", directory + "/out.skipgpt") for use in uses]
    rows.append(refused(skipc, pattern, "inspect", path))
    return next((row for row in rows if not row.ok), rows[0])


# Downloads


def pointer_in_place_of_a_shard(directory, skipc):
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"5" * 64 + b"\nsize 4831938534\n"
    return _convert(skipc, "git lfs", directory, _replaced(directory, pointer, "pytorch_model.bin"))


def login_page(directory, skipc):
    page = b"<!doctype html>\n<html class=''>\n<head><title>Log in</title></head>" + b" " * 9000 + b"</html>"
    return _convert(skipc, "html page", directory, _replaced(directory, page))


def gated_answer(directory, skipc):
    answer = json.dumps({"error": "Access to model org/name is restricted. You must be authenticated."}).encode()
    return _convert(skipc, "text.*restricted", directory, _replaced(directory, answer))


def preallocated_download(directory, skipc):
    model = _model(directory)
    with open(model + "/model.safetensors", "wb") as file:
        file.truncate(3 << 20)
    return _convert(skipc, "zeros", directory, model)


def interrupted_download(directory, skipc):
    model = _model(directory)
    os.rename(model + "/model.safetensors", model + "/model.safetensors.0a1b.incomplete")
    return _convert(skipc, "unfinished download", directory, model)


def page_in_place_of_the_configuration(directory, skipc):
    model = _model(directory)
    with open(model + "/config.json", "w") as file:
        file.write("<html><body>404</body></html>")
    return _convert(skipc, "html page", directory, model)


# Foreign files


def script_module(directory, skipc):
    path = directory + "/m.pt"
    torch.jit.save(torch.jit.script(torch.nn.Linear(3, 2)), path)
    return _everywhere(skipc, "torchscript", directory, path)


def torch_file_of_1_5(directory, skipc):
    path = directory + "/m.pth"
    torch.save({"a.weight": torch.ones(3)}, path, _use_new_zipfile_serialization=False)
    return _everywhere(skipc, "before pytorch 1.6", directory, path)


def gguf_under_another_name(directory, skipc):
    path = directory + "/pytorch_model.bin"
    with open(path, "wb") as file:
        file.write(b"GGUF" + struct.pack("<IQQ", 2, 1, 0) + struct.pack("<Q", 1) + b"w" + bytes(64))
    return _everywhere(skipc, "gguf", directory, path)


def numpy_archive(directory, skipc):
    path = directory + "/weights.npz"
    np.savez(path, w=np.ones(3, np.float32))
    return _everywhere(skipc, "numpy", directory, path)


def torch_file_named_safetensors(directory, skipc):
    path = directory + "/model.safetensors"
    torch.save({"a.weight": torch.ones(3)}, path)
    return _everywhere(skipc, "found a torch file", directory, path)


def safetensors_named_pt(directory, skipc):
    path = directory + "/adapter.pt"
    save_file({"a.weight": torch.ones(3)}, path)
    return _everywhere(skipc, "a safetensors file", directory, path)


def compressed_directory(directory, skipc):
    path = directory + "/model.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(_model(directory, "packed"), "packed")
    return _everywhere(skipc, "archive", directory, path)


def zipped_directory(directory, skipc):
    model = _model(directory, "packed")
    path = directory + "/model.bin"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in os.listdir(model):
            archive.write(f"{model}/{name}", "packed/" + name)
    return _everywhere(skipc, "zip archive that holds", directory, path)


def bare_pickle(directory, skipc):
    import pickle

    path = directory + "/m.safetensors"
    with open(path, "wb") as file:
        pickle.dump({"a.weight": np.ones(3)}, file)
    return _everywhere(skipc, "pickle", directory, path)


# Quantized checkpoints


def _quantized(directory, names, **config):
    model = _model(directory)

    def change(tensors):
        for module in [n[: -len(".weight")] for n in tensors if n.endswith("q_proj.weight")]:
            weight = tensors.pop(module + ".weight")
            for name, dtype in names.items():
                tensors[f"{module}.{name}"] = torch.zeros(weight.shape[0], 4).to(dtype)

    edit_tensors(model + "/model.safetensors", change)
    edit_json(model + "/config.json", **config)
    return model


def gptq_with_a_sidecar(directory, skipc):
    names = dict(qweight=torch.int32, qzeros=torch.int32, scales=torch.float16, g_idx=torch.int32)
    model = _quantized(directory, names)
    with open(model + "/quantize_config.json", "w") as file:
        json.dump(dict(bits=4, group_size=128, desc_act=False), file)
    return _convert(skipc, "gptq, 4 bits, groups of 128", directory, model)


def awq_by_names_only(directory, skipc):
    names = dict(qweight=torch.int32, qzeros=torch.int32, scales=torch.float16)
    return _convert(skipc, "awq", directory, _quantized(directory, names))


def nf4_by_names_only(directory, skipc):
    names = {"weight": torch.uint8, "weight.absmax": torch.uint8, "weight.quant_map": torch.float32,
             "weight.quant_state.bitsandbytes__nf4": torch.uint8}
    return _convert(skipc, "bitsandbytes", directory, _quantized(directory, names))


def int8_by_names_only(directory, skipc):
    return _convert(skipc, "bitsandbytes", directory, _quantized(directory, dict(weight=torch.int8, SCB=torch.float32)))


def fp8_blocks(directory, skipc):
    names = dict(weight=torch.float8_e4m3fn, weight_scale_inv=torch.float32)
    return _convert(skipc, "quantized already", directory, _quantized(directory, names))


def fp8_in_a_torch_file(directory, skipc):
    names = dict(weight=torch.bfloat16, weight_scale_inv=torch.float32)
    model = _quantized(directory, names)
    torch.save(load_file(model + "/model.safetensors"), model + "/pytorch_model.bin")
    os.remove(model + "/model.safetensors")
    return _convert(skipc, "quantized already.*fp8", directory, model)


def compressed_tensors_in_the_configuration(directory, skipc):
    model = _quantized(
        directory, dict(weight_packed=torch.int32, weight_scale=torch.bfloat16),
        quantization_config=dict(quant_method="compressed-tensors", format="pack-quantized"))
    return _convert(skipc, "compressed-tensors", directory, model)


def mlx_of_eight_bits(directory, skipc):
    names = dict(weight=torch.uint32, scales=torch.float16, biases=torch.float16)
    return _convert(
        skipc, "mlx, 8 bits", directory, _quantized(directory, names, quantization=dict(bits=8, group_size=64)))


# Shards of training runs and other directories


def distributed_checkpoint(directory, skipc):
    import torch.distributed.checkpoint as dcp

    dcp.save({"model": {"w": torch.ones(4)}}, checkpoint_id=directory + "/step-10")
    return _convert(skipc, "torch.distributed", directory, directory + "/step-10")


def fsdp_of_accelerate(directory, skipc):
    import torch.distributed.checkpoint as dcp

    dcp.save({"model": {"w": torch.ones(4)}}, checkpoint_id=directory + "/checkpoint-5/pytorch_model_fsdp_0")
    return _convert(skipc, "fsdp", directory, directory + "/checkpoint-5")


def deepspeed_beside_a_configuration(directory, skipc):
    model = _model(directory)
    os.remove(model + "/model.safetensors")
    os.makedirs(model + "/global_step40")
    torch.save({"optimizer_state_dict": {}}, model + "/global_step40/zero_pp_rank_0_mp_rank_00_optim_states.pt")
    return _convert(skipc, "deepspeed", directory, model)


def optimizer_of_deepspeed(directory, skipc):
    path = directory + "/bf16_zero_pp_rank_0_mp_rank_00_optim_states.pt"
    torch.save({"optimizer_state_dict": {"fp32_flat_groups": [torch.ones(4)]}, "ds_version": "0.15"}, path)
    return _convert(skipc, "deepspeed", directory, _model(directory), "--checkpoint", path)


def megatron(directory, skipc):
    os.makedirs(directory + "/run/iter_0000500/mp_rank_00")
    with open(directory + "/run/latest_checkpointed_iteration.txt", "w") as file:
        file.write("500")
    return _convert(skipc, "megatron", directory, directory + "/run")


def meta_names_in_a_torch_file(directory, skipc):
    path = directory + "/consolidated.pth"
    torch.save({"tok_embeddings.weight": torch.ones(4, 2), "layers.0.attention.wq.weight": torch.ones(2, 2)}, path)
    return _convert(skipc, "meta's own", directory, _model(directory), "--checkpoint", path)


def shards_without_index(directory, skipc):
    model = _model(directory)
    os.rename(model + "/model.safetensors", model + "/model-00001-of-00002.safetensors")
    return _convert(skipc, "shards without their index", directory, model)


def empty_weights(directory, skipc):
    model = _model(directory)
    edit_tensors(
        model + "/model.safetensors",
        lambda t: {n: v if v.ndim == 1 else torch.zeros(0) for n, v in t.items()})
    return _convert(skipc, "without elements", directory, model)


def cache_directory(directory, skipc):
    root = directory + "/models--org--name"
    os.makedirs(root + "/refs")
    shutil.move(_model(directory), root + "/snapshots/9f1c")
    return _convert(skipc, "snapshots/9f1c", directory, root)


def run_directory(directory, skipc):
    os.makedirs(directory + "/run")
    shutil.move(_model(directory), directory + "/run/checkpoint-300")
    return _convert(skipc, "checkpoint-300", directory, directory + "/run")


# Adapters


def _adapter(directory, base):
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    get_peft_model(model, LoraConfig(r=2, target_modules=["v_proj", "up_proj"])).save_pretrained(directory + "/lora")
    return directory + "/lora"


def zero_3_in_a_torch_file(directory, skipc):
    base = _model(directory)
    adapter = _adapter(directory, base)
    tensors = load_file(adapter + "/adapter_model.safetensors")
    torch.save({n: torch.zeros(0) for n in tensors}, adapter + "/adapter_model.bin")
    os.remove(adapter + "/adapter_model.safetensors")
    return _convert(skipc, "without elements.*zero 3|zero 3.*gathering", directory, base, "--lora", adapter)


def adapter_as_the_model(directory, skipc):
    return _convert(skipc, "an adapter, not a model", directory, _adapter(directory, _model(directory)))


def model_as_the_adapter(directory, skipc):
    base = _model(directory)
    return _convert(skipc, "a model, not an adapter", directory, base, "--lora", base)


def weights_as_the_adapter(directory, skipc):
    base = _model(directory)
    return _convert(
        skipc, "a model, not an adapter", directory, base, "--lora", base + "/model.safetensors", "--lora-alpha", "4")


def adapter_without_weights(directory, skipc):
    base = _model(directory)
    adapter = _adapter(directory, base)
    os.remove(adapter + "/adapter_model.safetensors")
    return _convert(skipc, "without the adapter's weights", directory, base, "--lora", adapter)


def routers_as_the_checkpoint(directory, skipc):
    base = _model(directory)
    path = directory + "/routers.pth"
    torch.save({"model.layers.0.router_mlp.weight_predictor.weight": torch.ones(2, 32)}, path)
    return _convert(skipc, "a file of routers", directory, base, "--checkpoint", path)


def mlx_adapter_of_dora(directory, skipc):
    base = _model(directory)
    os.makedirs(directory + "/mlx")
    names = ["lora_a", "lora_b", "m"]
    tensors = {f"model.layers.1.mlp.up_proj.{name}": torch.ones(32, 4) for name in names}
    save_file(tensors, directory + "/mlx/0000100_adapters.safetensors")
    with open(directory + "/mlx/adapter_config.json", "w") as file:
        json.dump(dict(fine_tune_type="dora", num_layers=1, lora_parameters=dict(rank=4, scale=10.0)), file)
    return _convert(skipc, "mlx", directory, base, "--lora", directory + "/mlx")


def kohya_adapter(directory, skipc):
    path = directory + "/style.safetensors"
    save_file({"lora_unet_down_blocks_0_attentions_0.lora_down.weight": torch.ones(4, 8)}, path)
    return _convert(skipc, "kohya", directory, _model(directory), "--lora", path, "--lora-alpha", "1")


CASES = [
    pointer_in_place_of_a_shard, login_page, gated_answer, preallocated_download, interrupted_download,
    page_in_place_of_the_configuration, script_module, torch_file_of_1_5, gguf_under_another_name, numpy_archive,
    torch_file_named_safetensors, safetensors_named_pt, compressed_directory, zipped_directory, bare_pickle,
    gptq_with_a_sidecar, awq_by_names_only, nf4_by_names_only, int8_by_names_only, fp8_blocks, fp8_in_a_torch_file,
    compressed_tensors_in_the_configuration, mlx_of_eight_bits, distributed_checkpoint, fsdp_of_accelerate,
    deepspeed_beside_a_configuration, optimizer_of_deepspeed, megatron, meta_names_in_a_torch_file,
    shards_without_index, empty_weights, cache_directory, run_directory, zero_3_in_a_torch_file, adapter_as_the_model,
    model_as_the_adapter, weights_as_the_adapter, adapter_without_weights, routers_as_the_checkpoint,
    mlx_adapter_of_dora, kohya_adapter,
]
