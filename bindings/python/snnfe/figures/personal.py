"""Figures of persons: accuracy of each subject, gain by personalization, wear of the devices."""

from __future__ import annotations

from collections import defaultdict

import matplotlib
import matplotlib.colors
import numpy as np
from matplotlib.figure import Figure

from .._words import counted
from .style import COLORS, GRAY, LTD_COLOR, LTP_COLOR, MARKERS, chance, figure, headroom, legend, title
from .tables import OURS, PUBLISHED, Results, Table

#: Column of `snnfe-eval`: whether a fold's trials trained the network.
SEEN = "Seen"
_LAYER_ORDER = ("fc2", "fc1", "fc1fc2", "r1", "r1fc1fc2")


def _mean_by_subject(table: Table) -> tuple[np.ndarray, np.ndarray]:
    subjects = np.unique(table["subject_id"])
    return subjects, np.array(
        [100 * table["Val_Accuracy"][table["subject_id"] == s].mean() for s in subjects]
    )


def _seen(table: Table) -> bool | None:
    """Whether the network was trained with trials of these subjects; None where the file does not say."""
    if SEEN not in table:
        return False if table.source == PUBLISHED else None
    return bool(np.any(table[SEEN] > 0))


def _subjects_title(tables: list[Table]) -> str:
    told = [_seen(table) for table in tables]
    if any(told):
        return "Accuracy of each subject, some seen in training"
    if None in told:
        return "Accuracy of each subject"
    return "Subjects that training did not see"


def subjects(results: Results) -> Figure | None:
    """Accuracy of every subject, sorted; the title says whether training saw them, if the files do."""
    tables = results.of("subject_folds")
    if not tables:
        return None
    drawn, axes = figure(width=4.2, height=2.8)
    panel = axes[0][0]
    stems = [table.path.stem for table in tables if table.source == OURS]
    for i, table in enumerate(tables):
        _, accuracy = _mean_by_subject(table)
        name = table.path.stem if table.source == OURS else table.source
        if stems.count(name) > 1:
            name = f"{table.path.parent.name}/{name}"
        seen = ", seen in training" if _seen(table) else ""
        share = np.arange(1, len(accuracy) + 1) / len(accuracy) * 100
        panel.plot(
            share,
            np.sort(accuracy),
            marker=MARKERS[i % len(MARKERS)],
            color=COLORS[i % len(COLORS)],
            linestyle="-",
            label=f"{name}: {counted(len(accuracy), 'subject')}, mean {accuracy.mean():.1f} %{seen}",
        )
    chance(panel)
    panel.set_xlabel("subjects, sorted by accuracy (%)")
    panel.set_ylabel("accuracy, mean of folds (%)")
    panel.set_xlim(0, 102)
    headroom(panel, 0.05 + 0.1 * len(tables))
    panel.set_yticks([tick for tick in panel.get_yticks() if 0 <= tick <= 100])
    title(panel, _subjects_title(tables))
    legend(panel, loc="upper left")
    return drawn


def _sources(results: Results) -> dict[str, list[Table]]:
    """Tables of personalization: the published one, others of the published programs, ours together."""
    groups: dict[str, list[Table]] = defaultdict(list)
    for table in sorted(results.of("sstl_subjects"), key=lambda t: t.source):
        if table.source != PUBLISHED or not groups[PUBLISHED]:
            groups[table.source].append(table)
    return {source: tables for source, tables in groups.items() if tables}


def _joined(tables: list[Table]) -> dict[str, np.ndarray]:
    names = (
        "subject_id",
        "layer unfrozen",
        "learning_rate",
        "Delta_accuracy",
        "mean_pretrain_val_accuracy",
        "mean_finetune_val_accuracy",
    )
    return {name: np.concatenate([t[name] for t in tables]) for name in names}


def sstl_gain(results: Results) -> Figure | None:
    """Mean gain of personalization by layer group and learning rate."""
    sources = _sources(results)
    if not sources:
        return None
    drawn, axes = figure(len(sources), width=4.0, height=2.9)
    for panel, (source, tables) in zip(axes[0], sources.items()):
        data = _joined(tables)
        found = np.unique(data["layer unfrozen"]).tolist()
        layers = [g for g in _LAYER_ORDER if g in found] + [g for g in found if g not in _LAYER_ORDER]
        rates = np.unique(data["learning_rate"])
        width = 0.8 / len(rates)
        for i, rate in enumerate(rates):
            gains = [
                data["Delta_accuracy"][(data["layer unfrozen"] == g) & (data["learning_rate"] == rate)] * 100
                for g in layers
            ]
            means = [float(g.mean()) if len(g) else np.nan for g in gains]
            errors = [_standard_error(g) for g in gains]
            x = np.arange(len(layers)) + (i - (len(rates) - 1) / 2) * width
            panel.bar(
                x,
                means,
                0.92 * width,
                yerr=errors,
                color=COLORS[i],
                edgecolor="black",
                linewidth=0.4,
                error_kw={"elinewidth": 0.7},
                label=f"rate {rate:g}",
                zorder=3,
            )
        panel.axhline(0, color="black", linewidth=0.6)
        panel.set_xticks(range(len(layers)), [_readable(g) for g in layers])
        panel.set_xlabel("layers trained")
        panel.set_ylabel("gain ± standard error (points)")
        n = len(np.unique(data["subject_id"]))
        title(panel, f"Personalization, {source} ({counted(n, 'subject')})")
        headroom(panel, 0.22)
        legend(panel, ncols=2, loc="upper center")
    return drawn


def _standard_error(values: np.ndarray) -> float:
    """Of the mean, from the sample's standard deviation (n - 1), as the published figure has it."""
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else np.nan


def _readable(group: str) -> str:
    return group.replace("fc1fc2", "fc1+fc2").replace("r1fc", "r1+fc")


def _best(data: dict[str, np.ndarray]) -> tuple[str, float]:
    """Layer group and rate of the largest mean gain."""
    pairs = {(str(g), float(r)) for g, r in zip(data["layer unfrozen"], data["learning_rate"])}
    return max(
        sorted(pairs),
        key=lambda p: data["Delta_accuracy"][
            (data["layer unfrozen"] == p[0]) & (data["learning_rate"] == p[1])
        ].mean(),
    )


def _best_accuracies(tables: list[Table]) -> tuple[str, np.ndarray, np.ndarray]:
    """Accuracies of the subjects in per cent before and after the best personalization, and its name."""
    data = _joined(tables)
    group, rate = _best(data)
    chosen = (data["layer unfrozen"] == group) & (data["learning_rate"] == rate)
    before = 100 * data["mean_pretrain_val_accuracy"][chosen]
    after = 100 * data["mean_finetune_val_accuracy"][chosen]
    return f"{_readable(group)}, rate {rate:g}", before, after


def sstl_subjects(results: Results) -> Figure | None:
    """Every subject before and after the best personalization, and the sorted gains."""
    sources = _sources(results)
    if not sources:
        return None
    drawn, axes = figure(2, len(sources), width=3.6, height=3.1)
    for row, (source, tables) in zip(axes, sources.items()):
        name, before, after = _best_accuracies(tables)
        left, right = row
        low = min(before.min(), after.min()) - 3
        left.plot([low, 101], [low, 101], color=GRAY, linewidth=0.8, linestyle=":")
        better = after >= before
        left.plot(before[better], after[better], "o", color=COLORS[0], alpha=0.75, label="not worse")
        left.plot(before[~better], after[~better], "v", color=COLORS[5], alpha=0.75, label="worse")
        left.set_xlabel("accuracy before (%)")
        left.set_ylabel("accuracy after (%)")
        left.set_xlim(low, 101)
        left.set_ylim(low, 101)
        left.set_aspect("equal")
        title(left, f"{source}: {name}")
        legend(left, loc="lower right")
        gain = np.sort(after - before)[::-1]
        colors = np.where(gain >= 0, COLORS[0], COLORS[5])
        right.bar(np.arange(1, len(gain) + 1), gain, 1.0 if len(gain) > 30 else 0.8, color=colors, zorder=3)
        right.axhline(
            gain.mean(), color="black", linewidth=1, linestyle="--", label=f"mean {gain.mean():+.2f}"
        )
        right.axhline(0, color="black", linewidth=0.6)
        right.set_xlabel("subjects, sorted by gain")
        right.xaxis.get_major_locator().set_params(integer=True)
        right.set_ylabel("gain (percentage points)")
        title(right, f"{before.mean():.2f} % → {after.mean():.2f} %")
        legend(right)
    return drawn


def sstl_histogram(results: Results) -> Figure | None:
    """How many subjects have which accuracy, before and after the best personalization."""
    sources = _sources(results)
    if not sources:
        return None
    drawn, axes = figure(len(sources), width=3.8, height=2.8)
    for panel, (source, tables) in zip(axes[0], sources.items()):
        name, before, after = _best_accuracies(tables)
        low = 5 * np.floor(min(before.min(), after.min()) / 5)
        bins = np.arange(low, 100 + 1e-9, 5).tolist()
        for accuracy, when, color, hatch in (
            (before, "before", COLORS[7], ""),
            (after, "after", COLORS[0], "//"),
        ):
            panel.hist(
                accuracy,
                bins,
                histtype="stepfilled",
                facecolor=(*matplotlib.colors.to_rgb(color), 0.35),
                edgecolor=color,
                hatch=hatch,
                linewidth=1.2,
                label=f"{when}, mean {accuracy.mean():.1f} %",
                zorder=3,
            )
            panel.axvline(accuracy.mean(), color=color, linewidth=1.2, linestyle="--", zorder=4)
        panel.set_xlabel("accuracy of a subject (%)")
        panel.set_ylabel("subjects")
        panel.yaxis.get_major_locator().set_params(integer=True)
        headroom(panel, 0.25)
        title(panel, f"{source}: {name} ({counted(len(before), 'subject')})")
        legend(panel, loc="upper left")
    return drawn


def wear(results: Results) -> Figure | None:
    """Pulses that the synapses of each layer had, after training through a device."""
    groups: dict[str, list[Table]] = defaultdict(list)
    for table in results.of("wear"):
        if table["LTP_pulses"].any() or table["LTD_pulses"].any():
            groups[_run_name(table)].append(table)
    if not groups:
        return None
    shown = list(groups.items())[:4]
    drawn, axes = figure(2, len(shown), width=3.6, height=2.7)
    for row, (name, tables) in zip(axes, shown):
        layers = [str(name) for name in tables[0]["Layer"] if str(name) not in ("all", "-1")]
        chosen = [np.isin(t["Layer"].astype(str), layers) for t in tables]
        x = np.arange(len(layers))
        left, right = row

        def mean(column: str) -> np.ndarray:
            values: np.ndarray = np.mean([t[column][c] for t, c in zip(tables, chosen)], 0)
            return values

        synapses = mean("Synapses")
        left.bar(x - 0.2, mean("LTP_pulses") / synapses, 0.38, color=LTP_COLOR, label="LTP", zorder=3)
        left.bar(
            x + 0.2,
            mean("LTD_pulses") / synapses,
            0.38,
            color=LTD_COLOR,
            hatch="//",
            edgecolor="white",
            linewidth=0,
            label="LTD",
            zorder=3,
        )
        left.set_ylabel("pulses a synapse, mean")
        for i, (column, statistic) in enumerate(
            (
                ("Median", "median"),
                ("Percentile_90", "90th percentile"),
                ("Percentile_99", "99th percentile"),
                ("Largest", "largest"),
            )
        ):
            right.plot(x, mean(column), MARKERS[i], color=COLORS[i], label=statistic, markersize=5)
        right.set_ylabel("pulses of a synapse")
        right.set_ylim(bottom=0)
        headroom(right, 0.25)
        headroom(left, 0.15)
        title(left, f"Programming wear: {name}")
        title(right, "Spread over the synapses")
        for panel in row:
            panel.set_xticks(x, layers)
            panel.set_xlabel("layer")
            legend(panel, ncols=2, loc="upper center")
    return drawn


def _run_name(table: Table) -> str:
    """Options of a sweep's job, the fold left out, or the folder of another run."""
    told = (f"{k} {v}" for k, v in table.options.items() if k in ("thr", "thr_asym", "q", "x", "rsd_c2c"))
    return ", ".join(told) or table.path.parent.name
