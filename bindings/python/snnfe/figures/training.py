"""Figures of training: courses over epochs, sweeps, updates, re-tuning."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from .curves import (
    SYMBOLS,
    Curve,
    accuracy_column,
    by_option,
    draw,
    fold_curve,
    published_curves,
    short,
    update_curves,
)
from .style import chance, epochs, figure, headroom, legend, legend_beside, title
from .tables import Results, Table

_ACCURACY = "test accuracy (%)"


def _runs(results: Results, kind: str) -> dict[str, list[Table]]:
    """Logs of one run (a folder that is no sweep's job), by its phase and folder."""
    groups: dict[tuple[str, Path], list[Table]] = defaultdict(list)
    for table in results.of(kind):
        if len(table) and not table.options:
            groups[str(table["Phase"][0]), table.path.parent].append(table)
    phases = [phase for phase, _ in groups]
    return {
        phase if phases.count(phase) == 1 else f"{phase} ({folder.name})": tables
        for (phase, folder), tables in groups.items()
    }


def training(results: Results) -> Figure | None:
    """Accuracy and loss over the epochs, mean and spread over folds, beside the published one."""
    runs = _runs(results, "epochs")
    published = published_curves(results, r"plot_baseline\.csv")
    if not runs and not published:
        return None
    drawn, axes = figure(2 if runs else 1)
    accuracy = axes[0][0]
    for i, curve in enumerate(published):
        draw(accuracy, curve, len(runs) + i, "pretraining, published")
    for i, (name, tables) in enumerate(runs.items()):
        folds = f"{len(tables)} folds" if len(tables) > 1 else "1 fold"
        draw(accuracy, fold_curve(tables), i, f"{name}, {folds}")
        draw(axes[0][1], fold_curve(tables, y="Train_Loss", factor=1.0), i, f"{name}, {folds}")
    chance(accuracy)
    accuracy.set_ylabel(_ACCURACY)
    title(accuracy, "Accuracy")
    for panel in axes[0]:
        epochs(panel)
        legend(panel)
    if runs:
        axes[0][1].set_ylabel("training loss")
        title(axes[0][1], "Loss")
    return drawn


def sweep(results: Results, option: str) -> Figure | None:
    """Accuracy over the epochs for every value of an option."""
    ours = by_option([t for t in results.of("epochs") if "x" not in t.options], option)
    published = published_curves(results, rf"plot_sweep_{option}_([\d.]+)\.csv")
    values = sorted({*ours, *(c.value for c in published)}, key=float)
    if not values:
        return None
    drawn, axes = figure(width=5.0, height=2.9)
    panel = axes[0][0]
    symbol = SYMBOLS[option]
    for curve in published:
        draw(panel, curve, values.index(curve.value), f"{symbol} = {curve.value}, published")
    for value, tables in ours.items():
        draw(panel, fold_curve(tables, value), values.index(value), f"{symbol} = {value}")
    chance(panel)
    epochs(panel)
    panel.set_ylabel(_ACCURACY)
    legend_beside(panel)
    title(panel, f"Training on device: {option}")
    return drawn


def _published_q_x(results: Results) -> list[Curve]:
    found = []
    for table in results.of("q_x"):
        levels = np.where(np.isnan(table["x"]), 0.0, table["x"])
        for x in np.unique(levels):
            chosen = levels == x
            found.append(
                Curve(
                    table["q"][chosen],
                    table["mean_acc"][chosen],
                    table["std_acc"][chosen],
                    short(str(x)),
                    True,
                )
            )
    for table in results.of("q_curve"):
        match = re.search(r"_x_([\d.]+)\.csv", table.path.name)
        q, mean, std = list(table.columns.values())[:3]
        found.append(Curve(q, mean, std, short(match[1]) if match else "0", True))
    return list({curve.value: curve for curve in found}.values())


def _our_q_x(results: Results) -> list[Curve]:
    cells: dict[str, dict[float, list[float]]] = defaultdict(lambda: defaultdict(list))
    for table in results.of("summary"):
        if "q" not in table or "x" not in table:
            continue
        column = "Start_Test_Accuracy" if "Start_Test_Accuracy" in table else accuracy_column(table)
        if np.isnan(table[column]).all():
            column = column.replace("Test", "Val")
        for q, x, accuracy in zip(table["q"], table["x"], table[column]):
            cells[short(str(x))][float(q)].append(100 * float(accuracy))
    return [
        Curve(
            np.array(sorted(by_q)),
            np.array([np.mean(by_q[q]) for q in sorted(by_q)]),
            np.array([np.std(by_q[q]) for q in sorted(by_q)]),
            x,
        )
        for x, by_q in cells.items()
    ]


def accuracy_q_x(results: Results) -> Figure | None:
    """Accuracy right after the transfer against the number of levels, for each programming noise."""
    curves = _published_q_x(results) + _our_q_x(results)
    if not curves:
        return None
    values = sorted({c.value for c in curves}, key=lambda v: float(v) or np.inf)
    drawn, axes = figure(width=5.2, height=3.1)
    panel = axes[0][0]
    for curve in curves:
        name = "no noise" if curve.value == "0" else f"x = {curve.value}"
        draw(
            panel,
            curve,
            values.index(curve.value),
            name + (", published" if curve.published else ""),
            band=False,
        )
    panel.set_xscale("log", base=2)
    levels = sorted({float(q) for c in curves for q in c.x})
    panel.set_xticks(levels, [f"{q:g}" for q in levels])
    panel.minorticks_off()
    panel.set_xlabel("levels q")
    panel.set_ylabel(_ACCURACY)
    title(panel, "Transfer: quantisation and programming noise")
    order = np.argsort([values.index(curve.value) for curve in curves], kind="stable")
    legend_beside(panel, order.tolist())
    return drawn


def updates(results: Results) -> Figure | None:
    """Updates over the epochs, and accuracy against updates, for each threshold."""
    ours = by_option([t for t in results.of("samples") if "x" not in t.options], "thr")
    for name, tables in _runs(results, "samples").items():
        if any((t["LTP_crossings"] + t["LTD_crossings"]).max() > 0 for t in tables):
            ours[name] = tables
    over = published_curves(results, r"plot_updates_thr_([\d.]+)\.csv")
    against = published_curves(results, r"plot_updates_acc_thr_([\d.]+)\.csv")
    values = list(dict.fromkeys([c.value for c in over + against] + list(ours)))
    if not values:
        return None
    drawn, axes = figure(2)
    left, right = axes[0]

    def label(value: str) -> str:
        return f"ε = {value}" if re.fullmatch(r"[\d.]+", value) else value

    for panel, curves in ((left, over), (right, against)):
        for curve in curves:
            scaled = Curve(curve.x, curve.mean, curve.std, curve.value, True)
            if panel is left:
                scaled.mean, scaled.std = curve.mean / 1e3, curve.std / 1e3
            else:
                scaled.x = curve.x / 1e3
            draw(panel, scaled, values.index(curve.value), f"{label(curve.value)}, published")
    for value, tables in ours.items():
        count, accuracy = update_curves(tables)
        count.mean, count.std, accuracy.x = count.mean / 1e3, count.std / 1e3, accuracy.x / 1e3
        draw(left, count, values.index(value), label(value))
        draw(right, accuracy, values.index(value), label(value), band=False)
    epochs(left)
    headroom(left, 0.12 + 0.08 * len(left.lines))
    left.set_ylabel("updates (thousands)")
    title(left, "Threshold crossings")
    right.set_xlabel("updates (thousands)")
    right.set_ylabel(_ACCURACY)
    title(right, "Accuracy against updates")
    chance(right)
    legend(left, loc="upper left")
    legend(right, loc="lower right")
    return drawn


def _retuned(results: Results) -> dict[str, list[Table]]:
    """Epoch logs of re-tuning: a sweep's jobs by q and x, and runs by their names."""
    found: dict[str, list[Table]] = defaultdict(list)
    for table in results.of("epochs"):
        if len(table) and "x" in table.options:
            found[_transfer_name(table)].append(table)
    for name, run in _runs(results, "epochs").items():
        if name.lower().startswith("retune"):
            found[name] = run
    return dict(sorted(found.items()))


def _transfer_name(table: Table) -> str:
    levels = f"q = {short(table.options['q'])}, " if "q" in table.options else ""
    return f"{levels}x = {short(table.options['x'])}"


def _starting_points(results: Results, name: str) -> list[float]:
    """Accuracies right after the transfer, of the jobs of that name."""
    found: list[float] = []
    for table in results.of("summary"):
        if "x" in table.options and _transfer_name(table) == name and "Start_Test_Accuracy" in table:
            found += [100 * float(a) for a in table["Start_Test_Accuracy"] if not np.isnan(a)]
    return found


def retuning(results: Results) -> Figure | None:
    """Accuracy after the transfer to devices and while re-tuning; updates it takes."""
    longer = published_curves(results, r"plot_finetune_only_x_([\d.]+)_epochs_10\.csv")
    before = published_curves(results, r"plot_finetune_pre_x_([\d.]+)\.csv")[:1]
    pulses = published_curves(results, r"plot_updates_finetuning\.csv")
    ours = _retuned(results)
    names = list(dict.fromkeys([f"x = {c.value}" for c in longer] + list(ours)))
    if not names:
        return None
    drawn, axes = figure(2 if pulses else 1, width=4.8, height=2.9)
    panel = axes[0][0]
    offset = 0.0
    for curve in before:
        draw(panel, curve, 6, "pretraining, published", markers=False)
        offset = float(curve.x.max())
    for curve in longer:
        draw(panel, curve, names.index(f"x = {curve.value}"), f"x = {curve.value}, published")
    for name, tables in ours.items():
        curve = fold_curve(tables)
        start = _starting_points(results, name)
        curve.x = curve.x + offset
        if start:
            curve.x = np.insert(curve.x, 0, offset)
            curve.mean = np.insert(curve.mean, 0, np.mean(start))
            curve.std = np.insert(curve.std, 0, np.std(start))
        draw(panel, curve, names.index(name), name)
    panel.axvline(offset, color="black", linewidth=0.6, linestyle=":")
    epochs(panel, "epoch" if offset else "epoch of re-tuning (0: after the transfer)")
    panel.set_ylabel(_ACCURACY)
    title(panel, "Transfer, then re-tuning")
    legend_beside(panel)
    for curve in pulses:
        draw(axes[0][1], Curve(curve.x - 20, curve.mean / 1e3, curve.std / 1e3, "", True), 0, "published")
        epochs(axes[0][1], "epoch of re-tuning")
        axes[0][1].set_ylabel("updates (thousands)")
        title(axes[0][1], "Threshold crossings")
        legend(axes[0][1])
    return drawn
