#!/usr/bin/env bash
# Converts the bundled example, generates text with it, and compares what skipping saves with what it costs.
#
#   demo.sh SKIPC OUTPUT_DIRECTORY PROMPT
set -euo pipefail
cd "$(dirname "$0")/.."
skipc=$1 output=$2 prompt=$3
bard=Examples/bard
mkdir -p "$output"

convert() {
    "$skipc" convert $bard --router $bard/routers.safetensors --force --progress none "$@"
}

# Prints the number of the member KEY in the JSON on standard input.
number() {
    sed -n "s/^ *\"$1\": \([-+.0-9eE]*\),*$/\1/p"
}

# Prints the perplexity, the executed shares, MB of weights per generated token, and tokens per second (median of 9).
measure() {
    local quality speed
    quality=$("$skipc" perplexity "$@" --text $bard/held-out.txt --ctx 256 --score all --json --progress none)
    speed=$("$skipc" bench "$@" --text $bard/held-out.txt -p 0 -n 256 -r 9 --json --progress none)
    for key in perplexity attention mlp; do number $key <<<"$quality"; done
    number weightBytesPerToken <<<"$speed"
    tr -d ' \n' <<<"$speed" | sed 's/.*"tokensPerSecond":\[\([^]]*\)\].*/\1/' | tr ',' '\n' | sort -g | sed -n 5p
}

# base: the checkpoint with its routers. bard: the same with the LoRA adapter that was trained for these routers.
convert -o "$output/base.skipgpt" >/dev/null
convert --lora $bard/lora -o "$output/bard.skipgpt"

printf '\n── generated text ──\n'
"$skipc" run "$output/bard.skipgpt" -p "$prompt" -n 56 --temp 0.6 --top-p 0.9 --seed 7

dense=$(measure "$output/base.skipgpt" --dense)
routed=$(measure "$output/base.skipgpt")
adapted=$(measure "$output/bard.skipgpt")
printf '\n── 24 kB of held-out text ──\n'
paste <(echo "$dense") <(echo "$routed") <(echo "$adapted") | awk '
    function row(name, form, scale) {
        printf "%-24s", name
        for (column = 1; column <= 3; column++) printf "%22s", sprintf(form, $column * scale)
        printf "\n"
    }
    BEGIN { printf "%-24s%22s%22s%22s\n", "", "every module", "routed", "routed, with adapter" }
    NR == 1 { row("perplexity", "%.1f", 1) }
    NR == 2 { row("attention executed", "%.1f%%", 100) }
    NR == 3 { row("MLP executed", "%.1f%%", 100) }
    NR == 4 { row("MB of weights per token", "%.2f", 1e-6) }
    NR == 5 { row("tokens per second", "%.0f", 1) }'
