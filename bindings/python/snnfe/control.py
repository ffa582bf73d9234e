"""Control of what a live decoder listens to: ocular regression and alignment, learned from unlabeled samples."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from . import _arrays
from ._arrays import DoubleArray, FloatArray
from ._declarations import CONSTANTS
from ._files import StrPath, opening
from ._handle import Owner, copied
from ._library import call
from ._options import Options, scalars, sized
from ._words import counted
from .provenance import Signal, signal_struct

if TYPE_CHECKING:
    from typing import Unpack


class ControlOptions(TypedDict, total=False):
    """How a user's spatial filter is learned (`snnfe_control_options`)."""

    least_samples: int
    """Samples before the regression acts; 1600."""
    memory_samples: float
    """Of the regression: weights fall to 1/e over so many samples; 0 (default) = all count the same."""
    memory_trials: float
    """Of the mean covariance, likewise in trials; 0 (default)."""
    prior_trials: float
    """Trials that the signal's covariance counts as; 5."""


class Control(Owner):
    """What is learned of a user without labels, and the spatial filter that follows from it.

    Its kind, channels and references are those of a signal: `Decoder.signal`, `Network.signal` or
    `Dataset.signal`. `add` what `Decoder.copy_samples` gives, then `Decoder.offer_control`.
    """

    _noun = "control"

    def __init__(self, signal: Signal, **options: Unpack[ControlOptions]) -> None:
        """Make an estimate that has seen nothing yet. Raises ArgumentError for a signal without control."""
        filled = Options("snnfe_control_options").set(options)
        struct, kept = signal_struct(signal)
        handle = ctypes.c_void_p()
        call("snnfe_control_create", ctypes.byref(handle), ctypes.byref(struct), filled.reference)
        del kept  # the library has copied it by now
        self._handle = Control._adopt(handle.value)._handle
        self._n_values = int(self._info().n_values)

    def add(self, samples: FloatArray, *, ocular: bool = True, alignment: bool = True) -> None:
        """Learn from float32 [n, n_values] samples: any stretch for the regression, a trial for the alignment.

        The first `n_lags` only serve as the past. Of envelopes a trial is measured through the regression as it is
        now. Raises ArgumentError, NonfiniteError, ShapeError.
        """
        x = _arrays.exact("samples", samples, np.float32, (None, self._n_values))
        use = ocular * CONSTANTS["SNNFE_CONTROL_OCULAR"] + alignment * CONSTANTS["SNNFE_CONTROL_ALIGNMENT"]
        with self._exclusive() as pointer:
            call("snnfe_control_add", pointer, use, x.ctypes.data, len(x))

    def _info(self) -> Any:
        info = sized("snnfe_control_info")
        with self._exclusive() as pointer:
            call("snnfe_control_get_info", pointer, ctypes.byref(info))
        return info

    @property
    def info(self) -> dict[str, Any]:
        """Sizes and what was learned: n_inputs, n_outputs, n_terms, n_values of a sample, n_envelopes, n_samples,
        n_trials, n_flat references, n_floored directions (or channels) of next to no variance."""
        return scalars(self._info())

    @property
    def weights(self) -> DoubleArray:
        """float64 [n_outputs, n_terms]: terms are the inputs, then the references a sample before, two, …"""
        info = self._info()
        n, k = info.n_outputs, info.n_terms
        return copied(info.weights, np.float64, n * k).reshape(n, k)

    @property
    def offset(self) -> DoubleArray:
        """float64 [n_outputs] that is added."""
        info = self._info()
        return copied(info.offset, np.float64, info.n_outputs)

    @property
    def envelope_weights(self) -> DoubleArray:
        """float64 [n_envelopes, n_envelopes]: the alignment of envelopes; empty if channels are samples."""
        info = self._info()
        n = info.n_envelopes
        return copied(info.envelope_weights, np.float64, n * n).reshape(n, n)

    @property
    def envelope_offset(self) -> DoubleArray:
        """float64 [n_envelopes] that is added to them."""
        info = self._info()
        return copied(info.envelope_offset, np.float64, info.n_envelopes)

    def save(self, path: StrPath) -> None:
        """Write what was learned to a safetensors file, atomically."""
        with self._shared() as pointer:
            call("snnfe_control_save", pointer, _arrays.path_bytes(path))

    def restore(self, path: StrPath) -> None:
        """Take up what was learned before. Raises ShapeError for another kind, channels or references."""
        with opening(path, "control"), self._exclusive() as pointer:
            call("snnfe_control_restore", pointer, _arrays.path_bytes(path))

    def __repr__(self) -> str:
        if self.closed:
            return "<Control, closed>"
        i = self._info()
        learned = f"{counted(i.n_samples, 'sample')} and {counted(i.n_trials, 'trial')} learned"
        return f"<Control: {counted(i.n_inputs, 'input')}, {learned}>"
