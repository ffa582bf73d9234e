"""Figures of training: courses over epochs, sweeps, updates."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .._runs import manifest
from .._words import counted
from .curves import (
    KINDS,
    SPREAD,
    SYMBOLS,
    TEST,
    VALIDATION,
    Curve,
    any_has,
    by_option,
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
from .style import chance, epochs, figure, legend, legend_beside, note, title
from .tables import PUBLISHED, Results, Table

#: Program -> what its run is called.
_STAGES = {
    "snnfe-pretrain": "pretraining",
    "snnfe-train-on-device": "on-device training",
    "snnfe-retune": "re-tuning",
}


def _stage(table: Table) -> str:
    """The stage that wrote a log: by the manifest beside it, or by its phase."""
    program = manifest(table.path.parent).get("program")
    return _STAGES.get(str(program)) or str(table["Phase"][0])


def is_retuning(stage: str) -> bool:
    """Whether a stage's name is one of re-tuning's, those of older logs among them."""
    return stage.lower() in ("re-tuning", "retune", "finetune")


def runs(results: Results, kind: str) -> dict[tuple[str, str], list[Table]]:
    """Logs of one run (a folder that is no sweep's job): (stage, name) -> tables."""
    groups: dict[tuple[str, Path], list[Table]] = defaultdict(list)
    for table in results.of(kind):
        if len(table) and not table.options:
            groups[_stage(table), table.path.parent].append(table)
    stages = [stage for stage, _ in groups]
    return {
        (stage, stage if stages.count(stage) == 1 else f"{stage} ({folder.name})"): tables
        for (stage, folder), tables in groups.items()
    }


def accuracy_panels(panels: list[Axes], kinds: list[str]) -> None:
    """The look of panels of accuracies, each of one kind."""
    for panel, kind in zip(panels, kinds):
        chance(panel)
        panel.set_ylabel(KINDS[kind])
        if not panel.get_xlabel():
            epochs(panel)


def training(results: Results) -> Figure | None:
    """Accuracy and loss over the epochs, mean and spread over folds, beside the published ones."""
    ours = runs(results, "epochs")
    published = published_curves(results, "baseline")
    if not ours and not published:
        return None
    kinds = [VALIDATION] + ([TEST] if any_has(list(ours.values()), TEST) else [])
    drawn, axes = figure(len(kinds) + bool(ours), width=3.1, beside=2.2)
    panels = list(axes[0])
    for i, curve in enumerate(published, len(ours)):
        label = f"pretraining{origin(curve.source)}"
        draw(panels[0], curve, i, label)
        points = test_points(("baseline",))
        if TEST in kinds and points is not None and curve.source == PUBLISHED:
            draw_points(panels[1], points, i, label)
    for i, ((_, name), tables) in enumerate(ours.items()):
        label = f"{name}, {counted(len(tables), 'fold')}{origin(tables[0].source)}"
        for panel, kind in zip(panels, kinds):
            draw(panel, fold_curve(tables, y=kind), i, label)
        draw(panels[-1], fold_curve(tables, y="Train_Loss", factor=1.0), i, label)
    accuracy_panels(panels, kinds)
    for panel, text in zip(panels, ("Held-out trials", "Unseen subjects")):
        title(panel, text)
    if ours:
        epochs(panels[-1])
        panels[-1].set_ylabel("training loss")
        title(panels[-1], "Loss")
    legend_beside(panels)
    note(drawn, SPREAD)
    return drawn


def _swept(option: str, value: str) -> str:
    text = f"{SYMBOLS[option]} = {value}"
    if option == "q":
        text += f" ({int(float(value)) + 1} levels)" if float(value) else " (no levels)"
    return text


def sweep(results: Results, option: str) -> Figure | None:
    """Accuracy over the epochs for every value of an option."""
    logs = by_option([t for t in results.of("epochs") if not _is_transfer(t)], option)
    published = published_curves(results, "sweep", option)
    values = sorted({*logs, *(c.value for c in published)}, key=order)
    if not values:
        return None
    kinds = [VALIDATION] + ([TEST] if any_has(list(logs.values()), TEST) else [])
    drawn, axes = figure(len(kinds), width=3.3, height=2.9, beside=1.9)
    panels = list(axes[0])
    for curve in published:
        i, label = values.index(curve.value), _swept(option, curve.value) + origin(curve.source)
        draw(panels[0], curve, i, label)
    for value in values:
        points = test_points(("sweep", option, value))
        if TEST in kinds and points is not None and any(c.source == PUBLISHED for c in published):
            label = _swept(option, value) + origin(PUBLISHED)
            draw_points(panels[1], points, values.index(value), label)
    for value, source, tables in by_source(logs):
        for panel, kind in zip(panels, kinds):
            label = _swept(option, value) + origin(source)
            draw(panel, fold_curve(tables, value, kind), values.index(value), label)
    accuracy_panels(panels, kinds)
    legend_beside(panels)
    title(panels[0], f"Training on device: {option}")
    note(drawn, SPREAD)
    return drawn


def _is_transfer(table: Table) -> bool:
    """Whether a log is of re-tuning, whose jobs say the noise of the transfer."""
    return "x" in table.options


def _thousands(curve: Curve, *, of_x: bool) -> Curve:
    if of_x:
        return Curve(curve.x / 1e3, curve.mean, curve.std, curve.value, curve.source)
    return Curve(curve.x, curve.mean / 1e3, curve.std / 1e3, curve.value, curve.source)


def _with_updates(results: Results) -> dict[str, list[Table]]:
    """Per-sample logs of training through devices: by threshold, and of single runs by their name."""
    found = by_option([t for t in results.of("samples") if not _is_transfer(t)], "thr")
    for (_, name), tables in runs(results, "samples").items():
        counted = [t for t in tables if (t["LTP_crossings"] > 0).any() or (t["LTD_crossings"] > 0).any()]
        if counted:
            found[name] = counted
    return found


def updates(results: Results) -> Figure | None:
    """Updates over the epochs, and validation accuracy against updates, for each threshold."""
    logs = _with_updates(results)
    over = published_curves(results, "updates")
    against = published_curves(results, "updates_accuracy")
    values = list(dict.fromkeys([c.value for c in over + against] + list(logs)))
    if not values:
        return None
    drawn, axes = figure(2, width=3.2, height=2.8, beside=1.9)
    left, right = axes[0]

    def label(value: str, source: str) -> str:
        return (f"ε = {value}" if re.fullmatch(r"[\d.]+", value) else value) + origin(source)

    for panel, curves in ((left, over), (right, against)):
        for curve in curves:
            scaled = _thousands(curve, of_x=panel is right)
            draw(panel, scaled, values.index(curve.value), label(curve.value, curve.source))
    for value, source, tables in by_source(logs):
        count, accuracy = update_curves(tables)
        draw(left, _thousands(count, of_x=False), values.index(value), label(value, source))
        draw(
            right,
            _thousands(accuracy, of_x=True),
            values.index(value),
            label(value, source),
            band=False,
        )
    epochs(left)
    left.set_ylabel("updates (thousands)")
    title(left, "Threshold crossings since the start")
    right.set_xlabel("updates (thousands)")
    accuracy_panels([right], [VALIDATION])
    title(right, "Accuracy against updates")
    legend_beside([left, right])
    note(drawn, SPREAD)
    return drawn
