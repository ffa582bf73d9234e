"""Intervals over subjects: how a mean may differ with other people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Resamples of the subjects behind an interval.
N_RESAMPLES = 5000


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{100 * self.value:.1f} % [{100 * self.low:.1f}, {100 * self.high:.1f}]"


class Resampling:
    """Subjects drawn with replacement, the same draws for everything that is compared.

    `subjects` [n] are those of the trials whose values are given to the methods.
    """

    def __init__(self, subjects: ArrayLike, seed: int, n: int = N_RESAMPLES) -> None:
        found, of_trial = np.unique(np.asarray(subjects), return_inverse=True)
        self._of_trial = of_trial
        self._counts = np.bincount(of_trial)
        draws = np.random.default_rng(seed).integers(len(found), size=(n, len(found)))
        # How often each subject is in each draw, the subjects as they are first.
        self._weights = np.stack([np.bincount(draw, minlength=len(found)) for draw in draws])

    def draws(self, values: ArrayLike) -> NDArray[Any]:
        """Means [n + 1] of values [n_trials] over the trials: as they are, then in each draw."""
        sums = np.bincount(self._of_trial, np.asarray(values, np.float64))
        means = (self._weights @ sums) / (self._weights @ self._counts)
        return np.concatenate([[sums.sum() / self._counts.sum()], means])

    def interval(self, values: ArrayLike) -> Interval:
        """Mean of values [n_trials] over trials, and how it may differ with other people."""
        return interval_of(self.draws(values))


def interval_of(draws: NDArray[Any]) -> Interval:
    """The first of `draws` with the middle 95 % of the others."""
    low, high = np.nanquantile(draws[1:], [0.025, 0.975])
    return Interval(float(draws[0]), float(low), float(high))
