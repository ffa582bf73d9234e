"""Structured arrays of the library's rows, with a field for each class's accuracy among them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._arrays import DoubleArray
from ._declarations import STRUCTS


class Rows:
    """Rows of a struct that the library fills, and the accuracies of the classes beside them."""

    def __init__(self, struct: str, shape: tuple[int, ...], n_classes: int, *class_fields: str) -> None:
        """Room for an array of `shape`; each of `class_fields` gets `n_classes` values a row."""
        self.rows = np.zeros(shape, np.dtype(STRUCTS[struct]))
        self.classes: DoubleArray = np.zeros((*shape, len(class_fields), n_classes))
        self._class_fields = class_fields

    @property
    def size(self) -> int:
        """Bytes of a row."""
        return self.rows.itemsize

    def joined(self, behind: str) -> NDArray[Any]:
        """All as one structured array, the classes' fields behind the field `behind`."""
        names = list(self.rows.dtype.names or ())
        place = names.index(behind) + 1
        of_classes = [(name, np.float64, self.classes.shape[-1:]) for name in self._class_fields]
        fields: list[Any] = [(name, self.rows.dtype[name]) for name in names]
        joined = np.empty(self.rows.shape, fields[:place] + of_classes + fields[place:])
        for name in names:
            joined[name] = self.rows[name]
        for i, name in enumerate(self._class_fields):
            joined[name] = self.classes[..., i, :]
        return joined
