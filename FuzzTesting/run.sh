#!/usr/bin/env bash
# Builds the fuzz targets and runs each for a while.
#
#   FuzzTesting/run.sh [seconds per target, default 60] [target…]
#
# Keeps new inputs in .corpus. A crash ends the run and is saved in .crashes; add a test for it.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(FuzzTorchFile FuzzPickle)
declare -A dictionary=([FuzzTorchFile]=zip.dict [FuzzPickle]=pickle.dict)

swift build -c release -Xswiftc -sanitize=fuzzer,address -Xswiftc -enable-testing
# SWIFT_BACKTRACE: otherwise Swift's crash reporter keeps the process alive.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=symbolize=0
mkdir -p .crashes
for target in "${targets[@]}"; do
    mkdir -p ".corpus/$target"
    nice -n 19 ".build/release/$target" ".corpus/$target" "Seeds/$target" -dict="${dictionary[$target]}" \
        -max_len=65536 -timeout=10 -rss_limit_mb=512 -malloc_limit_mb=64 -max_total_time="$seconds" \
        -artifact_prefix=".crashes/$target-" -print_final_stats=1
done
