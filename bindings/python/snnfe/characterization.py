"""From an instrument's measurement to a device: the pulse response that fits it."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import _arrays
from ._arrays import DoubleArray
from ._declarations import STRUCTS
from ._files import StrPath
from ._handle import copied
from ._library import FUNCTION, call
from ._options import plain, sized
from ._words import counted
from .device import LTD, LTP, Device
from .device_options import DeviceOptions

if TYPE_CHECKING:
    from typing import Unpack


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
            f"{name} R² {self.fit['r_squared'][i]:.3f} of {counted(len(self.w[i]), 'point')}"
            for i, name in enumerate(("LTP", "LTD"))
        ]
        return f"<Characterization: {', '.join(pairs)}, {counted(self.fit['n_cycles'], 'cycle')}>"

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
        _arrays.whole("direction", direction, 0, 1),
        conductances.ctypes.data,
        changes.ctypes.data,
        len(changes),
        ctypes.byref(result),
    )
    names = ("amplitude", "alpha", "beta", "residual", "r_squared")
    return {name: float(getattr(result, name)[direction]) for name in names}
