#!/bin/sh
# README's C sample compiles without warnings and runs: readme.sh CC INCLUDE_DIR LIB_DIR README
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
awk '/^```c$/ { on = 1; next } /^```/ { on = 0 } on' "$4" >"$folder/sample.c"
[ -s "$folder/sample.c" ]
# shellcheck disable=SC2086 # a compiler with its flags
$1 -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -I"$2" "$folder/sample.c" \
    -L"$3" -Wl,-rpath,"$3" -lsnnfe -o "$folder/sample"
cd "$folder"
./sample | tee output
grep -qE '^[0-9]+ of 450 trials are right$' output
if ./sample no_such_folder 2>output; then exit 1; fi
grep -q '^SNNFE_ERR_NOT_FOUND: no_such_folder: ' output
