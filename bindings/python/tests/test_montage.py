"""Places of electrodes by their names, against coordinates of the 10-05 system and in data sets of other caps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import snnfe
from snnfe import errors, montage

RECORDING: dict[str, Any] = {"n_subjects": 1, "runs": [4], "trials_per_run": 2}


def test_the_papers_places_follow_from_names() -> None:
    assert montage.places(list(montage.MONTAGE)) == list(montage.MONTAGE.values())
    assert montage.places(["EEG T3-Ref", "t4", "T5", "T6", "FT10"]) == [(4, 1), (4, 9), (6, 1), (6, 9), (3, 10)]
    assert montage.places(["FCC3h"], n_rows=19, n_columns=21) == [(7, 7)]
    with pytest.raises(errors.NotFoundError, match='no place in the grid for the channels "EOG", "M1"'):
        montage.places(["EOG", "C3", "M1"])
    with pytest.raises(errors.ArgumentError, match='"AF5" and "AF7" both come to row 1, column 3 of the 10x11 grid'):
        montage.places(["AF5", "AF7"])


def test_places_agree_with_coordinates() -> None:
    """Further front is a smaller row, further left a smaller column: on the head that MNE has."""
    mne = pytest.importorskip("mne")
    known = mne.channels.get_builtin_montages()
    name = "colin27_1005" if "colin27_1005" in known else "standard_1005"
    positions = mne.channels.make_standard_montage(name).get_positions()["ch_pos"]
    names = [label for label in positions if label not in {"M1", "M2", "A1", "A2", "T3", "T4", "T5", "T6"}]
    assert len(names) == 335
    where = np.array([montage.places([label], n_rows=64, n_columns=64)[0] for label in names])
    xyz = np.array([positions[label] for label in names])
    left = np.array([label.rstrip("h")[-1] in "13579" for label in names])
    middle = np.array([label[-1] == "z" for label in names])
    assert (where[left, 1] < 31.5).all() and (where[~left & ~middle, 1] > 31.5).all()
    assert (xyz[left, 0] < 0).all()
    order = np.argsort(where[middle, 0])
    assert (np.diff(xyz[middle, 1][order])[:-1] < 0).all()  # the neck begins below OIz
    low = np.array([label.rstrip("h").endswith(("9", "10")) for label in names])  # the head is narrower there
    for row in np.unique(where[:, 0]):
        one = (where[:, 0] == row) & ~low
        sideways = np.argsort(where[one, 1], kind="stable")
        assert (np.diff(xyz[one, 0][sideways]) > -1e-3).all(), row  # the temples are nearly straight


def test_recordings_of_other_caps(tmp_path: Path) -> None:
    snnfe.write_synthetic(tmp_path, **RECORDING)
    file = tmp_path / "S001" / "S001R04.edf"
    content = file.read_bytes()
    labels = [content[256 + 16 * i : 272 + 16 * i] for i in range(64)]
    renamed = [f"EEG {label.decode().strip(' .')}-Ref".ljust(16).encode() for label in labels]
    file.write_bytes(content[:256] + b"".join(renamed) + content[256 + 16 * 64 :])
    options: dict[str, Any] = {"runs": [4], "normalization": "none", "filter_low_hz": 0, "filter_high_hz": 0}
    found = snnfe.Dataset.open(tmp_path, electrodes="found", **options)
    chosen = snnfe.Dataset.open(tmp_path, channel_names=["C4", "Cz"], **options)
    assert [tuple(map(int, p)) for p in zip(found.channel_rows, found.channel_columns, strict=True)] == list(
        montage.places(found.channel_names)
    )
    assert found.trials.shape[1] == 64
    np.testing.assert_array_equal(chosen.trials, found.trials[:, [found.channel_names.index(n) for n in ("C4", "CZ")]])
    assert chosen.grid([0])[0, 4, 5].any()


def test_pictures() -> None:
    names = ["C3", "C4", "FT10"]
    where = montage.places(names)
    assert montage.text(names, where).splitlines()[3].split() == 10 * ["."] + ["FT10"]
    with pytest.raises(errors.ArgumentError, match="not in the 2x2 grid"):
        montage.text(names, where, n_rows=2, n_columns=2)
    pytest.importorskip("matplotlib")
    data = snnfe.Dataset.from_arrays(np.zeros((2, 3, 4), np.float32), [0, 1], channel_names=names)
    axes = montage.figure(data).axes[0]
    assert {(t.get_text(), *map(int, t.get_position())) for t in axes.texts} == {
        (name, column, row) for name, (row, column) in zip(names, where, strict=True)
    }
