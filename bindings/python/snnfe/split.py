"""Index lists for training, validation and test.

Indices are positions in the arrays given. The `paper_` functions give the published experiments'
lists index by index. With `trials`, the trial of each element (`Dataset.trial_ids`), elements of one trial
stay together where a trial has several windows.
"""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import _arrays
from ._arrays import IntArray
from ._declarations import CONSTANTS, STRUCTS
from ._handle import copied
from ._library import FUNCTION, call

_PAPER, _OWN = CONSTANTS["SNNFE_GENERATOR_PAPER"], CONSTANTS["SNNFE_GENERATOR_OWN"]


class Split(NamedTuple):
    """Two index lists (int32) that together name each element once."""

    train: IntArray
    validation: IntArray

    def __repr__(self) -> str:
        return f"<Split: {len(self.train)} train, {len(self.validation)} validate>"


def _splits(n: int, name: str, *arguments: Any) -> list[Split]:
    structs = (STRUCTS["snnfe_split"] * n)()
    call(name, ctypes.byref(structs), *arguments)
    try:
        return [
            Split(copied(s.train, np.int32, s.n_train), copied(s.validation, np.int32, s.n_validation))
            for s in structs
        ]
    finally:
        for struct in structs:
            FUNCTION["snnfe_split_release"](ctypes.byref(struct))


def _of_labels(
    name: str, labels: ArrayLike, trials: ArrayLike | None, n_splits: int, *rest: Any
) -> list[Split]:
    values = _arrays.integers("labels", labels, booleans=True)
    if trials is None:
        return _splits(n_splits, name, values.ctypes.data, None, len(values), *rest)
    numbers = _arrays.trial_numbers(trials, len(values), "labels")
    return _splits(n_splits, name, values.ctypes.data, numbers.ctypes.data, len(values), *rest)


def groups(n_subjects: int, n_groups: int) -> IntArray:
    """Group of each of `n_subjects` sorted subjects, from 0: contiguous, the first ones one larger."""
    group = np.empty(_arrays.whole("n_subjects", n_subjects, 1, 2**31), np.int32)
    call("snnfe_split_groups", n_subjects, _arrays.whole("n_groups", n_groups), group.ctypes.data)
    return group


def paper_holdout(labels: ArrayLike, ratio: float = 0.2, seed: int = 5, *, trials: ArrayLike | None = None) -> Split:
    """The paper's hold-out: per class the first ⌊ratio n⌋ of its shuffled indices validate."""
    seed = _arrays.whole("seed", seed)
    return _of_labels("snnfe_split_holdout", labels, trials, 1, _arrays.real("ratio", ratio), _PAPER, seed)[0]


def paper_kfold(labels: ArrayLike, n_folds: int = 4, seed: int = 5, *, trials: ArrayLike | None = None) -> list[Split]:
    """The paper's folds within a subject. Raises ArgumentError for a class that is too small."""
    n, seed = _arrays.whole("n_folds", n_folds, 2, 10**6), _arrays.whole("seed", seed)
    return _of_labels("snnfe_split_kfold", labels, trials, n, n, _PAPER, seed)


def holdout(labels: ArrayLike, ratio: float = 0.2, seed: int = 5, *, trials: ArrayLike | None = None) -> Split:
    """Stratified hold-out with the library's own generator."""
    seed = _arrays.whole("seed", seed)
    return _of_labels("snnfe_split_holdout", labels, trials, 1, _arrays.real("ratio", ratio), _OWN, seed)[0]


def kfold(labels: ArrayLike, n_folds: int = 4, seed: int = 5, *, trials: ArrayLike | None = None) -> list[Split]:
    """Stratified folds with the library's own generator."""
    n, seed = _arrays.whole("n_folds", n_folds, 2, 10**6), _arrays.whole("seed", seed)
    return _of_labels("snnfe_split_kfold", labels, trials, n, n, _OWN, seed)


def leave_subject_out(subjects: ArrayLike, subject: int) -> Split:
    """One subject's elements validate, all others train. Raises NotFoundError."""
    return leave_subjects_out(subjects, [_arrays.whole("subject", subject, -(2**31), 2**31 - 1)])


def leave_subjects_out(subjects: ArrayLike, left_out: ArrayLike) -> Split:
    """The elements of several subjects validate, all others train. Raises NotFoundError."""
    values = _arrays.integers("subjects", subjects)
    chosen = _arrays.integers("left_out", left_out)
    arguments = (values.ctypes.data, len(values), chosen.ctypes.data, len(chosen))
    return _splits(1, "snnfe_split_leave_subjects_out", *arguments)[0]


def calibration(labels: ArrayLike, n_trials: int, *, trials: ArrayLike | None = None) -> Split:
    """The first `n_trials` elements of each class train, the later ones validate."""
    return _of_labels("snnfe_split_calibration", labels, trials, 1, _arrays.whole("n_trials", n_trials))[0]


def check_disjoint(a: ArrayLike, b: ArrayLike) -> None:
    """Raise OverlapError, naming the first common index, if the lists or masks share one."""
    first = _arrays.indices("a", a, _arrays.mask_length("b", b), "entries of b")
    second = _arrays.indices("b", b, _arrays.mask_length("a", a), "entries of a")
    call("snnfe_split_check_disjoint", first.ctypes.data, len(first), second.ctypes.data, len(second))
