"""Data sets of arrays with their history, and data sets joined."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import snnfe
from snnfe import errors

PLACES: dict[str, Any] = {"channel_rows": [4, 4, 4], "channel_columns": [3, 5, 7]}
NAMES = ["C3", "Cz", "C4"]


def _epochs(seed: int = 0, n: int = 6) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 3, 20)).astype(np.float32)


def _made(seed: int = 0, **more: Any) -> snnfe.Dataset:
    options: dict[str, Any] = {"channel_names": NAMES, "class_names": ["left", "right"], **PLACES, **more}
    return snnfe.Dataset.from_arrays(_epochs(seed), [0, 1] * 3, **options)


def test_history_is_kept() -> None:
    data = _made(
        channel_mean_uv=[1, 2, 3],
        channel_std_uv=[1, 2, 3],
        n_statistics_samples=10**10,
        filter_low_hz=4,
        filter_high_hz=40.5,
        filter_kind="causal",
        normalisation="given",
        sampling_rate_hz=128,
    )
    info = data.info
    assert data.channel_names == ["C3", "CZ", "C4"] and data.class_names == ["left", "right"]
    assert (info["filter_low_hz"], info["filter_high_hz"], info["filter_kind"]) == (4, 40.5, "causal")
    assert info["normalisation"] == "given" and data.channel_std.tolist() == [1, 2, 3]
    data.normalise()
    assert data.info["normalisation"] == "all"
    np.testing.assert_allclose(data.epochs, _epochs(), atol=1e-6)


@pytest.mark.parametrize(
    ("more", "error", "message"),
    [
        ({"channel_names": ["C3"]}, errors.ShapeError, "channel_names has 1 names for 3 channel entries"),
        ({"channel_names": "C3 "}, TypeError, "must be a list of names"),
        ({"class_names": [0, 1]}, TypeError, "must be a list of names"),
        ({"channel_names": ["C3", "c3.", "C4"]}, errors.ArgumentError, "entries 0 and 1 are both"),
        ({"channel_mean_uv": [1, 2]}, errors.ShapeError, r"channel_mean_uv must have the shape \(3,\)"),
        ({"channel_mean_uv": [1, 2, 3]}, errors.ArgumentError, "go together"),
        ({"filter_kind": "fir"}, errors.ArgumentError, "filter_kind must be one of"),
        ({"filter_low_hz": "4"}, TypeError, "filter_low_hz must be a number"),
        ({"n_statistics_samples": -1}, errors.ArgumentError, "n_statistics_samples must be within"),
        ({"names": NAMES}, TypeError, "unknown option 'names'; there are also channel_names"),
        ({"channel_columns": [3, 5, 3]}, errors.ArgumentError, r"channels 0 \(C3\) and 2 \(C4\) share place"),
    ],
)
def test_wrong_history(more: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        _made(**more)


def test_people_are_joined_as_if_read_together() -> None:
    recordings: snnfe.options.SyntheticOptions = {"n_subjects": 2, "trials_per_run": 4}
    runs: dict[str, Any] = {"runs": [4], "statistics_runs": [4]}
    each = [snnfe.Dataset.synthesize(recordings, subjects=[s], **runs) for s in (1, 2)]
    both = snnfe.Dataset.synthesize(recordings, **runs)
    joined = snnfe.Dataset.concatenate(each)
    np.testing.assert_allclose(joined.epochs, both.epochs, atol=1e-5)
    assert joined.info == both.info and joined.subjects.tolist() == both.subjects.tolist()
    turned = snnfe.Dataset.concatenate(iter(each[::-1]))
    assert turned.subjects.tolist() == [2] * 4 + [1] * 4 and turned.subject_list.tolist() == [1, 2]


def test_parts_that_do_not_fit() -> None:
    with pytest.raises(errors.ShapeError, match="part 1 has 128 Hz of sampling rate, part 0 has 160"):
        snnfe.Dataset.concatenate([_made(), _made(sampling_rate_hz=128)])
    with pytest.raises(errors.ShapeError, match='class 0 is "up" in part 2'):
        snnfe.Dataset.concatenate([_made(), _made(1), _made(class_names=["up", "down"])])
    with pytest.raises(errors.ArgumentError, match="n is 0"):
        snnfe.Dataset.concatenate([])
    with pytest.raises(TypeError, match="parts must be data sets, not ndarray"):
        snnfe.Dataset.concatenate([_epochs()])  # type: ignore[list-item]
    closed = _made()
    closed.close()
    with pytest.raises(errors.StateError, match="this Dataset is closed"):
        snnfe.Dataset.concatenate([_made(), closed])


def test_the_same_part_twice() -> None:
    data = _made()
    twice = snnfe.Dataset.concatenate([data, data])
    assert len(twice) == 12 and (twice.epochs[6:] == data.epochs).all()
