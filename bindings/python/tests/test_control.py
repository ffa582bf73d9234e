"""Ocular control and alignment from Python."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

import snnfe
from snnfe.dataset_options import FRONTAL
from snnfe.errors import ArgumentError, NonfiniteError, NotFoundError, ShapeError, StateError
from snnfe.options import SyntheticOptions

GLANCES: SyntheticOptions = {"n_subjects": 2, "trials_per_run": 6, "glance_uv": 150.0}


def controlled(**options: object) -> snnfe.Dataset:
    return snnfe.Dataset.synthesize(GLANCES, ocular="regression", filter_kind="causal", **options)  # type: ignore[arg-type]


def test_references_leave_the_grid() -> None:
    plain = snnfe.Dataset.synthesize(GLANCES)
    data = controlled(n_lags=2)
    assert len(plain.channel_names) == 64 and plain.signal.ocular == "none"
    assert [n for n in plain.channel_names if n.upper().strip(".") not in FRONTAL] == data.channel_names
    assert data.signal.reference_names == FRONTAL and data.signal.n_lags == 2
    assert data.signal.reference_std is not None and (data.signal.reference_std > 10).all()
    assert data.info["ocular"] == "regression" and data.info["n_references"] == 12
    assert len(controlled(keep_references=True).channel_names) == 64
    assert controlled(reference_names=["F7", "F8"]).signal.reference_names == ("F7", "F8")


def test_given_statistics_are_of_the_channels_left() -> None:
    data = controlled()
    again = controlled(
        normalization="given", channel_mean_uv=data.channel_mean, channel_std_uv=data.channel_std
    )
    np.testing.assert_allclose(again.trials, data.trials, atol=1e-5)
    with pytest.raises(ArgumentError, match="52 entries"):
        controlled(normalization="given", channel_mean_uv=np.zeros(64), channel_std_uv=np.ones(64))


def test_each_subject_becomes_white() -> None:
    data = controlled()
    before = data.trials.astype(float)
    data.align()
    for subject in data.subject_list:
        x = data.trials[data.subjects == subject].astype(float)
        np.testing.assert_allclose(np.einsum("nct,ndt->cd", x, x) / x[:, 0].size, np.eye(52), atol=1e-3)
    means = [
        np.einsum("nct,ndt->cd", x, x) / x[:, 0].size for x in (before[data.subjects == s] for s in (1, 2))
    ]
    assert data.signal.alignment == "euclidean"
    np.testing.assert_allclose(data.signal.covariance, np.mean(means, axis=0), atol=1e-6)
    with pytest.raises(StateError, match="aligned already"):
        data.align()
    with pytest.raises(StateError, match="is aligned"):
        data.normalize()


def test_alignment_by_the_past() -> None:
    whole, begun, other = controlled(), controlled(), controlled()
    whole.align(past=True, prior_trials=3)
    part = begun.subset(begun.subjects == 1)
    part = part.subset(np.arange(4))  # the first trials know nothing of the later ones
    x = other.trials[other.subjects == 2].astype(float)
    part.align(past=True, prior_trials=3, covariance=np.einsum("nct,ndt->cd", x, x) / x[:, 0].size)
    np.testing.assert_allclose(whole.trials[:4], part.trials, atol=1e-4)
    with pytest.raises(ShapeError, match="covariance"):
        other.align(past=True, covariance=np.eye(3))
    with pytest.raises(ArgumentError, match="past is 2"):
        other.align(past=2)  # type: ignore[arg-type]


def test_copies_and_arrays_know_their_control(tmp_path: Path) -> None:
    data = controlled(n_lags=1)
    data.align()
    data.save(tmp_path / "data.safetensors")
    for copy in (data.copy(), snnfe.Dataset.load(tmp_path / "data.safetensors")):
        for name, value in dataclasses.asdict(data.signal).items():
            np.testing.assert_array_equal(getattr(copy.signal, name), value)
    s = data.signal
    made = snnfe.Dataset.from_arrays(
        data.trials,
        data.labels,
        channel_rows=s.channel_rows,
        channel_columns=s.channel_columns,
        channel_names=s.channel_names,
        ocular=s.ocular,
        n_lags=s.n_lags,
        reference_names=s.reference_names,
        reference_std_uv=s.reference_std,
        alignment=s.alignment,
        covariance=s.covariance,
    )
    assert made.signal.reference_names == s.reference_names and made.signal.alignment == "euclidean"
    np.testing.assert_array_equal(made.signal.reference_std, s.reference_std)
    np.testing.assert_array_equal(made.signal.covariance, s.covariance)
    network = snnfe.Network()
    network.signal = s
    assert network.signal is not None and network.signal.reference_names == FRONTAL
    with pytest.raises(ShapeError, match="the ocular control is none"):
        places = {"channel_rows": s.channel_rows, "channel_columns": s.channel_columns}
        other = snnfe.Dataset.synthesize(
            GLANCES,
            channel_names=data.channel_names,
            filter_kind="causal",
            **places,  # type: ignore[arg-type]
        )
        snnfe.evaluate(network, other)


def test_live(tmp_path: Path) -> None:
    data = controlled()
    network = snnfe.Network()
    aligned = data.copy()
    aligned.align()
    decoder = snnfe.Decoder(network, dataset=aligned, windows="cued", n_history=3000)
    assert decoder.channel_names[:52] == data.channel_names and decoder.channel_names[52:] == list(FRONTAL)
    control = snnfe.Control(decoder.signal, least_samples=500)
    rng = np.random.default_rng(1)
    rows = (20 * rng.standard_normal((1000, 64))).astype(np.float32)
    rows[:, :52] += rows[:, 52:53]
    decoder.push(rows)
    samples = decoder.copy_samples(0, 1000)
    assert samples.shape == (1000, 64)
    control.add(samples)
    assert control.info["n_samples"] == 1000 and control.info["n_trials"] == 1
    assert control.weights.shape == (52, 64) and control.offset.shape == (52,)
    cleaned = samples.astype(float) @ control.weights.T + control.offset
    assert np.abs(np.corrcoef(cleaned.T, samples[:, 52])[-1, :-1]).max() < 0.05
    assert decoder.info["n_controls"] == 0
    decoder.offer_control(control)
    assert decoder.info["n_controls"] == 1
    decoder.cue()
    decoder.push(rows[:160])
    seen = decoder.copy_window(decoder.take().first_sample)
    x = decoder.copy_samples(1000, 160).astype(float) @ control.weights.T + control.offset
    np.testing.assert_allclose(seen[data.channel_rows, data.channel_columns].T, x, atol=1e-4)
    control.save(tmp_path / "control.safetensors")
    again = snnfe.Control(decoder.signal, least_samples=500)
    again.restore(tmp_path / "control.safetensors")
    np.testing.assert_array_equal(again.weights, control.weights)
    with pytest.raises(NonfiniteError, match="sample 1 of input 2"):
        bad = samples.copy()
        bad[1, 2] = np.nan
        control.add(bad)
    with pytest.raises(ShapeError):
        control.add(samples[:, :5].copy())
    with pytest.raises(ArgumentError, match="nothing to learn"):
        snnfe.Control(snnfe.Dataset.synthesize(GLANCES).signal)
    with pytest.raises(ShapeError, match="another kind"):
        decoder.offer_control(snnfe.Control(data.signal))
    assert "1000 samples" in repr(control)


def test_envelopes_live(tmp_path: Path) -> None:
    snnfe.write_synthetic(tmp_path, **{**GLANCES, "n_subjects": 1})
    path = tmp_path / "S001" / "S001R04.edf"
    names = ["C3", "Cz", "C4"]
    data = snnfe.Dataset.open_files(
        [path],
        [1],
        [4],
        channel_names=names,
        channel_rows=[4, 4, 4],
        channel_columns=[2, 5, 8],
        filter_low_hz=8,
        filter_high_hz=30,
        filter_kind="causal",
        band_low_hz=[8, 13],
        band_high_hz=[13, 30],
        window_length=480,
        window_limit=481,
    )
    network = snnfe.Network(n_steps=11, conv1_channels=8, conv2_channels=8, conv3_channels=8, n_hidden=8)
    decoder = snnfe.Decoder(network, dataset=data, windows="cued")
    assert decoder.channel_names == ["C3", "CZ", "C4"]
    assert (decoder.info["window_samples"], decoder.info["n_values"]) == (480, 9)
    onset = int(data.onsets[0])
    rows = np.ascontiguousarray(snnfe.Recording.open(path, channel_names=names).samples.T)
    decoder.push(rows[:onset])
    decoder.cue()
    decoder.push(rows[onset : onset + 480])
    decision = decoder.take()
    np.testing.assert_array_equal(decoder.copy_window(onset), data.grid([0])[0])
    np.testing.assert_array_equal(decision.logits, network.evaluate(data.grid([0]))[0])

    learner = snnfe.Learner(network, decoder=decoder)
    assert learner.adapt(decoder.copy_window(onset), int(data.labels[0])) is not None
    data.align(alignment="standardize")
    aligned = snnfe.Decoder(network, dataset=data)
    control = snnfe.Control(aligned.signal)
    assert control.info["n_envelopes"] == 6
    aligned.push(rows[:480])
    control.add(aligned.copy_samples(0, 480), ocular=False)
    before = aligned.copy_window(0)
    aligned.offer_control(control)
    aligned.push(rows[480:481])
    z = before.reshape(110, 11)[[t for t in range(110) if before.reshape(110, 11)[t].any()]]
    seen = aligned.copy_window(0).reshape(110, 11)
    mixed = control.envelope_weights @ z + control.envelope_offset[:, None]
    np.testing.assert_allclose(seen[seen.any(1)], mixed, atol=1e-4)


def test_recordings_with_electrooculograms(tmp_path: Path) -> None:
    """Channels that are no electrodes are references from the recording to the live decision."""
    snnfe.write_synthetic(tmp_path, **{**GLANCES, "n_subjects": 1}, runs=[4])
    path = tmp_path / "S001" / "S001R04.edf"
    content = path.read_bytes()
    assert content.count(b"Af7.") == content.count(b"Fpz.") == 1
    path.write_bytes(content.replace(b"Af7.", b"HEOG").replace(b"Fpz.", b"VEOG"))
    names = ["C3", "Cz", "C4", "F3", "F4"]
    places = {"channel_rows": [4, 4, 4, 2, 2], "channel_columns": [2, 5, 8, 3, 7]}
    options: dict[str, object] = {"channel_names": names, **places, "filter_kind": "causal"}
    plain = snnfe.Dataset.open_files([path], [1], [4], **options)  # type: ignore[arg-type]
    data = snnfe.Dataset.open_files(
        [path],
        [1],
        [4],
        ocular="regression",
        reference_names=["HEOG", "VEOG"],
        **options,  # type: ignore[arg-type]
    )
    assert data.channel_names == plain.channel_names == ["C3", "CZ", "C4", "F3", "F4"]
    assert data.signal.reference_names == ("HEOG", "VEOG")
    recording = snnfe.Recording.open(path, channel_names=[*names, "VEOG", "Iz", "HEOG"])
    eyes = snnfe.causal_filter_apply(recording.samples[[7]].copy())[0]
    cuts = np.stack([eyes[t : t + 160] for t in data.onsets])
    seen = [abs(np.corrcoef(d.trials[:, 3].ravel(), cuts.ravel())[0, 1]) for d in (plain, data)]
    assert seen[0] > 0.5 and seen[1] < 0.2, seen

    network = snnfe.Network(conv1_channels=4, conv2_channels=4, conv3_channels=4, n_hidden=4)
    snnfe.Trainer(network, n_epochs=1).run(data, range(4))
    assert network.signal is not None and network.signal.reference_names == ("HEOG", "VEOG")
    decoder = snnfe.Decoder(network, dataset=data, windows="cued", n_history=2**15)
    assert decoder.channel_names[-2:] == ["HEOG", "VEOG"]
    control = snnfe.Control(decoder.signal)
    rows, columns = np.ascontiguousarray(recording.samples.T), [*names, "VEOG", "Iz", "HEOG"]
    with pytest.raises(NotFoundError, match="HEOG"):
        decoder.push(np.ascontiguousarray(rows[:, :7]), channels=columns[:7])
    decoder.push(rows, channels=columns)
    control.add(decoder.copy_samples(0, len(rows)), alignment=False)
    decoder.offer_control(control)
    decoder.reset()
    for trial, onset in enumerate(data.onsets):
        decoder.push(rows[decoder.info["n_samples"] : onset], channels=columns)
        decoder.cue()
        decoder.push(rows[onset : onset + 160], channels=columns)
        decision = decoder.take()
        seen_live = decoder.copy_window(decision.first_sample)
        np.testing.assert_allclose(seen_live, data.grid([trial])[0], atol=1e-3)
