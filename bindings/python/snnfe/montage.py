"""Places of electrodes in the grid that a network sees."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from . import _arrays
from ._library import call
from ._options import sized, text_array
from .errors import NotFoundError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Label and place (row, column) of the 64 EEGMMIDB electrodes in the 10×11 grid.
_ROWS: list[tuple[int, int, str]] = [
    (0, 4, "FP1 FPZ FP2"),
    (1, 3, "AF7 AF3 AFZ AF4 AF8"),
    (2, 1, "F7 F5 F3 F1 FZ F2 F4 F6 F8"),
    (3, 1, "FT7 FC5 FC3 FC1 FCZ FC2 FC4 FC6 FT8"),
    (4, 0, "T9 T7 C5 C3 C1 CZ C2 C4 C6 T8 T10"),
    (5, 1, "TP7 CP5 CP3 CP1 CPZ CP2 CP4 CP6 TP8"),
    (6, 1, "P7 P5 P3 P1 PZ P2 P4 P6 P8"),
    (7, 3, "PO7 PO3 POZ PO4 PO8"),
    (8, 4, "O1 OZ O2"),
    (9, 5, "IZ"),
]
MONTAGE: dict[str, tuple[int, int]] = {
    label: (row, first + i) for row, first, labels in _ROWS for i, label in enumerate(labels.split())
}


#: Place (row, column) of each label.
Montage = Mapping[str, tuple[int, int]]


def plain_label(label: str) -> str:
    """Labels are compared without case, blanks and dots that no letter or digit follows."""
    return re.sub(r"\.+(?![A-Za-z0-9.])", "", label.replace(" ", "")).upper()


def places(
    names: Sequence[str], montage: Montage | None = None, *, n_rows: int = 10, n_columns: int = 11
) -> list[tuple[int, int]]:
    """Place (row, column) of each channel: of `montage`, or by its name in the 10-05 system.

    Labels are compared without case, dots and blanks. Without a `montage` an "EEG" before the name and a common
    reference behind it do not count, T3, T4, T5 and T6 are T7, T8, P7 and P8, and the grid may have any size up to
    64×64. Raises NotFoundError naming channels without a place, ArgumentError naming two that come to the same.
    """
    if montage is None:
        try:
            return _by_names(names, n_rows, n_columns)
        except NotFoundError as error:
            raise NotFoundError(f"{error} (montage={{label: (row, column), …}})") from None
    known = {plain_label(label): place for label, place in montage.items()}
    unknown = [name for name in names if plain_label(name) not in known]
    if unknown:
        raise NotFoundError(
            f"no place in the grid for the channels {', '.join(unknown)}: pick others, or add them to the montage"
        )
    return [known[plain_label(name)] for name in names]


def _by_names(names: Sequence[str], n_rows: int, n_columns: int) -> list[tuple[int, int]]:
    array = text_array("names", names)
    rows, columns = (np.empty(len(names), np.int32) for _ in range(2))
    size = [_arrays.whole(field, n, 0, 2**32 - 1) for field, n in (("n_rows", n_rows), ("n_columns", n_columns))]
    call(
        "snnfe_montage_place",
        ctypes.addressof(array),
        len(names),
        *size,
        rows.ctypes.data,
        columns.ctypes.data,
    )
    return [(int(row), int(column)) for row, column in zip(rows, columns, strict=True)]


def text(names: Sequence[str], places: Sequence[tuple[int, int]], *, n_rows: int = 10, n_columns: int = 11) -> str:
    """The grid as text: a line for each row, names at their places, a dot where no channel sits.

    Raises ArgumentError (two names that are the same, a place outside the grid).
    """
    array = text_array("names", names)
    where = _arrays.integers("places", np.asarray(places).reshape(-1), n=2 * len(names)).reshape(-1, 2)
    rows, columns = (np.ascontiguousarray(where[:, axis]) for axis in range(2))
    signal = sized("snnfe_signal")
    signal.n_channels, signal.channel_names = len(names), ctypes.addressof(array)
    signal.channel_rows, signal.channel_columns = rows.ctypes.data, columns.ctypes.data
    size = ctypes.c_size_t(0)
    grid = [_arrays.whole(field, n, 0, 2**32 - 1) for field, n in (("n_rows", n_rows), ("n_columns", n_columns))]
    arguments: list[Any] = [ctypes.byref(signal), *grid, ctypes.byref(size)]
    call("snnfe_montage_draw", *arguments, None)
    drawn = ctypes.create_string_buffer(size.value)
    call("snnfe_montage_draw", *arguments, ctypes.addressof(drawn))
    return drawn.value.decode()


class _OnGrid(Protocol):
    """What a figure needs of a data set, which uses this file."""

    @property
    def info(self) -> Mapping[str, Any]: ...
    @property
    def channel_names(self) -> Sequence[str]: ...
    @property
    def channel_rows(self) -> _arrays.IntArray: ...
    @property
    def channel_columns(self) -> _arrays.IntArray: ...


def figure(data: _OnGrid) -> Figure:
    """A figure of the grid of a data set, with the names of its channels at their places (needs matplotlib)."""
    from matplotlib.figure import Figure

    info = data.info
    n_rows, n_columns = info["n_rows"], info["n_columns"]
    drawn = Figure(figsize=(0.6 * n_columns + 0.4, 0.6 * n_rows + 0.4))
    axes = drawn.add_subplot()
    axes.set_xlim(-0.5, n_columns - 0.5)
    axes.set_ylim(n_rows - 0.5, -0.5)
    axes.set_aspect("equal")
    axes.set_xticks(range(n_columns))
    axes.set_yticks(range(n_rows))
    axes.set_xticks(np.arange(n_columns) - 0.5, minor=True)
    axes.set_yticks(np.arange(n_rows) - 0.5, minor=True)
    axes.grid(which="minor", color="0.85")
    axes.tick_params(which="both", length=0)
    for name, row, column in zip(data.channel_names, data.channel_rows, data.channel_columns, strict=True):
        axes.text(column, row, name, ha="center", va="center", fontsize="small")
    axes.set_xlabel("column")
    axes.set_ylabel("row")
    return drawn
