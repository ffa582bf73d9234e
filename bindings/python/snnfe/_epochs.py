"""Trials as MNE's Epochs, which know their channels and rate, in place of an array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import NotFoundError
from .montage import plain_label


def is_epochs(X: object) -> bool:
    """Whether X are Epochs of MNE (which need not be installed)."""
    return hasattr(X, "get_data") and hasattr(X, "ch_names")


def microvolts(X: Any, wanted: Sequence[str] | None) -> tuple[NDArray[np.float64], list[str], float]:
    """Samples [n, n_channels, n_steps] of the channels `wanted` (None: of all of type EEG), names and rate.

    Raises NotFoundError naming channels that are not there.
    """
    kinds = X.get_channel_types()
    there = {plain_label(name): i for i, name in enumerate(X.ch_names) if kinds[i] == "eeg"}
    if wanted is not None and (missing := [name for name in wanted if plain_label(name) not in there]):
        raise NotFoundError(f"the epochs have no EEG channel {', '.join(missing)}; they have {', '.join(X.ch_names)}")
    picks = list(there.values()) if wanted is None else [there[plain_label(name)] for name in wanted]
    values = np.asarray(X.get_data(picks=picks), np.float64) * 1e6
    return values, [X.ch_names[i] for i in picks], float(X.info["sfreq"])
