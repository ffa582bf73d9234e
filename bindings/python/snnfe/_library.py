"""Find the shared library, check that it fits, and declare its functions."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import platform
import sys
from pathlib import Path
from typing import Any

from ._declarations import CONSTANTS, FUNCTIONS
from .errors import BY_STATUS, InternalError

_NEEDED = (CONSTANTS["SNNFE_VERSION_MAJOR"], CONSTANTS["SNNFE_VERSION_MINOR"])
_SONAME = f"libsnnfe.{_NEEDED[0]}.dylib" if sys.platform == "darwin" else f"libsnnfe.so.{_NEEDED[0]}"


def _candidates() -> list[str]:
    """Where to look: what the user names, the wheel's own, the system's."""
    named = os.environ.get("SNNFE_LIBRARY")
    if named:
        return [named]
    bundled = Path(__file__).with_name(_SONAME)
    return ([str(bundled)] if bundled.exists() else []) + [_SONAME]


# What the library needs, by the beginning of the file's name, and the package that has it.
_PACKAGES = {
    "libopenblas": "libopenblas0",
    "libblis": "libblis4",
    "libedf": "libedf1",
    "libkissfft": "libkissfft-float131",
    "libjansson": "libjansson4",
    "libcminpack": "libcminpack1",
}


def _processor(path: str) -> bytes:
    """What an ELF file says of its processor; b"" for other files."""
    try:
        with open(path, "rb") as file:
            head = file.read(20)
    except OSError:
        return b""
    return head[4:6] + head[18:20] if head.startswith(b"\x7fELF") else b""


def _is_for_another_processor(path: str) -> bool:
    """Whether the loader passes over a file, as if it were not there, since its processor is not Python's."""
    theirs, ours = _processor(path), _processor(sys.executable)
    return bool(theirs and ours) and theirs != ours


def _advice(reasons: list[str]) -> str:
    """What to do, by what the loader said last."""
    path, said = reasons[-1].split(": ", 1)
    for file, package in _PACKAGES.items():
        if said.startswith(file):
            return f"{file} is missing. On Debian and its relatives: apt-get install {package}"
    if "GLIBC_" in said:
        return "This system's C library is too old for it: build the package here, pip install ./bindings/python"
    if _is_for_another_processor(path) or "incompatible architecture" in said or "invalid ELF header" in said:
        return f"It is for another processor than this Python's ({platform.machine()}): install the wheel of this one."
    return (
        "Install libsnnfe, set SNNFE_LIBRARY to the path of libsnnfe.so, or install this package with the "
        "library built in: pip install ./bindings/python"
    )


def _load() -> tuple[ctypes.CDLL, str]:
    reasons = []
    for candidate in _candidates():
        try:
            return ctypes.CDLL(candidate), candidate
        except OSError as error:
            reasons.append(f"{candidate}: {error}")
    raise ImportError(f"snnfe: the C library cannot be loaded ({'; '.join(reasons)}). {_advice(reasons)}")


def check_version(version: int, path: str) -> None:
    """Raise ImportError unless a library of `version` serves this package."""
    found = (version // 10000, version // 100 % 100)
    if found[0] != _NEEDED[0] or found[1] < _NEEDED[1]:
        raise ImportError(
            f"snnfe: {path} is libsnnfe {found[0]}.{found[1]}, but this package needs "
            f"{_NEEDED[0]}.{_NEEDED[1]} or a later {_NEEDED[0]}.x. Install package and library of "
            "the same version, or set SNNFE_LIBRARY to the path of a fitting libsnnfe.so."
        )


def _bind(library: ctypes.CDLL, path: str) -> dict[str, Any]:
    try:
        version = library.snnfe_version
    except AttributeError:
        raise ImportError(f"snnfe: {path} is not libsnnfe (it has no snnfe_version)") from None
    version.restype, version.argtypes = FUNCTIONS["snnfe_version"]
    check_version(version(), path)
    bound = {}
    for name, (result, arguments) in FUNCTIONS.items():
        try:
            function = getattr(library, name)
        except AttributeError:
            raise ImportError(
                f"snnfe: {path} lacks {name}: it is older than this package. Install package and "
                "library of the same version."
            ) from None
        function.restype, function.argtypes = result, arguments
        bound[name] = function
    return bound


_library, LIBRARY_PATH = _load()
FUNCTION = _bind(_library, LIBRARY_PATH)


def call(name: str, *arguments: Any) -> None:
    """Call a function that returns a status; raise the status's exception.

    ctypes releases the GIL for the time of the call.
    """
    status = FUNCTION[name](*arguments)
    if status:
        raise BY_STATUS.get(status, InternalError)(text(FUNCTION["snnfe_last_error"]()))


def write_file(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file as the library writes its own: atomically, through links, with the old mode.

    Raises FileError.
    """
    call("snnfe_file_write", os.fsencode(path), data, len(data))


def text(value: bytes | None) -> str:
    """Text of a C string."""
    return (value or b"").decode("utf-8", "replace")


def version() -> str:
    """Version of the library that is loaded, such as "0.1.0"."""
    number = FUNCTION["snnfe_version"]()
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


def default_threads() -> int:
    """Worker threads that `n_threads=0` stands for: the processors this process may use."""
    return int(FUNCTION["snnfe_default_threads"]())
