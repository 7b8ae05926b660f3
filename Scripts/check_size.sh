#!/usr/bin/env bash
# check_size.sh FILE LIMIT: fails if the file has more bytes than the limit.
set -euo pipefail
size=$(stat -c %s "$1")
echo "$(basename "$1"): $size bytes, limit $2"
[ "$size" -le "$2" ]
