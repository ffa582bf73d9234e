#!/bin/sh
# Test programs under ThreadSanitizer, with Clang: threads.sh [TEST…]; without arguments, all but those
# that are left out below. The BLAS is not instrumented; it is held to one thread, so that its own threads
# are none of this.
set -eu
cd "$(dirname "$0")/.."
. tools/require.sh
require_tests
build="build-tsan"
[ -f $build/build.ninja ] ||
    CC=clang meson setup $build -Dbuildtype=debugoptimized -Db_sanitize=thread -Db_lundef=false \
        -Dprograms=false -Ddefault_library=static >/dev/null

# decoder_realtime puts itself in the place of the locks that ThreadSanitizer has to see. The others take
# hours: every request for memory, every system call, every byte of every file, whole published networks.
left_out='decoder_realtime|published|allocation|system_calls|writes|damaged_parts'
if [ $# -eq 0 ]; then
    programs=$(ninja -C $build -t targets all | sed -n 's#^\(tests/.*test_[a-z_0-9]*\): c_LINKER#\1#p' |
        grep -Ev "/test_($left_out)$")
    # shellcheck disable=SC2086 # a list of names
    set -- $programs
else
    left_out=nothing
fi
export OPENBLAS_NUM_THREADS=1 TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
export CK_DEFAULT_TIMEOUT=600 CK_TIMEOUT_MULTIPLIER=10
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for program in "$@"; do
    program=tests/${program#tests/}
    ninja -C $build "$program" >/dev/null
    if ! $build/"$program" >"$log" 2>&1; then
        cat "$log" >&2
        echo "threads.sh: $program failed" >&2
        exit 1
    fi
    echo "$(basename "$program"): $(tail -n 1 "$log")"
done
echo "left out: $left_out"
