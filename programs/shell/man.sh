#!/bin/sh
# A program's manual page from its --help: man.sh HELP2MAN PROGRAM OUTPUT
set -eu
about=$("$2" --help | awk 'NR > 1 && NF { sub(/ \(.*|\.( .*)?$/, ""); print; exit }')
"$1" --locale=C.UTF-8 --no-info --section=1 --name="$about" --source=libsnnfe --manual="libsnnfe" --output="$3" "$2"
