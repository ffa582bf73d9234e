#!/bin/sh
# The seeds of a fuzz target, what once failed, and seeded mutations of both:
# replay.sh SEEDS TARGET NAME REGRESSIONS
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
CK_FORK=no "$1" "$folder" >/dev/null
"$2" -n "${SNNFE_FUZZ_MUTATIONS:-300}" "$folder/$3"
[ ! -d "$4/$3" ] || "$2" -n "${SNNFE_FUZZ_MUTATIONS:-300}" "$4/$3"
