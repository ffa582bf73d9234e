#!/bin/sh
# The random tests with new seeds until the time is over: soak.sh [MINUTES], an hour without. Ends at the
# first failure, with its seed.
set -eu
cd "$(dirname "$0")/.."
. tools/require.sh
require_tests
minutes=${1:-60}
build="build-soak"
tests="test_saved test_decoder_sessions test_extremes test_agreement test_guard"
[ -f $build/build.ninja ] || meson setup $build -Dbuildtype=release -Dprograms=false >/dev/null
for name in $tests; do
    ninja -C $build "tests/$name" >/dev/null
done
log=$(mktemp)
trap 'rm -f "$log"' EXIT
end=$(($(date +%s) + minutes * 60))
first=${SNNFE_TEST_SEED:-$end}
seed=$first
while :; do
    for name in $tests; do
        # Patiently: it also runs where others leave it little of the processor.
        if ! SNNFE_TEST_SEED=$seed CK_DEFAULT_TIMEOUT=60 CK_TIMEOUT_MULTIPLIER=20 \
            $build/tests/"$name" >"$log" 2>&1; then
            cat "$log"
            echo "$name failed: SNNFE_TEST_SEED=$seed"
            exit 1
        fi
        [ "$(date +%s)" -lt "$end" ] || break 2
    done
    seed=$((seed + 1))
done
echo "$minutes minutes, seeds $first to $seed: no failure"
