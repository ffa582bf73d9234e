#!/usr/bin/env python3
"""Times the library and its peers, the same network in other libraries, in turn and prints the ratios.

usage: compare.py BENCH SHARED [--threads N] [--rounds N] [--jobs evaluate,train,adapt,subject,read]
                  [--peers eager,layers,compiled,bfloat16,jax,spikingjelly,snntorch] [--flush]

BENCH is the benchmark program, SHARED the folder with peer/, golden/ and eegmmidb/. A round times every job once in
the library and once in each peer; a ratio is the median of its rounds' ratios, so that what else the machine does
slows all. Library and peers are kept to the first N processors. Two ratios are printed: of wall-clock time, and of
processor time with one thread, which a busy machine disturbs less. The best peer of a job is the one that counts.
With --flush denormal numbers count as 0 for PyTorch and what is built on it, which is not what it does by itself:
gradients fade through them, and they are slow on Intel's processors.

Needs numpy and torch. Peers whose packages (jax, spikingjelly, snntorch; for `read` mne) are not installed are left
out, which is said, and so is a peer that fails.
"""
import argparse
import importlib
import os
import platform
import statistics
import subprocess
import time

import peers

SUBJECT_STEPS = 34 * 5
# Short jobs often enough that the first time, in new memory, is not the median: a peer's first time is not counted.
REPEATS = {"evaluate": 9, "adapt": 20}
PEERS = {"eager": peers.Eager, "layers": peers.Layers, "compiled": peers.Compiled, "bfloat16": peers.HalfPrecision,
         "spikingjelly": peers.SpikingJelly, "snntorch": peers.SnnTorch}


class Mne:
    """Reading, filtering and normalizing twelve runs."""

    name = "MNE"
    note = "preloaded, filtered, normalized"

    def __init__(self, shared):
        import mne

        mne.set_log_level("ERROR")
        self.mne, self.version = mne, mne.__version__
        self.folder = os.path.join(shared, "eegmmidb", "S001")

    def read(self):
        import numpy

        def run():
            signals = []
            for number in range(3, 15):
                raw = self.mne.io.read_raw_edf(os.path.join(self.folder, f"S001R{number:02}.edf"), preload=True)
                signals.append(raw.filter(0.1, 79, fir_design="firwin").get_data())
            joined = numpy.concatenate(signals, axis=1)
            (joined - joined.mean(axis=1, keepdims=True)) / joined.std(axis=1, keepdims=True)

        return run, 1


def make_peers(names, shared, threads):
    """The peers that can be made."""
    data, made = peers.Data(shared), []
    for name in names:
        try:
            kind = importlib.import_module("peer_jax").Jax if name == "jax" else PEERS[name]
            made.append(kind(data, threads))
        except ImportError as missing:
            print(f"# {name} is left out: {missing}")
    return made


def confine(n):
    """All threads that this process has, and those that they start, run on the first n processors."""
    processors = sorted(os.sched_getaffinity(0))[:n]
    for thread in os.listdir("/proc/self/task"):
        os.sched_setaffinity(int(thread), processors)


def time_peer(job):
    run, n_units = job
    wall, processor = time.perf_counter(), time.process_time()
    run()
    return (1e3 * (time.perf_counter() - wall) / n_units,
            1e3 * (time.process_time() - processor) / n_units)


def run_bench(bench, shared, *arguments):
    return subprocess.run([bench, *arguments], env=dict(os.environ, SNNFE_SHARED=shared), check=True,
                          capture_output=True, text=True).stdout.splitlines()


def time_bench(bench, shared, job, threads):
    """Median wall-clock and processor milliseconds of a unit, and the share of the dense peak if it has one."""
    lines = run_bench(bench, shared, "--peak", "--threads", str(threads), "--repeat", str(REPEATS.get(job, 3)), job)
    fields = next(line.split("\t") for line in lines if line.startswith(job + "\t"))
    return float(fields[3]), float(fields[5]), float(fields[8]) if len(fields) > 8 else 0.0


def prepare(name, some_peers):
    """Jobs of the peers that can do them, once run."""
    jobs = []
    for peer in some_peers:
        try:
            job = getattr(peer, "adapt" if name == "subject" else name)()
            job[0]()
            jobs.append((peer, job))
        except Exception as failure:  # whatever a package or its compiler does not take
            print(f"# {peer.name} is left out of {name}: {type(failure).__name__}: {str(failure).splitlines()[0][:120]}")
    return jobs


def compare(arguments, name, threads, some_peers):
    """Milliseconds (wall-clock, processor) of the library and of each peer, a round each."""
    jobs = prepare(name, some_peers)
    # A peer does the same work in each of a subject's steps.
    factor = SUBJECT_STEPS if name == "subject" else 1
    ours, theirs = [], [[] for _ in jobs]
    for _ in range(arguments.rounds):
        ours.append(time_bench(arguments.bench, arguments.shared, name, threads))
        for times, (_, job) in zip(theirs, jobs):
            times.append([factor * value for value in time_peer(job)])
    return ours, [(peer, times) for (peer, _), times in zip(jobs, theirs)]


def report(name, threads, clock, column, ours, theirs):
    rows = []
    for peer, times in theirs:
        ratio = statistics.median(t[column] / o[column] for o, t in zip(ours, times))
        rows.append((ratio, statistics.median(t[column] for t in times), peer))
    least = min((row[0] for row in rows), default=0)
    for ratio, milliseconds, peer in rows:
        print(f"{name:9} {threads:7} {clock:>9} {statistics.median(o[column] for o in ours):11.3f} "
              f"{peer.name:>16} {milliseconds:11.2f} {ratio:7.1f}x{' best' if ratio == least else ''}", flush=True)


def peers_of(name, networks, shared):
    """Who does the job: the networks, or MNE."""
    if name != "read":
        return networks
    try:
        return [Mne(shared)]
    except ImportError as missing:
        print(f"# read is left out: {missing}")
        return []


def run_job(arguments, name, threads, some_peers):
    ours, theirs = compare(arguments, name, threads, some_peers)
    report(name, threads, "wall", 0, ours, theirs)
    if threads == 1:
        report(name, threads, "processor", 1, ours, theirs)
    share = statistics.median(o[2] for o in ours)
    if share:
        print(f"# {name}, {threads} threads: as fast as dense arithmetic at {share:.2f} of the peak", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("shared")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", default="evaluate,train,adapt,subject,read")
    parser.add_argument("--peers", default="eager,layers,compiled,bfloat16,jax,spikingjelly,snntorch")
    parser.add_argument("--flush", action="store_true")
    arguments = parser.parse_args()
    unknown = set(arguments.peers.split(",")) - {*PEERS, "jax"}
    if unknown:
        parser.error(f"no peer is called {', '.join(sorted(unknown))}")
    if arguments.flush:  # before there are threads, which inherit it
        importlib.import_module("torch").set_flush_denormal(True)
        print("# PyTorch flushes denormal numbers")
    print(f"# {platform.processor() or platform.machine()}, instruction set {os.environ.get('SNNFE_ISA', 'the best')}, "
          f"Python {platform.python_version()}")
    print(f"{'job':9} {'threads':>7} {'clock':>9} {'library ms':>11} {'peer':>16} {'peer ms':>11} {'ratio':>8}")
    for threads in sorted({arguments.threads, 1}, reverse=True):
        confine(threads)
        networks = make_peers(arguments.peers.split(","), arguments.shared, threads)
        for peer in networks:
            print(f"# {peer.name} {peer.version}: {peer.note}", flush=True)
        for name in arguments.jobs.split(","):
            run_job(arguments, name, threads, peers_of(name, networks, arguments.shared))


if __name__ == "__main__":
    main()
