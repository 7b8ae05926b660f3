#!/usr/bin/env bash
# Checks that every target imports only what its rule allows, and that ARCHITECTURE.md and Package.swift have the same
# rules. Prints what breaks a rule and fails.
set -euo pipefail
cd "$(dirname "$0")/.."

# Folder in Sources: the modules that its files may import, besides the standard library. The order is that of the
# pipeline: a folder imports only folders above it.
folders=(Files Model Tokenizer Format Package Convert Quantize Compiler Runtime Diagnostics Generate Evaluate Report skipc skiprun)
declare -A allowed=(
    [Files]="Glibc Synchronization CLinux"
    [Model]="SkipFiles"
    [Tokenizer]="Swift SkipFiles"
    [Format]="Synchronization SkipFiles SkipModel SkipKernels"
    [Package]="Glibc Synchronization SkipFiles SkipModel SkipKernels SkipFormat CZstd"
    [Convert]="SkipFiles SkipModel SkipTokenizer CZlib"
    [Quantize]="SkipModel SkipKernels"
    [Compiler]="Glibc Synchronization SkipFiles SkipModel SkipKernels SkipFormat SkipConvert SkipQuantize COpenBLAS"
    [Runtime]="Glibc Synchronization SkipFiles SkipModel SkipKernels SkipTokenizer SkipFormat"
    [Diagnostics]="CStartup SkipFiles SkipModel SkipTokenizer SkipFormat SkipRuntime"
    [Generate]="SkipFiles SkipModel SkipTokenizer SkipFormat SkipRuntime SkipDiagnostics"
    [Evaluate]="Glibc SkipFiles SkipModel SkipTokenizer SkipFormat SkipConvert SkipCompiler SkipRuntime"
    [Report]="Glibc SkipFiles SkipModel SkipTokenizer SkipFormat SkipPackage SkipConvert SkipQuantize SkipCompiler SkipRuntime SkipDiagnostics SkipEvaluate"
    [skipc]="Glibc Synchronization ArgumentParser SkipFiles SkipModel SkipTokenizer SkipFormat SkipPackage SkipConvert SkipQuantize SkipCompiler SkipRuntime SkipDiagnostics SkipGenerate SkipEvaluate SkipReport"
    [skiprun]="Glibc SkipFiles SkipDiagnostics SkipGenerate"
)

failed=0
fail() {
    echo "$1"
    failed=1
}

# The names in a text that match a pattern, sorted, on one line.
names() { (grep -oE "$1" || true) | sort -u | tr '\n' ' '; }

package=$(tr -d '\n' <Package.swift)
for folder in "${folders[@]}"; do
    modules=" ${allowed[$folder]} "
    while IFS=: read -r file line text; do
        module=$(sed -E 's/^.*import +((struct|class|enum|func|var|let|typealias) +)?//; s/[. ].*$//' <<<"$text")
        [[ "$modules" == *" $module "* ]] || fail "$file:$line: $folder may not import $module"
    done < <(grep -rnE '^ *(@[A-Za-z_()]+ +|public +|package +|internal +)*import +' "Sources/$folder" --include='*.swift' || true)

    rule=$(names 'Skip[A-Z][A-Za-z]*' <<<"$modules")
    # The row of ARCHITECTURE.md has folders, without the modules of the system.
    row=$(sed -nE "s/^\| \`$folder\` \|.*\| ([^|]*) \|\$/\1/p" ARCHITECTURE.md)
    if [[ "$row" != all ]]; then
        documented=$(sed -E 's/[A-Z]/Skip&/g' <<<"$row" | names 'Skip[A-Z][A-Za-z]*')
        [[ "$documented" == "$rule" ]] || fail "ARCHITECTURE.md: $folder has $documented, $0 has $rule"
    fi
    declaration=$(grep -oE "(library\( *\"$folder\", *|name: \"$folder\", *dependencies: *)\[[^]]*\]" <<<"$package" || true)
    declared=$(names '"Skip[A-Z][A-Za-z]*"' <<<"$declaration" | tr -d '"')
    [[ "$declared" == "$rule" ]] || fail "Package.swift: $folder has $declared, $0 has $rule"
done

for directory in Sources/*/; do
    folder=$(basename "$directory")
    [[ "$folder" == Kernels || "$folder" =~ ^C(Linux|Startup|Zlib|Zstd|OpenBLAS)$ || -n "${allowed[$folder]+known}" ]] ||
        fail "Sources/$folder: no import rule in $0"
done

[ "$failed" -eq 0 ] && echo "imports: every target follows its rule"
exit "$failed"
