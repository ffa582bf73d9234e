"""Tables, statistics and plots of a benchmark: MOABB's, and intervals over subjects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .._files import StrPath
from .._intervals import Interval, Resampling
from .._library import write_file
from .._words import counted
from ._extras import need, quiet
from .evaluations import Benchmark

_COLUMNS = "evaluation,pipeline,n_subjects,score,low,high,difference,difference_low,difference_high,n_at_chance"


@dataclass(frozen=True)
class Summary:
    """A pipeline in an evaluation: mean score over `n_subjects`, and its difference to the network (None for the
    network itself and without it), both with 95 % intervals over subjects."""

    evaluation: str
    pipeline: str
    n_subjects: int
    score: Interval
    difference: Interval | None
    n_at_chance: int

    def __str__(self) -> str:
        text = f"{self.evaluation}, {self.pipeline}: {_percent(self.score)} over {counted(self.n_subjects, 'subject')}"
        if self.difference is not None:
            text += f", {_percent(self.difference)} beside SNN"
        if self.n_at_chance:
            text += f"; in {counted(self.n_at_chance, 'fold')} the loss stayed at that of guessing"
        return text


def _percent(interval: Interval) -> str:
    return f"{100 * interval.value:.1f} [{100 * interval.low:.1f}, {100 * interval.high:.1f}]"


def summarize(result: Benchmark, seed: int = 5) -> list[Summary]:
    """Means over subjects, whose sessions count the same, with intervals of `seed`'s draws."""
    found = []
    for evaluation, frame in result.scores.items():
        table = frame.groupby(["subject", "pipeline"])["score"].mean().unstack("pipeline")
        resampling = Resampling(table.index.to_numpy(), seed)
        for name in frame["pipeline"].drop_duplicates():
            difference = None
            if name != "SNN" and "SNN" in table:
                difference = resampling.interval((table[name] - table["SNN"]).to_numpy())
            score = resampling.interval(table[name].to_numpy())
            at_chance = result.n_at_chance.get(evaluation, {}).get(name, 0)
            found.append(Summary(evaluation, name, len(table), score, difference, at_chance))
    return found


def write_report(result: Benchmark, out: StrPath, *, seed: int = 5, plots: bool = True) -> list[Path]:
    """Write into the folder `out`: summary.csv, and for each evaluation a folder with MOABB's tables and plots.

    data.csv has the columns of MOABB's results; with two pipelines or more there are also stats.csv (MOABB's
    permutation and Wilcoxon tests), scores.pdf and ordering.pdf (its plots). The paths.
    """
    folder = Path(out)
    paths = [folder / "summary.csv"]
    write_file(paths[0], _table(summarize(result, seed)).encode())
    for evaluation, frame in result.scores.items():
        own = folder / evaluation
        own.mkdir(parents=True, exist_ok=True)
        paths.append(own / "data.csv")
        write_file(paths[-1], frame.to_csv().encode())
        if frame["pipeline"].nunique() > 1:
            paths += _comparison(frame, own, plots)
    return paths


def _comparison(frame: Any, folder: Path, plots: bool) -> list[Path]:
    """MOABB's statistics and plots of several pipelines."""
    analysis = need("moabb.analysis")
    statistics = analysis.compute_dataset_statistics(frame)
    paths = [folder / "stats.csv"]
    write_file(paths[0], statistics.to_csv().encode())
    if not plots:
        return paths
    need("matplotlib").use("Agg")
    plotting = need("moabb.analysis.plotting")
    p, effect = analysis.find_significant_differences(statistics)
    with quiet():
        drawn = {"scores.pdf": plotting.score_plot(frame)[0], "ordering.pdf": plotting.summary_plot(p, effect)}
    for name, figure in drawn.items():
        figure.savefig(folder / name)
        paths.append(folder / name)
        need("matplotlib.pyplot").close(figure)
    return paths


def _table(summaries: Sequence[Summary]) -> str:
    lines = [_COLUMNS]
    for one in summaries:
        difference = one.difference or Interval(np.nan, np.nan, np.nan)
        numbers = [one.score.value, one.score.low, one.score.high]
        numbers += [difference.value, difference.low, difference.high]
        told = ",".join("" if np.isnan(number) else f"{number:.6f}" for number in numbers)
        lines.append(f"{one.evaluation},{one.pipeline},{one.n_subjects},{told},{one.n_at_chance}")
    return "\n".join(lines) + "\n"
