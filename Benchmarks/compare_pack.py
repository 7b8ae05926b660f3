#!/usr/bin/env python3
"""compare_pack.py SKIPC FILE.skipgpt [--rounds N]: compares packing and unpacking with zstd and cp.

Needs the program zstd, and twice the size of the file in WORK. The programs run in turn with a warm page cache. Prints
Markdown: sizes, medians of the seconds over the rounds, and the peak memory of each. The levels 3 and 19 of zstd run with
two threads; level 19 runs once, because it takes minutes.
"""
import argparse, os, pathlib, statistics, subprocess, tempfile, time

parser = argparse.ArgumentParser()
parser.add_argument("skipc")
parser.add_argument("file", type=pathlib.Path)
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--without-19", action="store_true", help="leave out zstd -19")
parser.add_argument("--work", default=None, help="the directory for outputs")
options = parser.parse_args()


def measured(*command):
    """Returns the seconds and the peak memory in MiB."""
    # Finishes the writes of the previous run, which must not count for this one.
    os.sync()
    start = time.perf_counter()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command}: status {status}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


with tempfile.TemporaryDirectory(dir=options.work) as work:
    work, file, threads = pathlib.Path(work), options.file, options.threads
    package, output = work / "model.skipz", work / "model.skipgpt"
    commands = {
        "skipc pack": (options.skipc, "pack", file, "-o", package, "--force", "-t", threads),
        "zstd -3": ("zstd", "-3", f"-T{threads}", "-qf", file, "-o", work / "3.zst"),
        "zstd -19": ("zstd", "-19", f"-T{threads}", "-qf", file, "-o", work / "19.zst"),
        "skipc unpack": (options.skipc, "unpack", package, "-o", output, "--force", "-t", threads),
        "zstd -d": ("zstd", "-dqf", work / "3.zst", "-o", output),
        "cp": ("cp", file, output),
    }
    outputs = {"skipc pack": package, "zstd -3": work / "3.zst", "zstd -19": work / "19.zst"}
    seconds, memory = {name: [] for name in commands}, {}
    for number in range(options.rounds):
        for name, command in commands.items():
            if name == "zstd -19" and (number > 0 or options.without_19):
                continue
            time_taken, memory[name] = measured(*command)
            seconds[name].append(time_taken)
    size = file.stat().st_size
    print(f"{file.name}: {size} bytes, {threads} threads, medians of {options.rounds}\n")
    print("| | seconds | GB/s | peak MiB | size |\n|---|---:|---:|---:|---:|")
    for name, times in seconds.items():
        if times:
            median = statistics.median(times)
            share = f"{outputs[name].stat().st_size / size:.2%}" if name in outputs else ""
            print(f"| {name} | {median:.2f} | {size / median / 1e9:.2f} | {memory[name]:.0f} | {share} |")
