#!/usr/bin/env python3
"""read_ahead.py SKIPC FILE [--tokens N]: compares what is read from the disk with the sections that are needed.

Traces the same tokens with more and more skipped modules (--skip-bias). Drops the file from the page cache before each
run. "touched" is every section except those of modules that no token executed. Prints Markdown.
"""
import argparse, json, os, random, resource, struct, subprocess, tempfile

parser = argparse.ArgumentParser()
parser.add_argument("skipc")
parser.add_argument("file")
parser.add_argument("--tokens", type=int, default=4)
options = parser.parse_args()


def run(*command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_inblock
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(result.stderr)
    return result.stdout, (resource.getrusage(resource.RUSAGE_CHILDREN).ru_inblock - before) * 512


def drop(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def executed_modules(path):
    """Returns each (layer, module) that a token executed, from executed [layers, 2, T] of the trace."""
    data = open(path, "rb").read()
    length = struct.unpack("<Q", data[:8])[0]
    entry = json.loads(data[8 : 8 + length])["executed"]
    start, end = entry["data_offsets"]
    layers, modules, tokens = entry["shape"]
    executed = data[8 + length + start : 8 + length + end]
    return {(layer, module) for layer in range(layers) for module in range(modules)
            if any(executed[(layer * modules + module) * tokens :][:tokens])}


report = json.loads(run(options.skipc, "inspect", options.file, "--json")[0])
sizes = {section["name"]: section["byteCount"] for section in report["sections"]}
layers = report["model"]["layers"]
random.seed(1)
print("| skip bias | modules executed | touched, MB | read from disk, MB | read / touched |\n|---|---|---|---|---|")
with tempfile.TemporaryDirectory() as work:
    ids = f"{work}/ids.json"
    json.dump([random.randrange(report["model"]["vocabularySize"]) for _ in range(options.tokens)], open(ids, "w"))
    for bias in [1000, 0, -2, -4, -6, -1000]:
        drop(options.file)
        trace = f"{work}/{bias}.safetensors"
        _, read = run(options.skipc, "trace", options.file, "--ids", ids, "-o", trace, f"--skip-bias={bias}")
        executed = executed_modules(trace)
        skipped = [f"layers.{layer}.{name}" for layer in range(layers) for module, name in enumerate(["attention", "mlp"])
                   if (layer, module) not in executed]
        touched = sum(sizes.values()) - sum(sizes[name] for name in skipped)
        print(f"| {bias} | {len(executed)} of {2 * layers} | {touched / 1e6:.1f} | {read / 1e6:.1f} | {read / touched:.2f} |")
