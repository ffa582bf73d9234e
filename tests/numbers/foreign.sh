#!/bin/sh
# Inference and files are the same bits on 64-bit ARM and on s390x, which is big-endian, and the kernels
# (NEON's on ARM) and the filter with its own kissfft agree with plain loops there, under qemu-user:
# foreign.sh [aarch64|s390x]. What they need of Debian is unpacked below build-foreign, not installed.
# Needs qemu-user, gcc-aarch64-linux-gnu and gcc-s390x-linux-gnu, or those of the one that is named.
set -eu
cd "$(dirname "$0")/../.."
. tools/require.sh
require_all
work=$PWD/build-foreign
mirror=${SNNFE_DEBIAN_MIRROR:-$(sed -nE 's/^URIs: *([^ ]*debian)\/?$/\1/p; s/^deb ([^ ]*debian)\/? .*/\1/p' \
    /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -n 1)}
. /etc/os-release
packages="libjansson-dev libjansson4 libcminpack-dev libcminpack1
libopenblas-dev libopenblas0-pthread libopenblas-pthread-dev libedf-dev libedf1 libgfortran5 check libsubunit-dev
libsubunit0"
every_test="test_kernels test_kernels_backward test_filter"

# fetch DEBIAN_ARCHITECTURE FOLDER: apt with a state of its own
fetch() {
    [ ! -f "$2/complete" ] || return 0
    mkdir -p "$2/state/lists/partial" "$2/cache/archives/partial" "$2/debs"
    echo "deb $mirror $VERSION_CODENAME main" >"$2/sources"
    set -- "$1" "$2" -o Dir::State="$2/state" -o Dir::State::status=/dev/null \
        -o Dir::Cache="$2/cache" -o APT::Architecture="$1" -o APT::Architectures="$1" \
        -o Dir::Etc::SourceParts=/dev/null -o Dir::Etc::SourceList="$2/sources"
    folder=$2
    shift 2
    apt-get "$@" update -qq
    # shellcheck disable=SC2086 # a list of names
    (cd "$folder/debs" && apt-get "$@" download -qq $packages 2>/dev/null)
    for package in "$folder"/debs/*.deb; do
        dpkg -x "$package" "$folder/sysroot"
    done
    touch "$folder/complete"
}

# build GNU_ARCHITECTURE FOLDER ENDIAN
build() {
    libraries=$2/sysroot/usr/lib/$1-linux-gnu
    cat >"$2/cross.txt" <<EOF
[binaries]
c = '$1-linux-gnu-gcc'
ar = '$1-linux-gnu-ar'
strip = '$1-linux-gnu-strip'
pkg-config = 'pkg-config'
[built-in options]
c_args = ['-I$2/sysroot/usr/include', '-I$2/sysroot/usr/include/$1-linux-gnu']
c_link_args = ['-L$libraries', '-L$libraries/openblas-pthread', '-Wl,-rpath-link,$libraries', '-Wl,-rpath-link,$libraries/openblas-pthread']
[properties]
sys_root = '$2/sysroot'
pkg_config_libdir = ['$libraries/pkgconfig', '$libraries/openblas-pthread/pkgconfig']
[host_machine]
system = 'linux'
cpu_family = '$1'
cpu = '$1'
endian = '$3'
EOF
    [ -f "$2/build/build.ninja" ] ||
        meson setup "$2/build" --cross-file "$2/cross.txt" -Dprograms=false -Ddefault_library=shared \
            --force-fallback-for=kissfft >/dev/null
    targets=
    for name in $tests; do
        targets="$targets tests/$name"
    done
    # shellcheck disable=SC2086 # a list of names
    ninja -C "$2/build" lib/libsnnfe.so.0.1.0 $targets >/dev/null
    "$1-linux-gnu-gcc" -std=c11 -O2 -Iinclude tests/numbers/bits.c -L"$2/build/lib" -lsnnfe \
        -L"$libraries" -L"$libraries/openblas-pthread" -Wl,-rpath-link,"$libraries" \
        -Wl,-rpath-link,"$libraries/openblas-pthread" -o "$2/bits"
}

sh tools/sources.sh
mkdir -p "$work"
[ -f "$work/native/build.ninja" ] ||
    meson setup "$work/native" -Dtests=false -Dprograms=false -Ddefault_library=shared \
        --force-fallback-for=kissfft >/dev/null
ninja -C "$work/native" >/dev/null
cc -std=c11 -O2 -Iinclude tests/numbers/bits.c -L"$work/native/lib" -Wl,-rpath,"$work/native/lib" \
    -lsnnfe -o "$work/bits"
# Checkpoints name their instruction set: let it be the one that these processors have, too.
export SNNFE_ISA=baseline
rm -rf "$work/files" && mkdir "$work/files"
"$work/bits" write "$work/files" >"$work/written.txt"
"$work/bits" read "$work/files" >"$work/read.txt"
for pair in aarch64:arm64:little s390x:s390x:big; do
    gnu=${pair%%:*} rest=${pair#*:}
    [ "${1:-$gnu}" = "$gnu" ] || continue
    case $gnu in
    aarch64) tests="$every_test test_filter_lanes" ;;
    *) tests=$every_test ;;
    esac
    folder=$work/$gnu
    mkdir -p "$folder"
    fetch "${rest%:*}" "$folder"
    build "$gnu" "$folder" "${rest#*:}"
    libraries=$folder/sysroot/usr/lib/$gnu-linux-gnu
    qemu=$(command -v "qemu-$gnu" || command -v "qemu-$gnu-static")
    run() {
        "$qemu" -L "/usr/$gnu-linux-gnu" \
            -E LD_LIBRARY_PATH="$folder/build/lib:$libraries:$libraries/openblas-pthread" "$@"
    }
    foreign() { run "$folder/bits" "$@"; }
    for name in $tests; do
        run "$folder/build/tests/$name"
    done
    # This machine's files there, and that machine's files here. Recordings are left out where EDFlib
    # does not run, and of the second: synthetic ones come from the C library's sines, which differ
    # in their last bits.
    left_out='^recording'
    [ "${rest#*:}" = big ] || left_out='^$'
    foreign read "$work/files" >"$folder/read.txt"
    grep -v "$left_out" "$work/read.txt" | diff - "$folder/read.txt"
    rm -rf "$folder/files" && mkdir "$folder/files"
    foreign write "$folder/files" | grep -v '^recording' >"$folder/written.txt"
    grep -v '^recording' "$work/written.txt" | diff - "$folder/written.txt"
    for file in network dataset trainer; do
        cmp "$work/files/$file.safetensors" "$folder/files/$file.safetensors"
    done
    cmp "$work/files/device.json" "$folder/files/device.json"
    echo "$gnu (${rest#*:}-endian): the same bits"
done
