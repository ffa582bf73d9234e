"""`python -m snnfe.audit DATA --network MODEL -o REPORT`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from .._files import kind_of
from .._program import execute, network_files, numbers, words
from .._runs import check_run
from ..dataset import Dataset
from ..errors import ArgumentError, FormatError, shown
from ..network import Network
from . import Settings, audit, write_report
from .baselines import RHYTHM_HZ
from .material import REGIONS


def _region(text: str) -> tuple[str, list[str]]:
    """A region such as "motor=C3,C4"."""
    name, _, electrodes = text.partition("=")
    if not name or not electrodes:
        raise ValueError(text)
    return name, words(electrodes)


# argparse names it in its messages.
_region.__name__ = "region such as motor=C3,C4"


def _parser() -> argparse.ArgumentParser:
    defaults = Settings()
    parser = argparse.ArgumentParser(
        prog="python -m snnfe.audit",
        description="Find out what a decoder decides by: imagery, or eye movements at the cue. Writes audit.html, "
        "audit.csv and audit.json. An audit that was interrupted goes on where it was.",
    )
    parser.add_argument("data", metavar="DATA", help="folder of recordings (EEGMMIDB), or data set of snnfe-preprocess")
    parser.add_argument(
        "--network",
        nargs="+",
        action="extend",
        default=[],
        metavar="MODEL",
        help="network, or folder with the networks of a cross-validation; without one, only simple decoders are run",
    )
    parser.add_argument("-o", "--out", required=True, metavar="REPORT", help="folder for the report")
    parser.add_argument("--subjects", type=numbers, metavar="LIST", help="subjects of a folder, such as 1-21")
    parser.add_argument("--runs", type=numbers, metavar="LIST", help="runs of a folder, such as 4,8,12")
    parser.add_argument(
        "--rhythms",
        metavar="FILE",
        help="data set of the same trials, from 8 to 30 Hz, for the decoders of rhythms (default: made from a folder; "
        "else the trials themselves are band-passed)",
    )
    parser.add_argument(
        "--region",
        type=_region,
        action="append",
        metavar="NAME=E,E,…",
        help=f"region of the head in place of {', '.join(REGIONS)}; may be repeated. The verdict needs frontal and "
        "central",
    )
    parser.add_argument("--start-s", type=float, default=0.0, metavar="S", help="when trials begin after the cue (0)")
    parser.add_argument("--seed", type=int, default=defaults.seed, help=f"({defaults.seed})")
    parser.add_argument(
        "--repetitions", type=int, default=defaults.repetitions, metavar="N", help=f"of exchanges ({defaults.repetitions})"
    )
    parser.add_argument(
        "--electrode-repetitions",
        type=int,
        default=defaults.electrode_repetitions,
        metavar="N",
        help=f"of exchanges of single electrodes, 0 for none of them ({defaults.electrode_repetitions})",
    )
    return parser


def _data(given: argparse.Namespace, stack: ExitStack) -> tuple[Dataset, Dataset | None]:
    """The trials, and those for the decoders of rhythms."""
    chosen: dict[str, Any] = {name: getattr(given, name) for name in ("subjects", "runs") if getattr(given, name)}
    dataset = stack.enter_context(Dataset.open(given.data, **chosen))
    if given.rhythms:
        return dataset, stack.enter_context(Dataset.load(given.rhythms))
    if kind_of(given.data) != "folder":
        return dataset, None
    low, high = RHYTHM_HZ
    rhythms = Dataset.open(given.data, filter_low_hz=low, filter_high_hz=high, normalization="none", **chosen)
    return dataset, stack.enter_context(rhythms)


def _networks(paths: Sequence[str]) -> dict[str, list[Network]]:
    """Networks by name: of a file, or all of a folder."""
    found: dict[str, list[Network]] = {}
    for text in paths:
        path = Path(text)
        files = network_files(path)
        name = path.stem or str(path)
        if name in found:
            name = str(path)
        if name in found:
            raise ArgumentError(f"{path} is given twice")
        found[name] = [Network.load(file) for file in files]
        _check_runs(path, files, found[name])
    return found


def _check_runs(path: Path, files: Sequence[Path], networks: Sequence[Network]) -> None:
    """Networks of a folder are of one run, that of the manifest beside them."""
    runs = [network.origin.run_hash for network in networks]
    for file, run in zip(files, runs):
        check_run(file, [f"{run:016x}"] if run else [])
    if len(set(runs)) > 1:
        raise FormatError(f"{path}: its networks are of several runs: {', '.join(f'{run:016x}' for run in runs)}")


def _run(given: argparse.Namespace) -> None:
    settings = Settings(
        seed=given.seed, repetitions=given.repetitions, electrode_repetitions=given.electrode_repetitions
    )
    with ExitStack() as stack:
        dataset, rhythms = _data(given, stack)
        result = audit(
            dataset,
            _networks(given.network),
            rhythms=rhythms,
            regions=dict(given.region) if given.region else None,
            start_s=given.start_s,
            settings=settings,
            folder=given.out,
            progress=True,
        )
    paths = write_report(result, given.out)
    for audited in result.decoders:
        print(shown(f"{audited.name}: {audited.score.accuracy}. {audited.verdict.sentence}"))
    for path in paths:
        print(shown(path))


def main(arguments: list[str] | None = None) -> int:
    """Audit and write the report; the exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    given = _parser().parse_args(arguments)
    return execute("audit", lambda: _run(given), interrupted=f"the same command goes on from what is in {given.out}")


if __name__ == "__main__":
    sys.exit(main())
