"""The inputs of the fault tests: a small routed model with a tokenizer and an adapter, from a fixed seed."""
import json
import os
import random
import struct

HIDDEN, INTERMEDIATE, LAYERS, KEYS, VOCABULARY = 16, 32, 2, 8, 256


def safetensors(path, shapes, generator):
    """Writes float32 tensors of the given shapes."""
    header, data = {}, b""
    for name, shape in shapes.items():
        count = 1
        for dimension in shape:
            count *= dimension
        begin = len(data)
        data += struct.pack(f"<{count}f", *(generator.uniform(-1, 1) for _ in range(count)))
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [begin, len(data)]}
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def byte_characters():
    """The characters that byte-level tokenizers use for the 256 bytes."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = (byte for byte in range(256) if byte not in printable)
    characters = {byte: chr(byte) for byte in printable}
    characters.update({byte: chr(256 + index) for index, byte in enumerate(others)})
    return [characters[byte] for byte in range(256)]


def write(directory, seed=1):
    """Writes the model to `directory`, and the adapter to its folder `lora`."""
    generator = random.Random(seed)
    os.makedirs(os.path.join(directory, "lora"))
    layers = {}
    routers = {}
    for layer in range(LAYERS):
        prefix = f"model.layers.{layer}."
        layers[prefix + "input_layernorm.weight"] = [HIDDEN]
        layers[prefix + "post_attention_layernorm.weight"] = [HIDDEN]
        for name, rows in [("q", HIDDEN), ("k", KEYS), ("v", KEYS), ("o", HIDDEN)]:
            layers[prefix + f"self_attn.{name}_proj.weight"] = [rows, HIDDEN]
        layers[prefix + "mlp.gate_proj.weight"] = [INTERMEDIATE, HIDDEN]
        layers[prefix + "mlp.up_proj.weight"] = [INTERMEDIATE, HIDDEN]
        layers[prefix + "mlp.down_proj.weight"] = [HIDDEN, INTERMEDIATE]
        for router in ("router_attention", "router_mlp"):
            routers[prefix + router + ".weight_predictor.weight"] = [2, HIDDEN]
            routers[prefix + router + ".weight_predictor.bias"] = [2]
    ends = {
        "model.embed_tokens.weight": [VOCABULARY, HIDDEN],
        "model.norm.weight": [HIDDEN],
        "lm_head.weight": [VOCABULARY, HIDDEN],
    }
    safetensors(f"{directory}/model.safetensors", {**layers, **ends}, generator)
    safetensors(f"{directory}/routers.safetensors", routers, generator)
    factors = {
        f"base_model.model.model.layers.{layer}.self_attn.q_proj.lora_{factor}.weight": shape
        for layer in range(LAYERS)
        for factor, shape in (("A", [2, HIDDEN]), ("B", [HIDDEN, 2]))
    }
    safetensors(f"{directory}/lora/adapter_model.safetensors", factors, generator)
    texts = {
        "config.json": {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": VOCABULARY,
            "hidden_size": HIDDEN, "intermediate_size": INTERMEDIATE, "num_hidden_layers": LAYERS,
            "num_attention_heads": 2, "num_key_value_heads": 1, "hidden_act": "silu", "rms_norm_eps": 1e-5,
            "rope_theta": 10000.0, "max_position_embeddings": 64, "tie_word_embeddings": False, "bos_token_id": 0,
            "eos_token_id": 1, "torch_dtype": "float32",
        },
        "generation_config.json": {"eos_token_id": [1, 2]},
        "tokenizer.json": {
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
            "pre_tokenizer": {
                "type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True
            },
            "post_processor": None, "decoder": {"type": "ByteLevel"},
            "model": {
                "type": "BPE", "vocab": {character: byte for byte, character in enumerate(byte_characters())},
                "merges": [],
            },
        },
        "lora/adapter_config.json": {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["q_proj"]},
        "ids.json": list(range(3, 11)),
    }
    for name, value in texts.items():
        with open(f"{directory}/{name}", "w") as file:
            json.dump(value, file)
    with open(f"{directory}/README.txt", "w") as file:
        file.write("A companion.\n" * 100)
