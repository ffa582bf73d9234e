"""An audit as one page that opens from disk, and the same as a table and JSON."""

from __future__ import annotations

import base64
import csv
import dataclasses
import html
import io
import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from .._files import StrPath
from .._library import write_file
from .._words import counted
from . import baselines, perturbation, verdict
from ._extras import need_all
from .material import REGIONS
from .run import Audit, Audited, Effect, Score
from .statistics import N_RESAMPLES, Interval

_COLUMNS = (
    "decoder what kind name action accuracy low high loss loss_low loss_high repetitions repetitions_low "
    "repetitions_high mean_of_folds p margin margin_low margin_high margin_p"
).split()


def write_report(audit: Audit, folder: StrPath) -> list[Path]:
    """Write `audit.html`, `audit.csv` and `audit.json` into `folder`, each atomically; their paths.

    Numbers in the files are shares from 0 to 1. Raises FileError.
    """
    need_all()
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    contents = {"audit.html": page(audit), "audit.csv": table(audit), "audit.json": as_json(audit)}
    for name, text in contents.items():
        write_file(place / name, text.encode())
    return [place / name for name in contents]


# --- JSON and CSV ------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """What JSON can hold; NaN, which it cannot, is null."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def as_json(audit: Audit) -> str:
    """All of an audit."""
    return json.dumps({"format": "snnfe audit 1", **_plain(audit)}, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _interval(prefix: str, interval: Interval) -> dict[str, float]:
    start = f"{prefix}_" if prefix not in ("accuracy",) else ""
    return {prefix: interval.value, f"{start}low": interval.low, f"{start}high": interval.high}


def _score_row(decoder: str, score: Score) -> dict[str, Any]:
    row: dict[str, Any] = {"decoder": decoder, "what": "score", "kind": score.kind, "name": score.name, "p": score.p}
    row |= _interval("accuracy", score.accuracy) | {"mean_of_folds": score.mean_of_folds}
    if score.margin is not None:
        m = score.margin
        row |= {"margin": m.difference, "margin_low": m.low, "margin_high": m.high, "margin_p": m.p}
    return row


def _effect_row(decoder: str, effect: Effect) -> dict[str, Any]:
    row: dict[str, Any] = {"decoder": decoder, "what": "effect", "kind": effect.kind, "name": effect.name}
    row |= {"action": effect.action, "repetitions": effect.repetitions}
    row |= _interval("accuracy", effect.over_subjects) | _interval("loss", effect.loss)
    return row | {"repetitions_low": effect.accuracy.low, "repetitions_high": effect.accuracy.high}


def _share_rows(audited: Audited) -> list[dict[str, Any]]:
    shares = {f"{name} electrodes": share for name, share in audited.electrode_shares.items()}
    if audited.eye_share is not None:
        shares[perturbation.EYES] = audited.eye_share
    return [
        {"decoder": audited.name, "what": "share", "name": name} | _interval("accuracy", share)
        for name, share in shares.items()
    ]


def table(audit: Audit) -> str:
    """Rows of scores, effects and shares (in the column accuracy) as CSV."""
    rows = [_score_row("", score) for score in audit.data_baselines]
    for audited in audit.decoders:
        rows += [_score_row(audited.name, score) for score in (audited.score, *audited.baselines)]
        rows += [_effect_row(audited.name, effect) for effect in audited.effects]
        rows += _share_rows(audited)
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: _rounded(value) for key, value in row.items()})
    return text.getvalue()


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.6g}" if math.isfinite(value) else ""
    return value


# --- the page ----------------------------------------------------------------------------------------

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 2.5rem; border-top: 1px solid #ccc; padding-top: 1rem; }
table { border-collapse: collapse; font-size: 13px; margin: 1rem 0; }
th, td { text-align: left; padding: .2rem .7rem .2rem 0; border-bottom: 1px solid #e4e4e4; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.verdict { border-left: 6px solid #777; background: #f5f5f5; padding: .6rem 1rem; font-size: 17px; }
.eyes { border-color: #D55E00; } .not-eyes { border-color: #009E73; } .mixed { border-color: #E69F00; }
figure { margin: 1.5rem 0; } figcaption { color: #555; font-size: 13px; } img { max-width: 100%; }
.rule { color: #555; font-size: 13px; }
"""


def _text(value: object) -> str:
    return html.escape(str(value))


def _rows(kind: str, cells: Sequence[str], numbers: Iterable[int]) -> str:
    right = set(numbers)
    marked = (f'<{kind}{" class=n" if i in right else ""}>{cell}</{kind}>' for i, cell in enumerate(cells))
    return "<tr>" + "".join(marked) + "</tr>\n"


def _table(head: Sequence[str], body: Iterable[Sequence[str]], numbers: Sequence[int]) -> str:
    rows = "".join(_rows("td", row, numbers) for row in body)
    return f"<table>\n<thead>{_rows('th', head, numbers)}</thead>\n<tbody>\n{rows}</tbody></table>\n"


def _percent(interval: Interval) -> str:
    if math.isnan(interval.low):
        return f"{100 * interval.value:.1f}"
    return f"{100 * interval.value:.1f} [{100 * interval.low:.1f}, {100 * interval.high:.1f}]"


def _score_table(scores: Sequence[Score]) -> str:
    def row(score: Score) -> list[str]:
        margin = ""
        if score.margin is not None:
            m = score.margin
            margin = f"{_percent(Interval(m.difference, m.low, m.high))}, p = {m.p:.3f}"
        folds = " ".join(f"{100 * accuracy:.1f}" for accuracy in score.folds)
        name = f"<strong>{_text(score.name)}</strong>" if score.kind == "audited" else _text(score.name)
        what = f'{name}<br><span class="rule">{_text(score.how)}</span>'
        return [what, _percent(score.accuracy), f"{100 * score.mean_of_folds:.1f}", folds, f"{score.p:.4f}", margin]

    head = ["decoder", "accuracy % [over subjects]", "mean of folds", "folds", "p (permutation)", "margin over it, points"]
    return _table(head, map(row, scores), (1, 2, 4, 5))


def _effect_table(effects: Sequence[Effect]) -> str:
    names: dict[tuple[str, str], dict[str, Effect]] = {}
    for effect in effects:
        names.setdefault((effect.kind, effect.name), {})[effect.action] = effect

    def row(item: tuple[tuple[str, str], dict[str, Effect]]) -> list[str]:
        (kind, name), found = item
        exchanged, alone = found.get(perturbation.EXCHANGED), found.get(perturbation.ALONE)
        cells = [_text(kind), _text(name)]
        cells += ["", "", ""] if exchanged is None else [
            _percent(exchanged.accuracy), _percent(exchanged.over_subjects), _percent(exchanged.loss)
        ]
        return [*cells, "" if alone is None else _percent(alone.over_subjects)]

    head = ["", "part", "exchanged % [repetitions]", "exchanged % [over subjects]", "loss, points [over subjects]",
            "alone % [over subjects]"]
    return _table(head, map(row, names.items()), (2, 3, 4, 5))


def _figures(audited: Audited, audit: Audit) -> str:
    from .figures import draw

    chance = next((b.accuracy.value for b in audited.baselines if b.kind == "majority"), 0.5)
    parts = []
    for shows, svg in draw(audited, audit.channel_names, chance).items():
        data = base64.b64encode(svg.encode()).decode()
        parts.append(
            f'<figure><img alt="{_text(shows)}" src="data:image/svg+xml;base64,{data}">'
            f"<figcaption>{_text(shows)}</figcaption></figure>\n"
        )
    return "".join(parts)


def _section(audited: Audited, audit: Audit) -> str:
    judged = audited.verdict
    findings = "".join(
        f'<li>{_text(f.text)}<br><span class="rule">{_text(f.rule)}</span></li>\n' for f in judged.findings
    )
    single = [e for e in audited.effects if e.kind == "electrode"]
    other = [e for e in audited.effects if e.kind != "electrode"]
    electrodes = f"<details><summary>Single electrodes</summary>{_effect_table(single)}</details>" if single else ""
    return (
        f"<h2>{_text(audited.name)}</h2>\n<p>{_text(audited.origin)}</p>\n"
        f'<p class="verdict {judged.kind.replace(" ", "-")}">{_text(judged.sentence)}</p>\n'
        f'<p class="rule">{_text(verdict.OVERALL_RULE)}</p>\n<ul>\n{findings}</ul>\n'
        f"{_figures(audited, audit)}<h3>Beside simple decoders</h3>\n{_score_table([audited.score, *audited.baselines])}"
        f"<h3>Exchanged and alone</h3>\n{_effect_table(other)}{electrodes}\n"
    )


def _data(audit: Audit) -> str:
    d = audit.data
    classes = ", ".join(f"{name} ({count})" for name, count in d["classes"].items())
    synthetic = " <strong>Synthetic recordings: they say nothing about people.</strong>" if d["synthetic"] else ""
    low, high = d["filter_hz"]
    return (
        f"<p>{counted(d['trials'], 'trial')} of {counted(len(d['subjects']), 'subject')}: {_text(classes)}; "
        f"{counted(d['channels'], 'channel')}, {d['samples']} samples at {d['sampling_rate_hz']:g} Hz "
        f"from {d['start_s']:g} s after the cue, filter {low:g} to {high:g} Hz.{synthetic}</p>\n"
    )


def _methods(audit: Audit) -> str:
    s = audit.settings
    regions = "; ".join(f"{name}: {' '.join(electrodes)}" for name, electrodes in REGIONS.items())
    paragraphs = [
        "<strong>Trials.</strong> Only trials of people count with whom the decoder was not trained. "
        "Intervals over subjects are from "
        f"{N_RESAMPLES} resamples of the subjects with replacement; they say what other people of the same kind "
        "may give.",
        f"<strong>p by permutation.</strong> Labels are shuffled {s.permutations} times within each subject while "
        "predictions stay; p is the share of shuffles with as many right, the true order included. The margin over a "
        "baseline is tested over folds by the corrected paired t-test of Nadeau and Bengio (2003).",
        "<strong>Simple decoders.</strong> Trained in the same folds on all subjects that a fold does not test. Slow "
        f"potentials: means of {baselines.N_BINS} parts of the trial, shrinkage LDA (scikit-learn). Rhythms: "
        f"{baselines.RHYTHM_HZ[0]:g} to {baselines.RHYTHM_HZ[1]:g} Hz, covariances by OAS, CSP with six filters or "
        "tangent space at the log-Euclidean mean (pyRiemann), then shrinkage LDA; aligned means that each subject's "
        "covariances are whitened by their mean, without labels.",
        "<strong>Exchanged.</strong> The part is taken from a random trial of another class of the same subject, drawn "
        f"{s.repetitions} times ({s.electrode_repetitions} for single electrodes); the interval of the repetitions is "
        "of these draws alone. <strong>Alone.</strong> All else is 0. Bands are cut from the trial's Fourier "
        "transform. What goes with the eyes is the difference of two electrodes beside the eyes with what a regression "
        "on it explains in all others, coefficients of each subject from all samples: a stand-in for an "
        "electro-oculogram, into which frontal brain activity enters, too.",
        "<strong>Shares.</strong> The loss by exchanging everything is apportioned by the mean over all orders in which "
        "the parts can be exchanged (Shapley 1953); shares of a whole add up to 100 %. Eye potentials spread over the "
        "whole head, so the frontal electrodes' share is the least that is due to the eyes, not the most.",
        f"<strong>Regions.</strong> {_text(regions)}.",
        f"Seed {s.seed}; libsnnfe {audit.version}; data {audit.data['hash']}. The same numbers are in audit.csv and "
        "audit.json beside this page.",
    ]
    return "<h2>How it was computed</h2>\n" + "".join(f"<p>{p}</p>\n" for p in paragraphs)


def page(audit: Audit) -> str:
    """The page, which needs nothing but itself."""
    body = "".join(_section(audited, audit) for audited in audit.decoders)
    if audit.data_baselines:
        body = (
            "<h2>Simple decoders</h2>\n<p>No decoder was given: this is what simple models make of the recordings.</p>\n"
            + _score_table(audit.data_baselines)
        )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>What the decoder listens to</title>\n'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">\n'
        f"<style>{_STYLE}</style></head><body>\n<h1>What the decoder listens to</h1>\n"
        f"{_data(audit)}{body}{_methods(audit)}</body></html>\n"
    )
