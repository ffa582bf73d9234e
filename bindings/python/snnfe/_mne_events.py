"""Annotations of a recording in MNE-Python: events, segments between boundaries, and bad spans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Event(NamedTuple):
    """An annotation that is neither bad nor an edge: its first sample, counted from the first one of the
    recording, and its text."""

    begin: int
    name: str


class Spans(NamedTuple):
    """Segments that were recorded by themselves, and bad spans, as [begin, end) samples."""

    segments: list[tuple[int, int]]
    bad: list[tuple[int, int]]

    def segment_of(self, sample: int) -> int | None:
        """The segment that a sample is in; None for none."""
        for number, (begin, end) in enumerate(self.segments):
            if begin <= sample < end:
                return number
        return None

    def is_bad(self, begin: int, end: int) -> bool:
        """Whether a bad span overlaps the samples."""
        return any(first < end and begin < last for first, last in self.bad)

    def samples(self, segments: Sequence[int] | NDArray[Any]) -> NDArray[np.bool_]:
        """Mask of the samples in some segments that are not bad."""
        mask = np.zeros(max(end for _, end in self.segments), bool)
        for number in segments:
            mask[slice(*self.segments[number])] = True
        for first, last in self.bad:
            mask[first:last] = False
        return mask


def _is_edge(name: str) -> bool:
    return name.lower().startswith("edge") or name.lower() == "bad boundary"


def _is_gap(name: str) -> bool:
    return name.lower().startswith("bad_acq_skip")


def _is_bad(name: str) -> bool:
    return name.lower().startswith("bad")


def _annotations(raw: Any) -> list[tuple[int, int, str]]:
    """First sample, end and text of every annotation, counted from the recording's first sample."""
    marks, rate = raw.annotations, float(raw.info["sfreq"])
    if marks.orig_time is None:
        begins = np.round(np.asarray(marks.onset) * rate).astype(int) - raw.first_samp
    else:
        begins = raw.time_as_index(marks.onset, use_rounding=True, origin=marks.orig_time)
    lengths = np.round(np.asarray(marks.duration) * rate).astype(int)
    return [
        (int(begin), int(begin + max(length, 1)), str(name))
        for begin, length, name in zip(begins, lengths, marks.description)
    ]


def events_of(raw: Any) -> list[Event]:
    """Annotations that are events, in the order of time."""
    return sorted(
        Event(begin, name) for begin, _, name in _annotations(raw) if not (_is_bad(name) or _is_edge(name))
    )


def spans_of(raw: Any, reject: bool) -> Spans:
    """Segments between boundaries and gaps; bad spans if they are to be rejected."""
    marks = _annotations(raw)
    whole = np.ones(raw.n_times, bool)
    for begin, end, name in marks:
        if _is_gap(name):
            whole[max(begin, 0) : max(end, 0)] = False
    cuts = {begin for begin, _, name in marks if _is_edge(name)}
    changes = set((np.flatnonzero(whole[1:] != whole[:-1]) + 1).tolist())
    places = sorted({0, raw.n_times} | {c for c in cuts | changes if 0 < c < raw.n_times})
    segments = [(begin, end) for begin, end in zip(places, places[1:]) if whole[begin]]
    rejected = [
        (max(begin, 0), end)
        for begin, end, name in marks
        if reject and end > 0 and _is_bad(name) and not _is_edge(name) and not _is_gap(name)
    ]
    return Spans(segments, rejected)
