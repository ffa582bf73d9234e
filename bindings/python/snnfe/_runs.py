"""Which run made the files of a folder: files of two runs are not one result."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .errors import FormatError


def manifest(folder: Path) -> dict[str, Any]:
    """What `manifest.json` in a folder of results says; nothing where there is none."""
    try:
        said = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def check_run(path: Path, runs: Iterable[str]) -> None:
    """What a file holds is of the run that the manifest beside it tells of. Raises FormatError."""
    run = manifest(path.parent).get("run")
    others = sorted(set(runs) - {run})
    if run is not None and others:
        raise FormatError(
            f"{path} is of run {others[0] or 'none'}, {path.parent / 'manifest.json'} of run {run}: "
            "they do not belong together"
        )
