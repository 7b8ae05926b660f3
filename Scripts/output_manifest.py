#!/usr/bin/env python3
"""output_manifest.py SKIPC WORK DIRECTORY... > manifest.txt

Prints one line for each output of a skipc program: its name and its SHA-256. Two programs that print the same manifest
write the same bytes. Run it before and after a change that must not alter outputs, and compare with diff:

    Scripts/output_manifest.py old/skipc /tmp/work DIRS >old.txt
    Scripts/output_manifest.py new/skipc /tmp/work DIRS >new.txt
    diff old.txt new.txt

A DIRECTORY is a Hugging Face checkpoint; routers.safetensors or routers.pth in it are its routers, `lora` and the
directories in `adapters` its adapters. For each checkpoint the outputs are: the file in float32, bfloat16 and int8,
dense and routed, with and without each adapter; the quantized and dequantized file; the merged directories; and the
traces of the file's first 24 token ids. A command that fails is listed with its exit code and message.
"""
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Manifest:
    def __init__(self, skipc, work):
        self.skipc = skipc
        self.work = work

    def run(self, name, arguments, output):
        """Runs a command that writes `output` and prints its line. Returns whether it succeeded."""
        if output.is_dir():
            shutil.rmtree(output)
        output.unlink(missing_ok=True)
        result = subprocess.run([self.skipc, *map(str, arguments)], capture_output=True, text=True)
        if result.returncode != 0:
            message = " ".join(result.stderr.split())
            print(f"{name}: exit {result.returncode}: {message}")
            return False
        if output.is_dir():
            for path in sorted(output.iterdir()):
                print(f"{name}/{path.name}: {sha256(path)}")
        else:
            print(f"{name}: {sha256(output)}")
        return True

    def convert_and_trace(self, name, arguments):
        output = self.work / "model.skipgpt"
        for outtype in ["auto", "f32", "bf16", "int8"]:
            title = f"{name} {outtype}"
            if not self.run(title, ["convert", *arguments, "--outtype", outtype, "-o", output], output):
                return
            trace = self.work / "trace.safetensors"
            self.run(f"{title} trace", ["trace", output, "--ids", self.ids, "-o", trace], trace)
            if outtype == "f32":
                other = self.work / "other.skipgpt"
                self.run(f"{title} quantized", ["quantize", output, "-o", other], other)
            if outtype == "int8":
                other = self.work / "other.skipgpt"
                self.run(f"{title} dequantized", ["dequantize", output, "-o", other], other)

    def checkpoint(self, directory):
        name = directory.name
        self.ids = self.work / "ids.json"
        vocabulary = json.loads((directory / "config.json").read_text())["vocab_size"]
        self.ids.write_text(json.dumps([(7 * index * index + 3) % vocabulary for index in range(24)]))
        routers = [path for path in [directory / "routers.safetensors", directory / "routers.pth"] if path.exists()]
        router = ["--router", routers[0]] if routers else []
        self.convert_and_trace(f"{name} dense", [directory, "--no-router"])
        self.convert_and_trace(f"{name} routed", [directory, *router])
        adapters = sorted((directory / "adapters").glob("*/")) if (directory / "adapters").is_dir() else []
        for adapter in adapters + ([directory / "lora"] if (directory / "lora").is_dir() else []):
            self.convert_and_trace(f"{name} {adapter.name}", [directory, *router, "--lora", adapter])
            merged = self.work / "merged"
            for outtype in ["auto", "f32"]:
                command = ["merge", directory, *router, "--lora", adapter, "--outtype", outtype, "-o", merged]
                self.run(f"{name} {adapter.name} merge {outtype}", command, merged)
            command = ["merge", directory, "--lora", adapter, "--max-shard-size", "100kB", "-o", merged]
            if name != "smollm2":
                self.run(f"{name} {adapter.name} merge sharded", command, merged)


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    work = pathlib.Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    manifest = Manifest(sys.argv[1], work)
    for directory in sys.argv[3:]:
        manifest.checkpoint(pathlib.Path(directory))


main()
