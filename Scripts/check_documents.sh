#!/usr/bin/env bash
# Checks that each block of Swift in Examples/Embedding/README.md is code of that program, which `make example` runs, and
# that the links of all documents lead to files.
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
            echo "Examples/Embedding/README.md: this block is in no file of the program:"
            printf '%s' "$block"
            failed=1
        }
        ;;
    *) [ "$inside" -eq 0 ] || block+="$line"$'\n' ;;
    esac
done <Examples/Embedding/README.md

[ "$blocks" -gt 0 ] || {
    echo "Examples/Embedding/README.md: no block of Swift"
    failed=1
}

# Prints the links of a document that are paths, without their anchors.
links() {
    grep -oE '\]\([^)]+\)' "$1" | sed -E 's/^\]\(//; s/\)$//; s/#.*//' | grep -vE '^([a-z]+:|$)' || true
}

documents=0
while IFS= read -r document; do
    documents=$((documents + 1))
    while IFS= read -r link; do
        [ -e "$(dirname "$document")/$link" ] || {
            echo "$document: no file $link"
            failed=1
        }
    done < <(links "$document")
done < <(git ls-files '*.md')
[ "$failed" -eq 0 ] &&
    echo "Documents: $blocks blocks of Swift are code of Examples/Embedding, the links of $documents documents lead to files"
exit "$failed"
