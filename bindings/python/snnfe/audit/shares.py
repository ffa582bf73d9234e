"""Who carries the decision: the loss of accuracy apportioned to parts of the trials.

Exchanging everything with trials of another class leads a decoder fully astray. How much of that loss is due
to a part depends on whether the others are exchanged already, so the mean over all orders is taken in
which parts can be exchanged one after the other (Shapley 1953). Shares of all parts are 100 % together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .material import Material

FRONTAL, CENTRAL, OTHER = "frontal", "central", "other"


def players(material: Material, regions: Mapping[str, NDArray[np.intp]]) -> dict[str, NDArray[np.intp]]:
    """Electrodes among which the decision is apportioned: frontal, central and all others; nothing where the
    recordings do not have both regions."""
    if FRONTAL not in regions or CENTRAL not in regions:
        return {}
    found = {FRONTAL: regions[FRONTAL], CENTRAL: np.setdiff1d(regions[CENTRAL], regions[FRONTAL])}
    found[OTHER] = np.setdiff1d(np.arange(len(material.channel_names)), np.concatenate(list(found.values())))
    return {name: at for name, at in found.items() if len(at)}


def team_name(members: frozenset[str]) -> str:
    """Name of parts that are exchanged together."""
    return " + ".join(sorted(members))


def subsets(names: list[str]) -> list[frozenset[str]]:
    """All that can be exchanged together, but nothing and everything."""
    return [frozenset(chosen) for size in range(1, len(names)) for chosen in combinations(names, size)]


def teams(playing: Mapping[str, NDArray[np.intp]]) -> dict[str, NDArray[np.intp]]:
    """Electrodes of everything that is exchanged together."""
    return {
        team_name(members): np.concatenate([playing[name] for name in sorted(members)])
        for members in subsets(list(playing))
    }


def apportion(
    names: list[str], loss: Callable[[frozenset[str]], NDArray[Any]]
) -> dict[str, NDArray[Any]]:
    """Shares of the loss of everything: 0…1 for a part that helps, negative for one that misleads.

    `loss` gives the losses [n] of accuracy by exchanging some of the parts, for n resamples of the subjects.
    """
    whole = loss(frozenset(names))
    n = len(names)
    found = {}
    for name in names:
        others = [other for other in names if other != name]
        share = np.zeros_like(whole)
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for chosen in combinations(others, size):
                before = frozenset(chosen)
                share += weight * (loss(before | {name}) - loss(before))
        found[name] = np.divide(share, whole, out=np.full_like(whole, np.nan), where=whole != 0)
    return found
