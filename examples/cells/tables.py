"""Tables of the experiment, as the guide has them: of each file of run.py, sweep.py or bits.py that is given.

    python examples/cells/tables.py real.csv sweep.csv

SciPy is needed, for Student's t.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from rows import Row, columns_of, read
from scipy.stats import t as student

STATES = ("before", "after", "read", "after_1e4_s", "after_1e7_s")
REAL = ("spread", "array", *STATES, "pulses", "largest")
SWEEP = ("repetition", "threshold", "spread", "wear", "accuracy", "pulses", "largest", "never_programmed", "failed")
BITS = ("levels", "cell_bits", "column_bits", "column_range", "accuracy")


def of(rows: Iterable[Row], **values: float) -> list[Row]:
    """Those of the rows that have these values."""
    return [row for row in rows if all(row[name] == value for name, value in values.items())]


def percent(rows: Iterable[Row], name: str) -> np.ndarray:
    """A column in percent."""
    return 100 * np.array([row[name] for row in rows])


def interval(values: np.ndarray, digits: int) -> str:
    """Their mean, with its sign, and half its 95 % interval."""
    if len(values) < 2:
        return "–"
    half = student.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return f"{values.mean():+.{digits}f} ± {half:.{digits}f}"


def arrays(rows: list[Row]) -> Iterator[str]:
    """A line a spread: means over its arrays (standard deviation between them)."""
    yield "| spread | arrays | weights beyond their windows | moved there | re-tuned | as read | after 10⁴ s | after 10⁷ s | pulses | most of a cell |"
    yield "|" + 10 * "---|"
    for spread in sorted({row["spread"] for row in rows}):
        mine = of(rows, spread=spread)
        beyond = f"{np.mean([row['clamped'] for row in mine]):.0f}" if "clamped" in mine[0] else "–"
        accuracies = [percent(mine, name) for name in STATES]
        cells = [f"{v.mean():.1f} ({v.std(ddof=1):.1f})" if np.ptp(v) > 0 else f"{v[0]:.1f}" for v in accuracies]
        pulses, most = np.mean([row["pulses"] for row in mine]), max(row["largest"] for row in mine)
        yield f"| {100 * spread:.0f} % | {len(mine)} | {beyond} | {' | '.join(cells)} | {pulses:.0f} | {most:.0f} |"


def differences(rows: list[Row]) -> Iterator[str]:
    """A line a spread: differences of the same array, and to that of the same number without spread."""
    yield "| spread | moved there, less 0 % spread | re-tuned, less moved | as read, less re-tuned | 10⁷ s after it, less re-tuned |"
    yield "|" + 5 * "---|"
    plain = {row["array"]: row for row in of(rows, spread=0.0)}
    for spread in sorted({row["spread"] for row in rows}):
        mine = of(rows, spread=spread)
        pairs = [(row, plain[row["array"]]) for row in mine if row["array"] in plain]
        moved = percent((row for row, _ in pairs), "before") - percent((other for _, other in pairs), "before")
        after = percent(mine, "after")
        told = [interval(moved, 2) if spread > 0 else "–", interval(after - percent(mine, "before"), 2)]
        told += [interval(percent(mine, name) - after, 2) for name in ("read", "after_1e7_s")]
        yield f"| {100 * spread:.0f} % | {' | '.join(told)} |"


def worn(rows: list[Row]) -> Iterator[str]:
    """A line a threshold, wear and spread, over the repetitions."""
    yield "| threshold | spread | pulses before, 10⁹ | amplitude left | cells that failed | mean | accuracies, % | less a new array's | pulses | most of a cell | never programmed |"
    yield "|" + 11 * "---|"
    for threshold, wear, spread in sorted({(row["threshold"], row["wear"], row["spread"]) for row in rows}):
        mine = sorted(of(rows, threshold=threshold, wear=wear, spread=spread), key=lambda row: row["repetition"])
        new = {row["repetition"]: 100 * row["accuracy"] for row in of(rows, threshold=threshold, wear=0.0, spread=0.0)}
        accuracies = percent(mine, "accuracy")
        less = accuracies - np.array([new.get(row["repetition"], np.nan) for row in mine])
        yield (
            f"| {threshold:g} | {100 * spread:.0f} % | {wear:.0f} | {100 * np.exp(-wear):.0f} % "
            f"| {percent(mine, 'failed').mean():.0f} % | {accuracies.mean():.1f} % "
            f"| {', '.join(f'{a:.1f}' for a in accuracies)} | {interval(less, 1) if wear or spread else '–'} | {np.mean([row['pulses'] for row in mine]):.0f} | {max(row['largest'] for row in mine):.0f} "
            f"| {percent(mine, 'never_programmed').mean():.0f} % |"
        )


def bits(rows: list[Row]) -> Iterator[str]:
    """A line for what has few levels, with the accuracies of ever more."""
    ranges = sorted({row["column_range"] for row in rows if row["column_bits"]}, reverse=True)
    kinds = [("levels", "weights of q + 1 values, q", of(rows, cell_bits=0, column_bits=0))]
    kinds += [("cell_bits", "a converter that reads each cell, bits", of(rows, levels=0, column_bits=0))]
    kinds += [
        ("column_bits", f"a converter of columns' sums, range {r:g}, bits", of(rows, column_range=r)) for r in ranges
    ]
    yield "| what is coarse | how | accuracies, % |"
    yield "|---|---|---|"
    for exact in of(rows, levels=0, cell_bits=0, column_bits=0):
        yield f"| nothing | – | {100 * exact['accuracy']:.1f} |"
    for name, what, mine in kinds:
        few = [row for row in mine if row[name]]
        counts = ", ".join(f"{row[name]:.0f}" for row in few)
        yield f"| {what} | {counts} | {', '.join(f'{a:.1f}' for a in percent(few, 'accuracy'))} |"


def tables(path: Path) -> Iterator[str]:
    """The lines of all tables of a file, which is known by a column that others have not."""
    kinds = {"wear": (SWEEP, [worn]), "levels": (BITS, [bits]), "spread": (REAL, [arrays, differences])}
    columns = columns_of(path)
    name = next((name for name in kinds if name in columns), "spread")
    wanted, made = kinds[name]
    rows = read(path, wanted)
    for table in made:
        yield from table(rows)
        yield ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="of run.py, sweep.py or bits.py")
    for path in parser.parse_args().files:
        try:
            print(*tables(path), sep="\n")
        except (OSError, ValueError) as error:
            parser.exit(1, f"{parser.prog}: {error}\n")


if __name__ == "__main__":
    main()
