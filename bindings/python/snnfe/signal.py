"""Filters: the zero-phase band-pass of data sets, the causal one of decoders, and changes of rate."""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import ArrayLike

from . import _arrays
from ._arrays import DoubleArray, FloatArray
from ._library import call


def filter_design(low_hz: float = 0.1, high_hz: float = 79.0, sampling_rate_hz: float = 160.0) -> DoubleArray:
    """Taps of the band-pass, float64 [n_taps], symmetric; an edge of 0 Hz is left out.

    Raises ArgumentError.
    """
    n = ctypes.c_size_t(0)
    edges = (float(low_hz), float(high_hz), float(sampling_rate_hz))
    call("snnfe_filter_design", *edges, ctypes.byref(n), None)
    taps = np.empty(n.value)
    call("snnfe_filter_design", *edges, ctypes.byref(n), taps.ctypes.data)
    return taps


def filter_apply(samples: FloatArray, taps: ArrayLike) -> FloatArray:
    """Filter signals [n_channels, n_samples] with zero phase; a new float32 array.

    Raises ArgumentError and NonfiniteError.
    """
    filtered = _arrays.exact("samples", samples, np.float32, (None, None)).copy()
    coefficients = _arrays.doubles("taps", taps)
    call("snnfe_filter_apply", filtered.ctypes.data, *filtered.shape, coefficients.ctypes.data, len(coefficients))
    return filtered


def causal_filter_apply(
    samples: FloatArray,
    *,
    low_hz: float = 0.1,
    high_hz: float = 79.0,
    sampling_rate_hz: float = 160.0,
    order: int = 2,
) -> FloatArray:
    """Filter signals [n_channels, n_samples] causally, as a decoder does; a new float32 array.

    Raises ArgumentError and NonfiniteError.
    """
    filtered = _arrays.exact("samples", samples, np.float32, (None, None)).copy()
    edges = (float(low_hz), float(high_hz), float(sampling_rate_hz))
    call(
        "snnfe_causal_filter_apply",
        filtered.ctypes.data,
        *filtered.shape,
        *edges,
        _arrays.whole("order", order, 0, 2**32 - 1),
    )
    return filtered


def resample(samples: FloatArray, from_hz: float, to_hz: float) -> FloatArray:
    """Change the rate of signals [n_channels, n_samples], without a delay; a new float32 array.

    It has n_samples * to_hz / from_hz samples, rounded up. The filter is that of SciPy's `resample_poly` (a
    windowed sinc, Kaiser's window with beta 5), with odd reflection at both ends. Raises ArgumentError (rates
    whose ratio is none of whole numbers up to 100000) and NonfiniteError.
    """
    x = _arrays.exact("samples", samples, np.float32, (None, None))
    rates, n = (float(from_hz), float(to_hz)), ctypes.c_size_t(0)
    call("snnfe_resample", None, *x.shape, *rates, ctypes.byref(n), None)
    resampled = np.empty((len(x), n.value), np.float32)
    call("snnfe_resample", x.ctypes.data, *x.shape, *rates, ctypes.byref(n), resampled.ctypes.data)
    return resampled
