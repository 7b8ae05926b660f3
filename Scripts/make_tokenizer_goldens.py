"""Makes small tokenizers and the ids that Hugging Face's tokenizers return with them for difficult texts.

    python make_tokenizer_goldens.py REPOSITORY

Needs: tokenizers (0.23.3 made the committed files). Writes Tests/Fixtures/tokenizers:
    NAME.tokenizer.json    a BPE of bytes or of characters with one family's steps, trained on the difficult texts
    NAME.golden.json       for each text: flags, ids, and the decoded text if it differs from the text
    character-classes.txt  the classes of all Unicode scalars in the library's regex engine and in Rust
Also writes a golden file for the tokenizer of bard, Examples/bard/tokenizer.json.

The merges are learned across word boundaries, so that a boundary in the wrong place changes the ids.
"""

import json
import random
import re
import sys
from collections import Counter
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers, trainers

CL100K = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|DIGITS| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
O200K_WORDS = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+SUFFIX"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*SUFFIX"
    r"|DIGITS| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
O200K = O200K_WORDS.replace("SUFFIX", "(?i:'s|'t|'re|'ve|'m|'ll|'d)?").replace("DIGITS", r"\p{N}{1,3}")
TEKKEN = O200K_WORDS.replace("SUFFIX", "").replace("DIGITS", r"\p{N}")
LLAMA3 = CL100K.replace("DIGITS", r"\p{N}{1,3}")
QWEN2 = CL100K.replace("DIGITS", r"\p{N}")

BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
DECODER = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}

TEXTS = [
    "",
    " ",
    "a",
    "Hello, world! It's 2024; we've 1234567 reasons -- don't you'll?",
    "HE'S SHE'LL WE'RE I'VE I'M HE'D CAN'T 'S 'LL 'RE 'VE 'M 'D 'T",
    "'s 't 're 've 'm 'll 'd '' 'x 'r 'v 'l ' 'ſ 'ſa 'Ll 'rE 'Ve",
    "dogs'  'tis  o'clock rock'n'roll  'sam 'rex 'ver 'lla 'doe",
    "  leading, trailing and   inner    spaces     ",
    "tabs\tand\t\tmore\t\t\tof them \t x\t",
    "line\nline\n\nline\n\n\n  indented\n\t\tdeeper\n   \n end\n",
    "crlf\r\ncrlf\r\n\r\n  x\r\r\ny\r",
    "!\n!!\r\n??  \n\n;\n\n",
    "\u00a0no\u00a0break \u00a0 \u3000ideographic\u3000 \u2003em \u2028line\u2029paragraph\u0085next\u000bvt\u000cff",
    "\u1680ogham \u180emongolian \u200bzero\u200bwidth \u202fnarrow \u205fmath \ufeffmark",
    "0 1 22 333 4444 55555 1234567890 3.14159 1,000,000 0x1F 1e-5",
    "१२३४ ٣٤٥ ½ ⅓ Ⅷ ⅷ ² ³ ① ㊿ 〇 百",
    "def f(x):\n    return {k: v for k, v in x.items() if k != '_'}  # comment\n",
    "for (int i = 0; i < n; ++i) { a[i] += b[i] * 2.0f; }\t// done\r\n",
    "<html><body class=\"a-b_c\">&amp;</body></html> SELECT * FROM t WHERE a>=1;",
    "émigré naïve façade Ångström ÇA VA ßtraße ﬁne ﬂow Ǆ ǆ ǅ ŉ İstanbul ı",
    "e\u0301 a\u0323\u0307 a\u0307\u0323 o\u0308\u0304 \u0301 \u0301\u0323x q\u0323\u0307\u0301 n\u0303o\u0302",
    "\u1100\u1161\u11a8 \uac00\u11a8 \u1112\u1161\u11ab\u1100\u1173\u11af 각 한글",
    "\u0f73\u0f71 a\u0315\u0f73\u0300 \u0f75 \u0f81\u0f72 \u0344 \u212b \u2126 \u0958 \ufb2a \u2adc \U0001d15e",
    "x\u08d3\u0301\u0323 x\u0323\u08d3\u0301 a\U0001e130\u0301 \u0c3c\u0c4d \u09fe\u0300 \u1acf\u0323",
    "日本語のテキスト、カタカナとひらがな。「漢字」！？　全角スペース",
    "中文文本没有空格，但有标点。繁體中文也一樣；１２３四五六",
    "한국어 문장입니다. 띄어쓰기가 있습니다!",
    "ภาษาไทยไม่มีช่องว่าง हिन्दी में मात्राएँ வணக்கம் ქართული አማርኛ",
    "Привет, мир! Ёжик ΑΒΓ αβγ ς עברית العَرَبِيَّة עִבְרִית",
    "😀 😃😄 👍🏽 👩‍👩‍👧‍👦 🇫🇷🇩🇪 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ☃️ ☃ ©️ ™ 🀄 #️⃣ ❤️‍🔥",
    "𝒜𝓫𝕔 𝟘𝟙𝟚 𐌰𐌱𐌲 𓀀𓀁 𠜎𠜱𠝹 \U0001fae8\U0001f6dc",
    "\u088f\U00010940x \U00011de0\U00011de1 5\U00016ff4 \U000187f8 \u0cdc' \U0001e6c0\U0001e6e3",
    "\x00\x01\x02\x03\x04\x1b[31mred\x1b[0m\x7f\u0080\u009f\u00ad",
    "\ufffd\ufffe\uffff\U0001fffe\U000e0001\U000e0100\U000f0000\U00100000\U0010ffff\ue000",
    "\u202eright to left\u202c \u2066isolate\u2069 \u061c",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "thethethethethethethethethethethethethethethethethethethethethethethethethethethethethethethe",
    "internationalization antidisestablishmentarianism Donaudampfschifffahrtsgesellschaft",
    "................................................................ ----------------------- ========",
    "https://example.org/path?query=1&other=%20#fragment user.name+tag@example.com",
    "ROMEO:\nBut, soft! what light through yonder window breaks?\nIt is the east, and Juliet is the sun.\n",
]

CASE_TEXTS = [
    "camelCase HTTPServer iPhone XMLHttpRequest aB Ab AB abCDef GHI/jkl//\n",
    "DON'T it'S we'LLx 'tis O'NEILL's \u01c5a A\u01c5 \u02b0a A\u02b0B a\u02b0",
    "\u0301AB \u0301\u0301a A\u0301 B\u0301C\u0301d \u6f22A a\u6f22B \u6f22\u5b57 1\u0301 !\u0301! \u0300\u6f22",
    "word\u0301word WORD\u0301WORD \u0903x \u20ddQ \u1d2cB \u10d0\u1c90 \u0130I i\u0307",
]

BYTES = [
    b"\xff",
    b"abc\xc3",
    b"\xe2\x82 euro \xe2\x82\xac \xe2\x28\xa1",
    b"\xf0\x9f\x98 \xf0\x9f\x98\x80 \xf0\x9f",
    b"\xc0\xaf \xe0\x80\xaf \xed\xa0\x80\xed\xb0\x80 \xf4\x90\x80\x80 \xf8\x88\x80\x80\x80",
    b"\x80\x81\xfe\xff latin1 \xe9t\xe9 \xc3\xa9t\xc3\xa9",
]

ADDED_TEXTS = [
    "<|endoftext|>",
    "a<|endoftext|>b <|endoftext|> c<|endoftext|><|endoftext|>",
    "<|endoftext| > <|endoftext <|end|> |> <<|endoftext|>>",
    "one <l> two<l>three \t\n<l>four\u3000\u00a0<l><l> <l>",
    "one<r> two <r>\n\n three<r>\u2003<r>four <r>  <r>",
    "x <lr> y  <lr>  <lr>  z<lr>",
    "word a word, aword worda word2 _word word\u0301 \u0301word éword word. (word) word-word word\u200d wordword",
    "<a><a><b><a><b><c><a> <b> <a><b><c",
    "caf\u00e9 cafe\u0301 CAF\u00c9 caf\u00e9s",
    "<r> <l> x <l><r> <r><l>",
    "\u03a9mega \u2126mega Ωmega",
    "nul\x00token nul\x00 token",
    "  <two  spaces>  x <two spaces>",
    "<r>\n <r>\nnewline token\n<r>  \n  ",
]


def byte_characters():
    printed = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printed]
    return {**{byte: chr(byte) for byte in printed}, **{byte: chr(256 + i) for i, byte in enumerate(others)}}


def trained_model(token_count):
    """Returns vocabulary and merges of a BPE that was trained without word boundaries."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    trainer = trainers.BpeTrainer(
        vocab_size=token_count,
        show_progress=False,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
    )
    tokenizer.train_from_iterator((TEXTS + ADDED_TEXTS) * 2, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], model["merges"]


def added_token(token_id, content, special=False, lstrip=False, rstrip=False, single_word=False, normalized=False):
    return {
        "id": token_id,
        "content": content,
        "single_word": single_word,
        "lstrip": lstrip,
        "rstrip": rstrip,
        "normalized": normalized,
        "special": special,
    }


def document(vocabulary, merges, pre_tokenizer, added, **options):
    root = {"normalizer": options.pop("normalizer", None), "post_processor": options.pop("post_processor", None)}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": root["normalizer"],
        "pre_tokenizer": pre_tokenizer,
        "post_processor": root["post_processor"],
        "decoder": options.pop("decoder", DECODER),
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            **options,
            "vocab": vocabulary,
            "merges": merges,
        },
    }


def split_then_byte_level(pattern, behavior="Isolated", invert=False):
    split = {"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior, "invert": invert}
    return {"type": "Sequence", "pretokenizers": [split, {**BYTE_LEVEL, "use_regex": False}]}


def zoo(vocabulary):
    """Returns added tokens of every kind. One that is in the vocabulary has its id there, the others follow."""
    tokens = [
        dict(content="<l>", lstrip=True),
        dict(content="<r>", rstrip=True, special=True),
        dict(content="<lr>", lstrip=True, rstrip=True, normalized=True),
        dict(content="word", single_word=True, normalized=True),
        dict(content="<a>"),
        dict(content="<a><b>", special=True),
        dict(content="<a><b><c>"),
        dict(content="caf\u00e9", normalized=True),
        dict(content="\u03a9mega", normalized=False),
        dict(content="nul\x00token", single_word=True),
        dict(content="<two  spaces>", special=True),
        dict(content="\nnewline", lstrip=True),
    ]
    added, next_id = [], len(vocabulary)
    for token in tokens:
        if token["content"] in vocabulary:
            added.append(added_token(vocabulary[token["content"]], **token))
        else:
            added.append(added_token(next_id, **token))
            next_id += 1
    return added


def without_bytes(vocabulary, merges, missing):
    characters = byte_characters()
    gone = {characters[byte] for byte in missing}
    kept = [token for token in vocabulary if token == "<|endoftext|>" or not gone & set(token)]
    merges = [merge for merge in merges if not gone & set("".join(merge))]
    return {token: index for index, token in enumerate(kept)}, merges


def tokenizers():
    vocabulary, merges = trained_model(620)
    end = added_token(0, "<|endoftext|>", special=True)
    count = len(vocabulary)
    yield "gpt2", document(
        vocabulary, [" ".join(merge) for merge in merges], BYTE_LEVEL, [end],
        post_processor={"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False},
    )

    words = {**vocabulary, "Hello": count, "Ġworld": count + 1, "1234": count + 2, "日": count + 3}
    begin = added_token(len(words), "<|begin_of_text|>", special=True)
    template = {
        "type": "TemplateProcessing",
        "single": [
            {"SpecialToken": {"id": "<|begin_of_text|>", "type_id": 0}},
            {"Sequence": {"id": "A", "type_id": 0}},
            {"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}},
        ],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {
            token["content"]: {"id": token["content"], "ids": [token["id"]], "tokens": [token["content"]]}
            for token in (begin, end)
        },
    }
    yield "llama3", document(
        words, merges, split_then_byte_level(LLAMA3), [end, begin], ignore_merges=True,
        post_processor={"type": "Sequence", "processors": [DECODER, template]},
    )

    yield "qwen2", document(
        vocabulary, merges, split_then_byte_level(QWEN2), [end, *zoo(vocabulary)], normalizer={"type": "NFC"}
    )
    digits = {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": True}, BYTE_LEVEL]}
    yield "digits", document(vocabulary, merges, digits, [end])
    yield "added", document(vocabulary, merges, BYTE_LEVEL, [end, *zoo(vocabulary)])

    missing = [0x04, 0x1B, 0x27, *range(0xC0, 0xC2), 0xCC, *range(0xF1, 0x100)]
    fewer, fewer_merges = without_bytes(vocabulary, merges, missing)
    yield "prefix-space", document(fewer, fewer_merges, {**BYTE_LEVEL, "add_prefix_space": True}, [end])
    yield "unknown", document(
        fewer, fewer_merges, {**BYTE_LEVEL, "use_regex": False}, [end], unk_token="<|endoftext|>"
    )

    deepseek = [
        split({"Regex": pattern}) for pattern in ("[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", "[一-龥ࠀ-一가-퟿]+")
    ]
    individual = {"type": "Digits", "individual_digits": True}
    byte_level = {**BYTE_LEVEL, "use_regex": False}
    yield "deepseek", document(
        vocabulary, merges, sequence("pretokenizers", *deepseek, individual, byte_level), [end]
    )
    together = {"type": "Digits", "individual_digits": False}
    yield "o200k", document(
        vocabulary, merges, sequence("pretokenizers", split({"Regex": O200K}), byte_level), [end]
    )
    yield "tekken", document(
        vocabulary, merges, sequence("pretokenizers", split({"Regex": TEKKEN}), together, byte_level), [end]
    )


SPACE_MARK = "\u2581"


def trained_characters(token_count, with_bytes=True):
    """Returns vocabulary and merges of a BPE of characters, as SentencePiece trains it, with common characters only."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=with_bytes))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(SPACE_MARK, "always")
    training = (TEXTS + ADDED_TEXTS) * 2 + ["x" + " " * count for count in range(20)]
    counts = Counter("".join(training).replace(" ", SPACE_MARK))
    alphabet = sorted(counts, key=lambda character: (-counts[character], character))[:110]
    byte_tokens = [f"<0x{byte:02X}>" for byte in range(256)] if with_bytes else []
    trainer = trainers.BpeTrainer(
        vocab_size=token_count, show_progress=False, special_tokens=["<unk>", "<s>", "</s>", *byte_tokens],
        initial_alphabet=alphabet, limit_alphabet=len(alphabet),
    )
    tokenizer.train_from_iterator(training, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], model["merges"]


def template(before, after=()):
    def special(token):
        return {"SpecialToken": {"id": token["content"], "type_id": 0}}

    return {
        "type": "TemplateProcessing",
        "single": [*map(special, before), {"Sequence": {"id": "A", "type_id": 0}}, *map(special, after)],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {
            token["content"]: {"id": token["content"], "ids": [token["id"]], "tokens": [token["content"]]}
            for token in (*before, *after)
        },
    }


def sequence(key, *steps):
    return {"type": "Sequence", key: list(steps)}


def replace(old, new):
    return {"type": "Replace", "pattern": {"String": old}, "content": new}


def metaspace(scheme, split):
    return {"type": "Metaspace", "replacement": SPACE_MARK, "prepend_scheme": scheme, "split": split}


def split(pattern, behavior="Isolated"):
    return {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": False}


PREPEND = {"type": "Prepend", "prepend": SPACE_MARK}
FALLBACK_DECODERS = (replace(SPACE_MARK, " "), {"type": "ByteFallback"}, {"type": "Fuse"})
STRIP_DECODER = {"type": "Strip", "content": " ", "start": 1, "stop": 0}


def character_tokenizers():
    vocabulary, merges = trained_characters(700)
    unknown, begin, end = (added_token(id, text, special=True) for id, text in enumerate(("<unk>", "<s>", "</s>")))
    options = dict(unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    llama_decoder = sequence("decoders", *FALLBACK_DECODERS, STRIP_DECODER)
    legacy = sequence("normalizers", PREPEND, replace(" ", SPACE_MARK))
    yield "llama2", document(
        vocabulary, merges, None, [unknown, begin, end], normalizer=legacy, decoder=llama_decoder,
        post_processor=template([begin]), **options,
    )
    zoo_tokens = [unknown, begin, end, *zoo(vocabulary)]
    yield "mistral", document(
        vocabulary, merges, metaspace("first", False), zoo_tokens, decoder=llama_decoder,
        post_processor=template([begin], [end]), **options,
    )
    # The normal form of a token that is recognised in the normalized text has the prefix.
    yield "phi3", document(
        vocabulary, merges, None, [{**token, "rstrip": True} for token in zoo_tokens], normalizer=legacy,
        decoder=llama_decoder, **options,
    )
    texts = [text for text in ("\n\n", "\t\t\t", "<html>", "<td>") if text not in vocabulary]
    plain = [added_token(len(vocabulary) + index, text) for index, text in enumerate(texts)]
    yield "gemma", document(
        vocabulary, merges, split({"String": " "}, "MergedWithPrevious"), [unknown, begin, end, *plain],
        normalizer=replace(" ", SPACE_MARK), decoder=sequence("decoders", *FALLBACK_DECODERS),
        post_processor=template([begin]), **options,
    )
    # Some bytes and no fallback: unknown characters, single and fused.
    some = {token: id for token, id in vocabulary.items() if not token.startswith("<0x") or token < "<0xE2>"}
    some = {token: index for index, token in enumerate(some)}
    yield "unknown-bytes", document(
        some, merges, None, [unknown, begin, end], normalizer=legacy, decoder=llama_decoder, **options
    )
    fewer, fewer_merges = trained_characters(400, with_bytes=False)
    yield "metaspace", document(
        fewer, fewer_merges, metaspace("always", True), [unknown, begin, end], decoder=metaspace("always", True),
        normalizer={"type": "Strip", "strip_left": True, "strip_right": True}, unk_token="<unk>",
    )
    # What Transformers writes for a SentencePiece model that removes white space.
    generic = sequence(
        "normalizers",
        {"type": "Replace", "pattern": {"Regex": r"\A +| +\z"}, "content": ""},
        {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
        replace(" ", SPACE_MARK),
        {"type": "Replace", "pattern": {"Regex": r"\A" + SPACE_MARK}, "content": SPACE_MARK * 2},
    )
    yield "generic", document(
        vocabulary, merges, sequence("pretokenizers", metaspace("always", False)), [unknown, begin, end],
        normalizer=generic, decoder=llama_decoder, **options,
    )
    pieces = sorted((token for token in vocabulary if token in ("the", "line", SPACE_MARK * 2, "aa")), key=len)
    alternation = {"Regex": "|".join(re.escape(piece) for piece in pieces[::-1])}
    yield "pieces", document(
        vocabulary, merges, sequence("pretokenizers", metaspace("always", False), split(alternation)),
        [unknown, begin, end], normalizer=sequence("normalizers", *generic["normalizers"][2:]), decoder=llama_decoder,
        ignore_merges=True, **options,
    )


def decoding_tokenizer(path):
    """Returns the tokenizer for decoding. Since version 0.23, the library decodes a token that is recognised in the
    normalized text to its normal form, and does not skip it. specs/tokenizer.md keeps the text of the file."""
    content = json.loads(path.read_text())
    for token in content["added_tokens"]:
        token["normalized"] = False
    return Tokenizer.from_str(json.dumps(content))


def golden(path, texts, seed):
    tokenizer, decoder = Tokenizer.from_file(str(path)), decoding_tokenizer(path)
    lines = []

    def add(text, add_special, parse_special, raw=None):
        tokenizer.encode_special_tokens = not parse_special
        ids = tokenizer.encode(text, add_special_tokens=add_special).ids
        case = {"hex": raw.hex()} if raw is not None else {"text": text}
        case |= {"add": add_special, "parse": parse_special, "ids": ids}
        decoded = decoder.decode(ids, skip_special_tokens=False)
        skipped = decoder.decode(ids, skip_special_tokens=True)
        if decoded != text:
            case["decoded"] = decoded
        if skipped != decoded:
            case["skipped"] = skipped
        lines.append(json.dumps(case, ensure_ascii=False, separators=(",", ":")))

    for index, text in enumerate(texts):
        add(text, index % 2 == 0, True)
        if "<" in text:
            add(text, False, False)
    for raw in BYTES:
        add(raw.decode("utf-8", "replace"), False, True, raw)
    rng = random.Random(seed)
    for _ in range(6):
        ids = [rng.randrange(tokenizer.get_vocab_size() + 2) for _ in range(16)]
        decoded, skipped = (decoder.decode(ids, skip_special_tokens=skip) for skip in (False, True))
        case = {"ids": ids, "decoded": decoded} | ({"skipped": skipped} if skipped != decoded else {})
        lines.append(json.dumps(case, ensure_ascii=False, separators=(",", ":")))
    return "[\n" + ",\n".join(lines) + "\n]\n"


SCALARS = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]


def matching(pre_tokenizer):
    """Returns the scalars that a pre-tokenizer removes from a text."""
    found = set()
    for start in range(0, len(SCALARS), 20000):
        chunk = SCALARS[start : start + 20000]
        kept = set()
        for _, (first, last) in pre_tokenizer.pre_tokenize_str("".join(map(chr, chunk))):
            kept.update(chunk[first:last])
        found.update(set(chunk) - kept)
    return found


def digits():
    found = set()
    pre_tokenizer = pre_tokenizers.Digits(individual_digits=True)
    for code in SCALARS:
        if len(pre_tokenizer.pre_tokenize_str("a" + chr(code))) == 2:
            found.add(code)
    return found


def word_characters():
    tokenizer = Tokenizer(models.BPE(vocab={"a": 0}, merges=[]))
    tokenizer.add_tokens([AddedToken("<T>", single_word=True, normalized=False)])
    token = tokenizer.token_to_id("<T>")
    return {code for code in SCALARS if token not in tokenizer.encode(chr(code) + "<T>").ids}


def character_classes():
    classes = {
        name: matching(pre_tokenizers.Split(Regex(pattern), "removed"))
        for name, pattern in (
            ("letter", r"\p{L}"), ("number", r"\p{N}"), ("whitespace", r"\s"), ("punctuation", r"\p{P}"),
            ("upper", r"[\p{Lu}\p{Lt}]"), ("lower", r"\p{Ll}"), ("both", r"[\p{Lm}\p{Lo}\p{M}]"),
        )
    }
    classes |= {"digit": digits(), "word": word_characters()}
    lines = []
    for name, codes in classes.items():
        ranges = []
        for code in sorted(codes):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
        lines += [f"{name} {first:X} {last:X}" for first, last in ranges]
    return "\n".join(lines) + "\n"


def main(repository):
    directory = repository / "Tests/Fixtures/tokenizers"
    directory.mkdir(parents=True, exist_ok=True)
    bard = repository / "Examples/bard/tokenizer.json"
    (directory / "bard.golden.json").write_text(golden(bard, TEXTS + ADDED_TEXTS[:3], 1))
    for seed, (name, content) in enumerate([*tokenizers(), *character_tokenizers()]):
        path = directory / f"{name}.tokenizer.json"
        path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")
        texts = TEXTS + (ADDED_TEXTS if name in ("qwen2", "added", "mistral", "phi3") else ADDED_TEXTS[:3])
        if name in ("o200k", "tekken"):
            texts = texts + CASE_TEXTS
        (directory / f"{name}.golden.json").write_text(golden(path, texts, seed + 2))
    (directory / "character-classes.txt").write_text(character_classes())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
