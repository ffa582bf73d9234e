"""Figures of calibration; they need Matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .._extras import need
from .._words import counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .curve import Curve
    from .sessions import Sessions


def draw_curve(found: Curve, n_classes: int = 2) -> Figure:
    """Accuracy against the number of labeled trials: each subject, and the mean with its 95 % interval."""
    need("matplotlib", "snnfe.calibration", "figures")
    from ..figures import style

    with style.look():
        drawn, axes = style.figure(width=4.2, height=3.0)
        panel = axes[0][0]
        for row in found.accuracies:
            panel.plot(found.sizes, 100 * row, color=style.GRAY, linewidth=0.5, alpha=0.5)
        means = found.intervals()
        low, high = ([100 * getattr(mean, side) for mean in means] for side in ("low", "high"))
        panel.fill_between(found.sizes, low, high, color=style.COLORS[0], alpha=0.25, linewidth=0)
        label = f"mean of {counted(len(found.subjects), 'subject')}"
        panel.plot(found.sizes, [100 * mean.value for mean in means], color=style.COLORS[0], marker="o", label=label)
        style.chance(panel, 100 / n_classes)
        panel.set_xticks(found.sizes)
        panel.set_xlabel("labeled trials of the person")
        panel.set_ylabel("accuracy of later trials (%)")
        style.legend(panel, loc="best")
        style.note(drawn, "band: 95 % interval over subjects; gray: each subject")
    return drawn


def draw_sessions(found: Sessions, n_classes: int = 2) -> Figure:
    """Accuracy in the second session: each subject, and means with their 95 % intervals."""
    need("matplotlib", "snnfe.calibration", "figures")
    from ..figures import style

    with style.look():
        drawn, axes = style.figure(width=4.2, height=3.0)
        panel = axes[0][0]
        intervals = found.intervals()
        places = np.arange(len(intervals))
        panel.plot(places, 100 * found.accuracies.T, color=style.GRAY, linewidth=0.5, alpha=0.5)
        for place, mean in zip(places, intervals.values(), strict=True):
            panel.plot([place] * 2, [100 * mean.low, 100 * mean.high], color=style.COLORS[0])
            panel.plot([place], [100 * mean.value], color=style.COLORS[0], marker="o")
        style.chance(panel, 100 / n_classes)
        panel.set_xticks(places, [way.replace(", ", ",\n") for way in intervals])
        panel.set_ylabel("accuracy in the second session (%)")
        style.note(drawn, "bars: 95 % intervals over subjects; gray: each subject")
    return drawn
