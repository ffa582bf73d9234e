"""Arguments checked before C sees them: arrays of the right type, shape and order, whole numbers."""

from __future__ import annotations

import operator
import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import ArgumentError, ShapeError

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
        raise ArgumentError(f"{name} is not C-contiguous: use numpy.ascontiguousarray({name})")
    if not values.flags.aligned:
        raise ArgumentError(f"{name} is not aligned in memory: use {name}.copy()")
    return values


def _as_array(name: str, values: Any) -> NDArray[Any]:
    """`values` as an array; lists of different lengths are none."""
    try:
        return np.asarray(values)
    except ValueError as error:
        raise ShapeError(f"{name} must be a list of numbers: {error}") from None


def _listed(name: str, values: Any) -> NDArray[Any]:
    """`values` as an array; one of objects, as pandas makes of its nullable columns, by what is in it."""
    array = _as_array(name, values)
    if array.dtype == object:
        array = _as_array(name, array.tolist())
    if array.size == 0 and not isinstance(values, np.ndarray):
        array = array.astype(np.int32)
    mixed = array.dtype.kind in "iu" and isinstance(values, list | tuple)
    if mixed and any(isinstance(value, bool | np.bool_) for value in values):
        raise TypeError(f"{name} mixes whole numbers with True or False: give either numbers or a mask")
    return array


def integers(
    name: str, values: ArrayLike, dtype: Any = np.int32, n: int | None = None, *, booleans: bool = False
) -> NDArray[Any]:
    """A list of whole numbers as a C array; anything that would lose information is refused.

    With `booleans`, False and True are the numbers 0 and 1, such as those of `labels == "right"`.
    """
    array = _listed(name, values)
    if array.dtype.kind == "b" and not booleans:
        raise TypeError(
            f"{name} must be whole numbers, not True or False: a mask picks from an array, as in array[mask]"
        )
    if array.dtype.kind not in "iub":
        raise TypeError(f"{name} must be whole numbers, not {array.dtype}")
    limits = np.iinfo(dtype)
    if array.size and (int(array.min()) < limits.min or int(array.max()) > limits.max):
        raise ArgumentError(f"{name} must be within {limits.min}…{limits.max}")
    _check_shape(name, array, (n,))
    return np.ascontiguousarray(array, dtype)


def trial_numbers(trials: ArrayLike, n: int, beside: str) -> NDArray[np.uint64]:
    """Numbers of the trials of `n` elements, which may be named by anything that can be compared."""
    ids = np.asarray(trials)
    if ids.shape != (n,):
        raise ShapeError(f"trials has shape {ids.shape}, {beside} {n} elements")
    return np.unique(ids, return_inverse=True)[1].astype(np.uint64)


def mask_length(name: str, values: ArrayLike) -> int | None:
    """Number of entries of a mask; None for positions."""
    array = _listed(name, values)
    return len(array) if array.dtype.kind == "b" and array.ndim == 1 else None


def indices(name: str, values: ArrayLike, n: int | None, of: str = "trials") -> IntArray:
    """Positions in a list of `n` entries (None: of any length) as a C array.

    A mask, as an array or a list of bools, has an entry for each and stands for the positions that are
    True, as in NumPy. Negative positions are refused: other packages write -1 for "not found".
    """
    array = _listed(name, values)
    if array.dtype.kind == "b":
        _check_shape(name, array, (None,))
        if n is not None and len(array) != n:
            raise ShapeError(
                f"{name} is a mask of {len(array)} entries, but there are {n} {of}: it needs one for each"
            )
        return np.flatnonzero(array).astype(np.int32)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} must be whole numbers, not {array.dtype}, or a mask of bools")
    _check_shape(name, array, (None,))
    last = np.iinfo(np.int32).max if n is None else n - 1
    wrong = np.flatnonzero((array < 0) | (array > last))
    if len(wrong):
        value = array[wrong[0]]
        raise ArgumentError(
            f"{name} must be within 0…{last}, the positions of the {of}, but {name}[{wrong[0]}] is {value}"
            + (" (negative ones do not count from the end)" if value < 0 else "")
        )
    return np.ascontiguousarray(array, np.int32)


def doubles(name: str, values: ArrayLike, shape: Sequence[int | None] = (None,)) -> DoubleArray:
    """Real numbers as a C array of float64."""
    array = _as_array(name, values)
    if array.dtype.kind not in "iubf":
        raise TypeError(f"{name} must be real numbers, not {array.dtype}")
    _check_shape(name, array, shape)
    return np.ascontiguousarray(array, np.float64)


def whole(name: str, value: Any, least: int = 0, most: int = 2**64 - 1) -> int:
    """A whole number within its limits, which C would otherwise wrap around."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, not {value!r}") from None
    if not least <= number <= most:
        raise ArgumentError(f"{name} must be within {least}…{most}, not {number}")
    return number


def real(name: str, value: Any) -> float:
    """A real number, not a text that looks like one."""
    try:
        if isinstance(value, str | bytes):
            raise TypeError
        return float(value)
    except TypeError:
        raise TypeError(f"{name} must be a number, not {value!r}") from None


def reals(**numbers: Any) -> tuple[float, ...]:
    """Real numbers by their names."""
    return tuple(real(name, value) for name, value in numbers.items())


def name_bytes(name: str, value: Any) -> bytes:
    """A name or another short text as UTF-8."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a text, not {value!r}")
    return _encoded(name, value, str.encode)


def path_bytes(path: str | os.PathLike[str], name: str = "the path") -> bytes:
    """A path as UTF-8."""
    if not isinstance(path, str | bytes | os.PathLike):
        raise TypeError(f"{name} must be a text or a path, not {path!r}")
    return _encoded(name, path, os.fsencode)


def _encoded(name: str, value: Any, encode: Callable[[Any], bytes]) -> bytes:
    try:
        encoded = encode(value)
    except UnicodeEncodeError:
        raise ArgumentError(f"{name} has characters that no text has: {value!r}") from None
    if b"\0" in encoded:
        raise ArgumentError(f"{name} cannot hold a null character: {value!r}")
    return encoded


def address(array: NDArray[Any] | None) -> int | None:
    """Where an array's values are; None for None."""
    return None if array is None else array.ctypes.data
