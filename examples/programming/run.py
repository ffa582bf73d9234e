"""Every way to program on the same data and arrays: accuracy, pulses, energy and wear.

    python examples/programming/run.py --data real.safetensors --train 1-10 --test 11-21 --out real.csv
    python examples/programming/run.py --out made.csv

trains small networks from random weights through simulated arrays of dut4, one array, one start and one order of the
trials for each seed, the same for every way. Of data of snnfe-preprocess each four samples count as one, their mean, so
that a training takes seconds. Without data, trials are made: a pattern over the electrodes which subjects share in part,
in noise. Learning rate and one setting of each way are chosen on training subjects alone, with seeds that the table does
not use; then all training subjects train, and the others test. Rows are single trainings, and a row that is there is not
made again: summarize them with `--summary real.csv`.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np
import snnfe

NETWORK: snnfe.network.NetworkOptions = {
    "conv1_channels": 8,
    "conv2_channels": 16,
    "conv3_channels": 32,
    "n_hidden": 32,
    "dropout": 0.0,
}
AVERAGED = 4
UNITS = [{"threshold": unit} for unit in (0.025, 0.06)]
PERIODS = [{"threshold": 0.06, "period": period} for period in (5, 30)]
TOLERANCES = [{"tolerance": tolerance} for tolerance in (0.03, 0.06)]
#: The settings that each way chooses among: its unit, period or tolerance.
WAYS: dict[str, list[dict[str, float]]] = {
    "floating point": [{}],
    "accumulate": UNITS,
    "stochastic": UNITS,
    "mixed": [{**unit, "period": 4} for unit in UNITS],
    "tiki_taka": PERIODS,
    "tiki_taka_2": PERIODS,
    "verify": TOLERANCES,
    "pairs": UNITS,
    "verify, three pulses": TOLERANCES,
}
STRENGTH = 0.35
CHOICE_SEEDS = (101, 102)
#: Examples, not measured: joules of an LTP and an LTD pulse, pulses of a cell's life.
ENERGY = {"ltp_energy_j": 1e-12, "ltd_energy_j": 1e-12, "endurance": 1e9}
KEY = ["part", "way", "rate", "setting", "seed"]
COUNTS = ["ltp_pulses", "ltd_pulses", "energy_j", "largest"]
COLUMNS = [*KEY, "accuracy", *COUNTS]
#: Two-sided 95 % quantiles of Student's t by degrees of freedom.
T95 = {1: 12.71, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}


def numbers(text: str) -> list[int]:
    """1-3,7 as a list."""
    parts = [part.split("-") for part in text.split(",")]
    return [n for part in parts for n in range(int(part[0]), int(part[-1]) + 1)]


def made_trials(n_subjects: int) -> snnfe.Dataset:
    """20 trials of 16 steps a subject: which side of the 8 × 8 electrodes is higher, by an amount that varies."""
    rng = np.random.default_rng(3)
    rows, columns = np.repeat(np.arange(1, 9), 8), np.tile(np.arange(1, 9), 8)
    shared = np.where(columns < 4.5, 1.0, -1.0) * np.exp(-((rows - 4.5) ** 2) / 8)
    trials, labels, subjects = [], [], []
    for subject in range(1, n_subjects + 1):
        own = shared + 0.7 * rng.normal(size=64)
        for k in range(20):
            strength = (2 * (k % 2) - 1) * STRENGTH * rng.gamma(4, 0.25)
            trials.append(strength * own[:, None] + rng.normal(size=(64, 16)))
            labels.append(k % 2)
            subjects.append(subject)
    return snnfe.Dataset.from_arrays(
        np.array(trials, np.float32), labels, subjects=subjects, channel_rows=rows, channel_columns=columns
    )


def averaged(data: snnfe.Dataset) -> snnfe.Dataset:
    """Trials of a quarter of the samples, of deviation 1."""
    n, channels, steps = data.trials.shape
    trials = data.trials.reshape(n, channels, steps // AVERAGED, AVERAGED).mean(3)
    return snnfe.Dataset.from_arrays(
        (trials / trials.std()).astype(np.float32),
        data.labels,
        subjects=data.subjects,
        channel_rows=data.channel_rows,
        channel_columns=data.channel_columns,
    )


def device_of(way: str, seed: int) -> snnfe.Device:
    """An array of dut4 whose cells differ by 20 %; with three pulses those of dut3 and dut5, too."""
    cells: snnfe.options.CellsOptions = {
        "array": seed,
        "spread_amplitude": 0.2,
        "distribution": "lognormal",
        "read_noise": 0.005,
    }
    options: Any = {}
    if "three" in way:
        options = {"forms": [snnfe.Device(name).options for name in ("dut3", "dut5")], "policy": "nearest"}
    return snnfe.Device("dut4", rsd_c2c=0.05, cells=cells, **options)


class Bench:
    """The data, and trainings on them."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.data = averaged(snnfe.Dataset.load(options.data)) if options.data else made_trials(18)
        self.epochs = options.epochs
        n_inner = len(options.train) * 3 // 4
        self.lists = {
            "choice": (self.of(options.train[:n_inner]), self.of(options.train[n_inner:])),
            "test": (self.of(options.train), self.of(options.test)),
        }

    def of(self, subjects: Iterable[int]) -> Any:
        """Positions of some subjects' trials."""
        return np.flatnonzero(np.isin(self.data.subjects, list(subjects)))

    def train(self, part: str, way: str, rate: float, setting: dict[str, float], seed: int) -> dict[str, Any]:
        """One training: its accuracy and what it cost."""
        train, test = self.lists[part]
        options: Any = {"stage": "pretrain"}
        if way != "floating point":
            programming: Any = {"method": way.split(",")[0], **setting}
            unit = programming.pop("threshold", 0.025)
            options = {"stage": "on_device", "device": device_of(way, seed), "programming": programming, "threshold": unit}
            options |= ENERGY
        trainer = snnfe.Trainer(
            snnfe.Network(**NETWORK, n_steps=self.data.trials.shape[2], seed=seed),
            learning_rate=rate,
            n_threads=1,
            n_epochs=self.epochs,
            batch_size=8,
            seed=seed,
            evaluations_per_epoch=0,
            keep_best=False,
            **options,
        )
        trainer.run(self.data, train, test=test)
        wear = dict.fromkeys(COUNTS, 0) if way == "floating point" else trainer.wear()
        accuracy = float(trainer.epoch_log["test_accuracy"][-1])
        return {"accuracy": accuracy, **{name: wear[name] for name in COUNTS}}


def text_of(setting: dict[str, float]) -> str:
    """A setting as the table has it."""
    return " ".join(f"{name} {value:g}" for name, value in setting.items())


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a file of this script. Raises OSError, ValueError."""
    with path.open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file)
        if table.fieldnames != COLUMNS:
            raise ValueError(f"{path}: its columns are not {', '.join(COLUMNS)}")
        return list(table)


class Table:
    """The rows of a file, which grows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
        self.rows = read(path)

    def of(self, bench: Bench, part: str, way: str, rate: float, setting: dict[str, float], seed: int) -> float:
        """The accuracy of a training, which is made if it is not there."""
        key = dict(zip(KEY, (part, way, f"{rate:g}", text_of(setting), str(seed)), strict=True))
        for row in self.rows:
            if all(row[name] == value for name, value in key.items()):
                return float(row["accuracy"])
        new = {name: str(value) for name, value in (key | bench.train(part, way, rate, setting, seed)).items()}
        self.rows.append(new)
        with self.path.open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, COLUMNS, lineterminator="\n").writerow(new)
        print(new, flush=True)
        return float(new["accuracy"])


def chosen(bench: Bench, table: Table, way: str, rates: list[float]) -> tuple[float, dict[str, float]]:
    """Rate and setting that are best on training subjects, of equal ones the first."""
    tried: list[tuple[float, dict[str, float]]] = [(rate, setting) for rate in rates for setting in WAYS[way]]
    means = [mean(table.of(bench, "choice", way, *one, seed) for seed in CHOICE_SEEDS) for one in tried]
    return tried[int(np.argmax(means))]


def run(options: argparse.Namespace) -> None:
    """Choose, then train on all training subjects and test on the others, one seed after the other."""
    bench, table = Bench(options), Table(options.out)
    best = {way: chosen(bench, table, way, options.rates) for way in options.ways}
    for seed in range(1, options.seeds + 1):
        for way in options.ways:
            table.of(bench, "test", way, *best[way], seed)


def interval(values: list[float]) -> str:
    """Mean and half the 95 % interval of the mean."""
    if len(values) < 2:
        return f"{values[0]:.3g}"
    return f"{round(mean(values), 6):.3g} ± {T95[len(values) - 1] * stdev(values) / len(values) ** 0.5:.2g}"


def lines(rows: list[dict[str, str]]) -> Iterator[str]:
    """A line a way; what it gains over accumulation is of the same seeds."""
    base = {row["seed"]: float(row["accuracy"]) for row in rows if row["way"] == "accumulate"}
    for way in dict.fromkeys(row["way"] for row in rows):
        mine = [row for row in rows if row["way"] == way]
        accuracy = interval([100 * float(row["accuracy"]) for row in mine])
        gain = interval([100 * (float(row["accuracy"]) - base[row["seed"]]) for row in mine if row["seed"] in base])
        pulses = interval([(float(row["ltp_pulses"]) + float(row["ltd_pulses"])) / 1e3 for row in mine])
        energy = interval([1e6 * float(row["energy_j"]) for row in mine])
        largest = interval([float(row["largest"]) for row in mine])
        what = f"| {way} | {float(mine[0]['rate']):g} | {mine[0]['setting']} | {accuracy}"
        yield what + (f" | {gain} | {pulses} | {energy} | {largest} |" if way != "floating point" else f" | {gain} | – | – | – |")


def summarize(path: Path) -> None:
    """The table of the guide."""
    rows = [row for row in read(path) if row["part"] == "test"]
    print("| way | rate | setting | test accuracy, % | over accumulation | pulses, thousands | energy, µJ | most of a cell |")
    print("|---|---|---|---|---|---|---|---|")
    print("\n".join(lines(rows)))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("programming.csv"))
    parser.add_argument("--data", type=Path, help="file of snnfe-preprocess (default: made trials)")
    parser.add_argument("--train", type=numbers, default=list(range(1, 13)), help="training subjects")
    parser.add_argument("--test", type=numbers, default=list(range(13, 19)), help="test subjects")
    parser.add_argument("--rates", type=float, nargs="+", default=[5e-4, 1e-3], help="learning rates to choose from")
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--seeds", type=int, choices=range(1, len(T95) + 2), metavar="1…10", default=4)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--summary", type=Path, help="only print the table of these results")
    options = parser.parse_args()
    try:
        if options.summary:
            summarize(options.summary)
        else:
            run(options)
    except (OSError, ValueError, snnfe.SnnfeError) as error:
        parser.exit(1, f"{parser.prog}: {error}\n")


if __name__ == "__main__":
    main()
