"""Every way to program on the same data and arrays: accuracy, pulses, energy and wear.

    python examples/programming/run.py --out programming.csv

trains small networks from random weights through simulated arrays of dut4, one array and one start for each
seed, by every way. Learning rate and one setting of each way are chosen on training subjects alone, with a seed that the
table does not use; then all training subjects train, and the others test. Rows are single trainings: summarize
them with `--summary programming.csv`. The trials are made for this: a pattern over the electrodes, which subjects
share in part, in noise.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np
import snnfe

NETWORK = {"conv1_channels": 8, "conv2_channels": 16, "conv3_channels": 32, "n_hidden": 32}
UNITS = [{"threshold": unit} for unit in (0.025, 0.06)]
PERIODS = [{"threshold": 0.06, "period": period} for period in (5, 30)]
TOLERANCES = [{"tolerance": tolerance} for tolerance in (0.03, 0.06)]
#: The settings that each way chooses among: its unit, period or tolerance.
WAYS: dict[str, list[dict[str, float]]] = {
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
RATES = (5e-4, 1e-3)
#: Examples, not measured: joules of an LTP and an LTD pulse, pulses of a cell's life.
ENERGY = {"ltp_energy_j": 1e-12, "ltd_energy_j": 1e-12, "endurance": 1e9}
COLUMNS = ["part", "way", "rate", "setting", "seed", "accuracy", "ltp_pulses", "ltd_pulses", "energy_j", "largest"]
#: Two-sided 95 % quantiles of Student's t by degrees of freedom.
T95 = {1: 12.71, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}


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


def train(
    data: snnfe.Dataset, way: str, rate: float, setting: dict[str, float], seed: int, lists: tuple[Any, Any], epochs: int
) -> dict[str, Any]:
    """One training; the row of the table."""
    programming: Any = {"method": way.split(",")[0], **setting}
    unit = programming.pop("threshold", 0.025)
    network = snnfe.Network(**NETWORK, n_steps=16, seed=seed)
    trainer = snnfe.Trainer(
        network,
        stage="on_device",
        device=device_of(way, seed),
        programming=programming,
        learning_rate=rate,
        threshold=unit,
        n_threads=1,
        n_epochs=epochs,
        batch_size=8,
        seed=seed,
        evaluations_per_epoch=0,
        keep_best=False,
        **ENERGY,
    )
    trainer.run(data, lists[0], test=lists[1])
    wear = trainer.wear()
    return {
        "way": way,
        "rate": rate,
        "setting": " ".join(f"{name} {value:g}" for name, value in setting.items()),
        "seed": seed,
        "accuracy": float(trainer.epoch_log["test_accuracy"][-1]),
        **{name: wear[name] for name in ("ltp_pulses", "ltd_pulses", "energy_j", "largest")},
    }


def of_subjects(data: snnfe.Dataset, subjects: Iterable[int]) -> Any:
    """Positions of some subjects' trials."""
    return np.flatnonzero(np.isin(data.subjects, list(subjects)))


def run(path: Path, ways: list[str], seeds: int, epochs: int, subjects: int) -> None:
    """Choose on training subjects, then train on all of them and test on the others."""
    data = made_trials(subjects)
    n_train = subjects * 2 // 3
    training = range(1, n_train + 1)
    inner = of_subjects(data, range(1, n_train * 3 // 4 + 1)), of_subjects(data, range(n_train * 3 // 4 + 1, n_train + 1))
    outer = of_subjects(data, training), of_subjects(data, range(n_train + 1, subjects + 1))
    with path.open("w", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        for way in ways:
            tried = [
                (train(data, way, rate, setting, 100, inner, epochs), (rate, setting))
                for rate in RATES
                for setting in WAYS[way]
            ]
            table.writerows({"part": "choice", **row} for row, _ in tried)
            _, (rate, setting) = max(tried, key=lambda one: one[0]["accuracy"])
            for seed in range(1, seeds + 1):
                table.writerow({"part": "test", **train(data, way, rate, setting, seed, outer, epochs)})
            file.flush()


def interval(values: list[float]) -> str:
    """Mean and half the 95 % interval of the mean."""
    if len(values) < 2:
        return f"{values[0]:.3g}"
    return f"{mean(values):.3g} ± {T95[len(values) - 1] * stdev(values) / len(values) ** 0.5:.2g}"


def summarize(path: Path) -> None:
    """The table of the guide."""
    rows = [row for row in csv.DictReader(path.open(newline="")) if row["part"] == "test"]
    print("| way | rate | setting | test accuracy, % | pulses, thousands | energy, µJ | most of a cell |")
    print("|---|---|---|---|---|---|---|")
    for way in dict.fromkeys(row["way"] for row in rows):
        mine = [row for row in rows if row["way"] == way]
        accuracy = interval([100 * float(row["accuracy"]) for row in mine])
        pulses = interval([(float(row["ltp_pulses"]) + float(row["ltd_pulses"])) / 1e3 for row in mine])
        energy = interval([1e6 * float(row["energy_j"]) for row in mine])
        largest = interval([float(row["largest"]) for row in mine])
        print(f"| {way} | {float(mine[0]['rate']):g} | {mine[0]['setting']} | {accuracy} | {pulses} | {energy} | {largest} |")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("programming.csv"))
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--seeds", type=int, choices=range(1, len(T95) + 2), metavar="1…10", default=4)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--subjects", type=int, default=18)
    parser.add_argument("--summary", type=Path, help="only print the table of these results")
    a = parser.parse_args()
    if a.summary:
        summarize(a.summary)
    else:
        run(a.out, a.ways, a.seeds, a.epochs, a.subjects)


if __name__ == "__main__":
    main()
