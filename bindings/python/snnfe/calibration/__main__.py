"""`python -m snnfe.calibration DATA --network MODEL -o OUT`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._extras import need
from .._library import write_file
from .._program import execute, network_files, numbers, tell, words
from ..dataset import Dataset
from ..device import Device
from ..errors import NotFoundError, shown
from ..network import Network
from . import SIZES, across_sessions, curve, draw_curve, draw_sessions, sessions_of
from .sessions import WAYS

_FORMATS = ("svg", "png")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m snnfe.calibration",
        description="How many labeled trials does a person need? Writes calibration.csv and its figure; for data with "
        f"two sessions also sessions.csv and its figure, which compare a network {'; '.join(WAYS)}.",
    )
    parser.add_argument("data", metavar="DATA", help="data set of snnfe-preprocess, or folder of recordings (EEGMMIDB)")
    parser.add_argument(
        "--network", nargs="+", action="extend", required=True, metavar="MODEL",
        help="network, or folder with the networks of a cross-validation; everybody gets one that has not seen them",
    )
    parser.add_argument("-o", "--out", required=True, metavar="OUT", help="folder for tables and figures")
    parser.add_argument(
        "--sizes", type=numbers, default=list(SIZES), metavar="LIST",
        help=f"labeled trials of a person ({','.join(map(str, SIZES))}); trials after the largest test",
    )
    parser.add_argument("--draws", type=int, default=0, metavar="N", help="orders of the trials (0: as recorded)")
    parser.add_argument("--subjects", type=numbers, metavar="LIST", help="such as 1-10,15 (all)")
    parser.add_argument(
        "--first", type=numbers, metavar="RUNS", help="runs of the first session (below 101, as of BIDS trees)"
    )
    parser.add_argument("--second", type=numbers, metavar="RUNS", help="runs of the second session (101 to 199)")
    parser.add_argument("--layers", type=words, metavar="LIST", help="personalized (fc1,fc2)")
    parser.add_argument("--device", default="dut2", metavar="NAME", help='"none" is floating point (dut2)')
    parser.add_argument("--epochs", type=int, metavar="N", help="of personalization (those of the stage)")
    parser.add_argument("--learning-rate", type=float, metavar="X", help="of personalization (that of the stage)")
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="0 = all processors (0)")
    parser.add_argument("--seed", type=int, default=5, help="(5)")
    return parser


def _networks(paths: Sequence[str]) -> list[Network]:
    """The networks of files and folders."""
    return [Network.load(file) for path in paths for file in network_files(Path(path))]


def _sessions(given: argparse.Namespace, dataset: Dataset) -> NDArray[Any] | None:
    """The session of each trial; None where there are no two."""
    if given.first is None and given.second is None:
        of_trials = sessions_of(dataset)
        return of_trials if of_trials.max() > 1 else None
    if given.first is None or given.second is None:
        raise NotFoundError("--first and --second belong together: which runs are the other session's?")
    return np.where(np.isin(dataset.runs, given.first), 1, np.where(np.isin(dataset.runs, given.second), 2, 0))


def _options(given: argparse.Namespace) -> dict[str, Any]:
    named = {"n_epochs": given.epochs, "learning_rate": given.learning_rate, "layers": given.layers}
    options = {name: value for name, value in named.items() if value is not None}
    device = None if given.device == "none" else Device(given.device)
    return {**options, "device": device, "seed": given.seed, "n_threads": given.threads, "subjects": given.subjects}


def _run(given: argparse.Namespace) -> None:
    need("matplotlib", "snnfe.calibration", "figures")
    networks = _networks(given.network)
    folder = Path(given.out)
    folder.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {**_options(given), "progress": tell}
    with Dataset.open(given.data) as dataset:
        sessions = _sessions(given, dataset)
        n_classes = dataset.info["n_classes"]
        found = curve(networks, dataset, given.sizes, n_draws=given.draws, **options)
        _write(folder, "calibration", found, draw_curve(found, n_classes))
        if sessions is not None:
            over = across_sessions(networks, dataset, sessions, **options)
            _write(folder, "sessions", over, draw_sessions(over, n_classes))


def _write(folder: Path, name: str, found: Any, drawn: Any) -> None:
    """A table and a figure."""
    table = folder / f"{name}.csv"
    write_file(table, found.table().encode())
    print(found)
    from ..figures import style

    for path in [table, *style.save(drawn, folder, name, _FORMATS)]:
        print(shown(path))


def main(arguments: list[str] | None = None) -> int:
    """Calibrate and draw; the exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    given = _parser().parse_args(arguments)
    return execute("calibration", lambda: _run(given))


if __name__ == "__main__":
    sys.exit(main())
