"""Positions and masks mean what they mean in NumPy, in every call that takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import snnfe
from conftest import SMALL
from snnfe import errors

TINY: snnfe.options.NetworkOptions = {
    **SMALL,
    "conv1_channels": 2,
    "conv2_channels": 2,
    "conv3_channels": 2,
    "n_hidden": 4,
}
QUICK: snnfe.options.TrainerOptions = {"n_epochs": 1, "evaluations_per_epoch": 0}


def _log(trained: snnfe.Trained) -> str:
    return str(trained.epoch_log.tolist())


def _run(data: snnfe.Dataset, *parts: Any) -> str:
    return str(snnfe.Trainer(snnfe.Network(**TINY), **QUICK).run(data, *parts).tolist())


CALLS: dict[str, Callable[[snnfe.Dataset, Any], Any]] = {
    "subset": lambda data, chosen: data.subset(chosen).trials,
    "grid": lambda data, chosen: data.grid(chosen),
    "evaluate": lambda data, chosen: snnfe.evaluate(snnfe.Network(**TINY), data, chosen).logits,
    "run": _run,
    "validation": lambda data, chosen: _run(data, range(40, 60), chosen),
    "test": lambda data, chosen: _run(data, range(40, 60), (), chosen),
    "pretrain": lambda data, chosen: _log(snnfe.pretrain(data, chosen, network=TINY, **QUICK)),
    "train_on_device": lambda data, chosen: _log(snnfe.train_on_device(data, chosen, network=TINY, **QUICK)),
    "retune": lambda data, chosen: _log(snnfe.retune(snnfe.Network(**TINY), data, chosen, **QUICK)),
}
EVERY_CALL = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@EVERY_CALL
def test_masks_are_the_positions_where_they_are_true(small_data: snnfe.Dataset, call: Any) -> None:
    mask = small_data.subjects == 2
    right = call(small_data, np.flatnonzero(mask))
    for same in (mask, mask.tolist(), mask.astype(object), mask[::-1][::-1]):
        assert np.array_equal(call(small_data, same), right)


@EVERY_CALL
@pytest.mark.parametrize("length", [59, 61, 2])
def test_masks_of_another_length_are_refused(small_data: snnfe.Dataset, call: Any, length: int) -> None:
    with pytest.raises(errors.ShapeError, match=f"is a mask of {length} entries, but there are 60 trials"):
        call(small_data, np.ones(length, bool))


@EVERY_CALL
@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ([0.0, 1.0], TypeError, "must be whole numbers, not float64"),
        (np.array([1, 2], np.float32), TypeError, "must be whole numbers, not float32"),
        ([0, 60], errors.ArgumentError, r"must be within 0…59.*\[1\] is 60"),
        ([3, -1], errors.ArgumentError, r"\[1\] is -1 \(negative ones do not count from the end\)"),
        (np.array([2**32]), errors.ArgumentError, "is 4294967296"),
        ([True, 3], TypeError, "mixes whole numbers with True or False"),
        ([[0, 1], [2, 3]], errors.ShapeError, r"must have the shape \(n,\), not \(2, 2\)"),
        (np.ones((60, 1), bool), errors.ShapeError, r"must have the shape \(n,\), not \(60, 1\)"),
        (["a"], TypeError, "must be whole numbers"),
        (3, errors.ShapeError, r"must have the shape \(n,\), not \(\)"),
    ],
)
def test_wrong_positions(
    small_data: snnfe.Dataset, call: Any, wrong: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        call(small_data, wrong)


def test_masks_that_pick_nothing(small_data: snnfe.Dataset) -> None:
    none = np.zeros(60, bool)
    assert small_data.grid(none).shape == (0, 10, 11, 20)
    assert snnfe.evaluate(snnfe.Network(**TINY), small_data, none).n == 0
    with pytest.raises(errors.ArgumentError, match="names no trial"):
        small_data.subset(none)
    with pytest.raises(errors.ArgumentError):
        _run(small_data, none)


def test_overlapping_masks(small_data: snnfe.Dataset) -> None:
    train, other = small_data.subjects < 3, small_data.subjects > 1
    with pytest.raises(errors.OverlapError):
        snnfe.Trainer(snnfe.Network(**TINY)).run(small_data, train, other)
    with pytest.raises(errors.OverlapError):
        snnfe.split.check_disjoint(train, other)
    with pytest.raises(errors.OverlapError):
        snnfe.split.check_disjoint(train, [39, 40])
    snnfe.split.check_disjoint(train, ~train)
    snnfe.split.check_disjoint(train, [40, 59])
    with pytest.raises(errors.ShapeError, match="a mask of 60 entries, but there are 59"):
        snnfe.split.check_disjoint(train, other[:-1])
    with pytest.raises(errors.ArgumentError, match=r"b\[1\] is 60"):
        snnfe.split.check_disjoint(train, [59, 60])


@pytest.mark.parametrize("name", ["personalize", "evaluate_by_subject", "normalize", "open", "file_runs"])
def test_subjects_and_runs_are_no_masks(synthetic: snnfe.Dataset, name: str) -> None:
    mask = synthetic.subjects != 2
    calls: dict[str, Callable[[], object]] = {
        "personalize": lambda: snnfe.personalize(snnfe.Network(), synthetic, mask),
        "evaluate_by_subject": lambda: snnfe.evaluate_by_subject(snnfe.Network(), synthetic, mask),
        "normalize": lambda: synthetic.normalize(mask),
        "open": lambda: snnfe.Dataset.open("x", subjects=mask),
        "file_runs": lambda: snnfe.Dataset.open_files(["x"], [1], [True]),
    }
    with pytest.raises(TypeError, match="must be whole numbers, not True or False"):
        calls[name]()


def test_labels_may_be_bools(small_data: snnfe.Dataset) -> None:
    names = np.where(small_data.labels == 1, "right", "left")
    again = snnfe.Dataset.from_arrays(small_data.trials, names == "right", subjects=small_data.subjects)
    assert (again.labels == small_data.labels).all()
    halves = snnfe.split.holdout(names == "right", 0.5)
    assert np.array_equal(halves.train, snnfe.split.holdout(small_data.labels, 0.5).train)


def test_nullable_columns_of_pandas(small_data: snnfe.Dataset) -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"subject": small_data.subjects})
    mask = (table["subject"] == 3).astype("boolean")
    assert (small_data.subset(mask).subjects == 3).all() and len(small_data.subset(mask)) == 20
    assert (small_data.subset(pandas.Series([5, 7], dtype="Int64")).trials == small_data.trials[[5, 7]]).all()
    mask.iloc[0] = pandas.NA
    with pytest.raises(TypeError, match="must be whole numbers"):
        small_data.subset(mask)


def test_windows_of_a_trial_stay_together() -> None:
    rng = np.random.default_rng(4)
    ids = rng.permutation(np.repeat(np.arange(40, dtype=np.uint64) * 2**40, 3))
    labels = (ids // 2**40 % 2).astype(np.int32)
    splits = [
        snnfe.split.holdout(labels, 0.25, trials=ids),
        snnfe.split.paper_holdout(labels, 0.25, trials=ids),
        snnfe.split.calibration(labels, 5, trials=ids),
        *snnfe.split.kfold(labels, 4, trials=ids),
        *snnfe.split.paper_kfold(labels, 4, trials=ids),
    ]
    for split in splits:
        assert not np.intersect1d(ids[split.train], ids[split.validation]).size
        assert np.array_equal(np.sort(np.concatenate(split)), np.arange(120))
        assert split.train.dtype == np.int32
    for plain, single in zip(
        snnfe.split.paper_kfold(labels), snnfe.split.paper_kfold(labels, trials=np.arange(120)[::-1]), strict=True
    ):
        assert all(np.array_equal(a, b) for a, b in zip(plain, single, strict=True))
    with pytest.raises(snnfe.errors.ShapeError, match="trials"):
        snnfe.split.kfold(labels, trials=ids[:5])
