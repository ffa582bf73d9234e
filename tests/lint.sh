#!/bin/sh
# clang-tidy (.clang-tidy) and cppcheck (tests/lint/cppcheck.txt) over the library, and its format.
# Needs clang-tidy, clang-format and cppcheck.
set -eu
cd "$(dirname "$0")/.."
. tools/require.sh
require_all
build="build-lint"
[ -f $build/build.ninja ] ||
    meson setup $build -Dtests=false -Dprograms=false -Ddefault_library=static >/dev/null
status=0
cppcheck -j "$(nproc)" --enable=warning,performance,portability --std=c11 -Iinclude -Ilib --error-exitcode=1 \
    --quiet --suppressions-list=tests/lint/cppcheck.txt --suppress=missingIncludeSystem \
    -DSNNFE_API= lib || status=1
# The kernels' sources are vector code that is compiled once per instruction set.
git ls-files 'lib/*.c' | grep -v lib/kernels/kernel_ |
    xargs -P "$(nproc)" -n 8 clang-tidy -p $build --quiet 2>/dev/null || status=1
git ls-files '*.c' '*.h' '*.cpp' | xargs -P "$(nproc)" -n 40 clang-format --dry-run -Werror || status=1
[ $status -eq 0 ] && echo "nothing to complain about"
exit $status
