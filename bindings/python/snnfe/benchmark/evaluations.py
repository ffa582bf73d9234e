"""The evaluations: MOABB's splits and scores, subject after subject, so that what is done stays done."""

from __future__ import annotations

import json
import logging
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import split
from .._files import StrPath
from .._library import version, write_file
from .._program import tell
from ..errors import ArgumentError, OverlapError
from . import pipelines as known
from ._extras import need, need_all, quiet
from .material import HANDS, Trials, read

#: Evaluation -> MOABB's name of it.
EVALUATIONS = {
    "within-session": "WithinSessionEvaluation",
    "cross-session": "CrossSessionEvaluation",
    "cross-subject": "CrossSubjectEvaluation",
}
_SETTINGS_FILE = "settings.json"


@dataclass(frozen=True)
class Settings:
    """What a benchmark does beside data set, paradigm and pipelines."""

    evaluations: tuple[str, ...] = ("within-session",)
    """Of `EVALUATIONS`."""
    pipelines: tuple[str, ...] = known.STANDARD
    """Of `PIPELINES`."""
    seed: int = 5
    """Of splits, weights, batches and dropout."""
    n_folds: int = 5
    """Folds within a session."""
    calibration: float = 0.0
    """Across subjects: part of the target's trials, the first of each session, that are labeled; up to 0.5."""
    network: dict[str, Any] = field(default_factory=dict)
    """Changes of `NETWORK`."""


@dataclass(frozen=True)
class Benchmark:
    """Result: `scores`, by evaluation, are MOABB's data frames; `n_at_chance` says, by evaluation and pipeline, in
    how many folds a training loss stayed at that of guessing (of this run, not of one that it goes on from)."""

    scores: dict[str, Any]
    scoring: str
    n_at_chance: dict[str, dict[str, int]]


def paradigm(
    events: Sequence[str] = HANDS,
    *,
    band_hz: tuple[float, float] = (8.0, 32.0),
    window_s: tuple[float, float] | None = None,
    sampling_rate_hz: float | None = None,
    channels: Sequence[str] | None = None,
    scoring: str | None = None,
) -> Any:
    """MOABB's paradigm of imagined movements.

    `window_s` is from the data set's beginning of a trial (None: all of it); `sampling_rate_hz` resamples;
    `scoring` is "accuracy", "roc_auc" or another scorer of scikit-learn (None: MOABB's, the area under the ROC
    for left and right hand, else the accuracy).
    """
    paradigms = need("moabb.paradigms")
    low, high = band_hz
    begin, end = (0.0, None) if window_s is None else window_s
    options: dict[str, Any] = {
        "fmin": low,
        "fmax": high,
        "tmin": begin,
        "tmax": end,
        "channels": None if channels is None else list(channels),
        "resample": sampling_rate_hz,
        "scorer": scoring,
    }
    if set(events) == set(HANDS):
        return paradigms.LeftRightImagery(**options)
    return paradigms.MotorImagery(n_classes=len(events), events=list(events), **options)


def run(
    dataset: Any, chosen_paradigm: Any, out: StrPath, settings: Settings | None = None, *, progress: bool = False
) -> Benchmark:
    """Evaluate the pipelines on a data set of MOABB, which is not split by anything but MOABB's splitters.

    Scores go to MOABB's HDF5 files in the folder `out`, a subject at a time: an interrupted benchmark goes on
    after the last one. Raises ArgumentError (settings that do not go together, or differ from those of what is in
    `out`), OverlapError (a trial that trains and tests), ImportError.
    """
    need_all()
    wanted = settings or Settings()
    _check(wanted, dataset)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    _keep_settings(folder / _SETTINGS_FILE, dataset, chosen_paradigm, wanted)
    first = read(dataset, chosen_paradigm, dataset.subject_list[:1])
    frames, at_chance = {}, {}
    for name in wanted.evaluations:
        made = _pipelines(name, wanted, first)
        evaluation = _Evaluation(name, dataset, chosen_paradigm, made, folder, wanted, first.channel_names, progress)
        evaluation.run()
        frames[name], at_chance[name] = evaluation.frame(), evaluation.n_at_chance
    return Benchmark(frames, str(chosen_paradigm.scoring), at_chance)


def _pipelines(evaluation: str, settings: Settings, trials: Trials) -> dict[str, Any]:
    """The pipelines that this evaluation is for."""
    across_subjects = evaluation == "cross-subject"
    return known.make(
        [name for name in settings.pipelines if across_subjects or not known.is_aligned(name)],
        trials.channel_names,
        trials.sampling_rate_hz,
        seed=settings.seed,
        network=settings.network,
        across_subjects=across_subjects,
        calibrated=settings.calibration > 0,
    )


def _check(settings: Settings, dataset: Any) -> None:
    unknown = [name for name in settings.evaluations if name not in EVALUATIONS]
    if unknown or not settings.evaluations:
        raise ArgumentError(f"no evaluation is called {', '.join(unknown) or 'so'}; there are {', '.join(EVALUATIONS)}")
    if not settings.pipelines:
        raise ArgumentError(f"no pipeline is named; there are {', '.join(known.PIPELINES)}")
    if all(map(known.is_aligned, settings.pipelines)) and set(settings.evaluations) != {"cross-subject"}:
        raise ArgumentError(f"{', '.join(settings.pipelines)} align people: they are for the evaluation cross-subject")
    if not 0 <= settings.calibration <= 0.5:
        raise ArgumentError(f"calibration must be within 0…0.5 of the target's trials, not {settings.calibration:g}")
    if settings.calibration and settings.evaluations != ("cross-subject",):
        raise ArgumentError("calibration is for the evaluation cross-subject alone")
    if "cross-session" in settings.evaluations and dataset.n_sessions < 2:
        raise ArgumentError(f"{dataset.code} has 1 session of each subject: there is nothing to do across sessions")
    if "cross-subject" in settings.evaluations and len(dataset.subject_list) < 2:
        raise ArgumentError(f"{dataset.code} has 1 subject chosen: there is nothing to do across subjects")


def _keep_settings(path: Path, dataset: Any, chosen_paradigm: Any, settings: Settings) -> None:
    """Write what the scores depend on and MOABB's file does not tell apart, or find the same there."""
    told = {
        "dataset": dataset.code,
        "subjects": [str(subject) for subject in dataset.subject_list],
        "interval": list(dataset.interval),
        "runs": [list(getattr(dataset, name, ())) for name in ("hand_runs", "feet_runs")],
        "paradigm": {key: repr(value) for key, value in sorted(vars(chosen_paradigm).items())},
        **{key: value for key, value in asdict(settings).items() if key not in ("evaluations", "pipelines")},
    }
    text = json.dumps(told, default=str, indent=1)
    if path.exists():
        before = json.loads(path.read_text(encoding="utf-8"))["settings"]
        for key, value in json.loads(text).items():
            if before.get(key) != value:
                raise ArgumentError(
                    f"{path.parent} has scores of another benchmark ({key} {before.get(key)!r}, here {value!r}): "
                    "choose another folder"
                )
        return
    packages = {name: need(name).__version__ for name in ("moabb", "mne", "pyriemann", "sklearn", "numpy")}
    packages["snnfe"] = version()
    whole = {"settings": json.loads(text), "versions": packages}
    write_file(path, (json.dumps(whole, indent=1) + "\n").encode())


class _Evaluation:
    """One of MOABB's evaluations of several pipelines on one data set."""

    def __init__(
        self,
        name: str,
        dataset: Any,
        chosen_paradigm: Any,
        pipelines: dict[str, Any],
        folder: Path,
        settings: Settings,
        channel_names: Sequence[str],
        progress: bool,
    ) -> None:
        self._name, self._dataset, self._paradigm = name, dataset, chosen_paradigm
        self._pipelines, self._settings, self._progress = pipelines, settings, progress
        self._channel_names = list(channel_names)
        self.n_at_chance = dict.fromkeys(pipelines, 0)
        # What MOABB knows a pipeline's scores by, together with the pipeline.
        self._process = chosen_paradigm.make_process_pipelines(dataset, return_epochs=False, return_raws=False)[0]
        self._results = need("moabb.analysis").Results(
            getattr(need("moabb.evaluations"), EVALUATIONS[name]), type(chosen_paradigm), hdf5_path=str(folder)
        )
        self._everybody: tuple[Trials, list[_Fold]] | None = None

    def frame(self) -> Any:
        """MOABB's data frame of the scores."""
        frame = self._results.to_dataframe(pipelines=self._pipelines, process_pipeline=self._process)
        chosen = frame[frame["dataset"] == self._dataset.code]
        order = {name: i for i, name in enumerate(self._pipelines)}
        return chosen.sort_values("pipeline", key=lambda names: names.map(order), kind="stable", ignore_index=True)

    def run(self) -> None:
        """Evaluate what is not there yet."""
        subjects = self._dataset.subject_list
        for i, subject in enumerate(subjects):
            missing = self._results.not_yet_computed(self._pipelines, self._dataset, subject, self._process)
            if not missing:
                continue
            trials, folds = self._of(subject)
            for name, pipeline in missing.items():
                begin = time.perf_counter()
                rows = self._rows(name, pipeline, trials, folds)
                with quiet():
                    self._results.add({name: rows}, self._pipelines, self._process)
                mean = np.mean([row["score"] for row in rows])
                self._say(
                    f"{self._name}: subject {subject} ({i + 1} of {len(subjects)}), {name}: "
                    f"{self._paradigm.scoring} {mean:.3f}, {time.perf_counter() - begin:.1f} s"
                )

    def _say(self, text: str) -> None:
        if self._progress:
            tell(text)

    def _of(self, subject: Any) -> tuple[Trials, list[_Fold]]:
        """The trials that are needed for a subject, and its folds."""
        if self._name != "cross-subject":
            trials = self._read([subject])
            return trials, list(self._folds(trials))
        if self._everybody is None:
            trials = self._read(None)
            self._everybody = trials, list(self._folds(trials))
        trials, folds = self._everybody
        of = trials.metadata["subject"].to_numpy()
        return trials, [fold for fold in folds if of[fold.test[0]] == subject]

    def _read(self, subjects: Sequence[Any] | None) -> Trials:
        trials = read(self._dataset, self._paradigm, subjects)
        if trials.channel_names != self._channel_names:
            raise ArgumentError(
                f"the channels are not the same: {', '.join(self._channel_names)} of the first subject, "
                f"{', '.join(trials.channel_names)} of {subjects}"
            )
        return trials

    def _folds(self, trials: Trials) -> Iterator[_Fold]:
        splitters = need("moabb.evaluations.splitters")
        seed, calibration = self._settings.seed, self._settings.calibration
        makers: dict[str, Callable[[], Any]] = {
            "within-session": lambda: splitters.WithinSessionSplitter(
                n_folds=self._settings.n_folds, shuffle=True, random_state=seed
            ),
            "cross-session": splitters.CrossSessionSplitter,
            "cross-subject": lambda: splitters.CrossSubjectSplitter(
                calibration_size=calibration, calibration_labeled=calibration > 0
            ),
        }
        for parts in makers[self._name]().split(trials.y, trials.metadata):
            fold = _Fold(parts[0], parts[-1], parts[1] if len(parts) == 3 else parts[0][:0])
            _check_apart(self._name, fold, trials)
            yield fold

    def _rows(self, name: str, pipeline: Any, trials: Trials, folds: Sequence[_Fold]) -> list[dict[str, Any]]:
        """Scores of a subject as MOABB's results take them: a row for each session."""
        rows = [row for fold in folds for row in self._scored(name, pipeline, trials, fold)]
        return _means(rows) if self._name == "within-session" else rows

    def _scored(self, name: str, pipeline: Any, trials: Trials, fold: _Fold) -> list[dict[str, Any]]:
        fitted, labels, seconds = self._fitted(name, pipeline, trials, fold)
        scorer = need("sklearn.metrics").check_scoring(fitted, scoring=self._paradigm.scoring)
        sessions = trials.metadata["session"].to_numpy()
        subject = trials.metadata["subject"].to_numpy()[fold.test[0]]
        rows = []
        for session in np.unique(sessions[fold.test]):
            test = fold.test[sessions[fold.test] == session]
            rows.append(
                {
                    "score": float(scorer(fitted, trials.x[test], labels.transform(trials.y[test]))),
                    "time": seconds,
                    "dataset": self._dataset,
                    "subject": subject,
                    "session": session,
                    "n_samples": len(fold.train),
                    "n_samples_test": len(test),
                    "n_classes": len(np.unique(trials.y[test])),
                    "n_channels": trials.x.shape[1],
                    "pipeline": name,
                }
            )
        return rows

    def _fitted(self, name: str, pipeline: Any, trials: Trials, fold: _Fold) -> tuple[Any, Any, float]:
        """A clone that is trained in a fold, the encoder of its labels, seconds of the training."""
        labels = need("sklearn.preprocessing").LabelEncoder().fit(trials.y[fold.train])
        fresh = need("sklearn.base").clone(pipeline)
        told = self._told(fresh, trials, fold, labels)
        begin = time.perf_counter()
        stuck = need("sklearn.exceptions").ConvergenceWarning
        with warnings.catch_warnings(record=True) as said, _silent():
            warnings.simplefilter("always")
            fresh.fit(trials.x[fold.train], labels.transform(trials.y[fold.train]), **told)
        seconds = time.perf_counter() - begin
        self.n_at_chance[name] += any(issubclass(one.category, stuck) for one in said)
        return fresh, labels, seconds

    def _told(self, pipeline: Any, trials: Trials, fold: _Fold, labels: Any) -> dict[str, Any]:
        """Of what is known across subjects, what the pipeline asks for."""
        if self._name != "cross-subject":
            return {}
        known_too = {"subjects": trials.metadata["subject"].to_numpy()[fold.train]}
        if len(fold.calibration):
            known_too["X_target_labeled"] = trials.x[fold.calibration]
            known_too["y_target_labeled"] = labels.transform(trials.y[fold.calibration])
        with need("sklearn").config_context(enable_metadata_routing=True):
            asked = need("sklearn.utils.metadata_routing").get_routing_for_object(pipeline)
            return {name: known_too[name] for name in asked.consumes("fit", set(known_too))}


@contextmanager
def _silent() -> Iterator[None]:
    """Without the log's word on every training that stays at chance, as these are counted."""
    logger = logging.getLogger("snnfe")
    found = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(found)


@dataclass(frozen=True)
class _Fold:
    """Positions of the trials that train, test and, of the target, calibrate."""

    train: NDArray[np.intp]
    test: NDArray[np.intp]
    calibration: NDArray[np.intp]


def _check_apart(name: str, fold: _Fold, trials: Trials) -> None:
    """OverlapError where a fold's test trials, or what the evaluation holds out, are among those that train."""
    known_before = np.concatenate([fold.train, fold.calibration])
    split.check_disjoint(known_before, fold.test)
    held_out = {"within-session": [], "cross-session": ["subject", "session"], "cross-subject": ["subject"]}[name]
    if held_out:
        keys = trials.metadata[held_out].astype(str).agg("/".join, axis=1).to_numpy()
        shared = np.intersect1d(keys[fold.train], keys[fold.test])
        if len(shared):
            raise OverlapError(f"{name}: {shared[0]} both trains and tests")
    contents = {trials.x[i].tobytes(): i for i in known_before}
    for i in fold.test:
        twin = contents.get(trials.x[i].tobytes())
        if twin is not None:
            where = [" ".join(map(str, trials.metadata.iloc[j][["subject", "session", "run"]])) for j in (i, twin)]
            raise OverlapError(
                f"{name}: the same samples are two trials, one of which tests (subject, session, run {where[0]}) and "
                f"one trains ({where[1]})"
            )


def _means(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Means over the folds within each session, as MOABB makes them."""
    means = []
    for session in dict.fromkeys(row["session"] for row in rows):
        own = [row for row in rows if row["session"] == session]
        mean = {key: float(np.mean([row[key] for row in own])) for key in ("score", "time")}
        sizes = {
            "n_samples": own[0]["n_samples"] + own[0]["n_samples_test"],
            "n_samples_test": int(np.mean([row["n_samples_test"] for row in own])),
            "n_classes": max(row["n_classes"] for row in own),
        }
        means.append({**own[0], **mean, **sizes})
    return means
