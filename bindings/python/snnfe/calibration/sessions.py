"""From one session to the next: as it is, calibrated before, and personalized on line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._intervals import Interval, Resampling
from .._words import counted
from ..dataset import Dataset
from ..device import Device
from ..errors import ArgumentError
from ..learner import Learner
from ..network import Network
from ..trainer import TrainerOptions
from .networks import Positions, in_time, personalized, right, strangers

if TYPE_CHECKING:
    from typing import Unpack

    from numpy.typing import ArrayLike

# Numbers of runs from one session of a BIDS tree to the next.
_RUNS_OF_SESSION = 100
#: What is compared, in the order of the columns of `Sessions.accuracies`.
WAYS = ("as it is", "calibrated", "on line", "calibrated, on line")


@dataclass(frozen=True)
class Sessions:
    """Accuracies [n_subjects, 4] of `subjects` in the second session, of `n_test` [n_subjects] trials: of a network
    that does not know them, after calibration on the `n_calibration` [n_subjects] trials of the first session, and
    of both while they are personalized on line. On line, a trial is decided before its label is learned."""

    subjects: NDArray[Any]
    accuracies: NDArray[np.float64]
    n_calibration: NDArray[Any]
    n_test: NDArray[Any]
    seed: int = 5

    def intervals(self) -> dict[str, Interval]:
        """Mean over subjects of each way, with its 95 % interval over subjects."""
        resampling = Resampling(self.subjects, self.seed)
        return {way: resampling.interval(column) for way, column in zip(WAYS, self.accuracies.T, strict=True)}

    def table(self) -> str:
        """CSV with a row for each subject and way."""
        lines = ["subject,way,n_calibration,n_test,accuracy"]
        for i, subject in enumerate(self.subjects):
            for way, accuracy in zip(WAYS, self.accuracies[i], strict=True):
                name = way.replace(", ", " and ")
                lines.append(f"{subject},{name},{self.n_calibration[i]},{self.n_test[i]},{accuracy:.6f}")
        return "\n".join(lines) + "\n"

    def __str__(self) -> str:
        trials = counted(int(self.n_test.sum()), "trial")
        lines = [f"second session of {counted(len(self.subjects), 'subject')}, {trials} tested"]
        return "\n".join(lines + [f"{way}: {mean}" for way, mean in self.intervals().items()])


def sessions_of(dataset: Dataset) -> NDArray[np.int32]:
    """The session of each trial, from 1, of a data set that was read from a BIDS tree, by the numbers of its runs."""
    numbers: NDArray[np.int32] = (dataset.runs // _RUNS_OF_SESSION + 1).astype(np.int32)
    return numbers


def across_sessions(
    networks: Network | Sequence[Network],
    dataset: Dataset,
    sessions: ArrayLike | None = None,
    *,
    subjects: ArrayLike | None = None,
    layers: Sequence[str] | None = None,
    progress: Callable[[str], None] | None = None,
    **options: Unpack[TrainerOptions],
) -> Sessions:
    """Calibrate on the first session of each subject (None: all), decode the second, personalize on line meanwhile.

    `sessions` [n_trials] are 1 for trials of the first session, 2 for those of the second, 0 for others (None:
    `sessions_of`). Of `networks`, each subject gets the first that has not seen them. `layers` and `options` are
    those of `snnfe.personalize`; the learner takes its device, rate, threshold, levels and seed from them.
    Raises OverlapError, ArgumentError (a subject without trials of both sessions), ShapeError.
    """
    listed = [networks] if isinstance(networks, Network) else list(networks)
    number = sessions_of(dataset) if sessions is None else np.asarray(sessions)
    if number.shape != (len(dataset),):
        raise ArgumentError(f"sessions must have an entry for each of {len(dataset)} trials, not {number.shape}")
    rows, sizes = [], []
    of_subject = strangers(listed, dataset, subjects)
    for subject, network in of_subject.items():
        trials = in_time(dataset, subject)
        first, second = trials[number[trials] == 1], trials[number[trials] == 2]
        if not len(first) or not len(second):
            raise ArgumentError(
                f"subject {subject} has {len(first)} trials of the first session and {len(second)} of the second: "
                "both are needed"
            )
        calibrated = personalized(network, dataset, first, layers, options)
        rows.append(
            [
                right(network, dataset, second).mean(),
                right(calibrated, dataset, second).mean(),
                _on_line(network, dataset, second, layers, options),
                _on_line(calibrated, dataset, second, layers, options),
            ]
        )
        sizes.append((len(first), len(second)))
        if progress is not None:
            told = ", ".join(f"{way} {100 * accuracy:.0f} %" for way, accuracy in zip(WAYS, rows[-1], strict=True))
            progress(f"subject {subject} ({len(rows)} of {len(of_subject)}): {told}")
    counts = np.array(sizes)
    seed = int(options.get("seed", 5))
    return Sessions(np.array(list(of_subject)), np.array(rows), counts[:, 0], counts[:, 1], seed)


def _on_line(
    network: Network, dataset: Dataset, trials: Positions, layers: Sequence[str] | None, options: TrainerOptions
) -> float:
    """Accuracy of the decisions before each trial's label is learned."""
    shared = ("learning_rate", "threshold", "threshold_asymmetry", "levels", "seed")
    chosen: dict[str, Any] = {name: value for name, value in options.items() if name in shared}
    if layers is not None:
        chosen["layers"] = list(layers)
    device = options.get("device", Device())
    grids, labels = dataset.grid(trials), dataset.labels[trials]
    learner = Learner(network, device=device, **chosen)
    decided = [learner.adapt(grid, int(label))["correct"] for grid, label in zip(grids, labels, strict=True)]
    return float(np.mean(decided))
