#!/bin/sh
# Write lib/snnfe.map from the public headers: every function that SNNFE_API marks.
set -eu
cd "$(dirname "$0")/.."
{
    printf 'SNNFE_0 {\n    global:\n'
    cat include/snnfe/*.h | tr '\n' ' ' | grep -oE 'SNNFE_API [a-z_0-9 ]+[ *]+snnfe_[a-z0-9_]+\(' |
        sed -E 's/.*(snnfe_[a-z0-9_]+)\($/        \1;/' | sort
    printf '    local:\n        *;\n};\n'
} >lib/snnfe.map
