"""The paper's figures from result files: ours, the published ones, or both in one figure.

`python -m snnfe.figures RESULTS… -o DIR` on the command line, `draw` in Python. Needs Matplotlib.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from ..dataset import Dataset
from ..network import Network
from ..options import StrPath
from . import devices, networks, personal, style, training
from .tables import Results, collect

__all__ = ["FORMATS", "draw"]

#: Formats that figures are written in.
FORMATS = ("svg", "png")
SWEPT = ("thr", "thr_asym", "rsd_c2c", "q")


def _makers(
    results: Results, network: Network | None, dataset: Dataset | None
) -> Iterator[tuple[str, Callable[[], Figure | None]]]:
    yield "device_kernel", lambda: devices.device_kernel(results)
    yield "pulse_trains", lambda: devices.pulse_trains(results)
    yield "weights", lambda: networks.weights(results, network)
    yield "weight_ranges", lambda: networks.weight_ranges(results)
    yield "training", lambda: training.training(results)
    for option in SWEPT:
        yield f"sweep_{option}", lambda option=option: training.sweep(results, option)  # type: ignore[misc]
    yield "accuracy_q_x", lambda: training.accuracy_q_x(results)
    yield "updates", lambda: training.updates(results)
    yield "retuning", lambda: training.retuning(results)
    yield "subjects", lambda: personal.subjects(results)
    yield "sstl_gain", lambda: personal.sstl_gain(results)
    yield "sstl_subjects", lambda: personal.sstl_subjects(results)
    yield "wear", lambda: personal.wear(results)
    if network is not None and dataset is not None:
        yield "activity", lambda: networks.activity(network, dataset)


def draw(
    results: Sequence[StrPath],
    out: StrPath,
    *,
    network: Network | None = None,
    dataset: Dataset | None = None,
    formats: Sequence[str] = FORMATS,
) -> list[Path]:
    """Draw every figure that the results can make into the folder `out`; the paths.

    `results` are files and folders (searched for CSV files): logs, summaries, wear and sweeps of the
    programs, the published tables, measurements of devices. A `network` adds its weights before and
    after a transfer, with a `dataset` also its activity. Raises NotFoundError, FormatError (naming
    file and line), FileError.
    """
    collected = collect([Path(place) for place in results])
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, make in _makers(collected, network, dataset):
        with style.look():
            drawn = make()
        if drawn is not None:
            paths += style.save(drawn, folder, name, formats)
    return paths
