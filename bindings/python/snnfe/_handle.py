"""Owned C handles: freed when the last user is gone, never used by two threads in conflict."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ._library import FUNCTION, text
from .errors import StateError

_Self = TypeVar("_Self", bound="Owner")


class Handle:
    """A C handle with what it borrows from Python; freed with its last reference."""

    def __init__(self, address: int, noun: str, *borrowed: object) -> None:
        self.address = address
        self._borrowed = borrowed
        self._free = FUNCTION[f"snnfe_{noun}_free"]
        self._lock = threading.Lock()
        self._users = 0  # shared users; -1 for an exclusive one
        #: exceptions of the caller's functions, which C could not pass on
        self.failures: list[BaseException] = []

    def __del__(self) -> None:
        self._free(self.address)

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("memory of the C library cannot be pickled or copied")

    def raise_failure(self) -> None:
        """Raise the first exception of a function that the handle called, if there was one."""
        if self.failures:
            first = self.failures[0]
            self.failures.clear()
            raise first

    @contextmanager
    def held(self, what: str, exclusive: bool) -> Iterator[int]:
        """The address, for calls that change the object (exclusive) or only read it."""
        with self._lock:
            if self._users < 0 or (exclusive and self._users > 0):
                raise StateError(
                    f"this {what} is in use by a call that has not returned yet: wait for it, or use a copy"
                )
            self._users = -1 if exclusive else self._users + 1
        try:
            yield self.address
        finally:
            with self._lock:
                self._users = 0 if exclusive else self._users - 1
        self.raise_failure()


class Owner:
    """Base of the objects that own a C handle.

    A context manager: the end of the `with` block closes the object. Closing it twice is allowed;
    using it afterwards raises `StateError`.
    """

    _noun = ""
    #: what to do in place of pickling or copying an object that has no way to be restored
    _instead = "make it again where it is needed"
    _handle: Handle | None

    @classmethod
    def _adopt(cls: type[_Self], address: int | None, *borrowed: object) -> _Self:
        if not address:
            raise AssertionError("a constructor succeeded without a handle")
        new = cls.__new__(cls)
        new._handle = Handle(address, cls._noun, *borrowed)
        return new

    def _open_handle(self) -> Handle:
        handle: Handle | None = getattr(self, "_handle", None)
        if handle is None:
            raise StateError(
                f"this {type(self).__name__} is closed: open or make it again, or use it inside its "
                "`with` block"
            )
        return handle

    def _shared(self) -> Any:
        return self._open_handle().held(type(self).__name__, False)

    def _exclusive(self) -> Any:
        return self._open_handle().held(type(self).__name__, True)

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError(f"a {type(self).__name__} cannot be pickled or copied: {self._instead}")

    def close(self) -> None:
        """Give the object up; its memory is freed when no array made from it is left."""
        self._handle = None

    @property
    def closed(self) -> bool:
        """Whether the object was closed."""
        return getattr(self, "_handle", None) is None

    def __enter__(self: _Self) -> _Self:
        self._open_handle()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def view(owner: Handle | None, address: int | None, dtype: Any, shape: tuple[int, ...]) -> NDArray[Any]:
    """Read-only array over the library's memory, which `owner` keeps as long as the array lives."""
    dtype = np.dtype(dtype)
    n = int(np.prod(shape, dtype=np.int64))
    if n == 0 or not address:
        return np.empty(shape, dtype)
    memory: Any = (ctypes.c_char * (n * dtype.itemsize)).from_address(address)
    memory._owner = owner
    array: NDArray[Any] = np.frombuffer(memory, dtype).reshape(shape)
    array.flags.writeable = False
    return array


def texts(address: int | None, n: int) -> list[str]:
    """`n` texts in the library's memory; none for NULL."""
    if not address or not n:
        return []
    return [text(value) for value in (ctypes.c_char_p * n).from_address(address)]


def copied(address: int | None, dtype: Any, n: int) -> NDArray[Any]:
    """Copy of `n` values in the library's memory."""
    return view(None, address, dtype, (n,)).copy()
