"""Keyword options of data sets."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, TypedDict

from numpy.typing import ArrayLike

from . import _arrays
from ._options import CHOICES, choice, real, text_array
from .errors import ShapeError


class DatasetOptions(TypedDict, total=False):
    """How recordings become epochs (`snnfe_dataset_options`)."""

    label_set: str | int
    """"left_right" (default), "fists_feet", "left_feet", "right_feet", "left_right_feet",
    "left_right_fists_feet", "rest_left_right_feet", "rest_feet" (rest: T0 of the fist runs),
    "baseline_feet" (rest: run 1, as published), "baselines_left_right_fists_feet" (rest: runs 1 and
    2) or "events"."""
    executed: bool
    """Executed movements in place of imagined ones."""
    normalization: str | int
    """"all" (default: statistics of all recordings used), "given" or "none" (microvolts)."""
    missing: str | int
    """"error" (default) or "skip": what to do about a recording that is missing."""
    n_threads: int
    """0 (default) = `default_threads()`."""
    subjects: ArrayLike | None
    """Subjects to use, 1…999; default: all present but the six usually excluded."""
    runs: ArrayLike | None
    """Runs that epochs are cut from; default: those of the label set."""
    statistics_runs: ArrayLike | None
    """Runs whose samples enter means and standard deviations; default: every run present."""
    channel_mean_uv: ArrayLike
    """[n_channels] means in microvolts, with normalization "given"."""
    channel_std_uv: ArrayLike
    """[n_channels] standard deviations in microvolts, > 0, with normalization "given"."""
    filter_low_hz: float
    """Low edge of the band-pass; 0.1; 0 = none."""
    filter_high_hz: float
    """High edge of the band-pass; 79; 0 = none."""
    sampling_rate_hz: float
    """Rate that every recording must have; 160."""
    window_start: int
    """First sample of the first window after the onset; 0."""
    window_length: int
    """Samples of an epoch; 160."""
    window_overlap: int
    """Samples that windows share; 0."""
    window_limit: int
    """A window must end before this sample of the trial; 161."""
    channel_names: Sequence[str]
    """Channels to take by label; default: the 64 of EEGMMIDB. "C3#9" is the ninth signal, labeled C3;
    "#9" the ninth whatever its label."""
    channel_rows: ArrayLike
    """[n_channels] grid row of each."""
    channel_columns: ArrayLike
    """[n_channels] grid column of each."""
    n_rows: int
    """Grid rows; 10."""
    n_columns: int
    """Grid columns; 11."""
    event_names: Sequence[str]
    """Whole annotation texts, with the label set "events"."""
    event_labels: ArrayLike
    """Class of each event name, from 0; -1: it only ends the trial before it."""
    filter_kind: str | int
    """"zero_phase" (default, the paper's) or "causal", as a decoder filters."""
    filter_order: int
    """Order of each edge of the causal filter, 1…4; 2."""
    strict: bool
    """Refuse EDF files that depart from the format even where it hurts nobody (default: read and warn)."""
    allow_empty_classes: bool
    """Let a class be without a trial and an event name without an event (default: an error)."""
    other_events: str | int
    """With "events", what events of other names do: "end" (default: the trial before them) or
    "ignored"."""


class HistoryOptions(TypedDict, total=False):
    """What was done to epochs in memory before (`snnfe_signal`); it is noted, not done."""

    channel_names: Sequence[str] | None
    """[n_channels] labels such as "C3"; default: EEGMMIDB's for its 64 channels, else "channel 0", …"""
    class_names: Sequence[str] | None
    """Names of the classes; default: "class 0", …"""
    channel_mean_uv: ArrayLike | None
    """[n_channels] means in microvolts that were subtracted; None (default): epochs in microvolts."""
    channel_std_uv: ArrayLike | None
    """[n_channels] standard deviations in microvolts that were divided by."""
    n_statistics_samples: int
    """Samples a channel behind means and deviations, of one subject; 0 (default) = not known."""
    filter_low_hz: float
    """Low edge of the filter; 0 (default) = none."""
    filter_high_hz: float
    """High edge of the filter; 0 (default) = none."""
    normalization: str | int
    """With means: "all" (default), "given" or "subjects"."""
    filter_kind: str | int
    """"zero_phase" (default) or "causal"; "unknown" without edges."""
    filter_order: int
    """Order of each edge of a causal filter."""


def set_places(signal: Any, rows: ArrayLike | None, columns: ArrayLike | None) -> list[object]:
    """Set the channels' places in `snnfe_signal`; what they point to."""
    kept: list[object] = []
    for field, values in (("channel_rows", rows), ("channel_columns", columns)):
        if values is None:
            continue
        numbers = _arrays.integers(field, values, n=signal.n_channels)
        kept.append(numbers)
        setattr(signal, field, numbers.ctypes.data)
    return kept


def set_history(arrays: Any, signal: Any, history: HistoryOptions) -> list[object]:
    """Set the fields of `history` in `snnfe_dataset_arrays` and its signal; what they point to."""
    known = HistoryOptions.__annotations__
    if unknown := sorted(set(history) - set(known)):
        raise TypeError(f"unknown option {unknown[0]!r}; there are also {', '.join(known)}")
    kept: list[object] = []
    counts = {"channel_names": signal.n_channels, "class_names": signal.n_classes}
    values: dict[str, Any] = dict(history)
    for field, value in values.items():
        if value is None:
            continue
        if field in counts:
            kept.append(_name_array(field, value, counts[field]))
            setattr(signal, field, ctypes.addressof(kept[-1]))  # type: ignore[arg-type]
        elif field in ("channel_mean_uv", "channel_std_uv"):
            numbers = _arrays.doubles(field, value, (signal.n_channels,))
            kept.append(numbers)
            setattr(signal, field, numbers.ctypes.data)
        elif field in CHOICES:
            setattr(signal, field, choice(field, value))
        elif field.endswith("_hz"):
            setattr(signal, field, real(field, value))
        elif field == "n_statistics_samples":
            arrays.n_statistics_samples = _arrays.whole(field, value, 0, 2**63)
        else:
            setattr(signal, field, _arrays.whole(field, value, 0, 2**32 - 1))
    if signal.class_names and not signal.n_classes:
        signal.n_classes = len(list(values["class_names"]))
    return kept


def _name_array(field: str, names: Any, n: int) -> Any:
    listed = list(names)
    if isinstance(names, str) or not all(isinstance(name, str) for name in listed):
        raise TypeError(f"{field} must be a list of names, not {names!r}")
    if n and len(listed) != n:
        raise ShapeError(f"{field} has {len(listed)} names for {n} {field.split('_')[0]} entries")
    return text_array(listed)
