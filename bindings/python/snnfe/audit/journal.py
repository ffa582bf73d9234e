"""Results that an interrupted audit finds again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .perturbation import Measured


class Journal:
    """Cells that are measured, in a file from which an interrupted audit goes on.

    The file's first line is the `key` of what is audited and how; with another key the file is started again.
    """

    def __init__(self, path: Path | None, key: str) -> None:
        self._path = path
        self.found: dict[str, Measured] = {}
        if path is None:
            return
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        if lines and lines[0] == json.dumps({"audit": key}):
            self._read(lines[1:])
        # Written again, since the last line may be incomplete.
        path.write_text("".join(line + "\n" for line in [json.dumps({"audit": key}), *self._lines()]), encoding="utf-8")

    def _read(self, lines: Sequence[str]) -> None:
        for line in lines:
            try:
                entry = json.loads(line)
            except (ValueError, RecursionError):
                return
            counts = np.array(entry["counts"], np.int32)
            self.found[entry["cell"]] = Measured(
                entry["kind"], entry["name"], entry["action"], entry["n"], counts
            )

    def _lines(self) -> list[str]:
        return [_line(key, measured) for key, measured in self.found.items()]

    def add(self, key: str, measured: Measured) -> None:
        """Keep a result."""
        self.found[key] = measured
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(_line(key, measured) + "\n")


def _line(key: str, measured: Measured) -> str:
    return json.dumps(
        {
            "cell": key,
            "kind": measured.kind,
            "name": measured.name,
            "action": measured.action,
            "n": measured.n,
            "counts": measured.counts.tolist(),
        }
    )
