#!/usr/bin/env python3
"""What is left of left/right imagery without the eyes: networks and linear models under full ocular control.

usage: envelope.py RECORDINGS OUT.csv (a tree of EEGMMIDB with subjects 1 to 21; needs scikit-learn and pyriemann)

Control: of every recording the twelve frontal channels are regressed out of the others, within the band that is
decoded; only the 21 central channels are used, and only seconds 1 to 4 after the cue. Everything that needs no
labels (regression, alignment, z-scores) is of the subject's own recordings, the test subjects' included. Five
contiguous groups of subjects, each tested by what was trained on the other four. No setting was chosen on a test group: all come from
cross-validation within the first fold's training subjects. OUT.csv has a row for each trial.
"""

from __future__ import annotations

import csv
import sys

import numpy as np
import snnfe
from pyriemann.spatialfilters import CSP
from pyriemann.tangentspace import TangentSpace
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from snnfe.montage import places as places_of

CENTRAL = "FC5 FC3 FC1 FCZ FC2 FC4 FC6 C5 C3 C1 CZ C2 C4 C6 CP5 CP3 CP1 CPZ CP2 CP4 CP6".split()
SUBJECTS, RUNS, RATE = range(1, 22), (4, 8, 12), 160
BANDS = ((8, 13), (13, 20), (20, 30))
FIRST, LAST = 1 * RATE, 4 * RATE
WINDOW, HOP = RATE // 2, RATE // 4
SEEDS = (5, 6, 7)


def read(root, low, high):
    """Trials in a band, in microvolts, without what the frontal electrodes explain of it."""
    places = np.array(places_of(CENTRAL))
    return snnfe.Dataset.open(
        root,
        subjects=SUBJECTS,
        runs=RUNS,
        statistics_runs=RUNS,
        channel_names=CENTRAL,
        channel_rows=places[:, 0],
        channel_columns=places[:, 1],
        filter_low_hz=low,
        filter_high_hz=high,
        window_start=FIRST,
        window_length=LAST - FIRST,
        window_limit=LAST + 1,
        ocular="regression",
        normalization="none",
    )


def log_power(trials, window, hop):
    starts = range(0, trials.shape[2] - window + 1, hop)
    return np.stack([np.log((trials[:, :, s : s + window].astype(float) ** 2).mean(2)) for s in starts], 2)


def standardized(power, like):
    """Powers [n, 63, n_steps] as trials, z-scored by subject; the bands lie one below the other on the grid."""
    rows = np.concatenate([np.repeat([3 * b, 3 * b + 1, 3 * b + 2], 7) for b in range(len(BANDS))])
    data = snnfe.Dataset.from_arrays(
        np.ascontiguousarray(power, np.float32),
        like.labels,
        subjects=like.subjects,
        channel_rows=rows,
        channel_columns=np.tile(np.arange(2, 9), 3 * len(BANDS)),
        sampling_rate_hz=RATE / HOP,
    )
    data.align(alignment="standardize")
    return data


def covariances(trials):
    c = trials @ trials.transpose(0, 2, 1) / trials.shape[2]
    trace = np.trace(c, axis1=1, axis2=2)[:, None, None]
    return c + 1e-4 * trace / c.shape[1] * np.eye(c.shape[1])


def lda(shrinkage):
    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage)


def linear_models(wide, power):
    """Name: (features, model)."""
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
            power.trials[:, :, 0],
            make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000)),
        ),
    }


def network_scores(data, train, test, seed):
    """Log-probabilities of the test trials by a network trained on the others."""
    sizes = {"conv1_channels": 16, "conv2_channels": 32, "conv3_channels": 32, "n_hidden": 64}
    network = snnfe.Network(n_steps=data.trials.shape[2], dropout=0.1, seed=seed, **sizes)
    trainer = snnfe.Trainer(
        network,
        n_epochs=30,
        schedule_epochs=30,
        batch_size=64,
        learning_rate=3e-4,
        evaluations_per_epoch=1,
        seed=seed,
    )
    trainer.run(data, train)
    return np.log(network.predict_proba(data.grid(test)).astype(float) + 1e-12)


def main():
    root, out = sys.argv[1:]
    wide, bands = read(root, 8, 30), [read(root, *band) for band in BANDS]
    power = standardized(np.concatenate([log_power(b.trials, LAST - FIRST, 1) for b in bands], 1), wide)
    envelope = standardized(np.concatenate([log_power(b.trials, WINDOW, HOP) for b in bands], 1), wide)
    labels, subjects = wide.labels, wide.subjects
    groups = [np.flatnonzero(np.isin(subjects, g)) for g in np.array_split(np.array(SUBJECTS), 5)]
    trains = [np.setdiff1d(np.arange(len(labels)), test) for test in groups]
    decided = {}
    for name, (features, model) in linear_models(wide, power).items():
        decided[name] = np.empty_like(labels)
        for train, test in zip(trains, groups, strict=True):
            decided[name][test] = model.fit(features[train], labels[train]).predict(features[test])
    scores = np.zeros((len(SEEDS), len(labels), 2))
    for train, test in zip(trains, groups, strict=True):
        for i, seed in enumerate(SEEDS):
            scores[i, test] = network_scores(envelope, train, test, seed)
    for i, seed in enumerate(SEEDS):
        decided[f"network, seed {seed}"] = scores[i].argmax(1)
    decided["networks of all seeds together"] = scores.sum(0).argmax(1)
    report(decided, labels, subjects, groups)
    with open(out, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["subject", "label", *decided])
        writer.writerows(zip(subjects, labels, *decided.values(), strict=True))


def report(decided, labels, subjects, groups):
    """Accuracies with 95 % intervals over subjects, and differences to the three seeds' mean."""
    right = {name: (d == labels).astype(float) for name, d in decided.items()}
    mine = np.mean([right[f"network, seed {s}"] for s in SEEDS], 0)
    right["network, mean of the seeds"] = mine
    by_subject = {name: np.array([r[subjects == s].mean() for s in SUBJECTS]) for name, r in right.items()}
    half = 2.086 / np.sqrt(len(SUBJECTS))  # Student's t for 20 degrees of freedom
    for name, r in right.items():
        a, d = by_subject[name], by_subject["network, mean of the seeds"] - by_subject[name]
        folds = " ".join(f"{100 * r[g].mean():.1f}" for g in groups)
        print(
            f"{name}: {100 * r.mean():.1f} % ({folds}); subjects {100 * a.mean():.1f} ± {100 * half * a.std(ddof=1):.1f}; "
            f"network - this {100 * d.mean():+.1f} ± {100 * half * d.std(ddof=1):.1f}"
        )


if __name__ == "__main__":
    main()
