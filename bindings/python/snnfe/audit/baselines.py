"""What simple decoders make of the same trials: linear models of slow potentials and of rhythms.

All are scikit-learn's and pyRiemann's; they are trained and tested in the folds of the audited decoder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..dataset import Dataset
from ..errors import ArgumentError, ShapeError
from ._extras import need
from .decoders import Positions
from .material import Material, check_not_flat

#: Means of a slow potential over a trial.
N_BINS = 10
#: Rhythms of the hand areas, Hz.
RHYTHM_HZ = (8.0, 30.0)
_N_FILTERS = 6
#: Pairs whose difference is a baseline of its own.
CENTRAL_PAIR = ("C3", "C4")


@dataclass(frozen=True)
class Baseline:
    """A simple decoder: `kind` is "majority", "slow" or "rhythm"; `predicted` [n_tested] are its classes in the
    order of the folds' trials."""

    name: str
    kind: str
    how: str
    predicted: NDArray[Any]


@dataclass(frozen=True)
class _Recipe:
    name: str
    kind: str
    how: str
    features: Callable[[], NDArray[Any]]
    model: Callable[[], Any]


def run(
    material: Material,
    folds: Sequence[Positions],
    regions: Mapping[str, NDArray[np.intp]],
    rhythms: Dataset | None = None,
) -> Iterator[Baseline]:
    """Train and test every baseline.

    `folds` are the positions of the trials that each fold tests; everybody else's train. `rhythms` has the same
    trials as the material, band-passed from whole recordings and perhaps longer; without it the trials
    themselves are band-passed. Raises ShapeError (`rhythms` has other trials), ArgumentError.
    """
    for recipe in _recipes(material, regions, rhythms):
        features = recipe.features()
        yield Baseline(recipe.name, recipe.kind, recipe.how, _in_folds(recipe, features, material, folds))


def count(material: Material, regions: Mapping[str, NDArray[np.intp]]) -> int:
    """Number of baselines that `run` gives."""
    return len(_recipes(material, regions, None))


def training_trials(material: Material, test: Positions) -> Positions:
    """Positions of the trials of all subjects that a fold does not test."""
    return np.flatnonzero(~np.isin(material.subjects, material.subjects[test]))


def _in_folds(
    recipe: _Recipe, features: NDArray[Any], material: Material, folds: Sequence[Positions]
) -> NDArray[Any]:
    found = []
    for test in folds:
        train = training_trials(material, test)
        model = recipe.model().fit(features[train], material.labels[train])
        found.append(model.predict(features[test]))
    return np.concatenate(found)


# --- recipes -----------------------------------------------------------------------------------------


def _recipes(
    material: Material, regions: Mapping[str, NDArray[np.intp]], rhythms: Dataset | None
) -> list[_Recipe]:
    made = [_majority(material), _slow("all electrodes", material, np.arange(len(material.channel_names)))]
    made += [_slow(f"{name} electrodes", material, regions[name]) for name in ("frontal", "central") if name in regions]
    pairs = [material.eye_pair(), CENTRAL_PAIR if set(CENTRAL_PAIR) <= set(material.channel_names) else None]
    made += [_pair(material, pair) for pair in pairs if pair is not None]
    return made + _rhythm_recipes(material, rhythms)


def _majority(material: Material) -> _Recipe:
    return _Recipe(
        "majority",
        "majority",
        "the more frequent class of the training trials",
        lambda: np.zeros((len(material), 1)),
        lambda: need("sklearn.dummy").DummyClassifier(strategy="most_frequent"),
    )


def _lda() -> Any:
    return need("sklearn.discriminant_analysis").LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")


def _slow(name: str, material: Material, channels: NDArray[np.intp]) -> _Recipe:
    return _Recipe(
        f"LDA, slow potentials of {name}",
        "slow",
        f"shrinkage LDA on the means of {N_BINS} equal parts of the trial",
        lambda: binned(material.trials[:, channels]),
        _lda,
    )


def pair_name(pair: tuple[str, str]) -> str:
    """Name of the baseline of two electrodes."""
    return f"LDA, slow potential {pair[0]} − {pair[1]}"


def _pair(material: Material, pair: tuple[str, str]) -> _Recipe:
    def features() -> NDArray[Any]:
        check_not_flat(material, pair, pair_name(pair))
        first, second = material.channels(pair, pair_name(pair))
        return binned(material.trials[:, first] - material.trials[:, second])

    return _Recipe(pair_name(pair), "slow", f"the same on the difference of two electrodes, {N_BINS} numbers", features, _lda)


def binned(signals: NDArray[Any]) -> NDArray[Any]:
    """Means [n, …] of `N_BINS` parts of signals [n, …, n_steps], as equal as they can be."""
    parts = np.array_split(signals.astype(np.float64), N_BINS, axis=-1)
    return np.stack([part.mean(-1) for part in parts if part.shape[-1]], -1).reshape(len(signals), -1)


# --- rhythms -------------------------------------------------------------------------------------------


def _rhythm_recipes(material: Material, rhythms: Dataset | None) -> list[_Recipe]:
    cache: dict[bool, NDArray[Any]] = {}

    def covariances(aligned: bool) -> NDArray[Any]:
        if False not in cache:
            cache[False] = need("pyriemann.estimation").Covariances("oas").transform(_rhythm_trials(material, rhythms))
        if aligned and True not in cache:
            cache[True] = align(cache[False], material.subjects)
        return cache[aligned]

    span = f"{RHYTHM_HZ[0]:g}–{RHYTHM_HZ[1]:g} Hz"
    spatial: dict[str, Callable[[], Any]] = {
        f"CSP + LDA, {span}": lambda: _pipeline(
            need("pyriemann.spatialfilters").CSP(nfilter=_N_FILTERS, metric="euclid"), _lda()
        ),
        f"tangent space + LDA, {span}": lambda: _pipeline(
            need("pyriemann.tangentspace").TangentSpace(metric={"mean": "logeuclid", "map": "riemann"}), _lda()
        ),
    }
    made = []
    for name, model in spatial.items():
        for aligned in (False, True):
            how = "covariances (OAS) of " + ("trials" if rhythms is None else f"{rhythms.info['n_steps']} samples a trial")
            if aligned:
                how += ", each subject's whitened by the mean of all of that subject's (no labels)"
            made.append(
                _Recipe(
                    name + (", aligned" if aligned else ""),
                    "rhythm",
                    how,
                    lambda aligned=aligned: covariances(aligned),  # type: ignore[misc]
                    model,
                )
            )
    return made


def _pipeline(*steps: Any) -> Any:
    return need("sklearn.pipeline").make_pipeline(*steps)


def _rhythm_trials(material: Material, rhythms: Dataset | None) -> NDArray[Any]:
    if rhythms is not None:
        if not np.array_equal(rhythms.trial_ids, material.trial_ids):
            raise ShapeError(
                "rhythms must have the trials of the data, in its order: make both from the same recordings, "
                "subjects and runs"
            )
        return rhythms.trials.astype(np.float64)
    return band_passed(material.trials, material.sampling_rate_hz, *RHYTHM_HZ)


def band_passed(trials: NDArray[Any], rate_hz: float, low_hz: float, high_hz: float) -> NDArray[Any]:
    """Trials [n, n_channels, n_steps] through a Butterworth band-pass of fourth order, forward and backward.

    Raises ArgumentError if the sampling rate is too low for it.
    """
    if rate_hz <= 2 * high_hz:
        raise ArgumentError(
            f"the sampling rate is {rate_hz:g} Hz, but rhythms up to {high_hz:g} Hz need more than {2 * high_hz:g} Hz"
        )
    signal = need("scipy.signal")
    sections = signal.butter(4, [low_hz, high_hz], "bandpass", fs=rate_hz, output="sos")
    reflected = min(3 * (2 * len(sections) + 1), trials.shape[-1] - 1)
    passed: NDArray[Any] = signal.sosfiltfilt(sections, trials.astype(np.float64), padlen=reflected)
    return passed


def align(covariances: NDArray[Any], subjects: NDArray[Any]) -> NDArray[Any]:
    """Covariances [n, c, c], those of each subject whitened by their mean (Euclidean alignment, He and Wu 2020)."""
    whitening = need("pyriemann.preprocessing").Whitening
    aligned = np.empty_like(covariances)
    for subject in np.unique(subjects):
        own = subjects == subject
        aligned[own] = whitening(metric="euclid").fit_transform(covariances[own])
    return aligned
