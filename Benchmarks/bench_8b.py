#!/usr/bin/env python3
"""bench_8b.py SKIPC WORK_DIR [--routers FILE] [--threads N] [--keep]: measures converting a model like Llama-3.1-8B.

Writes a checkpoint of the model's exact shape (16 GB in 4 shards, random weights) and a LoRA adapter (rank 16 on q, v
and gate), copies it with cp, converts it with routers and adapter, and prints time and peak memory as Markdown. Both
start with a cold cache. FILE contains linear routers for 32 layers of width 4096, such as the published router.pth;
without it they are random. Needs 36 GB of free disk, which is checked first. Deletes everything that it wrote.
"""
import argparse, json, os, re, shutil, struct, subprocess, time

HIDDEN, INTERMEDIATE, KEY_VALUE, VOCABULARY, LAYERS, RANK = 4096, 14336, 1024, 128256, 32, 16
NEEDED_BYTES = 36_000_000_000
BLOCK_BYTES = 64 << 20

parser = argparse.ArgumentParser()
parser.add_argument("skipc")
parser.add_argument("work")
parser.add_argument("--routers")
parser.add_argument("--threads", type=int, default=os.cpu_count())
parser.add_argument("--keep", action="store_true")
options = parser.parse_args()

CONFIG = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu", "hidden_size": HIDDEN,
    "intermediate_size": INTERMEDIATE, "num_hidden_layers": LAYERS, "num_attention_heads": 32, "num_key_value_heads": 8,
    "vocab_size": VOCABULARY, "max_position_embeddings": 131072, "rms_norm_eps": 1e-05, "rope_theta": 500000.0,
    "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                     "original_max_position_embeddings": 8192},
    "tie_word_embeddings": False, "bos_token_id": 128000, "eos_token_id": 128001, "torch_dtype": "bfloat16",
}


def tensors():
    """Returns names and shapes in the order in which Transformers saves them."""
    yield "model.embed_tokens.weight", [VOCABULARY, HIDDEN]
    for layer in range(LAYERS):
        prefix = f"model.layers.{layer}."
        yield prefix + "input_layernorm.weight", [HIDDEN]
        yield prefix + "mlp.down_proj.weight", [HIDDEN, INTERMEDIATE]
        yield prefix + "mlp.gate_proj.weight", [INTERMEDIATE, HIDDEN]
        yield prefix + "mlp.up_proj.weight", [INTERMEDIATE, HIDDEN]
        yield prefix + "post_attention_layernorm.weight", [HIDDEN]
        yield prefix + "self_attn.k_proj.weight", [KEY_VALUE, HIDDEN]
        yield prefix + "self_attn.o_proj.weight", [HIDDEN, HIDDEN]
        yield prefix + "self_attn.q_proj.weight", [HIDDEN, HIDDEN]
        yield prefix + "self_attn.v_proj.weight", [KEY_VALUE, HIDDEN]
    yield "model.norm.weight", [HIDDEN]
    yield "lm_head.weight", [VOCABULARY, HIDDEN]


def adapter_tensors():
    for layer in range(LAYERS):
        for module, rows in [("self_attn.q_proj", HIDDEN), ("self_attn.v_proj", KEY_VALUE), ("mlp.gate_proj", INTERMEDIATE)]:
            prefix = f"base_model.model.model.layers.{layer}.{module}.lora_"
            yield prefix + "A.weight", [RANK, HIDDEN]
            yield prefix + "B.weight", [rows, RANK]


def router_tensors():
    for layer in range(LAYERS):
        for router in ["router_attention", "router_mlp"]:
            yield f"model.layers.{layer}.{router}.weight_predictor.weight", [2, HIDDEN]
            yield f"model.layers.{layer}.{router}.weight_predictor.bias", [2]


def byte_count(shape):
    count = 2
    for dimension in shape:
        count *= dimension
    return count


def block():
    """Returns random bfloat16 numbers between 2^-7 and 2^-5 of either sign; the high byte is the second."""
    data = bytearray(os.urandom(BLOCK_BYTES))
    data[1::2] = data[1::2].translate(bytes(0x3C | (value & 0x80) for value in range(256)))
    return memoryview(data + data[: 1 << 20])


def write(path, entries, data):
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, shape in entries:
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [offset, offset + byte_count(shape)]}
        offset += byte_count(shape)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb", buffering=0) as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for index, (_, shape) in enumerate(entries):
            left, start = byte_count(shape), index * 4096 % (1 << 20)
            while left:
                left -= file.write(data[start : start + min(left, BLOCK_BYTES)])
        os.fsync(file.fileno())


def make(directory, data):
    os.makedirs(f"{directory}/lora")
    json.dump(CONFIG, open(f"{directory}/config.json", "w"), indent=2)
    entries = list(tensors())
    total = sum(byte_count(shape) for _, shape in entries)
    shards, size = [[]], 0
    for entry in entries:
        if size > total / 4 and len(shards) < 4:
            shards.append([])
            size = 0
        shards[-1].append(entry)
        size += byte_count(entry[1])
    places = {}
    for index, shard in enumerate(shards):
        name = f"model-{index + 1:05}-of-{len(shards):05}.safetensors"
        write(f"{directory}/{name}", shard, data)
        places.update({tensor: name for tensor, _ in shard})
    json.dump({"metadata": {"total_size": total}, "weight_map": places},
              open(f"{directory}/model.safetensors.index.json", "w"))
    adapter = {"peft_type": "LORA", "r": RANK, "lora_alpha": 32, "target_modules": ["q_proj", "v_proj", "gate_proj"]}
    json.dump(adapter, open(f"{directory}/lora/adapter_config.json", "w"))
    write(f"{directory}/lora/adapter_model.safetensors", list(adapter_tensors()), data)
    if not options.routers:
        write(f"{directory}/routers.safetensors", list(router_tensors()), data)
    return [f"{directory}/{name}" for name in sorted(set(places.values()))]


def forget(paths):
    """Drops files from the page cache."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def main():
    directory = f"{options.work}/llama-8b"
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(options.work, exist_ok=True)
    free = shutil.disk_usage(options.work).free
    if free < NEEDED_BYTES:
        raise SystemExit(f"{options.work}: {free / 1e9:.0f} GB free, {NEEDED_BYTES / 1e9:.0f} GB needed")
    try:
        start = time.perf_counter()
        shards = make(directory, block())
        size = sum(os.path.getsize(path) for path in shards)
        print(f"Checkpoint: {size / 1e9:.2f} GB in {len(shards)} shards, made in {time.perf_counter() - start:.0f} s.\n")

        forget(shards)
        os.makedirs(f"{directory}/copy")
        start = time.perf_counter()
        subprocess.run(["cp", *shards, f"{directory}/copy"], check=True)
        copied = time.perf_counter() - start
        for path in shards:
            descriptor = os.open(f"{directory}/copy/{os.path.basename(path)}", os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
        synchronized = time.perf_counter() - start
        shutil.rmtree(f"{directory}/copy")

        forget(shards)
        routers = options.routers or f"{directory}/routers.safetensors"
        start = time.perf_counter()
        result = subprocess.run(
            ["/usr/bin/time", "-v", options.skipc, "convert", directory, "--router", routers, "--lora",
             f"{directory}/lora", "-o", f"{directory}/model.skipgpt", "-t", str(options.threads), "--progress", "none"],
            capture_output=True, text=True)
        converted = time.perf_counter() - start
        if result.returncode:
            raise SystemExit(result.stderr)
        peak = int(re.search(r"Maximum resident set size \(kbytes\): (\d+)", result.stderr).group(1))
        print("| | seconds | GB/s |\n|---|---|---|")
        for name, seconds in [("cp", copied), ("cp and fsync", synchronized),
                              ("skipc convert with routers and LoRA, hashed and fsynced", converted)]:
            print(f"| {name} | {seconds:.1f} | {size / seconds / 1e9:.2f} |")
        print(f"\nThroughput against cp and fsync: {synchronized / converted:.2f}. Peak memory: {peak / 1024:.0f} MiB.\n")
        print(result.stdout)
    finally:
        if not options.keep:
            shutil.rmtree(directory, ignore_errors=True)


main()
