"""The experiments of examples/control run: few people and trials, one epoch, whatever they find."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import snnfe
from conftest import ROOT

pytest.importorskip("pyriemann")
pytest.importorskip("sklearn")

EXAMPLES = ROOT / "examples" / "control"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.py"))
PEOPLE = range(1, 6)  # one a group


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("control")
    snnfe.write_synthetic(tree / "eeg", n_subjects=len(PEOPLE), runs=[4], trials_per_run=8, glance_uv=50.0)
    return tree


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The scripts can be imported, and are of few people and one epoch."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    common = importlib.import_module("common")
    monkeypatch.setattr(common, "SUBJECTS", PEOPLE)
    monkeypatch.setattr(common, "RUNS", (4,))
    monkeypatch.setitem(importlib.import_module("envelope").SETTINGS, "n_epochs", 1)
    yield
    for name in NAMES:
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("script", "options", "said"),
    [
        ("envelope", ["--seeds", "5"], "networks of all seeds together: "),
        ("envelope", ["--seeds", "5", "--alignment", "none"], "networks of all seeds together: "),
        ("envelope", ["--seeds", "5", "--alignment", "euclidean"], "networks of all seeds together: "),
        ("live", ["--seeds", "5"], "live: "),
        ("personal", ["--seeds", "5"], "in floating point: before "),
        (
            "alone",
            ["--epochs", "1", "--controls", "central electrodes"],
            "LDA, slow potentials of all electrodes: ",
        ),
        (
            "alignment",
            ["--epochs", "1", "--alignments", "none", "standardize, past"],
            "of each person: none ",
        ),
        ("eegnet", ["--seeds", "5", "--epochs", "1"], "1730 parameters"),
    ],
)
def test_it_runs(
    script: str,
    options: list[str],
    said: str,
    folder: Path,
    small: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if script == "eegnet":
        pytest.importorskip("torch")
    arguments = [str(folder / "eeg"), str(folder / "networks"), "--threads", "1", *options]
    monkeypatch.setattr(sys, "argv", [script, *arguments])
    importlib.import_module(script).main()
    assert said in capsys.readouterr().out


def test_every_script_is_run() -> None:
    modules = {"common", "linear"}
    tried = {mark.args[1][i][0] for mark in test_it_runs.pytestmark for i in range(len(mark.args[1]))}  # type: ignore[attr-defined]
    assert set(NAMES) == tried | modules
