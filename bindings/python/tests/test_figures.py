"""Figures from the published tables and from logs of our own."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree
from pathlib import Path

import matplotlib
import numpy as np
import pytest

import snnfe
from conftest import SMALL
from snnfe import errors, figures
from snnfe.figures import tables

PUBLISHED = {
    "device_kernel",
    "pulse_trains",
    "weights",
    "weight_ranges",
    "training",
    "sweep_thr",
    "sweep_thr_asym",
    "sweep_rsd_c2c",
    "sweep_q",
    "accuracy_q_x",
    "updates",
    "retuning",
    "subjects",
    "sstl_gain",
    "sstl_subjects",
}


def _is_drawn(path: Path) -> bool:
    if path.suffix == ".svg":
        return xml.etree.ElementTree.parse(path).getroot().tag.endswith("svg")
    pixels = matplotlib.image.imread(path)[..., :3]
    return bool(pixels.shape[0] > 300 and (pixels.min() < 0.2))


def test_every_published_table_is_recognised(shared: Path) -> None:
    folder = shared / "paper" / "postprocessing"
    found = tables.collect([folder])
    assert {t.path.name for t in found.tables} == {p.name for p in folder.glob("*.csv")}


def test_published_figures(shared: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "snnfe.figures",
            shared / "paper" / "postprocessing",
            shared / "paper" / "measurements",
            "-o",
            tmp_path,
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    paths = [Path(line) for line in done.stdout.splitlines()]
    assert {p.stem for p in paths} == PUBLISHED
    assert {p.suffix for p in paths} == {".svg", ".png"} and all(map(_is_drawn, paths))


def test_values_are_the_published_ones(shared: Path) -> None:
    results = tables.collect([shared / "paper" / "postprocessing"])
    panel = figures.training.sweep(results, "q").axes[0]  # type: ignore[union-attr]
    lines = {line.get_label(): line for line in panel.lines}
    assert lines["q = 4, published"].get_ydata()[-1] == pytest.approx(79.2, abs=0.05)
    gain = figures.personal.sstl_subjects(results).axes[1]  # type: ignore[union-attr]
    assert gain.get_title(loc="left") == "79.56 % → 81.33 %"


@pytest.fixture(scope="module")
def our_results(tmp_path_factory: pytest.TempPathFactory, small_data: snnfe.Dataset) -> Path:
    folder = tmp_path_factory.mktemp("results")
    for thr in (0.025, 0.05):
        for fold in (1, 2):
            job = folder / "thr" / "jobs" / f"thr={thr},fold={fold}"
            job.mkdir(parents=True)
            (job / "job.txt").write_text(f"snnfe-train-on-device\n--thr={thr}\n--fold={fold}\n")
            snnfe.train_on_device(
                small_data,
                range(30),
                range(30, 40),
                range(40, 60),
                network=SMALL,
                n_epochs=2,
                learning_rate=5e-3,
                threshold=thr,
                phase="On-device",
                seed=fold,
                epoch_log_path=job / f"epochs_fold{fold}.csv",
                sample_log_path=job / f"samples_fold{fold}.csv",
                wear_log_path=job / f"wear_fold{fold}.csv",
            )
    snnfe.pretrain(
        small_data,
        range(30),
        range(30, 60),
        network=SMALL,
        n_epochs=2,
        epoch_log_path=folder / "epochs_fold1.csv",
    )
    return folder


def test_our_figures(our_results: Path, small_data: snnfe.Dataset, tmp_path: Path) -> None:
    with snnfe.Network(**SMALL) as network:
        paths = figures.draw([our_results], tmp_path, network=network, dataset=small_data, formats=["png"])
    names = {p.stem for p in paths}
    assert names == {
        "device_kernel",
        "pulse_trains",
        "weights",
        "training",
        "sweep_thr",
        "updates",
        "wear",
        "activity",
    }
    assert all(map(_is_drawn, paths))


def test_ours_beside_the_published(our_results: Path, shared: Path) -> None:
    results = tables.collect([our_results, shared / "paper" / "postprocessing"])
    labels = figures.training.sweep(results, "thr").axes[0].get_legend_handles_labels()[1]  # type: ignore[union-attr]
    assert {"ε = 0.025", "ε = 0.05", "ε = 0.025, published", "ε = 0.075, published"} <= set(labels)
    tables_of_a_threshold = figures.training.by_option(results.of("epochs"), "thr")["0.025"]
    assert len(tables_of_a_threshold) == 2
    curve = figures.training.fold_curve(tables_of_a_threshold)
    last = [100 * t["Test_Accuracy"][-1] for t in tables_of_a_threshold]
    assert curve.mean[-1] == pytest.approx(np.mean(last)) and curve.n == 2


def test_bad_results(tmp_path: Path) -> None:
    with pytest.raises(errors.NotFoundError, match="nothing"):
        figures.draw([tmp_path / "nothing"], tmp_path)
    bad = tmp_path / "epochs.csv"
    bad.write_text("Phase,Epoch,Train_Loss,Val_Accuracy,Test_Accuracy\nPretrain,1\n")
    with pytest.raises(errors.FormatError, match=r"epochs\.csv: line 2 has 2 fields, not 5"):
        figures.draw([bad], tmp_path / "out")
    done = subprocess.run(
        [sys.executable, "-m", "snnfe.figures", bad, "-o", tmp_path], capture_output=True, text=True
    )
    assert done.returncode == 1 and "line 2" in done.stderr
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    assert tables.read(other) is None


def test_the_callers_settings_stay(our_results: Path, tmp_path: Path) -> None:
    before = dict(matplotlib.rcParams)
    figures.draw([our_results / "epochs_fold1.csv"], tmp_path, formats=["svg"])
    assert dict(matplotlib.rcParams) == before
