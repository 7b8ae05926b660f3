#!/usr/bin/env bash
# Builds the release in two other directories, and checks that both programs write the same bytes.
#
#   Scripts/check_two_builds.sh
#
# The directories' names have different lengths. The files of the tree as it is now are copied, without earlier builds.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

programs=()
for name in a "a directory with a longer name/and one inside"; do
    copy="$root/$name"
    mkdir -p "$copy"
    git ls-files -z --cached --others --exclude-standard | tar -c --null -T - | tar -x -C "$copy"
    [ ! -d .build/repositories ] || { mkdir "$copy/.build" && cp -r .build/repositories "$copy/.build/"; }
    ${BUILD_PREFIX:-} swift build -c release --static-swift-stdlib --product skipc --package-path "$copy"
    programs+=("$copy/.build/release/skipc")
done
Scripts/check_determinism.py "${programs[0]}" --other "${programs[1]}"
