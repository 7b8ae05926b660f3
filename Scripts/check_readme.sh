#!/usr/bin/env bash
# Checks that each block of Swift in README.md is part of a file of Examples/Embedding, which `make example` runs.
set -euo pipefail
cd "$(dirname "$0")/.."

blocks=0
failed=0
block=
inside=0
while IFS= read -r line; do
    case "$line" in
    '```swift')
        inside=1
        block=
        ;;
    '```')
        [ "$inside" -eq 1 ] || continue
        inside=0
        blocks=$((blocks + 1))
        found=0
        for file in Examples/Embedding/Sources/Embedding/*.swift; do
            [[ "$(<"$file")"$'\n' == *"$block"* ]] && found=1
        done
        [ "$found" -eq 1 ] || {
            echo "README.md: this block is in no file of Examples/Embedding:"
            printf '%s' "$block"
            failed=1
        }
        ;;
    *) [ "$inside" -eq 0 ] || block+="$line"$'\n' ;;
    esac
done <README.md

[ "$blocks" -gt 0 ] || {
    echo "README.md: no block of Swift"
    failed=1
}
[ "$failed" -eq 0 ] && echo "README: its $blocks blocks of Swift are code of Examples/Embedding"
exit "$failed"
