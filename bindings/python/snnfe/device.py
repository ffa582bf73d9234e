"""The ferroelectric device: what a programming pulse does to a synaptic weight."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arrays
from ._arrays import DoubleArray, FloatArray
from ._declarations import CALLBACKS, CONSTANTS, STRUCTS
from ._files import StrPath, opening
from ._handle import Owner, copied
from ._library import FUNCTION, call
from ._options import Options, choice, plain, sized

if TYPE_CHECKING:
    from typing import Unpack

#: Directions of a pulse.
LTP = CONSTANTS["SNNFE_LTP"]
LTD = CONSTANTS["SNNFE_LTD"]

ResponseFunction = Callable[[int, float], float]


#: One cell of an array, as `Device.cells` gives them.
CELL = np.dtype(STRUCTS["snnfe_cell"])


class CellsOptions(TypedDict, total=False):
    """What the cells of an array do beside the pulse response (`snnfe_cells_options`)."""

    distribution: str | int
    """"gaussian" (default) or "lognormal"."""
    array: int
    """Number of the array, from which its cells are drawn; 0."""
    spread_amplitude: float
    """Relative standard deviation of LTP and LTD amplitudes between cells; 0."""
    spread_alpha: float
    """Of the exponents alpha; 0."""
    spread_beta: float
    """Of the exponents beta; 0."""
    spread_window: float
    """Of how far the lowest and the highest conductance are from the middle; 0."""
    correlation: float
    """Of LTP and LTD, -1…1; 0."""
    truncation: float
    """Standard deviations beyond which a value is drawn again; 3."""
    stuck_low: float
    """Share of cells stuck at the lowest conductance; 0."""
    stuck_high: float
    """Share stuck at the highest; 0."""
    stuck_anywhere: float
    """Share stuck at a conductance that is drawn; 0."""
    pulses_before: float
    """Pulses that every cell had before those that are counted; 0."""
    wakeup_pulses: float
    """Pulses in which wake-up ends but for 1/e, 0 = none; 0."""
    wakeup_start: float
    """Factor on the amplitude of a fresh cell; 1."""
    fatigue_pulses: float
    """Pulses in which amplitudes fall, but for 1/e, 0 = never; 0."""
    fatigue_exponent: float
    """Of the stretched exponential; 1."""
    fatigue_end: float
    """Factor on the amplitude in the end; 0."""
    ageing_pulses: ArrayLike
    """[n] ascending: a table of factors on the amplitude, linear in ln(1 + pulses)."""
    ageing_factors: ArrayLike
    """[n] factors of the table, 0…10."""
    endurance: float
    """Pulses after which a cell is stuck where it is, 0 = never; 0."""
    endurance_spread: float
    """Relative standard deviation of it, log-normal; 0."""
    retention: str | int
    """"none" (default), "power" or "stretched"."""
    retention_s: float
    """Seconds of the law; 1."""
    retention_exponent: float
    """Exponent of the law; 1."""
    retention_spread: float
    """Relative standard deviation of retention_s, log-normal; 0."""
    retention_rest: float
    """Where cells go, as part of their windows; 0.5."""
    read_noise: float
    """Standard deviation of a reading, as conductance 0…1; 0."""
    read_noise_state: float
    """What a conductance of 1 adds to it, in proportion; 0."""
    adc_bits: int
    """Bits of the converter that reads, 0 = exact; 0."""
    adc_low: float
    """Conductance of its lowest code; 0."""
    adc_high: float
    """Conductance of its highest code; 1."""
    wire: float
    """Resistance of a column's wire from cell to cell times the highest conductance times the share of rows
    that conduct; 0."""
    imprint: float
    """What a cell held at an end of its window prefers that end by, for each factor e of time; 0."""
    imprint_s: float
    """Seconds after which it begins to show; 1."""
    held_s: float
    """Seconds that cells have held what the first pulse finds; 0."""
    history: float
    """What the first pulse after a long run of the other direction changes more, in proportion; 0."""
    history_pulses: float
    """Pulses in which a run is forgotten but for 1/e; 1."""
    read_disturb: float
    """Share of its distance from `read_disturb_rest` that a cell loses by one reading; 0."""
    read_disturb_rest: float
    """Where readings drive cells, as part of their windows; 0."""
    column_bits: int
    """Bits of the converter of a column's sum, 0 = exact; 0."""
    column_range: float
    """Its largest value, as networks have it; 1."""


class DeviceOptions(TypedDict, total=False):
    """A device (`snnfe_device_options`); pairs are (LTP, LTD)."""

    response: str | int
    """"beta" (default) or "table"; `Device(function=…)` sets "function"."""
    amplitude: ArrayLike
    """Amplitudes of LTP and LTD, >= 0."""
    alpha: ArrayLike
    """Exponents of w plus 1, > 0."""
    beta: ArrayLike
    """Exponents of 1 - w plus 1, > 0."""
    scale: float
    """Factor on both amplitudes; 1."""
    asymmetry: float
    """Factor on the LTD amplitude; 1."""
    rsd_c2c: float
    """Relative standard deviation of the amplitude from cycle to cycle; 0."""
    sigma_add: float
    """Standard deviation of noise added to dw; 0."""
    sigma_mul: float
    """Standard deviation of noise that multiplies dw; 0."""
    bounds: ArrayLike
    """[7] bound A of each layer's weights; 0 = 1/sqrt(fan_in); inf (default) = the same, rounded as the
    paper does in layers of the paper's sizes."""
    table_w: ArrayLike
    """[n] normalized conductances of a table, ascending, 0…1."""
    table_ltp: ArrayLike
    """[n] magnitudes of dw by an LTP pulse."""
    table_ltd: ArrayLike
    """[n] magnitudes of dw by an LTD pulse."""
    cells: CellsOptions
    """How the cells of an array differ, age, lose and are read; left out: all alike and perfect."""
    rsd_c2c_state: float
    """What a conductance of 1 adds to `rsd_c2c`, in proportion; 0."""
    c2c_distribution: str | int
    """"gaussian" (default) or "lognormal" noise from cycle to cycle."""
    forms: Sequence[Mapping[str, Any]]
    """Pulses that a programmer can choose beside the device's own: amplitude, alpha and beta of each, such as
    the `options` of other devices or the `fit` of measurements have."""
    policy: str | int
    """"first" (default): always the device's own pulse; "nearest": the one whose change is nearest to the
    wanted one."""


class ProgrammingOptions(TypedDict, total=False):
    """How updates become pulses (`snnfe_programming_options`)."""

    method: str | int
    """"accumulate" (default), "stochastic", "mixed", "tiki_taka", "tiki_taka_2", "verify" or "pairs"."""
    most_pulses: int
    """Pulses on a cell at once, of accumulate always 1; 10."""
    period: int
    """Steps between transfers of mixed and tiki_taka, or verifications; 1."""
    fast_rate: float
    """tiki_taka: factor on the updates of fast cells; 1."""
    transfer_rate: float
    """tiki_taka: share of what a fast cell holds that goes on; 0.1."""
    shift_pairs: int
    """tiki_taka: pairs of pulses that find a fast cell's symmetry point, 0 = none; 20."""
    tolerance: float
    """verify: error that is let be, in units of 2A; 0.02."""
    refresh: float
    """pairs: part of a cell's window at which a pair is refreshed; 0.9."""


class DeviceStepOptions(TypedDict, total=False):
    """How optimizer updates become pulses (`snnfe_device_step_options`)."""

    levels: int
    """Quantize after the step to so many levels as `snnfe.quantize` counts them, even; 0 (default) =
    not."""
    threshold: float
    """Accumulated update that makes a pulse, in units of 2A; 0.025."""
    threshold_asymmetry: float
    """Factor on it for LTD; 1."""
    bound: float
    """Bound A of the weights; 0.0625."""
    seed: int
    """Of the noise; 5."""
    step: int
    """Number of the step, so that every step draws its own noise; 0."""
    offset: int
    """Number of the first synapse; 0."""
    programming: ProgrammingOptions
    """How updates become pulses; default: thresholded accumulation."""


class Characterization(NamedTuple):
    """What a measurement says about a device.

    `fit` has the pairs (LTP, LTD) amplitude, alpha, beta, residual, r_squared, rsd_c2c and n_points,
    and n_cycles. `w` and `dw` are the fitted points of LTP and LTD: normalized conductance and its
    change (negative for LTD).
    """

    fit: dict[str, Any]
    w: tuple[DoubleArray, DoubleArray]
    dw: tuple[DoubleArray, DoubleArray]

    def __repr__(self) -> str:
        pairs = [
            f"{name} R² {self.fit['r_squared'][i]:.3f} of {len(self.w[i])} points"
            for i, name in enumerate(("LTP", "LTD"))
        ]
        return f"<Characterization: {', '.join(pairs)}, {self.fit['n_cycles']} cycles>"

    def device(self, *, with_spread: bool = False, **options: Unpack[DeviceOptions]) -> Device:
        """A device with the fitted pulse response; `with_spread` also sets rsd_c2c from the cycles."""
        fitted: DeviceOptions = {
            "amplitude": self.fit["amplitude"],
            "alpha": self.fit["alpha"],
            "beta": self.fit["beta"],
        }
        if with_spread:
            fitted["rsd_c2c"] = float(np.mean(self.fit["rsd_c2c"]))
        fitted.update(options)
        return Device(**fitted)


class DeviceStep(NamedTuple):
    """Result of `Device.step`: new arrays, the crossings of both thresholds, the weights that were beyond
    the bound, or the windows of their cells, before the step, and the pulses that each synapse has had and its run,
    if they were given; what Tiki-Taka and pairs keep, for the next step."""
    weights: FloatArray
    accumulators: FloatArray
    ltp_crossings: int
    ltd_crossings: int
    clamped: int
    pulses: NDArray[np.uint32] | None = None
    histories: FloatArray | None = None
    states: FloatArray | None = None
    second_pulses: NDArray[np.uint32] | None = None

    def __repr__(self) -> str:
        return (
            f"<DeviceStep: {self.weights.size} weights, {self.ltp_crossings} LTP and "
            f"{self.ltd_crossings} LTD crossings>"
        )


class Device(Owner):
    """A programmable synapse.

    `Device()` is the published device "dut2"; `Device("dut4")` another published one; keyword
    options change it. `function(direction, w)` gives the magnitude of the change of a normalized
    conductance instead of the beta form; it is called while training from several threads, one at
    a time; what it raises is raised when the call has returned. Noise is a pure function of seed, pulse
    and synapse.
    """

    _noun = "device"
    _function: ResponseFunction | None = None

    def __init__(
        self,
        published: str = "dut2",
        *,
        function: ResponseFunction | None = None,
        **options: Unpack[DeviceOptions],
    ) -> None:
        """Make a device. Raises NotFoundError (no such published device), ArgumentError."""
        filled = Options("snnfe_device_options")
        call("snnfe_device_options_published", filled.reference, published.encode())
        filled.set(options)
        failures: list[BaseException] = []
        callback = None
        if function is not None:
            callback = CALLBACKS["snnfe_response_fn"](_guarded(function, failures))
            filled.struct.response = CONSTANTS["SNNFE_RESPONSE_FUNCTION"]
            filled.struct.function = callback
        handle = ctypes.c_void_p()
        call("snnfe_device_create", ctypes.byref(handle), filled.reference)
        self._handle = Device._adopt(handle.value, callback)._open_handle()
        self._handle.failures = failures
        self._function = function

    @classmethod
    def load(cls, path: StrPath) -> Device:
        """Read a device from a JSON file. Raises FileError, FormatError naming field and value."""
        handle = ctypes.c_void_p()
        with opening(path, "device"):
            call("snnfe_device_load", ctypes.byref(handle), _arrays.path_bytes(path))
        return cls._adopt(handle.value)

    def save(self, path: StrPath) -> None:
        """Write the device to a JSON file, atomically. Raises ArgumentError for a `function`."""
        with self._shared() as pointer:
            call("snnfe_device_save", pointer, _arrays.path_bytes(path))

    def copy(self) -> Device:
        """An independent device of the same options and function."""
        return _restored(self._function, self.options)

    def __copy__(self) -> Device:
        return self.copy()

    def __deepcopy__(self, _memo: dict[int, Any]) -> Device:
        return self.copy()

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self._function, self.options)

    @property
    def options(self) -> dict[str, Any]:
        """The options of the device; tables as arrays."""
        struct = sized("snnfe_device_options")
        with self._shared() as pointer:
            call("snnfe_device_get_options", pointer, ctypes.byref(struct))
            values = plain(struct)
            n = values.pop("n_table")
            for name in ("table_w", "table_ltp", "table_ltd"):
                address = values.pop(name)
                if n and address:
                    values[name] = copied(address, np.float64, n)
            address = values.pop("cells")
            if address:
                values["cells"] = _cells_at(address)
            address, n = values.pop("forms"), values.pop("n_forms")
            if address:
                values["forms"] = [plain(f) for f in (STRUCTS["snnfe_pulse_form"] * n).from_address(address)]
        del values["function"], values["user_data"]
        return values

    def cells(self, n: int, *, first: int = 0) -> NDArray[Any]:
        """The cells of `n` synapses from number `first` on: a structured array with amplitude, alpha and beta
        [2] (factors for LTP and LTD), low and high (equal for a stuck cell), endurance and retention_s.

        Raises ArgumentError (first + n is more than 2^32).
        """
        cells = np.empty(_arrays.whole("n", n, 0, 2**32), CELL)
        with self._shared() as pointer:
            number = _arrays.whole("first", first)
            call("snnfe_device_cells", pointer, number, len(cells), cells.ctypes.data, CELL.itemsize)
        return cells

    def age(
        self,
        weights: FloatArray,
        bound: float,
        to_s: float,
        *,
        from_s: float = 0.0,
        readings: int = 0,
        first: int = 0,
    ) -> FloatArray:
        """Weights float32 as they are `to_s` seconds after the programming, given those of `from_s`, when each
        cell was read `readings` times in between; a new array. Raises ArgumentError (a time that runs backwards), NonfiniteError."""
        aged = _arrays.exact("weights", weights, np.float32).copy()
        number = _arrays.whole("first", first)
        with self._shared() as pointer:
            what = float(from_s), float(to_s), _arrays.whole("readings", readings)
            call("snnfe_device_age", pointer, aged.ctypes.data, aged.size, float(bound), number, *what)
        return aged

    def read(
        self, weights: FloatArray, bound: float, *, column: int | None = None, seed: int = 5, first: int = 0
    ) -> FloatArray:
        """What a reading of weights float32 gives: a new array. `column` weights share a wire (default: the
        last axis); another `seed` is another reading. Raises ArgumentError, NonfiniteError."""
        read = _arrays.exact("weights", weights, np.float32).copy()
        length = (read.shape[-1] if read.ndim else 1) if column is None else column
        with self._shared() as pointer:
            call(
                "snnfe_device_read",
                pointer,
                read.ctypes.data,
                read.size,
                _arrays.whole("column", length),
                float(bound),
                _arrays.whole("first", first),
                _arrays.whole("seed", seed),
            )
        return read

    def response(self, direction: int, w: ArrayLike) -> DoubleArray:
        """Magnitude of the change by one pulse without noise, at conductances `w` [n] (0…1)."""
        conductances = _arrays.doubles("w", w)
        dw = np.empty_like(conductances)
        with self._shared() as pointer:
            call(
                "snnfe_device_response",
                pointer,
                _direction(direction),
                conductances.ctypes.data,
                len(dw),
                dw.ctypes.data,
            )
        return dw

    def pulse(self, direction: int, w: ArrayLike, *, seed: int = 5, pulse: int = 0) -> DoubleArray:
        """Conductances [n] after one pulse to each; the same `pulse` number draws the same noise."""
        after = _arrays.doubles("w", w).copy()
        with self._shared() as pointer:
            call(
                "snnfe_device_pulse",
                pointer,
                _direction(direction),
                after.ctypes.data,
                len(after),
                _arrays.whole("seed", seed),
                _arrays.whole("pulse", pulse),
            )
        return after

    def pulse_train(self, directions: ArrayLike, *, w0: float = 0.01, seed: int = 5) -> DoubleArray:
        """Conductance before the first and after every pulse, float64 [n_pulses + 1]."""
        train = _arrays.integers("directions", directions, booleans=True)
        w = np.empty(len(train) + 1)
        with self._shared() as pointer:
            call(
                "snnfe_device_pulse_train",
                pointer,
                train.ctypes.data,
                len(train),
                float(w0),
                _arrays.whole("seed", seed),
                w.ctypes.data,
            )
        return w

    def step(
        self,
        weights: FloatArray,
        accumulators: FloatArray,
        updates: FloatArray,
        *,
        pulses: NDArray[np.uint32] | None = None,
        histories: FloatArray | None = None,
        imprints: FloatArray | None = None,
        states: FloatArray | None = None,
        second_pulses: NDArray[np.uint32] | None = None,
        **options: Unpack[DeviceStepOptions],
    ) -> DeviceStep:
        """The device-aware step: add updates to accumulators, pulse where a threshold is crossed.

        The three are float32 [n]; new arrays are returned. Weights beyond the bound are put to it
        first, so that a potentiation never lowers one. `pulses` uint32 [2, n], which cells that age need, are
        those of LTP and LTD that each synapse has had; `histories` float32 [n], which cells with a history need, is 0
        before the first step, and `imprints` float32 [n] what each synapse prefers. `programming` is another way to
        program; `states` float32 [3, n] and `second_pulses` uint32 [2, n] are then those of the step before, none at
        first, and `histories` of ways with a second cell [2, n]. Raises ArgumentError, NonfiniteError.
        """
        new_weights = _arrays.exact("weights", weights, np.float32, (None,)).copy()
        n = len(new_weights)
        new_accumulators = _arrays.exact("accumulators", accumulators, np.float32, (n,)).copy()
        change = _arrays.exact("updates", updates, np.float32, (n,))
        counted = None if pulses is None else _arrays.exact("pulses", pulses, np.uint32, (2, n)).copy()
        filled = Options("snnfe_device_step_options").set(options)
        second = _has_second_cells(options)
        runs = (2, n) if second else (n,)
        new_histories = None if histories is None else _arrays.exact("histories", histories, np.float32, runs).copy()
        new_states, new_second = None, None
        if second:
            states = np.zeros((3, n), np.float32) if states is None else states
            second_pulses = np.zeros((2, n), np.uint32) if second_pulses is None else second_pulses
            new_states = _arrays.exact("states", states, np.float32, (3, n)).copy()
            new_second = _arrays.exact("second_pulses", second_pulses, np.uint32, (2, n)).copy()
            filled.struct.states, filled.struct.second_pulses = new_states.ctypes.data, new_second.ctypes.data
        prefers = None if imprints is None else _arrays.exact("imprints", imprints, np.float32, (n,))
        filled.struct.histories = None if new_histories is None else new_histories.ctypes.data
        filled.struct.imprints = None if prefers is None else prefers.ctypes.data
        ltp, ltd = ctypes.c_uint64(), ctypes.c_uint64()
        with self._shared() as pointer:
            call(
                "snnfe_device_step",
                pointer,
                filled.reference,
                new_weights.ctypes.data,
                new_accumulators.ctypes.data,
                change.ctypes.data,
                n,
                None if counted is None else counted[LTP].ctypes.data,
                None if counted is None else counted[LTD].ctypes.data,
                ctypes.byref(ltp),
                ctypes.byref(ltd),
            )
        clamped = self._count_beyond(weights, filled.struct.bound, filled.struct.offset)
        return DeviceStep(
            new_weights,
            new_accumulators,
            ltp.value,
            ltd.value,
            clamped,
            counted,
            new_histories,
            new_states,
            new_second,
        )

    def _count_beyond(self, weights: FloatArray, bound: float, offset: int) -> int:
        if "cells" not in self.options:
            return int(np.count_nonzero(np.abs(weights) > np.float32(bound)))
        cells = self.cells(len(weights), first=offset)
        low, high = (np.float32(bound * (2 * cells[end].astype(float) - 1)) for end in ("low", "high"))
        return int(np.count_nonzero((weights < low) | (weights > high)))

    def __repr__(self) -> str:
        if self.closed:
            return "<Device, closed>"
        o = self.options
        noise = f"rsd_c2c {o['rsd_c2c']:g}"
        if "cells" in o:
            noise += f", cells of array {o['cells']['array']}"
        if o["response"] != "beta":
            return f"<Device: {o['response']} response, {noise}>"
        pairs = [
            f"{name} {o['amplitude'][i]:g}·w^{o['alpha'][i] - 1:.4g}·(1-w)^{o['beta'][i] - 1:.4g}"
            for i, name in enumerate(("LTP", "LTD"))
        ]
        return f"<Device: {', '.join(pairs)}, {noise}>"


def _restored(function: ResponseFunction | None, options: dict[str, Any]) -> Device:
    """A device from its pickled parts."""
    given: Any = {name: value for name, value in options.items() if name != "response" or function is None}
    return Device(function=function, **given)


def _cells_at(address: int) -> dict[str, Any]:
    """Options of cells in memory of the library's, as keyword options."""
    struct = STRUCTS["snnfe_cells_options"].from_address(address)
    values = plain(struct)
    n = values.pop("n_ageing")
    for name in ("ageing_pulses", "ageing_factors"):
        table = values.pop(name)
        if n and table:
            values[name] = copied(table, np.float64, n)
    return values


def _guarded(
    function: ResponseFunction, failures: list[BaseException]
) -> Callable[[int, float, int | None], float]:
    """`function` for C: an exception is kept, and the change is none."""

    def response(direction: int, w: float, _: int | None) -> float:
        try:
            return float(function(direction, w))
        except Exception as error:  # raised again when the call has returned
            failures.append(error)
            return 0.0

    return response


def _has_second_cells(options: DeviceStepOptions) -> bool:
    """Does the way to program keep a second cell for each synapse?"""
    method = options.get("programming", {}).get("method", "accumulate")
    return choice("method", method) in [choice("method", name) for name in ("tiki_taka", "tiki_taka_2", "pairs")]


def _direction(direction: int) -> int:
    return _arrays.whole("direction", direction, 0, 1)


def quantize(weights: FloatArray, bound: float, levels: int) -> FloatArray:
    """Weights float32 rounded to levels of [-bound, bound]; a new array. `levels` is even and counts as
    the paper does: there are `levels` + 1 values, -bound, 0 and bound for 2.

    Raises ArgumentError, NonfiniteError.
    """
    rounded = _arrays.exact("weights", weights, np.float32).copy()
    count = _arrays.whole("levels", levels, 0, 2**32 - 1)
    call("snnfe_quantize", rounded.ctypes.data, rounded.size, float(bound), count)
    return rounded


def programming_noise(
    weights: FloatArray, bound: float, x: float, *, seed: int = 5, stream: int = 0
) -> FloatArray:
    """Weights float32 with the noise of a transfer of inverse relative spread `x`; a new array.

    `stream` keeps arrays of the same seed apart. Raises ArgumentError, NonfiniteError.
    """
    noisy = _arrays.exact("weights", weights, np.float32).copy()
    call(
        "snnfe_programming_noise",
        noisy.ctypes.data,
        noisy.size,
        float(bound),
        float(x),
        _arrays.whole("seed", seed),
        _arrays.whole("stream", stream),
    )
    return noisy


def _characterized(name: str, *arguments: Any) -> Characterization:
    result = sized("snnfe_characterization")
    points: Any = STRUCTS["snnfe_measured_points"]()
    call(name, *arguments, ctypes.byref(result), ctypes.byref(points))
    try:
        w, dw = (
            tuple(copied(addresses[i], np.float64, points.n[i]) for i in (LTP, LTD))
            for addresses in (points.w, points.dw)
        )
    finally:
        FUNCTION["snnfe_measured_points_release"](ctypes.byref(points))
    return Characterization(plain(result), (w[0], w[1]), (dw[0], dw[1]))


def characterize(voltage: ArrayLike, conductance: ArrayLike, cycle: int = 4) -> Characterization:
    """Fit a device from write voltages [n] (volts) and the conductances [n] (siemens) after them.

    `cycle` is the whole cycle to fit, from 1. Raises NotFoundError (fewer cycles), FormatError.
    """
    volts = _arrays.doubles("voltage", voltage)
    siemens = _arrays.doubles("conductance", conductance, (len(volts),))
    return _characterized(
        "snnfe_device_characterize",
        volts.ctypes.data,
        siemens.ctypes.data,
        len(volts),
        _arrays.whole("cycle", cycle, 0, 2**32 - 1),
    )


def characterize_file(path: StrPath, cycle: int = 4) -> Characterization:
    """The same from the instrument's text file. Raises FormatError naming line and column."""
    return _characterized(
        "snnfe_device_characterize_file",
        _arrays.path_bytes(path),
        _arrays.whole("cycle", cycle, 0, 2**32 - 1),
    )


def fit_response(direction: int, w: ArrayLike, dw: ArrayLike) -> dict[str, float]:
    """Fit amplitude, alpha and beta to measured pairs [n] of one direction, n >= 4.

    Raises ArgumentError, NonfiniteError, FormatError (no convergence).
    """
    conductances = _arrays.doubles("w", w)
    changes = _arrays.doubles("dw", dw, (len(conductances),))
    result = sized("snnfe_characterization")
    call(
        "snnfe_device_fit",
        _direction(direction),
        conductances.ctypes.data,
        changes.ctypes.data,
        len(changes),
        ctypes.byref(result),
    )
    names = ("amplitude", "alpha", "beta", "residual", "r_squared")
    return {name: float(getattr(result, name)[direction]) for name in names}
