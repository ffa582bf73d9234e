"""BIDS trees of three montages, rates and formats: our reading is that of MNE-Python and mne-bids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import snnfe
from snnfe import errors

EVENTS = ["left_hand", "right_hand"]
RAW: Any = {"normalization": "none", "filter_low_hz": 0, "filter_high_hz": 0}
MOTOR = ["Fz", "FC3", "FC1", "FCz", "FC2", "FC4", "C3", "Cz", "C4", "CP1", "CPz", "CP2", "Pz"]
SYSTEM_1020 = "Fp1 Fp2 F7 F3 Fz F4 F8 T7 C3 Cz C4 T8 P7 P3 Pz P4 P8 O1 O2".split()
TREES: list[tuple[str, int, list[str] | None]] = [
    ("edf", 160, None),
    ("bdf", 250, SYSTEM_1020),
    ("brainvision", 512, MOTOR),
]
ENDINGS = {"edf": "edf", "bdf": "bdf", "brainvision": "vhdr"}


def _tree(root: Path, format: str, rate: int, names: list[str] | None, **options: Any) -> Path:
    tree = root / format
    settings: Any = {"n_subjects": 2, "runs": [4], "trials_per_run": 4, **options}
    snnfe.write_synthetic(
        tree, layout="bids", format=format, sampling_rate_hz=rate, channel_names=names, **settings
    )
    return tree


def _recordings(tree: Path) -> list[Path]:
    return sorted(p for p in tree.rglob("*_eeg.*") if p.suffix in (".edf", ".bdf", ".vhdr"))


@pytest.mark.parametrize(("format", "rate", "names"), TREES)
def test_mne_reads_the_same_recordings(tmp_path: Path, format: str, rate: int, names: list[str] | None) -> None:
    mne = pytest.importorskip("mne")
    read = {"edf": mne.io.read_raw_edf, "bdf": mne.io.read_raw_bdf, "brainvision": mne.io.read_raw_brainvision}
    tree = _tree(tmp_path, format, rate, names, n_subjects=1)
    (path,) = _recordings(tree)
    raw = read[format](path, preload=True, verbose="error")
    chosen = names or [n for n in raw.ch_names]
    ours = snnfe.Recording.open(path, channel_names=chosen, sampling_rate_hz=0)
    assert ours.sampling_rate_hz == raw.info["sfreq"] == rate
    assert ours._info().synthetic == 1
    # MNE keeps volts in doubles, we microvolts in floats: they differ by the rounding of both.
    np.testing.assert_allclose(ours.samples, raw.get_data(picks=chosen) * 1e6, rtol=1e-6, atol=1e-5)
    marks = [(round(a["onset"] * rate), str(a["description"])) for a in raw.annotations]
    assert [(int(onset), text) for onset, text in ours.events] == marks and len(marks) >= 8


@pytest.mark.parametrize(("format", "rate", "names"), TREES)
def test_mne_bids_reads_the_same_tree(tmp_path: Path, format: str, rate: int, names: list[str] | None) -> None:
    mne_bids = pytest.importorskip("mne_bids")
    tree = _tree(tmp_path, format, rate, names, n_sessions=2)
    data = snnfe.Dataset.open_bids(
        tree, EVENTS, bids={"task": "imagery"}, sampling_rate_hz=rate, window_length=rate, window_limit=rate + 1, **RAW
    )
    for subject in (1, 2):
        for session in (1, 2):
            where = mne_bids.BIDSPath(
                subject=f"{subject:02}", session=str(session), task="imagery", run="4", datatype="eeg", root=tree
            )
            raw = mne_bids.read_raw_bids(where, verbose="error")
            raw.load_data(verbose="error")
            assert [name.upper() for name in raw.ch_names] == list(data.channel_names)
            assert set(raw.get_channel_types()) == {"eeg"}
            cues = [a for a in raw.annotations if a["description"] in EVENTS]
            mine = (data.subjects == subject) & (data.runs == 4 + 100 * (session - 1))
            assert [EVENTS[i] for i in data.labels[mine]] == [str(a["description"]) for a in cues]
            for trial, cue in zip(data.trials[mine], cues, strict=True):
                first = round(cue["onset"] * rate)
                np.testing.assert_allclose(trial, raw.get_data()[:, first : first + rate] * 1e6, rtol=1e-5, atol=1e-4)
            montage = raw.get_montage().get_positions()["ch_pos"]
            assert np.allclose([np.linalg.norm(p - np.mean(list(montage.values()))) > 0 for p in montage.values()], 1)


@pytest.mark.parametrize(("format", "rate", "names"), TREES)
def test_resampled_trees_are_trials_of_one_rate(
    tmp_path: Path, format: str, rate: int, names: list[str] | None
) -> None:
    data = snnfe.Dataset.open_bids(_tree(tmp_path, format, rate, names), EVENTS, resample=True)
    assert data.trials.shape[2] == 160
    assert data.info["n_resampled"] == (2 if rate != 160 else 0)



def test_the_layouts_hold_the_same_recordings(tmp_path: Path) -> None:
    settings: Any = {"n_subjects": 1, "runs": [4], "trials_per_run": 4}
    snnfe.write_synthetic(tmp_path / "plain", **settings)
    plain = snnfe.Dataset.open(tmp_path / "plain", runs=[4], statistics_runs=[4])
    for format in ("edf", "brainvision"):
        tree = snnfe.Dataset.open_bids(_tree(tmp_path, format, 160, None, **settings), EVENTS)
        assert tree.labels.tolist() == plain.labels.tolist()
        # EDF rounds to 0.1 microvolt, the others hardly.
        np.testing.assert_allclose(tree.trials, plain.trials, atol=0.02 if format != "edf" else 0)


def test_options_of_trees_are_checked(tmp_path: Path) -> None:
    with pytest.raises(errors.ArgumentError, match="are of the layout BIDS"):
        snnfe.write_synthetic(tmp_path / "x", sampling_rate_hz=250)
    with pytest.raises(errors.NotFoundError, match='channel "FFC1H" is missing'):
        snnfe.write_synthetic(tmp_path / "x", layout="bids", channel_names=["FFC1h"], runs=[4], n_subjects=1)
    with pytest.raises(errors.ArgumentError, match="format must be one of edf, bdf, brainvision"):
        snnfe.write_synthetic(tmp_path / "x", layout="bids", format="set")
    with pytest.raises(errors.ArgumentError, match="layout is BIDS"):
        snnfe.Dataset.synthesize({"layout": "bids"})


@pytest.mark.parametrize("orientation", ["MULTIPLEXED", "VECTORIZED"])
@pytest.mark.parametrize(("numbers", "dtype"), [("INT_16", "<i2"), ("INT_32", "<i4"), ("IEEE_FLOAT_32", "<f4")])
def test_kinds_of_brainvision(tmp_path: Path, orientation: str, numbers: str, dtype: str) -> None:
    mne = pytest.importorskip("mne")
    x = np.random.default_rng(3).integers(-3000, 3000, (3, 400))
    (tmp_path / "a.eeg").write_bytes((x.T if orientation == "MULTIPLEXED" else x).astype(dtype).tobytes())
    (tmp_path / "a.vmrk").write_text(
        "Brain Vision Data Exchange Marker File, Version 1.0\n[Common Infos]\nCodepage=UTF-8\nDataFile=a.eeg\n"
        "[Marker Infos]\nMk1=New Segment,,1,1,0,20130101120000000000\nMk2=Stimulus,S  2,101,1,0\nMk3=Comment,a\\1b,201,1,0\n",
        encoding="utf-8",
    )
    (tmp_path / "a.vhdr").write_text(
        "Brain Vision Data Exchange Header File Version 1.0\n; made\n[Common Infos]\nCodepage=UTF-8\n"
        f"DataFile=a.eeg\nMarkerFile=a.vmrk\nDataFormat=BINARY\nDataOrientation={orientation}\nNumberOfChannels=3\n"
        "DataPoints=400\nSamplingInterval=4000\n[Binary Infos]\n"
        f"BinaryFormat={numbers}\n[Channel Infos]\nCh1=C3,,0.1,µV\nCh2=Cz,,2,nV\nCh3=C4,,0.5\n[Comment]\nfree = text\n",
        encoding="utf-8",
    )
    raw = mne.io.read_raw_brainvision(tmp_path / "a.vhdr", preload=True, verbose="error")
    ours = snnfe.Recording.open(tmp_path / "a.vhdr", channel_names=["C4", "C3", "Cz"], sampling_rate_hz=250)
    np.testing.assert_allclose(ours.samples, raw.get_data(picks=["C4", "C3", "Cz"]) * 1e6, rtol=1e-6)
    np.testing.assert_allclose(ours.samples[1], 0.1 * x[0], rtol=1e-6)
    assert [(int(o), t) for o, t in ours.events] == [(100, "Stimulus/S  2"), (200, "Comment/a,b")]
    assert [str(a) for a in raw.annotations.description] == [t for _, t in ours.events]
