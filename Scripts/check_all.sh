#!/usr/bin/env bash
# Runs all checks, the long ones too, and prints a table of the results at the end.
#
#   Scripts/check_all.sh [STEP]...      default: all, in the order below; tarball only as root with debootstrap
#
# A step that fails does not stop the others. The output of each step is in .build/check-all/STEP.log. FUZZ_SECONDS (60)
# is the time for each fuzz target.
set -uo pipefail
cd "$(dirname "$0")/.."
logs=.build/check-all
mkdir -p "$logs"
fuzz_seconds=${FUZZ_SECONDS:-60}

declare -A commands=(
    [check]="make check"
    [test]="make test"
    [faults]="make faults"
    [sanitize]="make sanitize"
    [determinism]="make determinism"
    [ranges]="Scripts/check_ranges.py .build/release/skipc"
    [two-builds]="Scripts/check_two_builds.sh"
    [tarball]="make check-tarball"
    [fuzz]="FuzzTesting/run.sh $fuzz_seconds"
)
if [ $# -eq 0 ]; then
    set -- check test faults sanitize determinism ranges two-builds fuzz
    [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null || set -- "$@" tarball
fi

# Prints how many cases a log reports: tests, faults, runs or executions of fuzz targets. Several counts are added.
cases_in() {
    sed -En \
        -e 's/.*Test run with ([0-9]+) tests.*/\1/p' \
        -e 's/^all +([0-9]+) .*/\1/p' \
        -e 's/^([0-9]+) passed, 0 failed/\1/p' \
        -e 's/^stat::number_of_executed_units: +([0-9]+)/\1/p' "$1" |
        awk '{ sum += $1 } END { if (NR) printf "%d", sum; else printf "-" }'
}

table=$(printf '%-12s %14s %8s %9s' check cases result seconds)
status=0
for step in "$@"; do
    command=${commands[$step]:-}
    [ -n "$command" ] || { echo "check_all.sh: unknown step $step" >&2; exit 2; }
    echo "── $step: $command"
    start=$SECONDS
    result=passed
    $command >"$logs/$step.log" 2>&1 || { result=FAILED; status=1; tail -n 30 "$logs/$step.log"; }
    table+=$'\n'$(printf '%-12s %14s %8s %9d' "$step" "$(cases_in "$logs/$step.log")" $result $((SECONDS - start)))
done
printf '\n%s\n' "$table"
exit $status
