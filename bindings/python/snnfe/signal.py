"""Filters: the zero-phase band-pass of data sets, the causal one of decoders, and changes of rate."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import _arrays
from ._arrays import DoubleArray, FloatArray
from ._handle import Owner
from ._library import call
from ._options import choice, sized


def filter_design(low_hz: float = 0.1, high_hz: float = 79.0, sampling_rate_hz: float = 160.0) -> DoubleArray:
    """Taps of the band-pass, float64 [n_taps], symmetric; an edge of 0 Hz is left out.

    Raises ArgumentError.
    """
    n = ctypes.c_size_t(0)
    edges = _arrays.reals(low_hz=low_hz, high_hz=high_hz, sampling_rate_hz=sampling_rate_hz)
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
    edges = _arrays.reals(low_hz=low_hz, high_hz=high_hz, sampling_rate_hz=sampling_rate_hz)
    call(
        "snnfe_causal_filter_apply",
        filtered.ctypes.data,
        *filtered.shape,
        *edges,
        _arrays.whole("order", order, 0, 2**32 - 1),
    )
    return filtered


def notch_filter_apply(
    samples: FloatArray,
    notch_hz: float,
    *,
    width_hz: float = 2.0,
    sampling_rate_hz: float = 160.0,
    filter_kind: str | int = "zero_phase",
) -> FloatArray:
    """Take line noise and its multiples out of signals [n_channels, n_samples]; a new float32 array.

    The sections are those of SciPy's `iirnotch` with Q = f / width_hz, run forward, and with "zero_phase" backward
    too. Raises ArgumentError and NonfiniteError.
    """
    filtered = _arrays.exact("samples", samples, np.float32, (None, None)).copy()
    numbers = _arrays.reals(notch_hz=notch_hz, width_hz=width_hz, sampling_rate_hz=sampling_rate_hz)
    kind = choice("filter_kind", filter_kind)
    call("snnfe_notch_filter_apply", filtered.ctypes.data, *filtered.shape, *numbers, kind)
    return filtered


def resample(samples: FloatArray, from_hz: float, to_hz: float) -> FloatArray:
    """Change the rate of signals [n_channels, n_samples], without a delay; a new float32 array.

    It has n_samples * to_hz / from_hz samples, rounded up. The filter is that of SciPy's `resample_poly` (a
    windowed sinc, Kaiser's window with beta 5), with odd reflection at both ends. Raises ArgumentError (rates
    whose ratio is none of whole numbers up to 100000) and NonfiniteError.
    """
    x = _arrays.exact("samples", samples, np.float32, (None, None))
    rates, n = _arrays.reals(from_hz=from_hz, to_hz=to_hz), ctypes.c_size_t(0)
    call("snnfe_resample", None, *x.shape, *rates, ctypes.byref(n), None)
    resampled = np.empty((len(x), n.value), np.float32)
    call("snnfe_resample", x.ctypes.data, *x.shape, *rates, ctypes.byref(n), resampled.ctypes.data)
    return resampled


class LiveResampler(Owner):
    """Changes the rate of a stream, to put in front of `Decoder.push` where the amplifier has another one.

    What comes is what `resample` makes of the whole recording, bit for bit, but for its last samples. A cue at
    sample t of the stream begins its window at sample round(t * up / down) of the new rate.
    """

    _noun = "live_resampler"

    def __init__(self, from_hz: float, to_hz: float, n_channels: int) -> None:
        """Make one that has seen nothing yet. Raises ArgumentError."""
        handle = ctypes.c_void_p()
        n = _arrays.whole("n_channels", n_channels, 0, 2**32 - 1)
        call("snnfe_live_resampler_create", ctypes.byref(handle), *_arrays.reals(from_hz=from_hz, to_hz=to_hz), n)
        self._handle = LiveResampler._adopt(handle.value)._handle
        info = self._info()
        self._n_channels, self._ratio = int(info.n_channels), (int(info.up), int(info.down))

    def _info(self) -> Any:
        info = sized("snnfe_live_resampler_info")
        with self._shared() as pointer:
            call("snnfe_live_resampler_get_info", pointer, ctypes.byref(info))
        return info

    def push(self, samples: FloatArray) -> FloatArray:
        """New samples [n_new, n_channels] that float32 [n, n_channels] complete. Raises ShapeError."""
        x = _arrays.exact("samples", samples, np.float32, (None, self._n_channels))
        up, down = self._ratio
        n = ctypes.c_size_t(len(x) * up // down + 2)
        resampled = np.empty((n.value, self._n_channels), np.float32)
        with self._exclusive() as pointer:
            call(
                "snnfe_live_resampler_push",
                pointer,
                x.ctypes.data,
                len(x),
                ctypes.byref(n),
                resampled.ctypes.data,
            )
        return resampled[: n.value]

    def reset(self) -> None:
        """Forget what was pushed: the next sample is the first."""
        with self._exclusive() as pointer:
            call("snnfe_live_resampler_reset", pointer)

    @property
    def ratio(self) -> tuple[int, int]:
        """New over old rate as whole numbers, (up, down)."""
        return self._ratio

    @property
    def delay_s(self) -> float:
        """Seconds from a new sample to the last old one that it needs."""
        return float(self._info().delay_s)

    def __repr__(self) -> str:
        if self.closed:
            return "<LiveResampler, closed>"
        up, down = self._ratio
        return f"<LiveResampler: {self._n_channels} channels, {up}/{down} of their rate, {self.delay_s:g} s later>"
