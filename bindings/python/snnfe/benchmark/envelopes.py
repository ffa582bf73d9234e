"""The network on envelopes: how strong each channel is in some bands, instead of its samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone

from ..errors import ArgumentError
from ..signal import filter_apply, filter_design
from .people import euclidean, whitening
from .wrapped import Wrapped

if TYPE_CHECKING:
    from ..montage import Montage

#: Edges in Hz of the bands, where a network takes so many channels, and of the one band where it does not.
BANDS = ((8.0, 13.0), (13.0, 20.0), (20.0, 30.0))
WIDE = ((8.0, 30.0),)
# Seconds of a window, and from one to the next.
_WINDOW_S, _HOP_S = 0.5, 0.25
# Powers below it are not told from another.
_LEAST_POWER = 1e-6


class EnvelopeClassifier(Wrapped):
    """A classifier that is given the log power of whitened trials in `bands`, window after window.

    Trials [n, n_channels, n_steps] are whitened first (Euclidean alignment): by the trials of `fit`, or where that is
    told `subjects`, each person's by their own, without labels; those that are given to be decided at once then count
    as one person's. Of these come envelopes [n, n_bands * n_channels, n_windows] by the rules of data sets'
    envelopes, but that each trial is filtered by itself. What `fit` is given is handed on.
    """

    def __init__(
        self, estimator: Any, sampling_rate_hz: float, bands: Sequence[tuple[float, float]] = BANDS
    ) -> None:
        self.estimator = estimator
        self.sampling_rate_hz = sampling_rate_hz
        self.bands = bands

    def fit(
        self,
        X: NDArray[Any],
        y: ArrayLike,
        subjects: ArrayLike | None = None,
        X_target_labeled: NDArray[Any] | None = None,
        y_target_labeled: ArrayLike | None = None,
    ) -> EnvelopeClassifier:
        """Train on trials X, which are of `subjects` [n], and the target's labeled ones."""
        self.whitening_ = None if subjects is not None else whitening(X)
        target = None if X_target_labeled is None else self._input(X_target_labeled)
        self.estimator_ = clone(self.estimator).fit(
            self._input(X, subjects), y, subjects=subjects, X_target_labeled=target, y_target_labeled=y_target_labeled
        )
        self.classes_ = self.estimator_.classes_
        return self

    def _input(self, X: NDArray[Any], subjects: ArrayLike | None = None) -> NDArray[np.float64]:
        if self.whitening_ is None:
            return self._envelopes(euclidean(X, subjects))
        return self._envelopes(self.whitening_ @ X)

    def _envelopes(self, trials: NDArray[Any]) -> NDArray[np.float64]:
        """Natural logarithms of powers [n, n_bands * n_channels, n_windows] of trials."""
        n, n_channels, n_steps = trials.shape
        width, hop = (round(seconds * self.sampling_rate_hz) for seconds in (_WINDOW_S, _HOP_S))
        if n_steps < width:
            raise ArgumentError(f"trials have {n_steps} samples; an envelope needs {width}, {_WINDOW_S:g} s")
        signals = np.ascontiguousarray(trials.reshape(n * n_channels, n_steps), np.float32)
        powers = []
        for low, high in self.bands:
            filtered = filter_apply(signals, filter_design(low, high, self.sampling_rate_hz)).astype(float) ** 2
            windows = np.lib.stride_tricks.sliding_window_view(filtered, width, axis=1)[:, ::hop]
            powers.append(np.log(np.maximum(windows.mean(2), _LEAST_POWER)).reshape(n, n_channels, -1))
        return np.concatenate(powers, 1)


def tiles(channel_names: Sequence[str], places: Sequence[tuple[int, int]], n_bands: int) -> tuple[Montage, int]:
    """Places of each channel in each band, one below the other on the grid, and the rows that this needs."""
    first = min(row for row, _ in places)
    height = max(row for row, _ in places) + 1 - first
    montage = {
        f"{name}@{band + 1}": (row - first + band * height, column)
        for band in range(n_bands)
        for name, (row, column) in zip(channel_names, places, strict=True)
    }
    return montage, n_bands * height
