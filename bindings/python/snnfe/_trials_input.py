"""What a classifier of EEG trials is given: arrays or Epochs, their channels, places, rates and z-scores."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from . import _epochs
from .dataset import Dataset
from .montage import Montage, places

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# Rate of arrays, which do not say it: that of EEGMMIDB.
_RATE_HZ = 160.0
# Deviation below which trials that are used as they are can only be in volts.
_LEAST_DEVIATION = 1e-3


class TrialsInput(BaseEstimator):  # type: ignore[misc]
    """An estimator that makes data sets of what it is given; the parameters are those of `SNNClassifier`."""

    channel_names: Sequence[str] | None
    montage: Montage | None
    n_channels: int | None
    sampling_rate_hz: float | None
    grid: tuple[int, int]
    normalize: bool | str
    classes_: NDArray[Any]

    def _checked(self, X: ArrayLike, y: ArrayLike, reset: bool) -> tuple[NDArray[Any], NDArray[Any]]:
        x, labels = validate_data(self, self._samples(X, reset), y, allow_nd=True, dtype=np.float64, reset=reset)
        check_classification_targets(labels)
        return x, labels

    def _samples(self, X: Any, reset: bool) -> Any:
        """X as an array, and what it says of channels and rate, which has to stay as it was fitted."""
        names, rate = self.channel_names, self.sampling_rate_hz
        if _epochs.is_epochs(X):
            X, found, found_rate = _epochs.microvolts(X, names)
            names = found if names is None else names
            if rate is not None and abs(rate - found_rate) > 1e-6 * rate:
                raise ValueError(f"sampling_rate_hz is {rate:g}, but the epochs have {found_rate:g} Hz")
            rate = found_rate
        elif not reset:
            return X
        told = (None if names is None else list(names), _RATE_HZ if rate is None else float(rate))
        if reset:
            self.channel_names_, self.sampling_rate_hz_ = told
        elif told != (self.channel_names_, self.sampling_rate_hz_) and self.channel_names_ is not None:
            raise ValueError(
                f"the epochs have {_described(*told)}, but the classifier was fitted to "
                f"{_described(self.channel_names_, self.sampling_rate_hz_)}"
            )
        return X

    def _trials(self, X: NDArray[Any]) -> NDArray[Any]:
        """X as trials [n, n_channels, n_steps]."""
        if X.ndim == 3:
            return X
        if X.ndim != 2:
            raise ValueError(
                f"X must be [n, n_channels, n_steps], or [n, n_channels * n_steps], not of shape {X.shape}"
            )
        n_channels = self.n_channels or (1 if self.channel_names_ is None else len(self.channel_names_))
        if X.shape[1] % n_channels:
            raise ValueError(
                f"X has {X.shape[1]} features, which are no multiple of n_channels = {n_channels}"
            )
        return X.reshape(len(X), n_channels, -1)

    def _warn_of_guesses(self, X: NDArray[Any]) -> None:
        """Say what is assumed about channels and units that nobody gave."""
        if self.montage is not None and self.channel_names_ is None:
            raise ValueError("montage gives places by label: give channel_names, too")
        if not self.normalize and 0 < X.std() < _LEAST_DEVIATION:
            warnings.warn(
                f"normalize=False takes trials as they are, and X deviates by {X.std():.1e} only: is it in volts?",
                stacklevel=4,
            )
        if self.channel_names_ is not None:
            return
        if X.ndim == 2 and self.n_channels is None:
            warnings.warn(
                f"X has {X.shape[1]} features, which are taken as one channel of so many samples: give "
                "n_channels or channel_names, or X [n, n_channels, n_steps]",
                stacklevel=4,
            )
        n_channels = self._trials(X).shape[1]
        if n_channels > 1:
            guess = "taken to be EEGMMIDB's, in its order" if n_channels == 64 else "placed row by row"
            warnings.warn(
                f"channel_names is not given: the {n_channels} channels are {guess}", stacklevel=4
            )

    def _channel_places(self, n_channels: int) -> list[tuple[int, int]] | None:
        n_rows, n_columns = self.grid
        if n_channels > 64:
            raise ValueError(f"X has {n_channels} channels; the library takes up to 64: choose by channel_names")
        if self.channel_names_ is not None:
            if len(self.channel_names_) != n_channels:
                raise ValueError(
                    f"X has {n_channels} channels, but channel_names has {len(self.channel_names_)}"
                )
            return places(self.channel_names_, self.montage, n_rows=n_rows, n_columns=n_columns)
        if n_channels == 64 and self.grid == (10, 11):
            return None
        first = (n_rows * n_columns - n_channels) // 2
        return [divmod(first + i, n_columns) for i in range(n_channels)]

    def _dataset(
        self,
        X: NDArray[Any],
        y: NDArray[Any] | None = None,
        subjects: NDArray[Any] | None = None,
        numbers: NDArray[Any] | None = None,
    ) -> Dataset:
        """`numbers` [n] tell the trials of X apart."""
        x = np.ascontiguousarray(self._normalized(self._trials(X), subjects), np.float32)
        labels = np.zeros(len(x), np.int32) if y is None else y
        data = self._dataset_of(x, labels)
        if numbers is None:
            return data
        # Known by their values: a trial by those of its first window.
        firsts = np.unique(numbers, return_index=True)[1]
        with data:
            return self._dataset_of(x, labels, data.trial_ids[firsts[numbers]])

    def _dataset_of(
        self, x: NDArray[Any], labels: NDArray[Any], trial_ids: NDArray[Any] | None = None
    ) -> Dataset:
        grid = self._channel_places(x.shape[1])
        return Dataset.from_arrays(
            x,
            labels,
            trial_ids=trial_ids,
            channel_rows=None if grid is None else [row for row, _ in grid],
            channel_columns=None if grid is None else [column for _, column in grid],
            n_rows=self.grid[0],
            n_columns=self.grid[1],
            n_classes=len(self.classes_),
            sampling_rate_hz=self.sampling_rate_hz_,
            channel_names=self.channel_names_,
        )

    def _normalized(self, trials: NDArray[Any], subjects: NDArray[Any] | None) -> NDArray[Any]:
        if self.normalize != "subject":
            return np.asarray((trials - self._mean) / self._std)
        z = np.empty_like(trials)
        of_trial = np.zeros(len(trials)) if subjects is None else subjects
        for subject in np.unique(of_trial):
            mean, std = statistics(trials[of_trial == subject])
            z[of_trial == subject] = (trials[of_trial == subject] - mean) / std
        return z

    def _learn_statistics(self, X: NDArray[Any]) -> None:
        if self.normalize not in (True, False, "subject"):
            raise ValueError(f'normalize must be True, False or "subject", not {self.normalize!r}')
        trials = self._trials(X)
        shape = (1, trials.shape[1], 1)
        self._mean, self._std = np.zeros(shape), np.ones(shape)
        if self.normalize is True:
            self._mean, self._std = statistics(trials)

    def _validated(self, X: ArrayLike) -> NDArray[Any]:
        samples = self._samples(X, reset=False)
        checked: NDArray[Any] = validate_data(self, samples, allow_nd=True, dtype=np.float64, reset=False)
        return checked


def statistics(trials: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Mean and standard deviation of each channel [1, n_channels, 1]; 1 for a constant channel."""
    spread = trials.std((0, 2), keepdims=True)
    return trials.mean((0, 2), keepdims=True), np.where(spread > 0, spread, 1.0)


def _described(names: Sequence[str] | None, rate: float) -> str:
    return f"{rate:g} Hz and the channels {'' if names is None else ', '.join(names)}"
