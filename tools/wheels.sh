#!/bin/sh
# A source distribution of the last commit, with the sources of the libraries in subprojects/ (tools/sources.sh), and
# from it self-contained wheels for Linux with a C library from 2018 on: wheels.sh [x86_64] [aarch64]; into
# build-wheels. Needs Python 3.10 or later with pip, and a C compiler for the source distribution; the wheels are
# compiled with Zig and have BLAS from the package scipy-openblas32.
set -eu
cd "$(dirname "$0")/.."
. tools/zig.sh
for cpu in "${@:-x86_64}"; do
    case $cpu in
    x86_64 | aarch64) ;;
    *) echo "$cpu: wheels are built for x86_64 and aarch64" >&2; exit 1 ;;
    esac
done
sh tools/sources.sh
work=$PWD/build-wheels
mkdir -p "$work"
zig_install "$work/python"
logged() {
    log=$1
    shift
    "$@" >"$log" 2>&1 || {
        tail -n 40 "$log" >&2
        echo "failed: $*; all that was said is in $log" >&2
        exit 1
    }
}

rm -rf "$work/source"
logged "$work/log" "$zig_python" -m build --sdist --no-isolation -o "$work/source" \
    -Csetup-args=--wrap-mode=forcefallback -Csetup-args=-Dlsl=disabled .
tar -xf "$work/source"/snnfe-*.tar.gz -C "$work/source"
mv "$work/source"/snnfe-*.tar.gz "$work"

# The package scipy-openblas32, unpacked, as pkg-config's openblas.
get_blas() {
    "$zig_python" -m pip download --quiet --no-deps --only-binary :all: --disable-pip-version-check \
        --platform "manylinux_2_28_$1" --platform "manylinux2014_$1" -d "$work/$1" scipy-openblas32
    "$zig_python" -m zipfile -e "$work/$1"/scipy_openblas32-*.whl "$work/$1/blas"
    cat >"$work/$1/openblas.pc" <<END
Name: openblas
Description: OpenBLAS
Version: 0.3
Libs: -L$blas/lib -lscipy_openblas
Cflags: -I$blas/include -DBLAS_SYMBOL_PREFIX=scipy_
END
}

for cpu in "${@:-x86_64}"; do
    rm -rf "${work:?}/$cpu"
    mkdir -p "$work/$cpu/blas"
    blas=$work/$cpu/blas/scipy_openblas32
    get_blas "$cpu"
    zig_target "$work/$cpu" "$cpu" linux "$cpu-linux-gnu.2.28"
    logged "$work/$cpu/log" env "_PYTHON_HOST_PLATFORM=linux-$cpu" "$zig_python" -m build --wheel --no-isolation \
        -o "$work/$cpu/plain" -Csetup-args=--cross-file="$work/$cpu/cross.txt" \
        -Csetup-args=--wrap-mode=forcefallback -Csetup-args=-Dblas=openblas -Csetup-args=-Dlsl=disabled \
        -Csetup-args=-Dc_link_args=-s "$work/source"/snnfe-*
    # The package is of ctypes: one wheel serves every Python 3.
    "$zig_python" -m wheel tags --remove --python-tag py3 --abi-tag none "$work/$cpu"/plain/snnfe-*.whl >/dev/null
    logged "$work/$cpu/log" env LD_LIBRARY_PATH="$blas/lib" "$zig_python" -m auditwheel repair \
        -w "$work/$cpu/repaired" "$work/$cpu"/plain/snnfe-*.whl
    wheel=$(echo "$work/$cpu"/repaired/snnfe-*-py3-none-manylinux_2_28_"$cpu".whl)
    "$zig_python" -m auditwheel show "$wheel" | tr '\n' ' ' | grep -o "platform tag: \"manylinux_2_28_$cpu\""
    mv "$wheel" "$work"
done
ls -l "$work"/snnfe-*
