#!/usr/bin/env bash
# Copies the programs, their manual pages, shell completions and documents to a prefix, or removes them.
#
#   install.sh RELEASE_DIRECTORY PREFIX
#   install.sh --remove PREFIX
#
# Everything that is copied depends on the programs and on SOURCE_DATE_EPOCH only.
set -euo pipefail
[ $# -eq 2 ] || { echo "install.sh: give a directory with the programs, and a prefix" >&2; exit 2; }
release=$1 prefix=$2
root=$(cd "$(dirname "$0")/.." && pwd)

bash=$prefix/share/bash-completion/completions
zsh=$prefix/share/zsh/site-functions
fish=$prefix/share/fish/vendor_completions.d
manual=$prefix/share/man/man1
documents=$prefix/share/doc/skipc

if [ "$release" = --remove ]; then
    for program in skipc skiprun; do
        rm -f "$prefix/bin/$program" "$bash/$program" "$zsh/_$program" "$fish/$program.fish" "$manual/$program.1"
    done
    rm -f "$manual"/skipc-*.1
    rm -rf "$documents"
    exit
fi

install -d "$prefix/bin" "$bash" "$zsh" "$fish" "$manual" "$documents"
for program in skipc skiprun; do
    install -m 755 "$release/$program" "$prefix/bin/$program"
    strip "$prefix/bin/$program"
done
skipc=$prefix/bin/skipc
"$root/Scripts/make_manuals.py" "$skipc" "$manual"
for name in skipc skiprun; do
    # The declarations of `skipc run` are those of skiprun.
    command=("$skipc")
    [ $name = skipc ] || command+=(run)
    "${command[@]}" --generate-completion-script bash >"$bash/$name"
    "${command[@]}" --generate-completion-script zsh >"$zsh/_$name"
    "${command[@]}" --generate-completion-script fish >"$fish/$name.fish"
done
for document in README.md CHANGELOG.md LICENSE NOTICE; do
    install -m 644 "$root/$document" "$documents/$document"
done
