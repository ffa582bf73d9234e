"""Trials of several people as one training set: the target's labeled ones among them, each person's made alike."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone

from .wrapped import Wrapped

# Of the mean eigenvalue: smaller ones are raised to it.
_LEAST_EIGENVALUE = 1e-4


class People(Wrapped):
    """A classifier that trains on other people's trials together with the target's labeled ones.

    With `aligned`, each person's trials are whitened first, without labels (Euclidean alignment); those that are
    given to be decided at once count as one person's.
    """

    def __init__(self, estimator: Any, aligned: bool = False) -> None:
        self.estimator = estimator
        self.aligned = aligned

    def fit(
        self,
        X: NDArray[Any],
        y: ArrayLike,
        subjects: ArrayLike | None = None,
        X_target_labeled: NDArray[Any] | None = None,
        y_target_labeled: ArrayLike | None = None,
    ) -> People:
        """Train on X and the target's trials; `subjects` [n] says whose those of X are (None: of one person)."""
        labels = np.asarray(y)
        trials = self._input(X, subjects)
        if X_target_labeled is not None and y_target_labeled is not None:
            trials = np.concatenate([trials, self._input(X_target_labeled)])
            labels = np.concatenate([labels, y_target_labeled])
        self.estimator_ = clone(self.estimator).fit(trials, labels)
        self.classes_ = self.estimator_.classes_
        return self

    def _input(self, X: NDArray[Any], subjects: ArrayLike | None = None) -> NDArray[Any]:
        return euclidean(X, subjects) if self.aligned else X


def whitening(trials: NDArray[Any]) -> NDArray[np.float64]:
    """The matrix [n_channels, n_channels] of Euclidean alignment to trials [n, n_channels, n_steps] of one person, by
    the rules of `Dataset.align`."""
    products = np.einsum("ict,idt->cd", trials, trials, optimize=True)
    values, vectors = np.linalg.eigh(products / (len(trials) * trials.shape[2]))
    mean = values.mean()
    kept = np.maximum(values, _LEAST_EIGENVALUE * mean) if mean > 0 else np.ones_like(values)
    matrix: NDArray[np.float64] = (vectors / np.sqrt(kept)) @ vectors.T
    return matrix


def euclidean(trials: NDArray[Any], subjects: ArrayLike | None = None) -> NDArray[np.float64]:
    """Trials [n, n_channels, n_steps], each person's whitened by their own (None: all are one's)."""
    aligned = np.empty(trials.shape)
    of_trial = np.zeros(len(trials)) if subjects is None else np.asarray(subjects)
    for person in np.unique(of_trial):
        own = of_trial == person
        aligned[own] = whitening(trials[own]) @ trials[own]
    return aligned
