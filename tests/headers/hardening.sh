#!/bin/sh
# What is linked cannot be changed after it is loaded, has no executable stack, and checks its stack and
# its copies: hardening.sh CPU_FAMILY OPTIMIZATION FILE…
set -eu
cpu=$1 optimization=$2
shift 2
status=0
complain() {
    echo "$1: $2" >&2
    status=1
}
for file in "$@"; do
    segments=$(readelf -lW "$file")
    echo "$segments" | grep -q GNU_RELRO || complain "$file" "no RELRO"
    echo "$segments" | grep 'GNU_STACK' | grep -q 'RW ' || complain "$file" "the stack is executable"
    readelf -dW "$file" | grep -qE 'BIND_NOW|Flags:.* NOW' || complain "$file" "names are bound late"
    readelf -hW "$file" | grep -qE 'Type: +DYN' || complain "$file" "not position-independent"
    # A small program may have no array on its stack and no copy to check.
    names=$(nm -D --undefined-only "$file")
    case $file in
    *.so*)
        echo "$names" | grep -q ' __stack_chk_fail' || complain "$file" "no stack protector"
        ;;
    esac
    case $optimization:$file in
    0:* | plain:*) ;;
    *.so*) echo "$names" | grep -qE '_chk@' || complain "$file" "nothing is fortified" ;;
    esac
    if [ "$cpu" = x86_64 ]; then
        # The compiler writes the mark into each object; one object without it takes it from the whole.
        objdump -d --section=.text "$file" 2>/dev/null | grep -qm1 endbr64 ||
            complain "$file" "no marks for indirect branches (CET)"
    fi
done
echo "$# files"
exit $status
