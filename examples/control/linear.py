"""Linear models of rhythms and of slow potentials, for comparison."""

from __future__ import annotations

import numpy as np
from common import folds
from pyriemann.spatialfilters import CSP
from pyriemann.tangentspace import TangentSpace
from sklearn.covariance import oas
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from snnfe.audit.baselines import binned


def lda(shrinkage):
    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage)


def ridged(trials):
    """Covariances of trials that are longer than they have channels."""
    c = trials @ trials.transpose(0, 2, 1) / trials.shape[2]
    trace = np.trace(c, axis1=1, axis2=2)[:, None, None]
    return c + 1e-4 * trace / c.shape[1] * np.eye(c.shape[1])


def shrunk(trials):
    """Covariances of short trials, with the shrinkage of an oracle (OAS)."""
    return np.stack([oas(trial.T, assume_centered=True)[0] for trial in trials])


def rhythm_models(wide, power, covariances=ridged):
    """Name: (features, model). `wide` are trials of 8 to 30 Hz, which are aligned here, `power` [n, n_features] is
    log power."""
    covariance = covariances(wide.trials.astype(float))
    wide.align()
    aligned = covariances(wide.trials.astype(float))
    return {
        "CSP + LDA": (covariance, make_pipeline(CSP(6, metric="euclid"), lda("auto"))),
        "CSP + LDA, aligned": (aligned, make_pipeline(CSP(6, metric="euclid"), lda("auto"))),
        "tangent space + LDA": (covariance, make_pipeline(TangentSpace(), lda("auto"))),
        "tangent space + LDA, aligned": (aligned, make_pipeline(TangentSpace(), lda("auto"))),
        "tangent space + LDA of shrinkage 0.9, aligned": (aligned, make_pipeline(TangentSpace(), lda(0.9))),
        "log power of three bands + logistic regression, z by subject": (
            power,
            make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000)),
        ),
    }


def slow_models(data):
    """Name: (features, model) for trials that have slow potentials."""
    return {"LDA, slow potentials of all electrodes": (binned(data.trials), lda("auto"))}


def decisions(models, labels, subjects):
    """Name: classes of all trials by models that have not seen their people."""
    found = {}
    for name, (features, model) in models.items():
        found[name] = np.empty_like(labels)
        for _, train, test in folds(subjects):
            found[name][test] = model.fit(features[train], labels[train]).predict(features[test])
    return found
