#!/bin/bash
# What a shell knows of the programs: shell.sh PROGRAMS MANUALS COMPLETION. Every option that --help lists is in
# the manual page, which man reads without a warning, and is completed by bash, and so are choices. On a terminal
# the same words stay within its columns.
set -eu
programs=$1 manuals=$2 completion=$3
fail() {
    echo "FAILED: $*" >&2
    exit 1
}
options_of() { "$1" --help | sed -nE 's/^ +(--[a-z0-9_]+).*/\1/p'; }
has_manuals=
for page in "$manuals"/*.1; do
    [ ! -f "$page" ] || has_manuals=yes
done

check_manual() {
    local name said option
    name=$(basename "$1")
    if command -v man >/dev/null; then
        said=$(man --warnings=all --encoding=UTF-8 -l "$manuals/$name.1" 2>&1 >/dev/null)
        [ -z "$said" ] || fail "$name.1: $said"
    fi
    ! grep -q '???' "$manuals/$name.1" || fail "$name.1 lost characters beyond ASCII"
    for option in $(options_of "$1"); do
        # Pages write a hyphen that is not to be broken as \-, and change fonts.
        sed 's/\\f.//g; s/\\//g' "$manuals/$name.1" | grep -q -- "$option\b" || fail "$name.1 lacks $option"
    done
}

compopt() { :; } # it is for a shell that is completing
complete_with() { # PROGRAM PREVIOUS CURRENT
    # shellcheck disable=SC2034 # read by the completion
    COMP_WORDS=("$1" "$2" "$3") COMP_CWORD=2
    COMPREPLY=()
    _snnfe_complete "$1"
}

check_completion() {
    complete_with "$1" DATA --
    [ "$(printf '%s\n' "${COMPREPLY[@]}" | sort)" = "$(options_of "$1" | sort)" ] ||
        fail "$1: completes ${COMPREPLY[*]}"
    complete -p "$(basename "$1")" >/dev/null || fail "$1 has no completion"
}

words() { tr -s ' \r\n' ' '; }
check_terminal() {
    local widest
    script -qec "stty cols 90; '$1' --help" /dev/null | tr -d '\r' >"$shown"
    [ "$(words <"$shown")" = "$("$1" --help | words)" ] || fail "$1 --help has other words on a terminal"
    widest=$(awk '{ if (length > most) most = length } END { print most }' "$shown")
    [ "$widest" -lt 90 ] || fail "$1 --help has $widest columns on a terminal of 90"
}

bash -n "$completion"
# shellcheck disable=SC1090 # given by the caller
. "$completion"
if command -v script >/dev/null; then
    shown=$(mktemp)
    trap 'rm -f "$shown"' EXIT
    check_terminal "$programs/snnfe-pretrain"
fi
n=0
for program in "$programs"/snnfe-*; do
    if [ ! -f "$program" ] || [ ! -x "$program" ]; then
        continue
    fi
    [ -z "$has_manuals" ] || check_manual "$program"
    check_completion "$program"
    n=$((n + 1))
done
[ "$n" -eq 11 ] || fail "$n programs, not 11"
complete_with "$programs/snnfe-live" --windows ""
[ "${COMPREPLY[*]}" = "regular cued" ] || fail "windows are completed to ${COMPREPLY[*]}"
complete_with "$programs/snnfe-characterize" --policy ""
[ "${COMPREPLY[*]}" = "first nearest" ] || fail "policies are completed to ${COMPREPLY[*]}"
cd "$(dirname "$completion")"
complete_with "$programs/snnfe-live" DATA snnfe.
[ "${COMPREPLY[*]}" = "snnfe.bash" ] || fail "files are completed to ${COMPREPLY[*]}"
echo "$n programs${has_manuals:+, with manual pages}"
