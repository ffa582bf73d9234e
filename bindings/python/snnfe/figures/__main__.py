"""`python -m snnfe.figures RESULTS… -o DIR`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .._program import execute, tell
from ..dataset import Dataset
from ..errors import shown
from ..network import Network
from . import FIGURES, FORMATS, draw


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m snnfe.figures",
        description="Draw the paper's figures from result files: ours, the published ones, or both together. "
        "Files are recognized by their content; those of the published programs are drawn dashed.",
        epilog="figures, each drawn where its data are given:\n"
        + "\n".join(f"  {name:20}{shows}" for name, shows in FIGURES.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("results", nargs="+", metavar="RESULTS", help="file, or folder searched for .csv and .txt")
    parser.add_argument("-o", "--out", required=True, metavar="DIR", help="folder for the figures")
    parser.add_argument("--network", metavar="FILE", help="network whose weights are shown (.safetensors)")
    parser.add_argument("--data", metavar="FILE", help="data set that the network's activity is counted on")
    parser.add_argument(
        "--format",
        action="append",
        choices=["svg", "png", "pdf"],
        help="may be repeated; default: svg and png",
    )
    return parser


def _run(given: argparse.Namespace) -> None:
    passed_over: list[Path] = []
    paths = draw(
        given.results,
        given.out,
        network=Network.load(given.network) if given.network else None,
        dataset=Dataset.load(given.data) if given.data else None,
        formats=given.format or FORMATS,
        passed_over=passed_over,
    )
    for path in passed_over:
        tell(f"snnfe.figures: {path}: no result file, passed over")
    for path in paths:
        print(shown(path))


def main(arguments: list[str] | None = None) -> int:
    """Draw the figures; the exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    given = _parser().parse_args(arguments)
    return execute("figures", lambda: _run(given))


if __name__ == "__main__":
    sys.exit(main())
