"""The convolutional-recurrent network of CUBA-LIF neurons."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arrays, provenance
from ._arrays import FloatArray, IntArray
from ._callbacks import Callbacks, ProgressOption
from ._declarations import CONSTANTS, STRUCTS
from ._files import StrPath, opening
from ._library import call
from ._options import Options, choice, text_array
from ._parameters import LAYERS, Parameter, Parameters
from ._state import parameters_of, sizes_of
from .device import Device
from .provenance import Origin, Signal, Trials

if TYPE_CHECKING:
    from typing import Unpack

    from .dataset import Dataset

__all__ = ["LAYERS", "Network", "NetworkOptions", "Parameter", "RunOptions"]

_ACTIVITY = np.dtype(STRUCTS["snnfe_layer_activity"])
_N_MASKS = CONSTANTS["SNNFE_N_MASKS"]


class NetworkOptions(TypedDict, total=False):
    """Configuration of a network (`snnfe_network_options`)."""

    n_rows: int
    """Grid rows, 10…64; 10."""
    n_columns: int
    """Grid columns, 10…64; 11."""
    n_steps: int
    """Time steps of a trial; 160."""
    conv1_channels: int
    """Channels of conv1; 64."""
    conv2_channels: int
    """Channels of conv2; 128."""
    conv3_channels: int
    """Channels of conv3; 256."""
    n_hidden: int
    """Neurons of tc1, r1 and fc1 each; 256."""
    n_classes: int
    """Classes, 2…256; 2."""
    current_decay: float
    """Initial decay of currents, 0…1; 0.1."""
    voltage_decay: float
    """Initial decay of potentials, 0…1; 0.1."""
    threshold: float
    """Firing threshold, >= 0; 0.1."""
    surrogate_width: float
    """Half width of the surrogate derivative, > 0; 0.3."""
    surrogate_height: float
    """Height of the surrogate derivative, > 0; 0.3."""
    adaptive_step: float
    """r1: added to the threshold after a spike, >= 0; 0.01."""
    adaptive_decay: float
    """r1: factor on the threshold without a spike, 0…1; 0.1."""
    adaptive_floor: float
    """r1: least threshold without a spike, >= 0; 0.01."""
    dropout: float
    """Probability of a mask, training only, 0 <= p < 1; 0.3."""
    seed: int
    """Of the initial weights; 5."""
    column_bits: int
    """Bits of a converter of what arrives at neurons of tc1 to fc1 and at fc2, 0 = exact; 0."""
    column_range: float
    """Its largest value, as a part of sqrt(fan_in); 1."""


class RunOptions(TypedDict, total=False):
    """How trials are run (`snnfe_run_options`)."""

    n_threads: int
    """0 (default) = `default_threads()`; results do not depend on it."""
    n_shards: int
    """Partial gradient sums of a batch; 16; affects the last bits of gradients."""
    allow_seen: bool
    """Evaluate trials that trained the network, too, and count them in `n_seen`; without it OverlapError."""
    allow_mismatch: bool
    """Take data of another rate, montage, filter or other classes than trained the network, with a warning in
    the log; without it ShapeError."""


class Network(Parameters):
    """A network of the paper's shape, or of other sizes.

    `Network()` has random initial weights; `Network.load` opens safetensors files and checkpoints of
    PyTorch such as the published models, `Network.from_state_dict` takes arrays. Networks can be pickled and copied.
    Evaluation does not depend on the number of threads or the batch, bit for bit.
    """

    _noun = "network"

    def __init__(self, **options: Unpack[NetworkOptions]) -> None:
        """Make a network with initial weights. Raises ArgumentError naming option and value."""
        filled = Options("snnfe_network_options").set(options)
        handle = ctypes.c_void_p()
        call("snnfe_network_create", ctypes.byref(handle), filled.reference)
        self._handle = Network._adopt(handle.value)._handle

    @classmethod
    def load(cls, path: StrPath) -> Network:
        """Open a safetensors file, or a checkpoint of PyTorch (.pth), with the published parameter names.

        A checkpoint is a state dict saved with `torch.save`, or a dictionary that has one under "state_dict",
        "model_state_dict" or "model". PyTorch is not needed, and nothing in the file is executed. Entries
        beside the parameters that are no tensors (epoch, loss, optimizer) are passed over without a word.
        Raises FileError, FormatError, ShapeError, NotFoundError (a tensor), NonfiniteError.
        """
        handle = ctypes.c_void_p()
        with opening(path, "network", "trainer", "learner", "pth"):
            call("snnfe_network_load", ctypes.byref(handle), _arrays.path_bytes(path))
        return cls._adopt(handle.value)

    def save(self, path: StrPath) -> None:
        """Write all parameters and the configuration to a safetensors file, atomically."""
        with self._shared() as pointer:
            call("snnfe_network_save", pointer, _arrays.path_bytes(path))

    @classmethod
    def from_state_dict(cls, state: Mapping[str, Any], **options: Unpack[NetworkOptions]) -> Network:
        """A network from what `load_state_dict` takes; sizes follow from the parameters' shapes.

        Raises NotFoundError for a tensor that is missing, ShapeError for shapes that do not fit.
        """
        state = parameters_of(state)
        sizes: Any = {**sizes_of(state), **options}
        network = cls(**sizes)
        network.load_state_dict(state)
        return network

    # Copies

    def copy(self) -> Network:
        """An independent copy, frozen marks and what it has seen included."""
        handle = ctypes.c_void_p()
        with self._shared() as pointer:
            call("snnfe_network_clone", ctypes.byref(handle), pointer)
        return self._adopt(handle.value)

    def __copy__(self) -> Network:
        return self.copy()

    def __deepcopy__(self, _memo: dict[int, Any]) -> Network:
        return self.copy()

    def __reduce__(self) -> tuple[Any, ...]:
        frozen = [p.name for p in self.parameters() if p.frozen]
        return _restored, (self.options, self.state_dict(), frozen, *self._told())

    def _told(self) -> tuple[Signal | None, Origin, dict[str, Trials]]:
        """All that the network says of where it comes from."""
        return self.signal, self.origin, {use: self.trials(use) for use in provenance.USES}

    def _tell(self, signal: Signal | None, origin: Origin, seen: dict[str, Trials]) -> None:
        """Say what `_told` of another network gave."""
        self.signal, self.origin = signal, origin
        for use, trials in seen.items():
            self.add_trials(use, trials.ids, trials.subjects)

    # What it was made for and what it has seen

    @property
    def signal(self) -> Signal | None:
        """The signal that the network was trained on, None if it is not known. Data sets of another rate,
        montage, filter or other classes are refused, unless `allow_mismatch` insists. Can be set."""
        with self._shared() as pointer:
            return provenance.get_signal(pointer)

    @signal.setter
    def signal(self, signal: Signal | None) -> None:
        with self._exclusive() as pointer:
            provenance.set_signal(pointer, signal)

    @property
    def origin(self) -> Origin:
        """Where the network comes from. Can be set."""
        with self._shared() as pointer:
            return provenance.get_origin(pointer)

    @origin.setter
    def origin(self, origin: Origin) -> None:
        with self._exclusive() as pointer:
            provenance.set_origin(pointer, origin)

    def trials(self, use: str = "trained") -> Trials:
        """Trials that were "trained", "validated" or "tested" on in all stages. Evaluation, personalization
        and further training refuse to judge by trials that were trained on, unless `allow_seen` insists."""
        with self._shared() as pointer:
            return provenance.get_trials(pointer, use)

    def add_trials(self, use: str, ids: ArrayLike, subjects: ArrayLike) -> None:
        """Write down trials (`Dataset.trial_ids` and `Dataset.subjects` of them) for training that is done
        elsewhere, such as a loop of your own; `use` as in `trials`."""
        with self._exclusive() as pointer:
            provenance.add_trials(pointer, use, ids, subjects)

    def describe(self, dataset: Dataset) -> None:
        """Say that the network takes the signal of a data set, as training on it does. Raises ShapeError."""
        with dataset._shared(), self._exclusive() as pointer:
            call("snnfe_network_set_signal", pointer, dataset._info().signal)

    # Training marks

    def freeze(self, *names: str) -> None:
        """Keep parameters out of training: names, name beginnings such as "snn.conv1", layers, "*".

        Raises NotFoundError if a name fits nothing.
        """
        self._mark(names, 1)

    def unfreeze(self, *names: str) -> None:
        """Undo `freeze`."""
        self._mark(names, 0)

    def _mark(self, names: Iterable[str], frozen: int) -> None:
        with self._exclusive() as pointer:
            for name in names:
                call("snnfe_network_freeze", pointer, _arrays.name_bytes("a name", name), frozen)

    def freeze_for_stage(self, stage: str, layers: Sequence[str] | None = None) -> None:
        """Freeze everything but what a stage trains in the chosen layers.

        `stage` is "pretrain", "on_device", "retune" or "sstl"; None stands for the stage's own
        layers (fc1 and fc2 for "sstl", else all). Raises NotFoundError, ArgumentError.
        """
        names = None if layers is None else text_array("layers", layers)
        with self._exclusive() as pointer:
            call(
                "snnfe_network_freeze_for_stage",
                pointer,
                choice("stage", stage),
                None if names is None else ctypes.addressof(names),
                0 if names is None else len(names),
            )

    def reinitialize(self, name: str, seed: int) -> None:
        """Draw new initial values for a parameter, a layer or "*". Raises NotFoundError."""
        with self._exclusive() as pointer:
            call("snnfe_network_reinitialize", pointer, _arrays.name_bytes("name", name), _arrays.whole("seed", seed))

    def transfer(
        self,
        device: Device,
        *,
        levels: int = 0,
        x: float = 0.0,
        seed: int = 5,
        layers: Sequence[str] | None = None,
    ) -> int:
        """Transfer the weights of `layers` (default: all) to devices: quantize to `levels`, then
        programming noise `x`.

        `levels` is even, as in `quantize`, 0 = no quantization; `x` is the inverse relative standard
        deviation of the noise, 0 = none. Weights are then put into the windows of the device's cells; how many were
        beyond them is returned. Raises ArgumentError, NotFoundError (a layer); nothing changes then.
        """
        n_clamped = ctypes.c_uint64()
        names = None if layers is None else text_array("layers", layers)
        with device._shared() as bounds, self._exclusive() as pointer:
            call(
                "snnfe_network_transfer",
                pointer,
                bounds,
                _arrays.whole("levels", levels, 0, 2**32 - 1),
                _arrays.real("x", x),
                _arrays.whole("seed", seed),
                None if names is None else ctypes.addressof(names),
                0 if names is None else len(names),
                ctypes.byref(n_clamped),
            )
        return n_clamped.value

    def age(self, device: Device, to_s: float, *, from_s: float = 0.0, readings: int = 0) -> None:
        """Let time pass over the weights: they become those of `to_s` seconds after the programming, given
        those of `from_s`, in which each cell was read `readings` times. Raises ArgumentError (a time that runs
        backwards; time or readings by which the device's cells lose nothing)."""
        times = _arrays.reals(from_s=from_s, to_s=to_s)
        with device._shared() as cells, self._exclusive() as pointer:
            call("snnfe_network_age", pointer, cells, *times, _arrays.whole("readings", readings))

    def read(self, device: Device, *, seed: int = 5) -> Network:
        """A network as one reading of its cells gives it, with read noise, converters and wire of the device's
        cells; another `seed` is another reading. Raises ArgumentError (cells that are read as they are, too)."""
        read = self.copy()
        with device._shared() as cells, read._exclusive() as pointer:
            call("snnfe_network_read", pointer, cells, _arrays.whole("seed", seed))
        return read

    # Running

    def _input(self, grid: FloatArray) -> FloatArray:
        o = self.options
        return _arrays.exact("grid", grid, np.float32, (None, o["n_rows"], o["n_columns"], o["n_steps"]))

    def _run(
        self,
        grid: FloatArray,
        progress: ProgressOption,
        options: RunOptions,
        width: int,
    ) -> tuple[FloatArray, IntArray, FloatArray]:
        x = self._input(grid)
        logits = np.empty((len(x), width), np.float32)
        classes = np.empty(len(x), np.int32)
        probabilities = np.empty_like(logits)
        filled = Options("snnfe_run_options").set(options)
        with self._shared() as pointer, Callbacks(filled.struct, progress):
            call(
                "snnfe_network_evaluate",
                pointer,
                x.ctypes.data,
                len(x),
                filled.reference,
                logits.ctypes.data,
                classes.ctypes.data,
                probabilities.ctypes.data,
            )
        return logits, classes, probabilities

    def evaluate(
        self, grid: FloatArray, *, progress: ProgressOption = None, **options: Unpack[RunOptions]
    ) -> FloatArray:
        """Logits float32 [n, n_classes] of trials float32 [n, n_rows, n_columns, n_steps].

        Raises ShapeError, TypeError (not float32), NonfiniteError naming trial and position.
        """
        return self._run(grid, progress, options, self.options["n_classes"])[0]

    def predict(
        self, grid: FloatArray, *, progress: ProgressOption = None, **options: Unpack[RunOptions]
    ) -> IntArray:
        """Class int32 [n] of each trial: the largest logit, the first of equal ones."""
        return self._run(grid, progress, options, self.options["n_classes"])[1]

    def predict_proba(
        self, grid: FloatArray, *, progress: ProgressOption = None, **options: Unpack[RunOptions]
    ) -> FloatArray:
        """Softmax of the logits, float32 [n, n_classes]."""
        return self._run(grid, progress, options, self.options["n_classes"])[2]

    def gradient(
        self,
        grid: FloatArray,
        labels: ArrayLike,
        *,
        masks: NDArray[np.uint8] | None = None,
        progress: ProgressOption = None,
        **options: Unpack[RunOptions],
    ) -> tuple[float, dict[str, FloatArray]]:
        """Mean loss of a batch and its gradient for every parameter, by name.

        `labels` [n] are classes; `masks` uint8 [n, 3, n_hidden] are dropout masks of tc1, r1 and fc1
        (1 = kept). Frozen parameters have the gradient 0. Errors as `evaluate`.
        """
        x = self._input(grid)
        classes = _arrays.integers("labels", labels, n=len(x), booleans=True)
        kept = self._masks(masks, len(x))
        flat = np.empty(self.n_values, np.float32)
        loss = ctypes.c_double()
        filled = Options("snnfe_run_options").set(options)
        with self._shared() as pointer, Callbacks(filled.struct, progress):
            call(
                "snnfe_network_gradient",
                pointer,
                x.ctypes.data,
                classes.ctypes.data,
                len(x),
                _arrays.address(kept),
                filled.reference,
                ctypes.byref(loss),
                flat.ctypes.data,
            )
        parts = {p.name: flat[p.offset : p.offset + p.count].reshape(p.shape) for p in self.parameters()}
        return loss.value, parts

    def _masks(self, masks: NDArray[np.uint8] | None, n: int) -> NDArray[Any] | None:
        if masks is None:
            return None
        return _arrays.exact("masks", masks, np.uint8, (n, _N_MASKS, self.options["n_hidden"]))

    def draw_masks(self, seed: int, index: int) -> NDArray[np.uint8]:
        """Dropout masks uint8 [3, n_hidden] of trial number `index`."""
        masks = np.empty((_N_MASKS, self.options["n_hidden"]), np.uint8)
        with self._shared() as pointer:
            call(
                "snnfe_network_draw_masks",
                pointer,
                _arrays.whole("seed", seed),
                _arrays.whole("index", index),
                masks.ctypes.data,
            )
        return masks

    def activity(
        self, grid: FloatArray, *, progress: ProgressOption = None, **options: Unpack[RunOptions]
    ) -> NDArray[Any]:
        """What the layers do: a structured array [n, 7] with the fields spikes, changes,
        synaptic_operations, event_operations, dense_macs and effective_macs (uint64). Errors as `evaluate`."""
        x = self._input(grid)
        activity = np.zeros((len(x), len(LAYERS)), _ACTIVITY)
        filled = Options("snnfe_run_options").set(options)
        with self._shared() as pointer, Callbacks(filled.struct, progress):
            call(
                "snnfe_network_activity",
                pointer,
                x.ctypes.data,
                len(x),
                filled.reference,
                activity.ctypes.data,
                activity.itemsize,
            )
        return activity

    def __repr__(self) -> str:
        if self.closed:
            return "<Network, closed>"
        o = self.options
        frozen = sum(p.count for p in self.parameters() if p.frozen)
        return (
            f"<Network: {o['n_rows']}×{o['n_columns']} grid, {o['n_steps']} steps, convolutions "
            f"{o['conv1_channels']}-{o['conv2_channels']}-{o['conv3_channels']}, {o['n_hidden']} hidden "
            f"neurons, {o['n_classes']} classes, {self.n_values} values"
            + (f", {frozen} frozen>" if frozen else ">")
        )


def _restored(
    options: NetworkOptions,
    state: dict[str, FloatArray],
    frozen: list[str],
    signal: Signal | None,
    origin: Origin,
    seen: dict[str, Trials],
) -> Network:
    """A network from its pickled parts."""
    network = Network(**options)
    network.load_state_dict(state)
    network.freeze(*frozen)
    network._tell(signal, origin, seen)
    return network
