#!/usr/bin/env python3
"""How the library's times grow: with threads, batch size, time steps, channels, subjects and firing rate.

usage: scaling.py NETWORK DATA -o FOLDER [--threads N]

NETWORK is a network file, DATA a data set of at least 64 trials (snnfe-preprocess). Writes
scaling.csv and scaling.png into FOLDER. Needs the Python package, numpy and matplotlib. Each number
is the least of several runs, since other programs can only add to a time.
"""
import argparse
import csv
import pathlib
import time

import numpy as np

import snnfe
from snnfe.figures import style


def least(run, n_repeats=5):
    run()
    times = []
    for _ in range(n_repeats):
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return min(times)


def evaluation(network, grid, n_threads):
    return 1e3 * least(lambda: network.evaluate(grid, n_threads=n_threads)) / len(grid)


def training(state, grid, labels, n_threads):
    trainer = snnfe.Trainer(snnfe.Network.from_state_dict(state), n_threads=n_threads)
    seconds = least(lambda: trainer.step(grid, labels), 3)
    trainer.close()
    return 1e3 * seconds / len(grid)


def by_threads(state, grid, labels):
    """Also more threads than processors: they should cost nothing."""
    network = snnfe.Network.from_state_dict(state)
    for n in (1, 2, 4, 8, 16):
        yield "threads", n, "evaluation", 1e3 / evaluation(network, grid, n)
        yield "threads", n, "training", 1e3 / training(state, grid, labels, n)


def by_batch(state, grid, labels, most):
    network = snnfe.Network.from_state_dict(state)
    for n in (1, 2, 4, 8, 16, 32, 64, 256, 1024):
        batch = np.resize(grid, (n, *grid.shape[1:]))
        yield "batch size", n, "evaluation", evaluation(network, batch, most)
        yield "batch size", n, "training", training(state, batch, np.resize(labels, n), most)


def by_steps(state, grid, most):
    for n in (20, 40, 80, 160, 320, 640):
        longer = dict(state, **{"snn.ts_weights": np.full(n, 1 / n, np.float32)})
        repeated = np.tile(grid, (1, 1, 1, -(-n // grid.shape[-1])))[..., :n]
        network = snnfe.Network.from_state_dict(longer)
        yield "time steps", n, "evaluation", evaluation(network, np.ascontiguousarray(repeated), most)


def by_channels(grid, labels, most):
    """Networks before training, of which a layer is doubled: (64, 128, 256) channels are the default."""
    for conv1, conv2, conv3 in ((64, 128, 256), (128, 128, 256), (64, 256, 256), (64, 128, 512), (128, 256, 512)):
        network = snnfe.Network(n_steps=grid.shape[-1], conv1_channels=conv1, conv2_channels=conv2,
                                conv3_channels=conv3)
        state = {name: values.copy() for name, values in network.state_dict().items()}
        products = (conv1 * conv2 * 9 * 36 + conv2 * conv3 * 9) / (64 * 128 * 9 * 36 + 128 * 256 * 9)
        yield "multiply-adds (times)", products, "evaluation", evaluation(network, grid, most)
        yield "multiply-adds (times)", products, "training", training(state, grid, labels, most)


def by_subjects(state, data, most):
    network = snnfe.Network.from_state_dict(state)
    for n in (1, 2, 4, 8, 10):
        subjects = data.subject_list[:n]
        if len(subjects) == n:
            seconds = least(lambda: snnfe.personalize(network, data, subjects, n_threads=most), 1)
            yield "subjects", n, "personalization", seconds


def by_rate(state, grid, most):
    network = snnfe.Network.from_state_dict(state)
    for factor in (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0):
        scaled = np.float32(factor) * grid
        activity = network.activity(scaled)
        neurons = 64 * 8 * 9 * grid.shape[-1]
        changes = activity["changes"][:, 0].mean() / neurons
        yield "changes of conv1 (%)", 100 * changes, "evaluation", evaluation(network, scaled, most)


PANELS = (
    ("threads", "trials a second", False),
    ("batch size", "ms a trial", True),
    ("time steps", "ms a trial", False),
    ("subjects", "seconds", False),
    ("multiply-adds (times)", "ms a trial", False),
    ("changes of conv1 (%)", "ms a trial", False),
)


def draw(rows, path):
    with style.look():
        figure, axes = style.figure(3, 2, width=3.2)
        for panel, (name, unit, logarithmic) in zip(axes.flat, PANELS):
            for job in dict.fromkeys(row[2] for row in rows if row[0] == name):
                points = sorted((row[1], row[3]) for row in rows if row[0] == name and row[2] == job)
                panel.plot(*zip(*points), "o-", label=job)
            if logarithmic:
                panel.set_xscale("log", base=2)
                ticks = sorted({row[1] for row in rows if row[0] == name})
                panel.set_xticks(ticks, [str(tick) for tick in ticks])
            elif name != PANELS[-1][0]:
                panel.xaxis.get_major_locator().set_params(integer=True)
            panel.set_ylim(bottom=0)
            panel.set_xlabel(name)
            panel.set_ylabel(unit)
            style.legend(panel)
        figure.savefig(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("network")
    parser.add_argument("data")
    parser.add_argument("-o", "--out", required=True, type=pathlib.Path)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    data = snnfe.Dataset.load(arguments.data)
    grid, labels = data.grid()[:64], data.labels[:64]
    network = snnfe.Network.load(arguments.network)
    state = {name: values.copy() for name, values in network.state_dict().items()}
    most = arguments.threads
    rows = [
        *by_threads(state, grid, labels),
        *by_batch(state, grid, labels, most),
        *by_steps(state, grid[:8], most),
        *by_channels(grid[:16], labels[:16], most),
        *by_subjects(state, data, most),
        *by_rate(state, grid, most),
    ]
    arguments.out.mkdir(parents=True, exist_ok=True)
    with open(arguments.out / "scaling.csv", "w", newline="", encoding="ascii") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("over", "value", "job", "result"))
        writer.writerows((name, f"{value:g}", job, f"{result:.4g}") for name, value, job, result in rows)
    draw(rows, arguments.out / "scaling.png")


if __name__ == "__main__":
    main()
