#!/bin/sh
# One file of the Python package's tests with a library that is not installed:
# run.sh PYTHON LIBRARY TEST_FILE. Exits with 77, "skipped", if anything in it was skipped.
set -eu
python=$1
SNNFE_LIBRARY=$(realpath "$2")
file=$3
package=$(dirname "$(dirname "$file")")
# Tests run side by side: a BLAS whose threads wait for each other takes three times as long. The library sees to
# its own.
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
export SNNFE_LIBRARY PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$package${PYTHONPATH:+:$PYTHONPATH}"
missing=$("$python" -c '
import importlib.util
names = "numpy pytest mypy sklearn pyriemann matplotlib pandas mne mne_bids tqdm safetensors".split()
print(*(name for name in names if importlib.util.find_spec(name) is None))')
if [ -n "$missing" ]; then
    echo "skipped: $python lacks $missing; pip install numpy pytest mypy scikit-learn pyriemann matplotlib pandas mne mne-bids tqdm safetensors"
    exit 77
fi
cd "$package"
output=$(mktemp)
trap 'rm -f "$output"' EXIT
status=0
"$python" -m pytest -q -rs -p no:cacheprovider "$file" >"$output" 2>&1 || status=$?
cat "$output"
[ "$status" -eq 0 ] || [ "$status" -eq 5 ] || exit "$status" # 5: the whole file was skipped
if tail -n 1 "$output" | grep -q skipped; then
    exit 77
fi
