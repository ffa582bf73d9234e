"""How the devices of an array are distributed, from measurements of many; a device's history from pulse trains."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike

from . import _arrays
from ._files import StrPath, opening
from ._library import call
from ._options import Options, choice, path_array, plain, sized
from .device import Device
from .device_options import DeviceOptions

if TYPE_CHECKING:
    from typing import Unpack

_PAIRS = ("amplitude", "alpha", "beta", "spread_amplitude", "spread_alpha", "spread_beta")


class Estimate(NamedTuple):
    """An estimate and the ends of its 95 % confidence interval."""

    value: float
    low: float
    high: float


class Population:
    """What measurements say of many devices (`snnfe_population`): `n_devices`, `n_pulses`, `n_left_out`,
    `distribution`, `c2c_distribution`, and an `Estimate`, or a pair of LTP and LTD, of each parameter."""

    n_devices: int
    n_pulses: int
    n_left_out: int
    distribution: str
    c2c_distribution: str
    amplitude: tuple[Estimate, Estimate]
    alpha: tuple[Estimate, Estimate]
    beta: tuple[Estimate, Estimate]
    spread_amplitude: tuple[Estimate, Estimate]
    spread_alpha: tuple[Estimate, Estimate]
    spread_beta: tuple[Estimate, Estimate]
    correlation: Estimate
    rsd_c2c: Estimate
    rsd_c2c_state: Estimate

    def __init__(self, struct: Any) -> None:
        self._struct = struct
        for name, value in plain(struct).items():
            if name in _PAIRS:
                value = tuple(_estimate(one) for one in value)
            elif isinstance(value, ctypes.Structure):
                value = _estimate(value)
            setattr(self, name, value)

    def __repr__(self) -> str:
        spread = " and ".join(f"{100 * e.value:.1f} %" for e in self.spread_amplitude)
        return f"<Population: {self.n_devices} devices, {self.n_pulses} pulses, spread of amplitudes {spread}>"

    def device(self, *, array: int = 0, **options: Unpack[DeviceOptions]) -> Device:
        """A device of these estimates, whose cells are spread as the devices are."""
        filled, cells = Options("snnfe_device_options"), Options("snnfe_cells_options")
        call("snnfe_population_take", ctypes.byref(self._struct), filled.reference, cells.reference)
        taken: dict[str, Any] = {
            name: plain(filled.struct)[name]
            for name in ("amplitude", "alpha", "beta", "rsd_c2c", "rsd_c2c_state", "c2c_distribution")
        }
        spread = plain(cells.struct)
        taken["cells"] = {
            "array": array,
            **{
                name: spread[name]
                for name in ("distribution", "spread_amplitude", "spread_alpha", "spread_beta", "correlation")
            },
            **options.pop("cells", {}),
        }
        return Device(**cast(DeviceOptions, {**taken, **options}))


def _estimate(struct: Any) -> Estimate:
    return Estimate(struct.value, struct.low, struct.high)


def characterize_population(
    voltages: Sequence[ArrayLike],
    conductances: Sequence[ArrayLike],
    *,
    distribution: str = "gaussian",
    lowest: float = 0.0,
    highest: float = 0.0,
) -> Population:
    """Estimate how devices are distributed from the write voltages (volts) of each of at least 5, and the
    conductances (siemens) after them. `lowest` and `highest` are the conductances that are 0 and 1 for all; without
    them each device's own extremes are. Raises FormatError, ArgumentError, naming the device.
    """
    volts = [_arrays.doubles(f"voltages[{i}]", one) for i, one in enumerate(voltages)]
    _arrays.whole("number of conductances", len(conductances), len(volts), len(volts))
    siemens = [
        _arrays.doubles(f"conductances[{i}]", one, (len(v),))
        for i, (one, v) in enumerate(zip(conductances, volts, strict=True))
    ]
    pointers = ctypes.c_void_p * len(volts)
    counts = np.array([len(v) for v in volts], np.uint64)
    result = sized("snnfe_population")
    call(
        "snnfe_population_characterize",
        ctypes.addressof(voltage_pointers := pointers(*(v.ctypes.data for v in volts))),
        ctypes.addressof(conductance_pointers := pointers(*(s.ctypes.data for s in siemens))),
        counts.ctypes.data,
        len(volts),
        choice("distribution", distribution),
        _arrays.real("lowest", lowest),
        _arrays.real("highest", highest),
        ctypes.byref(result),
    )
    del voltage_pointers, conductance_pointers
    return Population(result)


def characterize_population_files(
    paths: Sequence[StrPath], *, distribution: str = "gaussian", lowest: float = 0.0, highest: float = 0.0
) -> Population:
    """The same from instruments' files, as `characterize_file` reads them. Raises FormatError naming the file."""
    names = path_array("paths", paths)
    result = sized("snnfe_population")
    call(
        "snnfe_population_characterize_files",
        ctypes.addressof(names),
        len(names),
        choice("distribution", distribution),
        _arrays.real("lowest", lowest),
        _arrays.real("highest", highest),
        ctypes.byref(result),
    )
    return Population(result)


def fit_history(device: Device, directions: ArrayLike, w: ArrayLike) -> dict[str, float]:
    """`history` and `history_pulses` of cells that explain best a train of pulses [n] with reversals, which brought
    the normalized conductance from `w[0]` to `w[n]`; `device` has the response without them.

    Raises ArgumentError, FormatError (a train of one direction).
    """
    given = _arrays.exact("directions", np.asarray(directions, np.int32), np.int32, (None,))
    conductances = _arrays.doubles("w", w, (len(given) + 1,))
    history, pulses = ctypes.c_double(), ctypes.c_double()
    with device._shared() as pointer:
        call(
            "snnfe_device_fit_history",
            pointer,
            given.ctypes.data,
            conductances.ctypes.data,
            len(given),
            ctypes.byref(history),
            ctypes.byref(pulses),
        )
    return {"history": history.value, "history_pulses": pulses.value}


def fit_history_file(device: Device, path: StrPath, *, lowest_s: float, highest_s: float) -> dict[str, float]:
    """`fit_history` of an instrument's file: its first conductance is that before the train, each other one that after
    a pulse (V_write < 0: LTP, > 0: LTD); `lowest_s` and `highest_s` siemens are conductance 0 and 1.

    Raises ArgumentError, FileError, FormatError (a train of one direction, a conductance beyond the two).
    """
    history, pulses = ctypes.c_double(), ctypes.c_double()
    with device._shared() as pointer:
        call(
            "snnfe_device_fit_history_file",
            pointer,
            _arrays.path_bytes(path),
            _arrays.real("lowest_s", lowest_s),
            _arrays.real("highest_s", highest_s),
            ctypes.byref(history),
            ctypes.byref(pulses),
        )
    return {"history": history.value, "history_pulses": pulses.value}


__all__ = ["Estimate", "Population", "characterize_population", "characterize_population_files", "fit_history", "fit_history_file"]
