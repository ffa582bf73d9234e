"""Files of rows of numbers: read whole, or growing while an experiment goes on."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

Row = dict[str, float]


def columns_of(path: Path) -> list[str]:
    """The names in the first line of a file. Raises OSError."""
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file), [])


def read(path: Path, columns: Iterable[str]) -> list[Row]:
    """The rows of a file that has these columns and perhaps more. Raises OSError, ValueError."""
    with path.open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file)
        missing = [name for name in columns if name not in (table.fieldnames or [])]
        if missing:
            raise ValueError(f'{path}: has no column "{missing[0]}"')
        try:
            return [{name: float(value) for name, value in row.items()} for row in table]
        except (TypeError, ValueError):  # None and lists are of lines that are too short or long
            raise ValueError(f"{path}: line {table.line_num} is not {len(table.fieldnames or [])} numbers") from None


class Growing:
    """A file, made with its folder if it is not there, and which rows it has by their first `n_keys` columns."""

    def __init__(self, path: Path, fields: Sequence[str], n_keys: int) -> None:
        self.path, self.fields = path, list(fields)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(",".join(fields) + "\n", encoding="utf-8")
        self.done = {tuple(row[name] for name in fields[:n_keys]) for row in read(path, fields)}

    def add(self, row: Row) -> None:
        """Write and show a row."""
        with self.path.open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, self.fields, lineterminator="\n").writerow(row)
        print({name: round(float(value), 4) for name, value in row.items()}, flush=True)
