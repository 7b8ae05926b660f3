#!/usr/bin/env bash
# Copies the licenses of everything that is linked into the programs, from where it was installed. NOTICE lists it.
#
#   copy_licenses.sh DIRECTORY
set -euo pipefail
directory=$1
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$directory"

# copy NAME FILE: the file under a name that says what it belongs to.
copy() {
    [ -f "$2" ] || { echo "copy_licenses.sh: $2: no license of $1" >&2; exit 1; }
    install -m 644 "$2" "$directory/$1.txt"
}

swift=$(dirname "$(dirname "$(readlink -f "$(command -v "${SWIFT:-swift}")")")")
copy swift "$swift/share/swift/LICENSE.txt"
copy swift-argument-parser "$root/.build/checkouts/swift-argument-parser/LICENSE.txt"
# skiprun contains the GNU C library and the C++ runtime.
copy glibc /usr/share/doc/libc6/copyright
copy gcc-runtime /usr/share/doc/libstdc++6/copyright
copy LGPL-2.1 /usr/share/common-licenses/LGPL-2.1
copy GPL-3 /usr/share/common-licenses/GPL-3

{
    "${SWIFT:-swift}" --version 2>/dev/null | sed -n 's/^\(Swift version [^ ]*\).*/\1/p'
    python3 - "$root/.build/workspace-state.json" <<'PYTHON'
import json, sys
for dependency in json.load(open(sys.argv[1]))["object"]["dependencies"]:
    if dependency["packageRef"]["identity"] == "swift-argument-parser":
        print("swift-argument-parser", dependency["state"]["checkoutState"].get("version"))
PYTHON
    dpkg-query --show --showformat '${Package} ${Version}\n' libc6-dev libgcc-12-dev libstdc++-12-dev
} >"$directory/VERSIONS"
