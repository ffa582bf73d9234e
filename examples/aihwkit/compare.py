"""libsnnfe against aihwkit: what both can do, set up alike, in one run on one machine.

    python examples/aihwkit/compare.py --out aihwkit.csv
    python examples/aihwkit/compare.py --summary aihwkit.csv

`laws`: how near the pulse responses of aihwkit's devices come to this library's. `effects`: statistics of each effect over
arrays of 10 000 cells. `learning`: one layer that learns digits, in each way to program that both have. `choice`: the
rates for it, on samples of their own. `speed`: cells updated a second, on one thread by its own clock; run it alone on a quiet
machine. aihwkit, SciPy and scikit-learn are needed, which are no part of libsnnfe.
"""

from __future__ import annotations

import argparse
import csv
import platform
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import snnfe
from measures import COLUMNS, Row, compared, interval, is_outside, row
from scipy import stats

NAN = float("nan")
Part = Callable[[argparse.Namespace], Iterator[Row]]


def laws(_options: argparse.Namespace) -> Iterator[Row]:
    """Distances of the responses, as parts of the largest change."""
    from laws import distances

    for device, mean_square, largest in distances():
        for measure, number in (("root mean square", mean_square), ("largest", largest)):
            yield row("laws", device, "distance", True, measure, NAN, number, NAN, NAN)


def effects(options: argparse.Namespace) -> Iterator[Row]:
    """Statistics of each effect, and the numbers behind the noise."""
    from effects import EFFECTS, numbers

    for effect, of in EFFECTS.items():
        for pair in of(options.arrays):
            yield from compared(effect, pair.quantity, pair.same, pair.ours, pair.theirs)
    samples = numbers()
    found = {
        "different values": [float(len(np.unique(z.astype(np.float32)))) for z in samples],
        "largest": [float(np.abs(z).max()) for z in samples],
        "p of normal": [float(stats.kstest(z, "norm").pvalue) for z in samples],
    }
    for measure, (mine, other) in found.items():
        yield row(
            "effects",
            "numbers behind the noise",
            "200 000 of one array",
            False,
            measure,
            mine,
            other,
            NAN,
            NAN,
        )


def choice(options: argparse.Namespace) -> Iterator[Row]:
    """Errors for validation with all rates that there are to choose from."""
    from learning import CHOICE_SEEDS, CHOICES, errors

    for way, tried in CHOICES.items():
        for rates in tried:
            for seed in CHOICE_SEEDS:
                both = errors(way, rates, seed, options.epochs, choice=True)
                name = f"rates {rates[0]:g}, {rates[1]:g}; seed {seed}"
                yield row("choice", way, name, True, "error, %", *both, NAN, NAN)


def learning(options: argparse.Namespace) -> Iterator[Row]:
    """Errors on the test samples, one row a seed."""
    from learning import RATES, errors

    for seed in range(1, options.seeds + 1):
        for way, rates in RATES.items():
            yield row(
                "learning",
                way,
                f"seed {seed}",
                True,
                "error, %",
                *errors(way, rates, seed, options.epochs),
                NAN,
                NAN,
            )


def speed(options: argparse.Namespace) -> Iterator[Row]:
    """Million cells a second."""
    from speed import measured

    return measured(options.rounds, tuple(options.threads))


PARTS: dict[str, Part] = {
    "laws": laws,
    "effects": effects,
    "choice": choice,
    "learning": learning,
    "speed": speed,
}


def write(options: argparse.Namespace) -> None:
    """All rows of the parts that are asked for; those of other parts that the file has stay."""
    from theirs import VERSIONS

    print(
        f"snnfe {snnfe.__version__}, {VERSIONS}, NumPy {np.__version__}, Python {platform.python_version()}"
    )
    kept = (
        [one for one in read(options.out) if one["part"] not in options.parts] if options.out.exists() else []
    )
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with options.out.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(kept)
        for part in options.parts:
            for one in PARTS[part](options):
                table.writerow(one)
                file.flush()
                print(*one.values(), flush=True)


def read(path: Path) -> list[Row]:
    """The rows of a file of this script. Raises OSError, ValueError."""
    with path.open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file)
        if table.fieldnames != COLUMNS:
            raise ValueError(f"{path}: its columns are not {', '.join(COLUMNS)}")
        rows: list[Row] = list(table)
    for one in rows:
        one |= {name: float(one[name]) for name in COLUMNS[5:]} | {"same": int(one["same"])}
    return rows


def of_laws(rows: list[Row]) -> Iterator[str]:
    yield "| device | root mean square | largest |\n|---|---|---|"
    for name in dict.fromkeys(one["effect"] for one in rows):
        numbers = [f"{100 * one['theirs']:.2g} %" for one in rows if one["effect"] == name]
        yield f"| {name} | {' | '.join(numbers)} |"


def of_effects(rows: list[Row]) -> Iterator[str]:
    yield "| effect | | mean | | deviation | | distance | p | outside |\n|---|---|---|---|---|---|---|---|---|"
    tested: list[bool] = []
    for effect, quantity in dict.fromkeys((one["effect"], one["quantity"]) for one in rows):
        found = {
            one["measure"]: one for one in rows if (one["effect"], one["quantity"]) == (effect, quantity)
        }
        if "mean" not in found:
            continue
        same, distance = found["mean"]["same"], found.pop("distance", None)
        name = f"{effect} | {quantity}" + ("" if same else " \\*")
        numbers = [
            f"{found[measure][side]:.4g}" for measure in ("mean", "deviation") for side in ("ours", "theirs")
        ]
        outside = [is_outside(one) for one in found.values()] if distance else []
        tested += outside if same else []
        tests = (
            f"{distance['ours']:.2g} | {distance['low']:.2g} | {sum(outside)} of {len(outside)}"
            if distance
            else "0 | – | –"
        )
        yield f"| {name} | {' | '.join(numbers)} | {tests} |"
    yield f"\n{sum(tested)} of {len(tested)} intervals of the same models leave out 0: {np.mean(tested):.1%}."
    for one in (one for one in rows if one["effect"].startswith("numbers")):
        yield f"{one['effect']}, {one['quantity']}: {one['measure']} {one['ours']:g} and {one['theirs']:g}"


def of_learning(rows: list[Row]) -> Iterator[str]:
    yield "| way | ours | theirs | difference |\n|---|---|---|---|"
    for way in dict.fromkeys(one["effect"] for one in rows):
        mine, other = (
            np.array([one[side] for one in rows if one["effect"] == way]) for side in ("ours", "theirs")
        )
        cells = ("{:.1f} ± {:.1f}".format(*interval(values)) for values in (mine, other, mine - other))
        yield f"| {way} | {' | '.join(cells)} |"


def of_choice(rows: list[Row]) -> Iterator[str]:
    yield "| way | rates | ours | theirs | both |\n|---|---|---|---|---|"
    for way, rates in dict.fromkeys((one["effect"], one["quantity"].split(";")[0]) for one in rows):
        found = [one for one in rows if one["effect"] == way and one["quantity"].split(";")[0] == rates]
        mine, other = (float(np.mean([one[side] for one in found])) for side in ("ours", "theirs"))
        yield f"| {way} | {rates[6:]} | {mine:.1f} | {other:.1f} | {(mine + other) / 2:.1f} |"


def of_speed(rows: list[Row]) -> Iterator[str]:
    yield "| update | cells; size | ours | theirs | ratio |\n|---|---|---|---|---|"
    for one in rows:
        ratio = f"{one['ours'] / one['theirs']:.2g} ({one['low']:.2g}…{one['high']:.2g})"
        yield f"| {one['effect']} | {one['quantity']} | {one['ours']:.3g} | {one['theirs']:.3g} | {ratio} |"


SUMMARIES: dict[str, Callable[[list[Row]], Iterator[str]]] = {
    "laws": of_laws,
    "effects": of_effects,
    "choice": of_choice,
    "learning": of_learning,
    "speed": of_speed,
}


def summarize(path: Path) -> None:
    """The tables of the guide."""
    rows = read(path)
    for part, lines in SUMMARIES.items():
        found = [one for one in rows if one["part"] == part]
        if found:
            print(f"\n{part}\n", *lines(found), sep="\n")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("aihwkit.csv"))
    parser.add_argument("--parts", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--arrays", type=int, default=20, help="repetitions of each effect, at least 2")
    parser.add_argument("--seeds", type=int, default=20, help="trainings of each way to program")
    parser.add_argument("--epochs", type=int, default=3, help="of each training")
    parser.add_argument("--rounds", type=int, default=15, help="in which speeds are measured in turn")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--summary", type=Path, help="only print the tables of these results")
    options = parser.parse_args()
    try:
        if options.summary:
            summarize(options.summary)
        else:
            write(options)
    except (OSError, ValueError, snnfe.SnnfeError) as error:
        parser.exit(1, f"{parser.prog}: {error}\n")


if __name__ == "__main__":
    main()
