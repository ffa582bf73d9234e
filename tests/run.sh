#!/bin/sh
# Build and run all tests: `sh tests/run.sh [BUILD_DIR [MESON_OPTION …]]`. Ends with a line
# "N passed, N failed, N skipped". Reference material: $SNNFE_SHARED (default ../shared).
set -eu
cd "$(dirname "$0")/.."
. tools/require.sh
require_all

build=${1:-build-tests}
[ $# -eq 0 ] || shift
[ -f "$build/build.ninja" ] || meson setup "$build" -Dbuildtype=release "$@" >/dev/null
ninja -C "$build" >/dev/null
status=0
meson test -C "$build" --no-rebuild --print-errorlogs || status=$?
log=$build/meson-logs/testlog.json
count() { grep -cE "\"result\": \"($1)\"" "$log" || true; }
failed=$(count 'FAIL|ERROR|TIMEOUT|INTERRUPT|UNEXPECTEDPASS')
echo "$(count OK) passed, $failed failed, $(count SKIP) skipped"
[ "$status" -eq 0 ] || exit "$status"
[ "$failed" -eq 0 ]
