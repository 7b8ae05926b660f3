#!/usr/bin/env python3
"""Checks that the bytes of outputs depend on the inputs and the options only.

    Scripts/check_determinism.py PROGRAM [--other PROGRAM] [--quick] [--verbose]

Runs every command of FaultTesting/writing_commands.py, and two with a sharded checkpoint, once as the reference and
once for each circumstance: threads, environment, locale, time zone, umask, terminal, paths, copies of inputs, file
systems, limits, instruction sets. With --other, all circumstances are also tried with that program. With --quick, there
are only a few runs, each of which combines many circumstances. Prints a table, and fails if an output differs.
"""
import argparse
import concurrent.futures
import itertools
import json
import os
import pathlib
import pty
import random
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "FaultTesting"))
sys.dont_write_bytecode = True
import inputs  # noqa: E402
from writing_commands import COMMANDS, command, contents  # noqa: E402

TIMEOUT = 60
SHARDED = [
    command("convert sharded", "convert SHARDED --router MODEL/routers.safetensors -o OUT -t 2"),
    command("merge sharded", "merge SHARDED --lora MODEL/lora --max-shard-size 20kB -o OUT -t 2"),
]
# The result of trace depends on the instruction set, and that of merged adapters on OpenBLAS's kernel. Both are fixed.
FIXED = {"SKIPC_ISA": "scalar", "OPENBLAS_CORETYPE": "Haswell" if os.uname().machine == "x86_64" else "ARMV8"}


class Circumstance:
    """What differs from the reference run. `arguments` is a function that changes the command line."""

    def __init__(self, name, environment=None, arguments=None, **others):
        self.name = name
        self.environment = environment or {}
        self.arguments = arguments or (lambda arguments: arguments)
        self.copy = others.pop("copy", None)
        self.clears = others.pop("clears", False)
        self.terminal = others.pop("terminal", False)
        self.umask = others.pop("umask", None)
        self.descriptors = others.pop("descriptors", None)
        self.processors = others.pop("processors", None)
        self.prefix = others.pop("prefix", [])
        self.relative = others.pop("relative", None)
        self.output = others.pop("output", None)
        # The commands that it applies to.
        self.applies = others.pop("applies", lambda name: True)
        assert not others, others


def threads(count):
    def change(arguments):
        index = arguments.index("-t")
        return arguments[:index] + ([] if count is None else ["-t", str(count)]) + arguments[index + 2:]
    return change


def spelled(change):
    """Spells the paths of directories in another way."""
    return lambda arguments: [change(text) if os.path.isdir(text) else text for text in arguments]


def relative(text, start):
    return os.path.relpath(text, start) if text.startswith("/") else text


def has_no_adapter(name):
    return "lora" not in name and "merge" not in name


def shuffled_object(text, generator):
    """The same JSON object with its members in another order and with other spaces."""
    members = list(json.loads(text).items())
    generator.shuffle(members)
    return json.dumps(dict(members), indent=generator.choice([None, 1, "\t"]))


def copy_inputs(source, target, seed, mode=0o644):
    """Copies the inputs in a random order and with random times of modification."""
    generator = random.Random(seed)
    files = [path for path in sorted(source.rglob("*")) if path.is_file()]
    generator.shuffle(files)
    for path in files:
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        moment = generator.uniform(0, 4e9)
        os.utime(copy, (moment, moment))
        os.chmod(copy, mode)


def write_sharded(model, directory, count):
    """Divides model.safetensors into shards."""
    data = (model / "model.safetensors").read_bytes()
    length, = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    names = sorted(header)
    directory.mkdir()
    placement = {}
    for index in range(count):
        file = f"model-{index + 1:05}-of-{count:05}.safetensors"
        part, body = {}, b""
        for name in names[index::count]:
            begin, end = header[name]["data_offsets"]
            part[name] = {**header[name], "data_offsets": [len(body), len(body) + end - begin]}
            body += data[8 + length + begin:8 + length + end]
            placement[name] = file
        text = json.dumps(part).encode()
        (directory / file).write_bytes(struct.pack("<Q", len(text)) + text + body)
    (directory / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": placement}))
    for name in ["config.json", "generation_config.json", "tokenizer.json"]:
        shutil.copyfile(model / name, directory / name)


def locales(root, is_quick):
    """Compiles locales where their sources are installed, which takes seconds."""
    path = root / "locales"
    path.mkdir()
    if not is_quick and shutil.which("localedef"):
        for name in ["tr_TR", "de_DE", "ar_EG"]:
            subprocess.run(["localedef", "-i", name, "-f", "UTF-8", path / f"{name}.UTF-8"], capture_output=True)
    return {"LOCPATH": str(path)}


def circumstances(root, is_quick):
    """Returns all circumstances. Those in one `Circumstance` are combined."""
    path = locales(root, is_quick)
    far = root / "another directory, ключ, 目录" / ("long" * 40)
    far.mkdir(parents=True)
    link = root / "link"
    link.symlink_to(root / "inputs")
    empty = root / "empty"
    empty.mkdir()
    combined = [
        Circumstance("all: Turkish, Nepal, one thread, terminal, copy",
                     {**path, "LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu", "TMPDIR": "/nowhere"}, threads(1),
                     copy=("copy-1", far, 1), terminal=True, umask=0o077),
        Circumstance("all: no environment, seven threads, relative paths", {}, threads(7), clears=True,
                     relative=root / "inputs/model/lora", umask=0),
        Circumstance("all: default threads, link, few descriptors", {"LC_ALL": "C", "TZ": "UTC"},
                     lambda arguments: threads(None)([spell(text, root, link) for text in arguments]), descriptors=64),
    ]
    if is_quick:
        return combined
    one = Circumstance
    shared_memory = pathlib.Path("/dev/shm")
    result = combined + [one(f"repeated, {index}") for index in range(3)]
    result += [one(f"threads: {count or 'default'}", None, threads(count)) for count in (1, 2, 3, 5, 8, 64, None)]
    result += [one(f"environment {key}={value}", {**path, key: value}) for key, values in {
        "LC_ALL": ["C", "C.UTF-8", "tr_TR.UTF-8", "de_DE.UTF-8", "ar_EG.UTF-8", "nonsense"],
        "LANG": ["tr_TR.UTF-8", ""], "LC_NUMERIC": ["de_DE.UTF-8"], "LANGUAGE": ["tr"],
        "TZ": ["UTC", "Asia/Kathmandu", "<-12>12", "America/St_Johns", "nonsense"],
        "TMPDIR": [str(empty), "/nowhere"], "HOME": ["/nowhere", ""], "TERM": ["dumb", "xterm"], "COLUMNS": ["1"],
        "NO_COLOR": ["1"], "OMP_NUM_THREADS": ["1", "7"], "OPENBLAS_NUM_THREADS": ["1", "7"],
        "SWIFT_DETERMINISTIC_HASHING": ["1"], "MALLOC_PERTURB_": ["85", "170"], "USER": ["nobody"],
        "SOURCE_DATE_EPOCH": ["1"], "PWD": ["/nowhere"],
    }.items() for value in values]
    result += [one("environment: empty", clears=True)]
    result += [one(f"umask {mask:03o}", umask=mask) for mask in (0, 0o022, 0o077, 0o137)]
    result += [one("terminal", terminal=True), one("64 descriptors", descriptors=64)]
    result += [one("one processor", processors=1)]
    result += [one(f"relative to {start.name}", relative=start) for start in [
        root / "inputs", root / "inputs/model", root / "inputs/model/lora", far, pathlib.Path("/")]]
    result += [
        one("paths: trailing slash", None, spelled(lambda text: text + "/")),
        one("paths: trailing slashes", None, spelled(lambda text: text + "//")),
        one("paths: dots", None, lambda arguments: [
            text.replace(str(root / "inputs"), f"{root}/./empty/../inputs") for text in arguments]),
        one("paths: symbolic link", None, lambda arguments: [spell(text, root, link) for text in arguments]),
        one("output: another directory", output=far),
    ]
    result += [one(f"copy {seed}, other order and times", copy=(f"copy-{seed}", far, seed)) for seed in (2, 3, 4)]
    result += [one("copy, read-only", copy=("copy-9", far, 9, 0o444))]
    if shared_memory.is_dir():
        result += [one("output: tmpfs", output=shared_memory), one("copy: tmpfs", copy=("copy-8", shared_memory, 8))]
    for wrapper in (["setarch", "-R"], ["nice", "-n", "19"]):
        if shutil.which(wrapper[0]):
            result += [one(f"under {' '.join(wrapper)}", prefix=wrapper)]
    sets = ["scalar", "avx2", "avx2vnni", "avx512", "avx512vnni", "avx512bf16", "neon", "neondot", ""]
    result += [one(f"instruction set: {name or 'best'}", {"SKIPC_ISA": name}, applies=lambda name: name != "trace")
               for name in sets]
    result += [one(f"OpenBLAS kernel: {name or 'best'}", {"OPENBLAS_CORETYPE": name}, applies=has_no_adapter)
               for name in ["Haswell", "Zen", "SkylakeX", "Nehalem", ""]]
    return result


def spell(text, root, link):
    return text.replace(str(root / "inputs"), str(link))


class Laboratory:
    def __init__(self, root, verbose):
        self.root = root
        self.verbose = verbose
        self.failures = []
        self.lock = threading.Lock()
        self.numbers = itertools.count()

    def prepare(self, program):
        directory = self.root / "inputs"
        inputs.write(str(directory / "model"), 1)
        write_sharded(directory / "model", directory / "sharded", 5)
        arguments = [program, "convert", directory / "model", "--router", directory / "model/routers.safetensors", "-o"]
        for name, options in [("float.skipgpt", []), ("int8.skipgpt", ["--outtype", "int8"])]:
            subprocess.run([*arguments, directory / name, *options], check=True, capture_output=True, timeout=TIMEOUT)
        packing = [program, "pack", directory / "int8.skipgpt", "--base", directory / "float.skipgpt"]
        for arguments in ([program, "pack", directory / "float.skipgpt", "-o", directory / "packed.skipz"],
                          [*packing, "-o", directory / "delta.skipz"]):
            subprocess.run(arguments, check=True, capture_output=True, timeout=TIMEOUT)

    def output(self, program, command, case):
        """The bytes that a command writes, or a text that says how it failed."""
        source = self.root / "inputs"
        if case.copy:
            name, parent, seed, *mode = case.copy
            source = parent / f"{self.root.name}-{name}"
        number = next(self.numbers)
        place = (case.output or self.root / "outputs") / f"{self.root.name}-{number}"
        place.mkdir(parents=True)
        output = place / "out"
        values = {"MODEL": source / "model", "SHARDED": source / "sharded", "FLOAT": source / "float.skipgpt",
                  "INT8": source / "int8.skipgpt", "PACKED": source / "packed.skipz",
                  "DELTA": source / "delta.skipz", "OUT": output}
        arguments = []
        for text in command.arguments:
            first, slash, rest = text.partition("/")
            arguments.append(str(values[first]) + slash + rest if first in values else text)
        arguments = case.arguments(arguments)
        if case.relative:
            arguments = [relative(text, case.relative) for text in arguments]
        environment = {} if case.clears else {"PATH": os.environ["PATH"]}
        environment |= FIXED | case.environment
        environment = {key: value for key, value in environment.items() if value or key not in FIXED}

        def before():
            if case.umask is not None:
                os.umask(case.umask)
            if case.descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (case.descriptors, case.descriptors))
            if case.processors:
                os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:case.processors])

        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        opened = []
        if case.terminal:
            opened = list(pty.openpty())
            streams = dict.fromkeys(streams, opened[1])
        try:
            result = subprocess.run([*case.prefix, program, *arguments], env=environment, preexec_fn=before,
                                    cwd=case.relative, timeout=TIMEOUT, **streams)
            if result.returncode != 0:
                text = (result.stdout or b"").decode(errors="replace")
                # An instruction set that this processor does not have is not a case.
                return None if "instruction set" in text else f"exit {result.returncode}: {text}"
            return contents(str(output))
        finally:
            for descriptor in opened:
                os.close(descriptor)
            shutil.rmtree(place)

    def compare(self, program, command, case, expected):
        found = self.output(program, command, case)
        if self.verbose:
            print(f"{command.name}: {case.name}", flush=True)
        if found is None:
            return 0
        if found != expected:
            detail = found if isinstance(found, str) else "other bytes"
            with self.lock:
                self.failures.append(f"{command.name}: {case.name}: {program}: {detail}")
        return 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--other")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    programs = [os.path.abspath(name) for name in (options.program, options.other) if name]
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="determinism-") as text:
        root = pathlib.Path(text)
        laboratory = Laboratory(root, options.verbose)
        laboratory.prepare(programs[0])
        cases = circumstances(root, options.quick)
        for case in cases:
            if case.copy:
                name, parent, seed, *mode = case.copy
                copy = parent / f"{root.name}-{name}"
                copy_inputs(root / "inputs", copy, seed, *mode)
                reorder(copy, seed)
        try:
            compare_all(laboratory, programs, cases)
        finally:
            for case in cases:
                if case.copy:
                    shutil.rmtree(case.copy[1] / f"{root.name}-{case.copy[0]}")
    for failure in laboratory.failures:
        print(f"FAILED: {failure}")
    print(f"{time.monotonic() - start:.1f} s")
    return 1 if laboratory.failures else 0


def reorder(directory, seed):
    """Changes the order of what has no order: the index of the shards."""
    generator = random.Random(seed)
    index = directory / "sharded/model.safetensors.index.json"
    value = json.loads(index.read_text())
    value["weight_map"] = json.loads(shuffled_object(json.dumps(value["weight_map"]), generator))
    os.chmod(index, 0o644)
    index.write_text(shuffled_object(json.dumps(value), generator))


def compare_all(laboratory, programs, cases):
    counts = {}
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as executor:
        for command in COMMANDS + SHARDED:
            expected = laboratory.output(programs[0], command, Circumstance("reference"))
            if not expected or isinstance(expected, str):
                laboratory.failures.append(f"{command.name}: reference: {expected}")
                continue
            jobs = [executor.submit(laboratory.compare, program, command, case, expected)
                    for program in programs for case in cases if case.applies(command.name)]
            counts[command.name] = sum(job.result() for job in jobs)
    for name, count in counts.items():
        print(f"{name:<20} {count:>5} runs")
    print(f"{'all':<20} {sum(counts.values()):>5} runs, {len(laboratory.failures)} differ")


if __name__ == "__main__":
    sys.exit(main())
