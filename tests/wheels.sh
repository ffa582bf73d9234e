#!/bin/sh
# Wheels, built and tried: wheels.sh [x86_64] [aarch64], x86_64 without one. Where there is no compiler, no network
# and no library but the C library, the package decides and its programs start; the aarch64 one does so by qemu.
# What cannot be installed is refused in words, and the source distribution gives the same wheel without a network.
# Needs PyPI, for Zig and NumPy, and root on Debian or a relative, for a namespace without network and for a Python
# of aarch64. Output: build-wheels.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
work=$root/build-wheels
[ "$(uname -m)" = x86_64 ] || {
    echo "skipped: this is not an x86-64 machine"
    exit 77
}
[ $# -gt 0 ] || set -- x86_64
. tools/require.sh
packages="$packages python3-venv"
case " $* " in
*" aarch64 "*) packages="$packages qemu-user-static" ;;
esac
require_all
rm -rf "$work"/snnfe-* "$work/try"
sh tools/wheels.sh "$@"
mkdir -p "$work/try"
cd "$work/try"
offline() { unshare --net "$@"; }
alone() { offline env -i PATH=/nonexistent HOME=/nonexistent "$@"; }
refused() {
    reason=$1
    shift
    if "$@" >said 2>&1 || ! grep -q "$reason" said; then
        cat said
        echo "this was not refused as expected: $*" >&2
        exit 1
    fi
}

try_wheel() {
    wheel=$(echo "$work"/snnfe-*-py3-none-manylinux_2_28_"$1".whl)
    [ "$(stat -c %s "$wheel")" -lt 15000000 ] || {
        echo "$wheel has more than 15 MB" >&2
        exit 1
    }
    "try_$1"
}

try_x86_64() {
    python3 -m venv env
    env=$PWD/env/bin
    refused "No matching distribution found for numpy" offline "$env/pip" install --no-index "$wheel"
    "$env/pip" install --quiet --disable-pip-version-check "$wheel"
    alone "$env/python3" "$root/tests/packaging/first_decision.py"
    for program in "$env"/snnfe-*; do
        alone "$program" --help >/dev/null
    done
    alone "$env/snnfe-synth" recordings --subjects 1 --runs 4 >/dev/null

    unfit="is not a supported wheel on this platform"
    other=$(basename "$wheel" | sed 's/x86_64/aarch64/')
    cp "$wheel" "$other"
    refused "$unfit" "$env/pip" install --no-index --no-deps --force-reinstall "$other"
    "$env/python3" -m pip install --quiet --disable-pip-version-check "pip==19.3.1"
    refused "$unfit" "$env/python3" -m pip install --no-index --no-deps --force-reinstall "$wheel"
}

# A Python for aarch64 out of Debian's packages, which qemu runs.
try_aarch64() {
    mkdir -p system apt/lists/partial apt/cache/archives/partial
    apt() {
        apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User=root \
            -o Dir::State="$PWD/apt" -o Dir::State::status=/dev/null -o Dir::Cache="$PWD/apt/cache" "$@"
    }
    apt update
    apt download libc6 libgcc-s1 libstdc++6 zlib1g libexpat1 libffi8 libbz2-1.0 liblzma5 python3.11-minimal \
        libpython3.11-minimal libpython3.11-stdlib
    for package in *.deb; do
        dpkg --extract "$package" system
    done
    python3 -m pip install --quiet --disable-pip-version-check --target installed --only-binary :all: \
        --platform manylinux_2_28_aarch64 --platform manylinux2014_aarch64 --python-version 3.11 "$wheel"
    alone /usr/bin/env PYTHONPATH="$PWD/installed" /usr/bin/qemu-aarch64-static -L "$PWD/system" \
        "$PWD/system/usr/bin/python3.11" "$root/tests/packaging/first_decision.py"
}

# The files of a wheel but for the compiled ones and what lists them.
contents() {
    rm -rf "$2"
    python3 -m zipfile -e "$1" "$2"
    find "$2" \( -name 'lib*' -prune -o -path '*/_programs/*' -o -name RECORD -o -name WHEEL \) -o -type f -print |
        sed "s|^$2/||" | sort
}

for cpu in "$@"; do
    try_wheel "$cpu"
done
offline "$work/python/bin/pip" wheel --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation \
    -Csetup-args=--wrap-mode=forcefallback -w from-source "$work"/snnfe-*.tar.gz
contents "$wheel" wheel >wheel.txt
contents from-source/snnfe-*.whl from-source/files >source.txt
diff wheel.txt source.txt
while read -r file; do
    cmp "wheel/$file" "from-source/files/$file"
done <wheel.txt
echo "the wheels and the source distribution work: $*"
