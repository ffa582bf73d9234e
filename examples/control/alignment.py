#!/usr/bin/env python3
"""Does alignment without labels raise the accuracies of the paper's own protocol, and from which trial on live?

The protocol is that of docs/experiment.md; only the alignment, the epochs and the network's size are chosen here.
"""

from __future__ import annotations

import numpy as np
from common import arguments, by_subject, complete, execute, in_folds, interval, read, report

ALIGNMENTS = {
    "none": None,
    "euclidean": {"alignment": "euclidean"},
    "standardize": {"alignment": "standardize"},
    "euclidean, past": {"alignment": "euclidean", "past": True},
    "standardize, past": {"alignment": "standardize", "past": True},
}
TEN = 10


def aligned(recordings, options):
    data = read(recordings)
    if options:
        data.align(**options)
    return data


def trial_numbers(data):
    """Number of each trial among its person's, from 0."""
    order = np.lexsort((data.onsets, data.runs, data.subjects))
    numbers = np.empty(len(data), int)
    for s in data.subject_list:
        own = order[data.subjects[order] == s]
        numbers[own] = np.arange(len(own))
    return numbers


def main():
    given = arguments(__doc__, epochs=15, network="quarter", seed=5, alignments=tuple(ALIGNMENTS))
    right = {}
    for name in given.alignments:
        data = aligned(given.recordings, ALIGNMENTS[name])
        right[name] = in_folds(data, given, name) == data.labels
    if not complete(given):
        return
    report(right, data.subjects, "none")
    numbers = trial_numbers(data)
    for first in range(0, numbers.max() + 1, TEN):
        ten = (numbers >= first) & (numbers < first + TEN)
        told = (f"{name} {interval(by_subject(r[ten], data.subjects[ten]))}" for name, r in right.items())
        print(f"trials {first + 1} to {numbers[ten].max() + 1} of each person: {'; '.join(told)}")


if __name__ == "__main__":
    execute(main)
