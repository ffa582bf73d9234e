"""Result files: what they are, by their columns, and their numbers."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FileError, FormatError, NotFoundError

#: kind of file -> columns that tell it
_KINDS: list[tuple[str, set[str]]] = [
    ("samples", {"Phase", "Epoch", "BatchIdx", "SamplesSeen", "Test_Accuracy", "LTP_crossings"}),
    ("sstl_epochs", {"subject_id", "Fold", "Phase", "Epoch", "Val_Accuracy"}),
    ("epochs", {"Phase", "Epoch", "Train_Loss", "Val_Accuracy", "Test_Accuracy"}),
    ("wear", {"Layer", "Synapses", "LTP_pulses", "LTD_pulses", "Largest"}),
    ("sstl_subjects", {"subject_id", "layer unfrozen", "learning_rate", "Delta_accuracy"}),
    ("sstl_folds", {"subject_id", "Fold", "Start_Val_Accuracy", "Val_Accuracy"}),
    ("summary", {"Fold", "Train_Trials", "Val_Accuracy", "Test_Accuracy"}),
    ("subject_folds", {"Fold", "Val_Accuracy", "subject_id"}),
    ("points", {"direction", "w", "dw", "dw_fit"}),
    ("q_x", {"q", "x", "mean_acc", "std_acc"}),
    ("histogram", {"w_pre", "w_postq", "w_postqn"}),
    ("weight_ranges", {"layer", "q", "min_before", "max_after"}),
    ("updates_accuracy", {"x_vals", "mean_acc"}),
    ("curve", {"x_plot", "mean_plot", "std_plot"}),
    ("curve", {"epochs", "mean", "std"}),
    ("curve", {"x_ft_plot", "mean_ft_plot", "std_ft_plot"}),
    ("curve", {"x_ft", "mean_ft", "std_ft"}),
    ("curve", {"x_pre", "mean_pre", "std_pre"}),
    ("curve", {"x_pre_end", "q_acc_mean"}),
    ("q_curve", {"q_values", "mean_acc_2", "std_acc_2"}),
    ("q_curve", {"q_vals", "mean_x", "std_x"}),
]


@dataclass
class Table:
    """A CSV file: its kind, its columns (numbers where all are numbers, NaN where empty)."""

    path: Path
    kind: str
    columns: dict[str, NDArray[Any]]
    options: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))


def _column(texts: list[str]) -> NDArray[Any]:
    try:
        return np.array([float(text) if text else np.nan for text in texts])
    except ValueError:
        return np.array(texts)


def _rows(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
    except UnicodeDecodeError:
        raise FormatError(f"{path}: not a text file") from None
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or error}") from None
    if not rows:
        return [], []
    header, body = rows[0], rows[1:]
    for number, row in enumerate(body, 2):
        if len(row) != len(header):
            raise FormatError(f"{path}: line {number} has {len(row)} fields, not {len(header)}")
    return header, body


def read(path: Path) -> Table | None:
    """A result file, or None for a CSV of another kind. Raises FileError, FormatError."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        first = file.readline()
    names = set(next(csv.reader([first]), []))
    kind = next((kind for kind, needed in _KINDS if needed <= names), None)
    if kind is None:
        return None
    header, body = _rows(path)
    columns = {name: _column([row[i] for row in body]) for i, name in enumerate(header) if name}
    return Table(path, kind, columns, _job_options(path.parent))


def _job_options(folder: Path) -> dict[str, str]:
    """Options of a sweep's job, from the job.txt beside its results."""
    try:
        text = (folder / "job.txt").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    return dict(re.findall(r"^--(\w+)=(.*)$", text, flags=re.M))


def is_measurement(path: Path) -> bool:
    """Whether a file is an instrument's: V_write and R_pos_ohm among its first lines."""
    with path.open(encoding="utf-8", errors="replace") as file:
        beginning = file.read(4000)
    return "V_write" in beginning and "R_pos_ohm" in beginning


@dataclass
class Results:
    """All result files below some places."""

    tables: list[Table]
    measurements: list[Path]

    def of(self, kind: str) -> list[Table]:
        """Tables of a kind."""
        return [table for table in self.tables if table.kind == kind]


def collect(places: list[Path]) -> Results:
    """Find and read the result files in files and folders. Raises NotFoundError, FormatError."""
    paths: list[Path] = []
    for place in places:
        if not place.exists():
            raise NotFoundError(f"{place}: no such file or folder")
        paths += sorted(place.rglob("*.csv")) if place.is_dir() else [place]
    results = Results([], [])
    for path in dict.fromkeys(paths):
        table = read(path)
        if table is not None:
            results.tables.append(table)
        elif is_measurement(path):
            results.measurements.append(path)
    return results
