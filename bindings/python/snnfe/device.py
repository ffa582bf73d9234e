"""The ferroelectric device: what a programming pulse does to a synaptic weight."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

import numpy as np
from numpy.typing import ArrayLike

from . import _arrays
from ._arrays import DoubleArray, FloatArray
from ._declarations import CALLBACKS, CONSTANTS, STRUCTS
from ._files import StrPath, opening
from ._handle import Owner, copied
from ._library import FUNCTION, call
from ._options import Options, plain, sized

if TYPE_CHECKING:
    from typing import Unpack

#: Directions of a pulse.
LTP = CONSTANTS["SNNFE_LTP"]
LTD = CONSTANTS["SNNFE_LTD"]

ResponseFunction = Callable[[int, float], float]


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
    """Result of `Device.step`: new arrays, the crossings of both thresholds, and the weights that were
    beyond the bound before the step."""

    weights: FloatArray
    accumulators: FloatArray
    ltp_crossings: int
    ltd_crossings: int
    clamped: int

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
        del values["function"], values["user_data"]
        return values

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
        **options: Unpack[DeviceStepOptions],
    ) -> DeviceStep:
        """The device-aware step: add updates to accumulators, pulse where a threshold is crossed.

        The three are float32 [n]; new arrays are returned. Weights beyond the bound are put to it
        first, so that a potentiation never lowers one. Raises ArgumentError, NonfiniteError.
        """
        new_weights = _arrays.exact("weights", weights, np.float32, (None,)).copy()
        n = len(new_weights)
        new_accumulators = _arrays.exact("accumulators", accumulators, np.float32, (n,)).copy()
        change = _arrays.exact("updates", updates, np.float32, (n,))
        filled = Options("snnfe_device_step_options").set(options)
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
                None,
                None,
                ctypes.byref(ltp),
                ctypes.byref(ltd),
            )
        clamped = int(np.count_nonzero(np.abs(weights) > np.float32(filled.struct.bound)))
        return DeviceStep(new_weights, new_accumulators, ltp.value, ltd.value, clamped)

    def __repr__(self) -> str:
        if self.closed:
            return "<Device, closed>"
        o = self.options
        if o["response"] != "beta":
            return f"<Device: {o['response']} response, rsd_c2c {o['rsd_c2c']:g}>"
        pairs = [
            f"{name} {o['amplitude'][i]:g}·w^{o['alpha'][i] - 1:.4g}·(1-w)^{o['beta'][i] - 1:.4g}"
            for i, name in enumerate(("LTP", "LTD"))
        ]
        return f"<Device: {', '.join(pairs)}, rsd_c2c {o['rsd_c2c']:g}>"


def _restored(function: ResponseFunction | None, options: dict[str, Any]) -> Device:
    """A device from its pickled parts."""
    given: Any = {name: value for name, value in options.items() if name != "response" or function is None}
    return Device(function=function, **given)


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
