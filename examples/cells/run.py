"""What real cells do to a network: accuracy on simulated arrays, before and after re-tuning there, later, and as read.

    python examples/cells/run.py DATA MODEL --out cells.csv --train 1-10 --test 11-21 --arrays 20

DATA is a file of snnfe-preprocess, MODEL a network that saw none of the test subjects. Arrays have the device dut2,
whose amplitudes and windows differ by the spread (relative standard deviation, log-normal). Weights keep
(1 + t / tau)^-0.02 of their distance from the middle; tau is 1 s and differs by ten times the spread, as time
constants are known to orders of magnitude only. Each row is one array, with an order of the re-tuning's trials of its
own; a row that is there is not made again.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import command
import numpy as np
import snnfe
from rows import Growing

TIMES = {"1e4_s": 1e4, "1e7_s": 1e7}
FIELDS = ["spread", "array", "clamped", "before", "after", *(f"after_{when}" for when in TIMES)]
FIELDS += ["read", "pulses", "largest", "life_used"]
ENDURANCE = 1e10


def numbers(text: str) -> list[int]:
    """1-3,7 as a list."""
    parts = [part.split("-") for part in text.split(",")]
    return [n for part in parts for n in range(int(part[0]), int(part[-1]) + 1)]


def fractions(text: str) -> list[float]:
    """0,0.1 as a list."""
    return [float(part) for part in text.split(",")]


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
            "retention_spread": 10 * spread,
            "read_noise": 0.02,
            "adc_bits": 8,
        },
    )


class Bench:
    """The data, and what is done to a network on an array."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.data = snnfe.Dataset.load(options.data)
        self.train = np.flatnonzero(np.isin(self.data.subjects, options.train))[:: options.every]
        self.test = np.flatnonzero(np.isin(self.data.subjects, options.test))

    def accuracy(self, network: snnfe.Network) -> float:
        options = self.options
        done = snnfe.evaluate(network, self.data, self.test, n_threads=options.threads, allow_seen=options.allow_seen)
        return done.accuracy

    def over_time(self, network: snnfe.Network, device: snnfe.Device) -> dict[str, float]:
        """Accuracies right away and after each of the times; the network becomes that of the last."""
        found, before_s = {"after": self.accuracy(network)}, 0.0
        for name, seconds in TIMES.items():
            network.age(device, seconds, from_s=before_s)
            found[f"after_{name}"], before_s = self.accuracy(network), seconds
        return found

    def retune(self, network: snnfe.Network, device: snnfe.Device, seed: int) -> snnfe.Trained:
        return snnfe.retune(
            network,
            self.data,
            self.train,
            device=device,
            transfer_levels=0,
            transfer_x=0.0,
            n_epochs=self.options.epochs,
            batch_size=8,
            learning_rate=self.options.rate,
            seed=seed,
            evaluations_per_epoch=0,
            log_start=False,
            keep_best=False,
            endurance=ENDURANCE,
            n_threads=self.options.threads,
            allow_seen=self.options.allow_seen,
        )


def run_array(bench: Bench, spread: float, array: int) -> dict[str, float]:
    """One array: the network is moved there, re-tuned, left alone, read."""
    device = device_of(spread, array)
    network = snnfe.Network.load(bench.options.model)
    clamped = network.transfer(device, levels=bench.options.levels, x=bench.options.x, seed=array)
    row = {"spread": spread, "array": array, "clamped": clamped, "before": bench.accuracy(network)}
    tuned = bench.retune(network, device, array)
    assert tuned.wear is not None
    row["read"] = bench.accuracy(tuned.network.read(device, seed=array))
    row |= bench.over_time(tuned.network, device)
    row["pulses"] = tuned.wear["ltp_pulses"] + tuned.wear["ltd_pulses"]
    row["largest"], row["life_used"] = tuned.wear["largest"], tuned.wear["life_used"]
    return row


def run(options: argparse.Namespace) -> None:
    """The arrays whose rows are not there."""
    bench, table = Bench(options), Growing(options.out, FIELDS, n_keys=2)
    for array in range(1, options.arrays + 1):
        for spread in options.spreads:
            if (spread, array) not in table.done:
                table.add(run_array(bench, spread, array))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("model")
    parser.add_argument("--out", type=Path, default=Path("cells.csv"), help="CSV, a row an array")
    parser.add_argument("--train", type=numbers, required=True, help="subjects to re-tune on")
    parser.add_argument("--test", type=numbers, required=True, help="subjects that the accuracies are of")
    parser.add_argument("--spreads", type=fractions, default="0,0.1,0.3", help="between the cells of an array")
    parser.add_argument("--arrays", type=int, default=20, help="arrays of each spread")
    parser.add_argument("--epochs", type=int, default=1, help="of re-tuning")
    parser.add_argument("--rate", type=float, default=1e-4, help="of re-tuning, in batches of 8")
    parser.add_argument("--every", type=int, default=1, help="re-tune on every so many-th trial")
    parser.add_argument("--levels", type=int, default=0, help="of the transfer; 0 = any value")
    parser.add_argument("--x", type=float, default=0.0, help="programming noise of the transfer; 0 = none")
    parser.add_argument("--threads", type=int, default=0, help="0 = all processors")
    parser.add_argument("--allow_seen", action="store_true", help="re-tune on trials that trained the network")
    command.run(parser, run)


if __name__ == "__main__":
    main()
