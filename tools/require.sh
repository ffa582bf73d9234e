# shellcheck shell=sh
# Sourced by the scripts: require_all installs what the build needs and lacks, require_tests what the tests do,
# too, on Debian and its relatives; elsewhere they say what is missing.

packages="gcc libc6-dev meson ninja-build pkg-config libedf-dev libkissfft-dev libjansson-dev \
libcminpack-dev libopenblas-dev"
test_packages="check cmake g++ locales python3-venv valgrind"

missing_packages() {
    for package in $1; do
        dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed$' ||
            printf '%s ' "$package"
    done
}

# Any meson and ninja will do, from wherever they come.
drop_found() {
    for package in $1; do
        case $package in
        'meson') command -v meson >/dev/null && continue ;;
        'ninja-build') command -v ninja >/dev/null && continue ;;
        'gcc') command -v cc >/dev/null && continue ;;
        'pkg-config') command -v pkg-config >/dev/null && continue ;;
        'cmake') command -v cmake >/dev/null && continue ;;
        'python3-venv') python3 -c 'import ensurepip' 2>/dev/null && continue ;;
        esac
        printf '%s ' "$package"
    done
}

say_what_to_install() {
    echo "$1" >&2
    echo "Please install, as root:" >&2
    echo "    apt-get install $2" >&2
    exit 1
}

require_tests() {
    packages="$packages $test_packages"
    require_all
}

require_all() {
    if ! command -v dpkg-query >/dev/null; then
        for tool in cc meson ninja pkg-config; do
            command -v "$tool" >/dev/null || {
                echo "$tool is missing. This script installs packages on Debian only; elsewhere," >&2
                echo "install: a C compiler, Meson 1.0.1, Ninja, pkg-config, EDFlib, kissfft (float)," >&2
                echo "Jansson, cminpack, OpenBLAS or BLIS; for the tests Check, CMake, valgrind." >&2
                exit 1
            }
        done
        return
    fi
    missing=$(drop_found "$(missing_packages "$packages")")
    [ -n "$missing" ] || return 0
    [ "$(id -u)" -eq 0 ] || say_what_to_install "Packages are missing, and this is not root." "$missing"
    echo "installing: $missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq || say_what_to_install "The package lists cannot be fetched." "$missing"
    # shellcheck disable=SC2086 # a list of names
    apt-get install -y -qq $missing >/dev/null ||
        say_what_to_install "Packages cannot be installed." "$missing"
}

# Builds the programs, which are then in the folder $bin.
build_programs() {
    require_all
    [ -f build-release/build.ninja ] ||
        meson setup build-release --buildtype=release -Dtests=false >/dev/null
    ninja -C build-release >/dev/null
    # shellcheck disable=SC2034 # for the script that sources this
    bin=build-release/programs
}
