"""What a network was made for and what it has seen."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arrays
from ._arrays import DoubleArray, IntArray
from ._declarations import CONSTANTS
from ._library import call
from ._options import choice, choice_name, sized, text_array, text_bytes
from ._words import counted

#: What trials are used for, in the order of the library's numbers.
USES = ("trained", "validated", "tested")


@dataclass(frozen=True)
class Signal:
    """The signal that a network was trained on.

    `filter_kind` is "zero_phase", "causal" or "unknown"; an edge of 0 is none, and so is a notch at 0 Hz. `channel_names` and
    `class_names` are None where they are not known; the arrays are [n_channels].

    `ocular` is "none" or "regression" of `reference_names`, as far as `n_lags` samples back, with their
    means and standard deviations in microvolts; `alignment` "none", "standardize" or "euclidean", with the
    mean `covariance` [n_channels, n_channels] that it starts from live, if it is known.

    With `bands`, pairs of edges in Hz, the channels are envelopes: of all electrodes in the first band, then in
    the second; a step every `envelope_hop_s` is the log power in `envelope_window_s`.

    `rereference` is "average", labels of electrodes between commas, or "" where samples keep the reference that
    they were recorded with.
    """

    sampling_rate_hz: float
    filter_kind: str
    filter_low_hz: float
    filter_high_hz: float
    filter_order: int
    normalization: str
    synthetic: bool
    n_classes: int
    channel_rows: IntArray
    channel_columns: IntArray
    channel_mean: DoubleArray
    channel_std: DoubleArray
    channel_names: tuple[str, ...] | None
    class_names: tuple[str, ...] | None
    ocular: str = "none"
    n_lags: int = 0
    reference_names: tuple[str, ...] = ()
    reference_mean: DoubleArray | None = None
    reference_std: DoubleArray | None = None
    alignment: str = "none"
    covariance: DoubleArray | None = None
    bands: tuple[tuple[float, float], ...] = ()
    envelope_window_s: float = 0.0
    envelope_hop_s: float = 0.0
    notch_hz: float = 0.0
    notch_width_hz: float = 0.0
    rereference: str = ""


@dataclass(frozen=True)
class Origin:
    """Where a network comes from: `fold` (1-based) of `n_folds` in a cross-validation, 0 for none; hashes
    of the trials at hand and of the options, as the programs make them, 0 for none; `incomplete` if it
    was also trained by something that is not recorded."""

    fold: int = 0
    n_folds: int = 0
    incomplete: bool = False
    data_hash: int = 0
    run_hash: int = 0


@dataclass(frozen=True)
class Trials:
    """Trials by their ids (`Dataset.trial_ids`, ascending), and whose they are; both [n]."""

    ids: NDArray[np.uint64]
    subjects: IntArray

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        return f"<Trials: {len(self)} of {counted(len(np.unique(self.subjects)), 'subject')}>"


def _copied(address: int | None, dtype: Any, n: int) -> NDArray[Any]:
    dtype = np.dtype(dtype)
    if not address or not n:
        return np.empty(0, dtype)
    memory = (ctypes.c_char * (n * dtype.itemsize)).from_address(address)
    return np.frombuffer(memory, dtype).copy()


def _texts(address: int | None, n: int) -> tuple[str, ...] | None:
    if not address:
        return None
    return tuple((text or b"").decode("utf-8", "replace") for text in (ctypes.c_char_p * n).from_address(address))


def get_signal(pointer: Any) -> Signal | None:
    """What `Network.signal` is; `pointer` is the network's handle."""
    struct = sized("snnfe_signal")
    call("snnfe_network_get_signal", pointer, ctypes.byref(struct))
    return read_signal(struct) if struct.n_channels else None


def read_signal(struct: Any) -> Signal:
    """A copy of `snnfe_signal`."""
    n, r = struct.n_channels, struct.n_references
    covariance = _copied(struct.covariance, np.float64, n * n)
    return Signal(
        struct.sampling_rate_hz,
        choice_name("filter_kind", struct.filter_kind),
        struct.filter_low_hz,
        struct.filter_high_hz,
        struct.filter_order,
        choice_name("normalization", struct.normalization),
        bool(struct.synthetic),
        struct.n_classes,
        _copied(struct.channel_rows, np.int32, n),
        _copied(struct.channel_columns, np.int32, n),
        _copied(struct.channel_mean_uv, np.float64, n),
        _copied(struct.channel_std_uv, np.float64, n),
        _texts(struct.channel_names, n),
        _texts(struct.class_names, struct.n_classes),
        choice_name("ocular", struct.ocular),
        struct.n_lags,
        _texts(struct.reference_names, r) or (),
        _copied(struct.reference_mean_uv, np.float64, r) if r else None,
        _copied(struct.reference_std_uv, np.float64, r) if r else None,
        choice_name("alignment", struct.alignment),
        covariance.reshape(n, n) if len(covariance) else None,
        tuple(zip(struct.band_low_hz, struct.band_high_hz))[: struct.n_bands],
        struct.envelope_window_s,
        struct.envelope_hop_s,
        struct.notch_hz,
        struct.notch_width_hz,
        struct.rereference.decode(),
    )


def set_signal(pointer: Any, signal: Signal | None) -> None:
    """What setting `Network.signal` does."""
    if signal is None:
        call("snnfe_network_set_signal", pointer, None)
        return
    struct, kept = signal_struct(signal)
    call("snnfe_network_set_signal", pointer, ctypes.byref(struct))
    del kept  # the library has copied it by now


def signal_struct(signal: Signal) -> tuple[Any, list[Any]]:
    """The signal as `snnfe_signal`, and what that points to."""
    n, r = len(signal.channel_rows), len(signal.reference_names)
    struct = sized("snnfe_signal")
    struct.n_channels, struct.n_references = n, r
    for field in ("n_classes", "filter_order", "n_lags"):
        setattr(struct, field, _arrays.whole(field, getattr(signal, field), 0, 2**32 - 1))
    for field in (
        "sampling_rate_hz",
        "filter_low_hz",
        "filter_high_hz",
        "envelope_window_s",
        "envelope_hop_s",
        "notch_hz",
        "notch_width_hz",
    ):
        setattr(struct, field, float(getattr(signal, field)))
    for field in ("filter_kind", "normalization", "ocular", "alignment"):
        setattr(struct, field, choice(field, getattr(signal, field)))
    struct.synthetic = int(signal.synthetic)
    struct.rereference = text_bytes("rereference", signal.rereference, 512)
    struct.n_bands = len(signal.bands)
    for band, (low, high) in enumerate(signal.bands[: len(struct.band_low_hz)]):
        struct.band_low_hz[band], struct.band_high_hz[band] = low, high
    kept: list[Any] = [
        _arrays.integers("channel_rows", signal.channel_rows, n=n),
        _arrays.integers("channel_columns", signal.channel_columns, n=n),
    ]
    struct.channel_rows, struct.channel_columns = (array.ctypes.data for array in kept)
    for field, name, shape in (
        ("channel_mean_uv", "channel_mean", (n,)),
        ("channel_std_uv", "channel_std", (n,)),
        ("reference_mean_uv", "reference_mean", (r,)),
        ("reference_std_uv", "reference_std", (r,)),
        ("covariance", "covariance", (n, n)),
    ):
        values = getattr(signal, name)
        if values is not None:
            kept.append(_arrays.doubles(name, values, shape))
            setattr(struct, field, kept[-1].ctypes.data)
    for field, wanted in (("channel_names", n), ("class_names", signal.n_classes), ("reference_names", r)):
        names = getattr(signal, field)
        if not names:
            continue
        if len(names) != wanted:
            raise ValueError(f"{field} must have {wanted} entries, not {len(names)}")
        kept.append(text_array(field, names))
        setattr(struct, field, ctypes.addressof(kept[-1]))
    return struct, kept


def get_origin(pointer: Any) -> Origin:
    """What `Network.origin` is."""
    struct = sized("snnfe_origin")
    call("snnfe_network_get_origin", pointer, ctypes.byref(struct))
    return Origin(struct.fold, struct.n_folds, bool(struct.incomplete), struct.data_hash, struct.run_hash)


def set_origin(pointer: Any, origin: Origin) -> None:
    """What setting `Network.origin` does."""
    struct = sized("snnfe_origin")
    struct.fold = _arrays.whole("fold", origin.fold, 0, 2**31 - 1)
    struct.n_folds = _arrays.whole("n_folds", origin.n_folds, 0, 2**31 - 1)
    struct.incomplete = int(origin.incomplete)
    struct.data_hash = _arrays.whole("data_hash", origin.data_hash)
    struct.run_hash = _arrays.whole("run_hash", origin.run_hash)
    call("snnfe_network_set_origin", pointer, ctypes.byref(struct))


def _use(use: str) -> int:
    if use not in USES:
        raise ValueError(f"use must be one of {', '.join(USES)}; not {use!r}")
    return CONSTANTS[f"SNNFE_TRIALS_{use.upper()}"]


def get_trials(pointer: Any, use: str) -> Trials:
    """What `Network.trials` gives."""
    ids, subjects, n = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_size_t()
    call("snnfe_network_trials", pointer, _use(use), ctypes.byref(ids), ctypes.byref(subjects), ctypes.byref(n))
    return Trials(_copied(ids.value, np.uint64, n.value), _copied(subjects.value, np.int32, n.value))


def add_trials(pointer: Any, use: str, ids: ArrayLike, subjects: ArrayLike) -> None:
    """What `Network.add_trials` does."""
    numbers = _arrays.integers("ids", ids, np.uint64)
    whose = _arrays.integers("subjects", subjects, n=len(numbers))
    call("snnfe_network_add_trials", pointer, _use(use), numbers.ctypes.data, whose.ctypes.data, len(numbers))
