"""`python -m snnfe.figures RESULTS… -o DIR`."""

from __future__ import annotations

import argparse
import sys

from ..dataset import Dataset
from ..errors import SnnfeError
from ..network import Network
from . import FORMATS, draw


def main(arguments: list[str] | None = None) -> int:
    """Draw the figures; the exit code: 0 done, 1 failed, 2 wrong usage."""
    parser = argparse.ArgumentParser(
        prog="python -m snnfe.figures",
        description="Draw the paper's figures from result files: ours, the published ones, or both together.",
    )
    parser.add_argument("results", nargs="+", metavar="RESULTS", help="file or folder with results (CSV)")
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
    try:
        network = Network.load(given.network) if given.network else None
        dataset = Dataset.load(given.data) if given.data else None
        paths = draw(
            given.results, given.out, network=network, dataset=dataset, formats=given.format or FORMATS
        )
    except (SnnfeError, OSError) as error:
        print(f"snnfe.figures: {error}", file=sys.stderr)
        return 1
    for path in paths:
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
