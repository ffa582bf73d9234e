"""What is audited: labeled trials of several people, with names of electrodes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .._arrays import FloatArray, IntArray
from ..dataset import Dataset
from ..errors import ArgumentError, NonfiniteError, NotFoundError
from ..montage import plain_label

#: Regions of the head by electrodes of the 10-10 system. Eye potentials are largest in "frontal", hand
#: imagery is expected in "central"; each of the 64 electrodes of EEGMMIDB is in one region.
REGIONS: dict[str, tuple[str, ...]] = {
    "frontal": tuple("FP1 FPZ FP2 AF7 AF3 AFZ AF4 AF8 F7 F8 FT7 FT8".split()),
    "middle frontal": tuple("F5 F3 F1 FZ F2 F4 F6".split()),
    "central": tuple(
        "FC5 FC3 FC1 FCZ FC2 FC4 FC6 C5 C3 C1 CZ C2 C4 C6 CP5 CP3 CP1 CPZ CP2 CP4 CP6".split()
    ),
    "temporal": tuple("T7 T8 T9 T10 TP7 TP8".split()),
    "parietal": tuple("P7 P5 P3 P1 PZ P2 P4 P6 P8".split()),
    "occipital": tuple("PO7 PO3 POZ PO4 PO8 O1 OZ O2 IZ".split()),
}
#: Electrodes left and right of the eyes, the first pair that a recording has stands for the eyes.
EYE_PAIRS = (("AF7", "AF8"), ("F7", "F8"), ("FP1", "FP2"))


@dataclass(frozen=True)
class Material:
    """Trials float32 [n, n_channels, n_steps] with label, subject and id of each; `start_s` is when
    trials begin, in seconds after the cue. `channel_names` are plain, such as "C3"."""

    trials: FloatArray
    labels: IntArray
    subjects: IntArray
    trial_ids: NDArray[np.uint64]
    channel_names: tuple[str, ...]
    class_names: tuple[str, ...]
    sampling_rate_hz: float
    start_s: float = 0.0

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def subject_list(self) -> list[int]:
        """The subjects, ascending."""
        return [int(subject) for subject in np.unique(self.subjects)]

    def channels(self, names: Sequence[str], of: str) -> NDArray[np.intp]:
        """Positions of electrodes. Raises NotFoundError naming those that are not there."""
        missing = [name for name in names if plain_label(name) not in self.channel_names]
        if missing:
            raise NotFoundError(
                f"{of} names the electrodes {', '.join(missing)}, which the recordings do not have; they have "
                f"{', '.join(self.channel_names)}"
            )
        return np.array([self.channel_names.index(plain_label(name)) for name in names], np.intp)

    def eye_pair(self) -> tuple[str, str] | None:
        """The electrodes whose difference stands for horizontal eye movements."""
        return next((pair for pair in EYE_PAIRS if set(pair) <= set(self.channel_names)), None)

    def fingerprint(self) -> str:
        """A hash of all that an audit depends on."""
        digest = hashlib.sha256()
        for array in (self.trials, self.labels, self.subjects):
            digest.update(np.ascontiguousarray(array).data)
        digest.update(repr((self.channel_names, self.class_names, self.sampling_rate_hz)).encode())
        return digest.hexdigest()


def prepare(dataset: Dataset, start_s: float = 0.0) -> Material:
    """The material of a data set.

    Raises ArgumentError for fewer than two classes or subjects and for subjects that have trials of one
    class only; NonfiniteError.
    """
    material = Material(
        dataset.trials,
        dataset.labels,
        dataset.subjects,
        dataset.trial_ids,
        tuple(plain_label(name) for name in dataset.channel_names),
        tuple(dataset.class_names),
        dataset.sampling_rate_hz,
        start_s,
    )
    _check_finite(material.trials)
    _check_people(material)
    return material


def _check_finite(trials: FloatArray) -> None:
    bad = np.argwhere(~np.isfinite(trials))
    if len(bad):
        trial, channel, step = bad[0]
        raise NonfiniteError(
            f"trial {trial}, channel {channel}, sample {step} is {trials[tuple(bad[0])]}: leave such trials out "
            "(Dataset.subset) or repair them"
        )


def _check_people(material: Material) -> None:
    classes = np.unique(material.labels)
    if len(classes) < 2:
        raise ArgumentError(
            f'all {len(material)} trials are of the class "{material.class_names[classes[0]]}": an audit needs '
            "at least two classes; read runs that have both"
        )
    if len(material.subject_list) < 2:
        raise ArgumentError(
            f"all {len(material)} trials are of subject {material.subject_list[0]}: an audit tests on people "
            "that training has not seen and needs at least two; read more subjects"
        )
    for subject in material.subject_list:
        own = np.unique(material.labels[material.subjects == subject])
        if len(own) < 2:
            raise ArgumentError(
                f'subject {subject} has trials of the class "{material.class_names[own[0]]}" only, and nothing to '
                f"exchange them with: leave it out (--subjects, or Dataset.subset with subjects != {subject}) or "
                "read its other runs"
            )


def present_regions(
    material: Material, regions: Mapping[str, Sequence[str]] | None
) -> dict[str, NDArray[np.intp]]:
    """Positions of the electrodes of each region.

    Of the known regions (None) those electrodes that are there, and no region without one; of the
    caller's all. Raises NotFoundError for an electrode of the caller's that is not there, ArgumentError
    for an empty region.
    """
    if regions is None:
        there = {
            name: [e for e in electrodes if e in material.channel_names]
            for name, electrodes in REGIONS.items()
        }
        return {name: material.channels(found, name) for name, found in there.items() if found}
    for name, electrodes in regions.items():
        if isinstance(electrodes, str) or not electrodes:
            raise ArgumentError(f"region {name} must be a list of electrodes such as ['C3', 'C4'], not {electrodes!r}")
    return {name: material.channels(electrodes, f"region {name}") for name, electrodes in regions.items()}


def check_not_flat(material: Material, names: Sequence[str], use: str) -> None:
    """Raise ArgumentError if an electrode that something rests on is flat in all trials of a subject."""
    at = material.channels(names, use)
    for subject in material.subject_list:
        own = material.trials[material.subjects == subject][:, at]
        flat = np.flatnonzero(np.ptp(own, axis=(0, 2)) == 0)
        if len(flat):
            raise ArgumentError(
                f"electrode {names[flat[0]]} of subject {subject} is flat, and {use} rests on it: leave the "
                "subject out, or give recordings without that electrode"
            )
