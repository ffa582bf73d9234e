"""The audit from data and decoders to numbers and verdict."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import _arrays
from .._callbacks import Progress, ProgressOption, reporter
from .._files import StrPath
from .._library import version
from ..dataset import Dataset
from ..errors import ArgumentError, CancelledError
from ..network import Network
from . import baselines, perturbation, shares
from ._extras import need, need_all
from .decoders import Decoder, Positions, groups, of_classifier, of_networks
from .journal import Journal
from .material import Material, prepare, present_regions
from .perturbation import ALONE, EXCHANGED, Measured
from .statistics import Comparison, Interval, Resampling, corrected_t, interval_of, over_repetitions, permutation_p
from .verdict import Evidence, Rival, TimeLoss, Verdict, judge

#: What may be audited: a network, those of a cross-validation, a classifier, or a `Decoder` made before.
Auditable = Network | Sequence[Network] | Decoder | Any


@dataclass(frozen=True)
class Settings:
    """How an audit is made; the defaults take about ten minutes for a network and 945 trials on two cores,
    half of them for the single electrodes. `electrode_repetitions` = 0 leaves those out."""

    seed: int = 1
    repetitions: int = 5
    electrode_repetitions: int = 2
    permutations: int = 9999


@dataclass(frozen=True)
class Score:
    """Accuracy of a decoder: of all trials with an interval over subjects, of each fold, their mean, the
    permutation test's p, and the audited decoder's margin over it (None for itself)."""

    name: str
    kind: str
    how: str
    accuracy: Interval
    folds: tuple[float, ...]
    p: float
    margin: Comparison | None

    @property
    def mean_of_folds(self) -> float:
        """Mean of the folds' accuracies."""
        return float(np.mean(self.folds))


@dataclass(frozen=True)
class Effect:
    """Accuracy with a part exchanged or alone: `accuracy` with the interval of the repetitions (known from two
    on), `over_subjects`, and `loss` against the whole trials over subjects."""

    kind: str
    name: str
    action: str
    repetitions: int
    accuracy: Interval
    over_subjects: Interval
    loss: Interval


@dataclass(frozen=True)
class Audited:
    """Everything about one decoder. `shares` are those of electrodes and, under other names, of the eyes."""

    name: str
    origin: str
    score: Score
    baselines: tuple[Score, ...]
    effects: tuple[Effect, ...]
    electrode_shares: Mapping[str, Interval]
    eye_share: Interval | None
    verdict: Verdict

    def effect(self, kind: str, name: str, action: str = EXCHANGED) -> Effect:
        """One of `effects`. Raises KeyError."""
        for effect in self.effects:
            if (effect.kind, effect.name, effect.action) == (kind, name, action):
                return effect
        raise KeyError(f"{kind} {name} {action}")


@dataclass(frozen=True)
class Audit:
    """Result of `audit`: `data` describes the recordings; without decoders `data_baselines` has what simple
    models make of them."""

    settings: Settings
    data: Mapping[str, Any]
    decoders: tuple[Audited, ...]
    data_baselines: tuple[Score, ...]
    channel_names: tuple[str, ...]
    version: str


class _Bar:
    """Progress over everything that an audit does."""

    def __init__(self, progress: ProgressOption, total: int) -> None:
        self._report, self._done, self._total = reporter(progress), 0, total

    def add(self, n: int = 1) -> None:
        self._done += n
        if self._report is not None and self._report(
            Progress("audit", self._done, self._total, 0, 0.0, math.nan)
        ):
            raise CancelledError("the audit was stopped; what is measured is kept if it has a folder")

    def close(self) -> None:
        close = getattr(self._report, "close", None)
        if close is not None:
            close()


def audit(
    dataset: Dataset,
    decoders: Mapping[str, Auditable] | None = None,
    *,
    rhythms: Dataset | None = None,
    regions: Mapping[str, Sequence[str]] | None = None,
    start_s: float = 0.0,
    settings: Settings = Settings(),
    folder: StrPath | None = None,
    progress: ProgressOption = None,
) -> Audit:
    """Find out what decoders of left and right, or of other classes, decide by.

    `decoders` are networks, lists of the networks of a cross-validation, classifiers with scikit-learn's `fit` and
    `predict` (trained here in folds over subjects, on trials [n, n_channels, n_steps]), or what `of_fitted` makes of
    one that is trained; without any, only the baselines are run. `rhythms` is for the baselines of rhythms: the
    same trials band-passed to 8 to 30 Hz and perhaps longer. `regions` are electrodes by name in place of
    `REGIONS`; `start_s` is when trials begin, in seconds after the cue. With a `folder`, an audit that was
    interrupted goes on where it was. Results depend on `settings`, not on time or threads.

    Raises ArgumentError (fewer than two classes or subjects, a subject with one class, flat references),
    NotFoundError (an electrode), ShapeError (a network that does not fit), OverlapError (one that has seen
    everybody), NonfiniteError, CancelledError, ImportError naming a package that is missing.
    """
    need_all()
    _check(settings)
    material = prepare(dataset, start_s)
    found = present_regions(material, regions)
    made = [_decoder(name, what, dataset, material) for name, what in (decoders or {}).items()]
    folds = [decoder_folds(decoder, material) for decoder in made]
    if not made:
        folds = [groups(material, np.arange(len(material)))]
    plan = _Plan(material, found, rhythms, settings, Path(folder) if folder is not None else None)
    bar = _Bar(progress, plan.size(len(made), folds))
    try:
        with need("threadpoolctl").threadpool_limits(1):
            told = [list(plan.rivals(fold, bar)) for fold in folds]
        audited = [plan.audit(*each, bar) for each in zip(made, folds, told)]
    finally:
        bar.close()
    only_data = () if made else tuple(plan.score(b.name, b.kind, b.how, b.predicted, folds[0]) for b in told[0])
    return Audit(settings, _described(dataset, material), tuple(audited), only_data, material.channel_names, version())


def _check(settings: Settings) -> None:
    for name, least in (("repetitions", 1), ("electrode_repetitions", 0), ("permutations", 1), ("seed", 0)):
        _arrays.whole(name, getattr(settings, name), least, 10**6)


def _described(dataset: Dataset, material: Material) -> dict[str, Any]:
    info = dataset.info
    names, counts = material.class_names, np.bincount(material.labels, minlength=len(material.class_names))
    return {
        "trials": len(material),
        "subjects": material.subject_list,
        "classes": {name: int(count) for name, count in zip(names, counts)},
        "channels": len(material.channel_names),
        "samples": info["n_steps"],
        "sampling_rate_hz": info["sampling_rate_hz"],
        "filter_hz": [info["filter_low_hz"], info["filter_high_hz"]],
        "normalization": info["normalization"],
        "synthetic": bool(info["synthetic"]),
        "start_s": material.start_s,
        "hash": material.fingerprint()[:16],
    }


def _decoder(name: str, what: Auditable, dataset: Dataset, material: Material) -> Decoder:
    if isinstance(what, Decoder):
        return what
    if isinstance(what, Network):
        return of_networks(name, [what], dataset, material)
    if isinstance(what, Sequence) and all(isinstance(network, Network) for network in what):
        return of_networks(name, what, dataset, material)
    return of_classifier(name, what, material, groups(material, np.arange(len(material))))


def decoder_folds(decoder: Decoder, material: Material) -> list[Positions]:
    """The folds of comparisons: a decoder's own, or contiguous groups of the subjects it is tested on."""
    if len(decoder.parts) > 1:
        return [part.test for part in decoder.parts]
    return groups(material, decoder.tested)


# --- one decoder ---------------------------------------------------------------------------------------


class _Plan:
    """What is done with every decoder."""

    def __init__(
        self,
        material: Material,
        regions: Mapping[str, NDArray[np.intp]],
        rhythms: Dataset | None,
        settings: Settings,
        folder: Path | None,
    ) -> None:
        self.material, self.regions, self.rhythms, self.settings = material, regions, rhythms, settings
        self.folder = folder
        self.players = shares.players(material, regions)
        self.cells = perturbation.cells(
            material, regions, shares.teams(self.players), settings.electrode_repetitions > 0
        )
        most = max(settings.repetitions, settings.electrode_repetitions)
        self.partner = perturbation.partners(material, most, settings.seed)
        self._told: dict[bytes, list[baselines.Baseline]] = {}

    def repetitions(self, cell: perturbation.Cell) -> int:
        if cell.kind == "electrode":
            return self.settings.electrode_repetitions
        return self.settings.repetitions

    def size(self, n_decoders: int, folds: Sequence[Sequence[Positions]]) -> int:
        evaluations = sum(1 if cell.action == ALONE else self.repetitions(cell) for cell in self.cells)
        return n_decoders * evaluations + len(folds) * baselines.count(self.material, self.regions)

    def rivals(self, folds: Sequence[Positions], bar: _Bar) -> Iterator[baselines.Baseline]:
        """Baselines in some folds; the same folds are not run twice."""
        key = b"".join(fold.tobytes() + b"|" for fold in folds)
        if key not in self._told:
            kept = self._told[key] = []
            for baseline in baselines.run(self.material, folds, self.regions, self.rhythms):
                kept.append(baseline)
                bar.add()
        else:
            bar.add(len(self._told[key]))
        yield from self._told[key]

    def audit(
        self, decoder: Decoder, folds: Sequence[Positions], told: Sequence[baselines.Baseline], bar: _Bar
    ) -> Audited:
        tested = decoder.tested
        predicted = decoder.predictions(lambda at: self.material.trials[at])
        resampling = Resampling(self.material.subjects[tested], self.settings.seed)
        right = predicted == self.material.labels[tested]
        measured = self._measured(decoder, bar)
        everywhere = np.full(len(self.material), -1)
        everywhere[tested] = predicted
        own = self.score(decoder.name, "audited", decoder.origin, everywhere[np.concatenate(list(folds))], folds)
        rivals = tuple(self.score(b.name, b.kind, b.how, b.predicted, folds, own.folds) for b in told)
        losses = _Losses(right, measured, resampling)
        by_electrodes = self._electrode_shares(losses)
        eye = losses.eye_share()
        evidence = self._evidence(own, rivals, losses, by_electrodes, eye)
        return Audited(
            decoder.name,
            decoder.origin,
            own,
            rivals,
            tuple(losses.effect(m) for m in measured.values()),
            {name: interval_of(draws) for name, draws in by_electrodes.items()},
            None if eye is None else interval_of(eye),
            judge(evidence),
        )

    def score(
        self,
        name: str,
        kind: str,
        how: str,
        predicted: NDArray[Any],
        folds: Sequence[Positions],
        audited: Sequence[float] | None = None,
    ) -> Score:
        """Score of predictions in the order of the folds' trials."""
        at = np.concatenate(list(folds))
        labels, subjects = self.material.labels[at], self.material.subjects[at]
        right = predicted == labels
        accuracies = _fold_means(right, folds)
        margin = None
        if audited is not None:
            n_train = [len(baselines.training_trials(self.material, fold)) for fold in folds]
            margin = corrected_t(audited, accuracies, n_train, [len(fold) for fold in folds])
        seed = self.settings.seed
        return Score(
            name,
            kind,
            how,
            Resampling(subjects, seed).interval(right),
            accuracies,
            permutation_p(predicted, labels, subjects, self.settings.permutations, seed),
            margin,
        )

    def _measured(self, decoder: Decoder, bar: _Bar) -> dict[str, Measured]:
        parts = (decoder.name, decoder.fingerprint, self.material.fingerprint(), repr(self.settings))
        key = hashlib.sha256("\n".join((*parts, *(cell.key for cell in self.cells), version())).encode()).hexdigest()
        path = None
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"progress-{key[:12]}.jsonl"
        journal = Journal(path, key)
        for cell in self.cells:
            if cell.key not in journal.found:
                n = self.repetitions(cell)
                journal.add(cell.key, perturbation.measure(decoder, self.material, cell, self.partner, n))
            bar.add(journal.found[cell.key].n)
        return {cell.key: journal.found[cell.key] for cell in self.cells}

    def _electrode_shares(self, losses: _Losses) -> dict[str, NDArray[Any]]:
        names = list(self.players)
        if len(names) < 2:
            return {}

        def loss(members: frozenset[str]) -> NDArray[Any]:
            if not members:
                return np.zeros_like(losses.whole)
            if len(members) == len(names):
                return losses.whole
            return losses.draws("team", shares.team_name(members))

        return shares.apportion(names, loss)

    def _evidence(
        self,
        own: Score,
        rivals: Sequence[Score],
        losses: _Losses,
        by_electrodes: Mapping[str, NDArray[Any]],
        eye: NDArray[Any] | None,
    ) -> Evidence:
        over = None
        if by_electrodes:
            over = interval_of(by_electrodes[shares.FRONTAL] - by_electrodes[shares.CENTRAL])
        alone = ("region", shares.FRONTAL, ALONE)
        material = self.material
        times = [
            TimeLoss(
                material.start_s + begin / material.sampling_rate_hz,
                material.start_s + end / material.sampling_rate_hz,
                interval_of(losses.draws("time", name)),
            )
            for name, (begin, end) in perturbation.time_bins(material).items()
        ]
        pair = material.eye_pair()
        named = {rival.name: rival for rival in rivals}
        rhythms = [rival for rival in rivals if rival.kind == "rhythm"]
        majority = next(rival for rival in rivals if rival.kind == "majority")
        return Evidence(
            own.accuracy,
            max(majority.accuracy.value, 1 / len(material.class_names)),
            own.p,
            {name: interval_of(draws) for name, draws in by_electrodes.items()},
            over,
            None if eye is None else interval_of(eye),
            interval_of(losses.draws(*alone)) if losses.has(*alone) else None,
            losses.slow_over_rhythm(material),
            float(losses.whole[0]),
            times,
            None if pair is None else _rival(named[baselines.pair_name(pair)]),
            _rival(max(rhythms, key=lambda rival: rival.accuracy.value)) if rhythms else None,
        )


def _rival(score: Score) -> Rival:
    return Rival(score.name, score.accuracy, score.p, score.margin)


def _fold_means(right: NDArray[Any], folds: Sequence[Positions]) -> tuple[float, ...]:
    edges = np.cumsum([len(fold) for fold in folds])[:-1]
    return tuple(float(part.mean()) for part in np.split(right, edges))


class _Losses:
    """Losses of accuracy by exchanging parts, for resamples of the subjects."""

    def __init__(self, right: NDArray[Any], measured: Mapping[str, Measured], resampling: Resampling) -> None:
        self._right, self._measured, self._resampling = right, measured, resampling
        self.whole = self.draws("all", "everything")

    def has(self, kind: str, name: str, action: str) -> bool:
        return f"{kind}/{name}/{action}" in self._measured

    def draws(self, kind: str, name: str, action: str = EXCHANGED) -> NDArray[Any]:
        return self._resampling.draws(self._right - self._measured[f"{kind}/{name}/{action}"].right)

    def effect(self, measured: Measured) -> Effect:
        return Effect(
            measured.kind,
            measured.name,
            measured.action,
            measured.n,
            over_repetitions(measured.counts, measured.n),
            self._resampling.interval(measured.right),
            self._resampling.interval(self._right - measured.right),
        )

    def eye_share(self) -> NDArray[Any] | None:
        eyes, rest = perturbation.EYES, perturbation.NOT_EYES
        if not self.has("eyes", eyes, EXCHANGED):
            return None
        values = {
            frozenset[str](): np.zeros_like(self.whole),
            frozenset({eyes}): self.draws("eyes", eyes),
            frozenset({rest}): self.draws("eyes", rest),
            frozenset({eyes, rest}): self.whole,
        }
        return shares.apportion([eyes, rest], values.__getitem__)[eyes]

    def slow_over_rhythm(self, material: Material) -> Interval | None:
        there = perturbation.bands(material)
        if set(there) < set(list(perturbation.BANDS)[:4]):
            return None
        slow = [name for name, (_, high) in there.items() if high <= 8]
        fast = [name for name, (low, high) in there.items() if low >= 8 and high <= 30]
        lost = [np.sum([self.draws("band", name) for name in names], axis=0) for names in (slow, fast)]
        return interval_of(lost[0] - lost[1])
