"""What the transfer of a network to devices makes of weights: quantization, then programming noise."""

from __future__ import annotations

import numpy as np

from . import _arrays
from ._arrays import FloatArray
from ._library import call


def quantize(weights: FloatArray, bound: float, levels: int) -> FloatArray:
    """Weights float32 rounded to levels of [-bound, bound]; a new array. `levels` is even and counts as
    the paper does: there are `levels` + 1 values, -bound, 0 and bound for 2.

    Raises ArgumentError, NonfiniteError.
    """
    rounded = _arrays.exact("weights", weights, np.float32).copy()
    count = _arrays.whole("levels", levels, 0, 2**32 - 1)
    call("snnfe_quantize", rounded.ctypes.data, rounded.size, _arrays.real("bound", bound), count)
    return rounded


def programming_noise(
    weights: FloatArray, bound: float, x: float, *, seed: int = 5, stream: int = 0
) -> FloatArray:
    """Weights float32 with the noise of a transfer of inverse relative spread `x`; a new array.

    `stream` keeps arrays of the same seed apart. Raises ArgumentError, NonfiniteError.
    """
    noisy = _arrays.exact("weights", weights, np.float32).copy()
    call(
        "snnfe_programming_noise",
        noisy.ctypes.data,
        noisy.size,
        _arrays.real("bound", bound),
        _arrays.real("x", x),
        _arrays.whole("seed", seed),
        _arrays.whole("stream", stream),
    )
    return noisy
