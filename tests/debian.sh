#!/bin/sh
# Debian's packages, from a source archive: built, checked by lintian, installed, used by C, Python and a shell,
# and removed. Needs root, on Debian or a relative, and a git checkout. Output: build-debian.
set -eu
cd "$(dirname "$0")/.."
. tools/require.sh
packages="debhelper dh-python dpkg-dev fakeroot gcc help2man libc6-dev libcminpack-dev libedf-dev libjansson-dev \
libkissfft-dev libopenblas-dev lintian meson ninja-build pkg-config python3 python3-numpy"
require_all
root=$PWD
work=$root/build-debian
rm -rf "$work"
mkdir -p "$work"
say() { echo "-- $*"; }
run() { "$@" >"$work/log" 2>&1 || { tail -n 60 "$work/log" >&2; echo "failed: $*" >&2; exit 1; }; }
# Debian's own Python and Meson, whatever else this machine has.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH

say "packages"
version=$(sed -nE "s/^ +version: '([0-9.]+)',/\1/p" meson.build)
git archive --format=tar.gz --prefix="snnfe-$version/" -o "$work/snnfe_$version.orig.tar.gz" HEAD
cd "$work"
tar -xf "snnfe_$version.orig.tar.gz"
cp -r "$root/packaging/debian" "snnfe-$version/debian"
cd "snnfe-$version"
run env DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS:-parallel=2}" dpkg-buildpackage --no-sign --build=full
cd "$work"
names="libsnnfe0 libsnnfe-dev snnfe-tools python3-snnfe"
for name in $names; do
    ls "$name"_*.deb
done

say "lintian"
lintian --allow-root --fail-on error "snnfe_$version"*.changes

say "installed"
remove() {
    # shellcheck disable=SC2086 # a list of names
    dpkg --purge $names >/dev/null 2>&1 || true
}
trap remove EXIT
for name in $names; do
    echo "./$name"_*.deb
done | xargs dpkg --install >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
cp "$root/tests/packaging/consumer.c" .
# shellcheck disable=SC2046 # a list of flags
run cc -std=c11 consumer.c $(pkg-config --cflags --libs snnfe) -o shared
./shared
# shellcheck disable=SC2046
run cc -std=c11 consumer.c $(pkg-config --cflags snnfe) -Wl,-Bstatic -lsnnfe -Wl,-Bdynamic \
    $(pkg-config --static --libs snnfe | sed 's/-lsnnfe\b//') -lm -o static
./static
env -u SNNFE_LIBRARY -u PYTHONPATH /usr/bin/python3 -c '
import snnfe
print(snnfe.__version__, snnfe.Network())'
snnfe-synth --help >/dev/null
[ -s /usr/share/bash-completion/completions/snnfe-live ]
man --warnings -l /usr/share/man/man1/snnfe-live.1.gz >/dev/null

say "removed"
# shellcheck disable=SC2086
run dpkg --purge $names
for left in /usr/bin/snnfe-* /usr/include/snnfe /usr/lib/*/libsnnfe* /usr/lib/python3/dist-packages/snnfe; do
    [ ! -e "$left" ] || {
        echo "$left is left" >&2
        exit 1
    }
done
say "Debian's packages work"
