"""`python -m snnfe.figures RESULTS… -o DIR`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..dataset import Dataset
from ..errors import SnnfeError, shown
from ..network import Network
from . import FIGURES, FORMATS, draw


def main(arguments: list[str] | None = None) -> int:
    """Draw the figures; the exit code: 0 done, 1 failed, 2 wrong usage."""
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
    given = parser.parse_args(arguments)
    passed_over: list[Path] = []
    try:
        network = Network.load(given.network) if given.network else None
        dataset = Dataset.load(given.data) if given.data else None
        paths = draw(
            given.results,
            given.out,
            network=network,
            dataset=dataset,
            formats=given.format or FORMATS,
            passed_over=passed_over,
        )
    except (SnnfeError, OSError) as error:
        print(f"snnfe.figures: {shown(error)}", file=sys.stderr)
        return 1
    for path in passed_over:
        print(f"snnfe.figures: {shown(path)}: no result file, passed over", file=sys.stderr)
    for path in paths:
        print(shown(path))
    return 0


if __name__ == "__main__":
    sys.exit(main())
