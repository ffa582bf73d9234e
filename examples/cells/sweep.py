"""The paper's thresholds on arrays whose cells differ and are worn: trainings through the device, on synthetic subjects.

    python examples/cells/sweep.py --out sweep.csv

Twenty synthetic subjects are made, of which 15 train a small network and 5 test it: five others in each repetition, which
also has another array and seed. Worn cells have had `wear` times the 1e9 pulses in which amplitudes fall to 1/e, and fail
after 3e9 pulses on average (log-normal, relative standard deviation 1); their wake-up is over. Each row is one training; a
row that is there is not made again.
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path

import command
import numpy as np
import snnfe
from rows import Growing

THRESHOLDS = (0.025, 0.075)
SPREADS = (0.0, 0.3)
WEAR = (0.0, 1.0, 3.0)
KEYS = ["repetition", "threshold", "spread", "wear"]
FIELDS = [*KEYS, "accuracy", "pulses", "largest", "never_programmed", "failed"]
LIFE = 1e9
NETWORK: snnfe.network.NetworkOptions = {
    "conv1_channels": 16,
    "conv2_channels": 32,
    "conv3_channels": 64,
    "n_hidden": 64,
    "dropout": 0.0,
}


def device_of(array: int, spread: float, wear: float) -> snnfe.Device:
    return snnfe.Device(
        "dut2",
        rsd_c2c=0.1,
        cells={
            "array": array,
            "distribution": "lognormal",
            "spread_amplitude": spread,
            "spread_window": spread,
            "fatigue_pulses": LIFE,
            "endurance": 3 * LIFE,
            "endurance_spread": 1.0,
            "pulses_before": wear * LIFE,
        },
    )


def run(
    data: snnfe.Dataset, repetition: int, threshold: float, spread: float, wear: float, threads: int
) -> dict[str, float]:
    device = device_of(repetition, spread, wear)
    is_test = (data.subjects - 1) // 5 == repetition - 1
    test = np.flatnonzero(is_test)
    trained = snnfe.train_on_device(
        data,
        np.flatnonzero(~is_test),
        network=NETWORK,
        device=device,
        threshold=threshold,
        n_epochs=8,
        schedule_epochs=8,
        batch_size=16,
        learning_rate=5e-4,
        evaluations_per_epoch=0,
        seed=4 + repetition,
        n_threads=threads,
    )
    assert trained.wear is not None
    w = trained.wear
    return {
        "repetition": repetition,
        "threshold": threshold,
        "spread": spread,
        "wear": wear,
        "accuracy": snnfe.evaluate(trained.network, data, test, n_threads=threads).accuracy,
        "pulses": w["ltp_pulses"] + w["ltd_pulses"],
        "largest": w["largest"],
        "never_programmed": w["never_programmed"],
        "failed": float(np.mean(device.cells(100_000)["endurance"] <= wear * LIFE)),
    }


def data_set(path: Path) -> snnfe.Dataset:
    if path.exists():
        return snnfe.Dataset.load(path)
    data = snnfe.Dataset.synthesize({"n_subjects": 20}, runs=[4, 8, 12])
    data.save(path)
    return data


def sweep(options: argparse.Namespace) -> None:
    """The trainings whose rows are not there."""
    data, table = data_set(options.data), Growing(options.out, FIELDS, len(KEYS))
    for repetition in range(1, options.repetitions + 1):
        for threshold, wear, spread in itertools.product(THRESHOLDS, WEAR, SPREADS):
            if (repetition, threshold, spread, wear) not in table.done:
                table.add(run(data, repetition, threshold, spread, wear, options.threads))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("sweep.csv"), help="CSV, a row a training")
    parser.add_argument("--data", type=Path, default=Path("synthetic.safetensors"), help="made if it is not there")
    parser.add_argument("--threads", type=int, default=0, help="0 = all processors")
    parser.add_argument("--repetitions", type=int, choices=range(1, 5), default=4, help="1 to 4")
    command.run(parser, sweep)


if __name__ == "__main__":
    main()
