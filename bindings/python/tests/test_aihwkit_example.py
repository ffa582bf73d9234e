"""The comparison with aihwkit: its statistics, the tables of what was measured, and what it says without aihwkit."""

from __future__ import annotations

import importlib
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from conftest import ROOT

pytest.importorskip("scipy")

EXAMPLES = ROOT / "examples" / "aihwkit"
RESULTS = ROOT / "docs" / "cells" / "aihwkit.csv"


@pytest.fixture
def measures(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    yield importlib.import_module("measures")
    sys.modules.pop("measures", None)


def _run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, EXAMPLES / "compare.py", *arguments], check=False, capture_output=True, text=True
    )


def test_the_same_model_is_within_its_intervals(measures: ModuleType) -> None:
    rng = np.random.default_rng(1)
    outside = []
    for _ in range(60):
        rows = measures.compared("", "", True, rng.normal(size=(10, 500)), rng.normal(size=(10, 500)))
        distance = rows.pop()
        assert distance["measure"] == "distance" and distance["ours"] < 0.06
        outside += [measures.is_outside(row) for row in rows]
    assert len(outside) == 60 * 7
    assert 0.01 < np.mean(outside) < 0.1  # 5 % are


def test_other_models_are_found(measures: ModuleType) -> None:
    rng = np.random.default_rng(1)
    ours = rng.normal(size=(10, 2000))
    rows = {
        row["measure"]: row
        for row in measures.compared("", "", True, ours, 1.1 * rng.normal(size=(10, 2000)))
    }
    assert not measures.is_outside(rows["mean"]) and measures.is_outside(rows["deviation"])
    assert rows["deviation"]["ours"] / rows["deviation"]["theirs"] == pytest.approx(1 / 1.1, rel=0.03)
    assert rows["distance"]["low"] < 1e-3
    assert "distance" not in {row["measure"] for row in measures.compared("", "", True, ours, ours + 1e-8)}
    mean, half = measures.interval(np.array([1.0, 2.0, 3.0]))
    assert (mean, half) == (2, pytest.approx(2.484, abs=1e-3))


def test_what_was_measured_makes_the_tables() -> None:
    done = _run("--summary", RESULTS)
    assert done.returncode == 0, done.stderr
    guide = (ROOT / "docs" / "cells.md").read_text(encoding="utf-8").splitlines()
    parts = {text.partition("\n")[0]: text for text in done.stdout.split("\n\n") if text.startswith("| ")}
    tables = {first.split("|")[1].strip(): text.splitlines()[2:] for first, text in parts.items()}
    assert set(tables) == {"device", "effect", "way", "update"}
    assert tables["device"] and set(tables["device"]) <= set(guide)
    assert "16 of 196 intervals" in done.stdout
    assert "| mixed | 8.9 ± 0.4 | 8.9 ± 0.3 | -0.0 ± 0.3 |" in done.stdout.splitlines()
    assert "| mixed | 8.9 ± 0.4 | 8.9 ± 0.3 | -0.0 ± 0.3 |" in guide


@pytest.mark.skipif(importlib.util.find_spec("aihwkit") is not None, reason="aihwkit is here")
def test_without_aihwkit_it_says_what_is_needed(tmp_path: Path) -> None:
    done = _run("--parts", "effects", "--out", tmp_path / "out.csv")
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert "aihwkit is needed for the comparison" in done.stderr and "pip install" in done.stderr
    assert not (tmp_path / "out.csv").exists()
