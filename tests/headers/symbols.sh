#!/bin/sh
# The shared library exports what the headers declare, no less and no more, all under a version:
# symbols.sh LIBRARY MAP_FILE HEADER…
set -eu
library=$1 map=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
nm -D --defined-only "$library" | awk '$2 == "T" { print $3 }' | sort >"$folder/exported"
if grep -v '@@SNNFE_' "$folder/exported"; then
    echo "these symbols have no version" >&2
    exit 1
fi
sed -i 's/@@.*//' "$folder/exported"
sed -nE 's/^ *(snnfe_[a-z0-9_]+);$/\1/p' "$map" | sort >"$folder/mapped"
# Declarations begin with SNNFE_API and may go on in the next line.
cat "$@" | tr '\n' ' ' | grep -oE 'SNNFE_API [a-z_0-9 ]+[ *]+snnfe_[a-z0-9_]+\(' |
    sed -E 's/.*(snnfe_[a-z0-9_]+)\($/\1/' | sort >"$folder/declared"
[ -s "$folder/declared" ]
diff "$folder/declared" "$folder/mapped"
diff "$folder/declared" "$folder/exported"
echo "$(wc -l <"$folder/declared") functions"
