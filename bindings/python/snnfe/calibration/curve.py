"""Accuracy by the number of a person's labeled trials."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .. import _arrays
from .._intervals import Interval, Resampling
from .._words import counted
from ..dataset import Dataset
from ..errors import ArgumentError
from ..network import Network
from ..trainer import TrainerOptions
from .networks import Positions, in_time, personalized, right, strangers

if TYPE_CHECKING:
    from typing import Unpack

    from numpy.typing import ArrayLike

#: Labeled trials of a person.
SIZES = (0, 5, 10, 20, 40)


@dataclass(frozen=True)
class Curve:
    """Accuracies [n_subjects, n_sizes] of each of `subjects` after `sizes` labeled trials, all on the same `n_test`
    [n_subjects] trials a draw, which no size has trained on; `seed` is that of the intervals' draws."""

    subjects: NDArray[Any]
    sizes: tuple[int, ...]
    accuracies: NDArray[np.float64]
    n_test: NDArray[Any]
    seed: int = 5

    def intervals(self) -> list[Interval]:
        """Mean over subjects after each size, with its 95 % interval over subjects."""
        resampling = Resampling(self.subjects, self.seed)
        return [resampling.interval(column) for column in self.accuracies.T]

    def gains(self) -> list[Interval]:
        """Difference of each size to the smallest one, within subjects."""
        resampling = Resampling(self.subjects, self.seed)
        return [resampling.interval(column - self.accuracies[:, 0]) for column in self.accuracies.T]

    def table(self) -> str:
        """CSV with a row for each subject and size."""
        lines = ["subject,n_calibration,n_test,accuracy"]
        for i, subject in enumerate(self.subjects):
            lines += [
                f"{subject},{size},{self.n_test[i]},{self.accuracies[i, j]:.6f}" for j, size in enumerate(self.sizes)
            ]
        return "\n".join(lines) + "\n"

    def __str__(self) -> str:
        trials = counted(int(self.n_test.sum()), "trial")
        lines = [f"accuracy over {counted(len(self.subjects), 'subject')}, {trials} tested"]
        for size, mean, gain in zip(self.sizes, self.intervals(), self.gains(), strict=True):
            more = f", {100 * gain.value:+.1f} [{100 * gain.low:+.1f}, {100 * gain.high:+.1f}] points"
            lines.append(f"{size} labeled trials: {mean}{more if size != self.sizes[0] else ''}")
        return "\n".join(lines)


def curve(
    networks: Network | Sequence[Network],
    dataset: Dataset,
    sizes: Sequence[int] = SIZES,
    *,
    subjects: ArrayLike | None = None,
    n_draws: int = 0,
    layers: Sequence[str] | None = None,
    progress: Callable[[str], None] | None = None,
    **options: Unpack[TrainerOptions],
) -> Curve:
    """Personalize to the first 0, 5, 10, … labeled trials of each subject (None: all), test on the later ones.

    Of `networks`, each subject gets the first that has not seen them. Trials count in the order in which they
    were recorded; those after the largest size test, whatever size trained. With `n_draws` the order is drawn so
    often instead, and accuracies are means: more trials test where a person has few, but no longer only later ones.
    `layers` and `options` are those of `snnfe.personalize`. Raises OverlapError (a subject that every network
    knows), ArgumentError (a subject with too few trials).
    """
    listed = [networks] if isinstance(networks, Network) else list(networks)
    counts = tuple(sorted({_arrays.whole("sizes", size, 0, 2**31 - 1) for size in sizes}))
    if not counts:
        raise ArgumentError("sizes is empty: give numbers of labeled trials, such as 0, 5, 10")
    _arrays.whole("n_draws", n_draws, 0, 10**6)
    of_subject = strangers(listed, dataset, subjects)
    seed = int(options.get("seed", 5))
    accuracies = np.zeros((len(of_subject), len(counts)))
    n_test = np.zeros(len(of_subject), np.int64)
    for i, (subject, network) in enumerate(of_subject.items()):
        trials = in_time(dataset, subject)
        n_test[i] = len(trials) - counts[-1]
        if n_test[i] < 1:
            raise ArgumentError(
                f"subject {subject} has {len(trials)} trials, so none is left to test after {counts[-1]}: "
                "take smaller sizes"
            )
        orders = list(_orders(trials, n_draws, seed))
        for order in orders:
            test = order[counts[-1] :]
            for j, size in enumerate(counts):
                tuned = personalized(network, dataset, order[:size], layers, options)
                accuracies[i, j] += right(tuned, dataset, test).mean() / len(orders)
        if progress is not None:
            told = ", ".join(f"{size}: {100 * a:.0f} %" for size, a in zip(counts, accuracies[i], strict=True))
            progress(f"subject {subject} ({i + 1} of {len(of_subject)}): {told}")
    return Curve(np.array(list(of_subject)), counts, accuracies, n_test, seed)


def _orders(trials: Positions, n_draws: int, seed: int) -> Iterator[Positions]:
    """As recorded, or drawn."""
    if not n_draws:
        yield trials
    for draw in range(n_draws):
        yield np.random.default_rng((seed, draw)).permutation(trials)
