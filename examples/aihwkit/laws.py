"""How near the pulse responses of aihwkit's devices come to this library's: each is fitted to it by least squares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import snnfe
import theirs
from effects import nominal
from numpy.typing import NDArray
from scipy.optimize import least_squares
from theirs import Tile

Doubles = NDArray[np.float64]

#: Conductances that are compared.
PLACES = np.linspace(0.02, 0.98, 97)
#: Parameters of each device: start, lowest and highest value. dw_min is in units of `theirs.STEP`.
FITTED: dict[str, dict[str, tuple[float, float, float]]] = {
    "ConstantStepDevice": {"dw_min": (1, 0.01, 10), "up_down": (-0.1, -0.9, 0.9)},
    "SoftBoundsDevice": {"dw_min": (1, 0.01, 10), "up_down": (-0.1, -0.9, 0.9)},
    "LinearStepDevice": {
        "dw_min": (1, 0.01, 10),
        "up_down": (-0.1, -0.9, 0.9),
        "gamma_up": (0.1, -1, 1),
        "gamma_down": (0.1, -1, 1),
    },
    "PowStepDevice": {
        "dw_min": (1, 0.01, 10),
        "up_down": (-0.1, -0.9, 0.9),
        "pow_gamma": (1, 0.05, 5),
        "pow_up_down": (0.1, -0.9, 0.9),
    },
    "ExpStepDevice": {
        "dw_min": (1, 0.01, 10),
        "up_down": (-0.1, -0.9, 0.9),
        "A_up": (0.001, -2, 2),
        "A_down": (0.2, -2, 2),
        "gamma_up": (5, 0.1, 20),
        "gamma_down": (5, 0.1, 20),
        "a": (0.2, -2, 2),
        "b": (0.2, -2, 2),
    },
}
#: Starts of each fit, of which the best result counts.
STARTS = 2
#: Nodes of tables.
TABLES = (5, 11, 31, 101)


def changes(made: Any) -> Doubles:
    """Changes of the conductance by one pulse at the places, upwards and then downwards."""
    found = []
    for up in (True, False):
        tile = Tile(made, 1, len(PLACES)).set(PLACES)
        before = tile.states()
        found.append(np.abs(tile.pulse(up).states() - before))
    return np.concatenate(found)


def wanted() -> Doubles:
    """This library's."""
    return np.concatenate([nominal().response(direction, PLACES) for direction in (snnfe.LTP, snnfe.LTD)])


def fitted(kind: str) -> Any:
    """The device of a kind that is nearest."""
    start, low, high = (np.array(column, float) for column in zip(*FITTED[kind].values(), strict=True))
    starts = [start, *(np.random.default_rng(1).uniform(low, high, (STARTS - 1, len(start))))]
    goal = wanted()

    def made(x: Doubles) -> Any:
        fields = dict(zip(FITTED[kind], x.tolist(), strict=True))
        fields["dw_min"] *= theirs.STEP
        return theirs.device(kind, **fields)

    def apart(x: Doubles) -> Doubles:
        return np.asarray((changes(made(x)) - goal) / goal.max())

    # Steps of the derivatives are far above the rounding of single precision.
    scale = high - low
    tries = [least_squares(apart, x, bounds=(low, high), diff_step=1e-2, x_scale=scale) for x in starts]
    return made(min(tries, key=lambda found: found.cost).x)


def distances() -> Iterator[tuple[str, float, float]]:
    """Device, and root mean square and largest difference as parts of the largest change."""
    goal = wanted()
    made = {f"{kind}, fitted": fitted(kind) for kind in FITTED}
    for n in TABLES:
        nodes = np.linspace(0, 1, n)
        tables = (nominal().response(direction, nodes) for direction in (snnfe.LTP, snnfe.LTD))
        made[f"PiecewiseStepDevice, {n} nodes"] = theirs.piecewise(*tables)
    for name, of in made.items():
        apart = (changes(of) - goal) / goal.max()
        yield name, float(np.sqrt(np.mean(apart**2))), float(np.abs(apart).max())
