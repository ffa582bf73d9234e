"""Data sets from MNE-Python's Raw and Epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .dataset import Dataset, filter_apply, filter_design
from .errors import NotFoundError, ShapeError

#: Label and place (row, column) of the 64 EEGMMIDB electrodes in the 10×11 grid.
_ROWS: list[tuple[int, int, str]] = [
    (0, 4, "FP1 FPZ FP2"),
    (1, 3, "AF7 AF3 AFZ AF4 AF8"),
    (2, 1, "F7 F5 F3 F1 FZ F2 F4 F6 F8"),
    (3, 1, "FT7 FC5 FC3 FC1 FCZ FC2 FC4 FC6 FT8"),
    (4, 0, "T9 T7 C5 C3 C1 CZ C2 C4 C6 T8 T10"),
    (5, 1, "TP7 CP5 CP3 CP1 CPZ CP2 CP4 CP6 TP8"),
    (6, 1, "P7 P5 P3 P1 PZ P2 P4 P6 P8"),
    (7, 3, "PO7 PO3 POZ PO4 PO8"),
    (8, 4, "O1 OZ O2"),
    (9, 5, "IZ"),
]
MONTAGE: dict[str, tuple[int, int]] = {
    label: (row, first + i) for row, first, labels in _ROWS for i, label in enumerate(labels.split())
}


def _plain(label: str) -> str:
    return label.replace(".", "").replace(" ", "").upper()


def _places(names: Sequence[str], montage: Mapping[str, tuple[int, int]] | None) -> list[tuple[int, int]]:
    known = {_plain(label): place for label, place in (montage or MONTAGE).items()}
    unknown = [name for name in names if _plain(name) not in known]
    if unknown:
        raise NotFoundError(
            f"no place in the grid for the channels {', '.join(unknown)}: pick others, or give "
            "montage={label: (row, column), …}"
        )
    return [known[_plain(name)] for name in names]


def from_epochs(
    epochs: Any,
    *,
    n_steps: int = 160,
    labels: Mapping[str, int] | None = None,
    subject: int = 1,
    run: int = 1,
    montage: Mapping[str, tuple[int, int]] | None = None,
    normalise: bool = True,
) -> Dataset:
    """A data set of an `mne.Epochs`: EEG channels in microvolts, the first `n_steps` samples.

    `labels` gives the class of each event name (default: sorted names from 0; other events are left
    out); `montage` the place of each channel (default: EEGMMIDB's 64). The signals are taken as they
    are (filter with MNE); with `normalise` each channel is z-scored over all these epochs. Raises
    NotFoundError (a channel without a place, an event name) and ShapeError (epochs too short).
    """
    picked = epochs.copy().load_data().pick("eeg")
    names = {code: name for name, code in picked.event_id.items()}
    classes = dict(labels) if labels is not None else {n: i for i, n in enumerate(sorted(picked.event_id))}
    if missing := sorted(set(classes) - set(picked.event_id)):
        raise NotFoundError(f"the epochs have no event {', '.join(missing)}")
    codes = picked.events[:, 2]
    used = np.array([names[code] in classes for code in codes])
    x = np.asarray(picked.get_data())[used] * 1e6
    if x.shape[2] < n_steps:
        raise ShapeError(f"epochs of {x.shape[2]} samples are shorter than n_steps = {n_steps}")
    x = x[:, :, :n_steps]
    if normalise:
        x = (x - x.mean((0, 2), keepdims=True)) / np.maximum(x.std((0, 2), keepdims=True), 1e-12)
    places = _places(picked.ch_names, montage)
    n = len(x)
    return Dataset.from_arrays(
        np.ascontiguousarray(x, np.float32),
        [classes[names[code]] for code in codes[used]],
        subjects=np.full(n, subject),
        runs=np.full(n, run),
        onsets=picked.events[used, 0],
        channel_rows=[row for row, _ in places],
        channel_columns=[column for _, column in places],
        sampling_rate_hz=float(picked.info["sfreq"]),
    )


def _cues(raw: Any, events: Mapping[str, int], n_steps: int) -> list[tuple[int, int]]:
    """First sample and class of every trial of more than `n_steps` samples."""
    import mne

    found, codes = mne.events_from_annotations(raw, verbose="error")
    names = {code: name for name, code in codes.items()}
    begins = found[:, 0] - raw.first_samp
    ends = np.append(begins[1:], raw.n_times)
    return [
        (int(begin), events[names[code]])
        for begin, end, code in zip(begins, ends, found[:, 2])
        if names[code] in events and end - begin > n_steps
    ]


def from_raw(
    raw: Any,
    events: Mapping[str, int],
    *,
    n_steps: int = 160,
    low_hz: float = 0.1,
    high_hz: float = 79.0,
    subject: int = 1,
    run: int = 1,
    montage: Mapping[str, tuple[int, int]] | None = None,
) -> Dataset:
    """A data set of an `mne.io.Raw`, treated as the library treats recordings.

    EEG channels are filtered as a whole (`low_hz`, `high_hz`; 0 = no edge), z-scored per channel over
    all samples, and cut into epochs of `n_steps` samples at the annotations in `events`, which gives
    the class of each annotation's text. A trial ends at the next annotation; shorter ones are left
    out. Raises NotFoundError (a channel without a place, no such annotation).
    """
    picked = raw.copy().load_data().pick("eeg")
    rate = float(picked.info["sfreq"])
    signals = np.ascontiguousarray(picked.get_data() * 1e6, np.float32)
    if low_hz or high_hz:
        signals = filter_apply(signals, filter_design(low_hz, high_hz, rate))
    mean, std = signals.mean(1, np.float64), signals.std(1, np.float64)
    signals = ((signals - mean[:, None]) / np.maximum(std, 1e-12)[:, None]).astype(np.float32)
    chosen = _cues(raw, events, n_steps)
    if not chosen:
        raise NotFoundError(
            f"no annotation of {', '.join(events)} is followed by more than {n_steps} samples"
        )
    places = _places(picked.ch_names, montage)
    n = len(chosen)
    return Dataset.from_arrays(
        np.ascontiguousarray(np.stack([signals[:, b : b + n_steps] for b, _ in chosen])),
        [label for _, label in chosen],
        subjects=np.full(n, subject),
        runs=np.full(n, run),
        onsets=[begin for begin, _ in chosen],
        channel_rows=[row for row, _ in places],
        channel_columns=[column for _, column in places],
        n_classes=max(2, max(events.values()) + 1),
        sampling_rate_hz=rate,
    )
