#!/bin/sh
# A release: the source archive with the sources of all that it needs, what it is made of (CycloneDX), and
# their hashes. release.sh [FOLDER], ./release without one. The same commit gives the same bytes.
set -eu
cd "$(dirname "$0")/.."
output=${1:-release}
if [ -n "$(git status --porcelain)" ]; then
    echo "release.sh: the working tree has changes that no commit has; see git status" >&2
    exit 1
fi
[ ! -e "$output" ] || { echo "release.sh: $output is there already" >&2; exit 1; }
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
run() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; echo "failed: $*" >&2; exit 1; }; }

sh tools/sources.sh
run meson setup "$work/build" --wrap-mode=forcefallback -Dblas=builtin -Dtests=false
run meson dist -C "$work/build" --include-subprojects --no-tests --formats gztar
version=$(meson introspect "$work/build" --projectinfo | sed -n 's/^{"version": "\([^"]*\)".*/\1/p')
name=snnfe-$version
tar -xzf "$work/build/meson-dist/$name.tar.gz" -C "$work"

# Archives as Meson makes them have the time of their making in them.
mkdir -p "$work/out"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --mode=go=rX,u+rw \
    --format=ustar -cf - -C "$work" "$name" | gzip -n9 >"$work/out/$name.tar.gz"
python3 tools/sbom.py "$work/build" "$work/out/$name.cdx.json"
(cd "$work/out" && sha256sum -- * >SHA256SUMS)

# What is released builds without a network and without the system's libraries.
mkdir "$work/check"
tar -xzf "$work/out/$name.tar.gz" -C "$work/check"
run meson setup "$work/check/build" "$work/check/$name" --wrap-mode=forcefallback -Dblas=builtin -Dtests=false
run ninja -C "$work/check/build"
run "$work/check/build/programs/snnfe-synth" --version
mv "$work/out" "$output"
echo "released into $output:"
cat "$output/SHA256SUMS"
