#!/usr/bin/env python3
"""compare.py SKIPC WORK_DIR MODELS_DIR [--rounds N]: skipc beside llama.cpp and cp, in turn, in one run.

WORK_DIR is what prepare.sh made. Every figure is the median over the rounds; a ratio is the median of the rounds' ratios, each
of two runs that followed one another. Prints Markdown, which RESULTS.md keeps.
"""
import argparse, json, os, platform, re, shutil, statistics, subprocess, time

parser = argparse.ArgumentParser()
parser.add_argument("skipc")
parser.add_argument("work")
parser.add_argument("models")
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--tokens", type=int, default=64)
options = parser.parse_args()
smollm2 = f"{options.models}/smollm2-135m"
median = statistics.median


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(f"{' '.join(command)}\n{result.stderr}")
    return result.stdout


def convert(output, *extra):
    run(options.skipc, "convert", f"{options.work}/smollm2", "--router", f"{smollm2}/routers.safetensors", "-o", output,
        "--force", "-t", str(options.threads), "--progress", "none", *extra)


def skipc_speed(file, *extra):
    """(prompt, generation) tokens per second, and bytes per generated token."""
    report = json.loads(run(options.skipc, "bench", file, "-p", "256", "-n", str(options.tokens), "-r", "1", "-t",
                            str(options.threads), "--text", f"{smollm2}/wiki-sample.txt", "--json", *extra))
    prompt, generation = report["results"]
    return prompt["tokensPerSecond"][0], generation["tokensPerSecond"][0], generation["weightBytesPerToken"]


def llama_speed(file):
    report = json.loads(run(f"{options.work}/llama.cpp/build/bin/llama-bench", "-m", file, "-p", "256", "-n",
                            str(options.tokens), "-r", "1", "-t", str(options.threads), "-o", "json"))
    speeds = {bool(entry["n_gen"]): entry["avg_ts"] for entry in report}
    return speeds[False], speeds[True]


def timed(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |")


def speed_section():
    file = f"{options.work}/bf16.skipgpt"
    convert(file)
    rounds = []
    for _ in range(options.rounds):
        rounds.append((llama_speed(f"{options.work}/bf16.gguf"), skipc_speed(file, "--dense"), skipc_speed(file)))
    print(f"## Speed: SmolLM2-135M, bf16, {options.threads} threads, tokens per second\n")
    row("test", "llama.cpp BF16", "skipc dense", "ratio", "skipc routed", "routed / dense", "dense / routed bytes")
    row(*["---"] * 7)
    for index, name in enumerate(["prompt, 256 tokens", f"generation, {options.tokens} tokens"]):
        llama, dense, routed = ([r[k][index] for r in rounds] for k in range(3))
        saved = median(r[1][2] / r[2][2] for r in rounds) if index else None
        row(name, f"{median(llama):.1f}", f"{median(dense):.1f}", f"{median(d / l for d, l in zip(dense, llama)):.2f}",
            f"{median(routed):.1f}", f"{median(r / d for r, d in zip(routed, dense)):.2f}", f"{saved:.2f}" if saved else "")
    print()


def conversion_section():
    source = f"{options.work}/smollm2/model.safetensors"
    output = f"{options.work}/convert.skipgpt"
    copy = f"{options.work}/copy.safetensors"
    size = os.path.getsize(source)

    def fresh(path):
        if os.path.exists(path):
            os.remove(path)

    pairs = []
    for _ in range(options.rounds + 1):
        fresh(copy), fresh(output)
        pairs.append((timed(lambda: run("cp", source, copy)), timed(lambda: convert(output))))
    pairs = pairs[1:]
    peak = subprocess.run(
        ["/usr/bin/time", "-v", options.skipc, "convert", f"{options.work}/smollm2", "--router", f"{smollm2}/routers.safetensors",
         "-o", output, "--force", "-t", str(options.threads)], capture_output=True, text=True).stderr
    peak = int(re.search(r"Maximum resident set size \(kbytes\): (\d+)", peak).group(1))
    copied, converted = median(p[0] for p in pairs), median(p[1] for p in pairs)
    print("## Conversion: SmolLM2-135M, bf16 to bf16, module hashes included, warm cache\n")
    row("", "seconds", "MB/s")
    row("---", "---", "---")
    row("cp", f"{copied:.3f}", f"{size / copied / 1e6:.0f}")
    row("skipc convert", f"{converted:.3f}", f"{size / converted / 1e6:.0f}")
    print(f"\nThroughput against cp: {median(c / s for c, s in pairs):.2f}. Peak memory: {peak / 1024:.1f} MiB.\n")
    os.remove(copy), os.remove(output)


def opening_section():
    report = json.loads(run(options.skipc, "bench", f"{options.work}/bf16.skipgpt", "-p", "0", "-n", "1", "-r", "1", "--json"))
    print(f"Opening the {os.path.getsize(options.work + '/bf16.skipgpt') / 1e6:.0f} MB file: {report['openMilliseconds']:.2f} ms.\n")


processor = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
print(f"Machine: {processor}, {os.cpu_count()} processors. Rounds: {options.rounds}.\n")
speed_section()
opening_section()
conversion_section()
