"""The convolutional-recurrent network of CUBA-LIF neurons."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arrays, provenance
from ._arrays import FloatArray, IntArray
from ._callbacks import Callbacks, ProgressOption
from ._declarations import CONSTANTS, STRUCTS
from ._files import opening
from ._handle import Owner
from ._library import FUNCTION, call, text
from ._options import Options, choice, choice_name, plain, sized, text_array
from ._state import parameters_of
from .device import Device
from .errors import NotFoundError, ShapeError
from .options import NetworkOptions, RunOptions, StrPath
from .provenance import Origin, Signal, Trials

if TYPE_CHECKING:
    from typing import Unpack

    from .dataset import Dataset

#: Layers with synapses, in their order.
LAYERS = ("conv1", "conv2", "conv3", "tc1", "r1", "fc1", "fc2")
_ACTIVITY = np.dtype(STRUCTS["snnfe_layer_activity"])
_N_MASKS = CONSTANTS["SNNFE_N_MASKS"]


@dataclass(frozen=True)
class Parameter:
    """What a parameter is.

    `kind` is "weight", "bias", "decay" or "time_weight"; `offset` is its first value in a flat
    array of all parameters, such as a gradient.
    """

    name: str
    kind: str
    layer: str
    frozen: bool
    shape: tuple[int, ...]
    offset: int
    count: int


class Network(Owner):
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
        with dataset._shared() as data, self._exclusive() as pointer:
            call("snnfe_network_describe", pointer, data)

    # Parameters

    @property
    def options(self) -> dict[str, Any]:
        """The configuration, as the keyword arguments that would make it."""
        struct = sized("snnfe_network_options")
        with self._shared() as pointer:
            call("snnfe_network_get_options", pointer, ctypes.byref(struct))
        return plain(struct)

    def parameters(self) -> list[Parameter]:
        """All parameters in the order of flat arrays."""
        found = []
        with self._shared() as pointer:
            for index in range(FUNCTION["snnfe_network_parameter_count"](pointer)):
                info = sized("snnfe_parameter_info")
                call("snnfe_network_parameter", pointer, index, ctypes.byref(info))
                found.append(
                    Parameter(
                        text(info.name),
                        choice_name("kind", info.kind),
                        choice_name("layer", info.layer),
                        bool(info.frozen),
                        tuple(info.shape[: info.n_dims]),
                        info.offset,
                        info.count,
                    )
                )
        return found

    def parameter(self, name: str) -> Parameter:
        """What the parameter `name` is. Raises NotFoundError."""
        if not isinstance(name, str):
            raise TypeError(f"a parameter is named by a text such as 'snn.fc1.weight', not {name!r}")
        index = ctypes.c_size_t()
        with self._shared() as pointer:
            call("snnfe_network_find", pointer, name.encode(), ctypes.byref(index))
        return self.parameters()[index.value]

    @property
    def n_values(self) -> int:
        """Number of values of all parameters together."""
        with self._shared() as pointer:
            return int(FUNCTION["snnfe_network_value_count"](pointer))

    def __getitem__(self, name: str) -> FloatArray:
        """A copy of a parameter's values in its shape. Raises NotFoundError."""
        values = np.empty(self.parameter(name).shape, np.float32)
        with self._shared() as pointer:
            call("snnfe_network_get", pointer, name.encode(), values.ctypes.data, values.size)
        return values

    def __setitem__(self, name: str, values: FloatArray) -> None:
        """Set a parameter: float32 of its shape. Raises NotFoundError, ShapeError, NonfiniteError."""
        array = _arrays.exact(name, values, np.float32, self.parameter(name).shape)
        with self._exclusive() as pointer:
            call("snnfe_network_set", pointer, name.encode(), array.ctypes.data, array.size)

    def __iter__(self) -> Iterator[str]:
        return iter([p.name for p in self.parameters()])

    def state_dict(self) -> dict[str, FloatArray]:
        """Copies of all parameters by name."""
        return {name: self[name] for name in self}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Set all parameters; every name must be there, and no other. Nothing changes on failure.

        Values are arrays, lists or PyTorch's tensors of any precision. Taken are also dictionaries that
        have the parameters in "state_dict" or "model_state_dict", names with a common beginning such
        as "module.", and the decays' second names in the published model class. Raises NotFoundError,
        ShapeError, NonfiniteError, FormatError (two names that differ), TypeError (no numbers).
        """
        state = parameters_of(state)
        before = self.state_dict()
        _check_names(set(before), set(state))
        try:
            for name in before:
                self[name] = state[name]
        except BaseException:
            for name, values in before.items():
                self[name] = values
            raise

    @classmethod
    def from_state_dict(cls, state: Mapping[str, Any], **options: Unpack[NetworkOptions]) -> Network:
        """A network from what `load_state_dict` takes; sizes follow from the parameters' shapes.

        Raises NotFoundError for a tensor that is missing, ShapeError for shapes that do not fit.
        """
        state = parameters_of(state)
        sizes = _sizes(state)
        sizes.update(options)
        network = cls(**sizes)
        network.load_state_dict(state)
        return network

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
                call("snnfe_network_freeze", pointer, name.encode(), frozen)

    def freeze_for_stage(self, stage: str, layers: Sequence[str] | None = None) -> None:
        """Freeze everything but what a stage trains in the chosen layers.

        `stage` is "pretrain", "on_device", "retune" or "sstl"; None stands for the stage's own
        layers (fc1 and fc2 for "sstl", else all). Raises NotFoundError, ArgumentError.
        """
        names = None if layers is None else text_array(list(layers))
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
            call("snnfe_network_reinitialize", pointer, name.encode(), _arrays.whole("seed", seed))

    def transfer(
        self,
        device: Device,
        *,
        levels: int = 0,
        x: float = 0.0,
        seed: int = 5,
        layers: Sequence[str] | None = None,
    ) -> None:
        """Transfer the weights of `layers` (default: all) to devices: quantize to `levels`, then
        programming noise `x`.

        `levels` is even, as in `quantize`, 0 = no quantization; `x` is the inverse relative standard
        deviation of the noise, 0 = none. Raises ArgumentError, NotFoundError (a layer); nothing changes
        then.
        """
        names = None if layers is None else text_array(list(layers))
        with device._shared() as bounds, self._exclusive() as pointer:
            call(
                "snnfe_network_transfer",
                pointer,
                bounds,
                _arrays.whole("levels", levels, 0, 2**32 - 1),
                float(x),
                _arrays.whole("seed", seed),
                None if names is None else ctypes.addressof(names),
                0 if names is None else len(names),
            )

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


def _check_names(wanted: set[str], given: set[str]) -> None:
    if missing := sorted(wanted - given):
        raise NotFoundError(f"the state lacks {', '.join(missing)}")
    if unknown := sorted(given - wanted):
        raise NotFoundError(f"the network has no {', '.join(unknown)}")


def _sizes(state: Mapping[str, FloatArray]) -> NetworkOptions:
    """Sizes that follow from the shapes of published tensors."""
    try:
        conv1, conv2 = state["snn.c1_vdecay"], state["snn.c2_vdecay"]
        conv3, readout = state["snn.c3_vdecay"], state["snn.fc2.weight"]
        n_steps = state["snn.ts_weights"].size
    except KeyError as error:
        there = ", ".join(sorted(state)[:3]) or "nothing"
        raise NotFoundError(f"the state lacks {error.args[0]}; it has {there}, …") from None
    if not (conv1.ndim == conv2.ndim == conv3.ndim == 4 and readout.ndim == 2):
        raise ShapeError("snn.c1_vdecay, c2_vdecay and c3_vdecay must have four axes, snn.fc2.weight two")
    return {
        "n_rows": conv1.shape[2] + 2,
        "n_columns": conv1.shape[3] + 2,
        "n_steps": n_steps,
        "conv1_channels": conv1.shape[1],
        "conv2_channels": conv2.shape[1],
        "conv3_channels": conv3.shape[1],
        "n_hidden": readout.shape[1],
        "n_classes": readout.shape[0],
    }
