#!/usr/bin/env python3
"""compare_with_judges.py [ENTRY…]: compares what skipc accepts with what the reference implementations accept.

    python3 FuzzTesting/compare_with_judges.py --mutants 2000 json safetensors

Takes the seeds, the hostile inputs, what fuzzing kept in .corpus, and mutants of these. The fuzz program, which
`run.sh` builds, reads each input, and so does the judge:

    json          json.loads of Python, without NaN and Infinity
    safetensors   safetensors.deserialize
    torch         torch.load(weights_only=True)
    tokenizer     Tokenizer.from_str of Hugging Face, and the ids of a text
    text          Tokenizer.encode with the tokenizers in Tests/Fixtures
    pattern       re.fullmatch and re.match of Python

skipc may refuse what a judge accepts, because it reads less than they do. It must not accept what a judge refuses, nor
have other results, except for the reasons in ALLOWED. Prints the figures and every disagreement, and fails if there is
one. Needs torch, safetensors and tokenizers.
"""
import argparse
import collections
import io
import json
import multiprocessing
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import warnings

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parent / "Tests/Fixtures"
SAMPLE = "abc dad<x> <s> é<xx>ab cafcaf'll 12\r\n  \u3000e\u0301<|end|> Hello, world!"
TOKENIZERS = [
    "gpt2", "llama3", "digits", "qwen2", "deepseek", "o200k", "tekken", "llama2", "gemma", "added", "prefix-space",
    "unknown", "mistral", "phi3", "unknown-bytes", "metaspace", "generic", "pieces",
]

# Judge's reasons to refuse that say nothing about the input: entry, part of the reason, why.
ALLOWED = [
    ("json", "Exceeds the limit", "Python limits the digits of integers; skipc keeps numbers as text"),
    ("json", "maximum recursion", "Python's stack"),
    ("torch", "mmap", "memory of the judge"),
    ("torch", "CRC", "the fuzz entry ignores checksums"),
    ("torch", "Unsupported operand 149", "protocol 4: torch reads only protocol 2 without execution"),
    ("torch", "torch.torch_version.TorchVersion was not an allowed", "a value beside the tensors, which is never built"),
    ("tokenizer", "panicked", "a fault of the judge"),
]


def no_constant(name):
    raise ValueError(f"the constant {name}")


def judge_json(data):
    json.loads(data.decode(), parse_constant=no_constant)
    return ""


def judge_safetensors(data):
    import safetensors
    safetensors.deserialize(data)
    return ""


def judge_torch(data):
    import torch
    warnings.simplefilter("ignore")
    torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    return ""


def judge_tokenizer(data):
    import tokenizers
    tokenizer = tokenizers.Tokenizer.from_str(data.decode())
    return " ".join(map(str, tokenizer.encode(SAMPLE, add_special_tokens=False).ids))


LOADED = {}


def judge_text(data):
    import tokenizers
    name = TOKENIZERS[(data[0] if data else 0) % len(TOKENIZERS)]
    if name not in LOADED:
        LOADED[name] = tokenizers.Tokenizer.from_file(str(FIXTURES / f"tokenizers/{name}.tokenizer.json"))
    text = data[1:].decode(errors="replace")
    return " ".join(map(str, LOADED[name].encode(text, add_special_tokens=False).ids))


def judge_pattern(data):
    pattern, _, name = data.partition(b"\n")
    pattern, name = pattern.decode(), name[:200].decode("ascii")
    warnings.simplefilter("ignore")
    expression = re.compile(pattern)
    start = expression.match(name)
    group = None
    if start and "idx" in expression.groupindex:
        group = start.group("idx")
    capture = "none" if group is None else "[" + ",".join(str(byte) for byte in group.encode()) + "]"
    boolean = {True: "true", False: "false"}
    return f"{boolean[expression.fullmatch(name) is not None]} {boolean[start is not None]} {capture}"


JUDGES = {"json": judge_json, "safetensors": judge_safetensors, "torch": judge_torch, "tokenizer": judge_tokenizer,
          "text": judge_text, "pattern": judge_pattern}


def judge(entry, inputs, pipe):
    """Sends the judge's verdicts one by one, because it may crash or not end."""
    for data in inputs:
        try:
            pipe.send(("accepted", JUDGES[entry](data)))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # Faults in Rust are no Exception.
            # torch says the cause last, after its advice.
            cause = str(error).rsplit("WeightsUnpickler error: ", 1)[-1].split("Please file")[0]
            pipe.send(("refused", " ".join(f"{type(error).__name__}: {cause}".split())[:300]))


def judge_all(entry, inputs):
    verdicts = []
    while len(verdicts) < len(inputs):
        receiver, sender = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.Process(target=judge, args=(entry, inputs[len(verdicts):], sender))
        process.start()
        sender.close()
        try:
            while len(verdicts) < len(inputs) and receiver.poll(3):
                verdicts.append(receiver.recv())
        except EOFError:
            pass
        if len(verdicts) < len(inputs):
            verdicts.append(("undecided", "a crash or a time limit of the judge"))
        process.kill()
        process.join()
    return verdicts


def skipc_all(program, entry, inputs):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as directory:
        lines = []
        for index, data in enumerate(inputs):
            path = f"{directory}/{index}"
            pathlib.Path(path).write_bytes(data)
            lines.append(f"{entry} {path}\n")
        result = subprocess.run([program, "--verdicts"], input="".join(lines), capture_output=True, text=True)
    verdicts = [tuple((line + " ").split(" ", 1)) for line in result.stdout.splitlines()]
    verdicts = [(kind, detail.strip()) for kind, detail in verdicts]
    if len(verdicts) != len(inputs):
        culprit = inputs[len(verdicts)]
        sys.exit(f"{entry}: the fuzz program ended at input {len(verdicts)}: {culprit!r}\n{result.stderr}")
    return verdicts


def mutant(generator, inputs):
    data = bytearray(generator.choice(inputs))
    for _ in range(generator.randint(1, 4)):
        position = generator.randrange(len(data) + 1)
        choice = generator.randrange(6)
        if choice == 0 and position < len(data):
            data[position] ^= 1 << generator.randrange(8)
        elif choice == 1:
            del data[position:position + generator.randint(1, 4)]
        elif choice == 2 and data:
            start = generator.randrange(len(data))
            data[position:position] = data[start:start + generator.randint(1, 12)]
        elif choice == 3:
            other = generator.choice(inputs)
            start = generator.randrange(len(other) + 1)
            data[position:position] = other[start:start + generator.randint(1, 12)]
        elif choice == 4 and position < len(data):
            data[position] = generator.choice(b'0123456789{}[]",:\\\x00\xff.*+?()|ab ')
        elif position < len(data):
            data[position] = generator.randrange(256)
    return bytes(data)


def compare(program, entry, mutant_count, seed):
    folders = [HERE / "Seeds" / entry, FIXTURES / "crashes" / entry, HERE / ".corpus" / entry]
    kept = sorted({path.read_bytes() for folder in folders if folder.is_dir() for path in folder.iterdir()})
    kept = [data for data in kept if len(data) < 1 << 16]
    generator = random.Random(seed)
    seeds = [path.read_bytes() for path in sorted((HERE / "Seeds" / entry).iterdir())]
    inputs = kept + [mutant(generator, seeds if index % 2 else kept) for index in range(mutant_count)]
    figures, failures = collections.Counter(), []
    for data, ours, theirs in zip(inputs, skipc_all(program, entry, inputs), judge_all(entry, inputs)):
        outcome = f"{ours[0]}/{theirs[0]}"
        if ours[0] == "accepted" and theirs[0] == "refused":
            if any(entry == name and part in theirs[1] for name, part, _ in ALLOWED) or is_ours_alone(entry, data):
                outcome += " (allowed)"
            else:
                failures.append((data, ours, theirs))
        elif outcome == "accepted/accepted" and ours[1] != theirs[1]:
            outcome += ", other results"
            failures.append((data, ours, theirs))
        elif ours[0] == "broken":
            failures.append((data, ours, theirs))
        figures[outcome] += 1
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in figures.most_common())
    print(f"{entry}: {len(inputs)} inputs (skipc/judge): {outcomes}")
    for data, ours, theirs in failures[:10]:
        print(f"  {data[:200]!r}\n    skipc: {' '.join(ours)[:200]}\n    judge: {' '.join(theirs)}")
    return len(failures)


def is_ours_alone(entry, data):
    """Whether the judge cannot read the input for a reason of its interface."""
    return entry == "pattern" and not data.partition(b"\n")[2].isascii()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("entries", nargs="*", default=list(JUDGES))
    parser.add_argument("--mutants", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--program", default=str(HERE / ".build/release/Fuzz"))
    arguments = parser.parse_args()
    failures = sum(compare(arguments.program, entry, arguments.mutants, arguments.seed) for entry in arguments.entries)
    print(f"{failures} disagreements")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
