#!/usr/bin/env python3
"""Does personal training help under full ocular control?

The networks of envelope.py are personalized to each person that they have not seen, in four folds within the person,
with the stage's own settings: through the device, and in floating point.
"""

from __future__ import annotations

import numpy as np
import snnfe
from common import arguments, execute, folds, interval
from envelope import FULL, network, rhythms


def mean_of_people(rows, field):
    """Mean over folds and seeds for each person."""
    people = rows["subject"][:, 0]
    return np.array([rows[field][people == person].mean() for person in np.unique(people)])


def main():
    given = arguments(__doc__, seeds=(5,))
    _, _, data = rhythms(given.recordings, FULL)
    found = {"through the device": [], "in floating point": []}
    for k, train, test in folds(data.subjects, given.folds):
        people = np.unique(data.subjects[test])
        for seed in given.seeds:
            start = network(given, data, k, train, seed)
            for name, options in zip(found, ({}, {"device": None}), strict=True):
                made = snnfe.personalize(start, data, people, seed=seed, n_threads=given.threads, **options)
                found[name].append(made.results)
        print(f"fold {k}", flush=True)
    for name, results in found.items():
        rows = np.stack([part for fold in results for part in fold])  # [people × seeds, folds]
        before, after = (mean_of_people(rows, f"accuracy_{when}") for when in ("before", "after"))
        print(f"{name}: before {interval(before)}, after {interval(after)}, gain {interval(after - before)}")


if __name__ == "__main__":
    execute(main)
