"""One layer that learns scikit-learn's digits, sample after sample, through the same cells in both libraries.

Soft bounds, which both have exactly, in 200 steps over the window; noise from cycle to cycle and spread between cells.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import snnfe
import theirs
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from theirs import Tile

Floats = NDArray[np.float32]

CLASSES = 10
N_TRAIN, N_VALIDATION = 500, 200
#: Change by a pulse at the middle of the window, as part of the window -1…1.
UNIT = 0.005
NOISE = 0.3
#: Relative deviation of the amplitudes and correlation of LTP's and LTD's.
SPREAD, CORRELATION = 0.2, 0.6
#: As aihwkit has it: a part that both have, and one of opposite signs.
COMMON, APART = SPREAD * np.sqrt((1 + CORRELATION) / 2), SPREAD * np.sqrt((1 - CORRELATION) / 2)
PERIOD, MOST = 10, 10
DESCENT, TRANSFER = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2), (0.03, 0.1)
#: Rates of descent and of transfer that each way chooses among.
CHOICES = {
    way: [(rate, transfer) for rate in DESCENT for transfer in (TRANSFER if "taka" in way else (0.0,))]
    for way in ("floating point", "stochastic", "mixed", "tiki_taka", "tiki_taka_2")
}
#: Those with the least mean error of both libraries, on samples for validation with seeds of its own.
RATES: dict[str, tuple[float, float]] = {
    "floating point": (0.05, 0.0),
    "stochastic": (0.01, 0.0),
    "mixed": (0.02, 0.0),
    "tiki_taka": (0.1, 0.03),
    "tiki_taka_2": (0.1, 0.1),
}
CHOICE_SEEDS = (101, 102)


class Digits(NamedTuple):
    """Images with a last input of 1, and labels."""

    x: Floats
    labels: NDArray[np.int64]

    def of(self, part: Any) -> Digits:
        return Digits(self.x[part], self.labels[part])


def digits() -> Digits:
    """All 1797, in a fixed order."""
    data = load_digits()
    x = np.hstack([data.data / 16, np.ones((len(data.data), 1))]).astype(np.float32)
    order = np.random.default_rng(0).permutation(len(x))
    return Digits(np.ascontiguousarray(x[order]), np.asarray(data.target[order], np.int64))


class Layer(NamedTuple):
    """Weights [classes, inputs] that can be read, and changed by -rate · d xᵀ."""

    weights: Callable[[], Floats]
    update: Callable[[Floats, Floats], None]


def in_floating_point(rate: float, n_inputs: int) -> Layer:
    """Exact, but for the bound."""
    w = np.zeros((CLASSES, n_inputs), np.float32)

    def update(x: Floats, d: Floats) -> None:
        np.clip(w - rate * np.outer(d, x), -1, 1, out=w)

    return Layer(lambda: w, update)


def ours(way: str, rates: tuple[float, float], n_inputs: int, seed: int) -> Layer:
    """This library's step on plain arrays."""
    cells: snnfe.options.CellsOptions = {
        "array": seed,
        "spread_amplitude": SPREAD,
        "correlation": CORRELATION,
        "truncation": 10,
    }
    amplitude = 2 * UNIT
    device = snnfe.Device(
        amplitude=(amplitude, amplitude), alpha=(1, 2), beta=(2, 1), rsd_c2c=NOISE, cells=cells
    )
    programming: Any = {"method": way, "most_pulses": MOST, "period": PERIOD if "taka" in way else 1}
    if "taka" in way:
        programming["transfer_rate"] = rates[1]
    n = CLASSES * n_inputs
    state: dict[str, Any] = {"weights": np.zeros(n, np.float32), "accumulators": np.zeros(n, np.float32)}
    drawn = [device.cells(n, first=first) for first in ((0, 2**31) if "taka" in way else (0,))]
    kept: dict[str, Any] = {"drawn_cells": np.squeeze(drawn)}
    steps = iter(range(2**31))

    def update(x: Floats, d: Floats) -> None:
        change = (-rates[0] * np.outer(d, x)).ravel().astype(np.float32)
        after = device.step(
            **state,
            updates=change,
            bound=1,
            threshold=UNIT,
            seed=seed,
            step=next(steps),
            programming=programming,
            **kept,
        )
        state.update(weights=after.weights, accumulators=after.accumulators)
        if after.states is not None:
            kept.update(states=after.states, second_pulses=after.second_pulses)

    return Layer(lambda: state["weights"].reshape(CLASSES, n_inputs), update)


def there(way: str, rates: tuple[float, float], n_inputs: int) -> Layer:
    """aihwkit's tile of the same cells. Fast cells have their symmetry points as references, as here."""
    fields = {
        "w_min": -1.0,
        "w_max": 1.0,
        "dw_min": 2 * UNIT,
        "dw_min_std": NOISE,
        "dw_min_dtod": COMMON,
        "up_down_dtod": APART,
    }
    cell = theirs.device("SoftBoundsDevice", **fields)
    train = {"desired_bl": MOST}
    if way == "mixed":
        cell = theirs.compound("MixedPrecisionCompound", [cell])
    if "taka" in way:
        fast = theirs.device("SoftBoundsReferenceDevice", subtract_symmetry_point=True, **fields)
        buffered = way == "tiki_taka_2"
        cell = theirs.compound(
            "BufferedTransferCompound" if buffered else "TransferCompound",
            [fast, cell],
            fast_lr=0.0,  # that of the descent
            transfer_lr=rates[1],
            scale_transfer_lr=False,
            transfer_every=PERIOD,
            units_in_mbatch=False,
            n_reads_per_transfer=n_inputs,
            transfer_forward=theirs.PERFECT,
            transfer_update=train,
            **({"momentum": 0.0, "forget_buffer": False} if buffered else {}),
        )
    tile = Tile(cell, CLASSES, n_inputs, update=train).set(0.5)
    return Layer(
        lambda: (tile.states() - 0.5).astype(np.float32).reshape(CLASSES, n_inputs),
        lambda x, d: tile.update(rates[0], x, d),
    )


def softmax(logits: Floats) -> Floats:
    """Of one sample."""
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum(), np.float32)


def error(layer: Layer, data: Digits) -> float:
    """Share of wrong answers, %."""
    answers = np.argmax(data.x @ layer.weights().T, axis=1)
    return float(100 * np.mean(answers != data.labels))


def trained(layer: Layer, train: Digits, epochs: int, seed: int) -> Layer:
    """Stochastic gradient descent of the cross entropy, in an order of the seed."""
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        for i in rng.permutation(len(train.x)):
            d = softmax(layer.weights() @ train.x[i])
            d[train.labels[i]] -= 1
            layer.update(train.x[i], d)
    return layer


def layers(way: str, rates: tuple[float, float], n_inputs: int, seed: int) -> list[Layer]:
    """Ours and theirs; in floating point there is one."""
    if way == "floating point":
        return [in_floating_point(rates[0], n_inputs)]
    return [ours(way, rates, n_inputs, seed), there(way, rates, n_inputs)]


def errors(
    way: str, rates: tuple[float, float], seed: int, epochs: int, *, choice: bool = False
) -> list[float]:
    """Errors, %, of both libraries on the test samples after training on all others; for the choice on those for
    validation, after training without them."""
    data = digits()
    n = N_TRAIN if choice else N_TRAIN + N_VALIDATION
    train, test = data.of(slice(n)), data.of(slice(n, N_TRAIN + N_VALIDATION if choice else None))
    found = [
        error(trained(layer, train, epochs, seed), test)
        for layer in layers(way, rates, data.x.shape[1], seed)
    ]
    return found * (2 // len(found))
