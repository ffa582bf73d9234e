"""Result files: what they are, by their columns and values, and their numbers."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._runs import check_run
from ..errors import FileError, FormatError, NotFoundError
from . import published
from .published import Role

#: kind of file -> columns that identify it
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
#: Kinds that only the published programs write.
_THEIRS = ("q_x", "histogram", "weight_ranges", "updates_accuracy", "curve", "q_curve")
#: Columns of words; all others have to be numbers or empty.
_WORDS = ("Phase", "Layer", "layer", "layer unfrozen", "direction", "unfrozen", "Run")

OURS, PUBLISHED, PROGRAMS = "ours", "published", "published programs"


@dataclass
class Table:
    """A table: its kind, its columns (numbers where all are numbers, NaN where empty).

    `source` is OURS, PUBLISHED (its values are those of a published table) or PROGRAMS (written by the
    published programs, as their columns and numbers show, but not one of the published tables). `roles`
    is what a table of the latter two shows; `options` are those that a sweep's job had.
    """

    path: Path
    kind: str
    columns: dict[str, NDArray[Any]]
    options: dict[str, str] = field(default_factory=dict)
    source: str = OURS
    roles: tuple[Role, ...] = ()

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def has(self, name: str) -> bool:
        """Whether a column is there and has a number."""
        return name in self.columns and not np.isnan(self.columns[name]).all()


@dataclass
class _Text:
    """A file's fields, and the line that each row ends on."""

    path: Path
    header: list[str]
    rows: list[list[str]]
    lines: list[int]

    def column(self, name: str) -> list[str]:
        """The fields of a column."""
        index = self.header.index(name)
        return [row[index] for row in self.rows]

    def values(self, name: str, needed: bool) -> NDArray[Any]:
        """A column as numbers; one that nobody `needed` may also have words."""
        texts = self.column(name)
        if name in _WORDS:
            return np.array(texts)
        numbers = np.full(len(texts), np.nan)
        for i, text in enumerate(texts):
            try:
                numbers[i] = float(text) if text.strip() else np.nan
            except ValueError:
                if not needed:
                    return np.array(texts)
                raise FormatError(
                    f"{self.path}: line {self.lines[i]}: {name} is {text!r}, not a number"
                ) from None
        return numbers


def _read_text(path: Path, kind: str) -> _Text:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            numbered = [(reader.line_num, row) for row in reader if row]
    except UnicodeDecodeError:
        raise FormatError(f"{path}: not a text file") from None
    except csv.Error as error:
        raise FormatError(f"{path}: line {reader.line_num}: {error}") from None
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or error}") from None
    header = numbered[0][1]
    rows = [_whole_row(path, kind, header, line, row) for line, row in numbered[1:]]
    return _Text(path, header, rows, [line for line, _ in numbered[1:]])


def _whole_row(path: Path, kind: str, header: list[str], line: int, row: list[str]) -> list[str]:
    """A row with all its fields. That of epoch 0, written right after a transfer, may lack the crossings."""
    if kind == "samples" and len(row) == header.index("LTP_crossings"):
        epoch = row[header.index("Epoch")].strip()
        if epoch == "0":
            return row + [""] * (len(header) - len(row))
    if len(row) != len(header):
        raise FormatError(f"{path}: line {line} has {len(row)} fields, not {len(header)}")
    return row


def _source(kind: str, text: _Text, known: bool) -> str:
    """Who wrote a table."""
    if known:
        return PUBLISHED
    if kind in _THEIRS:
        return PROGRAMS
    # pandas wrote the number of the row; our tables of subjects also have the pulses.
    if kind in ("subject_folds", "sstl_subjects") and "" in text.header:
        return PROGRAMS
    if kind == "sstl_subjects" and "mean_pulses" not in text.header:
        return PROGRAMS
    if kind in ("epochs", "samples") and _is_log_of_the_programs(text):
        return PROGRAMS
    return OURS


def _is_log_of_the_programs(text: _Text) -> bool:
    """Whether a log has the published ones' decimals: six, eight of the learning rate, and no totals."""
    if "Total_LTP_crossings" in text.header:
        return False
    decimals = {"Val_Accuracy": 6, "Class0_Accuracy": 6, "Class1_Accuracy": 6, "learning_rate": 8}
    columns = [(text.column(name), n) for name, n in decimals.items() if name in text.header]
    return bool(text.rows) and all(
        re.fullmatch(rf"\d\.\d{{{n}}}", field.strip()) for fields, n in columns for field in fields
    )


def read(path: Path) -> Table | None:
    """A result file, or None for a file of another kind. Raises FileError, FormatError."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            first = file.readline(4096)
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or error}") from None
    names = set(next(csv.reader([first]), []))
    kind, needed = next(((kind, needed) for kind, needed in _KINDS if needed <= names), ("", set()))
    if not kind:
        return None
    text = _read_text(path, kind)
    columns = {name: text.values(name, name in needed) for name in text.header if name}
    check_run(path, (str(run) for run in columns.get("Run", ())))
    roles = published.roles(columns)
    source = _source(kind, text, bool(roles))
    if source == PROGRAMS:
        named = published.named_role(path.stem)
        roles = (named,) if named else ()
    options = _job_options(path.parent)
    if source == PROGRAMS and kind in ("epochs", "samples"):
        # Re-tuning calls its logs as training on the device does; its phase shows which it is.
        retuned = bool(text.rows) and text.column("Phase")[0] == "finetune"
        options = _folder_options(path) if retuned else published.log_options(path.stem)
    return Table(path, kind, columns, options, source, roles)


def _job_options(folder: Path) -> dict[str, str]:
    """Options of a sweep's job, from the job.txt beside its results."""
    try:
        text = (folder / "job.txt").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    return dict(re.findall(r"^--(\w+)=(.*)$", text, flags=re.M))


def _folder_options(path: Path) -> dict[str, str]:
    """The noise of a transfer, from the folders that the published re-tuning writes: x_4.0/epochs_10."""
    match = re.search(r"/x_([\d.]+)/epochs_\d+$", path.parent.as_posix())
    return {"x": published.short(match[1])} if match else {}


def is_measurement(path: Path) -> bool:
    """Whether a file is an instrument's: V_write and R_pos_ohm among its first lines."""
    with path.open(encoding="utf-8", errors="replace") as file:
        beginning = file.read(4000)
    return "V_write" in beginning and "R_pos_ohm" in beginning


@dataclass
class Results:
    """All result files below some places; `others` are files given that are none."""

    tables: list[Table] = field(default_factory=list)
    measurements: list[Path] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)

    def of(self, kind: str) -> list[Table]:
        """Tables of a kind."""
        return [table for table in self.tables if table.kind == kind]

    def playing(self, role: str) -> list[tuple[Role, Table]]:
        """Tables of the published programs with that role, one for each of its values."""
        found: dict[Role, Table] = {}
        for table in sorted(self.tables, key=lambda t: t.source != PUBLISHED):
            for played in table.roles:
                if played[0] == role:
                    found.setdefault(played, table)
        return list(found.items())


def collect(places: list[Path]) -> Results:
    """Find and read the result files (.csv, .txt) in files and folders.

    Raises NotFoundError, FileError, FormatError.
    """
    results = Results()
    seen: set[Path] = set()
    for place in places:
        if not place.exists():
            raise NotFoundError(f"{place}: no such file or folder")
        inside = sorted([*place.rglob("*.csv"), *place.rglob("*.txt")]) if place.is_dir() else [place]
        for path in inside:
            if path.is_file() and path.resolve() not in seen:
                seen.add(path.resolve())
                if not _add(results, path) and not place.is_dir():
                    results.others.append(path)
    return results


def _add(results: Results, path: Path) -> bool:
    table = read(path)
    if table is not None:
        results.tables.append(table)
    elif is_measurement(path):
        results.measurements.append(path)
    else:
        return False
    return True
