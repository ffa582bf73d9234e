"""Intervals over repetitions, permutation tests, comparisons over folds; those over subjects are `_intervals`'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._intervals import N_RESAMPLES, Interval, Resampling, interval_of
from ._extras import need

__all__ = ["N_RESAMPLES", "Comparison", "Interval", "Resampling", "corrected_t", "interval_of", "over_repetitions", "permutation_p"]

_NORMAL_975 = 1.959963984540054


@dataclass(frozen=True)
class Comparison:
    """Difference of two accuracies over folds with its 95 % interval and two-sided p value."""

    difference: float
    low: float
    high: float
    p: float
    n_folds: int


def over_repetitions(counts: ArrayLike, n: int) -> Interval:
    """Mean of `counts` [n_trials] / n, each of how often a trial was right in n independent repetitions.

    The interval is of the draws alone, for the same trials. As draws of trials are independent, the
    spread of every trial enters, and few repetitions are enough. With one repetition it is not known.
    """
    right = np.asarray(counts, np.float64) / n
    value = float(right.mean())
    if n < 2:
        return Interval(value, float("nan"), float("nan"))
    variance = float((right * (1 - right) / (n - 1)).sum()) / len(right) ** 2
    half = _NORMAL_975 * variance**0.5
    return Interval(value, max(value - half, 0.0), min(value + half, 1.0))


def permutation_p(
    predicted: NDArray[Any], labels: NDArray[Any], subjects: NDArray[Any], n: int, seed: int
) -> float:
    """How probable so many right predictions are if labels do not depend on the recordings.

    Labels are shuffled `n` times within each subject, predictions stay: (1 + as good) / (1 + n).
    """
    rng = np.random.default_rng(seed)
    right = np.zeros(n, np.int64)
    for subject in np.unique(subjects):
        of = np.flatnonzero(subjects == subject)
        shuffled = rng.permuted(np.tile(labels[of], (n, 1)), axis=1)
        right += (shuffled == predicted[of]).sum(1)
    return float(1 + (right >= (predicted == labels).sum()).sum()) / (1 + n)


def corrected_t(
    first: ArrayLike, second: ArrayLike, n_train: Sequence[int], n_test: Sequence[int]
) -> Comparison:
    """`first` - `second`, accuracies in the same folds, by the corrected resampled t-test of Nadeau and Bengio
    (2003): folds share training trials, so the variance is multiplied by 1/k + n_test/n_train, not by 1/k.
    """
    t = need("scipy.stats").t
    differences = np.asarray(first, np.float64) - np.asarray(second, np.float64)
    k = len(differences)
    mean = float(differences.mean())
    if k < 2:
        return Comparison(mean, float("nan"), float("nan"), float("nan"), k)
    ratio = float(np.mean(np.asarray(n_test) / np.asarray(n_train)))
    error = float(np.sqrt((1 / k + ratio) * differences.var(ddof=1)))
    if error == 0:
        return Comparison(mean, mean, mean, 1.0 if mean == 0 else 0.0, k)
    half = float(t.ppf(0.975, k - 1)) * error
    return Comparison(mean, mean - half, mean + half, float(2 * t.sf(abs(mean) / error, k - 1)), k)
