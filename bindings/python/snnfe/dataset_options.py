"""Keyword options of data sets."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, TypedDict

from numpy.typing import ArrayLike

from . import _arrays
from ._handle import texts
from ._options import CHOICES, choice, text_array, text_bytes
from .errors import ArgumentError, ShapeError
from .montage import MONTAGE, plain_label


#: What `Dataset.defects` is a sum of.
DEFECTS = {"flat": 1, "clipped": 2, "loud": 4, "muscle": 8}

#: `notch_hz` where the sidecars of a BIDS tree say the frequency.
NOTCH_AUTO = -1.0

#: Stand-ins for an electro-oculogram: the references of ocular regression where none are given.
FRONTAL = ("FP1", "FPZ", "FP2", "AF7", "AF3", "AFZ", "AF4", "AF8", "F7", "F8", "FT7", "FT8")


class DatasetOptions(TypedDict, total=False):
    """How recordings become trials (`snnfe_dataset_options`)."""

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
    """Runs that trials are cut from; default: those of the label set."""
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
    """Rate of the trials, which every recording must have unless `resample`; 160."""
    window_start: int
    """First sample of the first window after the onset; 0."""
    window_length: int
    """Samples of a window; 160."""
    window_overlap: int
    """Samples that windows share; 0."""
    window_limit: int
    """A window must end before this sample of the trial; 161."""
    channel_names: Sequence[str]
    """Channels to take by label; default: what `electrodes` says. "C3#9" is the ninth signal, labeled C3;
    "#9" the ninth whatever its label."""
    channel_rows: ArrayLike
    """[n_channels] grid row of each; default, with `channel_columns`: by their names (`snnfe.montage.places`)."""
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
    """Refuse files that depart from their format even where it hurts nobody (default: read and warn)."""
    allow_empty_classes: bool
    """Let a class be without a trial and an event name without an event (default: an error)."""
    other_events: str | int
    """With "events", what events of other names do: "end" (default: the trial before them) or
    "ignored"."""


    ocular: str | int
    """Ocular control: "none" (default) or "regression", which takes out of each recording what its reference
    channels say of the eyes. Brain activity that frontal electrodes share with others is lost with it."""
    n_lags: int
    """Samples that the regression looks back at, 0…32; 0."""
    keep_references: bool
    """Let references that are channels go on as they are (default: they leave the grid)."""
    reference_names: Sequence[str]
    """Reference channels; default: `FRONTAL`, as a stand-in for an electro-oculogram. Those of a recording that
    are no `channel_names`, such as its electro-oculogram's, are read besides."""
    electrodes: str | int
    """Channels without `channel_names`: "eegmmidb" (default: its 64) or "found": those of the first recording that
    are electrodes of the 10-05 system, up to 64."""
    resample: bool
    """Resample recordings of other rates to `sampling_rate_hz` (default: they are refused)."""
    band_low_hz: ArrayLike
    """[n_bands] low edges of bands, up to 8, in which the log power of each channel becomes a channel of its own
    (envelopes), called "C3@1" in the first band; default: none. Channels times bands are at most 64."""
    band_high_hz: ArrayLike
    """[n_bands] high edges of the bands."""
    envelope_window_s: float
    """Seconds that a power is the mean of; 0.5."""
    envelope_hop_s: float
    """Seconds from one power to the next, each of which is a step of the trial; 0.25."""
    quality: str | int
    """What is done about bad trials, judged as recorded: "keep" (default: nobody looks), "mark" (they stay, are
    counted, logged and marked: `Dataset.defects`) or "drop"."""
    clip_samples: int
    """Samples in a row at an end of the recording's range that make a trial clipped; 5, 0 = not looked at."""
    flat_uv: float
    """Range of a channel below which a trial is flat; 0.5 microvolts, 0 = not looked at."""
    peak_uv: float
    """Range above which a trial is too loud; 800 microvolts, 0 = not looked at."""
    muscle_uv: float
    """Root mean square above 30 Hz, behind the notch, from which a trial is full of muscle; 30 microvolts, 0 = not
    looked at."""
    notch_hz: float
    """Frequency of line noise that is taken out in front of the filter, with its multiples; 0 (default) = none.
    `NOTCH_AUTO`, of BIDS trees: the `PowerLineFrequency` that their `eeg.json` say."""
    notch_width_hz: float
    """Width of the notch; 2."""
    rereference: str | None
    """"none" (default: as recorded), "average", or labels between commas such as "M1,M2": the mean of these
    electrodes is taken off all others. Those that are named leave the grid."""
    absent_electrodes: str | int
    """What is done about channels that a recording lacks: "error" (default) or "interpolated" (spherical splines)."""


class BidsOptions(TypedDict, total=False):
    """Which recordings of a BIDS tree, and which of their events (`snnfe_bids_options`)."""

    task: str | None
    """Label, without "task-"; default: the tree's only one."""
    sessions: Sequence[str] | None
    """Labels, without "ses-"; default: all."""
    event_column: str | None
    """Column of `events.tsv` with the events' names; default: "trial_type"."""
    bad_channels: str | int
    """What is done about those that `channels.tsv` marks: "used" (default) or "interpolated" (spherical splines)."""
    places: str | int
    """What says where electrodes are: "checked" (default: their names in the 10-05 system, for other names the
    coordinates of `electrodes.tsv`; both are compared), "names" or "coordinates" alone."""


class AlignmentOptions(TypedDict, total=False):
    """How `Dataset.align` makes subjects alike (`snnfe_alignment_options`)."""

    alignment: str | int
    """"euclidean" (default): by the inverse square root of the subject's mean covariance; or "standardize"."""
    past: bool
    """Align each trial by those of its subject before it, as live (default: by all of the subject's)."""
    n_threads: int
    """0 (default) = `default_threads()`."""
    prior_trials: float
    """With `past`: trials that `covariance` counts as; 5."""
    memory_trials: float
    """With `past`: weights fall to 1/e over so many trials; 0 (default) = all count the same."""
    covariance: ArrayLike
    """With `past`: [n_channels, n_channels] to begin with; default: the mean over the other subjects."""


class HistoryOptions(TypedDict, total=False):
    """What was done to trials in memory before (`snnfe_signal`); it is noted, not done."""

    channel_names: Sequence[str] | None
    """[n_channels] labels such as "C3"; default: EEGMMIDB's for its 64 channels, else "channel 0", …"""
    class_names: Sequence[str] | None
    """Names of the classes; default: "class 0", …"""
    channel_mean_uv: ArrayLike | None
    """[n_channels] means in microvolts that were subtracted; None (default): trials in microvolts."""
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
    notch_hz: float
    """Frequency of the notch; 0 (default) = none."""
    notch_width_hz: float
    """Width of the notch; 2."""
    ocular: str | int
    """"regression" of `reference_names` (with `n_lags`) out of the channels; "none" (default)."""
    n_lags: int
    """Samples that the regression looked back at."""
    reference_names: Sequence[str] | None
    """Reference channels of the regression."""
    reference_mean_uv: ArrayLike | None
    """[n_references] their means in microvolts; default: 0."""
    reference_std_uv: ArrayLike | None
    """[n_references] their standard deviations in microvolts; default: 1."""
    alignment: str | int
    """"standardize" or "euclidean" by subject; "none" (default)."""
    covariance: ArrayLike | None
    """[n_channels, n_channels] mean over subjects before they were aligned."""
    band_low_hz: ArrayLike | None
    """[n_bands] low edges, where the channels are envelopes: as many of each band, one band after another."""
    band_high_hz: ArrayLike | None
    """[n_bands] high edges."""
    envelope_window_s: float
    """Seconds that a power is the mean of."""
    envelope_hop_s: float
    """Seconds from one power to the next."""
    rereference: str | None
    """"average" or labels between commas: what was taken off all electrodes; default: nothing."""


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
    values: dict[str, Any] = dict(history)
    signal.n_references = len(list(values.get("reference_names") or ()))
    counts = {
        "channel_names": signal.n_channels,
        "class_names": signal.n_classes,
        "reference_names": signal.n_references,
    }
    shapes = {
        "channel_mean_uv": (signal.n_channels,),
        "channel_std_uv": (signal.n_channels,),
        "reference_mean_uv": (signal.n_references,),
        "reference_std_uv": (signal.n_references,),
        "covariance": (signal.n_channels, signal.n_channels),
    }
    for field, value in values.items():
        if value is None:
            continue
        if field in ("band_low_hz", "band_high_hz"):
            _set_bands(signal, field, value)
        elif field in counts:
            kept.append(_name_array(field, value, counts[field]))
            setattr(signal, field, ctypes.addressof(kept[-1]))  # type: ignore[arg-type]
        elif field in shapes:
            numbers = _arrays.doubles(field, value, shapes[field])
            kept.append(numbers)
            setattr(signal, field, numbers.ctypes.data)
        elif field == "rereference":
            signal.rereference = text_bytes(field, value, 512)
        elif field in CHOICES:
            setattr(signal, field, choice(field, value))
        elif field.endswith(("_hz", "_s")):
            setattr(signal, field, _arrays.real(field, value))
        elif field == "n_statistics_samples":
            arrays.n_statistics_samples = _arrays.whole(field, value, 0, 2**63)
        else:
            setattr(signal, field, _arrays.whole(field, value, 0, 2**32 - 1))
    if signal.class_names and not signal.n_classes:
        signal.n_classes = len(list(values["class_names"]))
    return kept


def _set_bands(signal: Any, field: str, edges: ArrayLike) -> None:
    room = getattr(signal, field)
    numbers = _arrays.doubles(field, edges)
    if numbers.ndim != 1 or len(numbers) > len(room):
        raise ShapeError(f"{field} must have up to {len(room)} edges, not the shape {numbers.shape}")
    if signal.n_bands and signal.n_bands != len(numbers):
        raise ArgumentError(f"band_low_hz and band_high_hz have {signal.n_bands} and {len(numbers)} edges")
    room[: len(numbers)] = numbers.tolist()
    signal.n_bands = len(numbers)


def _name_array(field: str, names: Any, n: int) -> Any:
    array = text_array(field, names)
    if n and len(array) != n:
        raise ShapeError(f"{field} has {len(array)} names for {n} {field.split('_')[0]} entries")
    return array


def n_left(options: Any) -> int:
    """Channels of trials: those of `snnfe_dataset_options` that are no references, or are kept, in each band."""
    names = texts(options.channel_names, options.n_channels) or list(MONTAGE)
    n_bands = options.n_bands or 1
    references = (options.rereference or b"").decode().split(",")
    if options.ocular and not options.keep_references:
        references += texts(options.reference_names, options.n_references) or list(FRONTAL)
    dropped = {plain_label(name) for name in references}
    return n_bands * sum(plain_label(name) not in dropped for name in names)

