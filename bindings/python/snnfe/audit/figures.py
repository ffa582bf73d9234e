"""Figures of an audit as SVG text."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..figures.style import COLORS, GRAY, chance, figure, look, title
from ._extras import need
from .perturbation import ALONE, EXCHANGED
from .run import Audited, Effect, Score
from .statistics import Interval

_EXCHANGED_COLOR, _ALONE_COLOR = COLORS[5], COLORS[0]
# Standard places of electrodes by their names in MNE, the newest name first.
_MONTAGES = ("colin27_1005", "standard_1005")


def draw(audited: Audited, channel_names: Sequence[str], chance_level: float) -> dict[str, str]:
    """SVG of every figure, by what it shows."""
    percent = 100 * chance_level
    makers: dict[str, Callable[[], Figure | None]] = {
        "Accuracy beside simple decoders; bars are 95 % intervals over subjects": lambda: accuracies(
            [audited.score, *audited.baselines], percent
        ),
        "Shares of the decision; bars are 95 % intervals over subjects": lambda: shares(audited),
        "Regions exchanged with trials of another class, and alone": lambda: regions(audited, percent),
        "Single electrodes": lambda: maps(audited, channel_names),
        "Parts of the trial": lambda: curve(audited, "time", "seconds after the cue", percent),
        "Frequency bands": lambda: curve(audited, "band", "", percent),
    }
    drawn = {}
    for shows, make in makers.items():
        with look():
            made = make()
            if made is not None:
                drawn[shows] = _svg(made)
    return drawn


def _svg(drawn: Figure) -> str:
    text = io.StringIO()
    drawn.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()


def _dots(axes: Axes, rows: Sequence[tuple[str, Interval, str]], offset: float = 0.0) -> None:
    """Estimates with their intervals, one below the other."""
    for i, (_, interval, color) in enumerate(rows):
        value, low, high = 100 * interval.value, 100 * interval.low, 100 * interval.high
        axes.plot([low, high], [i + offset] * 2, color=color, linewidth=1.2)
        axes.plot([value], [i + offset], marker="o", color=color)
    axes.set_yticks(range(len(rows)), [name for name, *_ in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)


def _chance_below(axes: Axes, percent: float) -> None:
    axes.axvline(percent, color=GRAY, linewidth=0.8, linestyle=":", zorder=1)


def accuracies(scores: Sequence[Score], percent: float) -> Figure:
    """The audited decoder and the baselines."""
    drawn, axes = figure(width=6.6, height=0.6 + 0.27 * len(scores))
    colors = {"audited": COLORS[6], "slow": _EXCHANGED_COLOR, "rhythm": _ALONE_COLOR, "majority": GRAY}
    _dots(axes[0][0], [(score.name, score.accuracy, colors[score.kind]) for score in scores])
    _chance_below(axes[0][0], percent)
    axes[0][0].set_xlabel("accuracy (%)")
    return drawn


def shares(audited: Audited) -> Figure | None:
    """Shares of the eyes and of electrodes."""
    rows = []
    if audited.eye_share is not None:
        rows.append(("what goes with the eyes", audited.eye_share, COLORS[5]))
    rows += [(f"{name} electrodes", share, COLORS[0]) for name, share in audited.electrode_shares.items()]
    if not rows:
        return None
    drawn, axes = figure(width=6.6, height=0.6 + 0.3 * len(rows))
    _dots(axes[0][0], rows)
    _chance_below(axes[0][0], 0)
    axes[0][0].set_xlabel("share of the decision (%)")
    return drawn


def _effects(audited: Audited, kind: str, action: str) -> list[Effect]:
    return [effect for effect in audited.effects if effect.kind == kind and effect.action == action]


def regions(audited: Audited, percent: float) -> Figure:
    """Regions and the eyes, exchanged and alone."""
    drawn, axes = figure(width=6.6, height=3.0)
    panel = axes[0][0]
    for action, color, offset in ((EXCHANGED, _EXCHANGED_COLOR, -0.12), (ALONE, _ALONE_COLOR, 0.12)):
        found = _effects(audited, "region", action) + _effects(audited, "eyes", action)
        _dots(panel, [(effect.name, effect.over_subjects, color) for effect in found], offset)
        panel.plot([], [], color=color, marker="o", label=action)
    names = [effect.name for effect in _effects(audited, "region", EXCHANGED) + _effects(audited, "eyes", EXCHANGED)]
    panel.set_yticks(range(len(names)), names)
    panel.set_ylim(len(names) - 0.5, -0.5)
    _chance_below(panel, percent)
    panel.axvline(100 * audited.score.accuracy.value, color="black", linewidth=0.8, linestyle="--", zorder=1)
    panel.set_xlabel("accuracy (%); dashed: of whole trials; bars: 95 % intervals over subjects")
    panel.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))
    return drawn


def curve(audited: Audited, kind: str, label: str, percent: float) -> Figure | None:
    """Accuracy over time bins or bands, exchanged and alone."""
    if not _effects(audited, kind, EXCHANGED):
        return None
    drawn, axes = figure(width=6.6, height=2.8)
    panel = axes[0][0]
    for action, color in ((EXCHANGED, _EXCHANGED_COLOR), (ALONE, _ALONE_COLOR)):
        found = _effects(audited, kind, action)
        x = np.arange(len(found))
        low, value, high = (
            [100 * getattr(effect.over_subjects, which) for effect in found] for which in ("low", "value", "high")
        )
        panel.fill_between(x, low, high, color=color, alpha=0.15, linewidth=0)
        panel.plot(x, value, color=color, marker="o", label=action)
        panel.set_xticks(x, [effect.name.removesuffix(" s") if kind == "time" else effect.name for effect in found])
    if kind == "time":
        panel.tick_params(axis="x", labelrotation=30)
    panel.axhline(100 * audited.score.accuracy.value, color="black", linewidth=0.8, linestyle="--", zorder=1)
    chance(panel, percent)
    panel.set_xlabel(label)
    panel.set_ylabel("accuracy (%)")
    panel.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))
    return drawn


# --- maps --------------------------------------------------------------------------------------------


def _places(names: Sequence[str]) -> tuple[list[int], Any] | None:
    """Positions of the electrodes that have a standard place, and MNE's account of those places."""
    mne = need("mne")
    for known in _MONTAGES:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                montage = mne.channels.make_standard_montage(known)
            break
        except ValueError:
            continue
    else:
        return None
    exact = {name.upper(): name for name in montage.ch_names}
    there = [i for i, name in enumerate(names) if name in exact]
    if len(there) < 4:
        return None
    info = mne.create_info([exact[names[i]] for i in there], 100.0, "eeg")
    info.set_montage(montage)
    return there, info


def maps(audited: Audited, channel_names: Sequence[str]) -> Figure | None:
    """Loss by exchanging each electrode, and accuracy with each alone."""
    found = _effects(audited, "electrode", EXCHANGED)
    places = _places(channel_names) if found else None
    if places is None:
        return None
    there, info = places
    mne = need("mne")
    drawn, axes = figure(2, width=3.3, height=3.2)
    lost = np.array([100 * effect.loss.value for effect in found])[there]
    alone = np.array([100 * effect.over_subjects.value for effect in _effects(audited, "electrode", ALONE)])[there]
    panels = (
        (axes[0][0], lost, "Reds", (0.0, max(1.0, float(lost.max()))), "loss if exchanged (points)"),
        (axes[0][1], alone, "Blues", (min(50.0, float(alone.min())), max(60.0, float(alone.max()))), "accuracy alone (%)"),
    )
    for panel, values, colors, limits, text in panels:
        image, _ = mne.viz.plot_topomap(
            values, info, axes=panel, cmap=colors, vlim=limits, contours=0, show=False, sensors="k."
        )
        title(panel, text)
        drawn.colorbar(image, ax=panel, shrink=0.7)
    return drawn
