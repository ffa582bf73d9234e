"""Figures of the experiment: arrays.png and days.png of a file of run.py, worn.png of one of sweep.py.

    python examples/cells/figures.py real.csv sweep.csv FOLDER

Points are single arrays or means; bars are standard deviations between arrays or repetitions.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from rows import Row, read

STATES = {
    "before": "moved\nthere",
    "after": "re-tuned",
    "read": "as read",
    "after_1e4_s": "after\n10⁴ s",
    "after_1e7_s": "after\n10⁷ s",
}
COLORS = ("#1b6ca8", "#d1495b", "#3a7d44")


def arrays(rows: list[Row], path: Path) -> None:
    """A point an array, a bar at the mean, in columns of each spread."""
    spreads = sorted({row["spread"] for row in rows})
    figure, axes = plt.subplots(figsize=(8, 3.6), layout="constrained")
    for k, spread in enumerate(spreads):
        mine, color = [row for row in rows if row["spread"] == spread], COLORS[k % len(COLORS)]
        for place, name in enumerate(STATES):
            values = 100 * np.array([row[name] for row in mine])
            x = place + 0.25 * (k - (len(spreads) - 1) / 2)
            jitter = 0.08 * (np.arange(len(values)) / max(len(values) - 1, 1) - 0.5)
            axes.plot(x + jitter, values, ".", color=color, alpha=0.6, markersize=5)
            label = f"{100 * spread:.0f} % spread, {len(mine)} array{'s' * (len(mine) > 1)}" if place == 0 else None
            axes.plot([x - 0.09, x + 0.09], [values.mean()] * 2, color=color, linewidth=2, label=label)
    axes.set_xticks(range(len(STATES)), list(STATES.values()))
    axes.set_ylabel("accuracy, %")
    axes.legend(frameon=False, ncols=3, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, 1.14))
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)


def days(rows: list[Row], path: Path) -> None:
    """Mean and standard deviation over the arrays of each spread, against the time since the re-tuning."""
    times = {"after": 1e-3, "after_1e4_s": 1e4 / 86400, "after_1e7_s": 1e7 / 86400}
    figure, axes = plt.subplots(figsize=(8, 3), layout="constrained")
    for k, spread in enumerate(sorted({row["spread"] for row in rows})):
        mine, color = [row for row in rows if row["spread"] == spread], COLORS[k % len(COLORS)]
        values = 100 * np.array([[row[name] for name in times] for row in mine])
        x = np.array(list(times.values())) * 1.12 ** (k - 1)
        label = f"{100 * spread:.0f} % spread, {len(mine)} array{'s' * (len(mine) > 1)}"
        axes.errorbar(x, values.mean(0), values.std(0), marker="o", capsize=3, color=color, label=label)
    axes.set_xscale("log")
    axes.set_xticks(list(times.values()), ["at once", "0.12 (10⁴ s)", "116 (10⁷ s)"])
    axes.minorticks_off()
    axes.set_xlabel("days since the programming")
    axes.set_ylabel("accuracy, %")
    axes.set_ylim(74, 84)
    axes.legend(frameon=False, ncols=3, fontsize=8, loc="upper center")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)


def worn(rows: list[Row], path: Path) -> None:
    """Accuracy and pulses of trainings on worn arrays: mean and standard deviation over the repetitions."""
    figure, panels = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
    for threshold, spread in sorted({(row["threshold"], row["spread"]) for row in rows}):
        mine = [row for row in rows if (row["threshold"], row["spread"]) == (threshold, spread)]
        wear = sorted({row["wear"] for row in mine})
        style = {"color": COLORS[int(spread > 0)], "linestyle": "-" if threshold < 0.05 else "--", "marker": "o"}
        label = f"thr {threshold:g}, {100 * spread:.0f} % spread"
        for panel, name, unit in zip(panels, ("accuracy", "pulses"), (100, 1e-3), strict=True):
            values = [unit * np.array([row[name] for row in mine if row["wear"] == at]) for at in wear]
            deviations = [v.std() for v in values]
            panel.errorbar(wear, [v.mean() for v in values], deviations, capsize=3, label=label, **style)
    panels[0].set_ylabel("accuracy, %")
    panels[1].set_ylabel("pulses of the training, thousands")
    panels[1].set_ylim(bottom=0)
    panels[1].legend(frameon=False, fontsize=8, handlelength=4.5)  # long enough to show dashes beside the marker
    for panel in panels:
        panel.set_xlabel("pulses that each cell had before, in units of 10⁹")
        panel.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("real", type=Path, metavar="REAL.csv", help="of run.py")
    parser.add_argument("sweep", type=Path, metavar="SWEEP.csv", help="of sweep.py")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="for the figures; made if it is not there")
    options = parser.parse_args()
    try:
        real = read(options.real, ["spread", *STATES])
        sweep = read(options.sweep, ["threshold", "spread", "wear", "accuracy", "pulses"])
        options.folder.mkdir(parents=True, exist_ok=True)
        arrays(real, options.folder / "arrays.png")
        days(real, options.folder / "days.png")
        worn(sweep, options.folder / "worn.png")
    except (OSError, ValueError) as error:
        parser.exit(1, f"{parser.prog}: {error}\n")


if __name__ == "__main__":
    main()
