"""BIDS trees of other caps and rates, and MNE's reading of the same files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import snnfe
from snnfe import errors

EVENTS = ["left_hand", "right_hand"]
RAW: Any = {"normalization": "none", "filter_low_hz": 0, "filter_high_hz": 0}


def _tree(root: Path, n_subjects: int = 2) -> Path:
    """Runs of synthetic people as a BIDS tree."""
    made = root / "made"
    snnfe.write_synthetic(made, n_subjects=n_subjects, runs=[4, 8], trials_per_run=4)
    tree = root / "bids"
    for subject in range(1, n_subjects + 1):
        folder = tree / f"sub-{subject:02}" / "eeg"
        folder.mkdir(parents=True)
        for run in (4, 8):
            stem = f"sub-{subject:02}_task-motor_run-{run}"
            source = made / f"S{subject:03}" / f"S{subject:03}R{run:02}.edf"
            (folder / f"{stem}_eeg.edf").write_bytes(source.read_bytes())
            recording = snnfe.Recording.open(source)
            names = {"T0": "rest", "T1": "left_hand", "T2": "right_hand"}
            rows = [f"{onset / 160}\t4\t{names[text]}" for onset, text in recording.events]
            (folder / f"{stem}_events.tsv").write_text("onset\tduration\ttrial_type\n" + "\n".join(rows) + "\n")
    (tree / "dataset_description.json").write_text(json.dumps({"Name": "synthetic", "BIDSVersion": "1.8.0"}))
    (tree / "task-motor_eeg.json").write_text(json.dumps({"SamplingFrequency": 160}))
    return tree


def test_a_tree_is_the_recordings_in_it(tmp_path: Path) -> None:
    data = snnfe.Dataset.open_bids(_tree(tmp_path), EVENTS, bids={"task": "motor"}, n_threads=2)
    same = snnfe.Dataset.open(tmp_path / "made", runs=[4, 8])
    np.testing.assert_array_equal(data.trials, same.trials)
    for name in ("labels", "subjects", "runs", "onsets", "trial_ids", "channel_rows", "channel_columns"):
        assert getattr(data, name).tolist() == getattr(same, name).tolist(), name
    assert data.class_names == EVENTS and data.channel_names == same.channel_names
    by_class = snnfe.Dataset.open_bids(tmp_path / "bids", {"right_hand": 0, "left_hand": 1, "rest": -1})
    assert by_class.labels.tolist() == (1 - data.labels).tolist()
    with pytest.raises(TypeError, match="events must be a list of names"):
        snnfe.Dataset.open_bids(tmp_path / "bids", "left_hand")
    with pytest.raises(errors.NotFoundError, match='has no recording of task speech; the tree has "motor'):
        snnfe.Dataset.open_bids(tmp_path / "bids", EVENTS, bids={"task": "speech"})


def test_mne_reads_the_same(tmp_path: Path) -> None:
    mne = pytest.importorskip("mne")
    tree = _tree(tmp_path, 1)
    data = snnfe.Dataset.open_bids(tree, EVENTS, channel_names=["C3", "C4"], **RAW)
    for run in (4, 8):
        stem = tree / "sub-01" / "eeg" / f"sub-01_task-motor_run-{run}"
        raw = mne.io.read_raw_edf(f"{stem}_eeg.edf", preload=True, verbose="error")
        table = np.genfromtxt(f"{stem}_events.tsv", delimiter="\t", names=True, dtype=None, encoding="utf-8")
        wanted = [(row["onset"], EVENTS.index(row["trial_type"])) for row in table if row["trial_type"] in EVENTS]
        chosen = data.runs == run
        assert data.labels[chosen].tolist() == [label for _, label in wanted]
        x = raw.get_data(picks=[raw.ch_names.index("C3.."), raw.ch_names.index("C4..")]) * 1e6
        for trial, (onset, _) in zip(data.trials[chosen], wanted, strict=True):
            first = round(onset * 160)
            np.testing.assert_allclose(trial, x[:, first : first + 160], rtol=1e-5, atol=1e-4)
