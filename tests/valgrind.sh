#!/bin/sh
# Test programs under valgrind's memcheck, which sees the use of values that were never set:
# valgrind.sh [TEST…]. It knows no AVX-512: the AVX2 kernels are used. Without arguments, those
# that take minutes, not hours.
set -eu
cd "$(dirname "$0")/.."
. tools/require.sh
require_tests
build="build-valgrind"
[ $# -gt 0 ] || set -- \
    test_check test_fields test_text test_sums test_parts test_kernels_pulses \
    test_names test_tsv test_sphere test_spatial \
    test_file test_memory test_philox test_pool test_tensors test_output test_kind \
    test_filter test_generators test_split \
    test_device test_device_file test_golden_device \
    test_kernels test_kernels_backward test_network \
    test_adam test_checkpoint test_device_training test_evaluation \
    test_group test_personalize test_train_log test_trainer_options \
    test_training_course test_decoder_file test_learner_file \
    test_report test_edf_samples test_edf_channels test_edf_variants test_brainvision test_formats test_bids test_refusals test_provenance \
    test_lapack test_lapack_builtin test_notch test_resample test_bad_recordings test_saved_dataset test_concatenate \
    test_population
[ -f $build/build.ninja ] ||
    meson setup $build -Dbuildtype=debugoptimized -Dprograms=false -Ddefault_library=static >/dev/null
ninja -C $build >/dev/null
export CK_FORK=no CK_DEFAULT_TIMEOUT=0 OPENBLAS_NUM_THREADS=1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for name in "$@"; do
    program=$build/tests/$name
    if ! valgrind -q --error-exitcode=1 --leak-check=full --fair-sched=yes \
        --errors-for-leak-kinds=definite,indirect "$program" >"$log" 2>&1; then
        cat "$log" >&2
        echo "valgrind.sh: $program failed" >&2
        exit 1
    fi
    echo "$name: $(tail -n 1 "$log")"
done
