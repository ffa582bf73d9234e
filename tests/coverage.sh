#!/bin/sh
# Line and branch coverage of lib/ by all tests: coverage.sh. Fails below 98 % of the lines or 95 % of
# the branches. Details: build-coverage/coverage.txt. Needs gcovr. What is not covered, and why:
# docs/reliability.md.
set -eu
cd "$(dirname "$0")/.."
. tools/require.sh
require_tests
build="build-coverage"
# The README's program is built outside and would need the coverage runtime.
[ -f $build/build.ninja ] ||
    meson setup $build -Dbuildtype=debug -Doptimization=1 -Db_coverage=true >/dev/null
ninja -C $build >/dev/null
meson test -C $build --no-rebuild --no-suite headers --timeout-multiplier 3 >$build/tests.txt 2>&1 ||
    { cat $build/tests.txt >&2; exit 1; }
gcovr --root . --filter lib/ --gcov-ignore-parse-errors --txt $build/coverage.txt \
    --print-summary --fail-under-line 98 --fail-under-branch 95 $build
