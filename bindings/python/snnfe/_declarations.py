"""What _signatures.py declares, as constants, ctypes structures, callback types and prototypes."""

from __future__ import annotations

import ctypes
import re
from typing import Any

from ._signatures import DECLARATIONS

_SCALARS: dict[str, Any] = {
    "void": None,
    "char": ctypes.c_char,
    "snnfe_status": ctypes.c_int32,
    "int32_t": ctypes.c_int32,
    "uint8_t": ctypes.c_uint8,
    "uint32_t": ctypes.c_uint32,
    "uint64_t": ctypes.c_uint64,
    "int64_t": ctypes.c_int64,
    "size_t": ctypes.c_size_t,
    "float": ctypes.c_float,
    "double": ctypes.c_double,
}

_CALLBACK = r"(\w+) ?\(\*(\w+)\)\((.*)\)"

CONSTANTS: dict[str, int] = {}
STRUCTS: dict[str, type[ctypes.Structure]] = {}
CALLBACKS: dict[str, Any] = {}
#: name -> (result type, argument types)
FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {}
#: struct -> field -> C type that the field points to, for arrays
POINTEES: dict[str, dict[str, str]] = {}


def _split(declarator: str) -> tuple[str, str, int]:
    """C type with its stars, name and array length (0 for none) of `const int32_t *labels`."""
    match = re.fullmatch(r"(.*?)(\w+)(?:\[(\w+)\])?", declarator.strip())
    if not match:
        raise ValueError(f"_signatures.py: cannot read {declarator!r}")
    length = match[3] or "0"
    return match[1].strip(), match[2], CONSTANTS[length] if length in CONSTANTS else int(length)


def _ctype(text: str) -> Any:
    """ctypes type of a C type; every pointer but `const char *` is an address."""
    if text == "const char *":
        return ctypes.c_char_p
    if "*" in text:
        return ctypes.c_void_p
    return CALLBACKS.get(text) or STRUCTS.get(text) or _SCALARS[text]


def _declare_struct(name: str, members: str) -> None:
    fields, pointees = [], {}
    for member in filter(None, map(str.strip, members.split(";"))):
        if match := re.fullmatch(_CALLBACK, member):
            fields.append((match[2], _callback(match[1], match[3])))
            continue
        text, field, length = _split(member)
        kind = _ctype(text)
        fields.append((field, kind * length if length else kind))
        if kind is ctypes.c_void_p:
            pointees[field] = text.replace("const", "").replace(" ", "").removesuffix("*")
    STRUCTS[name] = type(name, (ctypes.Structure,), {"_fields_": fields})
    POINTEES[name] = pointees


def _callback(result: str, arguments: str) -> Any:
    return ctypes.CFUNCTYPE(_SCALARS[result], *_arguments(arguments))


def _arguments(text: str) -> list[Any]:
    return [] if text == "void" else [_ctype(_split(item)[0]) for item in text.split(",")]


def _declare(line: str) -> None:
    if match := re.fullmatch(r"(\w+) = (-?\d+);", line):
        CONSTANTS[match[1]] = int(match[2])
    elif match := re.fullmatch(r"struct (\w+) \{(.*)\};", line):
        _declare_struct(match[1], match[2])
    elif match := re.fullmatch(_CALLBACK + ";", line):
        CALLBACKS[match[2]] = _callback(match[1], match[3])
    elif match := re.fullmatch(r"(.*?)(\w+)\((.*)\);", line):
        FUNCTIONS[match[2]] = (_ctype(match[1].strip()), _arguments(match[3]))
    else:
        raise ValueError(f"_signatures.py: cannot read {line!r}")


def declarations() -> list[str]:
    """The declarations, one line each."""
    text = re.sub(r"^#.*$", "", DECLARATIONS, flags=re.M)
    lines = re.findall(r"\s*struct \w+ \{.*?\};|[^;]+;", text, flags=re.S)
    return [re.sub(r"\s+", " ", line).strip() for line in lines]


for _line in declarations():
    _declare(_line)
