#!/usr/bin/env python3
"""How long the paper's whole study takes on 1…1000 cores: scaling_model.py TRAIN_MS EVALUATE_MS

TRAIN_MS and EVALUATE_MS are milliseconds that one core takes to train on and to evaluate one trial, as
measured. Jobs are independent and are handed out as snnfe-sweep --mpi does: whenever a core is free it
takes the next job, long ones first. A job may also share its batches among several cores (--mpi of the
training programs); then the sum of the gradients goes from one to the next.
"""

from __future__ import annotations

import heapq
import math
import sys

SUBJECTS, TRIALS, FOLDS, BATCH, SHARDS = 103, 45, 5, 64, 16
GRADIENT_MB, MB_A_SECOND, MESSAGES = 2.9, 1000, 8
CORES = [1, 2, 4, 8, 16, 32, 64, 100, 200, 500, 1000]


def jobs(train_s: float, evaluate_s: float) -> list[tuple[float, int]]:
    """Seconds on one core, and batches, of every job of the study with one seed."""
    tested = SUBJECTS * TRIALS // FOLDS
    seen = SUBJECTS * TRIALS - tested
    trained, validated = round(0.8 * seen), round(0.2 * seen)
    found = []

    def stage(n: int, epochs: int) -> None:
        seconds = epochs * (trained * train_s + 10 * (validated + tested) * evaluate_s)
        found.extend([(seconds, epochs * math.ceil(trained / BATCH))] * n * FOLDS)

    stage(1, 20)  # pretraining
    stage(9, 20)  # on-device: thresholds, asymmetries, spread, levels
    stage(2, 4)  # transfer with x = 4 and 2, and re-tuning
    stage(2, 10)  # the same, longer
    # Personalization: rates and groups of layers, a subject with its four folds a job.
    per_subject = 4 * 5 * (34 * train_s / 3 + 10 * 11 * evaluate_s)
    found.extend([(per_subject, 0)] * SUBJECTS * 4 * 5)
    return found


def shared(seconds: float, batches: int, n: int) -> float:
    """A job whose batches are shared among n cores: shards are whole, sums go down the line."""
    if n == 1 or batches == 0:
        return seconds
    n = min(n, SHARDS)
    passing = GRADIENT_MB / MB_A_SECOND * (2 + (n - 1) / MESSAGES)
    return seconds * math.ceil(SHARDS / n) / SHARDS + batches * passing


def makespan(durations: list[float], cores: int) -> float:
    """Longest first, each to the core that is free soonest."""
    free = [0.0] * min(cores, len(durations))
    for seconds in sorted(durations, reverse=True):
        heapq.heapreplace(free, free[0] + seconds)
    return max(free)


def best(work: list[tuple[float, int]], cores: int) -> tuple[float, int]:
    """Shortest time over the numbers of cores that a training may have."""
    times = []
    for n in (1, 2, 4, 8, 16):
        if n > cores:
            break
        # Trainings run on cores // n teams, side by side with nothing else; then the short jobs.
        long = [shared(s, b, n) for s, b in work if b > 0]
        short = [s for s, b in work if b == 0]
        together = makespan(long + short, cores) if n == 1 else makespan(long, cores // n) + makespan(short, cores)
        times.append((together, n))
    return min(times)


def main() -> None:
    train_s, evaluate_s = float(sys.argv[1]) / 1000, float(sys.argv[2]) / 1000
    work = jobs(train_s, evaluate_s)
    total, longest = sum(s for s, _ in work), max(s for s, _ in work)
    print(f"{len(work)} jobs, {total / 3600:.1f} core hours, the longest {longest / 60:.1f} minutes\n")
    print("| cores | jobs only (h) | efficiency | with shared batches (h) | cores a training | efficiency |")
    print("|---|---|---|---|---|---|")
    for cores in CORES:
        alone = makespan([s for s, _ in work], cores)
        together, n = best(work, cores)
        print(
            f"| {cores} | {alone / 3600:.2f} | {100 * total / alone / cores:.0f} % | {together / 3600:.2f} | {n} |"
            f" {100 * total / together / cores:.0f} % |"
        )


if __name__ == "__main__":
    main()
