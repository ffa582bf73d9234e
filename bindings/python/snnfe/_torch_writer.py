"""Checkpoints in PyTorch's format: an archive of a pickle and of the tensors' values."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ._library import write_file

_DICT = "collections OrderedDict"
_TENSOR = "torch._utils _rebuild_tensor_v2"


class Tensor(NamedTuple):
    """float32 values in C order, in the record `key` of the archive."""

    key: str
    shape: tuple[int, ...]
    n_values: int


def _text(value: str) -> bytes:
    encoded = value.encode()
    return b"X" + struct.pack("<I", len(encoded)) + encoded


def _number(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


def _sizes(values: tuple[int, ...]) -> bytes:
    return b"(" + b"".join(map(_number, values)) + b"t"


def _global(name: str) -> bytes:
    return b"c" + name.replace(" ", "\n").encode() + b"\n"


def _strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    strides = [1]
    for n in shape[:0:-1]:
        strides.insert(0, strides[0] * n)
    return tuple(strides[: len(shape)])


def pickled(tensors: Mapping[str, Tensor]) -> bytes:
    """A pickle of an ordered dictionary of tensors (protocol 2)."""
    parts = [b"\x80\x02", _global(_DICT), b")R("]
    for name, tensor in tensors.items():
        parts += [
            _text(name),
            _global(_TENSOR),
            b"((",
            _text("storage"),
            _global("torch FloatStorage"),
            _text(tensor.key),
            _text("cpu"),
            _number(tensor.n_values),
            b"tQ",
            _number(0),
            _sizes(tensor.shape),
            _sizes(_strides(tensor.shape)),
            b"\x89",
            _global(_DICT),
            b")R",
            b"tR",
        ]
    return b"".join([*parts, b"u."])


def write_archive(path: Path, contents: Mapping[str, bytes]) -> None:
    """Write records below a folder named after the file, stored and aligned, atomically. Raises FileError."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, data in contents.items():
            archive.writestr(_aligned(file, f"{path.stem}/{name}"), data)
    write_file(path, file.getvalue())


def _aligned(file: Any, name: str) -> zipfile.ZipInfo:
    """An archive entry whose data begin at a multiple of 64 bytes, as PyTorch's do."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    begin = file.tell() + 30 + len(name.encode()) + 4
    padding = -begin % 64
    info.extra = b"FB" + padding.to_bytes(2, "little") + b"Z" * padding
    return info
