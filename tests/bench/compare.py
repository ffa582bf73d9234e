#!/usr/bin/env python3
"""Times the library and its peer, PyTorch with the same network, in turn and prints the ratios.

usage: compare.py BENCH SHARED [--threads N] [--rounds N] [--jobs evaluate,train,adapt,subject,read]

BENCH is the benchmark program, SHARED the folder with peer/, golden/ and eegmmidb/. A round times
every job once in the library and once in the peer; a job's ratio is the median of its rounds'
ratios, so that what else the machine does slows both. Two ratios are printed: of wall-clock time,
and of processor time with one thread each, which a busy machine disturbs less. Reading is compared
with MNE-Python. Needs numpy and torch, for `read` also mne; jobs without their peer are skipped.
"""
import argparse
import os
import statistics
import subprocess
import sys
import time

SUBJECT_STEPS = 34 * 5
# Short jobs often enough that the first time, in new memory, is not the median: the peer's first time
# is not counted.
REPEATS = {"evaluate": 9, "adapt": 20}


class Peer:
    """The jobs in PyTorch, as the peer's own timing program sets them up."""

    def __init__(self, shared, threads):
        sys.path.insert(0, os.path.join(shared, "peer"))
        import numpy
        import safetensors_io
        import torch
        import torch_network

        torch.set_num_threads(threads)
        golden = os.path.join(shared, "golden", "")
        data = safetensors_io.load(golden + "epochs_s001.safetensors")
        self.torch = torch
        self.make = torch_network.Net
        self.weights = safetensors_io.load(golden + "net_on_device_fold1.safetensors")
        grid = numpy.zeros((len(data["x"]), 10, 11, 160), numpy.float32)
        for channel, (row, column) in enumerate(electrodes()):
            grid[:, row, column] = data["x"][:, channel]
        self.grid = torch.from_numpy(grid)
        self.labels = torch.from_numpy(data["label"]).long()

    def network(self):
        network = self.make()
        network.load(self.weights)
        return network

    def masks(self, n):
        return [self.torch.bernoulli(self.torch.full((n, 256), 0.7)) / 0.7 for _ in range(3)]

    def step(self, network, optimizer, grid, labels):
        optimizer.zero_grad()
        logits = network(grid, self.masks(len(grid)))
        self.torch.nn.functional.cross_entropy(logits, labels).backward()
        optimizer.step()

    def evaluate(self):
        network = self.network()

        def run():
            with self.torch.no_grad():
                network(self.grid)

        return run, len(self.grid)

    def train(self):
        network = self.network()
        optimizer = self.torch.optim.Adam(network.parameters(), lr=1e-4)
        grid = self.torch.cat([self.grid, self.grid[:19]])
        labels = self.torch.cat([self.labels, self.labels[:19]])
        return lambda: self.step(network, optimizer, grid, labels), len(grid)

    def adapt(self):
        network = self.network()
        trained = ("fc1", "fc2", "f1_", "ts_w")
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(any(part in name for part in trained)
                                     and not name.endswith("bias"))
        optimizer = self.torch.optim.Adam(
            [p for p in network.parameters() if p.requires_grad], lr=6e-4)
        return lambda: self.step(network, optimizer, self.grid[:1], self.labels[:1]), 1


def electrodes():
    runs = [(7, 3, 2), (7, 4, 2), (7, 5, 2), (3, 0, 4), (5, 1, 3), (9, 2, 1), (1, 3, 1), (1, 3, 9),
            (1, 4, 1), (1, 4, 9), (1, 4, 0), (1, 4, 10), (1, 5, 1), (1, 5, 9), (9, 6, 1), (5, 7, 3),
            (3, 8, 4), (1, 9, 5)]
    return [(row, first + i) for n, row, first in runs for i in range(n)]


def read_with_mne(shared):
    import mne
    import numpy

    mne.set_log_level("ERROR")
    folder = os.path.join(shared, "eegmmidb", "S001")

    def run():
        signals = []
        for number in range(3, 15):
            raw = mne.io.read_raw_edf(os.path.join(folder, f"S001R{number:02}.edf"), preload=True)
            signals.append(raw.filter(0.1, 79, fir_design="firwin").get_data())
        joined = numpy.concatenate(signals, axis=1)
        (joined - joined.mean(axis=1, keepdims=True)) / joined.std(axis=1, keepdims=True)

    return run, 1


def time_peer(job):
    run, n_units = job
    wall, processor = time.perf_counter(), time.process_time()
    run()
    return (1e3 * (time.perf_counter() - wall) / n_units,
            1e3 * (time.process_time() - processor) / n_units)


def time_bench(bench, shared, job, threads, repeat):
    lines = subprocess.run([bench, "--threads", str(threads), "--repeat", str(repeat), job],
                           env=dict(os.environ, SNNFE_SHARED=shared), check=True,
                           capture_output=True, text=True).stdout.splitlines()
    fields = next(line.split("\t") for line in lines if line.startswith(job + "\t"))
    return float(fields[3]), float(fields[5])


def prepare(name, peer, shared):
    if name == "read":
        return read_with_mne(shared)
    return getattr(peer, "adapt" if name == "subject" else name)()


def compare(arguments, name, threads):
    """Rows (library, peer) of wall-clock and processor milliseconds, a round each."""
    try:
        job = prepare(name, Peer(arguments.shared, threads) if name != "read" else None,
                      arguments.shared)
    except ImportError as missing:
        print(f"{name}: skipped: {missing}")
        return []
    if name != "train":
        job[0]()
    # The peer does the same work in each of a subject's steps.
    factor = SUBJECT_STEPS if name == "subject" else 1
    rows = []
    for _ in range(arguments.rounds):
        ours = time_bench(arguments.bench, arguments.shared, name, threads, REPEATS.get(name, 3))
        rows.append((ours, [factor * value for value in time_peer(job)]))
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("shared")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", default="evaluate,train,adapt,subject,read")
    arguments = parser.parse_args()
    print(f"{'job':9} {'threads':>7} {'clock':>9} {'library ms':>11} {'peer ms':>11} {'ratio':>8}")
    for name in arguments.jobs.split(","):
        for threads in sorted({arguments.threads, 1}, reverse=True):
            rows = compare(arguments, name, threads)
            if not rows:
                break
            report(name, threads, "wall", rows, 0)
            if threads == 1:
                report(name, threads, "processor", rows, 1)


def report(name, threads, clock, rows, column):
    ours, peers = ([row[side][column] for row in rows] for side in (0, 1))
    ratio = statistics.median(p / o for o, p in zip(ours, peers))
    print(f"{name:9} {threads:7} {clock:>9} {statistics.median(ours):11.3f} "
          f"{statistics.median(peers):11.2f} {ratio:7.1f}x", flush=True)


if __name__ == "__main__":
    main()
