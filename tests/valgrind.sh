#!/bin/sh
# Test programs under valgrind's memcheck, which sees the use of values that were never set:
# valgrind.sh [TEST:FOLDER…]. It knows no AVX-512: the AVX2 kernels are used. Without arguments, those
# that take minutes, not hours.
set -eu
cd "$(dirname "$0")/.."
. tools/require.sh
require_all
build="build-valgrind"
[ $# -gt 0 ] || set -- \
    test_file:base test_memory:base test_philox:base test_pool:base test_tensors:base \
    test_filter:dataset test_generators:dataset test_split:dataset \
    test_device:device test_device_file:device test_golden_device:device \
    test_kernels:kernels test_kernels_backward:kernels test_network:network \
    test_adam:trainer test_checkpoint:trainer test_device_training:trainer test_evaluation:trainer \
    test_group:trainer test_personalize:trainer test_train_log:trainer test_trainer_options:trainer \
    test_training_course:trainer test_decoder_file:decoder test_learner_file:decoder \
    test_report:report
[ -f $build/build.ninja ] ||
    meson setup $build -Dbuildtype=debugoptimized -Dprograms=false -Ddefault_library=static >/dev/null
ninja -C $build >/dev/null
export CK_FORK=no CK_DEFAULT_TIMEOUT=0 OPENBLAS_NUM_THREADS=1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for pair in "$@"; do
    program=$build/tests/${pair#*:}/${pair%:*}
    if ! valgrind -q --error-exitcode=1 --leak-check=full --fair-sched=yes \
        --errors-for-leak-kinds=definite,indirect "$program" >"$log" 2>&1; then
        cat "$log" >&2
        echo "valgrind.sh: $program failed" >&2
        exit 1
    fi
    echo "${pair%:*}: $(tail -n 1 "$log")"
done
