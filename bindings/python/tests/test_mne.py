"""Recordings and epochs of MNE-Python: boundaries, bad spans, names, subjects, and what is logged."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import snnfe
from snnfe import errors, mne_bridge, montage

mne = pytest.importorskip("mne")
NAMES = ["C3", "Cz", "C4"]
CUES = {"T1": 0, "T2": 1}


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    mne.set_log_level("ERROR")
    caplog.set_level(logging.INFO, "snnfe")


def _raw(
    marks: Sequence[tuple[float, str] | tuple[float, str, float]],
    *,
    seed: int = 0,
    seconds: float = 12,
    offset: float = 0,
    names: list[str] = NAMES,
    meas_date: float | None = None,
) -> Any:
    x = 10e-6 * np.random.default_rng(seed).standard_normal((len(names), round(160 * seconds))) + offset
    raw = mne.io.RawArray(x, mne.create_info(names, 160.0, "eeg"))
    if meas_date is not None:
        raw.set_meas_date(meas_date)
    lengths = [mark[2] if len(mark) > 2 else 0 for mark in marks]
    return raw.set_annotations(mne.Annotations([m[0] for m in marks], lengths, [m[1] for m in marks]))


MARKS = [(0.0, "T0"), (2.0, "T1"), (6.0, "T0"), (8.0, "T2")]


def test_concatenated_recordings_are_their_segments() -> None:
    parts = [_raw(MARKS, seed=s, offset=s * 300e-6) for s in range(3)]
    alone = [mne_bridge.from_raw(part, CUES, run=s + 1) for s, part in enumerate(parts)]
    joined = mne_bridge.from_raw(mne.concatenate_raws([p.copy() for p in parts]), CUES, run=[1, 2, 3])
    right = snnfe.Dataset.concatenate(alone)
    np.testing.assert_allclose(joined.trials, right.trials, atol=2e-5)
    assert joined.runs.tolist() == [1, 1, 2, 2, 3, 3]
    assert joined.onsets.tolist() == [320, 1280, 2240, 3200, 4160, 5120]
    assert joined.trial_ids.tolist() == right.trial_ids.tolist()
    assert len(set(joined.trial_ids.tolist())) == 6


def test_several_people_in_one_recording() -> None:
    parts = [_raw(MARKS, seed=s, offset=s * 300e-6) for s in range(3)]
    joined = mne_bridge.from_raw(mne.concatenate_raws([p.copy() for p in parts]), CUES, subject=[1, 5, 1])
    assert joined.subjects.tolist() == [1, 1, 1, 1, 5, 5]
    people = [mne_bridge.from_raw(part, CUES, subject=s) for part, s in zip(parts, (1, 5, 1))]
    right = snnfe.Dataset.concatenate([people[0], people[2], people[1]])
    joined.normalize([5])
    right.normalize([5])
    np.testing.assert_allclose(joined.trials, right.trials, atol=2e-5)
    with pytest.raises(errors.ShapeError, match=r"subject must have the shape \(3,\)"):
        mne_bridge.from_raw(mne.concatenate_raws(parts), CUES, subject=[1, 2])


def test_no_trial_across_a_boundary(caplog: pytest.LogCaptureFixture) -> None:
    first, second = _raw([(11.5, "T1"), (11.0, "T0")]), _raw([(1.0, "T2")], seed=1)
    data = mne_bridge.from_raw(mne.concatenate_raws([first, second]), CUES)
    assert data.onsets.tolist() == [1920 + 160] and data.labels.tolist() == [1]
    assert "1 of 2 cues are trials; left out: 1 cut by the end of a recording" in caplog.text
    assert "no trial of T1" in caplog.text


@pytest.mark.parametrize("crop", [0.0, 1.3])
@pytest.mark.parametrize("meas_date", [None, 1e9])
def test_cropped_recordings(crop: float, meas_date: float | None) -> None:
    raw = _raw([*MARKS, (9.5, "BAD_jaw", 0.5)], meas_date=meas_date).crop(crop)
    data = mne_bridge.from_raw(raw, CUES, low_hz=0, high_hz=0)
    begin = 320 - round(160 * crop)
    assert data.onsets.tolist() == [begin, begin + 960]
    whole = raw.get_data() * 1e6
    seen = data.trials[0] * data.channel_std[:, None] + data.channel_mean[:, None]
    np.testing.assert_allclose(seen, whole[:, begin : begin + 160], atol=1e-4)


@pytest.mark.parametrize(
    ("onset", "length", "kept"),
    [
        (2.2, 0.0, 1),  # a mark without length within the trial
        (1.5, 0.6, 1),  # ends within
        (2.9, 3.0, 1),  # begins within
        (1.0, 8.5, 0),  # covers both trials
        (3.1, 1.0, 2),  # behind the window, within the trial
        (1.0, 1.0, 2),  # ends where the window begins
        (3.0, 0.5, 2),  # begins where the window ends
    ],
)
def test_bad_spans(onset: float, length: float, kept: int, caplog: pytest.LogCaptureFixture) -> None:
    raw = _raw([*MARKS, (onset, "bad_move", length)])
    if kept == 0:
        with pytest.raises(errors.NotFoundError, match="left out: 2 in BAD spans; the recording has T0"):
            mne_bridge.from_raw(raw, CUES)
    else:
        assert len(mne_bridge.from_raw(raw, CUES)) == kept
        assert ("1 in BAD spans" in caplog.text) == (kept == 1)
    assert len(mne_bridge.from_raw(raw, CUES, reject_by_annotation=False)) == 2


def test_bad_samples_are_not_in_the_statistics() -> None:
    raw = _raw([*MARKS, (4.0, "BAD_jump", 1.0)])
    raw._data[:, 640:800] += 0.01
    clean = mne_bridge.from_raw(raw, CUES, low_hz=0, high_hz=0)
    assert clean.channel_std.max() < 20
    all_samples = mne_bridge.from_raw(raw, CUES, low_hz=0, high_hz=0, reject_by_annotation=False)
    assert all_samples.channel_std.min() > 1000


def test_gaps_of_the_acquisition() -> None:
    raw = _raw([*MARKS, (3.0, "BAD_ACQ_SKIP", 2.0)])
    raw._data[:, 480:800] = 0.05
    data = mne_bridge.from_raw(raw, CUES)
    assert data.onsets.tolist() == [1280] and data.channel_std.max() < 20


def test_cues_of_two_classes_at_one_onset(caplog: pytest.LogCaptureFixture) -> None:
    data = mne_bridge.from_raw(_raw([*MARKS, (2.0, "T2"), (8.0, "T2")]), CUES)
    assert data.onsets.tolist() == [1280]
    assert "1 of two classes at one onset" in caplog.text
    with_response = _raw([(2.0, "T1"), (2.0, "response"), (8.0, "T2")])
    assert len(mne_bridge.from_raw(with_response, CUES)) == 2


def test_nothing_found_lists_what_there_is() -> None:
    there = r"no annotation of left, right; the recording has T0 \(2\), T1 \(1\), T2 \(1\)"
    with pytest.raises(errors.NotFoundError, match=there):
        mne_bridge.from_raw(_raw(MARKS), {"left": 0, "right": 1})
    with pytest.raises(errors.NotFoundError, match="no annotation of left; the recording has none"):
        mne_bridge.from_raw(_raw([]), {"left": 0})
    with pytest.raises(errors.NotFoundError, match="900 samples of a trial; left out: 1 too short, 1 cut by"):
        mne_bridge.from_raw(_raw(MARKS), CUES, n_steps=900)


def test_provenance() -> None:
    data = mne_bridge.from_raw(_raw(MARKS), CUES, low_hz=4, high_hz=40, subject=7, run=3)
    info = data.info
    assert data.channel_names == ["C3", "CZ", "C4"] and data.class_names == ["T1", "T2"]
    assert (info["filter_low_hz"], info["filter_high_hz"], info["filter_kind"]) == (4, 40, "zero_phase")
    assert info["normalization"] == "all" and info["sampling_rate_hz"] == 160
    assert data.subjects.tolist() == [7, 7] and data.runs.tolist() == [3, 3]
    assert 1 < data.channel_std.min() < data.channel_std.max() < 20
    filtered = _raw(MARKS).filter(8, 30, verbose="error")
    known = mne_bridge.from_raw(filtered, CUES, low_hz=0, high_hz=0).info
    assert (known["filter_low_hz"], known["filter_high_hz"], known["filter_kind"]) == (8, 30, "unknown")


def test_classes_of_tags_and_shared_names() -> None:
    raw = _raw([(0.0, "hand/left"), (3.0, "hand/right"), (6.0, "foot/left"), (9.0, "rest")])
    assert mne_bridge.from_raw(raw, {"left": 0, "right": 1}).labels.tolist() == [0, 1, 0]
    assert mne_bridge.from_raw(raw, {"left/hand": 1, "rest": 0}).labels.tolist() == [1, 0]
    three = mne_bridge.from_raw(raw, {"hand/left": 0, "foot/left": 0, "rest": 2})
    assert three.class_names == ["hand/left+foot/left", "class 1", "rest"]
    with pytest.raises(errors.ArgumentError, match="hand/left is of several classes: hand, left"):
        mne_bridge.from_raw(raw, {"hand": 0, "left": 1})
    with pytest.raises(TypeError, match="the class of rest must be a whole number"):
        mne_bridge.from_raw(raw, {"rest": "quiet"})  # type: ignore[dict-item]


def test_bad_channels_by_choice(caplog: pytest.LogCaptureFixture) -> None:
    raw = _raw(MARKS)
    raw.info["bads"] = ["Cz"]
    with pytest.raises(errors.ArgumentError, match="names the channels Cz: interpolate them"):
        mne_bridge.from_raw(raw, CUES)
    assert mne_bridge.from_raw(raw, CUES, bads="drop").channel_names == ["C3", "C4"]
    assert "left out" in caplog.text
    assert mne_bridge.from_raw(raw, CUES, bads="keep").channel_names == ["C3", "CZ", "C4"]
    with pytest.raises(errors.ArgumentError, match='"error", "keep" or "drop", not \'no\''):
        mne_bridge.from_raw(raw, CUES, bads="no")
    flat = _raw(MARKS)
    flat._data[1] = 0
    assert not mne_bridge.from_raw(flat, CUES).trials[:, 1].any()
    assert "channels without a signal are zeros: Cz" in caplog.text


def _epochs(events: list[list[int]], codes: dict[str, int], **more: Any) -> Any:
    x = 10e-6 * np.random.default_rng(2).standard_normal((len(events), 3, 160))
    return mne.EpochsArray(x, mne.create_info(NAMES, 160.0, "eeg"), np.array(events), 0, codes, **more)


def test_absent_classes_are_kept(caplog: pytest.LogCaptureFixture) -> None:
    codes = {"left": 1, "right": 2, "feet": 3}
    epochs = _epochs([[0, 0, 1], [200, 0, 2], [400, 0, 1]], codes, on_missing="ignore")
    data = mne_bridge.from_epochs(epochs, labels={"left": 0, "right": 1, "feet": 2})
    assert data.n_classes == 3 and data.class_names == ["left", "right", "feet"]
    assert "no trial of feet" in caplog.text
    assert mne_bridge.from_epochs(epochs).class_names == sorted(codes)
    only = mne_bridge.from_epochs(epochs["left"], labels={"left": 0})
    assert len(only) == 2 and only.n_classes == 2
    with pytest.raises(errors.NotFoundError, match="no epoch of feet is left of 3"):
        mne_bridge.from_epochs(epochs, labels={"feet": 0})
    with pytest.raises(errors.NotFoundError, match="no event hand; they have left, right, feet"):
        mne_bridge.from_epochs(epochs, labels={"hand": 0, "left": 1})


def test_subjects_of_each_epoch() -> None:
    events = [[200 * i, 0, 1 + i % 2] for i in range(6)]
    epochs = _epochs(events, {"task/left": 1, "task/right": 2})
    subjects = [3, 1, 3, 1, 2, 2]
    data = mne_bridge.from_epochs(
        epochs, labels={"left": 0, "right": 1}, subject=subjects, run=[1, 1, 2, 2, 1, 1]
    )
    assert data.subjects.tolist() == subjects and data.runs.tolist() == [1, 1, 2, 2, 1, 1]
    assert data.labels.tolist() == [0, 1] * 3 and data.onsets.tolist() == [e[0] for e in events]
    x = epochs.get_data() * 1e6
    right = (x - x.mean((0, 2), keepdims=True)) / x.std((0, 2), keepdims=True)
    np.testing.assert_allclose(data.trials, right, atol=2e-6)
    data.normalize([2])
    own = (x - x[4:].mean((0, 2), keepdims=True)) / x[4:].std((0, 2), keepdims=True)
    np.testing.assert_allclose(data.trials, own, atol=2e-6)
    as_they_are = mne_bridge.from_epochs(epochs, normalize=False)
    assert as_they_are.info["normalization"] == "none"
    assert as_they_are.trial_ids.tolist() == data.trial_ids.tolist()
    np.testing.assert_allclose(as_they_are.trials, x, rtol=1e-5)
    with pytest.raises(errors.ShapeError, match=r"subject must have the shape \(6,\)"):
        mne_bridge.from_epochs(epochs, subject=[1, 2])


def test_names_of_other_caps() -> None:
    names = ["T3", "T4", "T5", "T6", "P9", "P10", "Iz"]
    assert montage.places(["T7", "T8", "P7", "P8"]) == montage.places(names)[:4]
    data = mne_bridge.from_raw(_raw(MARKS, names=names), CUES)
    assert len(set(zip(data.channel_rows.tolist(), data.channel_columns.tolist()))) == 7
    with pytest.raises(errors.ArgumentError, match='channels "T3" and "T7" both come to row 4, column 1'):
        mne_bridge.from_raw(_raw(MARKS, names=["T3", "T7"]), CUES)
    assert len(montage.places(mne.channels.make_standard_montage("biosemi64").ch_names)) == 64
