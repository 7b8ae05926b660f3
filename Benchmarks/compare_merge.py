#!/usr/bin/env python3
"""compare_merge.py SKIPC BASE_DIR ADAPTER_DIR [--rounds N]: compares merging a LoRA adapter by skipc and by PEFT.

Needs torch, transformers and peft. The programs run in turn. For PEFT the time is that of loading, merge_and_unload and
save_pretrained without imports (and of the last two alone), for skipc that of the whole process. Prints Markdown with
medians over the rounds.
"""
import argparse, os, re, shutil, statistics, subprocess, sys, tempfile, time

parser = argparse.ArgumentParser()
parser.add_argument("skipc")
parser.add_argument("base")
parser.add_argument("adapter")
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--threads", type=int, default=os.cpu_count())
options = parser.parse_args()

PEFT = """
import sys, time, torch
from transformers import AutoModelForCausalLM
from peft import PeftModel
base, adapter, output, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
start = time.perf_counter()
model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base, dtype="auto"), adapter)
loaded = time.perf_counter()
model.merge_and_unload().save_pretrained(output)
end = time.perf_counter()
print("seconds", end - loaded, end - start)
"""


def measured(*command):
    # Finishes the writes of the previous run, which must not count for this one.
    os.sync()
    start = time.perf_counter()
    result = subprocess.run(["/usr/bin/time", "-v", *command], capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if result.returncode:
        raise SystemExit(result.stderr)
    return result.stdout, seconds, int(re.search(r"Maximum resident set size \(kbytes\): (\d+)", result.stderr).group(1)) / 1024


def plain_names(adapter, directory):
    """Copies the adapter with the tensor names of PEFT: training on wrapped layers leaves `.block.` in them."""
    os.makedirs(directory)
    shutil.copy(f"{adapter}/adapter_config.json", directory)
    data = open(f"{adapter}/adapter_model.safetensors", "rb").read()
    length = int.from_bytes(data[:8], "little")
    header = data[8 : 8 + length].replace(b".block.", b".")
    with open(f"{directory}/adapter_model.safetensors", "wb") as file:
        file.write(len(header).to_bytes(8, "little") + header + data[8 + length :])


with tempfile.TemporaryDirectory() as work:
    plain_names(options.adapter, f"{work}/adapter")
    rounds = []
    for _ in range(options.rounds + 1):
        for name in ["peft", "skipc"]:
            shutil.rmtree(f"{work}/{name}", ignore_errors=True)
        text, _, peft_peak = measured(sys.executable, "-c", PEFT, options.base, f"{work}/adapter", f"{work}/peft",
                                   str(options.threads))
        merge, whole = map(float, re.search(r"seconds (\S+) (\S+)", text).groups())
        _, seconds, skipc_peak = measured(options.skipc, "merge", options.base, "--lora", f"{work}/adapter", "-o", f"{work}/skipc",
                                    "-t", str(options.threads), "--progress", "none")
        rounds.append((merge, whole, seconds, peft_peak, skipc_peak))
    rounds = rounds[1:]
median = statistics.median
print("| | seconds | peak MiB |\n|---|---|---|")
print(f"| PEFT: merge_and_unload, save_pretrained | {median(r[0] for r in rounds):.2f} | {median(r[3] for r in rounds):.0f} |")
print(f"| PEFT: the same with loading | {median(r[1] for r in rounds):.2f} | |")
print(f"| skipc merge | {median(r[2] for r in rounds):.2f} | {median(r[4] for r in rounds):.0f} |")
print(f"\nFaster by {median(r[0] / r[2] for r in rounds):.1f} (with loading {median(r[1] / r[2] for r in rounds):.1f}), "
      f"memory 1/{median(r[3] / r[4] for r in rounds):.0f}.")
