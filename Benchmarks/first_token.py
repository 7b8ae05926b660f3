#!/usr/bin/env python3
"""first_token.py SKIPRUN MODEL [--runs N]: measures the time from the start of the process to the first token.

Each run is a new process that generates one token. The time, in milliseconds, ends with its output. Warm: program and
model are in the page cache. Cold: both are evicted from it before every run (posix_fadvise).
"""
import argparse, os, statistics, subprocess, time

parser = argparse.ArgumentParser()
parser.add_argument("skiprun")
parser.add_argument("model")
parser.add_argument("--runs", type=int, default=21)
options = parser.parse_args()


def evict(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def run():
    start = time.perf_counter()
    result = subprocess.run([options.skiprun, options.model, "-p", "ROMEO:", "-n", "1"], capture_output=True, check=True)
    assert len(result.stdout) > len("ROMEO:"), "no token"
    return (time.perf_counter() - start) * 1e3


for name, paths in [("warm", []), ("cold", [options.skiprun, options.model])]:
    times = []
    for _ in range(options.runs):
        for path in paths:
            evict(path)
        times.append(run())
    print(f"{name}: median {statistics.median(times):.1f} ms, best {min(times):.1f}, worst {max(times):.1f}, {options.runs} runs")
