"""A verdict in plain words, by rules that are stated beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .shares import CENTRAL, FRONTAL
from .statistics import Comparison, Interval

#: Seconds after the cue before which no eye has reached it.
SACCADE_S = 0.2
#: Shares of the decision from which on something is its larger part, half, and up to which it is called a small
#: part, a convention.
MAIN, MINOR = 1 / 2, 1 / 4
#: Loss of accuracy that frontal electrodes alone may have if they are to be called enough.
ENOUGH = 0.05
LEVEL = 0.05


@dataclass(frozen=True)
class TimeLoss:
    """Loss of accuracy by exchanging the samples from `begin_s` to `end_s` after the cue."""

    begin_s: float
    end_s: float
    loss: Interval


@dataclass(frozen=True)
class Rival:
    """A simple decoder of the same trials, and how much better the audited one is."""

    name: str
    accuracy: Interval
    p: float
    margin: Comparison | None


@dataclass(frozen=True)
class Evidence:
    """What the rules judge by; None and empty where it was not measured. Intervals are over subjects.

    `shares` are those of frontal, central and other electrodes, `frontal_over_central` the difference of
    the first two, `eyes` the share of what goes with the eyes; `frontal_alone` is the loss with the
    frontal electrodes alone; `whole_loss` that of exchanging everything; `slow_over_rhythm` how much more exchanging up to 8 Hz costs than 8 to 30 Hz.
    """

    accuracy: Interval
    chance: float
    p: float
    shares: Mapping[str, Interval]
    frontal_over_central: Interval | None
    eyes: Interval | None
    frontal_alone: Interval | None
    slow_over_rhythm: Interval | None
    whole_loss: float
    times: Sequence[TimeLoss]
    pair: Rival | None
    best_rhythm: Rival | None


@dataclass(frozen=True)
class Finding:
    """Outcome of one rule: the `rule`, what it found in a word, and in a sentence."""

    rule: str
    outcome: str
    text: str


@dataclass(frozen=True)
class Verdict:
    """`kind` is "nothing", "eyes", "not eyes", "mixed" or "unknown"."""

    kind: str
    sentence: str
    findings: tuple[Finding, ...]


def judge(evidence: Evidence) -> Verdict:
    """Apply all rules."""
    above = _above_chance(evidence)
    if above.outcome == "no":
        sentence = "It decodes nothing that could be told from chance, so there is nothing to explain."
        return Verdict("nothing", sentence, (above,))
    made = [
        above,
        _where(evidence),
        _eyes(evidence),
        _frontal_alone(evidence),
        _pair(evidence),
        _frequencies(evidence),
        _time(evidence),
        _rhythm(evidence),
    ]
    findings = tuple(finding for finding in made if finding is not None)
    kind = _kind(evidence)
    return Verdict(kind, _SENTENCES[kind].format(shares=_told_shares(evidence)), findings)


OVERALL_RULE = (
    f"It is called eye movements if what goes with the eyes carries at least {100 * MAIN:g} % of the decision and "
    "frontal electrodes clearly more of it than central ones; other than eye movements if what goes with the eyes "
    f"carries at most {100 * MINOR:g} % and frontal electrodes are not clearly ahead; mixed otherwise."
)

_SENTENCES = {
    "eyes": "Eye movements explain most of the decision: {shares}. That imagery is decoded is not shown, and somebody "
    "who cannot move the eyes should not expect it to work.",
    "not eyes": "Eye movements do not explain the decision: {shares}.",
    "mixed": "The decision is mixed: {shares}. How well it would do without the eyes has to be measured with them "
    "controlled.",
    "unknown": "What carries the decision is not known: the recordings lack the electrodes that the rules need.",
}


def _kind(e: Evidence) -> str:
    if e.eyes is None or e.frontal_over_central is None:
        return "unknown"
    ahead = e.frontal_over_central.low > 0
    if e.eyes.value >= MAIN and ahead:
        return "eyes"
    if e.eyes.value <= MINOR and not ahead:
        return "not eyes"
    return "mixed"


def _told_shares(e: Evidence) -> str:
    parts = []
    if e.eyes is not None:
        parts.append(f"what goes with the eyes carries {e.eyes} of it")
    if e.shares:
        carried = ", ".join(f"{name} ones {share}" for name, share in e.shares.items())
        parts.append(f"by electrodes, {carried}")
    return "; ".join(parts)


# --- rules -------------------------------------------------------------------------------------------


def _above_chance(e: Evidence) -> Finding:
    above = e.p < LEVEL and e.accuracy.low > e.chance
    text = f"{e.accuracy} of the trials are right; the more frequent class is {100 * e.chance:.1f} %; p = {e.p:.4f}."
    rule = (
        f"Above chance: shuffling labels within subjects gives as many right with p < {LEVEL:g}, and the interval over "
        "subjects lies above the share of the more frequent class."
    )
    return Finding(rule, "yes" if above else "no", text)


def _sign(interval: Interval) -> int:
    """1 and -1 for intervals above and below 0, 0 for one that holds it."""
    return (interval.low > 0) - (interval.high < 0)


def _points(interval: Interval) -> str:
    return f"{100 * interval.value:+.1f} points [{100 * interval.low:+.1f}, {100 * interval.high:+.1f}]"


def _where(e: Evidence) -> Finding | None:
    if e.frontal_over_central is None:
        return None
    words = {
        1: ("frontal", "Frontal electrodes carry more of the decision than central ones"),
        -1: ("central", "Central electrodes carry more of the decision than frontal ones"),
        0: ("neither", "Neither frontal nor central electrodes clearly carry more of the decision"),
    }
    outcome, text = words[_sign(e.frontal_over_central)]
    rule = "Where: the interval of the frontal electrodes' share less the central ones' lies above or below 0."
    detail = ", ".join(f"{name} {share}" for name, share in e.shares.items())
    return Finding(rule, outcome, f"{text}: {detail}; difference {_points(e.frontal_over_central)}.")


def _eyes(e: Evidence) -> Finding | None:
    if e.eyes is None:
        return None
    outcome = "larger part" if e.eyes.value >= MAIN else "small part" if e.eyes.value <= MINOR else "part"
    text = (
        f"The difference of the electrodes beside the eyes, with all that goes with it elsewhere, carries {e.eyes} of "
        f"the decision."
    )
    rule = (
        f"Eyes: what goes with the eyes is the larger part from {100 * MAIN:g} % on and a small part up to "
        f"{100 * MINOR:g} %."
    )
    return Finding(rule, outcome, text)


def _frontal_alone(e: Evidence) -> Finding | None:
    if e.frontal_alone is None:
        return None
    enough = e.frontal_alone.value <= ENOUGH
    text = (
        f"With all electrodes but the frontal ones set to 0 the accuracy changes by "
        f"{_points(Interval(-e.frontal_alone.value, -e.frontal_alone.high, -e.frontal_alone.low))}: the frontal "
        f"electrodes alone are {'enough' if enough else 'not enough'}."
    )
    rule = f"Frontal alone: they are enough if they lose at most {100 * ENOUGH:g} points."
    return Finding(rule, "enough" if enough else "not enough", text)


def _pair(e: Evidence) -> Finding | None:
    if e.pair is None or e.pair.margin is None:
        return None
    margin = e.pair.margin
    as_well = e.pair.p < LEVEL and not margin.low > 0
    text = (
        f"{e.pair.name} alone is right in {e.pair.accuracy}; the decoder's margin over it is "
        f"{_points(Interval(margin.difference, margin.low, margin.high))}, p = {margin.p:.3f}: "
        + ("a linear model of two electrodes does as well." if as_well else "a linear model of two electrodes does not do as well.")
    )
    rule = (
        "Two electrodes: a linear model of two frontal electrodes does as well if it is above chance and the interval of "
        "the margin over it (corrected paired t-test over folds) is not above 0."
    )
    return Finding(rule, "as well" if as_well else "not as well", text)


def _frequencies(e: Evidence) -> Finding | None:
    if e.slow_over_rhythm is None:
        return None
    words = {
        1: ("slow", "The decision rests on slow potentials more than on the rhythms of the hand areas"),
        -1: ("rhythm", "The decision rests on the rhythms of the hand areas more than on slow potentials"),
        0: ("neither", "Neither slow potentials nor the rhythms of the hand areas clearly carry more"),
    }
    outcome, text = words[_sign(e.slow_over_rhythm)]
    rule = (
        "Frequencies: the interval of the loss by exchanging the bands up to 8 Hz less that of the bands from 8 to 30 Hz "
        "lies above or below 0."
    )
    return Finding(rule, outcome, f"{text}: {_points(e.slow_over_rhythm)}.")


def _time(e: Evidence) -> Finding | None:
    if not e.times:
        return None
    telling = [time for time in e.times if time.loss.low > 0 and time.loss.value >= e.whole_loss / 10]
    rule = (
        "Time: parts of the trial count whose exchange costs at least a tenth of what exchanging everything costs, with "
        f"an interval above 0; one that ends by {SACCADE_S:g} s after the cue is before any eye can have reached it."
    )
    if not telling:
        return Finding(rule, "spread", "No part of the trial alone costs as much: the decision is spread over time.")
    most = max(telling, key=lambda time: time.loss.value)
    before = [time for time in telling if time.end_s <= SACCADE_S]
    text = (
        f"The decision is made from {telling[0].begin_s:.2f} to {telling[-1].end_s:.2f} s after the cue, most of all from "
        f"{most.begin_s:.2f} to {most.end_s:.2f} s: "
    )
    if before:
        return Finding(rule, "before", text + "partly before an eye can have reached the cue.")
    return Finding(rule, "after", text + "not before an eye can have reached the cue.")


def _rhythm(e: Evidence) -> Finding | None:
    if e.best_rhythm is None:
        return None
    text = f"The best decoder of rhythms alone, {e.best_rhythm.name}, is right in {e.best_rhythm.accuracy}."
    rule = "Rhythms: what simple decoders of 8 to 30 Hz reach on the same trials, the best of those in the table."
    return Finding(rule, "told", text)
