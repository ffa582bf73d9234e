#!/bin/sh
# What other systems and processors ask: cross.sh. The whole tree compiles and links for macOS on aarch64, with
# Zig, which has the headers.
# Output: build-cross.
set -eu
cd "$(dirname "$0")/.."
. tools/zig.sh
work=$PWD/build-cross
mkdir -p "$work"
sh tools/sources.sh
zig_install "$work/python"
zig_target "$work/macos" aarch64 darwin aarch64-macos
[ -f "$work/build/build.ninja" ] ||
    meson setup "$work/build" --cross-file="$work/macos/cross.txt" --wrap-mode=forcefallback \
        -Dtests=false -Dlsl=disabled >"$work/log"
ninja -C "$work/build" >"$work/log" 2>&1 || {
    tail -n 40 "$work/log" >&2
    exit 1
}
for file in lib/libsnnfe.0.dylib programs/snnfe-live programs/snnfe-sweep; do
    # The mark of 64-bit Mach-O, and the number of the processor.
    [ "$(od -An -tx1 -N8 "$work/build/$file" | tr -d ' ')" = cffaedfe0c000001 ] || {
        echo "$file is not a file of macOS for aarch64" >&2
        exit 1
    }
done
echo "the library and its programs are built for macOS on aarch64"
