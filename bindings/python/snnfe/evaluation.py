"""Evaluation and personalization on data sets."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arrays
from ._arrays import DoubleArray, FloatArray
from ._callbacks import Callbacks, ProgressOption
from ._library import call
from ._options import Options, sized
from ._records import Rows
from ._words import counted
from .dataset import Dataset
from .device import Device
from .errors import ShapeError
from .network import Network, RunOptions
from .trainer import RECORD, TrainerOptions, filled_options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack


@dataclass(frozen=True)
class Evaluation:
    """Result of an evaluation of `n` windows: `accuracy` (0…1) and `loss` are NaN without any;
    `logits` float32 [n, n_classes]; `class_accuracy` float64 [n_classes]; the trials of `n_seen` of the
    windows had trained the network. `trial_accuracy` is that of the `n_trials` trials, whose windows
    decide together (`trial_logits`); with one window a trial both accuracies are the same."""

    n: int
    n_correct: int
    accuracy: float
    loss: float
    logits: FloatArray
    class_accuracy: DoubleArray
    n_seen: int = 0
    n_trials: int = 0
    n_trials_correct: int = 0
    trial_accuracy: float = float("nan")

    def __repr__(self) -> str:
        if not self.n:
            return "<Evaluation: no trials>"
        by_class = ", ".join(f"{100 * accuracy:.1f} %" for accuracy in self.class_accuracy[:8])
        more = ", …" if len(self.class_accuracy) > 8 else ""
        seen = f"; {self.n_seen} of them trained the network" if self.n_seen else ""
        what, together = "trials", ""
        if self.n_trials < self.n:
            what = "windows"
            share = f"{100 * self.trial_accuracy:.1f} %"
            together = f"; together {self.n_trials_correct} of {self.n_trials} trials ({share})"
        return (
            f"<Evaluation: {self.n_correct} of {self.n} {what} correct ({100 * self.accuracy:.1f} %), "
            f"loss {self.loss:.3f}, of each class {by_class}{more}{together}{seen}>"
        )


@dataclass(frozen=True)
class Personalized:
    """Result of `personalize`.

    `results` [n_subjects, n_folds] is a structured array with subject, fold, n_train, n_validation,
    accuracy_before, accuracy_after, the same of trials (trial_accuracy_before, trial_accuracy_after of
    n_trials), crossings, pulses, energy_j and life_used (0 if not known); `logs` [n_subjects, n_folds, n_epochs] has
    the epoch logs; `networks` the personalized networks by (subject, fold), if they were asked for.
    """

    results: NDArray[Any]
    logs: NDArray[Any]
    networks: dict[tuple[int, int], Network]

    def __repr__(self) -> str:
        n_subjects, n_folds = self.results.shape
        if n_subjects == 0:
            return "<Personalized: no subjects>"
        before, after = (self.results[f"accuracy_{when}"].mean() for when in ("before", "after"))
        kept = f", {counted(len(self.networks), 'network')}" if self.networks else ""
        return (
            f"<Personalized: {counted(n_subjects, 'subject')} in {counted(n_folds, 'fold')}, "
            f"mean accuracy {100 * before:.1f} % before, {100 * after:.1f} % after{kept}>"
        )


def evaluate(
    network: Network,
    dataset: Dataset,
    indices: ArrayLike | None = None,
    *,
    progress: ProgressOption = None,
    **options: Unpack[RunOptions],
) -> Evaluation:
    """evaluate a network on trials of a data set, given as positions or as a mask (None: all).

    Raises ShapeError (also for data of another kind than trained the network), OverlapError for trials
    that trained it (`allow_seen=True` evaluates them all the same), ArgumentError.
    """
    chosen = None if indices is None else _arrays.indices("indices", indices, len(dataset))
    n = len(dataset) if chosen is None else len(chosen)
    n_classes = network.options["n_classes"]
    result = sized("snnfe_evaluation")
    logits = np.empty((n, n_classes), np.float32)
    by_class = np.empty(n_classes)
    filled = Options("snnfe_run_options").set(options)
    with network._shared() as net, dataset._shared() as data, Callbacks(filled.struct, progress):
        call(
            "snnfe_evaluation_run",
            net,
            data,
            _arrays.address(chosen),
            n,
            filled.reference,
            ctypes.byref(result),
            logits.ctypes.data,
            by_class.ctypes.data,
        )
    return Evaluation(
        result.n,
        result.n_correct,
        result.accuracy,
        result.loss,
        logits,
        by_class,
        result.n_seen,
        result.n_trials,
        result.n_trials_correct,
        result.trial_accuracy,
    )


def trial_logits(logits: ArrayLike, trials: ArrayLike) -> DoubleArray:
    """Sums of the logits of each window's trial, float64 [n, n_classes]: how its windows decide together.

    `logits` [n, n_classes] are of windows, `trials` [n] say which trial each is of (`Dataset.trial_ids`, or
    anything else that can be compared). The largest sum is that of the class with the largest sum of
    log-probabilities; its softmax are the trial's probabilities. Raises ShapeError, NonfiniteError.
    """
    values = np.ascontiguousarray(logits, np.float32)
    if values.ndim != 2:
        raise ShapeError(f"logits must be [n, n_classes], not of shape {values.shape}")
    numbers = _arrays.trial_numbers(trials, len(values), "logits")
    sums = np.empty(values.shape)
    n, n_classes = values.shape
    call(
        "snnfe_evaluation_trial_logits",
        values.ctypes.data,
        numbers.ctypes.data,
        n,
        n_classes,
        sums.ctypes.data,
    )
    return sums


def seen(network: Network, dataset: Dataset, indices: ArrayLike | None = None) -> NDArray[np.bool_]:
    """Which trials, given as positions or as a mask (None: all), trained the network: bool [n].

    By trial: another window of a trial that trained the network has been seen, too. Raises ArgumentError.
    """
    chosen = None if indices is None else _arrays.indices("indices", indices, len(dataset))
    ids = dataset.trial_ids if chosen is None else dataset.trial_ids[chosen]
    return np.isin(ids, network.trials("trained").ids)


def _subjects(dataset: Dataset, subjects: ArrayLike | None) -> NDArray[Any]:
    return dataset.subject_list if subjects is None else _arrays.integers("subjects", subjects)


def evaluate_by_subject(
    network: Network,
    dataset: Dataset,
    subjects: ArrayLike | None = None,
    *,
    n_folds: int = 4,
    seed: int = 5,
    progress: ProgressOption = None,
    **options: Unpack[RunOptions],
) -> NDArray[Any]:
    """Accuracy on the validation part of every fold within each subject (None: all subjects).

    A structured array [n_subjects, n_folds] with subject, fold, n, n_correct, accuracy,
    class_accuracy [n_classes] and n_seen, all of windows, and n_trials, n_trials_correct and trial_accuracy
    of trials. Raises NotFoundError (a subject), ArgumentError (too few trials), and
    as `evaluate`.
    """
    chosen = _subjects(dataset, subjects)
    shape = (len(chosen), _arrays.whole("n_folds", n_folds, 2, 10**6))
    folds = Rows("snnfe_fold_accuracy", shape, network.options["n_classes"], "class_accuracy")
    filled = Options("snnfe_run_options").set(options)
    with network._shared() as net, dataset._shared() as data, Callbacks(filled.struct, progress):
        call(
            "snnfe_evaluation_by_subject",
            net,
            data,
            chosen.ctypes.data,
            len(chosen),
            n_folds,
            _arrays.whole("seed", seed),
            filled.reference,
            folds.rows.ctypes.data,
            folds.size,
            folds.classes.ctypes.data,
        )
    return folds.joined(behind="accuracy")


def personalize(
    network: Network,
    dataset: Dataset,
    subjects: ArrayLike | None = None,
    *,
    layers: Sequence[str] | None = None,
    n_folds: int = 4,
    fold_seed: int = 5,
    keep_networks: bool = False,
    progress: ProgressOption = None,
    **options: Unpack[TrainerOptions],
) -> Personalized:
    """Personalize a network to each subject (None: all), fold by fold; the network stays as it is.

    Trained are weights and decays of `layers` (default: fc1 and fc2) and ts_weights, with the
    options of the stage "sstl" and the device "dut2" unless others are given (`device=None` trains
    in floating point). Results do not depend on threads or on the other subjects. Raises
    NotFoundError (a subject), ArgumentError (too few trials), and as `Trainer.run`.
    """
    chosen = _subjects(dataset, subjects)
    if "device" not in options:
        options["device"] = Device()
    filled = filled_options(options, "sstl")
    shape = (len(chosen), _arrays.whole("n_folds", n_folds, 2, 10**6))
    n_classes = network.options["n_classes"]
    fields = ("class_accuracy_before", "class_accuracy_after")
    results = Rows("snnfe_personalized", shape, n_classes, *fields)
    logs = Rows(RECORD, (*shape, filled.struct.n_epochs), n_classes, "class_accuracy")
    pointers = np.zeros(shape, np.uintp)
    arrays = sized("snnfe_personalization")
    arrays.folds, arrays.fold_size = results.rows.ctypes.data, results.size
    arrays.class_accuracy = results.classes.ctypes.data
    arrays.records, arrays.record_size = logs.rows.ctypes.data, logs.size
    arrays.record_class_accuracy = logs.classes.ctypes.data
    arrays.networks = pointers.ctypes.data if keep_networks else None
    start = network.copy()
    start.freeze_for_stage("sstl", layers)
    with start._shared() as net, dataset._shared() as data, Callbacks(filled.struct, progress):
        call(
            "snnfe_personalize",
            net,
            data,
            chosen.ctypes.data,
            len(chosen),
            n_folds,
            _arrays.whole("fold_seed", fold_seed),
            filled.reference,
            ctypes.byref(arrays),
        )
        networks = {
            (int(subject), fold + 1): Network._adopt(int(pointers[i, fold]))
            for i, subject in enumerate(chosen)
            for fold in range(n_folds)
            if keep_networks
        }
    filled.raise_failure()
    after, validated = results.joined(behind="accuracy_after"), logs.joined(behind="validation_accuracy")
    return Personalized(after, validated, networks)
