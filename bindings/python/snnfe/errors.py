"""Exceptions: one for every status code of the library, with the library's message."""

from __future__ import annotations

import re

from ._declarations import CONSTANTS

#: What commands a terminal, turns the direction of reading or ends a line, as the library escapes it.
_COMMANDS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(words: object) -> str:
    """Words that may come from a file or a name of one, as a terminal may show them: commands become \\xNN."""
    return _COMMANDS.sub(lambda found: "".join(f"\\x{byte:02x}" for byte in _bytes(found[0])), str(words))


def _bytes(character: str) -> bytes:
    return character.encode("utf-8", "surrogateescape" if "\udc80" <= character <= "\udcff" else "surrogatepass")


class SnnfeError(Exception):
    """What every exception of this package derives from.

    `status` is the library's code, such as 5, and `status_name` its name, "SNNFE_ERR_SHAPE".
    """

    status = 0
    status_name = "SNNFE_OK"

    def __str__(self) -> str:
        return shown(super().__str__())


class ArgumentError(SnnfeError, ValueError):
    """An argument or an option is outside its range."""


class OutOfMemoryError(SnnfeError, MemoryError):
    """Out of memory."""


class FileError(SnnfeError, OSError):
    """A file cannot be opened, read or written."""


class FormatError(SnnfeError, ValueError):
    """A file's content is not what its format demands."""


class ShapeError(SnnfeError, ValueError):
    """Shapes, sizes or configurations do not fit each other."""


class NotFoundError(SnnfeError, LookupError):
    """A name, file, channel, annotation or subject is missing."""


class StateError(SnnfeError, RuntimeError):
    """The object is not in a state that allows the call: closed, in use, or lacking something."""


class CancelledError(SnnfeError, RuntimeError):
    """A progress callback asked to stop; the object stays valid."""


class NonfiniteError(SnnfeError, ValueError):
    """NaN or infinity where a finite value is needed."""


class UnsupportedError(SnnfeError, NotImplementedError):
    """Valid, but not supported by this build or version."""


class OverlapError(SnnfeError, ValueError):
    """Training data would be used for validation or test."""


class InternalError(SnnfeError, RuntimeError):
    """A bug in the library: please report it."""


_BY_NAME: dict[str, type[SnnfeError]] = {
    "SNNFE_ERR_ARGUMENT": ArgumentError,
    "SNNFE_ERR_MEMORY": OutOfMemoryError,
    "SNNFE_ERR_IO": FileError,
    "SNNFE_ERR_FORMAT": FormatError,
    "SNNFE_ERR_SHAPE": ShapeError,
    "SNNFE_ERR_NOT_FOUND": NotFoundError,
    "SNNFE_ERR_STATE": StateError,
    "SNNFE_ERR_CANCELLED": CancelledError,
    "SNNFE_ERR_NONFINITE": NonfiniteError,
    "SNNFE_ERR_UNSUPPORTED": UnsupportedError,
    "SNNFE_ERR_OVERLAP": OverlapError,
    "SNNFE_ERR_INTERNAL": InternalError,
}
#: exception of every status code
BY_STATUS: dict[int, type[SnnfeError]] = {}
for _name, _error in _BY_NAME.items():
    _error.status, _error.status_name = CONSTANTS[_name], _name
    BY_STATUS[_error.status] = _error
