"""Curves with a spread, from our logs and from those and the tables of the published programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from .published import TEST_ACCURACY, Role, short
from .style import COLORS, MARKERS
from .tables import OURS, PROGRAMS, Results, Table

#: Swept option -> symbol in labels.
SYMBOLS = {"thr": "ε", "thr_asym": "ε_asym", "rsd_c2c": "RSD", "q": "q", "x": "x"}
#: What training takes where nothing else is said.
DEFAULTS = {"thr": "0.025", "thr_asym": "1", "rsd_c2c": "0", "q": "0"}
VALIDATION, TEST = "Val_Accuracy", "Test_Accuracy"
#: Accuracies are of two kinds, which are never drawn on one axis.
KINDS = {VALIDATION: "validation accuracy (%)", TEST: "test accuracy, unseen subjects (%)"}
SPREAD = "bands and bars: population standard deviation over folds"


@dataclass
class Curve:
    """Mean over folds with standard deviation; `value` is the swept option's, if any."""

    x: NDArray[Any]
    mean: NDArray[Any]
    std: NDArray[Any]
    value: str = ""
    source: str = OURS
    n: int = 0


def origin(source: str) -> str:
    """The end of a label that says whose a curve is; nothing for ours."""
    return "" if source == OURS else f", {source}"


def of_columns(table: Table, value: str = "") -> Curve:
    """The curve of a table of the published programs, in its columns' order: x, mean and perhaps std."""
    x, mean, *std = table.columns.values()
    return Curve(x, mean, std[0] if std else np.zeros_like(mean), value, table.source)


def published_curves(results: Results, role: str, option: str = "") -> list[Curve]:
    """Curves of the published programs' tables of that role; `value` is the last part of the role."""
    found = [
        of_columns(table, played[-1] if len(played) > 1 else "")
        for played, table in results.playing(role)
        if not option or played[1] == option
    ]
    return sorted(found, key=lambda c: order(c.value))


def order(value: str) -> tuple[float, str]:
    """Sorts values of options: numbers first."""
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


def by_option(tables: list[Table], option: str) -> dict[str, list[Table]]:
    """Tables of a sweep's jobs by the value of an option, where no other option but the fold varies."""
    groups: dict[str, list[Table]] = defaultdict(list)
    for table in tables:
        options = {name: short(value) for name, value in table.options.items()}
        # A log of the published programs has all options, ours those that the sweep varies.
        others = {k: v for k, v in DEFAULTS.items() if k != option} if table.source == PROGRAMS else {}
        if option in options and all(options.get(k, v) == v for k, v in others.items()):
            groups[options[option]].append(table)
    return {value: groups[value] for value in sorted(groups, key=order)}


def by_source(groups: dict[str, list[Table]]) -> list[tuple[str, str, list[Table]]]:
    """Groups of tables, each cut by who wrote them: (name, source, tables)."""
    return [
        (name, source, [t for t in tables if t.source == source])
        for name, tables in groups.items()
        for source in sorted({t.source for t in tables})
    ]


def fold_curve(tables: list[Table], value: str = "", y: str = VALIDATION, factor: float = 100.0) -> Curve:
    """Curve over epochs of several folds' epoch logs; only those count that have the column."""
    having = [t for t in tables if t.has(y)]
    if not having:
        return Curve(np.array([]), np.array([]), np.array([]), value, tables[0].source)
    x, mean, std = _interpolated(having, "Epoch", y, factor)
    return Curve(x, mean, std, value, having[0].source, len(having))


def test_points(role: Role, label: str = "") -> Curve | None:
    """The published accuracy on unseen subjects after some epochs, which only logs have."""
    points = TEST_ACCURACY.get(role)
    if points is None:
        return None
    mean, std = np.array(list(points.values())).T
    return Curve(np.array(list(points)), mean, std, label, "published")


def crossings(table: Table) -> NDArray[Any]:
    """Crossings of both thresholds since the start of training at every row of a log.

    Logs of the published programs, and ours in the same columns, begin at 0 again with every epoch. Ours
    have the totals in columns of their own; older ones have totals in the published columns,
    which then never fall from one row to the next.
    """
    totals = [name for name in ("Total_LTP_crossings", "Total_LTD_crossings") if name in table]
    names = totals or ["LTP_crossings", "LTD_crossings"]
    counts = np.array([np.nan_to_num(table[name]) for name in names])
    restarts = table.source == PROGRAMS or bool((np.diff(counts, axis=1) < 0).any())
    if totals or not restarts:
        return np.asarray(counts.sum(0))
    count = counts.sum(0)
    new_epoch = np.flatnonzero(np.diff(table["Epoch"]) != 0)
    before = np.zeros(len(count))
    before[new_epoch + 1] = count[new_epoch]
    return np.asarray(count + np.cumsum(before))


def update_curves(tables: list[Table], y: str = VALIDATION) -> tuple[Curve, Curve]:
    """From per-sample logs: updates (crossings) over epochs, and accuracy over updates."""
    counted = [crossings(t) for t in tables]
    epochs = sorted(set.intersection(*(set(t["Epoch"].tolist()) for t in tables)))
    totals = np.array([[c[t["Epoch"] == e].max() for e in epochs] for t, c in zip(tables, counted)])
    points = min(map(len, tables))
    accuracy = np.array([100 * t[y][:points] for t in tables])
    source = tables[0].source
    return (
        Curve(np.array(epochs), totals.mean(0), totals.std(0), "", source, len(tables)),
        Curve(
            np.mean([c[:points] for c in counted], 0),
            accuracy.mean(0),
            accuracy.std(0),
            "",
            source,
            len(tables),
        ),
    )


def draw(
    axes: Axes, curve: Curve, index: int, label: str, *, markers: bool = True, band: bool = True
) -> None:
    """A curve with its band; those of the published programs dashed, with open markers."""
    if not len(curve.x):
        return
    color = COLORS[index % len(COLORS)]
    few = len(curve.x) <= 40 and markers
    theirs = curve.source != OURS
    axes.plot(
        curve.x,
        curve.mean,
        color=color,
        label=label,
        linestyle="--" if theirs else "-",
        marker=MARKERS[index % len(MARKERS)] if few else None,
        markerfacecolor="white" if theirs else color,
        markevery=max(1, len(curve.x) // 20),
        zorder=2 if theirs else 3,
    )
    if band and np.any(curve.std > 0):
        alpha = 0.10 if theirs else 0.20
        axes.fill_between(
            curve.x, curve.mean - curve.std, curve.mean + curve.std, color=color, alpha=alpha, linewidth=0
        )


def draw_points(axes: Axes, curve: Curve, index: int, label: str) -> None:
    """Published values of single epochs, with their spread where it is known."""
    axes.errorbar(
        curve.x,
        curve.mean,
        np.nan_to_num(curve.std),
        color=COLORS[index % len(COLORS)],
        linestyle="",
        marker=MARKERS[index % len(MARKERS)],
        markersize=6,
        markerfacecolor="white",
        elinewidth=0.8,
        capsize=2,
        zorder=4,
        label=label,
    )


def any_has(groups: Sequence[list[Table]], column: str) -> bool:
    """Whether any table has a number in a column."""
    return any(table.has(column) for tables in groups for table in tables)
