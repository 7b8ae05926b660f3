#!/usr/bin/env bash
# run.sh MODELS_DIR: compares skipc with llama.cpp and cp on this machine. Prints the Markdown of RESULTS.md.
#
# MODELS_DIR contains smollm2-135m/ with materialize.py and routers.safetensors. No other program should run.
set -euo pipefail
cd "$(dirname "$0")/.."
models=${1:?usage: Benchmarks/run.sh MODELS_DIR}
Benchmarks/prepare.sh Benchmarks/work "$models" >&2
python3 Benchmarks/compare.py .build/release/skipc Benchmarks/work "$models" "${@:2}"
