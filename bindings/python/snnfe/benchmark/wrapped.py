"""A classifier around another one that changes what it is given."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted


class Wrapped(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Decides by `estimator_`, which `fit` of a subclass has trained, on what `_input` makes of trials."""

    estimator_: Any

    @abstractmethod
    def _input(self, X: NDArray[Any]) -> NDArray[Any]:
        """What the estimator is given of trials of one person."""

    def predict(self, X: NDArray[Any]) -> NDArray[Any]:
        """Labels [n] of one person's trials."""
        check_is_fitted(self, "estimator_")
        labels: NDArray[Any] = self.estimator_.predict(self._input(X))
        return labels

    def predict_proba(self, X: NDArray[Any]) -> NDArray[Any]:
        """Probabilities [n, n_classes] of one person's trials."""
        check_is_fitted(self, "estimator_")
        probabilities: NDArray[Any] = self.estimator_.predict_proba(self._input(X))
        return probabilities
