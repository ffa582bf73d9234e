#!/bin/sh
# The 95 % intervals of populations cover the simulated truth: populations.sh [REPETITIONS], 1000 without.
set -eu
cd "$(dirname "$0")/.."
. tools/require.sh
require_tests
build="build-soak"
[ -f $build/build.ninja ] || meson setup $build -Dbuildtype=release -Dprograms=false >/dev/null
ninja -C $build tests/test_population >/dev/null
SNNFE_COVERAGE_REPETITIONS=${1:-1000} $build/tests/test_population
