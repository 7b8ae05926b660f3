#!/usr/bin/env bash
# Packs the programs with their manual pages, completions and licenses, to be unpacked in a prefix:
#
#   make_tarball.sh RELEASE_DIRECTORY OUTPUT_DIRECTORY
#   tar -xzf skipc-VERSION-linux-ARCH.tar.gz -C /usr/local --strip-components=1
#
# The same programs and SOURCE_DATE_EPOCH give the same bytes.
set -euo pipefail
release=$1 output=$2
scripts=$(cd "$(dirname "$0")" && pwd)
# "skipc 0.1.0 (commit)"
read -r _ version _ < <("$release/skipc" --version)
name=skipc-$version-linux-$(uname -m)

umask 022
rm -rf "$output"
mkdir -p "$output"
"$scripts/install.sh" "$release" "$output/$name"
"$scripts/copy_licenses.sh" "$output/$name/share/doc/skipc/licenses"
tar -C "$output" --sort=name --format=gnu --owner=0 --group=0 --numeric-owner --mtime="@${SOURCE_DATE_EPOCH:-0}" \
    -c "$name" | gzip -9n >"$output/$name.tar.gz"
rm -rf "${output:?}/$name"
(cd "$output" && sha256sum "$name.tar.gz" | tee "$name.tar.gz.sha256")
