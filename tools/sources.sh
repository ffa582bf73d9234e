#!/bin/sh
# Put the archives that subprojects/*.wrap name into subprojects/packagecache, where Meson finds them without
# network. What cannot be had from where the wraps say comes from Debian's source packages; Meson checks the
# hashes in either case.
set -eu
cd "$(dirname "$0")/.."
cache=subprojects/packagecache
mkdir -p "$cache"
value() { sed -n "s/^$2 = //p" "$1"; }
good() { echo "$(value "$1" source_hash)  $cache/$(value "$1" source_filename)" | sha256sum --check --status 2>/dev/null; }
wanted() {
    for wrap in subprojects/*.wrap; do
        good "$wrap" || echo "$wrap"
    done
}

for wrap in $(wanted); do
    python3 -c 'import sys, urllib.request; urllib.request.urlretrieve(*sys.argv[1:])' \
        "$(value "$wrap" source_url)" "$cache/$(value "$wrap" source_filename)" 2>/dev/null || true
done
[ -n "$(wanted)" ] || exit 0

# Lists of source packages of this Debian and the next, apart from the system's own.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/parts" "$folder/lists/partial" "$folder/cache/archives/partial"
for suite in '&' trixie; do
    sed "s/^Types:.*/Types: deb-src/; s/bookworm/$suite/g" /etc/apt/sources.list.d/debian.sources \
        >"$folder/parts/${suite#&}source.sources"
done
apt() {
    apt-get -qq -o APT::Sandbox::User=root -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$folder/parts" \
        -o Dir::State::lists="$folder/lists" -o Dir::Cache="$folder/cache" "$@"
}
apt update
for wrap in $(wanted); do
    name=$(basename "$wrap" .wrap)
    mkdir "$folder/$name"
    (cd "$folder/$name" && apt source --download-only "$name" >/dev/null 2>&1) || true
    for archive in "$folder/$name/"*.orig.tar.*; do
        [ -f "$archive" ] || continue
        case $name in
        edflib) python3 tools/git_archive.py "$archive" "$cache/$(value "$wrap" source_filename)" ;;
        *) cp "$archive" "$cache/$(value "$wrap" source_filename)" ;;
        esac
    done
    good "$wrap" || {
        echo "$wrap: its archive cannot be had, neither from its address nor from Debian" >&2
        rm -f "$cache/$(value "$wrap" source_filename)"
    }
done
