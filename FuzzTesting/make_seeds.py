#!/usr/bin/env python3
"""make_seeds.py SKIPC: writes the seeds of the fuzz entries, and hostile inputs that the tests replay.

    FuzzTesting/make_seeds.py .build/debug/skipc

Writes Seeds/ENTRY, whose files are all accepted, and Tests/Fixtures/crashes/ENTRY/hostile-*. The seeds of `torch` and
`pickle` are there already: torch wrote them, with checksums of zero. Needs Python 3.11.
"""
import base64
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile
import io

HERE = pathlib.Path(__file__).resolve().parent
SEEDS = HERE / "Seeds"
CRASHES = HERE.parent / "Tests/Fixtures/crashes"


def write(directory, entry, files):
    folder = directory / entry
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def seeds(entry, **files):
    write(SEEDS, entry, files)


def hostile(entry, **files):
    write(CRASHES, entry, {"hostile-" + name.replace("_", "-"): data for name, data in files.items()})


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


# --- JSON

OBJECT = '{"a": [1, -2.5e3, true, null, "\\u00e9\\n\\ud83d\\ude00"], "b": {"c": {}, "d": []}, "é": "x\\"y"}'


def write_json():
    seeds("json", object=OBJECT, number="-0.0", large="[1000000000000000019884624838656, 1e400, 0e0, 1E+2]",
          deep="[" * 60 + "]" * 60, many=compact({f"k{i}": i for i in range(40)}), string='"\\u0000\\/\\b"')
    hostile("json", depth="[" * 100_000, duplicate='{"a":1,"\\u0061":2}', surrogate='"\\ud800"', mark="\ufeff{}",
            normal='{"\u00e9":1,"e\u0301":2}', overlong=b'"\xc0\x80"', nan="[NaN]", zero="[01]", comma="[1,]",
            control=b'"\x01"', escape='"\\x41"', empty="", utf16="{}".encode("utf-16"), trailing="{} {}",
            keys=compact({f"\u0000{i}": None for i in range(300)}))
    seeds("editing", first=b"\x00" + OBJECT.encode(), last=b"\x02" + OBJECT.encode(), new=b"\xff" + OBJECT.encode(),
          empty=b"\x00 { } ")
    hostile("editing", brace=b"\x00" + b' {"}": "}{", "{": {"}": 1}}', list=b"\x00[1]", none=b"",
            quote=b'\x01{"a\\"": "\\\\", "b\\\\": "\\""}', escaped=b'\xff{"new \\"key\\"\\n": 1}',
            added=b'\xff{"new \\u0022key\\u0022\\u000a": [1]}')


# --- Checkpoints


def safetensors(header, data=b"", pad=True):
    text = header if isinstance(header, bytes) else compact(header).encode()
    if pad:
        text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def entry(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def write_checkpoints():
    two = {"__metadata__": {"format": "pt"}, "b": entry("F32", [2], 8, 16), "a": entry("BF16", [2, 2], 0, 8)}
    seeds("safetensors", two=safetensors(two, bytes(16)), scalar=safetensors({"s": entry("F64", [], 0, 8)}, bytes(8)),
          empty=safetensors({"e": entry("F16", [0, 3], 0, 0)}), none=safetensors({}),
          types=safetensors({t: entry(t, [1], i, i + 1) for i, t in enumerate(["I8", "U8", "BOOL"])}, bytes(3)))
    hostile("safetensors", short=b"1234567", wrap=struct.pack("<Q", 2**64 - 8) + b"{}", huge=struct.pack("<Q", 2**63),
            overflow=safetensors({"a": entry("F32", [2**32, 2**32], 0, 0)}),
            overflow_with_zero=safetensors({"a": entry("F32", [2**63 - 1, 2**63 - 1, 0], 0, 0)}),
            overlap=safetensors({"a": entry("U8", [4], 0, 4), "b": entry("U8", [4], 2, 6)}, bytes(6)),
            gap=safetensors({"a": entry("U8", [1], 1, 2)}, bytes(2)),
            reversed=safetensors({"a": entry("U8", [1], 2, 1)}, bytes(2)),
            end=safetensors({"a": entry("U8", [2**63 - 1], 0, 2**63 - 1)}, b""),
            trailing=safetensors({"a": entry("U8", [1], 0, 1)}, bytes(2)),
            escaped=safetensors(b'{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},'
                                b'"\\u0061":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
            space=safetensors(b' {}'), tab=safetensors(b'{}\t', pad=False),
            rank=safetensors({"a": entry("U8", [1] * 9, 0, 1)}, b"1"),
            name=safetensors({"x" * 1025: entry("U8", [0], 0, 0)}),
            float=safetensors({"a": entry("U8", [1.0], 0, 1)}, b"1"),
            metadata=safetensors({"__metadata__": {"a": 1}}), deep=safetensors(b'{"__metadata__":' + b"[" * 500))
    index = {"metadata": {"total_size": 8}, "weight_map": {"a": "model-00001-of-00002.safetensors",
                                                           "b": "model-00002-of-00002.safetensors"}}
    seeds("shards", two=compact(index), empty=compact({"weight_map": {}}))
    names = ["../x.safetensors", "/etc/x.safetensors", "a/../b.safetensors", "./x.safetensors", "a//b.safetensors",
             "C:\\x.safetensors", "", ".", "a\0.safetensors", "x" * 4096 + ".safetensors", ".x.safetensors", "x.bin",
             "ä.safetensors"]
    hostile("shards", list=compact({"weight_map": []}), number=compact({"weight_map": {"a": 1}}), none="{}",
            **{f"name_{i}": compact({"weight_map": {"a": name}}) for i, name in enumerate(names)})


# --- Configurations

CONFIG = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 16, "hidden_size": 8,
          "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1,
          "hidden_act": "silu", "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "max_position_embeddings": 64,
          "tie_word_embeddings": True, "bos_token_id": 0, "eos_token_id": [1, 2], "torch_dtype": "float32"}
LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 32}


def write_configurations():
    seeds("config", plain=compact(CONFIG), llama3=compact(CONFIG | {"rope_scaling": LLAMA3}),
          linear=compact(CONFIG | {"rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 1e6}}),
          short=compact({"model_type": "llama", "vocab_size": 9, "hidden_size": 4, "intermediate_size": 3,
                         "num_hidden_layers": 1, "num_attention_heads": 1}),
          bias=compact(CONFIG | {"attention_bias": True, "mlp_bias": True, "head_dim": 6}))
    changes = {"heads": {"num_attention_heads": 0}, "divisor": {"num_key_value_heads": 3},
               "layers": {"num_hidden_layers": 2**31},
               "negative": {"hidden_size": -1}, "string": {"hidden_size": "8"}, "bool": {"hidden_size": True},
               "odd": {"head_dim": 3}, "epsilon": {"rms_norm_eps": 0}, "token": {"eos_token_id": 16},
               "tokens": {"eos_token_id": list(range(16))},
               "quantized": {"quantization_config": {"quant_method": "gptq", "bits": 4}},
               "code": {"auto_map": {"AutoModel": "x.py"}}, "yarn": {"rope_scaling": {"type": "yarn", "factor": 1e400}},
               "factor": {"rope_scaling": LLAMA3 | {"factor": 0}}, "null": {"rope_scaling": {"rope_type": None}},
               "family": {"architectures": ["MambaForCausalLM"]}, "none": {"architectures": []}}
    hostile("config", **{name: compact(CONFIG | change) for name, change in changes.items()},
            theta=compact(CONFIG).replace("10000.0", "1e400"), exponent=compact(CONFIG).replace(":8,", ":8e0,"))
    lora = {"peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj"], "bias": "none"}
    seeds("adapter", plain=compact(lora), expression=compact(lora | {"target_modules": r".*\.(q|v)_proj"}),
          patterns=compact(lora | {"rank_pattern": {"q_proj": 2, r"^model\.layers\.\d+\..*v_proj": 3},
                                   "alpha_pattern": {"v_proj": 1.5}}),
          layers=compact(lora | {"layers_to_transform": [0, 1], "layers_pattern": "layers"}),
          saved=compact(lora | {"modules_to_save": ["lm_head"], "exclude_modules": ["k_proj"], "use_rslora": True}),
          linear=compact(lora | {"target_modules": "all-linear", "use_dora": True}))
    hostile("adapter", rank=compact(lora | {"r": 0}), alpha=compact(lora | {"lora_alpha": 8}).replace(":8", ":1e400"),
            kind=compact(lora | {"peft_type": "LOHA"}), bomb=compact(lora | {"target_modules": "((a{99}){99}){99}"}),
            slow=compact(lora | {"target_modules": "(a*)*(a*)*(a*)*b"}),
            open=compact(lora | {"target_modules": "(" * 2000}),
            back=compact(lora | {"target_modules": r"(a)\1"}), number=compact(lora | {"target_modules": 1}),
            pattern=compact(lora | {"rank_pattern": {"": 1}}), index=compact(lora | {"layers_to_transform": [-1]}))
    seeds("pattern", names=b".*\\.(q|v)_proj\nmodel.layers.0.self_attn.q_proj",
          index=b"(?:^|.*?\\.)layers\\.(?P<idx>\\d+)\\.\nmodel.layers.12.mlp",
          classes=b"[^a-c\\d]{2,3}?\\w*$\nxyz_1", look=b"(?!lm)(?=a).*\\b\nabc", plain=b"a|b|\nb")
    hostile("pattern", nested=b"(" * 3000, counted=b"((a{999}){999}){999}\na",
            slow=b"(a*)*(a|a)*(a?){50}$\n" + b"a" * 150 + b"b",
            range=b"[z-a]\n", open=b"[", escape=b"\\", empty=b"", newline=b"a$\na\n", utf8="é.\né\u0301".encode(),
            empty_loop=b"(|a)*?b\nab", negative=b"(?!(?!(?!a)))a\na")


# --- Tokenizers


def byte_alphabet():
    """The character of each byte in a byte-level vocabulary."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + i) for i, byte in enumerate(others)}


ALPHABET = byte_alphabet()
CL100K = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|DIGITS| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"
          r"\s+(?!\S)|\s+")
BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}


def split(digits):
    pattern = {"type": "Split", "pattern": {"Regex": CL100K.replace("DIGITS", digits)}, "behavior": "Isolated",
               "invert": False}
    return {"type": "Sequence", "pretokenizers": [pattern, BYTE_LEVEL | {"use_regex": False}]}


def added(content, id, **options):
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {"id": id, "content": content} | flags | options


def tokenizer(pre_tokenizer=BYTE_LEVEL, normalizer=None, tokens=(), post_processor=None, **model):
    merges = [("a", "b"), ("ab", "c"), ("l", "l"), ("Ġ", "d"), ("Ġd", "a"), ("Ã", "©"), ("1", "2"), ("ĉ", "Ċ")]
    vocabulary = {ALPHABET[byte]: byte for byte in range(256)}
    for left, right in merges:
        vocabulary[left + right] = len(vocabulary)
    return {"version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [added(text, len(vocabulary) + i, **options) for i, (text, options) in enumerate(tokens)],
            "normalizer": normalizer, "pre_tokenizer": pre_tokenizer, "post_processor": post_processor,
            "decoder": BYTE_LEVEL, "model": {"type": "BPE", "dropout": None, "unk_token": None,
            "continuing_subword_prefix": None, "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
            "ignore_merges": False, "vocab": vocabulary, "merges": [list(pair) for pair in merges]} | model}


def tokenizers():
    template = {"type": "TemplateProcessing",
                "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
                "special_tokens": {"<s>": {"id": "<s>", "ids": [264], "tokens": ["<s>"]}}}
    digits = {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": True}, BYTE_LEVEL]}
    return {
        "gpt2": tokenizer(tokens=[("<s>", {}), ("<x>", {"lstrip": True, "special": False})]),
        "llama3": tokenizer(split(r"\p{N}{1,3}"), tokens=[("<s>", {})], post_processor=template, ignore_merges=True),
        "qwen2": tokenizer(split(r"\p{N}"), {"type": "NFC"},
                           [("<|end|>", {}), ("né", {"normalized": True, "special": False})]),
        "digits": tokenizer(digits, tokens=[("<xx>", {"rstrip": True, "single_word": True})]),
        "prefix": tokenizer(BYTE_LEVEL | {"add_prefix_space": True}),
    }


def character_tokenizers():
    mark = "\u2581"
    merges = [("a", "b"), (mark, "ab"), ("ab", "c"), ("l", "l"), (mark, mark), ("d", "a")]
    words = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), mark, *"abcdefl12.\n", "é", "日"]
    vocabulary = {word: id for id, word in enumerate([*words, *(left + right for left, right in merges)])}

    def replaced(old, new):
        return {"type": "Replace", "pattern": {"String": old}, "content": new}

    def sequence(key, *steps):
        return {"type": "Sequence", key: list(steps)}

    def characters(pre_tokenizer, normalizer, *decoders, tokens=(), **model):
        specials = [added(word, id) for id, word in enumerate(words[:3])]
        more = [added(text, len(vocabulary) + i, **options) for i, (text, options) in enumerate(tokens)]
        options = {"vocab": vocabulary, "merges": [list(pair) for pair in merges], "unk_token": "<unk>",
                   "fuse_unk": True, "byte_fallback": True}
        return tokenizer(pre_tokenizer, normalizer, **options | model) | {
            "added_tokens": specials + more, "decoder": sequence("decoders", *decoders)}

    def metaspace(scheme, split):
        return {"type": "Metaspace", "replacement": mark, "prepend_scheme": scheme, "split": split}

    fallback = (replaced(mark, " "), {"type": "ByteFallback"}, {"type": "Fuse"})
    strip = {"type": "Strip", "content": " ", "start": 1, "stop": 0}
    legacy = sequence("normalizers", {"type": "Prepend", "prepend": mark}, replaced(" ", mark))
    literal = {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False}
    fewer = {word: id for id, word in enumerate(w for w in vocabulary if not w.startswith("<0x"))}
    tokens = [("<x>", {"normalized": True, "special": False}), ("<xx>", {"rstrip": True, "lstrip": True})]
    return {
        "llama2": characters(None, legacy, *fallback, strip, tokens=tokens),
        "mistral": characters(metaspace("first", False), None, *fallback, strip),
        "gemma": characters(literal, replaced(" ", mark), *fallback),
        "metaspace": characters(metaspace("always", True), None, metaspace("always", True), vocab=fewer,
                                byte_fallback=False, ignore_merges=True),
    }


def varint(value):
    text = b""
    while value >= 0x80:
        text += bytes([value & 0x7F | 0x80])
        value >>= 7
    return text + bytes([value])


def field(number, value):
    """A field of a protocol buffer: a number, a 32-bit float or bytes."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def sentence_piece(words, trainer=field(3, 2) + field(35, 1), normalizer=field(4, 0)):
    pieces = [("<unk>", 0.0, 2), ("<s>", 0.0, 3), ("</s>", 0.0, 3), *((f"<0x{byte:02X}>", 0.0, 6) for byte in range(256))]
    pieces += [(word, -float(index), 1) for index, word in enumerate(words)] + [("<x>", 0.0, 4)]
    text = b"".join(field(1, field(1, word.encode()) + field(2, score) + field(3, kind)) for word, score, kind in pieces)
    return text + field(2, trainer) + field(3, normalizer)


def write_model_files():
    words = ["\u2581a", "ab", "\u2581ab", "abc", "da", "\u2581", *"abcd", "é"]
    lines = [*(bytes([byte]) for byte in range(256)), b"ab", b"abc", b"bc", " d".encode(), "é".encode()]
    ranks = b"".join(base64.b64encode(token) + f" {rank}\n".encode() for rank, token in enumerate(lines))
    good = sentence_piece(words)
    seeds("model", pieces=good, ranks=ranks, spaces=sentence_piece(words, normalizer=field(3, 1)),
          small=field(1, field(1, b"a")) + field(2, field(3, 2)))
    hostile("model", none=b"", one=b"\n", unigram=sentence_piece(words, trainer=field(3, 1)), half=good[: len(good) // 2],
            map=sentence_piece(words, normalizer=field(2, b"x")), twice=good + field(2, b""), number=good + field(1, 1),
            length=b"\n" + b"\xff" * 9 + b"\1", varint=b"\n" + b"\xff" * 10 + b"\1", group=good + b"\x0b",
            byte=field(1, field(1, b"<0xZZ>") + field(3, 6)) + field(2, field(3, 2) + field(35, 1)),
            nan=field(1, field(1, b"a") + field(2, float("nan"))) + field(2, field(3, 2)),
            long=sentence_piece(["x" * 513]), same=sentence_piece(["a", "a"]), rank=b"YQ== 1\n", again=b"YQ== 0\nYQ== 1",
            base64=b"YR== 0\n", large=b"YQ== 16777215\n", letters=sentence_piece(["a" * count for count in range(1, 300)]))


def write_tokenizers():
    seeds("tokenizer", **{name: compact(value) for name, value in (tokenizers() | character_tokenizers()).items()})
    base = tokenizer()
    vocabulary = base["model"]["vocab"]

    def changed(**model):
        return compact(base | {"model": base["model"] | model})

    nested = BYTE_LEVEL
    for _ in range(50):
        nested = {"type": "Sequence", "pretokenizers": [nested]}
    hostile("tokenizer", gap=changed(vocab=vocabulary | {"zz": 2**31}), twice=changed(vocab=vocabulary | {"zz": 5}),
            negative=changed(vocab=vocabulary | {"zz": -1}), merge=changed(merges=["a b", "no such"]),
            spaces=changed(merges=["a b c"]), repeated=changed(merges=["a b", "a b"]), byte=changed(vocab={"a": 0}),
            empty=changed(vocab={}, merges=[]), missing=changed(vocab=vocabulary | {"q": 300}),
            token=compact(base | {"added_tokens": [added("", 264)]}),
            long=compact(base | {"added_tokens": [added("x" * 1025, 264)]}),
            nul=compact(base | {"added_tokens": [added("\0", 264)]}), nested=compact(base | {"pre_tokenizer": nested}),
            regex=compact(base | {"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a+)+$"},
                                                    "behavior": "Isolated", "invert": False}}),
            prefixes=compact(base | {"added_tokens": [added("<" * (i + 1), 264 + i) for i in range(40)]}),
            combining=compact(base | {"added_tokens": [added("e\u0301", 264, normalized=True)],
                                      "normalizer": {"type": "NFC"}}))
    texts = ["Hello, world! It's 2024; we've 1234567 reasons", "  e\u0301 a\u0323\u0307  \u3000x\r\n\r\n \t\ty ",
             "日本語 한국어 😀👍🏽 <|end_of_text|><x>", "\u1100\u1161\u11a8 'LL 'ſ ١٢٣ ½"]
    for choice in range(18):
        seeds("text", **{f"text_{choice}": bytes([choice]) + texts[choice % 4].encode()})
    hostile("text", a=b"\x00" + b"a" * 4000, spaces=b"\x01" + b" " * 4000,
            marks=b"\x03" + "\u0301\u0323".encode() * 1000,
            crlf=b"\x03" + b"\r\n" * 2000, invalid=b"\x04\xff\xc0\x80\xe2\x82\xf0\x9f\x98\xed\xa0\x80", empty=b"",
            last=b"\x05\xf4\x8f\xbf\xbf\xf4\x90",
            hangul=b"\x03" + "\u1112\u1161\u11ab".encode() * 500, nul=b"\x06\0\0\0", prefix=b"\x05 a",
            **{"digits": b"\x02" + b"1" * 999})


# --- Compiled models


def sections(file):
    """The kind and the bytes of every section."""
    (count,) = struct.unpack_from("<I", file, 0x38)
    for index in range(count):
        kind, _, _, _, offset, size = struct.unpack_from("<IIIIQQ", file, 4096 + 128 * index)
        yield kind, offset, file[offset:offset + size]


def model_files(layers, tied):
    """The header and the data of a checkpoint and its routers."""
    shapes = {"model.embed_tokens.weight": [300, 8], "model.norm.weight": [8]}
    if not tied:
        shapes["lm_head.weight"] = [300, 8]
    routers = {}
    for layer in range(layers):
        prefix = f"model.layers.{layer}."
        for name, shape in [("input_layernorm", [8]), ("post_attention_layernorm", [8]), ("self_attn.q_proj", [8, 8]),
                            ("self_attn.k_proj", [4, 8]), ("self_attn.v_proj", [4, 8]), ("self_attn.o_proj", [8, 8]),
                            ("mlp.gate_proj", [16, 8]), ("mlp.up_proj", [16, 8]), ("mlp.down_proj", [8, 16])]:
            shapes[prefix + name + ".weight"] = shape
        for router in ["router_attention", "router_mlp"]:
            routers[f"{prefix}{router}.weight_predictor.weight"] = [2, 8]
            routers[f"{prefix}{router}.weight_predictor.bias"] = [2]

    def build(shapes):
        header, data = {}, b""
        for name, shape in shapes.items():
            count = 1
            for dimension in shape:
                count *= dimension
            header[name] = entry("F32", shape, len(data), len(data) + 4 * count)
            data += struct.pack(f"<{count}f", *[0.25 * ((i * 7 + len(data)) % 9 - 4) for i in range(count)])
        return safetensors(header, data)

    return build(shapes), build(routers)


def write_models(skipc):
    kinds = {"tied": "gpt2", "two": "llama3", "int8": "gpt2", "characters": "llama2"}
    for name, layers, tied, options in [("tied", 1, True, []), ("two", 2, False, []),
                                        ("int8", 1, True, ["--outtype", "int8"]), ("characters", 1, True, [])]:
        with tempfile.TemporaryDirectory() as directory:
            directory = pathlib.Path(directory)
            model, routers = model_files(layers, tied)
            config = CONFIG | {"vocab_size": 300, "num_hidden_layers": layers, "tie_word_embeddings": tied}
            (directory / "model.safetensors").write_bytes(model)
            (directory / "routers.safetensors").write_bytes(routers)
            (directory / "config.json").write_text(json.dumps(config))
            (directory / "tokenizer.json").write_text(json.dumps((tokenizers() | character_tokenizers())[kinds[name]]))
            output = directory / "model.skipgpt"
            subprocess.run([skipc, "convert", directory, "--router", directory / "routers.safetensors", "-o", output,
                            *options],
                           check=True, capture_output=True)
            file = output.read_bytes()
            package = directory / "model.skipz"
            subprocess.run([skipc, "pack", output, "-o", package], check=True, capture_output=True)
            seeds("package", **{name: package.read_bytes()})
        end = max(offset + len(data) for kind, offset, data in sections(file) if kind < 256)
        short = file[:256] + file[4096:end]
        seeds("skipgpt", **{name: short})
        seeds("table", **{name: next(data for kind, _, data in sections(file) if kind == 3)})
    table = (SEEDS / "table/two").read_bytes()
    hostile("table", none=b"", magic=b"SKTK\2\0\0\0" + bytes(72), counts=table[:16] + b"\xff" * 48 + table[64:],
            token=table[:80] + b"\xff\xff\xff\x7f" * 256 + table[1104:], half=table[:len(table) // 2])
    short = (SEEDS / "skipgpt/tied").read_bytes()

    def changed(offset, value):
        return short[:offset] + value + short[offset + len(value):]

    package = (SEEDS / "package/tied").read_bytes()

    def repacked(offset, value):
        return package[:offset] + value + package[offset + len(value):]

    front = struct.unpack_from("<Q", package, 0x38)[0]
    hostile("package", none=b"", header=package[:256], front=package[:front], cut=package[:-1],
            longer=package + bytes(1), size=repacked(0x18, b"\xff" * 8), entries=repacked(0x40, b"\xff" * 4),
            blocks=repacked(0x44, b"\xff" * 8), delta=repacked(0x80, b"\1" * 32),
            stored=repacked(256 + 4, b"\xff" * 4), raw=repacked(256 + 8, b"\xff\xff\xff\1"),
            planes=repacked(front, b"\xff" * 8))
    hostile("skipgpt", none=b"", header=short[:256], size=changed(0x18, b"\xff" * 8),
            sections=changed(0x38, b"\xff\xff\0\0"),
            tensors=changed(0x48, b"\xff\xff\3\0"), tables=changed(0x50, struct.pack("<Q", 2**63)),
            alignment=changed(0x58, b"\x3f"),
            offset=changed(256 + 16, struct.pack("<Q", 2**64 - 64)),
            length=changed(256 + 24, struct.pack("<Q", 2**63 - 1)))


# --- Files of any kind


def write_recognition():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zip:
        zip.writestr(zipfile.ZipInfo("archive/data.pkl"), b"\x80\x02}q\x00.")
        zip.writestr(zipfile.ZipInfo("archive/version"), b"3\n")
    seeds("recognition", safetensors=b"\x00" + safetensors({}), torch=b"\x02" + archive.getvalue(), json=b"\x06{}",
          tokenizer=b"\x07{}", model=b"\x05\x89SKIPGPT\r\n\x1a\n" + bytes(64))
    starts = {"gguf": b"GGUF\x03\0\0\0", "pickle": b"\x80\x02}q\x00.",
              "legacy": b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.",
              "hdf5": b"\x89HDF\r\n\x1a\n", "numpy": b"\x93NUMPY\1\0",
              "lfs": b"version https://git-lfs.github.com/spec/v1\noid",
              "page": b"<!DOCTYPE html><html>", "tar": bytes(257) + b"ustar\0",
              "onnx": b"\x08\x07\x12\x07pytorch\x1a\x03", "zeros": bytes(5000),
              "flax": b"\x81\xa6params\x80", "zip": archive.getvalue()[:60], "end": b"x" + archive.getvalue(),
              "empty": b"",
              "cut": "é".encode() * 2048 + b"\xc3"}
    for index, (name, start) in enumerate(starts.items()):
        hostile("recognition", **{name: bytes([index]) + start, name + "_torch": b"\x02" + start})


def main():
    write_json()
    write_checkpoints()
    write_configurations()
    write_tokenizers()
    write_model_files()
    write_models(sys.argv[1])
    write_recognition()
    # The tests HostileTorchFile have many more.
    hostile("pickle", system=b"\x80\x02cos\nsystem\nX\x02\0\0\0idtR.", memo=b"\x80\x02r\xff\xff\xff\xff.",
            nested=b"\x80\x02" + b"]" * 5000 + b".",
            length=b"\x80\x02X\xff\xff\xff\xff", mark=b"\x80\x021.", get=b"\x80\x02h\x07.", none=b"",
            self=b"\x80\x02]q\0h\0a.")
    plain = (SEEDS / "torch/plain.pth").read_bytes()
    hostile("torch", half=plain[:len(plain) // 2], before=b"x" + plain, after=plain + b"x", end=plain[-22:], none=b"",
            comment=plain[:-2] + b"\xff\xff", entries=plain[:-12] + b"\xff\xff" + plain[-10:])


main()
