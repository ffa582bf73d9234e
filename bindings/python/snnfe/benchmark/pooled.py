"""Other people's trials and a few of the target's, together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.validation import check_is_fitted


class Pooled(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier that trains on the target's labeled trials together with those of the other people."""

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def fit(
        self,
        X: NDArray[Any],
        y: ArrayLike,
        X_target_labeled: NDArray[Any] | None = None,
        y_target_labeled: ArrayLike | None = None,
    ) -> Pooled:
        """Train on X and the target's trials."""
        labels = np.asarray(y)
        if X_target_labeled is not None and y_target_labeled is not None:
            X, labels = np.concatenate([X, X_target_labeled]), np.concatenate([labels, y_target_labeled])
        self.estimator_ = clone(self.estimator).fit(X, labels)
        self.classes_ = self.estimator_.classes_
        return self

    def predict(self, X: NDArray[Any]) -> NDArray[Any]:
        """Labels [n]."""
        check_is_fitted(self, "estimator_")
        labels: NDArray[Any] = self.estimator_.predict(X)
        return labels

    def predict_proba(self, X: NDArray[Any]) -> NDArray[Any]:
        """Probabilities [n, n_classes]."""
        check_is_fitted(self, "estimator_")
        probabilities: NDArray[Any] = self.estimator_.predict_proba(X)
        return probabilities
