"""Logs and results as pandas DataFrames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas


def to_frame(records: NDArray[Any]) -> pandas.DataFrame:
    """A DataFrame of a structured array such as `Trainer.epoch_log` or `Personalized.results`.

    A column a field; a field with a value a class, such as class_accuracy, becomes class0_accuracy,
    class1_accuracy and so on. Arrays of several axes are flattened, the last axis running fastest.
    """
    import pandas

    if records.dtype.names is None:
        raise TypeError("to_frame takes a structured array, such as Trainer.epoch_log")
    flat = records.reshape(-1)
    columns: dict[str, Any] = {}
    for name in records.dtype.names:
        values = flat[name]
        if values.ndim == 1:
            columns[name] = values
            continue
        for k in range(values.shape[1]):
            columns[name.replace("class_", f"class{k}_")] = np.ascontiguousarray(values[:, k])
    return pandas.DataFrame(columns)


def wear_frame(trainer: Any) -> pandas.DataFrame:
    """Wear of each layer of a `Trainer` and of all, a row each."""
    import pandas

    from .network import LAYERS

    return pandas.DataFrame([trainer.wear(layer) for layer in LAYERS] + [trainer.wear()])
