"""The paper's figures from result files: ours, the published ones, or both in one figure.

`python -m snnfe.figures RESULTS… -o DIR` on the command line, `draw` in Python. Needs Matplotlib.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from matplotlib.figure import Figure

from .._files import StrPath
from ..dataset import Dataset
from ..network import Network
from . import devices, measurements, networks, personal, style, training, transfer
from .tables import Results, collect

__all__ = ["FIGURES", "FORMATS", "draw"]

#: Formats that figures are written in.
FORMATS = ("svg", "png")


@dataclass
class _Inputs:
    """What figures are made of."""

    results: Results
    network: Network | None = None
    dataset: Dataset | None = None


class _Entry(NamedTuple):
    """A figure: what it shows and how it is made, None where the inputs do not have it."""

    shows: str
    make: Callable[[_Inputs], Figure | None]


def _activity(given: _Inputs) -> Figure | None:
    if given.network is None or given.dataset is None:
        return None
    return networks.activity(given.network, given.dataset)


def _violin(given: _Inputs) -> Figure | None:
    return None if given.network is None else networks.weights_violin(given.network)


def _sweep(option: str) -> Callable[[_Inputs], Figure | None]:
    return lambda given: training.sweep(given.results, option)


_ENTRIES: dict[str, _Entry] = {
    "device_response": _Entry(
        "change by a pulse against w: measured points, fit, published devices",
        lambda given: devices.device_response(given.results),
    ),
    "pulse_trains": _Entry(
        "trains of LTP and LTD pulses, and their spread under noise",
        lambda given: devices.pulse_trains(given.results),
    ),
    "pulse_trains_rsd": _Entry(
        "single trains at spreads of 10, 20, 50 and 100 %",
        lambda given: devices.pulse_trains_rsd(given.results),
    ),
    "measured_pulses": _Entry(
        "w after each pulse of a cycle, measured and modeled",
        lambda given: measurements.measured_pulses(given.results),
    ),
    "measured_traces": _Entry(
        "write voltage, R, G and w of a measurement",
        lambda given: measurements.measured_traces(given.results),
    ),
    "measured_histograms": _Entry(
        "conductances by write voltage", lambda given: measurements.measured_histograms(given.results)
    ),
    "measured_spread": _Entry(
        "standard deviation against mean, separation of neighboring pulses",
        lambda given: measurements.measured_spread(given.results),
    ),
    "weights": _Entry(
        "weights of conv1 before and after a transfer",
        lambda given: networks.weights(given.results, given.network),
    ),
    "weights_violin": _Entry("weights of every layer before and after a transfer", _violin),
    "weight_ranges": _Entry(
        "smallest and largest weights of every layer",
        lambda given: networks.weight_ranges(given.results, given.network),
    ),
    "training": _Entry(
        "validation and test accuracy and loss over the epochs",
        lambda given: training.training(given.results),
    ),
    "sweep_thr": _Entry("accuracy over the epochs by threshold", _sweep("thr")),
    "sweep_thr_asym": _Entry("accuracy over the epochs by the threshold's asymmetry", _sweep("thr_asym")),
    "sweep_rsd_c2c": _Entry("accuracy over the epochs by spread from cycle to cycle", _sweep("rsd_c2c")),
    "sweep_q": _Entry("accuracy over the epochs by levels of a weight", _sweep("q")),
    "accuracy_q_x": _Entry(
        "test accuracy after a transfer against levels, by noise",
        lambda given: transfer.accuracy_q_x(given.results),
    ),
    "accuracy_eta": _Entry(
        "test accuracy after a transfer against noise, by levels",
        lambda given: transfer.accuracy_eta(given.results),
    ),
    "accuracy_layers": _Entry(
        "test accuracy after a transfer of one layer against noise",
        lambda given: transfer.accuracy_layers(given.results),
    ),
    "updates": _Entry(
        "crossings over epochs, validation accuracy against them",
        lambda given: training.updates(given.results),
    ),
    "retuning": _Entry(
        "accuracy from the transfer on while re-tuning, and crossings",
        lambda given: transfer.retuning(given.results),
    ),
    "subjects": _Entry("accuracy of each subject, sorted", lambda given: personal.subjects(given.results)),
    "sstl_gain": _Entry(
        "gain by personalization, by layers and rate", lambda given: personal.sstl_gain(given.results)
    ),
    "sstl_subjects": _Entry(
        "each subject before and after personalization",
        lambda given: personal.sstl_subjects(given.results),
    ),
    "sstl_histogram": _Entry(
        "histogram of subjects' accuracies before and after personalization",
        lambda given: personal.sstl_histogram(given.results),
    ),
    "wear": _Entry("pulses of the synapses of each layer", lambda given: personal.wear(given.results)),
    "activity": _Entry("firing rates and synaptic operations", _activity),
}

#: Name of every figure -> what it shows.
FIGURES = {name: entry.shows for name, entry in _ENTRIES.items()}


def draw(
    results: Sequence[StrPath],
    out: StrPath,
    *,
    network: Network | None = None,
    dataset: Dataset | None = None,
    formats: Sequence[str] = FORMATS,
    passed_over: list[Path] | None = None,
) -> list[Path]:
    """Draw every figure that the results can make into the folder `out`; the paths.

    `results` are files and folders (searched for .csv and .txt files): logs, summaries, wear and sweeps
    of the programs, the published tables and logs, measurements of devices. A `network` adds its weights
    before and after a transfer, with a `dataset` also its activity. Files given that are no results are
    appended to `passed_over`. Raises NotFoundError, FormatError (naming file and line), FileError.
    """
    collected = collect([Path(place) for place in results])
    if passed_over is not None:
        passed_over += collected.others
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, entry in _ENTRIES.items():
        with style.look():
            drawn = entry.make(_Inputs(collected, network, dataset))
        if drawn is not None:
            paths += style.save(drawn, folder, name, formats)
    return paths
