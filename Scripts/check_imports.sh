#!/usr/bin/env bash
# Holds every target to the imports that ARCHITECTURE.md allows it. Fails with the lines that break a rule.
set -euo pipefail
cd "$(dirname "$0")/.."

# target: modules that its files may import, besides the standard and the C library.
declare -A allowed=(
    [Model]=""
    [Format]="Model CLinux Synchronization"
    [Tokenizer]="Model"
    [Convert]="Model Kernels Tokenizer CZlib COpenBLAS SystemPackage Synchronization"
    [Quantize]="Model Kernels"
    [Runtime]="Model Format Kernels Tokenizer Synchronization"
    [skiprun]="Runtime Model Tokenizer Format"
    [skipc]="FoundationEssentials Foundation Model Convert Quantize Format Tokenizer Runtime Kernels ArgumentParser SystemPackage Synchronization"
)

failed=0
for target in "${!allowed[@]}"; do
    modules=" ${allowed[$target]} Swift Glibc Musl "
    while IFS=: read -r file line text; do
        module=$(sed -E 's/^.*import +((struct|class|enum|func|var|let|typealias) +)?//; s/[. ].*$//' <<<"$text")
        if [[ "$modules" != *" $module "* ]]; then
            echo "$file:$line: $target may not import $module"
            failed=1
        fi
    done < <(grep -rnE '^ *(@[A-Za-z_()]+ +|public +|package +|internal +)*import +' "Sources/$target" --include='*.swift' || true)
done

for directory in Sources/*/; do
    target=$(basename "$directory")
    [[ "$target" == Kernels || "$target" == C* && "$target" != Convert || -n "${allowed[$target]+known}" ]] || {
        echo "Sources/$target: no import rule in $0"
        failed=1
    }
done

[ "$failed" -eq 0 ] && echo "imports: every target keeps to its rule"
exit "$failed"
