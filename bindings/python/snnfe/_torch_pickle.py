"""The part of PyTorch's pickle format that a dictionary of tensors uses, read as data.

Nothing in a file is ever called or imported: its opcodes are interpreted here, and the only names they may
refer to are those of tensors and dictionaries. Everything else is refused.
"""

from __future__ import annotations

import pickletools
import struct
from typing import Any, NamedTuple

from .errors import FormatError

_DICT = "collections OrderedDict"
_TENSOR = "torch._utils _rebuild_tensor_v2"
_PARAMETER = "torch._utils _rebuild_parameter"
#: NumPy type of every storage class that is read
STORAGES = {"torch FloatStorage": "<f4", "torch DoubleStorage": "<f8", "torch LongStorage": "<i8"}
_MARK = object()
_LIMIT = 1_000_000


class Storage(NamedTuple):
    """Where a tensor's values are: the record of the archive, its type and length."""

    key: str
    dtype: str
    n_values: int


class TensorInfo(NamedTuple):
    """A tensor as a part of a storage; stride and offset count elements."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


class _Name(NamedTuple):
    text: str


def _is_sizes(value: Any) -> bool:
    return isinstance(value, tuple) and all(type(n) is int and n >= 0 for n in value)


class _Reader:
    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def since_mark(self) -> list[Any]:
        items: list[Any] = []
        while (item := self.stack.pop()) is not _MARK:
            items.append(item)
        return items[::-1]

    def name(self, text: str) -> None:
        if text not in (_DICT, _TENSOR, _PARAMETER) and text not in STORAGES:
            raise FormatError(f"it refers to {text!r}, which no dictionary of tensors needs")
        self.stack.append(_Name(text))

    def storage(self) -> None:
        tag, kind, key, _location, count = self.stack.pop()
        if (
            tag != "storage"
            or kind.text not in STORAGES
            or not isinstance(key, str)
            or type(count) is not int
        ):
            raise FormatError("a tensor's storage is not one of floats or integers")
        self.stack.append(Storage(key, STORAGES[kind.text], count))

    def reduce(self) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        if function == _Name(_DICT) and arguments == ():
            self.stack.append({})
        elif function == _Name(_TENSOR):
            storage, offset, shape, stride = arguments[:4]
            if not (
                isinstance(storage, Storage)
                and _is_sizes((offset,))
                and _is_sizes(shape)
                and _is_sizes(stride)
            ):
                raise FormatError("a tensor is described by something else than sizes")
            if len(shape) != len(stride):
                raise FormatError(f"a tensor has the shape {shape} but the stride {stride}")
            self.stack.append(TensorInfo(storage, offset, shape, stride))
        elif function == _Name(_PARAMETER) and isinstance(arguments[0], TensorInfo):
            self.stack.append(arguments[0])
        else:
            raise FormatError("it calls something else than the makers of tensors")

    def set_items(self, items: list[Any]) -> None:
        self.stack[-1].update(zip(items[::2], items[1::2], strict=True))

    def step(self, opcode: str, argument: Any) -> None:
        match opcode:
            case "PROTO" | "FRAME":
                pass
            case "MARK":
                self.stack.append(_MARK)
            case "EMPTY_DICT":
                self.stack.append({})
            case "EMPTY_TUPLE":
                self.stack.append(())
            case "NEWTRUE" | "NEWFALSE" | "NONE":
                self.stack.append({"NEWTRUE": True, "NEWFALSE": False, "NONE": None}[opcode])
            case "BININT" | "BININT1" | "BININT2" | "LONG1" | "BINUNICODE" | "SHORT_BINUNICODE":
                self.stack.append(argument)
            case "TUPLE":
                self.stack.append(tuple(self.since_mark()))
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                n = int(opcode[-1])
                self.stack[-n:] = [tuple(self.stack[-n:])]
            case "BINPUT" | "LONG_BINPUT":
                self.memo[argument] = self.stack[-1]
            case "MEMOIZE":
                self.memo[len(self.memo)] = self.stack[-1]
            case "BINGET" | "LONG_BINGET":
                self.stack.append(self.memo[argument])
            case "GLOBAL":
                self.name(argument)
            case "STACK_GLOBAL":
                attribute, module = self.stack.pop(), self.stack.pop()
                self.name(f"{module} {attribute}")
            case "BINPERSID":
                self.storage()
            case "REDUCE":
                self.reduce()
            case "SETITEM":
                value, key = self.stack.pop(), self.stack.pop()
                self.set_items([key, value])
            case "SETITEMS":
                self.set_items(self.since_mark())
            case "BUILD":  # attributes of the dictionary, such as _metadata
                self.stack.pop()
            case _:
                raise FormatError(f"it uses the pickle opcode {opcode}, which no dictionary of tensors needs")


def read(data: bytes) -> Any:
    """What the pickle describes: dictionaries, texts, numbers and TensorInfo."""
    reader = _Reader()
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(data)):
            if opcode.name == "STOP":
                return reader.stack.pop()
            if count > _LIMIT:
                raise FormatError("it is longer than any dictionary of tensors")
            reader.step(opcode.name, argument)
    except FormatError:
        raise
    except Exception as error:  # a damaged pickle can break anything above
        raise FormatError(f"its pickle is damaged ({error})") from None
    raise FormatError("its pickle has no end")


def _text(value: str) -> bytes:
    encoded = value.encode()
    return b"X" + struct.pack("<I", len(encoded)) + encoded


def _number(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


def _sizes(values: tuple[int, ...]) -> bytes:
    return b"(" + b"".join(map(_number, values)) + b"t"


def _global(name: str) -> bytes:
    return b"c" + name.replace(" ", "\n").encode() + b"\n"


def write(tensors: dict[str, TensorInfo]) -> bytes:
    """A pickle of an ordered dictionary of tensors (protocol 2)."""
    parts = [b"\x80\x02", _global(_DICT), b")R("]
    for name, tensor in tensors.items():
        kind = next(k for k, dtype in STORAGES.items() if dtype == tensor.storage.dtype)
        parts += [
            _text(name),
            _global(_TENSOR),
            b"((",
            _text("storage"),
            _global(kind),
            _text(tensor.storage.key),
            _text("cpu"),
            _number(tensor.storage.n_values),
            b"tQ",
            _number(tensor.offset),
            _sizes(tensor.shape),
            _sizes(tensor.stride),
            b"\x89",
            _global(_DICT),
            b")R",
            b"tR",
        ]
    return b"".join([*parts, b"u."])
