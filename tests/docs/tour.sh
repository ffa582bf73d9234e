#!/bin/sh
# The tour runs to its end and draws its pictures: tour.sh PYTHON LIBRARY SOURCE_ROOT
set -eu
SNNFE_LIBRARY=$(realpath "$2")
PYTHONPATH=$3/bindings/python
export SNNFE_LIBRARY PYTHONPATH PYTHONDONTWRITEBYTECODE=1 MPLBACKEND=Agg
if ! "$1" -c 'import numpy, matplotlib' 2>/dev/null; then
    echo "skipped: $1 lacks numpy or matplotlib"
    exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"$1" "$3/docs/tour.py" 2>progress | tee output || { cat progress; exit 1; }
grep -qE '^subject [0-9]+, first trial: (left|right), p = ' output
for picture in 1-trial 2-pretraining 3-device 4-personalized 5-operations; do
    [ -s "tour/$picture.png" ]
done
