"""The notch for line noise against SciPy's, in data sets and live, and marks of trials."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import snnfe
from snnfe.dataset_options import DEFECTS, NOTCH_AUTO

signal = pytest.importorskip("scipy.signal")


def sections(notch_hz: float, width_hz: float, rate_hz: float) -> np.ndarray:
    """Those of SciPy for the line and its multiples."""
    multiples = np.arange(1, 9) * notch_hz
    return np.vstack(
        [
            signal.tf2sos(*signal.iirnotch(f, f / width_hz, rate_hz))
            for f in multiples
            if f + width_hz / 2 < rate_hz / 2
        ]
    )


@pytest.mark.parametrize("notch_hz, width_hz, rate_hz", [(50, 2, 160), (60, 1, 250), (50, 3, 500), (16.7, 1, 160)])
def test_samples_are_those_of_scipy(notch_hz: float, width_hz: float, rate_hz: float) -> None:
    rng = np.random.default_rng(3)
    time = np.arange(4000) / rate_hz
    samples = (rng.normal(0, 10, (3, 4000)) + 40 * np.sin(2 * np.pi * notch_hz * time) + 500).astype(np.float32)
    sos = sections(notch_hz, width_hz, rate_hz)
    options = {"width_hz": width_hz, "sampling_rate_hz": rate_hz}
    causal = snnfe.notch_filter_apply(samples, notch_hz, filter_kind="causal", **options)
    settled = signal.sosfilt_zi(sos)[:, None, :] * samples[None, :, :1]
    expected, _ = signal.sosfilt(sos, samples.astype(float), zi=settled)
    np.testing.assert_allclose(causal, expected, atol=1e-3)
    reflected = int(np.ceil(3 * rate_hz / width_hz))
    both = signal.sosfiltfilt(sos, samples.astype(float), padtype="odd", padlen=reflected)
    np.testing.assert_allclose(snnfe.notch_filter_apply(samples, notch_hz, **options), both, atol=1e-3)


def test_trees_say_the_line_and_decoders_take_it(tmp_path: Path) -> None:
    synthetic = {"n_subjects": 2, "runs": [4], "trials_per_run": 4, "line_hz": 50, "line_uv": 30}
    snnfe.write_synthetic(tmp_path, layout="bids", channel_names=["C3", "Cz", "C4"], **synthetic)
    events = ["left_hand", "right_hand"]
    bids = {"task": "imagery"}
    auto = snnfe.Dataset.open_bids(tmp_path, events, bids=bids, notch_hz=NOTCH_AUTO, filter_kind="causal")
    given = snnfe.Dataset.open_bids(tmp_path, events, bids=bids, notch_hz=50, filter_kind="causal")
    plain = snnfe.Dataset.open_bids(tmp_path, events, bids=bids, filter_kind="causal", normalization="none")
    assert auto.signal.notch_hz == 50 and auto.signal.notch_width_hz == 2
    assert auto.info["notch_hz"] == 50 and plain.signal.notch_hz == 0
    np.testing.assert_array_equal(auto.trials, given.trials)
    network = snnfe.Network(conv1_channels=4, conv2_channels=6, conv3_channels=8, n_hidden=8)
    network.signal = auto.signal
    assert network.signal is not None and network.signal.notch_hz == 50
    with pytest.raises(snnfe.errors.ShapeError, match="notch at 50 Hz, 2 Hz wide"):
        snnfe.Decoder(network, dataset=plain)
    assert snnfe.Decoder(network, dataset=auto).signal.notch_hz == 50


def test_marks_are_an_array(tmp_path: Path) -> None:
    snnfe.write_synthetic(tmp_path, n_subjects=1, runs=[4], trials_per_run=12, blink_uv=400)
    recording = snnfe.Recording.open(tmp_path / "S001/S001R04.edf")
    onsets = snnfe.Dataset.open(tmp_path, runs=[4], statistics_runs=[4]).onsets
    ranges = np.array([np.ptp(recording.samples[:, t : t + 160], axis=1).max() for t in onsets])
    limit = float(np.median(ranges))
    data = snnfe.Dataset.open(tmp_path, runs=[4], statistics_runs=[4], quality="mark", peak_uv=limit, muscle_uv=0)
    loud = data.marked("loud")
    np.testing.assert_array_equal(loud, ranges > limit)
    assert 0 < loud.sum() < len(data) and data.info["n_loud"] == loud.sum()
    np.testing.assert_array_equal(data.defects, np.where(loud, DEFECTS["loud"], 0))
    np.testing.assert_array_equal(data.marked(), loud)
    assert not data.marked("flat").any()
    good = data.subset(np.flatnonzero(~loud))
    dropped = snnfe.Dataset.open(tmp_path, runs=[4], statistics_runs=[4], quality="drop", peak_uv=limit, muscle_uv=0)
    np.testing.assert_array_equal(good.trials, dropped.trials)
    assert not dropped.marked().any()
    data.save(tmp_path / "marked.safetensors")
    np.testing.assert_array_equal(snnfe.Dataset.load(tmp_path / "marked.safetensors").defects, data.defects)
    copy = snnfe.Dataset.from_arrays(data.trials.copy(), data.labels, defects=data.defects)
    np.testing.assert_array_equal(copy.defects, data.defects)
    with pytest.raises(snnfe.errors.ArgumentError, match="no kind of mark: 'quiet'"):
        data.marked("quiet")
