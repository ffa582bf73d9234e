#!/bin/sh
# Fuzz every target for so many seconds each, $SNNFE_FUZZ_JOBS (default 2) at a time: run.sh SECONDS
# [TARGET…]. Needs Clang with its compiler-rt. Corpora grow in $SNNFE_FUZZ_CORPUS (default
# build-fuzz/corpus). Prints executions and edges of each; fails if an input fails, which is then in
# build-fuzz/finds.
set -eu
cd "$(dirname "$0")/../.."
. tools/require.sh
require_all
seconds=$1
shift
build="build-fuzz"
corpus=${SNNFE_FUZZ_CORPUS:-$build/corpus}
[ -f $build/build.ninja ] ||
    CC=clang meson setup $build -Dfuzz=true -Dbuildtype=debugoptimized -Ddefault_library=static \
        -Dprograms=false -Db_lundef=false -Db_sanitize=address,undefined \
        -Dc_args=-fsanitize=fuzzer-no-link >/dev/null
ninja -C $build >/dev/null
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT
CK_FORK=no $build/tests/fuzz/fuzz_seeds "$seeds" >/dev/null
rm -rf $build/logs
mkdir -p $build/finds $build/logs
[ $# -gt 0 ] || set -- brainvision cache checkpoint control device edf framing instrument options pth sidecar state tsv
fuzz() {
    mkdir -p "$corpus/$1"
    dictionary=
    [ ! -f "tests/fuzz/$1.dict" ] || dictionary=-dict=tests/fuzz/$1.dict
    regressions=
    [ ! -d "tests/fuzz/regressions/$1" ] || regressions=tests/fuzz/regressions/$1
    # shellcheck disable=SC2086 # either may be empty
    "$build/tests/fuzz/fuzz_$1" -max_total_time="$seconds" -timeout=20 -report_slow_units=20 -rss_limit_mb=2048 \
        -max_len=65536 -print_final_stats=1 -artifact_prefix="$build/finds/$1-" $dictionary \
        "$corpus/$1" "$seeds/$1" $regressions >"$build/logs/$1" 2>&1 || echo "$1" >>"$build/failed"
}
rm -f $build/failed
running=0
for target in "$@"; do
    fuzz "$target" &
    running=$((running + 1))
    if [ $running -eq "${SNNFE_FUZZ_JOBS:-2}" ]; then
        wait
        running=0
    fi
done
wait
for log in "$build"/logs/*; do
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    edges=$(grep -o 'cov: [0-9]*' "$log" | tail -n 1)
    echo "$(basename "$log"): ${executions:-?} executions, edges ${edges:-?}"
done
if [ -f $build/failed ]; then
    while read -r target; do
        echo "failed: $target; what it said, and its inputs' first 3000 bytes, gzip and base64:"
        grep -v '^#\|^INFO\|NEW_FUNC' "$build/logs/$target" | head -n 12
        for find in "$build/finds/$target"-*; do
            echo "$find: $(head -c 3000 "$find" | gzip -9 | base64 -w 0)"
        done
    done <$build/failed >&2
    echo "failed: $(tr '\n' ' ' <$build/failed)(see $build/logs and $build/finds)" >&2
    exit 1
fi
