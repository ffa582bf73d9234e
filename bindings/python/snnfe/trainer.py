"""Training in floating point and through devices."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arrays
from ._arrays import FloatArray
from ._callbacks import Callbacks, ProgressOption
from ._declarations import CONSTANTS
from ._files import StrPath, opening
from ._handle import Owner
from ._library import call, text
from ._options import Options, choice, plain, sized
from ._records import Rows
from .dataset import Dataset
from .device import Device
from .device_options import ProgrammingOptions
from .network import Network

if TYPE_CHECKING:
    from typing import Unpack

RECORD = "snnfe_trainer_record"


class TrainerOptions(TypedDict, total=False):
    """How a network is trained (`snnfe_trainer_options`)."""

    n_threads: int
    """0 (default) = `default_threads()`; results do not depend on it."""
    n_epochs: int
    """Epochs; 20."""
    batch_size: int
    """Trials of a mini-batch; 64."""
    learning_rate: float
    """Of weights and biases; 1e-4."""
    decay_learning_rate: float
    """Of neuron decays; negative (default) = `learning_rate`."""
    time_weight_learning_rate: float
    """Of ts_weights; negative (default) = `learning_rate`."""
    least_learning_rate: float
    """Where cosine annealing ends; 1e-5."""
    beta1: float
    """Adam; 0.9."""
    beta2: float
    """Adam; 0.999."""
    epsilon: float
    """Adam; 1e-8."""
    schedule: str | int
    """"cosine" (default) or "constant"."""
    schedule_epochs: int
    """T_max of the annealing, after which the rate rises again: 20 in the paper's stages, whatever
    `n_epochs` is; 0 = `n_epochs`, or the checkpoint's on resuming."""
    seed: int
    """Of batch order, dropout and device noise; 5."""
    n_shards: int
    """Partial gradient sums of a batch; 16."""
    evaluations_per_epoch: int
    """Points of the per-sample log in an epoch; 10."""
    resume: bool
    """Go on from `checkpoint_path` if that file exists."""
    phase: str
    """First column of the logs; "pretrain" or "finetune", as published."""
    epoch_log_path: StrPath
    """CSV with a row an epoch."""
    sample_log_path: StrPath
    """CSV with a row a point within an epoch."""
    checkpoint_path: StrPath
    """Written after every epoch."""
    device: Device | None
    """Device through which synaptic weights are trained; None (default) = floating point."""
    threshold: float
    """Accumulated update that makes a pulse, in units of 2A; 0.025."""
    threshold_asymmetry: float
    """Factor on it for LTD; 1."""
    levels: int
    """Quantize weights after each device step, frozen ones before the first, to so many levels as
    `snnfe.quantize` counts them, even; 0 (default) = not."""
    keep_best: bool
    """End with the epoch of best validation accuracy, not with the last."""
    wear_log_path: StrPath
    """CSV with a row a layer, written after every epoch; needs `device`."""
    ltp_energy_j: float
    """Joules of an LTP pulse of the device's own, for wear; with `ltd_energy_j` 0 (default) the device's."""
    ltd_energy_j: float
    """Joules of an LTD pulse; 0."""
    endurance: float
    """Pulses that a cell lives through; 0 (default) = that of the device's cells."""
    log_start: bool
    """Begin the per-sample log with a row of epoch 0, before any training, as re-tuning does."""
    allow_seen: bool
    """Validate and test on trials that trained the network before, too, with a warning in the log; without
    it OverlapError."""
    allow_mismatch: bool
    """Train on data of another rate, montage, filter or other classes than trained the network before, with a
    warning in the log; without it ShapeError."""
    programming: ProgrammingOptions
    """How updates become pulses; default: thresholded accumulation. Needs `device`."""


def filled_options(options: TrainerOptions, stage: str | None = None) -> Options:
    """Filled trainer options, with a stage's settings below those given."""
    filled = Options("snnfe_trainer_options")
    if stage is not None:
        call("snnfe_trainer_options_stage", filled.reference, choice("stage", stage))
    return filled.set(options)


class Trainer(Owner):
    """Training of a network, which it changes.

    Options that are not given are those of `stage` ("pretrain", "on_device", "retune" or "sstl"). A
    stage through a device needs `device`. Results are bit-identical for any number of threads.
    """

    _noun = "trainer"
    _instead = "`save` writes its state, which `restore` takes up; its network can be pickled"

    def __init__(
        self,
        network: Network,
        *,
        stage: str = "pretrain",
        progress: ProgressOption = None,
        **options: Unpack[TrainerOptions],
    ) -> None:
        """Make a trainer. Raises ArgumentError naming option and value."""
        self._options = filled_options(options, stage)
        self._callbacks = Callbacks(self._options.struct, progress)
        self._network = network
        self._n_classes = int(network.options["n_classes"])
        handle = ctypes.c_void_p()
        with network._shared() as pointer:
            call("snnfe_trainer_create", ctypes.byref(handle), pointer, self._options.reference)
        borrowed = (network._open_handle(), self._options.kept, self._callbacks)
        self._handle = Trainer._adopt(handle.value, *borrowed)._handle

    @property
    def network(self) -> Network:
        """The network that is trained."""
        return self._network

    @property
    def options(self) -> dict[str, Any]:
        """The options in force."""
        return self._options.values()

    def run(
        self,
        dataset: Dataset,
        train: ArrayLike,
        validation: ArrayLike = (),
        test: ArrayLike = (),
    ) -> NDArray[Any]:
        """Train for the remaining epochs on the trials `train` of a data set; the epoch log.

        The three are positions, or masks with an entry for every trial of the data set; no trial may be
        in two of them. Ctrl-C stops after the running batch: the network then
        holds that batch's result, the last checkpoint is whole, and KeyboardInterrupt is raised; a
        progress function that returns True does the same with CancelledError. Raises ShapeError,
        OverlapError, NonfiniteError (the loss), FileError.
        """
        lists = [
            _arrays.indices(name, values, len(dataset))
            for name, values in (("train", train), ("validation", validation), ("test", test))
        ]
        data = sized("snnfe_trainer_data")
        data.train, data.validation, data.test = (a.ctypes.data if len(a) else None for a in lists)
        data.n_train, data.n_validation, data.n_test = map(len, lists)
        with (
            self._exclusive() as pointer,
            self._network._exclusive(),
            dataset._shared() as trials,
            _saying(self._going_on),
            self._callbacks,
        ):
            call("snnfe_trainer_run", pointer, trials, ctypes.byref(data))
        self._options.raise_failure()
        return self.epoch_log

    def _going_on(self) -> str:
        """How training goes on after Ctrl-C."""
        path = text(self._options.struct.checkpoint_path)
        later = (
            f"checkpoint_path={path!r} with resume=True goes on after the last whole epoch"
            if path
            else "only a checkpoint_path lets another process go on, with resume=True"
        )
        return (
            f"training stopped before epoch {self._options.struct.n_epochs} ended; the network holds the last "
            f"batch's result, and `run` of the same trainer goes on; {later}"
        )

    def step(self, grid: FloatArray, labels: ArrayLike, *, masks: NDArray[np.uint8] | None = None) -> float:
        """One step on a batch float32 [n, n_rows, n_columns, n_steps]; the mean loss before it.

        `masks` uint8 [n, 3, n_hidden] are dropout masks. Errors as `Network.gradient`.
        """
        x = self._network._input(grid)
        classes = _arrays.integers("labels", labels, n=len(x), booleans=True)
        kept = self._network._masks(masks, len(x))
        loss = ctypes.c_double()
        with self._exclusive() as pointer, self._network._exclusive():
            call(
                "snnfe_trainer_step",
                pointer,
                x.ctypes.data,
                classes.ctypes.data,
                len(x),
                _arrays.address(kept),
                ctypes.byref(loss),
            )
        self._options.raise_failure()
        return loss.value

    def _log(self, which: str) -> NDArray[Any]:
        number, n = CONSTANTS[f"SNNFE_TRAINER_LOG_{which}"], ctypes.c_size_t()
        rows = Rows(RECORD, (0,), 0)
        with self._shared() as pointer:
            call("snnfe_trainer_log", pointer, number, None, rows.size, None, ctypes.byref(n))
            rows = Rows(RECORD, (n.value,), self._n_classes, "class_accuracy")
            arrays = rows.rows.ctypes.data, rows.size, rows.classes.ctypes.data
            call("snnfe_trainer_log", pointer, number, *arrays, ctypes.byref(n))
        return rows.joined(behind="validation_accuracy")

    @property
    def epoch_log(self) -> NDArray[Any]:
        """A structured array with a row an epoch: epoch, samples_seen, train_loss,
        validation_accuracy, class_accuracy [n_classes], test_accuracy (0…1, of windows), learning_rate,
        ltp_crossings and ltd_crossings of the epoch, total_ltp_crossings and total_ltd_crossings since the start,
        validation_trial_accuracy and test_trial_accuracy (of trials, whose windows decide together)."""
        return self._log("EPOCHS")

    @property
    def sample_log(self) -> NDArray[Any]:
        """As `epoch_log`, with a row a point within an epoch; with `log_start` also a row of epoch 0."""
        return self._log("SAMPLES")

    def save(self, path: StrPath) -> None:
        """Write network and trainer state to a safetensors file, atomically."""
        with self._shared() as pointer:
            call("snnfe_trainer_save", pointer, _arrays.path_bytes(path))

    def restore(self, path: StrPath) -> None:
        """Take network and state from a checkpoint. Raises ShapeError naming an option that differs;
        nothing changes on failure."""
        with opening(path, "trainer"), self._exclusive() as pointer, self._network._exclusive():
            call("snnfe_trainer_restore", pointer, _arrays.path_bytes(path))

    def wear(
        self,
        layer: str | None = None,
        *,
        ltp_energy_j: float | None = None,
        ltd_energy_j: float | None = None,
        endurance: float | None = None,
    ) -> dict[str, Any]:
        """What programming did to a layer's synapses (None: to all).

        Energies of a pulse in joules and the endurance in pulses are those of the trainer's options, or the
        device's, unless given. Raises StateError without a device.
        """
        given = {"ltp_energy_j": ltp_energy_j, "ltd_energy_j": ltd_energy_j, "endurance": endurance}
        costs = None
        if any(value is not None for value in given.values()):
            costs = sized("snnfe_wear_options")
            for name, value in given.items():
                own = getattr(self._options.struct, name)
                setattr(costs, name, own if value is None else _arrays.real(name, value))
        wear = sized("snnfe_wear")
        reference = None if costs is None else ctypes.byref(costs)
        with self._shared() as pointer:
            call("snnfe_trainer_wear", pointer, _layer(layer), reference, ctypes.byref(wear), None, 0)
        return {**plain(wear), "layer": layer or "all"}

    def wear_histogram(self, layer: str | None = None, *, n_bins: int = 16) -> NDArray[np.uint64]:
        """Number of a layer's synapses with 0, 1, … pulses; the last bin takes those with more."""
        counts = np.zeros(_arrays.whole("n_bins", n_bins, 1, 2**31), np.uint64)
        wear = ctypes.byref(sized("snnfe_wear"))
        with self._shared() as pointer:
            call("snnfe_trainer_wear", pointer, _layer(layer), None, wear, counts.ctypes.data, len(counts))
        return counts

    def __repr__(self) -> str:
        if self.closed:
            return "<Trainer, closed>"
        o = self.options
        way = "through a device" if self._options.struct.device else "in floating point"
        return (
            f"<Trainer: {o['phase'] or 'pretrain'}, {way}, {len(self.epoch_log)} of {o['n_epochs']} epochs "
            f"done, batches of {o['batch_size']}, rate {o['learning_rate']:g}, {o['schedule']}>"
        )


@contextmanager
def _saying(what: Callable[[], str]) -> Iterator[None]:
    """Let KeyboardInterrupt say what to do next."""
    try:
        yield
    except KeyboardInterrupt as stop:
        if not stop.args:
            stop.args = (what(),)
        raise


def _layer(layer: str | None) -> int:
    return -1 if layer is None else choice("layer", layer)
