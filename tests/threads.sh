#!/bin/sh
# The tests that use threads under ThreadSanitizer, with Clang: threads.sh [TEST…]. The BLAS is not
# instrumented; it is held to one thread, so that its own threads are none of this.
set -eu
cd "$(dirname "$0")/.."
. tools/require.sh
require_tests
build="build-tsan"
[ $# -gt 0 ] || set -- test_pool test_determinism test_extremes test_personalize \
    test_learner_threads
[ -f $build/build.ninja ] ||
    CC=clang meson setup $build -Dbuildtype=debugoptimized -Db_sanitize=thread -Db_lundef=false \
        -Dprograms=false -Ddefault_library=static >/dev/null
export OPENBLAS_NUM_THREADS=1 TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
for name in "$@"; do
    program=tests/$name
    ninja -C $build "$program" >/dev/null
    CK_DEFAULT_TIMEOUT=600 CK_TIMEOUT_MULTIPLIER=10 $build/"$program" | tail -n 1
done
