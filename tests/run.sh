#!/bin/sh
# Build and run all tests: `sh tests/run.sh [--offline] [BUILD_DIR [MESON_OPTION …]]`. Ends with a line
# "N passed, N failed, N skipped". The Python packages that tests need are installed into an environment
# below the build folder. Tests that are left out are listed with the reason. It fails if that is something
# that can be installed, unless --offline says that there is no network; reference material ($SNNFE_SHARED,
# default ../shared) cannot.
set -eu
cd "$(dirname "$0")/.."
. tools/require.sh
offline=
[ "${1:-}" != --offline ] || {
    offline=yes
    shift
}
[ -n "$offline" ] || require_tests

build=${1:-build-tests}
[ $# -eq 0 ] || shift
. tests/python_environment.sh
python=$(test_python "$build" ${offline:+--offline})
if [ -f "$build/build.ninja" ]; then
    meson configure "$build" -Dtest_python="$python"
else
    meson setup "$build" -Dbuildtype=release -Dtest_python="$python" "$@" >/dev/null
fi
ninja -C "$build" >"$build/ninja.txt" || {
    cat "$build/ninja.txt"
    exit 1
}
status=0
meson test -C "$build" --no-rebuild --print-errorlogs || status=$?
python3 tests/left_out.py "$build/meson-logs/testlog.json" ${offline:+--offline} || status=1
exit "$status"
