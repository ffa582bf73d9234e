"""A scikit-learn classifier of EEG trials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from .dataset import Dataset
from .device import Device
from .montage import places
from .network import Network
from .trainer import Trainer

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_N_ROWS, _N_COLUMNS = 10, 11


class SNNClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """The spiking network as a classifier, for pipelines, cross-validation and MOABB.

    `fit` trains a new network, or goes on with a copy of `network`; `partial_fit` personalises the
    fitted one: the weights and decays of `personal_layers`, through the device.

    Parameters
    ----------
    channel_names : labels such as "C3" of the channels, which give their places in the grid; None =
        the 64 EEGMMIDB channels in file order, or (for another number of channels) places row by row.
    n_channels : number of channels of a two-dimensional X, whose rows are trials [n_channels *
        n_steps] as a scaler needs them; None = 1.
    network : a `Network`, or None for a new one.
    conv_channels, n_hidden, dropout : sizes of a new network.
    n_epochs, batch_size, learning_rate, schedule : of `fit`.
    device : None for floating point in `fit`, a published device's name such as "dut2", or a `Device`.
    threshold, levels : of the training through a device.
    personal_layers, personal_epochs, personal_learning_rate, personal_device : of `partial_fit`.
    normalise : z-score each channel with the statistics of the data given to `fit`.
    random_state : int, RandomState or None.
    n_threads : 0 = all processors; results do not depend on it.

    Attributes
    ----------
    classes_ : the labels; network_ : the trained `Network`; n_iter_ : epochs trained;
    n_features_in_ : size of the second axis of X.
    """

    def __init__(
        self,
        *,
        channel_names: Sequence[str] | None = None,
        n_channels: int | None = None,
        network: Network | None = None,
        conv_channels: tuple[int, int, int] = (64, 128, 256),
        n_hidden: int = 256,
        dropout: float = 0.3,
        n_epochs: int = 20,
        batch_size: int = 64,
        learning_rate: float = 1e-4,
        schedule: str = "cosine",
        device: str | Device | None = None,
        threshold: float = 0.025,
        levels: int = 0,
        personal_layers: Sequence[str] = ("fc1", "fc2"),
        personal_epochs: int = 5,
        personal_learning_rate: float = 6e-4,
        personal_device: str | Device | None = "dut2",
        normalise: bool = True,
        random_state: Any = None,
        n_threads: int = 0,
    ) -> None:
        self.channel_names = channel_names
        self.n_channels = n_channels
        self.network = network
        self.conv_channels = conv_channels
        self.n_hidden = n_hidden
        self.dropout = dropout
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.device = device
        self.threshold = threshold
        self.levels = levels
        self.personal_layers = personal_layers
        self.personal_epochs = personal_epochs
        self.personal_learning_rate = personal_learning_rate
        self.personal_device = personal_device
        self.normalise = normalise
        self.random_state = random_state
        self.n_threads = n_threads

    # Input

    def _checked(self, X: ArrayLike, y: ArrayLike, reset: bool) -> tuple[NDArray[Any], NDArray[Any]]:
        x, labels = validate_data(self, X, y, allow_nd=True, dtype=np.float64, reset=reset)
        check_classification_targets(labels)
        return x, labels

    def _trials(self, X: NDArray[Any]) -> NDArray[Any]:
        """X as trials [n, n_channels, n_steps]."""
        if X.ndim == 3:
            return X
        if X.ndim != 2:
            raise ValueError(
                f"X must be [n, n_channels, n_steps], or [n, n_channels * n_steps], not of shape {X.shape}"
            )
        n_channels = self.n_channels or 1
        if X.shape[1] % n_channels:
            raise ValueError(
                f"X has {X.shape[1]} features, which are no multiple of n_channels = {n_channels}"
            )
        return X.reshape(len(X), n_channels, -1)

    def _channel_places(self, n_channels: int) -> list[tuple[int, int]] | None:
        if self.channel_names is not None:
            if len(self.channel_names) != n_channels:
                raise ValueError(
                    f"X has {n_channels} channels, but channel_names has {len(self.channel_names)}"
                )
            return places(self.channel_names)
        if n_channels == 64:
            return None
        if n_channels > 64:
            raise ValueError(f"X has {n_channels} channels; the library takes up to 64")
        first = (_N_ROWS * _N_COLUMNS - n_channels) // 2
        return [divmod(first + i, _N_COLUMNS) for i in range(n_channels)]

    def _dataset(self, X: NDArray[Any], y: NDArray[Any] | None = None) -> Dataset:
        x = (self._trials(X) - self._mean) / self._std
        places = self._channel_places(x.shape[1])
        labels = np.zeros(len(x), np.int32) if y is None else y
        return Dataset.from_arrays(
            np.ascontiguousarray(x, np.float32),
            labels,
            channel_rows=None if places is None else [row for row, _ in places],
            channel_columns=None if places is None else [column for _, column in places],
            n_rows=_N_ROWS,
            n_columns=_N_COLUMNS,
            n_classes=len(self.classes_),
        )

    def _learn_statistics(self, X: NDArray[Any]) -> None:
        trials = self._trials(X)
        shape = (1, trials.shape[1], 1)
        self._mean, self._std = np.zeros(shape), np.ones(shape)
        if self.normalise:
            self._mean = trials.mean((0, 2), keepdims=True)
            spread = trials.std((0, 2), keepdims=True)
            self._std = np.where(spread > 0, spread, 1.0)

    # Training

    def _new_network(self, n_steps: int, seed: int) -> Network:
        if self.network is not None:
            return self.network.copy()
        conv1, conv2, conv3 = self.conv_channels
        return Network(
            n_steps=n_steps,
            n_classes=len(self.classes_),
            conv1_channels=conv1,
            conv2_channels=conv2,
            conv3_channels=conv3,
            n_hidden=self.n_hidden,
            dropout=self.dropout,
            seed=seed,
        )

    def _begin(self, X: NDArray[Any], classes: NDArray[Any], seed: int) -> None:
        if len(classes) < 2:
            raise ValueError(f"the classifier needs at least 2 classes; y has 1 class: {classes[0]!r}")
        self.classes_ = classes
        self._learn_statistics(X)
        self.network_ = self._new_network(self._trials(X).shape[2], seed)
        self.n_iter_ = 0

    def _seed(self) -> int:
        return int(check_random_state(self.random_state).randint(2**31 - 1))

    def fit(self, X: ArrayLike, y: ArrayLike) -> SNNClassifier:
        """Train on trials X [n, n_channels, n_steps] (or two-dimensional) with labels y [n]."""
        x, labels = self._checked(X, y, reset=True)
        classes, encoded = np.unique(labels, return_inverse=True)
        seed = self._seed()
        self._begin(x, classes, seed)
        device = _device(self.device)
        with (
            self._dataset(x, encoded) as data,
            Trainer(
                self.network_,
                stage="pretrain" if device is None else "on_device",
                n_epochs=self.n_epochs,
                batch_size=self.batch_size,
                learning_rate=self.learning_rate,
                schedule=self.schedule,
                device=device,
                threshold=self.threshold,
                levels=self.levels,
                seed=seed,
                n_threads=self.n_threads,
                evaluations_per_epoch=0,
            ) as trainer,
        ):
            trainer.run(data, np.arange(len(data)))
        self.n_iter_ += self.n_epochs
        return self

    def partial_fit(self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None) -> SNNClassifier:
        """Personalise to trials of one subject, as the paper does: batches of one trial, only
        `personal_layers`, through `personal_device`. `classes` names all labels in the first call
        of an estimator that was not fitted."""
        first = not hasattr(self, "network_")
        x, labels = self._checked(X, y, reset=first)
        seed = self._seed()
        if first:
            self._begin(x, np.unique(labels if classes is None else np.asarray(classes)), seed)
        unknown = np.setdiff1d(labels, self.classes_)
        if len(unknown):
            raise ValueError(f"y has labels that are not in classes: {unknown.tolist()}")
        tuned = self.network_.copy()
        tuned.freeze_for_stage("sstl", list(self.personal_layers))
        with (
            self._dataset(x, np.searchsorted(self.classes_, labels)) as data,
            Trainer(
                tuned,
                stage="sstl",
                n_epochs=self.personal_epochs,
                learning_rate=self.personal_learning_rate,
                device=_device(self.personal_device),
                threshold=self.threshold,
                levels=self.levels,
                seed=seed,
                n_threads=self.n_threads,
                evaluations_per_epoch=0,
            ) as trainer,
        ):
            trainer.run(data, np.arange(len(data)))
        tuned.unfreeze("*")
        self.network_ = tuned
        self.n_iter_ += self.personal_epochs
        return self

    # Prediction

    def _grid(self, X: ArrayLike) -> NDArray[Any]:
        check_is_fitted(self, "network_")
        checked = validate_data(self, X, allow_nd=True, dtype=np.float64, reset=False)
        with self._dataset(checked) as data:
            return data.grid()

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Labels [n] of trials."""
        grid = self._grid(X)
        labels: NDArray[Any] = self.classes_[self.network_.predict(grid, n_threads=self.n_threads)]
        return labels

    def predict_proba(self, X: ArrayLike) -> NDArray[Any]:
        """Probabilities float64 [n, n_classes] of trials, in the order of `classes_`."""
        grid = self._grid(X)
        p = self.network_.predict_proba(grid, n_threads=self.n_threads).astype(np.float64)
        normalised: NDArray[Any] = p / p.sum(1, keepdims=True)
        return normalised

    def decision_function(self, X: ArrayLike) -> NDArray[Any]:
        """Logits [n, n_classes]; for two classes their difference [n]."""
        grid = self._grid(X)
        logits = self.network_.evaluate(grid, n_threads=self.n_threads).astype(np.float64)
        return logits[:, 1] - logits[:, 0] if len(self.classes_) == 2 else logits


def _device(device: str | Device | None) -> Device | None:
    return Device(device) if isinstance(device, str) else device
