"""A recording as it is in its file."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from . import _arrays
from ._arrays import FloatArray
from ._files import StrPath
from ._handle import Owner, texts, view
from ._library import call
from ._options import Options, sized
from ._words import counted

if TYPE_CHECKING:
    from typing import Unpack


class RecordingOptions(TypedDict, total=False):
    """What to read of a recording (`snnfe_recording_options`)."""

    strict: bool
    """Refuse files that depart from their format even where it hurts nobody (default: read and warn)."""
    channel_names: Sequence[str] | None
    """Labels of the channels, in order; default: EEGMMIDB's 64."""
    sampling_rate_hz: float
    """Rate every channel must have; 160; 0 = that of the first channel."""


class Recording(Owner):
    """A recording as it is in its file, unfiltered, with its events."""

    _noun = "recording"

    @classmethod
    def open(cls, path: StrPath, **options: Unpack[RecordingOptions]) -> Recording:
        """Read the channels and annotations of a file in EDF, BDF or BrainVision's format (.vhdr).

        Raises NotFoundError (a channel), FormatError, FileError.
        """
        filled = Options("snnfe_recording_options").set(options)
        handle = ctypes.c_void_p()
        call("snnfe_recording_open", ctypes.byref(handle), _arrays.path_bytes(path), filled.reference)
        return cls._adopt(handle.value)

    def _info(self) -> Any:
        info = sized("snnfe_recording_info")
        call("snnfe_recording_get_info", self._open_handle().address, ctypes.byref(info))
        return info

    @property
    def samples(self) -> FloatArray:
        """float32 [n_channels, n_samples] in microvolts; read-only, not copied."""
        info, handle = self._info(), self._open_handle()
        return view(handle, info.samples, np.float32, (info.n_channels, info.n_samples))

    @property
    def sampling_rate_hz(self) -> float:
        """Samples a second."""
        return float(self._info().sampling_rate_hz)

    @property
    def events(self) -> list[tuple[int, str]]:
        """Onset (sample) and text of every annotation, in the order of time."""
        info = self._info()
        onsets = view(self._open_handle(), info.event_onsets, np.uint64, (info.n_events,))
        return list(zip(onsets.tolist(), texts(info.event_texts, info.n_events), strict=True))

    def __repr__(self) -> str:
        if self.closed:
            return "<Recording, closed>"
        i = self._info()
        seconds = i.n_samples / i.sampling_rate_hz
        channels, events = counted(i.n_channels, "channel"), counted(i.n_events, "event")
        return f"<Recording: {channels}, {seconds:g} s at {i.sampling_rate_hz:g} Hz, {events}>"
