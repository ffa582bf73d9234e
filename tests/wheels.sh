#!/bin/sh
# The wheel for x86-64, built and tried where there is no compiler, no network and no library but the C
# library: the package decides, its programs start, a wheel for another processor is refused in words. Needs
# PyPI, for Zig and NumPy, and root, for a namespace without network. Output: build-wheels.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
work=$root/build-wheels
[ "$(uname -m)" = x86_64 ] || {
    echo "skipped: this is not an x86-64 machine"
    exit 77
}
rm -rf "$work"/*.whl "$work/try"
sh tools/wheels.sh x86_64
wheel=$(echo "$work"/snnfe-*-py3-none-manylinux_2_28_x86_64.whl)
[ "$(stat -c %s "$wheel")" -lt 15000000 ] || {
    echo "$wheel has more than 15 MB" >&2
    exit 1
}
mkdir -p "$work/try"
python3 -m venv "$work/try/env"
"$work/try/env/bin/pip" install --quiet --disable-pip-version-check "$wheel"
env=$work/try/env/bin
alone() { unshare --net env -i PATH=/nonexistent HOME=/nonexistent "$@"; }
cd "$work/try"
alone "$env/python3" "$root/tests/packaging/first_decision.py"
for program in "$env"/snnfe-*; do
    alone "$program" --help >/dev/null
done
alone "$env/snnfe-synth" recordings --subjects 1 --runs 4 >/dev/null
other=$(echo "$wheel" | sed 's/x86_64/aarch64/')
cp "$wheel" "$work/try/$(basename "$other")"
if "$env/pip" install --no-index --no-deps --force-reinstall "$work/try/$(basename "$other")" >said 2>&1 ||
    ! grep -q "is not a supported wheel on this platform" said; then
    cat said
    echo "a wheel for another processor was not refused" >&2
    exit 1
fi
echo "the wheel works"
