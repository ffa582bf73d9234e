#!/bin/sh
# The shared library's binary interface against the committed dump, by libabigail's abidiff:
# check.sh, or check.sh --update after the interface has grown. Needs abigail-tools.
set -eu
cd "$(dirname "$0")/../.."
. tools/require.sh
require_all
build="build-abi"
dump=tests/abi/snnfe.abi
[ -f $build/build.ninja ] ||
    meson setup $build -Dbuildtype=debugoptimized -Dtests=false -Dprograms=false \
        -Ddefault_library=shared >/dev/null
ninja -C $build >/dev/null
abidw --headers-dir include --drop-private-types --exported-interfaces-only --type-id-style hash \
    --no-corpus-path --no-comp-dir-path --no-show-locs --no-elf-needed --no-architecture \
    --out-file $build/snnfe.abi $build/lib/libsnnfe.so
if [ "${1:-}" = --update ]; then
    cp $build/snnfe.abi $dump
    echo "$dump is up to date; say in CHANGELOG.md, under ABI, what changed"
    exit 0
fi
status=0
abidiff $dump $build/snnfe.abi || status=$?
# Bit 4: something changed; bit 8: in a way that breaks programs.
if [ $((status & 8)) -ne 0 ]; then
    echo "the interface breaks programs that were built against $dump" >&2
elif [ "$status" -ne 0 ]; then
    echo "the interface differs from $dump: if it only grew, run sh tests/abi/check.sh --update" >&2
fi
[ "$status" -eq 0 ] && echo "the binary interface is that of $dump"
exit "$status"
