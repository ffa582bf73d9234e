"""The ferroelectric device: what a programming pulse does to a synaptic weight."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arrays
from ._arrays import DoubleArray, FloatArray
from ._declarations import CALLBACKS, CONSTANTS, STRUCTS
from ._files import StrPath, opening
from ._handle import Owner, copied
from ._library import call
from ._options import Options, choice, plain, plain_form, sized
from ._words import counted
from .device_options import DeviceOptions, DeviceStepOptions

if TYPE_CHECKING:
    from typing import Unpack

#: Directions of a pulse.
LTP = CONSTANTS["SNNFE_LTP"]
LTD = CONSTANTS["SNNFE_LTD"]

ResponseFunction = Callable[[int, float], float]

#: One cell of an array, as `Device.cells` gives them.
CELL = np.dtype(STRUCTS["snnfe_cell"])


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
            f"<DeviceStep: {counted(self.weights.size, 'weight')}, crossings: {self.ltp_crossings} LTP, "
            f"{self.ltd_crossings} LTD>"
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
        call("snnfe_device_options_published", filled.reference, _arrays.name_bytes("published", published))
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
                values["forms"] = [plain_form(f) for f in (STRUCTS["snnfe_pulse_form"] * n).from_address(address)]
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
        cell was read `readings` times in between; a new array. Raises ArgumentError (a time that runs backwards;
        time or readings by which these cells lose nothing), NonfiniteError."""
        aged = _arrays.exact("weights", weights, np.float32).copy()
        number = _arrays.whole("first", first)
        with self._shared() as pointer:
            what = *_arrays.reals(from_s=from_s, to_s=to_s), _arrays.whole("readings", readings)
            call("snnfe_device_age", pointer, aged.ctypes.data, aged.size, _arrays.real("bound", bound), number, *what)
        return aged

    def read(
        self, weights: FloatArray, bound: float, *, column: int | None = None, seed: int = 5, first: int = 0
    ) -> FloatArray:
        """What a reading of weights float32 gives: a new array. `column` weights share a wire (default: the
        last axis); another `seed` is another reading. Raises ArgumentError (cells that are read as they are, too),
        NonfiniteError."""
        read = _arrays.exact("weights", weights, np.float32).copy()
        length = (read.shape[-1] if read.ndim else 1) if column is None else column
        with self._shared() as pointer:
            call(
                "snnfe_device_read",
                pointer,
                read.ctypes.data,
                read.size,
                _arrays.whole("column", length),
                _arrays.real("bound", bound),
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
                _arrays.real("w0", w0),
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
        drawn_cells: NDArray[Any] | None = None,
        **options: Unpack[DeviceStepOptions],
    ) -> DeviceStep:
        """The device-aware step: add updates to accumulators, pulse where a threshold is crossed.

        The three are float32 [n]; new arrays are returned. Weights beyond the bound are put to it
        first, so that a potentiation never lowers one. `pulses` uint32 [2, n], which cells that age need, are
        those of LTP and LTD that each synapse has had; `histories` float32 [n], which cells with a history need, is 0
        before the first step, and `imprints` float32 [n] what each synapse prefers. `programming` is another way to
        program; `states` float32 [3, n] and `second_pulses` uint32 [2, n] are then those of the step before, none at
        first, and `histories` of ways with a second cell [2, n]. `drawn_cells` [n], of ways with a second cell [2, n], are
        what `cells` gave, second ones from number `offset` + 2^31 on, or cells of your own (`CELL`): drawing them in every
        call takes longer than the step. Raises ArgumentError, NonfiniteError.
        """
        new_weights = _arrays.exact("weights", weights, np.float32, (None,)).copy()
        n = len(new_weights)
        new_accumulators = _arrays.exact("accumulators", accumulators, np.float32, (n,)).copy()
        change = _arrays.exact("updates", updates, np.float32, (n,))
        counted = _own("pulses", pulses, np.uint32, (2, n))
        prefers = _own("imprints", imprints, np.float32, (n,))
        has_second = _has_second_cells(options)
        new_histories = _own("histories", histories, np.float32, (2, n) if has_second else (n,))
        new_states, new_second = None, None
        if has_second:
            new_states = _own("states", np.zeros((3, n), np.float32) if states is None else states, np.float32, (3, n))
            seconds = np.zeros((2, n), np.uint32) if second_pulses is None else second_pulses
            new_second = _own("second_pulses", seconds, np.uint32, (2, n))
        filled = Options("snnfe_device_step_options").set(options)
        filled.struct.histories, filled.struct.imprints = _address(new_histories), _address(prefers)
        filled.struct.states, filled.struct.second_pulses = _address(new_states), _address(new_second)
        drawn = None if drawn_cells is None else _arrays.exact("drawn_cells", drawn_cells, CELL, (2, n) if has_second else (n,))
        filled.struct.drawn_cells = _address(drawn)
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
        if drawn is None and "cells" in self.options:
            drawn = self.cells(n, first=filled.struct.offset)
        clamped = _count_beyond(weights, filled.struct.bound, None if drawn is None else drawn.ravel()[:n])
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


def _count_beyond(weights: FloatArray, bound: float, cells: NDArray[Any] | None) -> int:
    """Weights beyond the bound, or beyond the windows of their cells."""
    if cells is None:
        return int(np.count_nonzero(np.abs(weights) > np.float32(bound)))
    low, high = (np.float32(bound * (2 * cells[end].astype(float) - 1)) for end in ("low", "high"))
    return int(np.count_nonzero((weights < low) | (weights > high)))


def _cells_at(address: int) -> dict[str, Any]:
    """Options of cells in memory of the library's, as keyword options."""
    struct = STRUCTS["snnfe_cells_options"].from_address(address)
    values = plain(struct)
    n = values.pop("n_aging")
    for name in ("aging_pulses", "aging_factors"):
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


def _own(name: str, values: Any, kind: Any, shape: tuple[int, ...]) -> Any:
    """A copy of an array of this kind and shape; None of none."""
    return None if values is None else _arrays.exact(name, values, kind, shape).copy()


def _address(values: Any) -> int | None:
    return None if values is None else int(values.ctypes.data)


def _direction(direction: int) -> int:
    return _arrays.whole("direction", direction, 0, 1)
