# shellcheck shell=sh
# Sourced by the tests of the programs: to fail with a message, has FILE TEXT, and
# ends EXIT_CODE MESSAGE COMMAND…
fail() {
    echo "FAILED: $*" >&2
    exit 1
}
has() {
    grep -qF -- "$2" "$1" || { cat "$1" >&2; fail "\"$2\" is not in $1"; }
}
ends() {
    code=$1 message=$2
    shift 2
    status=0
    "$@" >out 2>err || status=$?
    [ "$status" -eq "$code" ] || { cat err >&2; fail "$*: exit code $status, not $code"; }
    has err "$message"
}
