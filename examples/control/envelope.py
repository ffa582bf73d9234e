#!/usr/bin/env python3
"""What is left of left/right imagery without the eyes: networks and linear models under full ocular control.

usage: envelope.py RECORDINGS OUT.csv (a tree of EEGMMIDB with subjects 1 to 21; needs scikit-learn and pyriemann)

Control: of every recording the twelve frontal channels are regressed out of the others within 8 to 30 Hz; only
the 21 central channels are used, and only seconds 1 to 4 after the cue. Everything that needs no labels (regression,
alignment, z-scores) is of the subject's own recordings, the test subjects' included. Five contiguous groups of
subjects, each tested by what was trained on the other four. No setting was chosen on a test group: all come from
cross-validation within the first fold's training subjects. OUT.csv has a row for each trial.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import snnfe
from pyriemann.spatialfilters import CSP
from pyriemann.tangentspace import TangentSpace
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FRONTAL = "FP1 FPZ FP2 AF7 AF3 AFZ AF4 AF8 F7 F8 FT7 FT8".split()
CENTRAL = "FC5 FC3 FC1 FCZ FC2 FC4 FC6 C5 C3 C1 CZ C2 C4 C6 CP5 CP3 CP1 CPZ CP2 CP4 CP6".split()
SUBJECTS, RUNS, RATE = range(1, 22), (4, 8, 12), 160
BANDS = ((8, 13), (13, 20), (20, 30))
FIRST, LAST = 1 * RATE, 4 * RATE
WINDOW, HOP = RATE // 2, RATE // 4
SEEDS = (5, 6, 7)


def filtered(samples, low, high):
    return snnfe.filter_apply(np.ascontiguousarray(samples, np.float32), snnfe.filter_design(low, high, RATE))


def regressed(central, frontal, low, high):
    """Central channels without what the frontal ones explain of them between two frequencies."""
    x, y = filtered(frontal, low, high).astype(float), filtered(central, low, high).astype(float)
    x -= x.mean(1, keepdims=True)
    y -= y.mean(1, keepdims=True)
    coefficients = np.linalg.lstsq(x.T, y.T, rcond=None)[0]
    return central - coefficients.T @ frontal


def onsets(events, n_samples):
    """Cues whose trial is longer than a second, as the paper's: (onset, class)."""
    ends = [onset for onset, _ in events[1:]] + [n_samples]
    cues = {"T1": 0, "T2": 1}
    return [(o, cues[text]) for (o, text), end in zip(events, ends, strict=True) if text in cues and end - o > RATE]


def read(root):
    """Trials [n, 21, 480] in 8 to 30 Hz and in each band, labels, subjects."""
    bands = {band: [] for band in ((8, 30), *BANDS)}
    labels, subjects = [], []
    for subject in SUBJECTS:
        for run in RUNS:
            path = Path(root) / f"S{subject:03d}" / f"S{subject:03d}R{run:02d}.edf"
            with snnfe.Recording.open(path, channel_names=CENTRAL + FRONTAL) as recording:
                samples, events = recording.samples.astype(float), recording.events
            clean = regressed(samples[: len(CENTRAL)], samples[len(CENTRAL) :], 8, 30)
            cues = onsets(events, samples.shape[1])
            for band, trials in bands.items():
                signal = filtered(clean, *band)
                trials += [signal[:, o + FIRST : o + LAST] for o, _ in cues]
            labels += [label for _, label in cues]
            subjects += [subject] * len(cues)
    return {band: np.array(trials) for band, trials in bands.items()}, np.array(labels), np.array(subjects)


def per_subject(subjects, values, function):
    out = np.empty_like(values)
    for subject in np.unique(subjects):
        out[subjects == subject] = function(values[subjects == subject])
    return out


def aligned(trials):
    """Euclidean alignment of one subject's trials (He and Wu 2020)."""
    mean = np.mean(trials @ trials.transpose(0, 2, 1), 0) / trials.shape[2]
    values, vectors = np.linalg.eigh(mean)
    return (vectors / np.sqrt(np.maximum(values, 1e-10 * values[-1]))) @ vectors.T @ trials


def standardized(values):
    return (values - values.mean((0, 2), keepdims=True)) / values.std((0, 2), keepdims=True)


def log_power(trials, window, hop):
    starts = range(0, trials.shape[2] - window + 1, hop)
    return np.stack([np.log((trials[:, :, s : s + window] ** 2).mean(2)) for s in starts], 2)


def covariances(trials):
    c = trials @ trials.transpose(0, 2, 1) / trials.shape[2]
    trace = np.trace(c, axis1=1, axis2=2)[:, None, None]
    return c + 1e-4 * trace / c.shape[1] * np.eye(c.shape[1])


def lda(shrinkage):
    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage)


def linear_models(bands, subjects):
    """Name: (features, model)."""
    wide = bands[8, 30].astype(float)
    covariance = covariances(wide)
    covariance_aligned = covariances(per_subject(subjects, wide, aligned))
    power = [per_subject(subjects, log_power(bands[b].astype(float), LAST - FIRST, 1), standardized) for b in BANDS]
    return {
        "CSP + LDA": (covariance, make_pipeline(CSP(6, metric="euclid"), lda("auto"))),
        "CSP + LDA, aligned": (covariance_aligned, make_pipeline(CSP(6, metric="euclid"), lda("auto"))),
        "tangent space + LDA": (covariance, make_pipeline(TangentSpace(), lda("auto"))),
        "tangent space + LDA, aligned": (covariance_aligned, make_pipeline(TangentSpace(), lda("auto"))),
        "tangent space + LDA of shrinkage 0.9, aligned": (
            covariance_aligned,
            make_pipeline(TangentSpace(), lda(0.9)),
        ),
        "log power of three bands + logistic regression, z by subject": (
            np.concatenate(power, 1)[:, :, 0],
            make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000)),
        ),
    }


def network_input(bands, subjects):
    """Log power in windows of half a second [n, 63, 11]; the bands lie one below the other on the grid."""
    envelopes = [per_subject(subjects, log_power(bands[b].astype(float), WINDOW, HOP), standardized) for b in BANDS]
    rows = np.concatenate([np.repeat([3 * b, 3 * b + 1, 3 * b + 2], 7) for b in range(len(BANDS))])
    columns = np.tile(np.arange(2, 9), 3 * len(BANDS))
    return np.ascontiguousarray(np.concatenate(envelopes, 1), np.float32), rows, columns


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
    bands, labels, subjects = read(root)
    groups = [np.flatnonzero(np.isin(subjects, g)) for g in np.array_split(np.array(SUBJECTS), 5)]
    inputs, rows, columns = network_input(bands, subjects)
    decided = {}
    for name, (features, model) in linear_models(bands, subjects).items():
        decided[name] = np.empty_like(labels)
        for test in groups:
            train = np.setdiff1d(np.arange(len(labels)), test)
            decided[name][test] = model.fit(features[train], labels[train]).predict(features[test])
    scores = np.zeros((len(SEEDS), len(labels), 2))
    with snnfe.Dataset.from_arrays(
        inputs, labels, subjects=subjects, channel_rows=rows, channel_columns=columns, sampling_rate_hz=RATE / HOP
    ) as data:
        for test in groups:
            train = np.setdiff1d(np.arange(len(labels)), test)
            for i, seed in enumerate(SEEDS):
                scores[i, test] = network_scores(data, train, test, seed)
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
