"""A scikit-learn classifier of EEG trials."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from . import _arrays
from ._files import StrPath
from ._trials_input import TrialsInput, statistics
from ._words import counted
from .dataset import Dataset
from .device import Device
from .errors import ShapeError
from .evaluation import trial_logits
from .montage import Montage
from .network import Network
from .split import holdout
from .trainer import Trainer

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# A loss above this part of that of guessing has not moved.
_LEFT_CHANCE = 0.97


class SNNClassifier(ClassifierMixin, TrialsInput):  # type: ignore[misc]
    """The spiking network as a classifier, for pipelines, cross-validation and MOABB.

    X are trials [n, n_channels, n_steps] in any unit, or Epochs of MNE, which say themselves what their channels
    and rate are.

    Where X has several windows of each trial, `trials` [n], which all methods but `partial_fit` take, says
    of which: its windows then decide together (`snnfe.trial_logits`), and each row of the result is that of
    its window's trial.

    `fit` trains a new network, or goes on with a copy of `network`; `partial_fit` personalizes the
    fitted one: the weights and decays of `personal_layers`, through the device.

    Parameters
    ----------
    channel_names : labels such as "C3" of the channels, which give their places in the grid; None =
        the 64 EEGMMIDB channels in file order, or (for another number of channels) places row by row,
        with a warning. Of Epochs, these channels are taken, in this order; None = all of type EEG.
    montage : places {label: (row, column)} of `channel_names`; None = those of `snnfe.montage`.
    n_channels : number of channels of a two-dimensional X, whose rows are trials [n_channels *
        n_steps] as a scaler needs them; None = that of `channel_names`, else 1 with a warning.
    sampling_rate_hz : of X, for what the trained network remembers; None = that of Epochs, else 160.
    grid : rows and columns that the channels are placed on, as networks take them; more than 10 × 11 for
        electrodes between those of the paper's cap.
    network : a `Network`, or the path of one, or None for a new one.
    conv_channels, n_hidden, dropout : sizes of a new network.
    n_epochs, batch_size, learning_rate, schedule : of `fit`; with n_epochs = 0 `network` is used as it
        is. The defaults are the paper's, for thousands of trials; with a few hundred, take batches of 8
        and a rate of 1e-3. A ConvergenceWarning says when the loss has stayed at chance.
    validation_fraction : part of each class that is held out in `fit`; the network then is that of the
        epoch of best accuracy on it. 0 = none.
    verbose : draw a progress bar with tqdm.
    device : None for floating point in `fit`, a published device's name such as "dut2", or a `Device`.
    threshold, levels : of the training through a device.
    personal_layers, personal_epochs, personal_learning_rate, personal_device : of `partial_fit`.
    normalize : True to z-score each channel with the statistics of the data given to `fit`; "subject"
        with those of each subject, `subjects` of `fit`, and of all trials that are given to another
        method at once; False for trials as they are. A person whose trials `fit` was given as the target
        is normalized by them.
    random_state : int, RandomState or None.
    n_threads : 0 = all processors; results do not depend on it.

    Attributes
    ----------
    classes_ : the labels; network_ : the trained `Network`; n_iter_ : epochs trained;
    channel_names_ : names of the channels, None where nobody gave them; sampling_rate_hz_ : of X;
    loss_curve_, validation_scores_, validation_trial_scores_ : of each epoch of `fit`, the scores of windows
    and of trials; n_features_in_ : size of the second axis
    of X.
    """

    def __init__(
        self,
        *,
        channel_names: Sequence[str] | None = None,
        montage: Montage | None = None,
        n_channels: int | None = None,
        sampling_rate_hz: float | None = None,
        grid: tuple[int, int] = (10, 11),
        network: Network | StrPath | None = None,
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
        normalize: bool | str = True,
        validation_fraction: float = 0.0,
        verbose: bool = False,
        random_state: Any = None,
        n_threads: int = 0,
    ) -> None:
        self.channel_names = channel_names
        self.montage = montage
        self.n_channels = n_channels
        self.sampling_rate_hz = sampling_rate_hz
        self.grid = grid
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
        self.normalize = normalize
        self.validation_fraction = validation_fraction
        self.verbose = verbose
        self.random_state = random_state
        self.n_threads = n_threads

    def _check_fitting(self, n_steps: int, n_classes: int) -> None:
        """The given network takes such trials and has so many classes."""
        options = self.network_.options
        if options["n_steps"] != n_steps:
            raise ShapeError(f"X has trials of {n_steps} samples, but the network takes {options['n_steps']}")
        if options["n_classes"] != n_classes:
            raise ShapeError(f"y has {n_classes} classes, but the network {options['n_classes']}")
        if (options["n_rows"], options["n_columns"]) != tuple(self.grid):
            raise ShapeError(
                f"the network's grid has {options['n_rows']} rows and {options['n_columns']} columns, not "
                f"{self.grid[0]} and {self.grid[1]} as the places of channels here (grid)"
            )

    def _new_network(self, n_steps: int, seed: int) -> Network:
        if isinstance(self.network, Network):
            return self.network.copy()
        if self.network is not None:
            return Network.load(self.network)
        conv1, conv2, conv3 = self.conv_channels
        return Network(
            n_rows=self.grid[0],
            n_columns=self.grid[1],
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
        self._warn_of_guesses(X)
        n_steps = self._trials(X).shape[2]
        self.network_ = self._new_network(n_steps, seed)
        self._check_fitting(n_steps, len(classes))
        self.n_iter_ = 0

    def _seed(self) -> int:
        return int(check_random_state(self.random_state).randint(2**31 - 1))

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        subjects: ArrayLike | None = None,
        trials: ArrayLike | None = None,
        X_target_unlabeled: ArrayLike | None = None,
        X_target_labeled: ArrayLike | None = None,
        y_target_labeled: ArrayLike | None = None,
    ) -> SNNClassifier:
        """Train on trials X [n, n_channels, n_steps] (or two-dimensional, or Epochs) with labels y [n].

        `subjects` [n], numbers or names, are for `normalize="subject"`; windows of one of `trials` [n] are
        held out together. The `_target_` trials are of the person who is decoded afterwards, as MOABB's
        cross-subject evaluation gives them to steps that ask by `set_fit_request`: with `normalize=True` their
        statistics take the place of those of X for all that follows, and the labeled ones personalize the
        network (`partial_fit`).
        """
        x, labels = self._checked(X, y, reset=True)
        people = None if subjects is None else np.asarray(subjects)
        if people is not None and people.shape != (len(x),):
            raise ValueError(f"subjects must have an entry for each of {len(x)} trials, not {people.shape}")
        if self.normalize == "subject" and people is None:
            raise ValueError('normalize="subject" needs subjects: fit(X, y, subjects=…)')
        classes, encoded = np.unique(labels, return_inverse=True)
        seed = self._seed()
        self._begin(x, classes, seed)
        if self.n_epochs == 0 and self.network is None:
            raise ValueError("n_epochs = 0 trains nothing: give a network to use")
        self.loss_curve_: list[float] = []
        self.validation_scores_: list[float] = []
        self.validation_trial_scores_: list[float] = []
        numbers = None if trials is None else _arrays.trial_numbers(trials, len(x), "X")
        if self.n_epochs:
            with self._dataset(x, encoded, people, numbers) as data:
                self._train(data, encoded, seed)
        if (X_target_labeled is None) != (y_target_labeled is None):
            raise ValueError("X_target_labeled and y_target_labeled belong together: give both")
        self._meet(X_target_unlabeled, X_target_labeled)
        if X_target_labeled is not None and y_target_labeled is not None:
            self.partial_fit(X_target_labeled, y_target_labeled)
        return self

    def _meet(self, *parts: ArrayLike | None) -> None:
        """Take the statistics of the person whose trials `parts` are."""
        given = [self._trials(self._validated(part)) for part in parts if part is not None]
        if given and self.normalize is True:
            self._mean, self._std = statistics(np.concatenate(given))

    def _train(self, data: Dataset, labels: NDArray[Any], seed: int) -> None:
        device = _device(self.device)
        train: NDArray[Any] = np.arange(len(data), dtype=np.int32)
        validation: NDArray[Any] = train[:0]
        if self.validation_fraction:
            train, validation = holdout(labels, self.validation_fraction, seed, trials=data.trial_ids)
        with Trainer(
            self.network_,
            stage="pretrain" if device is None else "on_device",
            progress=self.verbose,
            n_epochs=self.n_epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            schedule=self.schedule,
            schedule_epochs=self.n_epochs,
            device=device,
            threshold=self.threshold,
            levels=self.levels,
            seed=seed,
            n_threads=self.n_threads,
            evaluations_per_epoch=0,
            keep_best=len(validation) > 0,
        ) as trainer:
            log = trainer.run(data, train, validation)
        self.n_iter_ += self.n_epochs
        self.loss_curve_ = log["train_loss"].tolist()
        if len(validation):
            self.validation_scores_ = log["validation_accuracy"].tolist()
            self.validation_trial_scores_ = log["validation_trial_accuracy"].tolist()
        self._warn_of_chance()

    def _warn_of_chance(self) -> None:
        chance = float(np.log(len(self.classes_)))
        if self.loss_curve_[-1] > _LEFT_CHANCE * chance:
            warnings.warn(
                f"after {counted(self.n_epochs, 'epoch')} the loss is {self.loss_curve_[-1]:.3f}, that of guessing is "
                f"{chance:.3f}: take more epochs, a higher learning_rate (now {self.learning_rate:g}) or a "
                f"smaller batch_size (now {self.batch_size})",
                ConvergenceWarning,
                stacklevel=4,
            )

    def partial_fit(self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None) -> SNNClassifier:
        """Personalize to trials of one subject, as the paper does: batches of one trial, only
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
        checked = self._validated(X)
        n_steps = self._trials(checked).shape[2]
        if n_steps != self.network_.options["n_steps"]:
            raise ShapeError(
                f"X has trials of {n_steps} samples, but the classifier was fitted to "
                f"{self.network_.options['n_steps']}"
            )
        with self._dataset(checked) as data:
            return data.grid()

    def _logits(self, X: ArrayLike, trials: ArrayLike | None) -> NDArray[Any]:
        logits = self.network_.evaluate(self._grid(X), n_threads=self.n_threads)
        return logits.astype(np.float64) if trials is None else trial_logits(logits, trials)

    def predict(self, X: ArrayLike, trials: ArrayLike | None = None) -> NDArray[Any]:
        """Labels [n] of trials."""
        check_is_fitted(self, "network_")
        labels: NDArray[Any] = self.classes_[self._logits(X, trials).argmax(1)]
        return labels

    def predict_proba(self, X: ArrayLike, trials: ArrayLike | None = None) -> NDArray[Any]:
        """Probabilities float64 [n, n_classes] of trials, in the order of `classes_`."""
        check_is_fitted(self, "network_")
        if trials is None:
            p = self.network_.predict_proba(self._grid(X), n_threads=self.n_threads).astype(np.float64)
        else:
            sums = self._logits(X, trials)
            p = np.exp(sums - sums.max(1, keepdims=True))
        normalized: NDArray[Any] = p / p.sum(1, keepdims=True)
        return normalized

    def decision_function(self, X: ArrayLike, trials: ArrayLike | None = None) -> NDArray[Any]:
        """Logits [n, n_classes]; for two classes their difference [n]."""
        check_is_fitted(self, "network_")
        logits = self._logits(X, trials)
        return logits[:, 1] - logits[:, 0] if len(self.classes_) == 2 else logits

    def score(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        trials: ArrayLike | None = None,
    ) -> float:
        """Share of right decisions: of windows, or with `trials` [n] of trials, each of which counts once
        with the weight of its first window."""
        if trials is None:
            return float(super().score(X, y, sample_weight))
        labels = np.asarray(y)
        numbers = _arrays.trial_numbers(trials, len(labels), "y")
        firsts = np.unique(numbers, return_index=True)[1]
        if (labels[firsts[numbers]] != labels).any():
            raise ValueError("y has several labels for windows of one trial")
        right = self.predict(X, trials)[firsts] == labels[firsts]
        weights = None if sample_weight is None else np.asarray(sample_weight)[firsts]
        return float(np.average(right, weights=weights))


def _device(device: str | Device | None) -> Device | None:
    return Device(device) if isinstance(device, str) else device
