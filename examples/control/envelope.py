#!/usr/bin/env python3
"""What is left of left/right imagery without the eyes: networks and linear models under full ocular control.

Control: of every recording the twelve frontal channels are regressed out of the others, within the band that is
decoded; only the 21 central channels are used, and only seconds 1 to 4 after the cue. Everything that needs no
labels (regression, alignment, z-scores) is of the subject's own recordings, the test subjects' included. Five
contiguous groups of subjects, each tested by what was trained on the other four. No setting was chosen on a test
group: all come from cross-validation within the first fold's training subjects.
"""

from __future__ import annotations

import numpy as np
import snnfe
from common import RATE, arguments, complete, execute, folds, named, read, report, trained
from linear import decisions, rhythm_models
from snnfe.montage import places as places_of

CENTRAL = "FC5 FC3 FC1 FCZ FC2 FC4 FC6 C5 C3 C1 CZ C2 C4 C6 CP5 CP3 CP1 CPZ CP2 CP4 CP6".split()
PLACES = np.array(places_of(CENTRAL))
ELECTRODES = {"channel_names": CENTRAL, "channel_rows": PLACES[:, 0], "channel_columns": PLACES[:, 1]}
SECONDS = {"window_start": RATE, "window_length": 3 * RATE, "window_limit": 4 * RATE + 1}
FULL = {**ELECTRODES, **SECONDS, "ocular": "regression"}
WIDE, BANDS = (8, 30), ((8, 13), (13, 20), (20, 30))
WINDOW, HOP = RATE // 2, RATE // 4
#: Of the network's input: powers z-scored by subject, or over all; or over all after bands that were whitened by
#: subject (Euclidean alignment of samples).
ALIGNMENTS = ("standardize", "none", "euclidean")
SIZES = {"conv1_channels": 16, "conv2_channels": 32, "conv3_channels": 32, "n_hidden": 64, "dropout": 0.1}
SETTINGS = {"n_epochs": 30, "batch_size": 64, "learning_rate": 3e-4}


def in_band(recordings, band, control):
    """Trials in a band, in microvolts."""
    return read(recordings, filter_low_hz=band[0], filter_high_hz=band[1], normalization="none", **control)


def log_power(trials, window, hop):
    starts = range(0, trials.shape[2] - window + 1, hop)
    return np.stack([np.log((trials[:, :, s : s + window].astype(float) ** 2).mean(2)) for s in starts], 2)


def over_all(power):
    """z-scores of each channel [n, n_channels, n_steps] over all subjects."""
    return (power - power.mean((0, 2), keepdims=True)) / power.std((0, 2), keepdims=True)


def standardized(powers, like, hop, by_subject=True):
    """Powers [n, n_channels, n_steps] of some bands as one data set, z-scored by subject or over all; the bands lie
    below each other on the grid."""
    rows, columns = np.array(like.channel_rows), np.array(like.channel_columns)
    height = rows.max() + 1 - rows.min()
    data = snnfe.Dataset.from_arrays(
        over_all(np.concatenate(powers, 1)).astype(np.float32),
        like.labels,
        subjects=like.subjects,
        runs=like.runs,
        onsets=like.onsets,
        trial_ids=like.trial_ids,
        channel_rows=np.concatenate([rows - rows.min() + height * b for b in range(len(powers))]),
        channel_columns=np.tile(columns, len(powers)),
        n_rows=max(10, height * len(powers)),
        sampling_rate_hz=RATE / hop,
    )
    if by_subject:
        data.align(alignment="standardize")
    return data


def rhythms(recordings, control, together=False, hop=HOP, alignment="standardize"):
    """Trials of 8 to 30 Hz, log power [n, bands × channels] of whole trials, z-scored by subject, and the network's
    input: log power of short windows in the three bands, or of all `together` if there are too many electrodes.

    Of ALIGNMENTS the network's input has one, the log power of whole trials z-scores by subject."""
    wide, parts = in_band(recordings, WIDE, control), [in_band(recordings, band, control) for band in BANDS]
    n = wide.info["n_steps"]
    power = [standardized([log_power(part.trials, n, hop)], wide, hop).trials[:, :, 0] for part in parts]
    used = [wide] if together else parts
    if alignment == "euclidean":
        for part in used:
            part.align()
    powers = [log_power(part.trials, WINDOW, hop) for part in used]
    short = standardized(powers, wide, hop, by_subject=alignment == "standardize")
    return wide, np.concatenate(power, 1), short


def network(given, data, k, train, seed, name="envelope"):
    """The network of one fold and seed."""
    return trained(named(given, f"{name}-seed{seed}", k), data, train, seed, SIZES, **SETTINGS, n_threads=given.threads)


def scores(given, data, name="envelope"):
    """Logits [n_seeds, n, 2] by networks that have not seen the trial's person."""
    found = np.zeros((len(given.seeds), len(data), 2))
    for k, train, test in folds(data.subjects, given.folds):
        for i, seed in enumerate(given.seeds):
            found[i, test] = snnfe.evaluate(network(given, data, k, train, seed, name), data, test).logits
    return found


def main():
    given = arguments(__doc__, seeds=(5, 6, 7), alignment=ALIGNMENTS[0])
    wide, power, short = rhythms(given.recordings, FULL, alignment=given.alignment)
    found = scores(given, short, "envelope" if given.alignment == ALIGNMENTS[0] else f"envelope-{given.alignment}")
    if not complete(given):
        return
    labels, subjects = wide.labels, wide.subjects
    right = {name: d == labels for name, d in decisions(rhythm_models(wide, power), labels, subjects).items()}
    for seed, own in zip(given.seeds, found, strict=True):
        right[f"network, seed {seed}"] = own.argmax(1) == labels
    right["networks of all seeds together"] = found.sum(0).argmax(1) == labels
    right["network, mean of the seeds"] = (found.argmax(2) == labels).mean(0)
    report(right, subjects, "network, mean of the seeds")


if __name__ == "__main__":
    execute(main)
