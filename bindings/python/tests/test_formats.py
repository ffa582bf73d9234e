"""BIDS trees of three montages, rates and formats: our reading is that of MNE-Python and mne-bids."""

from __future__ import annotations

import os
import re
import subprocess
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
    with pytest.raises(errors.ArgumentError, match="sampling_rate_hz is set, but has no effect unless layout is BIDS"):
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


def test_bad_channels_are_interpolated_as_mne_does(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    mne_bids = pytest.importorskip("mne_bids")
    tree = _tree(tmp_path, "brainvision", 160, MOTOR, n_subjects=1)
    (table,) = tree.rglob("*_channels.tsv")
    lines = table.read_text(encoding="utf-8").replace("FC1\tEEG\tµV\t160\tgood", "FC1\tEEG\tµV\t160\tbad")
    table.write_text(lines.replace("\nCz\tEEG\tµV\t160\tgood", "\nCz\tEEG\tµV\t160\tbad"), encoding="utf-8")
    where = mne_bids.BIDSPath(subject="01", task="imagery", run="4", datatype="eeg", root=tree)
    raw = mne_bids.read_raw_bids(where, verbose="error").load_data(verbose="error")
    assert raw.info["bads"] == ["FC1", "Cz"]
    raw.interpolate_bads(verbose="error")
    with caplog.at_level("WARNING", "snnfe"):
        ours = snnfe.Dataset.open_bids(tree, EVENTS, bids={"bad_channels": "interpolated"}, **RAW)
    assert 'channel "Cz" is bad, and is interpolated' in caplog.text
    used = snnfe.Dataset.open_bids(tree, EVENTS, **RAW)
    names = [name.upper() for name in raw.ch_names]
    for k, onset in enumerate(ours.onsets):
        # MNE fits a sphere to the places that the tree rounds to micrometers.
        theirs = raw.get_data()[:, onset : onset + 160] * 1e6
        np.testing.assert_allclose(ours.trials[k], theirs, atol=0.01)
        changed = np.abs(ours.trials[k] - used.trials[k]).max(axis=1) > 0.5
        assert [n for n, c in zip(names, changed) if c] == ["FC1", "CZ"]


def _mne_raw(tree: Path) -> Any:
    mne_bids = pytest.importorskip("mne_bids")
    where = mne_bids.BIDSPath(subject="01", task="imagery", run="4", datatype="eeg", root=tree)
    return mne_bids.read_raw_bids(where, verbose="error").load_data(verbose="error")


def _assert_same_trials(ours: snnfe.Dataset, theirs: Any, atol: float) -> None:
    samples = theirs.get_data() * 1e6
    for trial, onset in zip(ours.trials, ours.onsets, strict=True):
        np.testing.assert_allclose(trial, samples[:, onset : onset + 160], atol=atol)


def test_references_are_those_of_mne(tmp_path: Path) -> None:
    tree = _tree(tmp_path, "brainvision", 160, MOTOR, n_subjects=1)
    average = _mne_raw(tree).set_eeg_reference("average", verbose="error")
    _assert_same_trials(snnfe.Dataset.open_bids(tree, EVENTS, rereference="average", **RAW), average, 1e-4)
    pair = _mne_raw(tree).set_eeg_reference(["FC3", "FC4"], verbose="error").drop_channels(["FC3", "FC4"])
    ours = snnfe.Dataset.open_bids(tree, EVENTS, rereference="FC3,FC4", **RAW)
    _assert_same_trials(ours, pair, 1e-4)
    assert ours.signal.rereference == ours.info["rereference"] == "FC3,FC4" and len(ours.channel_names) == 11
    # Channels that are bad are no part of the average, here as there.
    (table,) = tree.rglob("*_channels.tsv")
    text = table.read_text(encoding="utf-8").replace("\nCz\tEEG\tµV\t160\tgood", "\nCz\tEEG\tµV\t160\tbad")
    table.write_text(text, encoding="utf-8")
    without = _mne_raw(tree).set_eeg_reference("average", verbose="error")
    ours = snnfe.Dataset.open_bids(tree, EVENTS, rereference="average", **RAW)
    good = [c for c, name in enumerate(MOTOR) if name != "Cz"]
    samples = without.get_data() * 1e6
    for trial, onset in zip(ours.trials, ours.onsets, strict=True):
        np.testing.assert_allclose(trial[good], samples[good, onset : onset + 160], atol=1e-4)
        assert np.abs(trial.mean(axis=0)).max() > 0.1


def test_absent_channels_are_interpolated_as_mne_does(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    mne = pytest.importorskip("mne")
    names = [*MOTOR, "C1", "CP3"]
    (table,) = _tree(tmp_path / "all", "brainvision", 160, names, n_subjects=1).rglob("*_electrodes.tsv")
    rows = [line.split("\t") for line in table.read_text().splitlines()[1:]]
    places = {name: np.array([float(x), float(y), float(z)]) for name, x, y, z in rows}
    tree = _tree(tmp_path, "brainvision", 160, MOTOR, n_subjects=1)
    raw = _mne_raw(tree)
    samples = np.vstack([raw.get_data(), np.zeros((2, raw.n_times))])
    whole = mne.io.RawArray(samples, mne.create_info(names, raw.info["sfreq"], "eeg"), verbose="error")
    whole.set_montage(mne.channels.make_dig_montage(places, coord_frame="head"))
    whole.info["bads"] = ["C1", "CP3"]
    whole.interpolate_bads(verbose="error")
    options: Any = {"channel_names": names, "n_rows": 19, "n_columns": 21, **RAW}
    with pytest.raises(errors.NotFoundError, match='channel "C1" is missing'):
        snnfe.Dataset.open_bids(tree, EVENTS, **options)
    with caplog.at_level("WARNING", "snnfe"):
        ours = snnfe.Dataset.open_bids(tree, EVENTS, absent_electrodes="interpolated", **options)
    assert 'has no "C1", "CP3": these 2 of 15 channels are interpolated' in caplog.text
    assert ours.info["n_interpolated"] == 2
    # MNE fits a sphere to the places that the tree rounds to micrometers.
    _assert_same_trials(ours, whole, 0.01)


@pytest.mark.parametrize("cap", ["fsaverage_1005", "biosemi64"])
def test_numbered_electrodes_come_to_the_places_of_their_coordinates(tmp_path: Path, cap: str) -> None:
    """A real head's and a sphere's coordinates place EEGMMIDB's electrodes as their names do."""
    mne = pytest.importorskip("mne")
    known = [name for name in mne.channels.make_standard_montage(cap).ch_names]
    names = [name for name in snnfe.montage.MONTAGE if name in {k.upper() for k in known}]
    tree = _tree(tmp_path, "brainvision", 160, names, n_subjects=1)
    info = mne.create_info(known, 160, "eeg").set_montage(mne.channels.make_standard_montage(cap))
    places = {channel["ch_name"].upper(): channel["loc"][:3] for channel in info["chs"]}
    (header,), (channels,) = tree.rglob("*.vhdr"), tree.rglob("*_channels.tsv")
    text, table = header.read_text(encoding="utf-8"), channels.read_text(encoding="utf-8")
    rows = ["name\tx\ty\tz"]
    for number, name in enumerate(names, 1):
        text, n_renamed = re.subn(rf"(?im)^Ch{number}={name},", f"Ch{number}=E{number},", text)
        assert n_renamed == 1
        table = re.sub(rf"(?im)^{name}\t", f"E{number}\t", table)
        rows.append("\t".join([f"E{number}", *(f"{x:.5f}" for x in places[name])]))
    header.write_text(text, encoding="utf-8")
    channels.write_text(table, encoding="utf-8")
    (electrodes,) = tree.rglob("*_electrodes.tsv")
    electrodes.write_text("\n".join(rows) + "\n")
    ours = snnfe.Dataset.open_bids(tree, EVENTS, **RAW)
    assert ours.channel_names == [f"E{k + 1}" for k in range(len(names))] and len(names) > 60
    assert list(zip(ours.channel_rows, ours.channel_columns)) == [tuple(p) for p in snnfe.montage.places(names)]
    with pytest.raises(errors.NotFoundError, match="no label is an electrode"):
        snnfe.Dataset.open_bids(tree, EVENTS, bids={"places": "names"}, **RAW)


def test_bad_trials_are_counted_and_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rng = np.random.default_rng(7)
    x = rng.normal(0, 5, (2, 160 * 60)).astype(np.float32)
    onsets = [160 * (3 * k + 1) for k in range(10)]
    x[0, onsets[0] : onsets[0] + 160] = 3.0
    x[1, onsets[2] + 20 : onsets[2] + 30] = 400.0
    x[0, onsets[4] + 50] = 395.0
    x[0, onsets[4] + 51] = -395.0
    x[1, onsets[6] : onsets[6] + 160] += 90 * np.sin(2 * np.pi * 55 * np.arange(160) / 160)
    (tmp_path / "a.eeg").write_bytes(x.T.astype("<f4").tobytes())
    marks = "".join(f"Mk{k + 1}=Stimulus,{'ab'[k % 2]},{onset + 1},1,0\n" for k, onset in enumerate(onsets))
    (tmp_path / "a.vmrk").write_text(f"Brain Vision Data Exchange Marker File, Version 1.0\n[Marker Infos]\n{marks}")
    (tmp_path / "a.vhdr").write_text(
        "Brain Vision Data Exchange Header File Version 1.0\n[Common Infos]\nDataFile=a.eeg\nMarkerFile=a.vmrk\n"
        "DataFormat=BINARY\nDataOrientation=MULTIPLEXED\nNumberOfChannels=2\nSamplingInterval=6250\n"
        "[Binary Infos]\nBinaryFormat=IEEE_FLOAT_32\n[Channel Infos]\nCh1=C3\nCh2=C4\n"
    )
    options: Any = {"label_set": "events", "event_names": ["Stimulus/a", "Stimulus/b"], "event_labels": [0, 1],
                    "channel_names": ["C3", "C4"]}
    limits = {"peak_uv": 500, "muscle_uv": 52}

    def opened(**more: Any) -> snnfe.Dataset:
        return snnfe.Dataset.open_files([tmp_path / "a.vhdr"], [3], [1], **options, **more)

    kept = opened()
    assert len(kept) == 10 and kept.info["n_bad"] == 0
    with caplog.at_level("INFO", "snnfe"):
        marked = opened(quality="mark", **limits)
        dropped = opened(quality="drop", **limits)
    counts = {"n_bad": 4, "n_flat": 1, "n_clipped": 1, "n_loud": 1, "n_muscle": 1}
    assert {name: marked.info[name] for name in counts} == counts == {name: dropped.info[name] for name in counts}
    np.testing.assert_array_equal(marked.trials, kept.trials)
    good = [k for k in range(10) if k not in (0, 2, 4, 6)]
    np.testing.assert_array_equal(dropped.trials, kept.trials[good])
    assert dropped.onsets.tolist() == [onsets[k] for k in good]
    assert "trial at 1.00 s is flat in channel 1" in caplog.text
    assert "subject 3: 4 of 10 trials are bad and left out: 1 flat, 1 clipped, 1 too loud, 1 full" in caplog.text
    dropped.save(tmp_path / "saved")
    assert snnfe.Dataset.load(tmp_path / "saved").info["n_bad"] == 4
    assert opened(quality="drop", peak_uv=500, flat_uv=0, clip_samples=0, muscle_uv=0).info["n_bad"] == 1
    with pytest.raises(errors.ArgumentError, match="peak_uv is -1"):
        opened(quality="drop", peak_uv=-1)
    with pytest.raises(errors.ArgumentError, match="peak_uv is set, but has no effect unless quality is MARK or DROP"):
        opened(peak_uv=500)
    with pytest.raises(errors.ArgumentError, match="quality must be one of keep, mark, drop"):
        opened(quality="guess")


def _built(name: str) -> Path:
    """A program of the build that the library is of."""
    path = Path(os.environ.get("SNNFE_LIBRARY", "/lib/x")).parents[1] / name
    if not path.exists():
        pytest.skip(f"{name} was not built")
    return path


def _run(*words: str | Path) -> list[list[str]]:
    """Rows of what a program prints."""
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return [line.split(",") for line in done.stdout.splitlines()]


@pytest.mark.parametrize(("format", "rate", "names"), TREES)
def test_c_programs_and_python_give_the_same_numbers(
    tmp_path: Path, format: str, rate: int, names: list[str] | None
) -> None:
    tree, saved, model = _tree(tmp_path, format, rate, names), tmp_path / "saved", tmp_path / "model.safetensors"
    snnfe.Network(conv1_channels=8, conv2_channels=8, conv3_channels=8, n_hidden=16, seed=3).save(model)
    words = ["--task", "imagery", "--events", ",".join(EVENTS), "--resample"]
    _run(_built("programs/snnfe-preprocess"), tree, *words, "--out", saved)
    told = tmp_path / "decisions.csv"
    _run(_built("programs/snnfe-eval"), saved, "--model", model, "--subject_folds", "2", "--predictions", told)
    by_programs = [line.split(",")[:7] for line in told.read_text().splitlines()]
    by_c = _run(_built("examples/bids-c"), tree, "imagery", model)

    theirs = snnfe.Dataset.load(saved)
    ours = snnfe.Dataset.open_bids(tree, EVENTS, bids={"task": "imagery"}, resample=True)
    np.testing.assert_array_equal(ours.trials, theirs.trials)
    assert ours.labels.tolist() == theirs.labels.tolist() and ours.channel_names == theirs.channel_names
    assert ours.trial_ids.tolist() == theirs.trial_ids.tolist() and ours.info == theirs.info
    logits = snnfe.evaluate(snnfe.Network.load(model), ours).logits
    head = ["subject", "run", "onset_sample", "label", "decision", "logit0", "logit1"]
    columns = zip(ours.subjects, ours.runs, ours.onsets, ours.labels, logits.argmax(1), strict=True)
    by_python = [[*map(str, row), *(f"{x:.6f}" for x in own)] for row, own in zip(columns, logits, strict=True)]
    assert by_c == by_programs == [head, *by_python] and len(by_python) == 8
    assert len({row[5] for row in by_python}) > 1  # the network tells trials apart
    with pytest.raises(subprocess.CalledProcessError) as failed:
        _run(_built("examples/bids-c"), tree, "speech", model)
    assert "has no recording of task speech" in failed.value.stderr


def test_triggers_of_a_status_channel_are_mnes(tmp_path: Path) -> None:
    mne = pytest.importorskip("mne")
    rate, seconds = 64, 6
    t = np.arange(rate * seconds)
    status = np.select([t < 40, (t >= 90) & (t < 130), (t >= 130) & (t < 150), t >= 300], [9, 3, 5, 260], 0) | 0x80000
    channels = [np.round(1e6 * np.sin(0.1 * t)).astype(int), status]
    fields = [(["C3", "Status"], 16), (["", ""], 80), (["uV", "Boolean"], 8), (["-262144", "-8388608"], 8),
              (["262143", "8388607"], 8), (["-8388608"] * 2, 8), (["8388607"] * 2, 8), (["", ""], 80),
              ([str(rate)] * 2, 8), (["", ""], 32)]
    head = b"\xffBIOSEMI" + b"".join(
        text.ljust(width).encode()
        for text, width in [("X", 80), ("X", 80), ("12.08.09", 8), ("16.15.00", 8), ("768", 8), ("24BIT", 44),
                            (str(seconds), 8), ("1", 8), ("2", 4)]
    ) + b"".join(text.ljust(width).encode() for texts, width in fields for text in texts)
    spans = [slice(s * rate, (s + 1) * rate) for s in range(seconds)]
    records = [x[span].astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3] for span in spans for x in channels]
    (tmp_path / "a.bdf").write_bytes(head + b"".join(r.tobytes() for r in records))
    ours = snnfe.Recording.open(tmp_path / "a.bdf", channel_names=["C3"], sampling_rate_hz=0)
    raw = mne.io.read_raw_bdf(tmp_path / "a.bdf", stim_channel="Status", preload=True, verbose="error")
    np.testing.assert_allclose(ours.samples, raw.get_data(picks=["C3"]) * 1e6, rtol=1e-6, atol=1e-5)
    found = mne.find_events(raw, consecutive=True, mask=0xFFFF, mask_type="and", verbose="error")
    assert [(int(onset), text) for onset, text in ours.events] == [(int(s), str(v)) for s, _, v in found]
    assert [text for _, text in ours.events] == ["3", "5", "260"]
