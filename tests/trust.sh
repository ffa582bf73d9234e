#!/bin/sh
# The fast part of what docs/reliability.md lists, beyond the tests that every build runs: trust.sh.
# $SNNFE_FUZZ_SECONDS a fuzz target (default 45), $SNNFE_SOAK_MINUTES of random tests (default 60). Ends
# with "N passed, N failed, 0 skipped".
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0 failures=
step() {
    echo "== $*"
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        failures="$failures
FAILED: $*"
    fi
}
step sh tests/abi/check.sh
step sh tests/lint.sh
step sh tests/packaging.sh
step sh tests/wheels.sh x86_64 aarch64
step sh tests/debian.sh
step sh tests/cross.sh
step sh tests/numbers/equal.sh
step sh tests/numbers/foreign.sh
step sh tests/threads.sh
step sh tests/valgrind.sh
step sh tests/coverage.sh
step sh tests/populations.sh
step sh tests/soak.sh "${SNNFE_SOAK_MINUTES:-60}"
step sh tests/fuzz/run.sh "${SNNFE_FUZZ_SECONDS:-45}"
echo "$failures"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
