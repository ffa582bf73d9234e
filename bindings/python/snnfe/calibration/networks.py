"""Which network has not seen a person, and how it is personalized to a few of their trials."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..dataset import Dataset
from ..device import Device
from ..errors import OverlapError
from ..evaluation import evaluate
from ..network import Network
from ..trainer import Trainer, TrainerOptions

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Positions = NDArray[np.int32]

_logger = logging.getLogger("snnfe")


def strangers(networks: Sequence[Network], dataset: Dataset, subjects: ArrayLike | None = None) -> dict[int, Network]:
    """For each subject (None: all), the first of `networks` that none of their trials has trained or validated.

    Raises OverlapError naming a subject that all networks know. Of a network that does not say what trained it, as
    one from elsewhere, nobody knows: a warning says so.
    """
    wanted = dataset.subject_list if subjects is None else np.asarray(subjects)
    of_subject: dict[int, Network] = {}
    ids = [np.concatenate([network.trials(use).ids for use in ("trained", "validated")]) for network in networks]
    known = [np.isin(dataset.trial_ids, of_network) for of_network in ids]
    if not all(map(len, ids)):
        _logger.warning("a network does not say which trials trained it: whether it knows these people is not known")
    for subject in wanted.tolist():
        own = dataset.subjects == subject
        fitting = [network for network, trained in zip(networks, known, strict=True) if not trained[own].any()]
        if not fitting:
            raise OverlapError(
                f"trials of subject {subject} trained {'the network' if len(networks) == 1 else 'every network'}: "
                "a calibration is for people that it has not seen"
            )
        of_subject[subject] = fitting[0]
    return of_subject


def in_time(dataset: Dataset, subject: int) -> Positions:
    """Positions of a subject's trials, in the order in which they were recorded."""
    own = np.flatnonzero(dataset.subjects == subject)
    order = np.lexsort((dataset.onsets[own], dataset.runs[own]))
    return own[order].astype(np.int32)


def personalized(
    network: Network, dataset: Dataset, trials: Positions, layers: Sequence[str] | None, options: TrainerOptions
) -> Network:
    """A copy of the network, trained further on some trials, by the stage "sstl"."""
    tuned = network.copy()
    if not len(trials):
        return tuned
    tuned.freeze_for_stage("sstl", None if layers is None else list(layers))
    filled: dict[str, Any] = {"device": Device(), "evaluations_per_epoch": 0, **options}
    with Trainer(tuned, stage="sstl", **filled) as trainer:
        trainer.run(dataset, trials)
    tuned.unfreeze("*")
    return tuned


def right(network: Network, dataset: Dataset, trials: Positions) -> NDArray[np.bool_]:
    """Which of some trials the network decides rightly."""
    decided = evaluate(network, dataset, trials).logits.argmax(1)
    correct: NDArray[np.bool_] = decided == dataset.labels[trials]
    return correct
