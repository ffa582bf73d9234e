#!/bin/sh
# Test programs under ThreadSanitizer, with Clang: threads.sh [TEST…]; without arguments, those that take
# minutes, not hours. The BLAS is not instrumented; it is held to one thread, so that its own threads are
# none of this.
set -eu
cd "$(dirname "$0")/.."
. tools/require.sh
require_tests
build="build-tsan"
[ $# -gt 0 ] || set -- \
    test_kind test_text test_tensors test_output test_check test_fields test_file test_memory \
    test_philox test_pool test_sums test_kernels test_kernels_pulses test_lapack \
    test_annotations test_brainvision test_edf_channels test_edf_samples test_edf_variants \
    test_formats test_names test_sphere test_tsv test_control test_filter test_resample \
    test_spatial test_generators test_split test_bids test_electrodes test_envelope test_montage \
    test_quality test_refusals test_trial_ids test_cell_memory test_characterization test_device \
    test_device_arguments test_device_file test_device_hash test_fits test_forms \
    test_golden_device test_intervals test_limits test_measured test_lane test_network \
    test_provenance test_adam test_evaluation test_familiar test_personalize test_determinism \
    test_extremes test_learner_threads abi/test_host
[ -f $build/build.ninja ] ||
    CC=clang meson setup $build -Dbuildtype=debugoptimized -Db_sanitize=thread -Db_lundef=false \
        -Dprograms=false -Ddefault_library=static >/dev/null
export OPENBLAS_NUM_THREADS=1 TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for name in "$@"; do
    program=tests/$name
    ninja -C $build "$program" >/dev/null
    if ! CK_DEFAULT_TIMEOUT=600 CK_TIMEOUT_MULTIPLIER=10 $build/"$program" >"$log" 2>&1; then
        cat "$log" >&2
        echo "threads.sh: $program failed" >&2
        exit 1
    fi
    echo "$name: $(tail -n 1 "$log")"
done
