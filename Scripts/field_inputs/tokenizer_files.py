"""The tokenizer and the embedding disagree, or the tokenizer is unsupported: the weights convert in spite of it.

The name is not tokenizers.py, because the scripts' directory precedes the installed packages.
"""

import json
import os
import re

from common import LOGIT_TOLERANCE, Row, compare_logits, first_line, refused, save_tiny_llama, transformers_logits

from safetensors.torch import load_file
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers
import torch
from transformers import AutoModelForCausalLM

ROWS = 300
CORPUS = ["the cat sat on the mat", "a hat, a bat; that's all 1234", "naïve café — 日本語 🙂", "  spaces\n\nand tabs\t."]
TEXTS = CORPUS + ["unusedword", "the<pad>cat", "thethe theethat", "\u0001\u007f ÿ"]


def _alphabet():
    """The characters that represent the 256 bytes, in the order of the bytes."""
    printed = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printed]
    return [chr(byte) if byte in printed else chr(256 + others.index(byte)) for byte in range(256)]


def _tokenizer(token_count=ROWS, ignore_merges=False, unmerged=(), merges=None):
    """A byte-level BPE with the bytes, merges of words of the corpus, and words that no merge results in."""
    vocabulary = {character: byte for byte, character in enumerate(_alphabet())}
    pairs = []
    for left, right in merges if merges is not None else _pairs():
        if len(vocabulary) + len(unmerged) >= token_count:
            break
        pairs.append((left, right))
        vocabulary.setdefault(left + right, len(vocabulary))
    for word in unmerged:
        vocabulary[word] = len(vocabulary)
    tokenizer = Tokenizer(models.BPE(vocabulary, pairs, ignore_merges=ignore_merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _pairs():
    """Merges that join the letters of words from the left."""
    seen = set()
    for word in re.findall(r"[a-z]+|\d+", " ".join(CORPUS)):
        for end in range(1, len(word)):
            if word[: end + 1] not in seen:
                seen.add(word[: end + 1])
                yield word[:end], word[end]
    for word in ["ab", "cd", "ef", "gh", "ij", "kl", "mn", "op", "qr", "st", "uv", "wx"] + [c + "z" for c in "abcdefgh"]:
        if word not in seen:
            seen.add(word)
            yield word[0], word[1]


def _model(directory, tokenizer=None, rows=ROWS):
    """Saves a model, and the tokenizer beside it."""
    path = os.path.join(directory, "m")
    save_tiny_llama(path, vocab_size=rows)
    if tokenizer is not None:
        tokenizer.save(os.path.join(path, "tokenizer.json"))
    return path


def _compare(skipc, directory, model, tokenizer, *options, note=None):
    """Converts with a note or without notes, and compares ids and logits of texts with both libraries."""
    output, trace = (os.path.join(directory, n) for n in ("model.skipgpt", "t.safetensors"))
    code, _, message = skipc.run("convert", model, "-o", output, "--outtype", "f32", *options)
    if code != 0:
        return Row(False, first_line(message))
    if (note is None) != (message.strip() == "") or note and not re.search(note, message):
        return Row(False, f"note: {message.strip()}")
    reference = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32).eval()
    worst = 0.0
    for text in TEXTS:
        code, _, trace_message = skipc.run("trace", output, "-p", text, "--dense", "-o", trace, "--force")
        if code != 0:
            return Row(False, first_line(trace_message))
        found = load_file(trace)
        ids, expected = found["ids"].flatten().tolist(), tokenizer.encode(text).ids
        if ids != expected:
            return Row(False, f"{text!r}: {ids} instead of {expected}")
        with torch.no_grad():
            logits = reference(torch.tensor([expected])).logits[0]
        worst = max(worst, ((found["logits"].reshape(logits.shape) - logits).abs().max() / logits.abs().max()).item())
    return Row(worst < LOGIT_TOLERANCE, f"ids of {len(TEXTS)} texts equal, logits {worst:.1e}; {message.strip()[-90:]}")


def surplus_words(directory, skipc):
    """Words beyond the embedding that no merge results in."""
    tokenizer = _tokenizer(ROWS + 5, unmerged=["unusedword", "another", "x1", "x2", "x3"])
    return _compare(skipc, directory, _model(directory, tokenizer), tokenizer, note="left out 5 tokens")


def surplus_part_of_a_merge(directory, skipc):
    """A word beyond the embedding that no merge results in, though a merge would use it."""
    vocabulary_pairs = list(_pairs())
    tokenizer = _tokenizer(ROWS + 1, unmerged=["qx"], merges=vocabulary_pairs)
    data = json.loads(tokenizer.to_str())
    vocabulary = data["model"]["vocab"]
    # The last token of the merges becomes the result of the impossible merge.
    renamed = max((w for w in vocabulary if w != "qx"), key=vocabulary.get)
    vocabulary["qxz"] = vocabulary.pop(renamed)
    data["model"]["merges"] = [m for m in data["model"]["merges"] if "".join(m) != renamed] + [["qx", "z"]]
    tokenizer = Tokenizer.from_str(json.dumps(data))
    return _compare(skipc, directory, _model(directory, tokenizer), tokenizer, note="left out a token")


def surplus_result_that_never_occurs(directory, skipc):
    """The result of a merge beyond the embedding that a merge of a smaller rank always prevents."""
    pairs = [("y", "w"), ("x", "y"), *[("w", c) for c in "abcdefgh"], *_pairs()][: ROWS - 256] + [("xy", "w")]
    tokenizer = _tokenizer(ROWS + 1, merges=pairs)
    return _compare(skipc, directory, _model(directory, tokenizer), tokenizer, note="left out a token")


def fewer_tokens(directory, skipc):
    """An embedding that is padded to more rows."""
    tokenizer = _tokenizer(ROWS - 10)
    return _compare(skipc, directory, _model(directory, tokenizer), tokenizer)


def path_elsewhere(directory, skipc):
    """A tokenizer in another directory, and an unusable one beside the model."""
    tokenizer = _tokenizer()
    model = _model(directory)
    other = os.path.join(directory, "other")
    os.mkdir(other)
    tokenizer.save(os.path.join(other, "tokenizer.json"))
    with open(os.path.join(model, "tokenizer.json"), "w") as file:
        file.write("<!DOCTYPE html><html></html>")
    return _compare(skipc, directory, model, tokenizer, "--tokenizer", other)


def added_token_with_a_row(directory, skipc):
    """Surplus words, and an added token below the number of rows."""
    tokenizer = _tokenizer(ROWS + 3, unmerged=["<pad>", "unusedword", "another", "x1"])
    tokenizer.add_special_tokens([AddedToken("<pad>", normalized=False, special=True)])
    return _compare(skipc, directory, _model(directory, tokenizer), tokenizer, note="left out 3 tokens")


def _refused_and_without(directory, skipc, model, pattern):
    """Refused with both ways to continue, converted without the tokenizer, and merged and copied as it is."""
    output = os.path.join(directory, "x.skipgpt")
    row = refused(skipc, pattern, "convert", model, "-o", output)
    code, _, message = skipc.run("convert", model, "-o", output)
    if not row.ok or "--tokenizer none" not in message or "--tokenizer PATH" not in message:
        return Row(False, row.text)
    without = compare_logits(skipc, directory, model, "--tokenizer", "none", expected=transformers_logits(model))
    return Row(without.ok, f"{row.text[:110]}…; without: {without.text}")


def surplus_added_tokens(directory, skipc):
    """Special tokens that were added without resizing the embedding."""
    tokenizer = _tokenizer()
    tokenizer.add_special_tokens(["<pad>", "<tool>"])
    return _refused_and_without(directory, skipc, _model(directory, tokenizer), r'CF-74.*"<pad>" \(300\), "<tool>" \(301\)')


def surplus_merge_results(directory, skipc):
    """Words beyond the embedding that merges result in."""
    return _refused_and_without(directory, skipc, _model(directory, _tokenizer(), rows=290), r"CF-74.*\(290\)")


def surplus_words_without_merges(directory, skipc):
    """ignore_merges: a word of the text that is in the vocabulary is its token."""
    tokenizer = _tokenizer(ROWS + 1, unmerged=["unusedword"], ignore_merges=True)
    return _refused_and_without(directory, skipc, _model(directory, tokenizer), r'CF-74.*"unusedword" \(300\)')


def unigram(directory, skipc):
    """A SentencePiece Unigram model."""
    tokenizer = Tokenizer(models.Unigram([("<unk>", 0.0), ("a", -1.0), ("b", -2.0)], 0, False))
    return _refused_and_without(directory, skipc, _model(directory, tokenizer), "TK-87.*Unigram")


def word_piece(directory, skipc):
    """BERT's WordPiece."""
    tokenizer = Tokenizer(models.WordPiece({"[UNK]": 0, "a": 1, "##b": 2}, unk_token="[UNK]"))
    return _refused_and_without(directory, skipc, _model(directory, tokenizer), "TK-87.*WordPiece")


def sentence_piece_bpe(directory, skipc):
    """Llama 2's BPE of characters with byte fallback."""
    vocabulary = {"<unk>": 0, **{f"<0x{byte:02X}>": byte + 1 for byte in range(256)}, "▁": 257, "a": 258, "▁a": 259}
    tokenizer = Tokenizer(models.BPE(vocabulary, [("▁", "a")], unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    return _compare(skipc, directory, _model(directory, tokenizer), tokenizer)


def other_formats(directory, skipc):
    """vocab.json and merges.txt without tokenizer.json."""
    model = _model(directory)
    for name in ("vocab.json", "merges.txt"):
        open(os.path.join(model, name), "w").close()
    code, _, message = skipc.run("convert", model, "-o", os.path.join(directory, "x.skipgpt"))
    ok = code == 0 and all(text in message for text in ("vocab.json", "merges.txt", "save_pretrained"))
    return Row(ok, first_line(message))


CASES = [
    surplus_words, surplus_part_of_a_merge, surplus_result_that_never_occurs, fewer_tokens, path_elsewhere,
    added_token_with_a_row, surplus_added_tokens, surplus_merge_results, surplus_words_without_merges, unigram,
    word_piece, sentence_piece_bpe, other_formats,
]
