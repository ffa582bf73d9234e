"""What a network costs: parameters, operations, spikes, memory, pulses, energy and wear."""

from __future__ import annotations

import ctypes
import math
from typing import TYPE_CHECKING, Any, TypedDict

from . import _arrays
from ._arrays import FloatArray
from ._declarations import CONSTANTS, STRUCTS
from ._files import StrPath
from ._library import call, text
from ._options import Options, plain, sized
from ._words import counted
from .device import Device
from .network import LAYERS, Network

if TYPE_CHECKING:
    from typing import Unpack


class ReportOptions(TypedDict, total=False):
    """A report on a network (`snnfe_report_options`)."""

    n_threads: int
    """Of evaluation and training, for their memory; 1."""
    batch_size: int
    """Of training, for its memory; 64."""
    n_shards: int
    """Of training; 16."""
    checkpoint: StrPath
    """File of `Trainer.save` that has pulses."""
    device: Device | None
    """Device of the training: for its memory, and what its pulses cost and its cells live through; None (default) =
    floating point."""
    ltp_energy_j: float
    """Joules of an LTP pulse of the device's own; with `ltd_energy_j` 0 (default) the device's."""
    ltd_energy_j: float
    """Joules of an LTD pulse; 0."""
    endurance: float
    """Pulses that a cell lives through; 0 (default) = that of the device's cells."""


class Report:
    """A report on a network; `str` gives a table to read.

    `total` and `layers` (by name) have n_neurons, n_synapses, dense_macs, synaptic_operations,
    effective_macs, event_operations, spikes, spike_rate and change_rate: means per trial, NaN without trials;
    ltp_pulses, ltd_pulses, largest (most pulses of a cell), energy_j, life_used (largest over endurance) and
    mean_life_used, NaN without a checkpoint (the last three also where energies or endurance are not known). `memory` has the bytes of parameters, evaluation, training and live decoding.
    """

    def __init__(self, struct: Any, rows: Any) -> None:
        """Take the library's report; made by `make_report`."""
        self._struct, self._rows = struct, rows
        self.n_trials = int(struct.n_trials)
        self.n_values = int(struct.n_values)
        self.total = self._layer(rows[len(LAYERS)])
        self.layers = {name: self._layer(rows[i]) for i, name in enumerate(LAYERS)}
        self.memory = {
            name: int(getattr(struct, f"{name}_bytes"))
            for name in ("parameter", "evaluation", "training", "live")
        }

    def _layer(self, struct: Any) -> dict[str, Any]:
        counts = () if self._struct.pulses_known else ("ltp_pulses", "ltd_pulses", "largest")
        return plain(struct) | dict.fromkeys(counts, math.nan)

    def _printed(self, form: str) -> str:
        length = ctypes.c_size_t()
        number = CONSTANTS[f"SNNFE_REPORT_{form}"]
        report = ctypes.byref(self._struct), ctypes.addressof(self._rows), ctypes.sizeof(self._rows[0])
        call("snnfe_report_print", *report, number, None, 0, ctypes.byref(length))
        buffer = ctypes.create_string_buffer(length.value + 1)
        call("snnfe_report_print", *report, number, ctypes.addressof(buffer), len(buffer), None)
        return text(buffer.value)

    def __str__(self) -> str:
        return self._printed("TEXT")

    def to_json(self) -> str:
        """One JSON object; what is not known is null."""
        return self._printed("JSON")

    def to_csv(self) -> str:
        """A row a layer and one of all; what is not known is empty."""
        return self._printed("CSV")

    def __repr__(self) -> str:
        return (
            f"<Report: {self.n_values} values, {self.total['dense_macs']} dense MACs, "
            f"{counted(self.n_trials, 'trial')}>"
        )


def make_report(network: Network, grid: FloatArray | None = None, **options: Unpack[ReportOptions]) -> Report:
    """Report on a network; operations are counted on trials float32 [n, n_rows, n_columns, n_steps].

    Raises ArgumentError, ShapeError (also for pulses of more forms than the device has), NonfiniteError; for the
    checkpoint FileError, FormatError, NotFoundError (it has no pulses).
    """
    x = None if grid is None else network._input(grid)
    filled = Options("snnfe_report_options").set(options)
    report, rows = sized("snnfe_report"), (STRUCTS["snnfe_layer_report"] * (len(LAYERS) + 1))()
    with network._shared() as pointer:
        call(
            "snnfe_report_make",
            pointer,
            _arrays.address(x),
            0 if x is None else len(x),
            filled.reference,
            ctypes.byref(report),
            ctypes.addressof(rows),
            ctypes.sizeof(rows[0]),
        )
    return Report(report, rows)
