"""Data sets from MNE-Python's Raw and Epochs."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arrays
from ._mne_events import Event, Spans, events_of, spans_of
from .dataset import Dataset
from .dataset_options import HistoryOptions
from .errors import ArgumentError, NotFoundError, ShapeError, shown
from .montage import MONTAGE, Montage, places
from .signal import filter_apply, filter_design

# Longest name of a class; deviation in microvolts below which a channel has no signal.
_MOST_BYTES = 31
_FLAT = 1e-6
__all__ = ["MONTAGE", "from_epochs", "from_raw"]

_logger = logging.getLogger("snnfe")

def _picked(recording: Any, bads: str) -> Any:
    """The EEG channels of a copy of a Raw or Epochs, without bad ones if so chosen."""
    if bads not in ("error", "keep", "drop"):
        raise ArgumentError(f'bads must be "error", "keep" or "drop", not {bads!r}')
    picked = recording.copy().load_data().pick("eeg")
    marked = [name for name in picked.info["bads"] if name in picked.ch_names]
    if marked and bads == "error":
        raise ArgumentError(
            f'info["bads"] names the channels {", ".join(marked)}: interpolate them with MNE, or choose '
            'bads="keep" to use them as they are or bads="drop" to leave them out'
        )
    if marked:
        _logger.warning("bad channels are %s: %s", {"keep": "used", "drop": "left out"}[bads], shown(", ".join(marked)))
    return picked.drop_channels(marked) if marked and bads == "drop" else picked


def _classes_of(names: Sequence[str], wanted: Mapping[str, int]) -> dict[str, int]:
    """Class of each event name that is wanted: by the whole name, else by tags as in "hand/left"."""
    classes: dict[str, int] = {}
    for name in names:
        tags = set(name.split("/"))
        fitting = [name] if name in wanted else [key for key in wanted if set(key.split("/")) <= tags]
        found = {wanted[key] for key in fitting}
        if len(found) > 1:
            raise ArgumentError(f"the event {name} is of several classes: {', '.join(fitting)}")
        if found:
            classes[name] = found.pop()
    return classes


def _class_names(wanted: Mapping[str, int]) -> list[str]:
    """A name for each class, of all its events as far as there is room."""
    named = []
    for label in range(_n_classes(wanted)):
        names = [name for name, value in wanted.items() if value == label]
        joined = "+".join(names)
        while len(joined.encode()) > _MOST_BYTES and joined:
            joined = joined[:-1]
        named.append(joined.replace("\n", " ") or f"class {label}")
    return named if len(set(named)) == len(named) else [f"class {k}" for k in range(len(named))]


def _n_classes(wanted: Mapping[str, int]) -> int:
    for name, label in wanted.items():
        _arrays.whole(f"the class of {name}", label, 0, 255)
    return max(2, max(wanted.values(), default=0) + 1)


class _Layout(NamedTuple):
    """What all parts of a data set have in common."""

    channels: list[str]
    places: list[tuple[int, int]]
    wanted: Mapping[str, int]
    history: HistoryOptions
    rate: float

    def dataset(self, values: NDArray[Any], labels: Any, trial_ids: Any, **more: Any) -> Dataset:
        """Some of the trials."""
        told: dict[str, Any] = {**self.history, **more}
        return Dataset.from_arrays(
            np.ascontiguousarray(values, np.float32),
            labels,
            channel_rows=[row for row, _ in self.places],
            channel_columns=[column for _, column in self.places],
            n_classes=_n_classes(self.wanted),
            sampling_rate_hz=self.rate,
            trial_ids=trial_ids,
            channel_names=self.channels,
            class_names=_class_names(self.wanted),
            **told,
        )


def _statistics(picked: Any, values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Mean and standard deviation of each channel; constant channels are logged and become zeros."""
    mean, std = values.mean(1, np.float64), values.std(1, dtype=np.float64)
    flat = [name for name, deviation in zip(picked.ch_names, std) if not deviation > _FLAT]
    if flat:
        _logger.warning("channels without a signal are zeros: %s", shown(", ".join(flat)))
    return mean, np.maximum(std, _FLAT)


def _known_filter(info: Any) -> HistoryOptions:
    """What MNE knows of filters that were applied; its bounds 0 and half the rate are none."""
    high = float(info["lowpass"])
    return {
        "filter_low_hz": float(info["highpass"]),
        "filter_high_hz": high if high < float(info["sfreq"]) / 2 else 0.0,
        "filter_kind": "unknown",
    }


def _trial_id(source: bytes, number: int) -> int:
    """What a trial is known by, whatever is done to its values later."""
    return int.from_bytes(blake2b(source + number.to_bytes(8, "little"), digest_size=8).digest(), "little")


def _each(name: str, values: ArrayLike, n: int) -> NDArray[Any]:
    """One number for all of `n`, or one for each."""
    if np.ndim(values) == 0:
        return np.full(n, _arrays.whole(name, values, 1, 2**31 - 1), np.int32)
    return _arrays.integers(name, values, n=n)


def from_epochs(
    epochs: Any,
    *,
    n_steps: int = 160,
    labels: Mapping[str, int] | None = None,
    subject: ArrayLike = 1,
    run: ArrayLike = 1,
    montage: Montage | None = None,
    normalize: bool = True,
    bads: str = "error",
) -> Dataset:
    """A data set of an `mne.Epochs`: EEG channels in microvolts, the first `n_steps` samples.

    `labels` gives the class of each event name or tag (default: sorted names from 0; other events are
    left out, and counted in the log); classes without an epoch are kept. `subject` and `run` are
    numbers, or one for each epoch; `montage` is the place of each channel (default: EEGMMIDB's 64 and
    some more). What to do about channels in `info["bads"]` is `bads`: "error", "keep" or "drop". The
    signals are taken as they are (filter with MNE); with `normalize` each channel is z-scored over
    these epochs. Raises NotFoundError (a channel without a place, an event name), ShapeError (epochs
    too short) and ArgumentError.
    """
    picked = _picked(epochs, bads)
    wanted = labels if labels is not None else {n: i for i, n in enumerate(sorted(picked.event_id))}
    classes = _classes_of(list(picked.event_id), wanted)
    if missing := [key for key in wanted if not _classes_of(list(picked.event_id), {key: 0})]:
        raise NotFoundError(
            f"the epochs have no event {', '.join(missing)}; they have {_counted(picked.event_id)}"
        )
    of_code = {picked.event_id[name]: label for name, label in classes.items()}
    used = np.array([code in of_code for code in picked.events[:, 2]], bool)
    x = np.asarray(picked.get_data()) * 1e6
    if x.shape[2] < n_steps:
        raise ShapeError(f"epochs of {x.shape[2]} samples are shorter than n_steps = {n_steps}")
    if not used.any():
        raise NotFoundError(f"no epoch of {', '.join(wanted)} is left of {len(used)}")
    of_epoch = [of_code[code] for code in picked.events[used, 2]]
    _tell("epochs", len(used), {"of other events": int((~used).sum())}, wanted, of_epoch)
    layout = _Layout(
        picked.ch_names,
        places(picked.ch_names, montage),
        wanted,
        _known_filter(picked.info),
        float(picked.info["sfreq"]),
    )
    whole = {
        "subjects": _each("subject", subject, len(used))[used],
        "runs": _each("run", run, len(used))[used],
        "onsets": picked.events[used, 0],
    }
    x = x[used, :, :n_steps]
    ids = np.array([_trial_id(np.ascontiguousarray(trial).tobytes(), 0) for trial in x], np.uint64)
    if not normalize:
        return layout.dataset(x, of_epoch, ids, **whole)
    return _normalized(picked, layout, x, np.array(of_epoch), ids, whole)


def _normalized(
    picked: Any,
    layout: _Layout,
    x: NDArray[Any],
    labels: NDArray[Any],
    ids: NDArray[Any],
    whole: Mapping[str, NDArray[Any]],
) -> Dataset:
    """Epochs z-scored over all, with every subject's statistics, in the order given."""
    parts, order = [], []
    for subject in np.unique(whole["subjects"]):
        own = np.flatnonzero(whole["subjects"] == subject)
        mean, std = _statistics(picked, x[own].swapaxes(0, 1).reshape(x.shape[1], -1))
        parts.append(
            layout.dataset(
                (x[own] - mean[:, None]) / std[:, None],
                labels[own],
                ids[own],
                channel_mean_uv=mean,
                channel_std_uv=std,
                n_statistics_samples=len(own) * x.shape[2],
                **{name: values[own] for name, values in whole.items()},
            )
        )
        order.append(own)
    return Dataset.concatenate(parts).subset(np.argsort(np.concatenate(order)))


def _counted(names: Any) -> str:
    """Names with how many there are of each."""
    if isinstance(names, Mapping):
        return ", ".join(names) or "none"
    return ", ".join(f"{name} ({n})" for name, n in sorted(Counter(names).items())) or "none"


def _tell(what: str, n: int, left_out: Mapping[str, int], wanted: Mapping[str, int], labels: Any) -> None:
    """Log how many trials there are, what was left out and why, and classes that have none."""
    reasons = [f"{count} {reason}" for reason, count in left_out.items() if count]
    level = logging.WARNING if reasons else logging.INFO
    tail = f"; left out: {', '.join(reasons)}" if reasons else ""
    _logger.log(level, "%d of %d %s are trials%s", len(labels), n, what, shown(tail))
    for name, label in wanted.items():
        if label not in labels:
            _logger.warning("no trial of %s", shown(name))


class _Trial(NamedTuple):
    begin: int
    label: int
    segment: int


def _trials(
    events: Sequence[Event], classes: Mapping[str, int], spans: Spans, n_steps: int
) -> tuple[list[_Trial], dict[str, int]]:
    """Trials of more than `n_steps` samples within a segment, and what was left out, by reason.

    A trial ends at the next later event. Cues of two classes at one onset are none.
    """
    cues: dict[int, set[int]] = {}
    for event in events:
        if event.name in classes:
            cues.setdefault(event.begin, set()).add(classes[event.name])
    onsets = sorted({event.begin for event in events})
    ends = dict(zip(onsets, onsets[1:]))
    trials: list[_Trial] = []
    left_out = Counter[str]()
    for begin in sorted(cues):
        segment = spans.segment_of(begin)
        if segment is None:
            left_out["outside the recording"] += 1
        elif len(cues[begin]) > 1:
            left_out["of two classes at one onset"] += 1
        elif spans.segments[segment][1] - begin <= n_steps:
            left_out["cut by the end of a recording"] += 1
        elif ends.get(begin, begin + n_steps + 1) - begin <= n_steps:
            left_out["too short"] += 1
        elif spans.is_bad(begin, begin + n_steps):
            left_out["in BAD spans"] += 1
        else:
            trials.append(_Trial(begin, cues[begin].pop(), segment))
    return trials, left_out


def _filtered(
    signals: NDArray[Any], segments: Sequence[tuple[int, int]], low_hz: float, high_hz: float, rate: float
) -> NDArray[Any]:
    """Each segment filtered by itself; channels without a signal stay so, whatever is rounded."""
    filtered = np.ascontiguousarray(signals, np.float32)
    if not (low_hz or high_hz):
        return filtered
    taps = filter_design(low_hz, high_hz, rate)
    for begin, end in segments:
        filtered[:, begin:end] = filter_apply(np.ascontiguousarray(filtered[:, begin:end]), taps)
    filtered[np.ptp(signals, axis=1) == 0] = 0
    return filtered


def from_raw(
    raw: Any,
    events: Mapping[str, int],
    *,
    n_steps: int = 160,
    low_hz: float = 0.1,
    high_hz: float = 79.0,
    subject: ArrayLike = 1,
    run: ArrayLike = 1,
    montage: Montage | None = None,
    reject_by_annotation: bool = True,
    bads: str = "error",
) -> Dataset:
    """A data set of an `mne.io.Raw`, treated as the library treats recordings.

    Concatenated recordings are taken as their segments, between annotations that begin with "edge" or
    are called "BAD boundary" and outside those called "BAD_ACQ_SKIP": each is filtered by itself
    (`low_hz`, `high_hz`; 0 = no edge), and no trial goes beyond its segment. Trials are epochs of
    `n_steps` samples at the annotations in `events`, which gives the class of each annotation's text
    or tag ("left" of "hand/left"); a trial ends at the next later annotation, and shorter ones are
    left out. So are those that overlap an annotation beginning with "bad", unless
    `reject_by_annotation` is false; the log counts both. Channels are z-scored over all samples of all
    segments, without those in bad spans that are rejected. `subject` and `run` are numbers, or one for
    each segment; `bads` and `montage` are those of `from_epochs`. Raises NotFoundError (a channel
    without a place, no such annotation) and ArgumentError.
    """
    picked = _picked(raw, bads)
    rate = float(picked.info["sfreq"])
    found, spans = events_of(raw), spans_of(raw, reject_by_annotation)
    classes = _classes_of(sorted({event.name for event in found}), events)
    trials, left_out = _trials(found, classes, spans, n_steps)
    n_cues = sum(event.name in classes for event in found)
    if not trials:
        raise NotFoundError(_nothing(found, events, left_out, n_cues, n_steps))
    _tell("cues", n_cues, left_out, events, [trial.label for trial in trials])
    microvolts = picked.get_data() * 1e6
    signals = _filtered(microvolts, spans.segments, low_hz, high_hz, rate)
    done: HistoryOptions = {"filter_low_hz": low_hz, "filter_high_hz": high_hz}
    layout = _Layout(
        picked.ch_names,
        places(picked.ch_names, montage),
        events,
        done if low_hz or high_hz else _known_filter(picked.info),
        rate,
    )
    n = len(spans.segments)
    subjects, runs = _each("subject", subject, n), _each("run", run, n)
    parts = []
    for person in dict.fromkeys(subjects.tolist()):
        own = [trial for trial in trials if subjects[trial.segment] == person]
        if not own:
            _logger.warning("no trial of subject %d", person)
            continue
        samples = spans.samples(np.flatnonzero(subjects == person))
        mean, std = _statistics(picked, signals[:, samples])
        x = np.stack([signals[:, trial.begin : trial.begin + n_steps] for trial in own])
        parts.append(
            layout.dataset(
                (x - mean[:, None]) / std[:, None],
                [trial.label for trial in own],
                _ids(microvolts, spans, own),
                subjects=np.full(len(own), person),
                runs=runs[[trial.segment for trial in own]],
                onsets=[trial.begin for trial in own],
                channel_mean_uv=mean,
                channel_std_uv=std,
                n_statistics_samples=int(samples.sum()),
            )
        )
    return Dataset.concatenate(parts)


def _ids(microvolts: NDArray[Any], spans: Spans, trials: Sequence[_Trial]) -> NDArray[np.uint64]:
    """What trials are known by: their segment as it was recorded, and their onset within it."""
    sources = {}
    for segment in {trial.segment for trial in trials}:
        begin, end = spans.segments[segment]
        content = np.ascontiguousarray(microvolts[:, begin:end]).tobytes()
        sources[segment] = blake2b(content, digest_size=16).digest()
    return np.array(
        [_trial_id(sources[t.segment], t.begin - spans.segments[t.segment][0]) for t in trials], np.uint64
    )


def _nothing(
    found: Sequence[Event],
    wanted: Mapping[str, int],
    left_out: Mapping[str, int],
    n_cues: int,
    n_steps: int,
) -> str:
    """Why there is no trial."""
    there = _counted(event.name for event in found)
    if not n_cues:
        return f"no annotation of {', '.join(wanted)}; the recording has {there}"
    reasons = ", ".join(f"{count} {reason}" for reason, count in left_out.items())
    return (
        f"no annotation of {', '.join(wanted)} is followed by more than {n_steps} samples of a trial; "
        f"left out: {reasons}; the recording has {there}"
    )
