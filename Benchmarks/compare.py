#!/usr/bin/env python3
"""compare.py SKIPC WORK_DIR MODELS_DIR [--rounds N] [--sections speed,opening,conversion,quality]

Compares skipc with llama.cpp and cp, which run in turn. WORK_DIR is the directory of prepare.sh. Every figure is the
median over the rounds. A ratio is the median of the ratios of the rounds, each of two consecutive runs. Prints the
Markdown of RESULTS.md.
"""
import argparse, json, os, platform, re, shutil, statistics, subprocess, time

parser = argparse.ArgumentParser()
parser.add_argument("skipc")
parser.add_argument("work")
parser.add_argument("models")
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--tokens", type=int, default=64)
parser.add_argument("--sections", default="speed,opening,conversion,quality")
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


# The comparisons: a name, skipc's options, the GGUF file with the same weights and its name.
ALL_INT8 = ["--outtype", "int8", "--token-embedding-type", "int8", "--tensor-type", "v_proj=int8"]
FORMS = [
    ("bf16", ["--outtype", "bf16"], "bf16.gguf", "BF16"),
    ("int8", ["--outtype", "int8"], "q8_0.gguf", "Q8_0"),
    ("int8 of all matrices", ALL_INT8, "q8_0.gguf", "Q8_0"),
]


def form_path(name):
    return f"{options.work}/{name.replace(' ', '-')}.skipgpt"


def skipc_speed(file, *extra):
    """Returns (prompt, generation) tokens per second, and bytes per generated token."""
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


def bandwidth():
    return float(run(f"{options.work}/read_bandwidth", str(options.threads), "0.3"))


def speed_section():
    """Measures for each comparison and round: bandwidth, llama.cpp, skipc dense, skipc routed."""
    for name, arguments, _, _ in FORMS:
        convert(form_path(name), *arguments)
    rounds = {name: [] for name, *_ in FORMS}
    for _ in range(options.rounds):
        for name, _, gguf, _ in FORMS:
            rounds[name].append((bandwidth(), llama_speed(f"{options.work}/{gguf}"), skipc_speed(form_path(name), "--dense"),
                                 skipc_speed(form_path(name))))
    print(f"## Speed: SmolLM2-135M, {options.threads} threads, tokens per second\n")
    tests = ["prompt, 256 tokens", f"generation, {options.tokens} tokens"]
    row("weights", "test", "llama.cpp", "skipc dense", "ratio", "skipc routed", "routed / dense", "dense / routed bytes",
        "share of bandwidth")
    row(*["---"] * 9)
    for name, _, _, gguf_name in FORMS:
        taken = rounds[name]
        for index, test in enumerate(tests):
            llama, dense, routed = ([r[k][index] for r in taken] for k in range(1, 4))
            saved = median(r[2][2] / r[3][2] for r in taken)
            share = median(d * r[2][2] * 1e-9 / r[0] for d, r in zip(dense, taken))
            row(name, test, f"{median(llama):.0f} ({gguf_name})", f"{median(dense):.0f}",
                f"**{median(d / l for d, l in zip(dense, llama)):.2f}**", f"{median(routed):.0f}",
                f"{median(r / d for r, d in zip(routed, dense)):.2f}", f"{saved:.2f}" if index else "",
                f"{100 * share:.0f}%" if index else "")
    read = [r[0] for taken in rounds.values() for r in taken]
    print(f"\nReading alone, {options.threads} threads: {min(read):.0f} to {max(read):.0f} GB/s, median {median(read):.0f}. "
          "Dense, a token reads " + ", ".join(f"{rounds[name][0][2][2] / 1e6:.0f} MB ({name})" for name, *_ in FORMS) + ".\n")


def opening_section():
    report = json.loads(run(options.skipc, "bench", form_path("bf16"), "-p", "0", "-n", "1", "-r", "1", "--json"))
    print(f"Opening the {os.path.getsize(form_path('bf16')) / 1e6:.0f} MB file: {report['openMilliseconds']:.2f} ms.\n")


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
        # Each program runs directly after its old file is removed, so that both can use the memory that this frees. A
        # virtual machine may have to request other memory from its host first.
        fresh(copy)
        copied = timed(lambda: run("cp", source, copy))
        fresh(output)
        pairs.append((copied, timed(lambda: convert(output))))
    pairs = pairs[1:]
    peak = subprocess.run(
        ["/usr/bin/time", "-v", options.skipc, "convert", f"{options.work}/smollm2", "--router", f"{smollm2}/routers.safetensors",
         "-o", output, "--force", "-t", str(options.threads)], capture_output=True, text=True).stderr
    peak = int(re.search(r"Maximum resident set size \(kbytes\): (\d+)", peak).group(1))
    copied, converted = median(p[0] for p in pairs), median(p[1] for p in pairs)
    print("## Conversion: SmolLM2-135M, module hashes included, warm cache\n")
    row("", "seconds", "MB/s")
    row("---", "---", "---")
    row("cp", f"{copied:.3f}", f"{size / copied / 1e6:.0f}")
    row("skipc convert, bf16 to bf16", f"{converted:.3f}", f"{size / converted / 1e6:.0f}")
    gguf = f"{options.work}/quantized.gguf"
    quantize = [f"{options.work}/llama.cpp/build/bin/llama-quantize", f"{options.work}/bf16.gguf", gguf, "Q8_0",
                str(options.threads)]
    actions = [lambda: run(*quantize), lambda: convert(output, *ALL_INT8), lambda: convert(output, "--outtype", "int8")]
    quantized = []
    for _ in range(options.rounds + 1):
        seconds = []
        for action in actions:
            fresh(gguf), fresh(output)
            seconds.append(timed(action))
        quantized.append(seconds)
    fresh(gguf)
    quantized = quantized[1:]
    for index, name in enumerate(["llama-quantize BF16 to Q8_0", "skipc convert, bf16 to int8 of all matrices",
                                  "skipc convert, bf16 to int8"]):
        seconds = median(r[index] for r in quantized)
        row(name, f"{seconds:.3f}", f"{size / seconds / 1e6:.0f}")
    print(f"\nint8 of all matrices against llama-quantize: {median(r[0] / r[1] for r in quantized):.1f} times as fast.")
    print(f"\nThroughput against cp: {median(c / s for c, s in pairs):.2f}. Peak memory: {peak / 1024:.1f} MiB.\n")
    os.remove(copy), os.remove(output)


def quality_section():
    text = ["--text", f"{smollm2}/wiki-sample.txt", "--json"]
    bf16 = form_path("bf16")

    def change(compared):
        return f"{100 * compared['change']:+.2f}% ± {100 * compared['changeStandardError']:.2f}%"

    print("## Quality: wiki-sample.txt, windows of 512, second halves scored\n")
    row("weights", "file", "perplexity, dense", "against bf16", "perplexity, routed", "against bf16", "on bf16's routes",
        "decisions flipped")
    row(*["---"] * 8)
    for name, *_ in FORMS:
        path = form_path(name)
        compare = [] if path == bf16 else ["--against", bf16]
        dense, routed = (json.loads(run(options.skipc, "perplexity", path, *text, *compare, *mode)) for mode in (["--dense"], []))
        changes = [""] * 4
        if compare:
            parity = json.loads(run(options.skipc, "parity", path, bf16, *text))
            changes = [change(dense["against"]), change(routed["against"]), change(routed["onItsRoutes"]),
                       f"{100 * parity['flipRate']:.2f}%"]
        row(name, f"{os.path.getsize(path) / 1e6:.1f} MB", f"{dense['perplexity']:.3f}", changes[0],
            f"{routed['perplexity']:.3f}", *changes[1:])
    print()


processor = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
print(f"Machine: {processor}, {os.cpu_count()} processors. Rounds: {options.rounds}.\n")
for section in options.sections.split(","):
    {"speed": speed_section, "opening": opening_section, "conversion": conversion_section, "quality": quality_section}[section]()
