"""How far two samples are apart: means, deviations and quantiles over repetitions, and their distributions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Doubles = NDArray[np.float64]

#: The columns of all tables: `same` is 1 where both libraries have the same model, and 0 where they differ by definition;
#: low and high are the 95 % interval of "ours" less "theirs"; of speeds, the range of the ratio.
COLUMNS = ["part", "effect", "quantity", "same", "measure", "ours", "theirs", "low", "high"]
Row = dict[str, Any]


def quantile_at(q: float) -> Callable[[Doubles], Doubles]:
    """The quantile of each repetition."""
    return lambda x: np.asarray(np.quantile(x, q, axis=1))


#: Taken of each repetition.
MEASURES: dict[str, Callable[[Doubles], Doubles]] = {
    "mean": lambda x: np.asarray(x.mean(1)),
    "deviation": lambda x: np.asarray(x.std(1)),
    **{f"quantile {q:g}": quantile_at(q) for q in (0.05, 0.25, 0.5, 0.75, 0.95)},
}


def row(part: str, effect: str, quantity: str, same: bool, measure: str, *numbers: float) -> Row:
    """A row of the table."""
    named = dict(zip(COLUMNS[5:], (float(f"{number:.6g}") for number in numbers), strict=True))
    return {
        "part": part,
        "effect": effect,
        "quantity": quantity,
        "same": int(same),
        "measure": measure,
        **named,
    }


def equal(ours: Doubles, theirs: Doubles) -> bool:
    """But for the rounding of single precision."""
    return ours.shape == theirs.shape and bool(np.abs(ours - theirs).max() < 1e-6)


def compared(effect: str, quantity: str, same: bool, ours: Doubles, theirs: Doubles) -> list[Row]:
    """Rows of samples [repetitions, cells]: each measure with Welch's interval of the difference, and Kolmogorov and
    Smirnov's distance and its p (as `low`) of all cells together. Of what is equal but for rounding, which is nothing to
    test, measures alone."""
    if equal(ours, theirs):
        pairs = {
            measure: (float(of(ours).mean()), float(of(theirs).mean())) for measure, of in MEASURES.items()
        }
        return [
            row("effects", effect, quantity, same, measure, *pair, np.nan, np.nan)
            for measure, pair in pairs.items()
        ]
    rows = []
    for measure, of in MEASURES.items():
        a, b = of(ours), of(theirs)
        interval = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
        rows.append(
            row("effects", effect, quantity, same, measure, a.mean(), b.mean(), interval.low, interval.high)
        )
    distance = stats.ks_2samp(ours.ravel(), theirs.ravel(), method="asymp")
    rows.append(
        row(
            "effects", effect, quantity, same, "distance", distance.statistic, np.nan, distance.pvalue, np.nan
        )
    )
    return rows


def is_outside(one: Row) -> bool:
    """Whether the interval of a measure's difference leaves out 0."""
    return bool(one["low"] > 0 or one["high"] < 0)


def interval(values: Doubles) -> tuple[float, float]:
    """Mean, and half its 95 % interval."""
    half = float(stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)) if len(values) > 1 else float("nan")
    return float(values.mean()), half
