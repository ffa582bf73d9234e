"""Figures of the transfer to devices and of re-tuning there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..network import LAYERS
from .curves import (
    KINDS,
    SPREAD,
    TEST,
    VALIDATION,
    Curve,
    any_has,
    by_source,
    draw,
    draw_points,
    fold_curve,
    order,
    origin,
    published_curves,
    test_points,
    update_curves,
)
from .published import short
from .style import chance, epochs, figure, legend_beside, note, title
from .tables import PUBLISHED, Results, Table
from .training import accuracy_panels, is_retuning, runs

#: q of a transfer where nothing else is said, as in the published programs.
_TRANSFER_Q = 2.0


# --- accuracy right after a transfer ---------------------------------------------------------------

#: (q, x, layers) -> accuracies in per cent, mean and spread; x = 0 is no noise.
Cells = dict[tuple[float, float, str], tuple[float, float]]


def _their_cells(results: Results) -> dict[str, Cells]:
    """Test accuracies from the tables of the published programs, by whose they are."""
    found: dict[str, Cells] = defaultdict(dict)
    for table in sorted(results.of("q_x"), key=lambda t: t.source != PUBLISHED):
        noise = np.where(np.isnan(table["x"]), 0.0, table["x"])
        layers = table["unfrozen"] if "unfrozen" in table else ["all"] * len(table)
        for q, x, name, mean, std in zip(table["q"], noise, layers, table["mean_acc"], table["std_acc"]):
            found[table.source].setdefault((float(q), float(x), _layers(str(name))), (float(mean), float(std)))
    for (_, x), table in results.playing("q_curve"):
        for q, mean, std in zip(*list(table.columns.values())[:3]):
            found[table.source].setdefault((float(q), float(x), "all"), (float(mean), float(std)))
    return found


def _our_cells(results: Results, column: str) -> Cells:
    """Accuracies right after the transfer, from sweeps of re-tuning."""
    cells: dict[tuple[float, float, str], list[float]] = defaultdict(list)
    for table in results.of("summary"):
        if "x" not in table or not table.has(column):
            continue
        levels = table["transfer_q"] if "transfer_q" in table else [_TRANSFER_Q] * len(table)
        layers = table["transfer_layers"] if "transfer_layers" in table else ["all"] * len(table)
        for q, x, name, accuracy in zip(levels, table["x"], layers, table[column]):
            if not np.isnan(accuracy):
                cells[float(q), float(x), _layers(str(name))].append(100 * float(accuracy))
    return {key: (float(np.mean(values)), float(np.std(values))) for key, values in cells.items()}


def _layers(name: str) -> str:
    """The transferred layers as they are called in labels."""
    name = name.removeprefix("snn.").replace(".psp_func", "").replace(".rec_func", "")
    if set(re.split(r"[\s,]+", name)) == set(LAYERS):
        return "all"
    return {"": "all", "nan": "all", "temp_conv1": "tc1", "rec1": "r1"}.get(name, name)


def _all_cells(results: Results) -> tuple[list[tuple[str, Cells]], str]:
    """Cells by source, ours last, all of one kind of accuracy: test, as published."""
    found = list(_their_cells(results).items())
    ours, kind = _our_cells(results, "Start_" + TEST), TEST
    if not ours and not found:
        ours, kind = _our_cells(results, "Start_" + VALIDATION), VALIDATION
    if ours:
        found.append(("ours", ours))
    return found, kind


def _over(
    cells: Cells, x: Callable[[float, float], float], by: Callable[[float, float], float]
) -> dict[float, Curve]:
    """Curves of all layers' transfer over one of (q, x), one for each value of the other."""
    points: dict[float, dict[float, tuple[float, float]]] = defaultdict(dict)
    for (q, noise, layers), values in cells.items():
        if layers == "all":
            points[by(q, noise)][x(q, noise)] = values
    curves = {}
    for value, found in points.items():
        at = sorted(found)
        mean, std = np.array([found[k] for k in at]).T
        curves[value] = Curve(np.array(at), mean, std)
    return curves


def _level_names(q: float) -> str:
    return f"{q + 1:g}" if q else "no"


def accuracy_q_x(results: Results) -> Figure | None:
    """Accuracy right after the transfer against the number of levels, for each programming noise."""
    sources, kind = _all_cells(results)
    curves = [
        (source, x, curve)
        for source, cells in sources
        for x, curve in _over({k: v for k, v in cells.items() if k[0] > 0}, _first, _second).items()
    ]
    if not curves:
        return None
    values = sorted({x for _, x, _ in curves}, key=lambda x: x or np.inf)
    drawn, axes = figure(width=3.5, height=3.1, beside=1.9)
    panel = axes[0][0]
    for source, x, curve in sorted(curves, key=lambda c: values.index(c[1])):
        curve.source = source
        draw(panel, curve, values.index(x), (f"x = {x:g}" if x else "no noise") + origin(source), band=False)
    panel.set_xscale("log", base=2)
    levels = sorted({float(q) for *_, c in curves for q in c.x})
    panel.set_xticks(levels, [_level_names(q) for q in levels])
    panel.minorticks_off()
    panel.set_xlabel("levels of a weight (q + 1)")
    panel.set_ylabel(KINDS[kind])
    title(panel, "Transfer: quantization and programming noise")
    legend_beside([panel])
    return drawn


def _first(q: float, _: float) -> float:
    return q


def _second(_: float, x: float) -> float:
    return x


def _eta(_: float, x: float) -> float:
    return 100 / x if x else 0.0


def accuracy_eta(results: Results) -> Figure | None:
    """Accuracy right after the transfer against the noise η = 1/x, for each number of levels."""
    sources, kind = _all_cells(results)
    curves = [
        (source, q, curve) for source, cells in sources for q, curve in _over(cells, _eta, _first).items()
    ]
    curves = [c for c in curves if len(c[2].x) > 1]
    if not curves:
        return None
    values = sorted({q for _, q, _ in curves}, key=lambda q: q or np.inf)
    drawn, axes = figure(width=3.5, height=3.1, beside=1.9)
    panel = axes[0][0]
    for source, q, curve in sorted(curves, key=lambda c: values.index(c[1])):
        curve.source = source
        name = f"{_level_names(q)} levels" + (f" (q = {q:g})" if q else "")
        draw(panel, curve, values.index(q), name + origin(source))
    chance(panel)
    panel.set_xlabel("relative spread of the programming η = 1/x (%)")
    panel.set_ylabel(KINDS[kind])
    title(panel, "Transfer: programming noise")
    legend_beside([panel])
    note(drawn, "bands: population standard deviation over folds and draws of the noise")
    return drawn


def accuracy_layers(results: Results) -> Figure | None:
    """Accuracy after the transfer of one layer alone against the noise η = 1/x, with that of all layers."""
    sources, kind = _all_cells(results)
    curves: list[tuple[str, float, str, Curve]] = []
    for source, cells in sources:
        chosen: dict[tuple[float, str], Cells] = defaultdict(dict)
        for (q, x, layers), values in cells.items():
            chosen[q, layers][q, x, "all"] = values
        for (q, layers), part in chosen.items():
            curve = _over(part, _eta, _first)[q]
            curve.source = source
            curves.append((source, q, layers, curve))
    if all(layers == "all" for _, _, layers, _ in curves):
        return None
    levels = sorted({q for _, q, layers, _ in curves if layers != "all"})
    names = sorted({layers for _, _, layers, _ in curves}, key=lambda name: (name != "all", name))
    drawn, axes = figure(len(levels), width=3.5, height=3.0, beside=1.6)
    for panel, q in zip(axes[0], levels):
        for source, of, layers, curve in sorted(curves, key=lambda c: names.index(c[2])):
            if of == q:
                draw(panel, curve, names.index(layers), layers + origin(source))
        chance(panel)
        panel.set_xlabel("relative spread of the programming η = 1/x (%)")
        panel.set_ylabel(KINDS[kind])
        title(panel, f"Transfer of one layer, {_level_names(q)} levels (q = {q:g})")
    legend_beside(list(axes[0]))
    note(drawn, "bands: population standard deviation over folds and draws of the noise")
    return drawn


# --- re-tuning ---------------------------------------------------------------------------------------


def _transfer_name(table: Table) -> str:
    options = table.options
    levels = f"q = {short(options['transfer_q'])}, " if "transfer_q" in options else ""
    # The option q is of levels while re-tuning.
    while_tuning = f", then q = {short(options['q'])}" if short(options.get("q", "0")) != "0" else ""
    # Sweeps of different lengths are no folds of one another.
    length = f", {options['retuning_epochs']} epochs" if "retuning_epochs" in options else ""
    return f"{levels}x = {short(options['x'])}{while_tuning}{length}"


def _retuned(results: Results, kind: str) -> dict[str, list[Table]]:
    """Logs of re-tuning: a sweep's jobs by q and x, and runs by their names."""
    found: dict[str, list[Table]] = defaultdict(list)
    for table in results.of(kind):
        if len(table) and "x" in table.options:
            found[_transfer_name(table)].append(table)
    for (stage, name), run in runs(results, kind).items():
        if is_retuning(stage):
            found[name] = run
    return dict(sorted(found.items(), key=lambda item: order(item[0].rpartition(" ")[2])))


def _beside(results: Results, tables: list[Table], column: str) -> list[float]:
    """A column in per cent, from the summaries in the folders of some logs."""
    folders = {table.path.parent for table in tables}
    return [
        100 * float(value)
        for summary in results.of("summary")
        if summary.path.parent in folders and summary.path.name == "summary.csv" and column in summary
        for value in summary[column]
        if not np.isnan(value)
    ]


def _first_points(results: Results, tables: list[Table], kind: str) -> list[float]:
    """Accuracies right after the transfer: from the summaries, or the logs' rows of epoch 0."""
    told = _beside(results, tables, "Start_" + kind)
    if told:
        return told
    folders = {table.path.parent for table in tables}
    source = tables[0].source
    return [
        100 * float(log[kind][log["Epoch"] == 0][0])
        for log in results.of("samples")
        if log.path.parent in folders and log.source == source and (log["Epoch"] == 0).any() and log.has(kind)
    ]


def _from_the_transfer(curve: Curve, start: list[float]) -> Curve:
    """A curve with the point of epoch 0."""
    if not start:
        return curve
    return Curve(
        np.insert(curve.x, 0, 0),
        np.insert(curve.mean, 0, np.mean(start)),
        np.insert(curve.std, 0, np.std(start)),
        curve.value,
        curve.source,
        curve.n,
    )


def _published_retuning(results: Results) -> list[Curve]:
    """Published courses of 10 epochs, the transfer at epoch 0 (20 in the tables)."""
    curves = published_curves(results, "retuning")
    for curve in curves:
        curve.x = curve.x - 20
    return curves


def _draw_source(panel: Axes, accuracies: list[float], text: str) -> None:
    if accuracies:
        panel.axhline(
            float(np.mean(accuracies)), color="black", linewidth=0.9, linestyle="-.", zorder=1, label=text
        )


def _draw_published_sources(panel: Axes, results: Results) -> None:
    for curve in published_curves(results, "source")[:1]:
        panel.axhline(
            curve.mean[-1],
            color="black",
            linewidth=0.9,
            linestyle=":",
            zorder=1,
            label=f"before the transfer{origin(curve.source)}",
        )


def _draw_pulses(panel: Axes, results: Results, names: list[str]) -> None:
    """Crossings since the transfer, in thousands."""
    curves = [("crossings" + origin(c.source), 6, c, 20) for c in published_curves(results, "updates_retuning")]
    for name, source, tables in by_source(_retuned(results, "samples")):
        curves.append((name + origin(source), names.index(name), update_curves(tables)[0], 0))
    for label, index, curve, shift in curves:
        known = ~np.isnan(curve.mean)
        scaled = Curve(
            curve.x[known] - shift, curve.mean[known] / 1e3, curve.std[known] / 1e3, "", curve.source
        )
        draw(panel, scaled, index, label)
    epochs(panel, "epoch of re-tuning")
    panel.set_ylabel("updates (thousands)")
    title(panel, "Threshold crossings since the transfer")


def retuning(results: Results) -> Figure | None:
    """Accuracy after the transfer to devices and while re-tuning; updates it takes."""
    longer = _published_retuning(results)
    logs = _retuned(results, "epochs")
    names = list(
        dict.fromkeys([f"x = {c.value}" for c in longer] + list(logs) + list(_retuned(results, "samples")))
    )
    if not longer and not logs:
        return None
    kinds = [VALIDATION] + ([TEST] if any_has(list(logs.values()), TEST) else [])
    pulses = published_curves(results, "updates_retuning") or _retuned(results, "samples")
    drawn, axes = figure(len(kinds) + bool(pulses), width=3.2, height=2.9, beside=2.1)
    panels = list(axes[0])
    for curve in longer:
        name = f"x = {curve.value}"
        draw(panels[0], curve, names.index(name), name + origin(curve.source))
        points = test_points(("retuning", curve.value))
        if TEST in kinds and points is not None and curve.source == PUBLISHED:
            draw_points(panels[1], points, names.index(name), name + origin(curve.source))
    _draw_published_sources(panels[0], results)
    for name, source, tables in by_source(logs):
        for panel, kind in zip(panels, kinds):
            start = _first_points(results, tables, kind)
            curve = _from_the_transfer(fold_curve(tables, y=kind), start)
            draw(panel, curve, names.index(name), name + origin(source))
            text = "before the transfer" + (f" ({name})" if len(logs) > 1 and not tables[0].options else "")
            _draw_source(panel, _beside(results, tables, "Source_" + kind), text)
    if pulses:
        _draw_pulses(panels[-1], results, names)
    for panel in panels[: len(kinds)]:
        epochs(panel, "epoch of re-tuning (0: transferred)")
    accuracy_panels(panels, kinds)
    title(panels[0], "Transfer, then re-tuning")
    legend_beside(panels)
    note(drawn, SPREAD)
    return drawn
