"""Recordings that are made, in the shape of EEGMMIDB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from numpy.typing import ArrayLike

from . import _arrays
from ._callbacks import Callbacks, ProgressOption
from ._files import StrPath
from ._library import call
from ._options import Options

if TYPE_CHECKING:
    from typing import Unpack


class SyntheticOptions(TypedDict, total=False):
    """What synthetic recordings are like (`snnfe_synthetic_options`)."""

    n_threads: int
    """0 (default) = `default_threads()`."""
    seed: int
    """The same seed gives the same recordings; 5."""
    n_subjects: int
    """Subjects 1…n_subjects, at most 109; 10."""
    trials_per_run: int
    """Cued trials in a task run, 1…15; 15."""
    runs: ArrayLike | None
    """Runs to make, 1…14; default: all fourteen."""
    effect: float
    """Strength of the desynchronization, 0…1; 0.6."""
    subject_spread: float
    """How much subjects differ, 0…1; 0.5."""
    noise_uv: float
    """Standard deviation of the background in microvolts; 10."""
    line_uv: float
    """Amplitude of the line noise in microvolts; 2."""
    line_hz: float
    """Its frequency, 1…79; 60."""
    blink_uv: float
    """Peak of a blink at the frontal pole in microvolts; 100."""
    glance_uv: float
    """Eye movements to the side of the cue in runs of one fist, microvolts at F7 and F8; 0 = none."""
    glance_share: float
    """Share of the cues that are glanced at, 0…1; 1."""
    layout: str | int
    """"eegmmidb" (default) or "bids"; what follows is of BIDS trees."""
    format: str | int
    """"edf" (default), "bdf" or "brainvision"."""
    sampling_rate_hz: int
    """100…1000; 160."""
    n_sessions: int
    """Of each subject, 1…9; 1."""
    channel_names: Sequence[str] | None
    """Of EEGMMIDB's 64 electrodes; default: all."""


def write_synthetic(
    root: StrPath, *, progress: ProgressOption = None, **options: Unpack[SyntheticOptions]
) -> None:
    """Write a tree of synthetic recordings below `root`: EDF+ in the shape of EEGMMIDB, or as BIDS.

    Existing files are replaced, each atomically. Raises ArgumentError, FileError.
    """
    filled = Options("snnfe_synthetic_options").set(options)
    with Callbacks(filled.struct, progress):
        call("snnfe_synthetic_write", _arrays.path_bytes(root), filled.reference)
