"""Curves with a spread, from our logs and from the published tables."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from .style import COLOURS, MARKERS
from .tables import Results, Table

#: Swept option -> symbol in labels.
SYMBOLS = {"thr": "ε", "thr_asym": "ε_asym", "rsd_c2c": "RSD", "q": "q", "x": "x"}


@dataclass
class Curve:
    """Mean over folds with standard deviation; `value` is the swept option's, if any."""

    x: NDArray[Any]
    mean: NDArray[Any]
    std: NDArray[Any]
    value: str = ""
    published: bool = False
    n: int = 0
    phase: str = ""


def short(value: str) -> str:
    """A number as people write it: "0.0" is "0"."""
    try:
        return f"{float(value):g}"
    except ValueError:
        return value


def published(table: Table, value: str = "") -> Curve:
    """The curve of a published table, in its columns' order: x, mean and perhaps std."""
    x, mean, *std = table.columns.values()
    return Curve(x, mean, std[0] if std else np.zeros_like(mean), short(value), True)


def published_curves(results: Results, pattern: str) -> list[Curve]:
    """Published curves whose file name fits `pattern`, whose first group is the swept value."""
    found = []
    for table in results.tables:
        match = re.fullmatch(pattern, table.path.name)
        if match:
            found.append(published(table, match[1] if match.groups() else ""))
    return sorted(found, key=lambda c: _order(c.value))


def _order(value: str) -> tuple[float, str]:
    try:
        return float(value), ""
    except ValueError:
        return float("inf"), value


def _interpolated(tables: list[Table], x: str, y: str, factor: float) -> tuple[NDArray[Any], ...]:
    """Mean and spread of columns of several folds at the x that all have."""
    common = sorted(set.intersection(*(set(t[x].tolist()) for t in tables)))
    rows = [[factor * float(np.asarray(t[y])[t[x] == value][-1]) for value in common] for t in tables]
    values = np.array(rows, float).reshape(len(tables), len(common))
    return np.array(common), values.mean(0), values.std(0)


def accuracy_column(table: Table) -> str:
    """Test accuracy, or validation accuracy where there is no test set."""
    return "Test_Accuracy" if not np.isnan(table["Test_Accuracy"]).all() else "Val_Accuracy"


def by_option(tables: list[Table], option: str) -> dict[str, list[Table]]:
    """Tables of a sweep's jobs by the value of an option, where no other option but the fold varies."""
    groups: dict[str, list[Table]] = defaultdict(list)
    for table in tables:
        if option in table.options:
            groups[short(table.options[option])].append(table)
    return {value: groups[value] for value in sorted(groups, key=_order)}


def fold_curve(tables: list[Table], value: str = "", y: str = "", factor: float = 100.0) -> Curve:
    """Curve over epochs of several folds' epoch logs."""
    x, mean, std = _interpolated(tables, "Epoch", y or accuracy_column(tables[0]), factor)
    phase = str(tables[0]["Phase"][0]) if len(tables[0]) else ""
    return Curve(x, mean, std, value, False, len(tables), phase)


def update_curves(tables: list[Table]) -> tuple[Curve, Curve]:
    """From per-sample logs: updates (crossings) over epochs, and accuracy over updates."""
    last = []
    for t in tables:
        epochs = np.unique(t["Epoch"])
        total = t["LTP_crossings"] + t["LTD_crossings"]
        last.append([total[t["Epoch"] == e].max() for e in epochs])
    n = min(map(len, last))
    totals = np.array([row[:n] for row in last], float)
    epochs = np.unique(tables[0]["Epoch"])[:n]
    points = min(len(t) for t in tables)
    y = accuracy_column(tables[0])
    updates = np.mean([(t["LTP_crossings"] + t["LTD_crossings"])[:points] for t in tables], 0)
    accuracy = np.array([100 * t[y][:points] for t in tables])
    return (
        Curve(epochs, totals.mean(0), totals.std(0), "", False, len(tables)),
        Curve(updates, accuracy.mean(0), accuracy.std(0), "", False, len(tables)),
    )


def draw(
    axes: Axes, curve: Curve, index: int, label: str, *, markers: bool = True, band: bool = True
) -> None:
    """A curve with its band; published ones dashed, with open markers."""
    colour = COLOURS[index % len(COLOURS)]
    few = len(curve.x) <= 40 and markers
    axes.plot(
        curve.x,
        curve.mean,
        color=colour,
        label=label,
        linestyle="--" if curve.published else "-",
        marker=MARKERS[index % len(MARKERS)] if few else None,
        markerfacecolor="white" if curve.published else colour,
        markevery=max(1, len(curve.x) // 20),
        zorder=2 if curve.published else 3,
    )
    if band and np.any(curve.std > 0):
        alpha = 0.10 if curve.published else 0.20
        axes.fill_between(
            curve.x, curve.mean - curve.std, curve.mean + curve.std, color=colour, alpha=alpha, linewidth=0
        )
