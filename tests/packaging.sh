#!/bin/sh
# From a source archive to programs outside the tree: packaging.sh [--full]. The archive is built and
# tested (with --full by all of its tests), installed, and used by pkg-config, CMake and as a Meson
# subproject, in C and C++, shared and static; and two builds in two places are the same bytes. An archive
# with the sources of its libraries is built, tested and installed in a home folder without a network.
# Needs g++, cmake, a git checkout, and root, for a namespace without network. Output: build-packaging.
set -eu
cd "$(dirname "$0")/.."
. tools/require.sh
require_tests
root=$PWD
SNNFE_SHARED=$(cd "${SNNFE_SHARED:-../shared}" 2>/dev/null && pwd || echo none)
export SNNFE_SHARED
work=$root/build-packaging
rm -rf "$work"
mkdir -p "$work"
say() { echo "-- $*"; }
run() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; echo "failed: $*" >&2; exit 1; }; }

say "source archive"
run meson setup "$work/here" --prefix=/opt/snnfe --libdir=lib -Dtests=false -Dprograms=false
run meson dist -C "$work/here" --no-tests
cd "$work"
tar -xf here/meson-dist/snnfe-*.tar.xz
archive=$(echo "$work"/snnfe-*)
[ -s "$archive/LICENSE" ]
say "the archive's own tests"
run meson setup "$work/archive-tests" "$archive"
run ninja -C "$work/archive-tests"
if [ "${1:-}" = --full ]; then
    run meson test -C "$work/archive-tests" --no-rebuild
else
    run meson test -C "$work/archive-tests" --no-rebuild --suite base --suite headers --suite dataset
fi

say "two builds, from the checkout and from the archive, are the same"
run meson setup "$work/there" "$archive" --prefix=/opt/snnfe --libdir=lib -Dtests=false -Dprograms=false
for build in here there; do
    run ninja -C $build
    DESTDIR=$work/installed-$build run meson install -C $build --no-rebuild
done
diff -r installed-here installed-there
[ -s installed-here/opt/snnfe/lib/libsnnfe.so.0 ]
[ -s installed-here/opt/snnfe/lib/libsnnfe.a ]
[ -s installed-here/opt/snnfe/share/doc/snnfe/spec.md ]

say "pkg-config"
prefix=$work/installed-here/opt/snnfe
system_path=$(pkg-config --variable=pc_path pkg-config)
export PKG_CONFIG_LIBDIR="$prefix/lib/pkgconfig:$system_path"
consume() { "$@" | tee "$work/answer" && grep -q '^libsnnfe [0-9.]*: class [01]$' "$work/answer"; }
mkdir consumer
cp "$root/tests/packaging/consumer.c" consumer/
cp consumer/consumer.c consumer/consumer.cpp
cp "$root/tests/packaging/CMakeLists.txt" consumer/
warnings="-Wall -Wextra -Wpedantic -Werror"
pc="pkg-config --define-variable=prefix=$prefix"
for source in "gcc -std=c11 consumer/consumer.c" "gcc -std=c17 consumer/consumer.c" \
    "g++ -std=c++17 consumer/consumer.cpp"; do
    # shellcheck disable=SC2086,SC2046 # lists of flags
    run $source $warnings $($pc --cflags --libs snnfe) -Wl,-rpath,"$prefix/lib" -o shared
    consume ./shared
    # shellcheck disable=SC2086,SC2046
    run $source $warnings $($pc --cflags snnfe) "$prefix/lib/libsnnfe.a" \
        $($pc --static --libs snnfe | sed 's/-lsnnfe\b//') -lm -o static
    consume ./static
    if ldd ./static | grep libsnnfe; then
        echo "the static program needs the shared library" >&2
        exit 1
    fi
done

say "CMake"
sed -i "s|^prefix=.*|prefix=$prefix|" "$prefix/lib/pkgconfig/snnfe.pc"
PKG_CONFIG_PATH=$prefix/lib/pkgconfig run cmake -S consumer -B cmake-build \
    -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_BUILD_RPATH="$prefix/lib"
run cmake --build cmake-build
for kind in snnfe static SNNFE; do
    consume cmake-build/consumer-c-$kind
    consume cmake-build/consumer-cpp-$kind
done
if ldd cmake-build/consumer-c-static | grep libsnnfe; then
    echo "the static program needs the shared library" >&2
    exit 1
fi

say "Meson subproject"
mkdir -p project/subprojects
cp consumer/consumer.c consumer/consumer.cpp project/
cp "$root/tests/packaging/subproject.build" project/meson.build
ln -s "$archive" project/subprojects/snnfe
for kind in shared static; do
    PKG_CONFIG_LIBDIR=$system_path \
        run meson setup project-$kind project --force-fallback-for=snnfe -Dsnnfe:default_library=$kind
    run ninja -C project-$kind
    consume project-$kind/consumer-c
    consume project-$kind/consumer-cpp
done

say "an archive with the sources of its libraries, without a network"
cd "$root"
sh tools/sources.sh
# The tests' own library comes from the system where its archive cannot be had.
fallback=--wrap-mode=forcefallback
ls subprojects/packagecache/check-*.tar.gz >/dev/null 2>&1 ||
    fallback="--wrap-mode=nodownload --force-fallback-for=cminpack,edflib,jansson,kissfft-float -Dblas=builtin"
# shellcheck disable=SC2086 # a list of options
run meson setup "$work/whole" $fallback
run meson dist -C "$work/whole" --include-subprojects --no-tests --formats gztar
mkdir "$work/person"
cd "$work/person"
tar -xf ../whole/meson-dist/snnfe-*.tar.gz
# shellcheck disable=SC2086
run unshare --net meson setup build snnfe-* $fallback --prefix="$work/person/x"
run unshare --net ninja -C build
run meson test -C build --no-rebuild --suite base --suite headers --suite dataset --suite network
run meson install -C build --no-rebuild
for program in x/bin/snnfe-*; do
    run env -i "$program" --version
done
ldd x/bin/snnfe-live | tee "$work/log" | grep -q "$work/person/x/.*/libsnnfe.so.0"
if grep -E 'jansson|libedf|kissfft|cminpack|blas' "$work/log"; then
    echo "a library of the system is used" >&2
    exit 1
fi
say "all ways work"
