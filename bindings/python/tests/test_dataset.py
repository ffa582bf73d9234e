"""Data sets of arrays with their history, and data sets joined."""

from __future__ import annotations

from pathlib import Path
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
        normalization="given",
        sampling_rate_hz=128,
    )
    info = data.info
    assert data.channel_names == ["C3", "CZ", "C4"] and data.class_names == ["left", "right"]
    assert (info["filter_low_hz"], info["filter_high_hz"], info["filter_kind"]) == (4, 40.5, "causal")
    assert info["normalization"] == "given" and data.channel_std.tolist() == [1, 2, 3]
    data.normalize()
    assert data.info["normalization"] == "all"
    np.testing.assert_allclose(data.trials, _epochs(), atol=1e-6)


@pytest.mark.parametrize(
    ("more", "error", "message"),
    [
        ({"channel_names": ["C3"]}, errors.ShapeError, "channel_names has 1 names for 3 channel entries"),
        ({"channel_names": "C3 "}, TypeError, "must be a list of names"),
        ({"class_names": [0, 1]}, TypeError, "must be a list of names"),
        ({"channel_names": ["C3", "c3.", "C4"]}, errors.ArgumentError, "twice, as entries 0 and 1"),
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
    np.testing.assert_allclose(joined.trials, both.trials, atol=1e-5)
    assert joined.info == both.info and joined.subjects.tolist() == both.subjects.tolist()
    turned = snnfe.Dataset.concatenate(iter(each[::-1]))
    assert turned.subjects.tolist() == [2] * 4 + [1] * 4 and turned.subject_list.tolist() == [1, 2]


def test_synthetic_people_glance_on_request() -> None:
    options: dict[str, Any] = {"runs": [4], "normalization": "none", "filter_low_hz": 0, "filter_high_hz": 0}
    still = snnfe.Dataset.synthesize({"n_subjects": 1, "runs": [4]}, **options)
    glancing = snnfe.Dataset.synthesize({"n_subjects": 1, "runs": [4], "glance_uv": 40}, **options)
    eyes = (glancing.trials - still.trials)[:, :, 56:120].mean(2)
    f7, f8, fz = (still.channel_names.index(name) for name in ("F7", "F8", "FZ"))
    assert ((eyes[:, f7] > 10) == (still.labels == 0)).all() and ((eyes[:, f8] > 10) == (still.labels == 1)).all()
    assert (eyes[:, fz] == 0).all()


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
    assert len(twice) == 12 and (twice.trials[6:] == data.trials).all()


EVENTS: dict[str, Any] = {
    "label_set": "events",
    "runs": [4],
    "filter_low_hz": 0,
    "filter_high_hz": 0,
    "normalization": "none",
}


def _synthetic(**options: Any) -> snnfe.Dataset:
    return snnfe.Dataset.synthesize({"n_subjects": 1, "trials_per_run": 4, "runs": [1, 4, 6]}, **options)


def test_events_are_counted() -> None:
    data = _synthetic(event_names=["T1", "T2", "T0"], event_labels=[0, 1, -1], other_events="ignored", **EVENTS)
    info = data.info
    assert (info["n_events"], info["n_events_used"], info["n_events_other"]) == (8, 4, 4)
    assert info["n_events_short"] == info["n_events_outside"] == info["n_events_shared"] == 0
    assert data.subset([0]).info["n_events"] == 0


def test_empty_classes_are_errors_unless_allowed() -> None:
    options: dict[str, Any] = {"event_names": ["T1", "T3"], "event_labels": [0, 1], **EVENTS}
    with pytest.raises(errors.NotFoundError, match=r'"T3".*there are "T0" \(4\), "T1" \(2\)'):
        _synthetic(**options)
    data = _synthetic(allow_empty_classes=True, **options)
    assert data.labels.tolist() == [0, 0] and data.class_names == ["T1", "T3"]


def test_label_sets_with_baselines() -> None:
    options: dict[str, Any] = {"filter_low_hz": 0, "filter_high_hz": 0, "normalization": "none"}
    published = _synthetic(label_set="baseline_feet", runs=[1, 6], **options)
    assert published.class_names == ["rest", "feet"]
    assert published.runs[published.labels == 0].tolist() == [1]
    five = _synthetic(label_set="baselines_left_right_fists_feet", runs=[1, 4, 6], **options)
    assert five.class_names == ["rest", "left", "right", "fists", "feet"]


def test_strict_recordings_and_numbered_channels(tmp_path: Path) -> None:
    snnfe.write_synthetic(tmp_path, n_subjects=1, runs=[4])
    path = tmp_path / "S001" / "S001R04.edf"
    channels: dict[str, Any] = {"channel_names": ["C3#9", "#13"]}
    strict = snnfe.Recording.open(path, strict=True, **channels)
    content = bytearray(path.read_bytes())
    content[168:176] = b"31.02.24"
    path.write_bytes(content + b"more")
    np.testing.assert_array_equal(snnfe.Recording.open(path, **channels).samples, strict.samples)
    with pytest.raises(errors.FormatError, match='start date is "31.02.24"'):
        snnfe.Recording.open(path, strict=True, **channels)
    with pytest.raises(errors.NotFoundError, match='signal 9 is "C3'):
        snnfe.Recording.open(path, **{**channels, "channel_names": ["C4#9", "#13"]})


BANDS: dict[str, Any] = {"band_low_hz": [8, 13, 20], "band_high_hz": [13, 20, 30]}
MOTOR: dict[str, Any] = {
    "channel_names": ["C3", "Cz", "C4"],
    "channel_rows": [4, 4, 4],
    "channel_columns": [2, 5, 8],
    "window_start": 40,
    "window_length": 480,
    "window_limit": 521,
    "runs": [4, 8],
    "statistics_runs": [4, 8],
}


def test_envelopes(tmp_path: Path) -> None:
    people = {"n_subjects": 2, "trials_per_run": 4}
    wide: dict[str, Any] = {"normalization": "none", "filter_kind": "causal", "filter_low_hz": 4, "filter_high_hz": 40}
    raw = snnfe.Dataset.synthesize(people, **wide, **BANDS, **MOTOR)
    assert raw.trials.shape[1:] == (9, 11)
    assert raw.channel_names[:4] == ["C3@1", "CZ@1", "C4@1", "C3@2"]
    assert raw.channel_rows.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert raw.signal.bands == ((8, 13), (13, 20), (20, 30))
    assert (raw.signal.envelope_window_s, raw.signal.envelope_hop_s) == (0.5, 0.25)
    # The same two filters, squares and means by hand; by the last window, the band's has forgotten its beginning.
    whole = snnfe.Dataset.synthesize(people, **wide, **dict(MOTOR, window_start=0, window_length=520))
    band = snnfe.causal_filter_apply(whole.trials[0].copy(), low_hz=13, high_hz=20)
    window = band[:, 40 + 10 * 40 : 40 + 10 * 40 + 80].astype(float)
    np.testing.assert_allclose(raw.trials[0, 3:6, 10], np.log((window**2).mean(1)), atol=1e-3)

    data = snnfe.Dataset.synthesize(people, **BANDS, **MOTOR)
    data.align(alignment="standardize")
    for subject in data.subject_list:
        own = data.trials[data.subjects == subject].astype(float)
        np.testing.assert_allclose(own.mean((0, 2)), 0, atol=1e-4)
        np.testing.assert_allclose(own.std((0, 2)), 1, atol=1e-2)
    data.save(tmp_path / "envelopes")
    assert snnfe.Dataset.load(tmp_path / "envelopes").signal.bands == data.signal.bands
    assert data.copy().signal.envelope_hop_s == 0.25
    given = snnfe.Dataset.synthesize(
        people, normalization="given", channel_mean_uv=np.zeros(9), channel_std_uv=np.ones(9), **BANDS, **MOTOR
    )
    assert given.info["normalization"] == "given"
    with pytest.raises(errors.ArgumentError, match="must have 9 entries"):
        snnfe.Dataset.synthesize(people, normalization="given", channel_mean_uv=np.zeros(3), **BANDS, **MOTOR)
    with pytest.raises(errors.ArgumentError, match="band 2 goes from 13 to 5 Hz"):
        snnfe.Dataset.synthesize(people, **{**BANDS, "band_high_hz": [13, 5, 30]}, **MOTOR)
    with pytest.raises(errors.ArgumentError, match="has 2 entries"):
        snnfe.Dataset.synthesize(people, **{**BANDS, "band_high_hz": [13, 5]}, **MOTOR)

    network = snnfe.Network(n_steps=11, conv1_channels=4, conv2_channels=4, conv3_channels=4, n_hidden=4)
    snnfe.Trainer(network, n_epochs=1).run(data, range(4))
    network.save(tmp_path / "network")
    loaded = snnfe.Network.load(tmp_path / "network")
    assert loaded.signal is not None
    assert loaded.signal.bands == data.signal.bands
    with pytest.raises(errors.ShapeError, match="list of envelopes"):
        snnfe.evaluate(loaded, snnfe.Dataset.synthesize(people, **{**BANDS, "band_high_hz": [13, 20, 29]}, **MOTOR))
    with pytest.raises(errors.ShapeError, match="list of envelopes"):
        snnfe.Decoder(loaded)
    loaded.signal = data.signal
    assert loaded.signal.bands == data.signal.bands

    noted = snnfe.Dataset.from_arrays(
        raw.trials.copy(),
        raw.labels,
        channel_rows=raw.channel_rows,
        channel_columns=raw.channel_columns,
        envelope_window_s=0.5,
        envelope_hop_s=0.25,
        **BANDS,
    )
    assert noted.signal.bands == raw.signal.bands
    with pytest.raises(errors.ArgumentError, match="3 and 2 edges"):
        snnfe.Dataset.from_arrays(raw.trials.copy(), raw.labels, **{**BANDS, "band_high_hz": [1, 2]})
