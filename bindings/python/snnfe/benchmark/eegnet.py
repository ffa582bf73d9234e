"""EEGNet of braindecode as a classifier with a seed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from ._extras import need


class EEGNetClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """EEGNet (Lawhern et al. 2018) as braindecode has it, trained with Adam on trials in units of their deviation.

    Parameters
    ----------
    n_epochs, batch_size, learning_rate, dropout : of the training.
    random_state : int, of weights, batches and dropout.
    """

    def __init__(
        self,
        *,
        n_epochs: int = 50,
        batch_size: int = 16,
        learning_rate: float = 1e-3,
        dropout: float = 0.25,
        random_state: int = 5,
    ) -> None:
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.dropout = dropout
        self.random_state = random_state

    def fit(self, X: NDArray[Any], y: ArrayLike) -> EEGNetClassifier:
        """Train on trials X [n, n_channels, n_steps]."""
        torch = need("torch")
        self.classes_, labels = np.unique(np.asarray(y), return_inverse=True)
        self.deviation_ = float(X.std()) or 1.0
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.random_state)
            self.network_ = self._new(X.shape[1], X.shape[2])
            self._train(self._inputs(X), torch.as_tensor(labels))
        return self

    def _new(self, n_channels: int, n_steps: int) -> Any:
        models = need("braindecode.models")
        return models.EEGNet(
            n_chans=n_channels, n_outputs=len(self.classes_), n_times=n_steps, drop_prob=self.dropout
        )

    def _inputs(self, X: NDArray[Any]) -> Any:
        return need("torch").as_tensor(np.asarray(X / self.deviation_, np.float32))

    def _train(self, inputs: Any, labels: Any) -> None:
        torch = need("torch")
        adam = torch.optim.Adam(self.network_.parameters(), lr=self.learning_rate)
        self.network_.train()
        for _ in range(self.n_epochs):
            for batch in torch.randperm(len(inputs)).split(self.batch_size):
                adam.zero_grad()
                torch.nn.functional.cross_entropy(self.network_(inputs[batch]), labels[batch]).backward()
                adam.step()
        self.network_.eval()

    def predict_proba(self, X: NDArray[Any]) -> NDArray[Any]:
        """Probabilities [n, n_classes], in the order of `classes_`."""
        check_is_fitted(self, "network_")
        torch = need("torch")
        with torch.no_grad():
            logits = self.network_(self._inputs(X))
        probabilities: NDArray[Any] = torch.softmax(logits.double(), 1).numpy()
        return probabilities

    def predict(self, X: NDArray[Any]) -> NDArray[Any]:
        """Labels [n]."""
        labels: NDArray[Any] = self.classes_[self.predict_proba(X).argmax(1)]
        return labels
