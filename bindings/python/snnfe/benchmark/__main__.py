"""`python -m snnfe.benchmark DATA -o OUT`."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from typing import Any

from .._program import execute, labels, words
from ..errors import SnnfeError, shown
from . import EVALUATIONS, NETWORK, PIPELINES, STANDARD, Settings, open_dataset, paradigm, run, summarize, write_report
from ._extras import need_all
from .material import HANDS


def _range(text: str) -> tuple[float, float]:
    """Two numbers such as "8-32"."""
    low, _, high = text.partition("-")
    if float(low) >= float(high):
        raise ValueError(text)
    return float(low), float(high)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in words(text))


# argparse names these in its messages.
_range.__name__, _sizes.__name__ = "range such as 8-32", "list of sizes"


def _parser() -> argparse.ArgumentParser:
    defaults = Settings()
    parser = argparse.ArgumentParser(
        prog="python -m snnfe.benchmark",
        description="The network beside standard decoders in MOABB's evaluations. Writes MOABB's result files, its "
        "tables and plots, and summary.csv with intervals over subjects. What was interrupted goes on where it was.",
        epilog=f"Pipelines: {'; '.join(f'{name} ({told})' for name, told in PIPELINES.items())}.",
    )
    parser.add_argument(
        "data", metavar="DATA", help="name of a data set of MOABB (PhysionetMI, FakeDataset, …), or folder: EEGMMIDB, BIDS"
    )
    parser.add_argument("-o", "--out", required=True, metavar="OUT", help="folder for the results")
    parser.add_argument(
        "--evaluations", type=words, default=list(defaults.evaluations), metavar="LIST",
        help=f"of {', '.join(EVALUATIONS)} ({', '.join(defaults.evaluations)})",
    )
    parser.add_argument(
        "--pipelines", type=words, default=list(STANDARD), metavar="LIST",
        help=f"of {', '.join(PIPELINES)} ({', '.join(STANDARD)})",
    )
    parser.add_argument("--subjects", type=labels, metavar="LIST", help="such as 1-10,15 (all)")
    parser.add_argument("--task", metavar="NAME", help="of a BIDS tree (its only one)")
    parser.add_argument(
        "--events", type=words, default=list(HANDS), metavar="LIST", help=f"classes ({','.join(HANDS)})"
    )
    parser.add_argument("--band", type=_range, default=(8.0, 32.0), metavar="LOW-HIGH", help="of the filter, Hz (8-32)")
    parser.add_argument(
        "--window", type=_range, metavar="FROM-TO", help="seconds of a trial (all that the data set has; BIDS: 0-3)"
    )
    parser.add_argument("--rate", type=float, metavar="HZ", help="resample to this rate (the data set's)")
    parser.add_argument("--channels", type=words, metavar="LIST", help="electrodes (all)")
    parser.add_argument("--score", metavar="NAME", help="accuracy, roc_auc, … (MOABB's: roc_auc of left and right hand)")
    parser.add_argument(
        "--calibration", type=float, default=0.0, metavar="PART",
        help="across subjects: part of the target's trials that are labeled and personalize the network, up to 0.5 (0)",
    )
    parser.add_argument("--folds", type=int, default=defaults.n_folds, metavar="N", help=f"({defaults.n_folds})")
    parser.add_argument("--seed", type=int, default=defaults.seed, help=f"({defaults.seed})")
    parser.add_argument("--no-plots", action="store_true", help="write tables only")
    _add_network(parser.add_argument_group("the network"))
    return parser


def _add_network(group: argparse._ArgumentGroup) -> None:
    kinds: dict[str, Any] = {
        "conv_channels": _sizes,
        "n_hidden": int,
        "dropout": float,
        "n_epochs": int,
        "batch_size": int,
        "learning_rate": float,
        "n_threads": int,
    }
    for name, kind in kinds.items():
        told = {"n_threads": 0}.get(name, NETWORK.get(name))
        shown = ",".join(map(str, told)) if isinstance(told, tuple) else told
        group.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar="X", help=f"({shown})")
    group.add_argument("--grid", type=_sizes, metavar="ROWS,COLUMNS", help="that electrodes are placed on (10,11)")


def _settings(given: argparse.Namespace) -> Settings:
    names = (*NETWORK, "n_threads", "grid")
    changed: dict[str, Any] = {name: getattr(given, name) for name in names if getattr(given, name) is not None}
    return replace(
        Settings(),
        evaluations=tuple(given.evaluations),
        pipelines=tuple(given.pipelines),
        seed=given.seed,
        n_folds=given.folds,
        calibration=given.calibration,
        network=changed,
    )


def _run(given: argparse.Namespace) -> None:
    need_all()
    dataset = open_dataset(
        given.data, events=given.events, subjects=given.subjects, task=given.task, window_s=given.window
    )
    chosen = paradigm(
        given.events,
        band_hz=given.band,
        window_s=given.window,
        sampling_rate_hz=given.rate,
        channels=given.channels,
        scoring=given.score,
    )
    result = run(dataset, chosen, given.out, _settings(given), progress=True)
    paths = write_report(result, given.out, seed=given.seed, plots=not given.no_plots)
    print(f"{result.scoring} in percent, with 95 % intervals over subjects")
    for line in [*summarize(result, given.seed), *paths]:
        print(shown(line))


def main(arguments: list[str] | None = None) -> int:
    """Evaluate and report; the exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    given = _parser().parse_args(arguments)
    return execute(
        "benchmark",
        lambda: _run(given),
        interrupted=f"the same command goes on from what is in {given.out}",
        expected=(SnnfeError, OSError, ImportError, ValueError),
    )


if __name__ == "__main__":
    sys.exit(main())
