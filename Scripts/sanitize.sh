#!/usr/bin/env bash
# Builds the tests with sanitizers and runs them.
#
#   Scripts/sanitize.sh [address | thread]...   default: both
#
# `address` includes the undefined behavior sanitizer for C. Each kind has its own directory, .build-KIND. A report of a
# sanitizer ends the process and fails the test. BUILD_PREFIX and TEST_OPTIONS are added to the commands.
set -euo pipefail
cd "$(dirname "$0")/.."

# Tests that need a program without a sanitizer, because they
# - limit the address space, of which a sanitizer reserves terabytes, or measure memory,
# - preload a library whose functions a sanitizer's own ones hide,
# - start a program without /proc, which the sanitizers read.
skipped=(MemoryLimitTests TruncatedFileTests FaultTests worksWithoutProc)
# For the thread sanitizer also those that
# - limit the size of files, because the sanitizer itself maps a file that it writes at the start,
# - empty the environment, which names the library of Scripts/mutex_annotations.c.
skipped_by_thread=(aFileSizeLimitIsAnErrorThatLeavesNothing DeterminismTests)

sanitize() {
    local kind=$1
    local options=(--scratch-path ".build-$kind" --sanitize "$kind")
    # Swift's default linker on Linux, gold, cannot link sanitized programs.
    options+=(-Xswiftc -use-ld=lld -Xcc -O1)
    if [ "$kind" = address ]; then
        # Function pointers of other types are called by swift-crypto's C code, which only tests use.
        options+=(-Xcc -fsanitize=undefined -Xcc -fno-sanitize=function -Xcc -fno-sanitize-recover=undefined)
    fi
    ${BUILD_PREFIX:-} swift build --build-tests "${options[@]}"
    # Swift's own crash reporter is disabled, because it keeps a crashed process alive.
    export SWIFT_BACKTRACE=enable=no
    export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:allocator_may_return_null=1
    export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
    export TSAN_OPTIONS=halt_on_error=1:abort_on_error=1
    local preload= tests=("${skipped[@]}")
    if [ "$kind" = thread ]; then
        preload=$PWD/.build-thread/mutex_annotations.so
        tests+=("${skipped_by_thread[@]}")
        "$(dirname "$(command -v swift)")/clang" -Wall -Werror -O1 -shared -fPIC -o "$preload" \
            Scripts/mutex_annotations.c
    fi
    # The tests themselves, not `swift test`, whose processes have no sanitizer that the preloaded library can call.
    LD_PRELOAD=$preload ${BUILD_PREFIX:-} ".build-$kind/debug/skipcPackageTests.xctest" --testing-library swift-testing \
        "${tests[@]/#/--skip=}" ${TEST_OPTIONS:-}
}

[ $# -gt 0 ] || set -- address thread
for kind in "$@"; do
    echo "── $kind"
    sanitize "$kind"
done
