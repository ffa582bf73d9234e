#!/bin/sh
# Inference and files are the same bits from GCC and Clang, at every optimization level and for every
# instruction set of this machine: equal.sh. Needs clang.
set -eu
cd "$(dirname "$0")/../.."
. tools/require.sh
require_all
work=$PWD/build-equal
mkdir -p "$work"
n=0
# compare NAME BUILD: against the first one's
compare() {
    rm -rf "$work/files"
    mkdir "$work/files"
    "$2/bits" write "$work/files" >"$work/$1.txt"
    [ -f "$work/first.txt" ] || cp "$work/$1.txt" "$work/first.txt"
    diff "$work/first.txt" "$work/$1.txt"
    n=$((n + 1))
}
rm -f "$work"/*.txt
for build in gcc-0 gcc-2 gcc-3 clang-0 clang-3; do
    level=${build#*-}
    [ -f "$work/$build/build.ninja" ] ||
        CC=${build%-*} meson setup "$work/$build" -Doptimization="$level" -Dtests=false \
            -Dprograms=false -Ddefault_library=static >/dev/null
    ninja -C "$work/$build" >/dev/null
    # shellcheck disable=SC2046 # a list of flags
    "${build%-*}" -std=c11 -O"$level" -Iinclude tests/numbers/bits.c "$work/$build/lib/libsnnfe.a" \
        $(pkg-config --static --libs "$work/$build/meson-uninstalled/snnfe-uninstalled.pc" |
            sed -E 's/[^ ]*snnfe[^ ]*//g') -lm -o "$work/$build/bits"
    for isa in baseline avx2 avx512; do
        export SNNFE_ISA=$isa
        compare "$build-$isa" "$work/$build"
    done
done
echo "$n builds and instruction sets, the same bits"
