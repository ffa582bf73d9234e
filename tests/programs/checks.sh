# shellcheck shell=sh
# Sourced by the tests of the programs: to fail with a message, and has FILE TEXT.
fail() {
    echo "FAILED: $*" >&2
    exit 1
}
has() {
    grep -qF -- "$2" "$1" || { cat "$1" >&2; fail "\"$2\" is not in $1"; }
}
