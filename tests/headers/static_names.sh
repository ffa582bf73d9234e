#!/bin/sh
# Every name that the static library brings into a program begins with snnfe_, so that none clashes with
# another library's: static_names.sh LIBRARY
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
nm -g --defined-only "$1" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u >"$folder/names"
grep -q '^snnfe_version$' "$folder/names"
if grep -v '^snnfe_' "$folder/names"; then
    echo "these names of $1 can clash with other libraries'" >&2
    exit 1
fi
echo "$(wc -l <"$folder/names") names"
