"""Arguments checked before C sees them: arrays of the right type, shape and order, whole numbers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import ShapeError

FloatArray = NDArray[np.float32]
DoubleArray = NDArray[np.float64]
IntArray = NDArray[np.int32]


def _described(shape: Sequence[int | None]) -> str:
    sizes = ", ".join("n" if size is None else str(size) for size in shape)
    return f"({sizes},)" if len(shape) == 1 else f"({sizes})"


def _check_shape(name: str, array: NDArray[Any], shape: Sequence[int | None] | None) -> None:
    if shape is None:
        return
    if array.ndim != len(shape) or any(
        size is not None and size != found for size, found in zip(shape, array.shape)
    ):
        raise ShapeError(f"{name} must have the shape {_described(shape)}, not {array.shape}")


def exact(name: str, values: Any, dtype: Any, shape: Sequence[int | None] | None = None) -> NDArray[Any]:
    """`values` if they are an array of just this type, shape and order; the error says what to do.

    Large arrays are never copied or converted silently.
    """
    dtype = np.dtype(dtype)
    if not isinstance(values, np.ndarray):
        raise TypeError(
            f"{name} must be a NumPy array of {dtype}, not {type(values).__name__}: "
            f"use numpy.asarray({name}, numpy.{dtype})"
        )
    if values.dtype != dtype or not values.dtype.isnative:
        raise TypeError(
            f"{name} must be an array of {dtype}, not of {values.dtype}: use {name}.astype(numpy.{dtype})"
        )
    _check_shape(name, values, shape)
    if not values.flags.c_contiguous:
        raise ValueError(f"{name} is not C-contiguous: use numpy.ascontiguousarray({name})")
    if not values.flags.aligned:
        raise ValueError(f"{name} is not aligned in memory: use {name}.copy()")
    return values


def integers(name: str, values: ArrayLike, dtype: Any = np.int32, n: int | None = None) -> NDArray[Any]:
    """A list of whole numbers as a C array; anything that would lose information is refused."""
    array = np.asarray(values)
    if array.size == 0 and not isinstance(values, np.ndarray):
        array = array.astype(dtype)
    if array.dtype.kind not in "iub":
        raise TypeError(f"{name} must be whole numbers, not {array.dtype}")
    limits = np.iinfo(dtype)
    if array.size and (int(array.min()) < limits.min or int(array.max()) > limits.max):
        raise ValueError(f"{name} must be within {limits.min}…{limits.max}")
    _check_shape(name, array, (n,))
    return np.ascontiguousarray(array, dtype)


def doubles(name: str, values: ArrayLike, shape: Sequence[int | None] = (None,)) -> DoubleArray:
    """Real numbers as a C array of float64."""
    array = np.asarray(values)
    if array.dtype.kind not in "iubf":
        raise TypeError(f"{name} must be real numbers, not {array.dtype}")
    _check_shape(name, array, shape)
    return np.ascontiguousarray(array, np.float64)


def whole(name: str, value: Any, least: int = 0, most: int = 2**64 - 1) -> int:
    """A whole number within its limits, which C would otherwise wrap around."""
    if isinstance(value, float | str | bytes) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} must be a whole number, not {value!r}")
    number = int(value.__index__())
    if not least <= number <= most:
        raise ValueError(f"{name} must be within {least}…{most}, not {number}")
    return number


def path_bytes(path: str | os.PathLike[str]) -> bytes:
    """A path as UTF-8."""
    encoded = os.fsencode(os.fspath(path))
    if b"\0" in encoded:
        raise ValueError(f"a path cannot hold a null character: {path!r}")
    return encoded


def address(array: NDArray[Any] | None) -> int | None:
    """Where an array's values are; None for None."""
    return None if array is None else array.ctypes.data
