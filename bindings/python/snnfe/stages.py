"""The paper's stages as functions: pretrain, train on device, transfer and re-tune, personalize."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._callbacks import ProgressOption
from ._words import counted
from .dataset import Dataset
from .device import Device
from .evaluation import Personalized, personalize
from .network import Network, NetworkOptions
from .trainer import Trainer, TrainerOptions

if TYPE_CHECKING:
    from typing import Unpack

__all__ = ["Personalized", "Trained", "personalize", "pretrain", "retune", "train_on_device"]


@dataclass(frozen=True)
class Trained:
    """Result of a stage: the network, its logs (see `Trainer`), and the wear of all synapses
    together (None without a device)."""

    network: Network
    epoch_log: NDArray[Any]
    sample_log: NDArray[Any]
    wear: dict[str, Any] | None

    def __repr__(self) -> str:
        if not len(self.epoch_log):
            return f"<Trained: 0 epochs, {self.network!r}>"
        last = self.epoch_log[-1]
        parts = [counted(len(self.epoch_log), "epoch"), f"loss {last['train_loss']:.3f}"]
        for part in ("validation", "test"):
            if np.isfinite(last[f"{part}_accuracy"]):
                parts.append(f"{part} accuracy {100 * last[f'{part}_accuracy']:.1f} %")
        return f"<Trained: {', '.join(parts)}, {self.network!r}>"


def _run(
    network: Network,
    stage: str,
    dataset: Dataset,
    parts: tuple[ArrayLike, ArrayLike, ArrayLike],
    progress: ProgressOption,
    options: TrainerOptions,
) -> Trained:
    with Trainer(network, stage=stage, progress=progress, **options) as trainer:
        trainer.run(dataset, *parts)
        wear = trainer.wear() if options.get("device") is not None else None
        return Trained(network, trainer.epoch_log, trainer.sample_log, wear)


def _fitting(dataset: Dataset, network: NetworkOptions | None) -> Network:
    info = dataset.info
    sizes: NetworkOptions = {
        "n_rows": info["n_rows"],
        "n_columns": info["n_columns"],
        "n_steps": info["n_steps"],
        "n_classes": info["n_classes"],
    }
    sizes.update(network or {})
    return Network(**sizes)


def pretrain(
    dataset: Dataset,
    train: ArrayLike,
    validation: ArrayLike = (),
    test: ArrayLike = (),
    *,
    network: NetworkOptions | None = None,
    progress: ProgressOption = None,
    **options: Unpack[TrainerOptions],
) -> Trained:
    """Train a new network in floating point. `network` are its options; sizes fit the data set."""
    fresh = _fitting(dataset, network)
    return _run(fresh, "pretrain", dataset, (train, validation, test), progress, options)


def train_on_device(
    dataset: Dataset,
    train: ArrayLike,
    validation: ArrayLike = (),
    test: ArrayLike = (),
    *,
    network: NetworkOptions | None = None,
    progress: ProgressOption = None,
    **options: Unpack[TrainerOptions],
) -> Trained:
    """Train a new network through a device, "dut2" unless `device` is given."""
    if options.get("device") is None:
        options["device"] = Device()
    fresh = _fitting(dataset, network)
    return _run(fresh, "on_device", dataset, (train, validation, test), progress, options)


def retune(
    network: Network,
    dataset: Dataset,
    train: ArrayLike,
    validation: ArrayLike = (),
    test: ArrayLike = (),
    *,
    layers: Sequence[str] | None = None,
    transfer_levels: int = 2,
    transfer_x: float = 4.0,
    transfer_seed: int = 5,
    transfer_layers: Sequence[str] | None = None,
    progress: ProgressOption = None,
    **options: Unpack[TrainerOptions],
) -> Trained:
    """Transfer a copy of a network to devices and train its weights through them.

    Transferred are the weights of `transfer_layers` (default: all), quantized to `transfer_levels` levels
    as `snnfe.quantize` counts them and with programming noise `transfer_x`; trained are those of `layers`
    (default: all), at any value unless `levels` is given. The device is "dut2" unless given.
    """
    if options.get("device") is None:
        options["device"] = Device()
    device = options["device"]
    assert device is not None
    tuned = network.copy()
    tuned.transfer(
        device, levels=transfer_levels, x=transfer_x, seed=transfer_seed, layers=transfer_layers
    )
    tuned.freeze_for_stage("retune", layers)
    return _run(tuned, "retune", dataset, (train, validation, test), progress, options)
