"""Personalization on line: a labeled trial after the other."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from . import _arrays
from ._arrays import FloatArray
from ._files import StrPath, opening
from ._handle import Owner
from ._library import call
from ._options import Options, choice, plain, sized
from ._words import counted
from .decoder import Decoder
from .device import Device
from .device_options import ProgrammingOptions
from .network import Network

if TYPE_CHECKING:
    from typing import Unpack


class LearnerOptions(TypedDict, total=False):
    """Personalization on line (`snnfe_learner_options`)."""

    layers: Sequence[str]
    """What is trained; default: fc1 and fc2."""
    device: Device | None
    """Device through which weights are trained; None (default) = floating point."""
    learning_rate: float
    """Learning rate; 6e-4."""
    threshold: float
    """Accumulated update that makes a pulse, in units of 2A; 0.025."""
    threshold_asymmetry: float
    """Factor on it for LTD; 1."""
    levels: int
    """Quantize after each step, even; 0 (default) = not."""
    n_replay: int
    """Trials that the replay buffer holds; 32."""
    replay_steps: int
    """Trials replayed after each new one; 1."""
    n_networks: int
    """Copies to exchange with the decoder; 3."""
    guard_trials: int
    """Memory of the running accuracy, trials; 16."""
    guard_least: int
    """Trials before the guard may act; 16."""
    guard_fall: float
    """Fall below the best accuracy at which the best weights are put back; 0.2."""
    seed: int
    """Of dropout, replay and device noise; 5."""
    programming: ProgrammingOptions
    """How updates become pulses; default: thresholded accumulation."""


class Learner(Owner):
    """Learns labeled trials as they come and gives the new weights to a decoder.

    It begins with a copy of `network`. `adapt` may run on another thread than the decoder's `push`.
    """

    _noun = "learner"

    def __init__(
        self, network: Network, decoder: Decoder | None = None, **options: Unpack[LearnerOptions]
    ) -> None:
        """Make a learner. Raises ArgumentError, ShapeError, NotFoundError (a layer)."""
        o = network.options
        self._shape = (o["n_rows"], o["n_columns"], o["n_steps"])
        filled = self._options = Options("snnfe_learner_options").set(options)
        handle = ctypes.c_void_p()
        target = None if decoder is None else decoder._open_handle()
        with network._shared() as pointer:
            call(
                "snnfe_learner_create",
                ctypes.byref(handle),
                pointer,
                None if target is None else target.address,
                filled.reference,
            )
        self._handle = Learner._adopt(handle.value, target, filled.kept)._handle
        if decoder is not None:
            # The decoder runs networks of the learner's, so they have to live as long.
            decoder._learners.append(self._open_handle())

    def adapt(self, grid: FloatArray, label: int) -> dict[str, Any]:
        """Learn a trial float32 [n_rows, n_columns, n_steps], as of `Decoder.copy_window`.

        The result says what was decided before (`decided`, `correct`), `loss`, the running
        `accuracy`, `n_replayed`, `rolled_back` and `offered`. Raises NonfiniteError, ArgumentError.
        """
        trial = _arrays.exact("grid", grid, np.float32, self._shape)
        result = sized("snnfe_adaptation")
        with self._exclusive() as pointer:
            call(
                "snnfe_learner_adapt",
                pointer,
                trial.ctypes.data,
                _arrays.whole("label", label, 0, 2**31 - 1),
                ctypes.byref(result),
            )
        self._options.raise_failure()
        return plain(result)

    @property
    def network(self) -> Network:
        """A copy of the network as it is now."""
        handle = ctypes.c_void_p()
        with self._shared() as pointer:
            call("snnfe_learner_copy_network", pointer, ctypes.byref(handle))
        return Network._adopt(handle.value)

    @property
    def info(self) -> dict[str, Any]:
        """Trials, steps, pulses, rollbacks, and the running estimate of the accuracy."""
        info = sized("snnfe_learner_info")
        with self._shared() as pointer:
            call("snnfe_learner_get_info", pointer, ctypes.byref(info))
        return plain(info)

    def age(self, to_s: float, *, from_s: float = 0.0, readings: int = 0) -> None:
        """Let time pass over the weights, as `Network.age`, such as between two sessions; the decoder gets what is
        left. Raises StateError without a device, ArgumentError as `Network.age`."""
        times = _arrays.reals(from_s=from_s, to_s=to_s)
        with self._exclusive() as pointer:
            call("snnfe_learner_age", pointer, *times, _arrays.whole("readings", readings))

    def wear(self, layer: str | None = None) -> dict[str, Any]:
        """Wear by training, as `Trainer.wear`. Raises StateError without a device."""
        wear = sized("snnfe_wear")
        number = -1 if layer is None else choice("layer", layer)
        with self._shared() as pointer:
            call("snnfe_learner_wear", pointer, number, None, ctypes.byref(wear), None, 0)
        return {**plain(wear), "layer": layer or "all"}

    def wear_histogram(self, layer: str | None = None, *, n_bins: int = 16) -> NDArray[np.uint64]:
        """As `Trainer.wear_histogram`."""
        counts = np.zeros(_arrays.whole("n_bins", n_bins, 1, 2**31), np.uint64)
        number = -1 if layer is None else choice("layer", layer)
        wear = ctypes.byref(sized("snnfe_wear"))
        with self._shared() as pointer:
            call("snnfe_learner_wear", pointer, number, None, wear, counts.ctypes.data, len(counts))
        return counts

    def save(self, path: StrPath) -> None:
        """Save all that the learner has, to go on from with `restore`; `Network.load` takes the
        network from the same file. Raises FileError."""
        with self._shared() as pointer:
            call("snnfe_learner_save", pointer, _arrays.path_bytes(path))

    def restore(self, path: StrPath) -> None:
        """Go on from a file of `save`, to the same bits; the decoder gets the weights.

        Raises FormatError (damaged), ShapeError (other options), and changes nothing then.
        """
        with opening(path, "learner"), self._exclusive() as pointer:
            call("snnfe_learner_restore", pointer, _arrays.path_bytes(path))

    def __repr__(self) -> str:
        if self.closed:
            return "<Learner, closed>"
        i = self.info
        accuracy = f"{i['accuracy']:.2f}" if i["n_trials"] else "unknown"
        trials, rollbacks = counted(i["n_trials"], "trial"), counted(i["n_rollbacks"], "rollback")
        return f"<Learner: {trials}, accuracy {accuracy}, {rollbacks}>"
