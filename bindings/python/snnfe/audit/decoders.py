"""What decides: networks of this package, and any classifier with scikit-learn's methods."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import split
from .._arrays import FloatArray, IntArray
from .._words import counted
from ..dataset import Dataset
from ..errors import ArgumentError, NonfiniteError, OverlapError, ShapeError
from ..evaluation import evaluate
from ..network import Network
from ._extras import need
from .material import Material

#: Classes int [n] of trials [n, n_channels, n_steps].
Predict = Callable[[FloatArray], NDArray[Any]]
Positions = NDArray[np.intp]
#: Groups of subjects, one a fold, where networks do not say who tested them.
N_GROUPS = 5


@dataclass(frozen=True)
class Part:
    """A predictor, and the positions of the trials that judge it: of people that did not train it."""

    predict: Predict
    test: Positions


@dataclass(frozen=True)
class Decoder:
    """What is audited: one predictor, or those of a cross-validation. `origin` says how it came to its
    trials, `fingerprint` what it is."""

    name: str
    parts: tuple[Part, ...]
    origin: str
    fingerprint: str

    @property
    def tested(self) -> Positions:
        """Positions of all trials that judge it, in the order of `predictions`."""
        return np.concatenate([part.test for part in self.parts])

    def predictions(self, trials_of: Callable[[Positions], FloatArray]) -> NDArray[Any]:
        """Classes of the tested trials, which `trials_of` gives for positions."""
        return np.concatenate([np.asarray(part.predict(trials_of(part.test))) for part in self.parts])


def groups(material: Material, tested: Positions) -> list[Positions]:
    """Positions of the trials of each contiguous group of the tested subjects."""
    subjects = np.unique(material.subjects[tested])
    group = split.groups(len(subjects), min(N_GROUPS, len(subjects)))
    return [
        tested[np.isin(material.subjects[tested], subjects[group == k])] for k in range(int(group.max()) + 1)
    ]


# --- networks ----------------------------------------------------------------------------------------


def _strangers(network: Network, dataset: Dataset, name: str) -> tuple[Positions, str]:
    """Positions of trials of people that the network was not made with, and how that is known."""
    known = np.concatenate([network.trials(use).ids for use in ("trained", "validated")])
    if not len(known):
        return np.arange(len(dataset)), (
            "its file does not say what trained it: all trials are taken as those of people it has not seen"
        )
    familiar = np.unique(dataset.subjects[np.isin(dataset.trial_ids, known)])
    tested = np.flatnonzero(~np.isin(dataset.subjects, familiar))
    if not len(tested):
        raise OverlapError(
            f"{name} was trained or validated with trials of every subject of the data: an audit needs people that "
            "it has not seen; give other recordings, or the networks of a cross-validation"
        )
    n = len(np.unique(dataset.subjects[tested]))
    if not len(familiar):
        return tested, f"tested on {counted(n, 'subject')}, none of whom trained it"
    return tested, f"tested on the {n} of {n + len(familiar)} subjects with whom it was not trained"


def _network_predict(network: Network, material: Material, dataset: Dataset) -> Predict:
    info = dataset.info
    rows, columns = np.array(dataset.channel_rows), np.array(dataset.channel_columns)

    def predict(trials: FloatArray) -> NDArray[Any]:
        grid = np.zeros((len(trials), info["n_rows"], info["n_columns"], info["n_steps"]), np.float32)
        grid[:, rows, columns] = trials
        return network.predict(grid)

    return predict


def _check_grid(network: Network, dataset: Dataset, name: str) -> None:
    options, info = network.options, dataset.info
    fields = ("n_rows", "n_columns", "n_steps", "n_classes")
    wrong = [field for field in fields if options[field] != info[field]]
    if wrong:
        what = ", ".join(f"{field} {options[field]}, not {info[field]}" for field in wrong)
        raise ShapeError(
            f"{name} does not fit the data: it has {what}; read the recordings with the montage, the window and "
            "the classes that trained it"
        )


def _network_fingerprint(networks: Sequence[Network]) -> str:
    digest = hashlib.sha256()
    for network in networks:
        digest.update(repr(sorted(network.options.items())).encode())
        for name, values in network.state_dict().items():
            digest.update(name.encode() + values.tobytes())
    return digest.hexdigest()


def of_networks(name: str, networks: Sequence[Network], dataset: Dataset, material: Material) -> Decoder:
    """A network, or the networks of a cross-validation, each tested on people it has not seen.

    Raises ShapeError for a network whose grid or signal does not fit, OverlapError for one that has seen
    everybody, ArgumentError for several networks that share tested people.
    """
    if not networks:
        raise ArgumentError(f"{name} has no network")
    parts, origins = [], []
    for network in networks:
        _check_grid(network, dataset, name)
        tested, origin = _strangers(network, dataset, name)
        evaluate(network, dataset, tested[:1])  # refuses data of another kind than trained it
        parts.append(Part(_network_predict(network, material, dataset), tested))
        origins.append(origin)
    decoder = Decoder(name, tuple(parts), _joined(origins), _network_fingerprint(networks))
    shared = np.unique(decoder.tested, return_counts=True)[1].max()
    if shared > 1:
        raise ArgumentError(
            f"{name}: {shared} networks are tested on the same people, so they are no cross-validation: audit each "
            "on its own"
        )
    return decoder


def _joined(origins: Sequence[str]) -> str:
    if len(origins) == 1:
        return origins[0]
    return f"{len(origins)} networks of a cross-validation, each tested on the subjects with whom it was not trained"


# --- classifiers ---------------------------------------------------------------------------------------


def of_classifier(name: str, classifier: Any, material: Material, folds: Sequence[Positions]) -> Decoder:
    """A classifier with `fit` and `predict`, trained again for each fold, on the trials of everybody else.

    It gets trials [n, n_channels, n_steps] and classes from 0. Raises TypeError for what is no classifier.
    """
    base = need("sklearn.base")
    if not (hasattr(classifier, "fit") and hasattr(classifier, "predict")):
        raise TypeError(f"{name} must have fit and predict as scikit-learn's classifiers have, not be {classifier!r}")
    parts = []
    for test in folds:
        train = np.flatnonzero(~np.isin(material.subjects, material.subjects[test]))
        trained = base.clone(classifier).fit(material.trials[train], material.labels[train])
        parts.append(Part(_checked(name, trained.predict, material.labels), test))
    origin = f"trained here in {counted(len(parts), 'fold')}, each tested on subjects with whom it was not trained"
    return Decoder(name, tuple(parts), origin, _fingerprint(classifier, folds))


def of_fitted(name: str, classifier: Any, material: Material, tested: Positions | None = None) -> Decoder:
    """A classifier that is trained already; `tested` are the positions of trials that may judge it (None:
    all). It gets trials [n, n_channels, n_steps] and gives classes from 0. Raises TypeError."""
    if not hasattr(classifier, "predict"):
        raise TypeError(f"{name} must have predict as scikit-learn's classifiers have, not be {classifier!r}")
    test = np.arange(len(material)) if tested is None else np.asarray(tested, np.intp)
    part = Part(_checked(name, classifier.predict, material.labels), test)
    return Decoder(
        name, (part,), f"trained elsewhere, tested on {counted(len(test), 'trial')}", _fingerprint(classifier, [test])
    )


def _fingerprint(classifier: Any, folds: Sequence[Positions]) -> str:
    """What a classifier is: what pickle makes of it, or else its description."""
    try:
        content = pickle.dumps(classifier)
    except Exception:  # a classifier of the caller's may hold anything
        content = repr(classifier).encode()
    digest = hashlib.sha256(content)
    for fold in folds:
        digest.update(fold.tobytes())
    return digest.hexdigest()


def _checked(name: str, predict: Predict, labels: IntArray) -> Predict:
    """A predictor whose answers are looked at: one class for each trial, of those that there are."""
    known = np.unique(labels)

    def checked(trials: FloatArray) -> NDArray[Any]:
        found = np.asarray(predict(trials))
        if found.shape != (len(trials),):
            raise ShapeError(f"{name} gives {found.shape} values for {len(trials)} trials, not a class for each")
        if found.dtype.kind == "f" and not np.isfinite(found).all():
            raise NonfiniteError(f"{name} gives values that are no classes, such as NaN")
        strange = np.setdiff1d(found, known)
        if len(strange):
            raise ArgumentError(
                f"{name} predicts {strange[0]!r}, which is no class: it must give the classes it was trained on, "
                f"{known.tolist()}"
            )
        return found

    return checked
