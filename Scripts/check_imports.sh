#!/usr/bin/env bash
# Checks that every target imports only what ARCHITECTURE.md allows. Prints the lines that break a rule and fails.
set -euo pipefail
cd "$(dirname "$0")/.."

# Folder in Sources: modules that its files may import, besides the standard library. The order is that of the pipeline:
# a folder imports only folders above it.
folders=(Files Model Tokenizer Format Convert Quantize Compiler Runtime Diagnostics Evaluate Report skipc skiprun)
declare -A allowed=(
    [Files]="Glibc Synchronization CLinux"
    [Model]="SkipFiles"
    [Tokenizer]="Swift SkipFiles"
    [Format]="Synchronization SkipFiles SkipModel SkipKernels"
    [Convert]="SkipFiles SkipModel SkipTokenizer CZlib"
    [Quantize]="SkipModel SkipKernels"
    [Compiler]="Glibc Synchronization SkipFiles SkipModel SkipKernels SkipTokenizer SkipFormat SkipConvert SkipQuantize COpenBLAS"
    [Runtime]="Glibc Synchronization SkipFiles SkipModel SkipKernels SkipTokenizer SkipFormat"
    [Diagnostics]="SkipFiles SkipModel SkipTokenizer SkipFormat SkipRuntime"
    [Evaluate]="Glibc SkipFiles SkipModel SkipTokenizer SkipFormat SkipConvert SkipCompiler SkipRuntime"
    [Report]="Glibc SkipFiles SkipModel SkipTokenizer SkipFormat SkipConvert SkipQuantize SkipCompiler SkipRuntime SkipDiagnostics SkipEvaluate"
    [skipc]="Glibc Synchronization ArgumentParser SkipFiles SkipModel SkipTokenizer SkipFormat SkipConvert SkipQuantize SkipCompiler SkipRuntime SkipDiagnostics SkipEvaluate SkipReport"
    [skiprun]="Glibc SkipFiles SkipTokenizer SkipRuntime SkipDiagnostics"
)

failed=0
for folder in "${folders[@]}"; do
    modules=" ${allowed[$folder]} "
    while IFS=: read -r file line text; do
        module=$(sed -E 's/^.*import +((struct|class|enum|func|var|let|typealias) +)?//; s/[. ].*$//' <<<"$text")
        if [[ "$modules" != *" $module "* ]]; then
            echo "$file:$line: $folder may not import $module"
            failed=1
        fi
    done < <(grep -rnE '^ *(@[A-Za-z_()]+ +|public +|package +|internal +)*import +' "Sources/$folder" --include='*.swift' || true)
    # ARCHITECTURE.md shows the same row, without the modules of the system.
    row=$(grep -E "^\| \`$folder\` \|" ARCHITECTURE.md | sed -E 's/.*\| ([^|]*) \|$/\1/')
    for module in $(grep -oE 'Skip[A-Z][a-zA-Z]*' <<<"$modules"); do
        if [[ " ${row//,/ } " != *" ${module#Skip} "* && "$row" != all ]]; then
            echo "ARCHITECTURE.md: the row of $folder lacks ${module#Skip}"
            failed=1
        fi
    done
done

for directory in Sources/*/; do
    folder=$(basename "$directory")
    [[ "$folder" == Kernels || "$folder" =~ ^C(Linux|Zlib|OpenBLAS)$ || -n "${allowed[$folder]+known}" ]] || {
        echo "Sources/$folder: no import rule in $0"
        failed=1
    }
done

[ "$failed" -eq 0 ] && echo "imports: every target keeps to its rule"
exit "$failed"
