#!/bin/sh
# Every public header compiles by itself as C11 and as C++17: alone.sh CC CXX INCLUDE_DIR HEADER…
set -eu
cc=$1 cxx=$2 include=$3
shift 3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for header in "$@"; do
    printf '#include <snnfe/%s>\n#include <snnfe/%s>\nint main(void) { return 0; }\n' \
        "$(basename "$header")" "$(basename "$header")" >"$folder/alone.c"
    cp "$folder/alone.c" "$folder/alone.cpp"
    $cc -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -I"$include" \
        -fsyntax-only "$folder/alone.c"
    [ -z "$cxx" ] || $cxx -std=c++17 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
        -I"$include" -fsyntax-only "$folder/alone.cpp"
    echo "$header"
done
