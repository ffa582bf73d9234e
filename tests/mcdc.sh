#!/bin/sh
# Modified condition/decision coverage of the parsers of foreign files, by the tests that read such files and
# the seeds of the fuzz targets with their mutations: mcdc.sh. Each condition of a decision has to have
# changed its outcome alone. Needs Clang 18 or newer with its runtime and tools (Debian: clang-19 libclang-rt-19-dev
# llvm-19; $SNNFE_LLVM is the suffix, "-19" by default). Details: build-mcdc/mcdc.txt.
set -eu
cd "$(dirname "$0")/.."
. tools/require.sh
require_tests
llvm="${SNNFE_LLVM--19}"
build="build-mcdc"
[ -f $build/build.ninja ] ||
    CC="clang$llvm" LLVM_PROFILE_FILE=/dev/null meson setup $build -Dbuildtype=debug -Doptimization=1 -Dprograms=false \
        -Dc_args='-fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc -Wno-everything' \
        -Dc_link_args=-fprofile-instr-generate >/dev/null
tests="test_annotations test_bad_recordings test_bids test_brainvision test_edf_channels test_edf_variants test_formats \
test_montage test_names test_recordings test_tsv fuzz/fuzz_brainvision fuzz/fuzz_edf fuzz/fuzz_sidecar fuzz/fuzz_tsv"
targets=
for test in $tests fuzz/fuzz_seeds; do
    targets="$targets tests/$test"
done
# shellcheck disable=SC2086 # a list of names
ninja -C $build $targets >/dev/null
rm -rf $build/profiles $build/seeds
mkdir $build/profiles $build/seeds
CK_FORK=no LLVM_PROFILE_FILE=/dev/null $build/tests/fuzz/fuzz_seeds $build/seeds >/dev/null
objects=
for test in $tests; do
    objects="${objects:+$objects -object }$build/tests/$test"
    name=$(basename "$test")
    arguments=
    [ "$name" = "$test" ] || arguments="-n 300 $build/seeds/${name#fuzz_}"
    # shellcheck disable=SC2086 # a list of words
    CK_TIMEOUT_MULTIPLIER=20 LLVM_PROFILE_FILE="$build/profiles/$name-%p.profraw" $build/tests/"$test" $arguments >$build/tests.txt 2>&1 ||
        { cat $build/tests.txt >&2; exit 1; }
done
"llvm-profdata$llvm" merge -sparse -o $build/all.profdata $build/profiles/*.profraw
rm -r $build/profiles
files="lib/recording/edf_header.c lib/recording/edf_identity.c lib/recording/edf_annotations.c lib/recording/tsv.c \
lib/recording/bids_name.c lib/recording/channels.c lib/recording/electrodes.c lib/recording/ini.c \
lib/recording/brainvision_header.c lib/recording/brainvision_markers.c lib/dataset/bids_json.c"
# shellcheck disable=SC2086 # lists of words
"llvm-cov$llvm" show --show-mcdc --instr-profile=$build/all.profdata \
    $objects $files >$build/mcdc.txt
# shellcheck disable=SC2086 # lists of words
"llvm-cov$llvm" report --show-mcdc-summary --instr-profile=$build/all.profdata \
    $objects $files
