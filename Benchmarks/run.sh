#!/usr/bin/env bash
# run.sh MODELS_DIR: skipc beside llama.cpp and cp on this machine. Prints what RESULTS.md keeps.
#
# MODELS_DIR holds smollm2-135m/ with materialize.py and routers.safetensors. Nothing else should run meanwhile.
set -euo pipefail
cd "$(dirname "$0")/.."
models=${1:?usage: Benchmarks/run.sh MODELS_DIR}
Benchmarks/prepare.sh Benchmarks/work "$models" >&2
python3 Benchmarks/compare.py .build/release/skipc Benchmarks/work "$models" "${@:2}"
