"""One look for all figures: colors that color-blind readers can distinguish, markers that print can."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .._library import write_file

#: Okabe and Ito's palette, in an order whose neighbors also differ in lightness.
COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000", "#999999")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
LTP_COLOR, LTD_COLOR = COLORS[0], COLORS[5]
GRAY = "#7F7F7F"

_SETTINGS: Any = {
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.labelsize": 9,
    "legend.fontsize": 8,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E4E4E4",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.5,
    "lines.markersize": 3.5,
    "legend.frameon": False,
    "savefig.dpi": 200,
    "svg.fonttype": "none",
    "svg.hashsalt": "snnfe",
    "path.simplify": True,
}


def look() -> Any:
    """A context in which figures have this look; the caller's own settings stay as they are."""
    return matplotlib.rc_context(dict(_SETTINGS))


def figure(
    n_columns: int = 1, n_rows: int = 1, width: float = 3.4, height: float = 2.7, beside: float = 0.0
) -> tuple[Figure, Any]:
    """A figure of panels, `width` × `height` inches each; the axes as a two-dimensional array.

    `beside` inches more are for a legend to the right of the panels.
    """
    made = Figure(figsize=(width * n_columns + beside, height * n_rows), layout="constrained")
    return made, made.subplots(n_rows, n_columns, squeeze=False)


def save(drawn: Figure, folder: Path, name: str, formats: Sequence[str]) -> list[Path]:
    """Write a figure in every format; the paths."""
    paths = []
    with look():
        for suffix in formats:
            path = folder / f"{name}.{suffix}"
            metadata = {"Date": None} if suffix == "svg" else None
            image = io.BytesIO()
            drawn.savefig(image, format=suffix, metadata=metadata)
            write_file(path, image.getvalue())
            paths.append(path)
    return paths


def legend(axes: Axes, **options: Any) -> None:
    """A legend, if anything has a label."""
    handles, labels = axes.get_legend_handles_labels()
    if not handles:
        return
    unique = dict(zip(labels, handles))
    axes.legend(unique.values(), unique.keys(), **options)


def legend_beside(panels: Sequence[Axes], order: Sequence[int] | None = None) -> None:
    """One legend of several panels, to the right of the last one, in the given order of the curves."""
    unique: dict[str, Any] = {}
    for panel in panels:
        for handle, label in zip(*panel.get_legend_handles_labels()):
            unique.setdefault(label, handle)
    labels = list(unique)
    chosen = [labels[i] for i in order] if order is not None else labels
    if chosen:
        panels[-1].legend(
            [unique[label] for label in chosen],
            chosen,
            loc="upper left",
            bbox_to_anchor=(1.01, 1.02),
            borderaxespad=0,
        )


def note(drawn: Figure, text: str) -> None:
    """A line below the panels: what bands and bars are."""
    drawn.supxlabel(text, fontsize=7, color=GRAY, x=0.01, ha="left")


def epochs(axes: Axes, text: str = "epoch") -> None:
    """An axis of whole epochs."""
    axes.set_xlabel(text)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def headroom(axes: Axes, share: float) -> None:
    """Room for a legend above the data."""
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + share * (high - low))


def chance(axes: Axes, percent: float = 50.0) -> None:
    """A line at the accuracy of guessing."""
    axes.axhline(percent, color=GRAY, linewidth=0.8, linestyle=":", zorder=1)


def title(axes: Axes, text: str) -> None:
    """A panel's title."""
    axes.set_title(text, loc="left")
