"""Cells that both libraries update a second, in turn in one process: medians over rounds, and the range of their ratio."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import snnfe
import theirs
from effects import NOISE, SPREAD, STUCK, nominal, table_of
from measures import Row, row
from numpy.typing import NDArray
from theirs import Tile

Floats = NDArray[np.float32]
Step = Callable[[], Any]

#: Layers of the default network, and a large one.
SIZES = ((128, 576), (256, 256), (1000, 1000))
#: What one pulse stands for: the change by an LTP pulse in the middle, as aihwkit takes it of its table.
UNIT = float(nominal().response(snnfe.LTP, [0.5])[0])
CELLS: snnfe.options.CellsOptions = {"spread_amplitude": SPREAD, "correlation": 1, "stuck_anywhere": STUCK}
#: Options of our device, and fields of theirs.
DEVICES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "no noise": ({}, {}),
    "noise": ({"rsd_c2c": NOISE}, {"dw_min_std": NOISE}),
    "noise, spread, stuck cells": (
        {"rsd_c2c": NOISE, "cells": CELLS},
        {"dw_min_std": NOISE, "dw_min_dtod": SPREAD, "corrupt_devices_prob": STUCK},
    ),
}


class Work(NamedTuple):
    """What is updated: rank-one changes -rate · d xᵀ that alternate in sign, and how they become pulses."""

    x: Floats
    d: Floats
    rate: float
    method: str
    update: dict[str, Any]


def works(rows: int, columns: int) -> dict[str, Work]:
    """A pulse to every cell; one to every 64th; and the gradient of one sample, by random pulses, up to ten a cell."""
    rng = np.random.default_rng(1)
    ones = np.ones(columns, np.float32), np.ones(rows, np.float32)
    eighth = [np.array(np.arange(n) % 8 == 0, np.float32) for n in (columns, rows)]
    sample = rng.random(columns).astype(np.float32), rng.normal(0, 0.5, rows).astype(np.float32)
    return {
        "every cell": Work(*ones, 1.001 * UNIT, "accumulate", theirs.ONE_PULSE),
        "one cell of 64": Work(eighth[0], eighth[1], 1.001 * UNIT, "accumulate", theirs.ONE_PULSE),
        "a sample's gradient": Work(*sample, 5 * UNIT, "stochastic", {"desired_bl": 10}),
    }


def our_step(device: snnfe.Device, work: Work, part: slice) -> Step:
    """The step on plain arrays, from the outer product on; `part` of the rows."""
    columns = len(work.x)
    n = len(work.d[part]) * columns
    state: dict[str, Any] = {"w": np.zeros(n, np.float32), "a": np.zeros(n, np.float32), "step": 0}
    options: Any = {"bound": 0.5, "threshold": UNIT, "offset": (part.start or 0) * columns}
    options["programming"] = {"method": work.method}
    if "cells" in device.options:
        options["drawn_cells"] = device.cells(n, first=options["offset"])

    def run() -> None:
        sign = np.float32(1 if state["step"] % 2 else -1)
        change = np.outer(work.d[part] * (sign * np.float32(work.rate)), work.x).ravel()
        after = device.step(state["w"], state["a"], change, step=state["step"], **options)
        state.update(w=after.weights, a=after.accumulators, step=state["step"] + 1)

    return run


def their_step(made: Any, work: Work, part: slice) -> Step:
    """The update of a tile; `part` of the rows."""
    d = work.d[part]
    tile = Tile(made, len(d), len(work.x), update=work.update).set(0.5)
    return tile.alternating(theirs.SURELY if work.method == "accumulate" else work.rate, work.x, d)


def seconds(steps: list[Step], n: int, pool: ThreadPoolExecutor) -> float:
    """Time of n steps: of one, on this thread's own clock, of two at once, by the clock on the wall."""
    if len(steps) == 1:
        begin = time.thread_time()
        for _ in range(n):
            steps[0]()
        return time.thread_time() - begin
    begin = time.perf_counter()
    list(pool.map(lambda step: [step() for _ in range(n)], steps))
    return time.perf_counter() - begin


def parts(rows: int, threads: int) -> list[slice]:
    """The rows of each thread."""
    ends = np.linspace(0, rows, threads + 1).astype(int)
    return [slice(begin, end) for begin, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]


def measured(rounds: int, threads: tuple[int, ...]) -> Iterator[Row]:
    """Rows of all works, devices, sizes and threads; about 20 ms of each in a round."""
    tables = table_of(nominal())
    with ThreadPoolExecutor(max(threads)) as pool:
        for rows, columns in SIZES:
            for what, work in works(rows, columns).items():
                for name, (options, fields) in DEVICES.items():
                    for n_threads in threads:
                        split = parts(rows, n_threads)
                        device = nominal(**options)
                        made = theirs.piecewise(*tables, **fields)
                        sides = (
                            [our_step(device, work, p) for p in split],
                            [their_step(made, work, p) for p in split],
                        )
                        rates = rates_of(sides, rows * columns, rounds, pool)
                        yield speed_row(what, f"{name}; {rows} x {columns}, {n_threads} threads", *rates)


def rates_of(
    sides: tuple[list[Step], list[Step]], cells: int, rounds: int, pool: ThreadPoolExecutor
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Million cells a second of each round, ours and theirs in turn."""
    n = [max(1, round(0.02 / max(seconds(side, 1, pool), 1e-6))) for side in sides]
    found = [
        [n[k] * cells / seconds(side, n[k], pool) / 1e6 for k, side in enumerate(sides)]
        for _ in range(rounds)
    ]
    first, second = np.array(found).T
    return first, second


def speed_row(what: str, quantity: str, mine: NDArray[np.float64], other: NDArray[np.float64]) -> Row:
    """Medians, and the range of the rounds' ratios."""
    ratio = mine / other
    numbers = np.median(mine), np.median(other), ratio.min(), ratio.max()
    return row("speed", what, quantity, True, "million cells a second", *map(float, numbers))
