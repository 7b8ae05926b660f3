#!/usr/bin/env bash
# Uses the tarball of `make dist` in a new Debian system without Swift, and skiprun in a directory without any library.
#
#   check_tarball.sh TARBALL [ROOT]
#
# Needs root and debootstrap. A system in ROOT is used again; otherwise it is made in a temporary directory.
set -euo pipefail
[ $# -ge 1 ] || { echo "check_tarball.sh: give a tarball" >&2; exit 2; }
tarball=$(readlink -f "$1")
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
system=${2:-$scratch/system}
mirror=$(apt-cache policy | sed -n 's|^ *500 \(https*://[^ ]*\) bookworm/main.*|\1|p' | head -n 1)

if [ ! -x "$system/bin/sh" ]; then
    packages=man-db,groff-base,libopenblas0-pthread
    debootstrap --variant=minbase --include=$packages bookworm "$system" "$mirror" >"$scratch/log" 2>&1 ||
        { tail -n 20 "$scratch/log"; exit 1; }
fi

passed=0
pass() {
    passed=$((passed + 1))
    echo "  $1"
}
# What a machine sets so that its OpenBLAS works applies there too.
mapfile -t variables < <(env | grep '^OPENBLAS_' || true)
variables+=(PATH=/usr/local/bin:/usr/bin:/bin HOME=/root LC_ALL=C.UTF-8)
inside() { chroot "$system" /usr/bin/env -i "${variables[@]}" "$@"; }

rm -rf "$system/data" "$system/usr/local"
mkdir -p "$system/data" "$system/usr/local"
cp -r Examples/bard "$system/data/bard"
tar -xzf "$tarball" -C "$system/usr/local" --strip-components=1
if inside sh -c 'command -v swift' >/dev/null; then
    echo "the system has Swift"
    exit 1
fi
pass "there is no Swift"

inside skipc --version
inside skiprun --version | grep -q '^skiprun [0-9.]* *\((.*)\)*$'
pass "--version"

convert=(skipc convert /data/bard --router /data/bard/routers.safetensors --force --progress none)
inside "${convert[@]}" -o /data/bard.skipgpt
inside skipc run /data/bard.skipgpt -p ROMEO: -n 16 >"$scratch/skipc.txt"
inside skiprun /data/bard.skipgpt -p ROMEO: -n 16 >"$scratch/skiprun.txt"
cmp "$scratch/skipc.txt" "$scratch/skiprun.txt"
inside skipc validate /data/bard.skipgpt --quiet
pass "converts, validates and runs: $(tr '\n' ' ' <"$scratch/skiprun.txt")"

# Without OpenBLAS an adapter is an error that says what is missing.
inside sh -c 'mkdir /data/away && mv /usr/lib/*/libopenblas.so.0 /etc/alternatives/libopenblas.so.0-* /data/away'
if inside "${convert[@]}" --lora /data/bard/lora -o /data/merged.skipgpt 2>"$scratch/error.txt"; then
    echo "an adapter was merged without OpenBLAS"
    exit 1
fi
grep -q OpenBLAS "$scratch/error.txt"
pass "says what is missing: $(head -n 1 "$scratch/error.txt")"
inside sh -c 'mv /data/away/libopenblas.so.0-* /etc/alternatives && mv /data/away/libopenblas.so.0 /usr/lib/*-linux-gnu'
inside "${convert[@]}" --lora /data/bard/lora -o /data/merged.skipgpt
inside skipc merge /data/bard --lora /data/bard/lora -o /data/merged --progress none
pass "merges an adapter with libopenblas0"

for page in skipc skipc-convert skipc-run skiprun; do
    inside man --warnings "$page" >"$scratch/page.txt" 2>"$scratch/warnings.txt"
    [ ! -s "$scratch/warnings.txt" ] || { cat "$scratch/warnings.txt"; exit 1; }
    grep -q '^EXIT STATUS' "$scratch/page.txt"
done
pass "man skipc, without warnings"

# A directory with a model and skiprun, and nothing else: no libraries, no /proc, no shell.
mkdir "$scratch/bare"
cp "$system/usr/local/bin/skiprun" "$system/data/bard.skipgpt" "$scratch/bare/"
chroot "$scratch/bare" /skiprun /bard.skipgpt -p ROMEO: -n 16 >"$scratch/bare.txt"
cmp "$scratch/bare.txt" "$scratch/skiprun.txt"
pass "skiprun runs with a model and nothing else"
echo "$passed passed, 0 failed"
