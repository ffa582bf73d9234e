#!/usr/bin/env python3
"""Accuracy against latency of early decisions: latency_figure.py FOLDER OUT.csv OUT.png

FOLDER holds, for each subject, what snnfe-live wrote: NAME.csv (--out) and NAME.course (--course).
Ways to decide early are compared: after a fixed number of steps, and as soon as the probability of a
class reaches a threshold, from the 10th and from the 80th step on.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

LEAST_STEPS = [10, 80]
THRESHOLDS = [0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99]


def read(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities [trials][steps] of class 1, and labels."""
    courses, labels = [], []
    for path in sorted(folder.glob("*.csv")):
        rows = list(csv.DictReader(path.open()))
        steps = np.genfromtxt(path.with_suffix(".course"), delimiter=",", skip_header=1)
        for row in rows:
            own = steps[steps[:, 0] == float(row["first_sample"])]
            last = np.exp(float(row["logit1"])) / (np.exp(float(row["logit0"])) + np.exp(float(row["logit1"])))
            courses.append(np.append(own[:, 3], last))
            labels.append(int(row["label"]))
    return np.array(courses), np.array(labels)


def main() -> None:
    folder, table, figure = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    courses, labels = read(folder)
    n, steps = courses.shape
    right = (courses > 0.5) == (labels[:, None] == 1)
    fixed = [(t, right[:, t - 1].mean()) for t in range(LEAST_STEPS[0], steps + 1, 5)]
    confident = np.maximum(courses, 1 - courses)
    early = {least: [] for least in LEAST_STEPS}
    for least in LEAST_STEPS:
        for threshold in THRESHOLDS:
            reached = confident[:, least - 1 :] >= threshold
            at = np.where(reached.any(axis=1), reached.argmax(axis=1) + least - 1, steps - 1)
            row = (threshold, (at + 1).mean(), right[np.arange(n), at].mean(), (at < steps - 1).mean())
            early[least].append(row)
    with table.open("w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["rule", "least_steps", "threshold", "mean_steps", "accuracy", "share_early"])
        for t, accuracy in fixed:
            writer.writerow(["fixed", t, "", t, f"{accuracy:.4f}", f"{float(t < steps):.0f}"])
        for least, rows in early.items():
            for threshold, mean, accuracy, share in rows:
                writer.writerow(["confidence", least, threshold, f"{mean:.1f}", f"{accuracy:.4f}", f"{share:.3f}"])
    plt.figure(figsize=(6, 4))
    plt.plot([t for t, _ in fixed], [100 * a for _, a in fixed], "-", label="after a fixed number of steps")
    for least, rows in early.items():
        label = f"at a confidence, from step {least} on"
        plt.plot([m for _, m, _, _ in rows], [100 * a for _, _, a, _ in rows], "o-", markersize=4, label=label)
    for threshold, mean, accuracy, _ in early[LEAST_STEPS[0]][::2]:
        plt.annotate(f"{threshold:g}", (mean, 100 * accuracy), textcoords="offset points", xytext=(4, -11), fontsize=8)
    error = 100 * np.sqrt(0.8 * 0.2 / n)
    plt.xlabel("mean steps to the decision (160 a second)")
    plt.ylabel("accuracy (%)")
    plt.title(f"{n} imagery trials, standard error {error:.1f} points", fontsize=10)
    plt.grid(alpha=0.3)
    plt.legend()
    plt.tight_layout()
    plt.savefig(figure, dpi=120)


if __name__ == "__main__":
    main()
