"""The numbers of the guides' experiments are those of the tables beside them, and examples end with a message."""

from __future__ import annotations

import csv
import importlib
import subprocess
import sys
from pathlib import Path
from statistics import mean, pstdev, stdev

import pytest
from conftest import ROOT

DOCS = ROOT / "docs"
EXAMPLES = ROOT / "examples"


def _run(script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, EXAMPLES / script, *arguments], check=False, capture_output=True, text=True)


def _guide(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def _rows(name: str) -> list[dict[str, float]]:
    with (DOCS / "device_experiment" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [
            {key: float(value) for key, value in row.items() if value and key != "layer unfrozen"}
            for row in csv.DictReader(file)
        ]


@pytest.mark.parametrize(
    ("guide", "script", "arguments"),
    [
        ("cells", "cells/tables.py", ["cells/real.csv", "cells/real_fast.csv", "cells/sweep.csv", "cells/bits.csv"]),
        ("programming", "programming/run.py", ["--summary", "programming/real.csv"]),
    ],
)
def test_tables_are_those_of_the_files(guide: str, script: str, arguments: list[str]) -> None:
    done = _run(script, *(DOCS / a if a.endswith(".csv") else a for a in arguments))
    assert done.returncode == 0, done.stderr
    made = [line for line in done.stdout.splitlines() if line]
    assert len(made) > 10
    assert set(made) <= set(_guide(guide).splitlines())


def _line(what: str, accuracies: list[float], pulses: float | None) -> str:
    percent = [100 * a for a in accuracies]
    count = "–" if pulses is None else f"{1000 * round(pulses / 1000):,}".replace(",", " ")
    return f"| {what} | {mean(percent):.1f} % ({pstdev(percent):.1f}) | {count} |"


def _pulses(rows: list[dict[str, float]]) -> float:
    return mean(row["LTP_pulses"] + row["LTD_pulses"] for row in rows)


def test_the_device_experiment_is_that_of_its_files() -> None:
    def tested(rows: list[dict[str, float]], when: str = "Test_Accuracy") -> list[float]:
        return [row[when] for row in rows]

    lines = [_line("floating point", tested(_rows("pretrain")), None)]
    for threshold in (0.025, 0.05, 0.075):
        rows = [row for row in _rows("thr") if row["thr"] == threshold]
        lines.append(_line(f"on-device, thr = {threshold:g}", tested(rows), _pulses(rows)))
    lines.append(_line("on-device, q = 2", tested(_rows("q")), _pulses(_rows("q"))))
    for x in (4, 2):
        rows = [row for row in _rows("retune") if row["x"] == x]
        lines.append(_line(f"floating point transferred, x = {x}", tested(rows, "Start_Test_Accuracy"), None))
        lines.append(_line("… and re-tuned, 4 epochs", tested(rows), _pulses(rows)))
    guide = _guide("device_experiment")
    assert [line for line in guide.splitlines() if line in lines] == lines
    people = _rows("sstl")
    before, after = ([100 * row[f"mean_{when}_val_accuracy"] for row in people] for when in ("pretrain", "finetune"))
    gains = [b - a for a, b in zip(before, after, strict=True)]
    words = (
        f"{mean(before):.1f} % to {mean(after):.1f} %, {mean(gains):+.1f} points with a standard error of "
        f"{stdev(gains) / len(gains) ** 0.5:.1f}; {sum(g > 0 for g in gains)} of 20 subjects gain, "
        f"{sum(g < 0 for g in gains)} lose, {round(mean(row['mean_pulses'] for row in people), -3):,.0f} pulses each"
    )
    assert words.replace(",000", " 000") in " ".join(guide.split())


def test_figures_of_cells(tmp_path: Path) -> None:
    files = (DOCS / "cells" / "real.csv", DOCS / "cells" / "sweep.csv")
    done = _run("cells/figures.py", *files, tmp_path / "made" / "here")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "made" / "here").iterdir()} == {"arrays.png", "days.png", "worn.png"}
    for arguments, said in (
        ((), "the following arguments are required: REAL.csv, SWEEP.csv, FOLDER"),
        ((*files, files[0]), "File exists"),
        ((files[1], files[0], tmp_path), 'sweep.csv: has no column "before"'),
        ((tmp_path / "none.csv", files[1], tmp_path), "No such file"),
    ):
        done = _run("cells/figures.py", *arguments)
        assert done.returncode != 0 and said in done.stderr and "Traceback" not in done.stderr


def test_tables_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES / "cells"))
    rows = importlib.import_module("rows")
    path = tmp_path / "new" / "out.csv"
    table = rows.Growing(path, ["spread", "array", "after"], n_keys=2)
    assert not table.done and rows.read(path, ["after"]) == []
    table.add({"spread": 0.1, "array": 3, "after": 0.5})
    assert rows.Growing(path, ["spread", "array", "after"], n_keys=2).done == {(0.1, 3)}
    assert rows.read(path, ["after"]) == [{"spread": 0.1, "array": 3, "after": 0.5}]


def test_a_file_that_is_none_of_theirs(tmp_path: Path) -> None:
    """A wrong, broken or missing file ends examples with one line, and leaves nothing behind."""
    other, broken, made = tmp_path / "other.csv", tmp_path / "broken.csv", tmp_path / "new" / "out.csv"
    other.write_text("a,b\n1,2\n")
    sweep = (DOCS / "cells" / "sweep.csv").read_text(encoding="utf-8")
    broken.write_text(sweep + "1,0.025\n")
    network, trials = tmp_path / "n.safetensors", tmp_path / "d.safetensors"
    cases: list[tuple[str, list[str | Path], str]] = [
        ("cells/run.py", [trials, network, "--train", "1", "--test", "2", "--out", made], "d.safetensors: cannot open"),
        ("cells/sweep.py", ["--data", other, "--out", made], "other.csv: "),
        ("cells/bits.py", [trials, network, "--test", "1", "--out", made], "d.safetensors: cannot open"),
        ("programming/run.py", ["--summary", other], "other.csv: its columns are not part, way"),
        ("programming/run.py", ["--data", trials, "--out", made], "d.safetensors: cannot open"),
        ("programming/run.py", ["--out", other], "other.csv: its columns are not part, way"),
        ("cells/tables.py", [other], 'other.csv: has no column "spread"'),
        ("cells/tables.py", [broken], "broken.csv: line 50 is not 9 numbers"),
        ("aihwkit/compare.py", ["--summary", other], "other.csv: its columns are not part, effect"),
        ("aihwkit/compare.py", ["--summary", trials], "No such file"),
    ]
    for script, arguments, said in cases:
        done = _run(script, *arguments)
        assert done.returncode == 1, (script, arguments)
        assert said in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr
    assert not made.exists()
