#!/usr/bin/env bash
# Builds the fuzz program and runs it on each entry for a limited time or number of executions.
#
#   FuzzTesting/run.sh [seconds per entry, default 60] [entry…]
#
#   FUZZ_RUNS=10000000   ends an entry after this many executions; the seconds are a limit still, 0 for none
#   FUZZ_JOBS=2          entries that run at the same time
#
# New inputs are kept in .corpus. A crash ends the run of its entry, and its input is written to .crashes. Add it to
# Tests/Fixtures/crashes/ENTRY, which the tests replay. Prints the executions of every entry, and fails after a crash.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:-60}
shift || true
entries=("$@")
[ ${#entries[@]} -gt 0 ] || entries=($(ls Seeds))
export FUZZ_SECONDS="$seconds" FUZZ_RUNS="${FUZZ_RUNS:--1}"

[ -n "${FUZZ_SKIP_BUILD:-}" ] || swift build -c release -Xswiftc -sanitize=fuzzer,address -Xswiftc -enable-testing
# Swift's own crash reporter is disabled, because it keeps a crashed process alive.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=symbolize=0:detect_leaks=0
mkdir -p .crashes .logs

run() {
    local entry=$1 dictionary=() length=16384
    case $entry in
    torch) dictionary=(-dict=zip.dict) ;;
    pickle) dictionary=(-dict=pickle.dict) ;;
    json | editing) dictionary=(-dict=json.dict) ;;
    safetensors | shards | config | adapter | pattern | tokenizer) dictionary=("-dict=$entry.dict") ;;
    recognition) dictionary=(-dict=recognition.dict) ;;
    esac
    case $entry in
    # A millisecond or more per kilobyte. The tests have long texts.
    pattern | text) length=256 ;;
    esac
    mkdir -p ".corpus/$entry"
    {
        TIMEFORMAT='processor_seconds: %U'
        time FUZZ_ENTRY=$entry nice -n 10 .build/release/Fuzz \
            ".corpus/$entry" "Seeds/$entry" "../Tests/Fixtures/crashes/$entry" "${dictionary[@]}" \
            -max_len=$length -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=256 \
            -max_total_time="$FUZZ_SECONDS" -runs="$FUZZ_RUNS" -artifact_prefix=".crashes/$entry-" -print_final_stats=1
    } >".logs/$entry" 2>&1 || echo "$entry: failed; see FuzzTesting/.logs/$entry and FuzzTesting/.crashes"
    # Other programs do not change the executions per second of processor time.
    awk -v entry="$entry" '/number_of_executed_units/ { runs = $2 } /^processor_seconds/ { seconds = $2 }
        END { printf "%-12s %11d executions, %6d per processor second\n", entry, runs, seconds ? runs / seconds : 0 }' \
        ".logs/$entry"
}
export -f run

printf '%s\n' "${entries[@]}" | xargs -P "${FUZZ_JOBS:-1}" -I ENTRY bash -c 'run ENTRY' | tee .logs/summary
! grep -q failed .logs/summary
