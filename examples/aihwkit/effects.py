"""Each effect that both libraries have, set up alike: samples [repetitions, cells] of conductances 0…1 or of factors.

Every repetition is an array of its own; in aihwkit also another list of the numbers that its noise is taken from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import snnfe
import theirs
from numpy.typing import NDArray
from scipy.linalg import solveh_banded
from theirs import STEP, Tile

Doubles = NDArray[np.float64]

ROWS, COLUMNS = 100, 100
CELLS = ROWS * COLUMNS
NODES = np.linspace(0, 1, 101)
DEVICE, SCALE = "dut2", 0.25
TRAIN = 20  # pulses
NOISE, SPREAD, STUCK = 0.3, 0.25, 0.05
#: Lines whose trains are as long as the largest update needs, at most ten pulses.
TRAINS_OF_TEN = {"desired_bl": 10}
#: Exponent of the power law (1 - w)^gamma that both libraries have exactly.
GAMMA, AMPLITUDE = 1.2, 0.1


class Pair(NamedTuple):
    """What both libraries make of one quantity."""

    quantity: str
    same: bool
    ours: Doubles
    theirs: Doubles


Effect = Callable[[int], Iterator[Pair]]


def table_of(device: snnfe.Device) -> tuple[Doubles, Doubles]:
    """The device's responses at the nodes, and as many to draw straight lines between."""
    return device.response(snnfe.LTP, NODES), device.response(snnfe.LTD, NODES)


def nominal(**options: Any) -> snnfe.Device:
    """The device of most comparisons."""
    return snnfe.Device(DEVICE, scale=SCALE, **options)


def tile(**fields: Any) -> Tile:
    """The same as aihwkit's tile."""
    return Tile(theirs.piecewise(*table_of(nominal()), **fields), ROWS, COLUMNS)


def power(**options: Any) -> snnfe.Device:
    """The power law in this library: the beta form with an exponent of 1."""
    return snnfe.Device(
        amplitude=(AMPLITUDE, AMPLITUDE), alpha=(1, GAMMA + 1), beta=(GAMMA + 1, 1), **options
    )


def pulsed(device: snnfe.Device, w: Doubles, runs: list[tuple[int, int]], seed: int) -> list[Doubles]:
    """Conductances after each run (direction, pulses)."""
    states, number = [], 0
    for direction, n in runs:
        for _ in range(n):
            w = device.pulse(direction, w, seed=seed, pulse=number)
            number += 1
        states.append(w)
    return states


def trains(
    name: str, same: bool, repetitions: int, ours: Callable[[int], snnfe.Device], made: Callable[[], Tile]
) -> Iterator[Pair]:
    """A pulse, a train upwards and one downwards from a conductance of 0.3."""
    runs = [(snnfe.LTP, 1), (snnfe.LTP, TRAIN - 1), (snnfe.LTD, TRAIN)]
    mine: list[list[Doubles]] = []
    other: list[list[Doubles]] = []
    for seed in range(repetitions):
        mine.append(pulsed(ours(seed), np.full(CELLS, 0.3), runs, seed))
        array = made().set(0.3)
        other.append([array.pulse(direction == snnfe.LTP, n).states() for direction, n in runs])
    for i, quantity in enumerate(("1 up", f"{TRAIN} up", f"{TRAIN} up, {TRAIN} down")):
        yield Pair(
            name + quantity, same, *(np.array([states[i] for states in side]) for side in (mine, other))
        )


def cycle(repetitions: int) -> Iterator[Pair]:
    """Noise that multiplies each change."""
    yield from trains("", True, repetitions, lambda _: nominal(rsd_c2c=NOISE), lambda: tile(dw_min_std=NOISE))


def numbers() -> tuple[Doubles, Doubles]:
    """The numbers behind the noise of one pulse to 200 000 cells of one array, which are normal of deviation 1."""
    n, start = 200_000, 0.5
    change = float(nominal().response(snnfe.LTP, [start])[0])
    mine = nominal(rsd_c2c=NOISE).pulse(snnfe.LTP, np.full(n, start), seed=1)
    made = theirs.piecewise(*table_of(nominal()), dw_min_std=NOISE)
    other = Tile(made, 200, n // 200).set(start).pulse(True).states()
    return ((mine - start) / change - 1) / NOISE, ((other - start) / change - 1) / NOISE


def asymmetry(repetitions: int) -> Iterator[Pair]:
    """Depressions 0.7 times as large, with the same noise."""
    yield from trains(
        "",
        True,
        repetitions,
        lambda _: nominal(rsd_c2c=NOISE, asymmetry=0.7),
        lambda: tile(dw_min_std=NOISE, up_down=0.3),
    )


def additive(repetitions: int) -> Iterator[Pair]:
    """Noise of a fixed size: soft bounds, whose change is 2·STEP·(1 - w) upwards."""
    made = theirs.device("LinearStepDevice", gamma_up=1.0, gamma_down=1.0, mult_noise=False, dw_min_std=0.5)
    own = snnfe.Device(amplitude=(2 * STEP, 2 * STEP), alpha=(1, 2), beta=(2, 1), sigma_add=0.5 * STEP)
    yield from trains("", True, repetitions, lambda _: own, lambda: Tile(made, ROWS, COLUMNS))


def gaussian(repetitions: int) -> Iterator[Pair]:
    """Amplitudes of LTP and LTD normal with correlation ½: aihwkit adds a common part and one of either sign."""
    common, apart = SPREAD * np.sqrt(0.75), SPREAD * np.sqrt(0.25)
    cells: Any = {"spread_amplitude": SPREAD, "correlation": 0.5, "truncation": 10}
    fields = {"dw_min_dtod": common, "up_down_dtod": apart}
    mine = np.array(
        [nominal(cells=cells | {"array": i}).cells(CELLS)["amplitude"].T for i in range(repetitions)]
    )
    other = np.array(
        [
            [made.drawn(f"dwmin_{way}") / STEP for way in ("up", "down")]
            for made in (tile(**fields) for _ in range(repetitions))
        ]
    )
    for i, name in enumerate(("LTP", "LTD")):
        yield Pair(f"amplitude of {name}", True, mine[:, i], other[:, i])
    yield Pair("LTP less LTD", True, mine[:, 0] - mine[:, 1], other[:, 0] - other[:, 1])
    yield from trains(
        "", True, repetitions, lambda i: nominal(cells=cells | {"array": i}), lambda: tile(**fields)
    )


def lognormal(repetitions: int) -> Iterator[Pair]:
    """Log-normal amplitudes, of mean 1 here and median 1 there, which is divided out."""
    sigma = np.sqrt(np.log1p(SPREAD**2))
    mean = np.exp(sigma**2 / 2)
    cells: Any = {"spread_amplitude": SPREAD, "distribution": "lognormal", "correlation": 1, "truncation": 10}
    up, down = (changes / mean for changes in table_of(nominal()))
    made = theirs.piecewise(up, down, dw_min_dtod=sigma, dw_min_dtod_log_normal=True)
    arrays = [Tile(made, ROWS, COLUMNS) for _ in range(repetitions)]
    yield Pair(
        "amplitude",
        True,
        np.array(
            [nominal(cells=cells | {"array": i}).cells(CELLS)["amplitude"][:, 0] for i in range(repetitions)]
        ),
        np.array([array.drawn("dwmin_up") / STEP / mean for array in arrays]),
    )
    yield from trains(
        "",
        True,
        repetitions,
        lambda i: nominal(cells=cells | {"array": i}),
        lambda: Tile(made, ROWS, COLUMNS),
    )


def exponents(repetitions: int) -> Iterator[Pair]:
    """The exponent of the power law differs, with noise: here the whole exponent of the beta form is multiplied."""
    spread = 0.2
    cells: Any = {"spread_beta": spread * GAMMA / (GAMMA + 1), "truncation": 10}
    made = theirs.device(
        "PowStepDevice", dw_min=AMPLITUDE, pow_gamma=GAMMA, pow_gamma_dtod=spread, dw_min_std=NOISE
    )
    yield Pair(
        "exponent upwards",
        True,
        np.array(
            [
                (GAMMA + 1) * power(cells=cells | {"array": i}).cells(CELLS)["beta"][:, 0] - 1.0
                for i in range(repetitions)
            ]
        ),
        np.array([Tile(made, ROWS, COLUMNS).drawn("gamma_up") for _ in range(repetitions)]),
    )


def windows(repetitions: int) -> Iterator[Pair]:
    """Ends of the windows; aihwkit's go beyond the nominal one, here they are cut there. Then a long train to the upper
    end: there the change per pulse does not become smaller with the window."""
    cells: Any = {"spread_window": SPREAD, "truncation": 10}
    fields = {"w_min_dtod": SPREAD, "w_max_dtod": SPREAD}
    arrays = [tile(**fields) for _ in range(repetitions)]
    drawn = [nominal(cells=cells | {"array": i}).cells(CELLS) for i in range(repetitions)]
    for end, name in (("low", "min_bound"), ("high", "max_bound")):
        other = np.array([array.drawn(name) + 0.5 for array in arrays])
        mine = np.array([cell[end].astype(float) for cell in drawn])
        yield Pair(f"{end} end, cut at the nominal one", True, mine, np.clip(other, 0, 1))
        yield Pair(f"{end} end", False, mine, other)
    yield from trains(
        "", False, repetitions, lambda i: nominal(cells=cells | {"array": i}), lambda: tile(**fields)
    )


def stuck(repetitions: int) -> Iterator[Pair]:
    """Cells that do not move, at a uniform conductance: their share of each array, and where they are."""
    cells: Any = {"stuck_anywhere": STUCK}
    shares, places = [], []
    for i in range(repetitions):
        drawn = nominal(cells=cells | {"array": i}).cells(CELLS)
        array = tile(corrupt_devices_prob=STUCK, corrupt_devices_range=1.0)
        is_stuck = drawn["low"] == drawn["high"], array.drawn("max_bound") == array.drawn("min_bound")
        shares.append(is_stuck)
        places.append((drawn["low"][is_stuck[0]][:300], array.drawn("max_bound")[is_stuck[1]][:300] + 0.5))
    yield Pair("stuck", True, *(np.array([s[k] for s in shares], float) for k in range(2)))
    yield Pair("place of stuck cells", True, *(np.array([p[k] for p in places], float) for k in range(2)))


def together(repetitions: int) -> Iterator[Pair]:
    """Noise, spread of the amplitudes and stuck cells at once."""
    cells: Any = {"spread_amplitude": SPREAD, "correlation": 1, "truncation": 10, "stuck_anywhere": STUCK}
    fields = {
        "dw_min_std": NOISE, "dw_min_dtod": SPREAD, "corrupt_devices_prob": STUCK, "corrupt_devices_range": 1.0
    }  # fmt: skip
    yield from trains(
        "",
        True,
        repetitions,
        lambda i: nominal(rsd_c2c=NOISE, cells=cells | {"array": i}),
        lambda: tile(**fields),
    )


def retention(repetitions: int) -> Iterator[Pair]:
    """The power law of time, to the middle, on uniform conductances: t^-nu from one second on there, (1 + t)^-nu here,
    which is one second younger. Cells differ in nu there, in the time constant here, as much after 10^4 s."""
    nu, differ = 0.05, 0.1
    sigma = differ * np.log(1e4)
    spread = float(np.sqrt(np.expm1(sigma**2)))
    law: Any = {"retention": "power", "retention_exponent": nu}
    for name, same, more, fields in (
        ("", True, {}, {"nu": nu}),
        ("cells differ, ", False, {"retention_spread": spread}, {"nu": nu, "nu_dtod": differ}),
    ):
        for seconds in (1e2, 1e4, 1e7):
            mine, other = [], []
            for i in range(repetitions):
                own = nominal(cells=law | more | {"array": i})
                start = np.random.default_rng(i).random(CELLS).astype(np.float32) - np.float32(0.5)
                array = tile(drift=theirs.drift(**fields)).set(start.reshape(ROWS, COLUMNS) + np.float32(0.5))
                mine.append(own.age(start, 0.5, seconds - 1) / start)
                other.append((array.drift(seconds).states() - 0.5) / start)
            yield Pair(f"{name}left after {seconds:g} s", same, np.array(mine, float), np.array(other, float))


def reading(repetitions: int) -> Iterator[Pair]:
    """Read noise of a cell, one reading of each."""
    sigma = 0.02
    own = nominal(cells={"read_noise": sigma})
    one_hot = np.eye(COLUMNS, dtype=np.float32)
    fields = theirs.WEIGHT_NOISE | {"w_noise": sigma}
    made = theirs.piecewise(*table_of(nominal()))
    mine, other = [], []
    for i in range(repetitions):
        mine.append(own.read(np.full(CELLS, 0.2, np.float32), 0.5, seed=i).astype(float) + 0.5)
        other.append(Tile(made, ROWS, COLUMNS, forward=fields).set(0.7).forward(one_hot).ravel() + 0.5)
    yield Pair("one reading", True, np.array(mine), np.array(other))


def converter(repetitions: int) -> Iterator[Pair]:
    """Errors of a converter of 6 bits: 64 codes here, 63 with one at the middle there."""
    bits = 6
    own = nominal(cells={"adc_bits": bits})
    one_hot = np.eye(COLUMNS, dtype=np.float32)
    fields = theirs.BARE | {"out_bound": 0.5, "out_res": 1 / (2**bits - 2)}
    made = theirs.piecewise(*table_of(nominal()))
    mine, other = [], []
    for i in range(repetitions):
        start = (np.random.default_rng(i).random((ROWS, COLUMNS)) - 0.5).astype(np.float32)
        mine.append((own.read(start, 0.5) - start).ravel())
        read = Tile(made, ROWS, COLUMNS, forward=fields).set(start + 0.5).forward(one_hot).T
        other.append((read - start).ravel())
    yield Pair("error", False, np.array(mine, float), np.array(other, float))


def solved(w: Doubles, wire: float) -> Doubles:
    """What the cells of columns [columns, rows] conduct together, by Kirchhoff's laws: row 0 is where it is sensed."""
    rows = w.shape[1]
    sums = []
    for column in w:
        bands = np.full((2, rows), -1 / wire)
        bands[1] = 2 / wire + column
        bands[1, -1] -= 1 / wire
        sums.append(np.sum(column * (1 - solveh_banded(bands, column))))
    return np.array(sums)


def wire(repetitions: int) -> Iterator[Pair]:
    """What the wire of a column takes off its sum, less that of a reference column at ½: Kirchhoff's laws here, a cubic of
    the current there; and those laws solved by SciPy instead of by this library."""
    ratio = 1 / 0.35 / 5e-6
    made = theirs.piecewise(*table_of(nominal()), w_min=-1.0, w_max=1.0)
    own = nominal(cells={"wire": 1 / ratio})
    fields = theirs.BARE | {"ir_drop": 1.0, "ir_drop_g_ratio": ratio}
    for rows in (128, 512):
        mine: list[Doubles] = []
        other: list[Doubles] = []
        exact: list[Doubles] = []
        for i in range(repetitions):
            w = (np.random.default_rng(i).random((100, rows)) / 2 + 0.5).astype(np.float32)
            columns = np.vstack([w, np.full((1, rows), 0.5, np.float32)])
            array = Tile(made, 101, rows, forward=fields).set(columns + 0.5)
            read = own.read(w - np.float32(0.5), 0.5, column=rows).sum(1)
            sums = [
                array.forward(np.ones((1, rows), np.float32)).ravel(),
                solved(columns.astype(float), 1 / ratio),
            ]
            less = [s[:100] - s[100] for s in sums]
            nothing_lost = w.sum(1) - rows / 2
            for shares, what in zip((mine, other, exact), (read, *less), strict=True):
                shares.append((nothing_lost - what) / w.sum(1))
        sides = [np.array(shares, float) for shares in (mine, other, exact)]
        yield Pair(f"share of the sum, {rows} rows", False, sides[0], sides[1])
        yield Pair(f"share of the sum, {rows} rows, solved by SciPy, and by aihwkit", False, sides[2], sides[1])


def counted(own: snnfe.Device, wanted: float, seed: int, method: str) -> Doubles:
    """Pulses that a way to program makes of an update in one step."""
    zero = np.zeros(CELLS, np.float32)
    update = np.full(CELLS, wanted * STEP, np.float32)
    step = own.step(zero, zero, update, bound=0.5, threshold=STEP, seed=seed, programming={"method": method})
    return np.asarray(np.round(step.weights.astype(float) / STEP))


def counted_there(made: Any, wanted: float, n_updates: int) -> Doubles:
    """The same there, of updates one after the other; the first column wants twice as much as the others."""
    array = Tile(made, ROWS, COLUMNS, update=TRAINS_OF_TEN).set(0.5)
    x = np.full(COLUMNS, wanted / n_updates, np.float32)
    x[0] *= 2
    for _ in range(n_updates):
        array.update(STEP, x, -np.ones(ROWS, np.float32))
    return np.round((array.states().reshape(ROWS, COLUMNS)[:, 1:] - 0.5) / STEP).ravel()


def updates(repetitions: int) -> Iterator[Pair]:
    """Pulses that an update of 4.6 units becomes: rounded at random here; there, coincidences of trains on both lines.
    In mixed precision whole units alone become pulses, here exactly, there by trains again, of up to ten pulses."""
    wanted = 4.6
    own = snnfe.Device(amplitude=(STEP, STEP), alpha=(1, 1), beta=(1, 1))
    plain = theirs.device("ConstantStepDevice")
    mixed = theirs.compound("MixedPrecisionCompound", [plain])
    # Mixed precision there transfers nothing after the very first update.
    for method, made, n_updates in (("stochastic", plain, 1), ("mixed", mixed, 2)):
        mine = np.array([counted(own, wanted, i, method) for i in range(repetitions)])
        other = np.array([counted_there(made, wanted, n_updates) for _ in range(repetitions)])
        yield Pair(f"pulses, {method}", False, mine, other)


EFFECTS: dict[str, Effect] = {
    "noise from cycle to cycle": cycle,
    "asymmetry": asymmetry,
    "additive noise": additive,
    "spread of amplitudes, Gaussian": gaussian,
    "spread of amplitudes, log-normal": lognormal,
    "spread of exponents": exponents,
    "windows differ": windows,
    "stuck cells": stuck,
    "noise, spread and stuck cells": together,
    "loss with time": retention,
    "read noise": reading,
    "converter": converter,
    "wire": wire,
    "updates to pulses": updates,
}
