"""What real cells do to a network: accuracy on simulated arrays, before and after re-tuning there, later, and as read.

    python examples/cells/run.py DATA MODEL --out cells.csv --train 1-10 --test 11-21 --arrays 2

DATA is a file of snnfe-preprocess, MODEL a network that saw none of the test subjects. Arrays have the device dut2,
whose amplitudes and windows differ by the spread (relative standard deviation, log-normal); weights keep
(1 + t / 1 s)^-0.02 of their distance from the middle. Each row is one array; a row that is there is not made again.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
import snnfe

SPREADS = (0.0, 0.1, 0.3)
FIELDS = ["spread", "array", "before", "after", "after_1e4_s", "after_1e7_s", "read", "pulses", "largest", "life_used"]
ENDURANCE = 1e10


def numbers(text: str) -> list[int]:
    """1-3,7 as a list."""
    parts = [part.split("-") for part in text.split(",")]
    return [n for part in parts for n in range(int(part[0]), int(part[-1]) + 1)]


def device_of(spread: float, array: int) -> snnfe.Device:
    return snnfe.Device(
        "dut2",
        cells={
            "array": array,
            "distribution": "lognormal",
            "spread_amplitude": spread,
            "spread_window": spread,
            "retention": "power",
            "retention_exponent": 0.02,
            "read_noise": 0.02,
            "adc_bits": 8,
        },
    )


def run_array(options: argparse.Namespace, data: snnfe.Dataset, spread: float, array: int) -> dict[str, float]:
    """One array: the network is moved there, re-tuned, left alone, read."""
    train = np.flatnonzero(np.isin(data.subjects, options.train))
    test = np.flatnonzero(np.isin(data.subjects, options.test))
    seen = {"allow_seen": options.allow_seen, "n_threads": options.threads}

    def accuracy(network: snnfe.Network) -> float:
        return snnfe.evaluate(network, data, test, **seen).accuracy

    device = device_of(spread, array)
    network = snnfe.Network.load(options.model)
    network.transfer(device, levels=options.levels, x=options.x, seed=array)
    row = {"spread": spread, "array": array, "before": accuracy(network)}
    tuned = snnfe.retune(
        network,
        data,
        train,
        device=device,
        transfer_levels=0,
        transfer_x=0.0,
        n_epochs=options.epochs,
        batch_size=16,
        evaluations_per_epoch=0,
        log_start=False,
        keep_best=False,
        endurance=ENDURANCE,
        **seen,
    )
    assert tuned.wear is not None
    row["after"] = accuracy(tuned.network)
    row["pulses"] = tuned.wear["ltp_pulses"] + tuned.wear["ltd_pulses"]
    row["largest"], row["life_used"] = tuned.wear["largest"], tuned.wear["life_used"]
    row["read"] = accuracy(tuned.network.read(device, seed=array))
    before_s = 0.0
    for field, seconds in (("after_1e4_s", 1e4), ("after_1e7_s", 1e7)):
        tuned.network.age(device, seconds, from_s=before_s)
        row[field], before_s = accuracy(tuned.network), seconds
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("model")
    parser.add_argument("--out", default="cells.csv", help="CSV, a row an array")
    parser.add_argument("--train", type=numbers, required=True, help="subjects to re-tune on")
    parser.add_argument("--test", type=numbers, required=True, help="subjects that the accuracies are of")
    parser.add_argument("--arrays", type=int, default=2, help="arrays of each spread")
    parser.add_argument("--epochs", type=int, default=1, help="of re-tuning")
    parser.add_argument("--levels", type=int, default=0, help="of the transfer; 0 = any value")
    parser.add_argument("--x", type=float, default=0.0, help="programming noise of the transfer; 0 = none")
    parser.add_argument("--threads", type=int, default=0, help="0 = all processors")
    parser.add_argument("--allow_seen", action="store_true", help="re-tune on trials that trained the network")
    options = parser.parse_args()
    data = snnfe.Dataset.load(options.data)
    out = Path(options.out)
    done = set()
    if out.exists():
        done = {(float(row["spread"]), int(row["array"])) for row in csv.DictReader(out.open(encoding="utf-8"))}
    else:
        out.write_text(",".join(FIELDS) + "\n", encoding="utf-8")
    for array in range(1, options.arrays + 1):
        for spread in SPREADS:
            if (spread, array) in done:
                continue
            row = run_array(options, data, spread, array)
            with out.open("a", encoding="utf-8", newline="") as file:
                csv.DictWriter(file, FIELDS, lineterminator="\n").writerow(row)
            print({name: round(float(value), 4) for name, value in row.items()}, flush=True)


if __name__ == "__main__":
    main()
