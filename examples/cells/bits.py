"""How many bits do weights and converters need? Accuracy of a network whose weights have so many levels, or whose cells
or columns' sums are read by converters of so many bits.

    python examples/cells/bits.py DATA MODEL --test 11-21 --out bits.csv

DATA is a file of snnfe-preprocess, MODEL a network that saw none of the test subjects. Nothing is random here: weights go to
the nearest level of the device dut2 without programming noise, cells are alike and are read without noise.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import command
import numpy as np
import snnfe
from rows import Growing
from run import numbers

FIELDS = ["levels", "cell_bits", "column_bits", "column_range", "accuracy"]
CASES = [
    (0, 0, 0, 1.0),
    *((levels, 0, 0, 1.0) for levels in (2, 4, 6, 8, 16, 32)),
    *((0, bits, 0, 1.0) for bits in (1, 2, 3, 4, 5, 6, 8)),
    *((0, 0, bits, share) for share in (1.0, 0.2, 0.05) for bits in (3, 4, 5, 6, 8, 10)),
]


def on(network: snnfe.Network, levels: int, cell_bits: int, column_bits: int, column_range: float) -> snnfe.Network:
    """The network on such an array, as it is read; 0 levels or bits: exactly."""
    cells: snnfe.device_options.CellsOptions = {"adc_bits": cell_bits, "column_bits": column_bits}
    if column_bits:
        cells["column_range"] = column_range
    if levels:
        network.transfer(snnfe.Device("dut2"), levels=levels, x=0.0)
    return network.read(snnfe.Device("dut2", cells=cells), seed=1) if cell_bits or column_bits else network


def run(options: argparse.Namespace) -> None:
    """The cases whose rows are not there."""
    data = snnfe.Dataset.load(options.data)
    test = np.flatnonzero(np.isin(data.subjects, options.test))
    network = snnfe.Network.load(options.model)
    table = Growing(options.out, FIELDS, n_keys=4)
    for case in CASES:
        if case not in table.done:
            found = snnfe.evaluate(on(network.copy(), *case), data, test, n_threads=options.threads)
            table.add(dict(zip(FIELDS, (*case, found.accuracy), strict=True)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("model")
    parser.add_argument("--out", type=Path, default=Path("bits.csv"), help="CSV, a row a case")
    parser.add_argument("--test", type=numbers, required=True, help="subjects that the accuracies are of")
    parser.add_argument("--threads", type=int, default=0, help="0 = all processors")
    command.run(parser, run)


if __name__ == "__main__":
    main()
