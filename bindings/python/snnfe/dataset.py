"""EEG recordings turned into labeled, normalized trials."""

from __future__ import annotations

import ctypes
import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arrays
from ._arrays import DoubleArray, FloatArray, IntArray
from ._callbacks import Callbacks, ProgressOption
from ._files import StrPath, kind_of, opening
from ._declarations import STRUCTS
from ._handle import Owner, texts, view
from ._library import call
from ._options import Options, choice_name, path_array, scalars, sized
from ._words import counted
from .dataset_options import (
    DEFECTS,
    AlignmentOptions,
    BidsOptions,
    DatasetOptions,
    HistoryOptions,
    n_left,
    set_history,
    set_places,
)
from .errors import ArgumentError
from .provenance import Signal, read_signal
from .synthetic import SyntheticOptions

if TYPE_CHECKING:
    from typing import Unpack


# Name of the file through which data sets are copied.
_COPY = "copy.safetensors"


class Dataset(Owner):
    """Labeled trials of EEG.

    Made by `Dataset.open` (an EEGMMIDB tree), `open_bids` (a BIDS tree), `open_files` (any EDF, BDF or
    BrainVision recordings), `from_arrays`, `synthesize` or `load`. Its arrays (`trials`, `labels`, …) are read-only views of
    the library's memory without a copy; they stay valid after `close()` and after the data set is
    gone. Data sets can be pickled and copied.
    """

    _noun = "dataset"

    # Copies

    def copy(self) -> Dataset:
        """An independent copy with everything that `save` keeps."""
        return _restored(self._saved())

    def __copy__(self) -> Dataset:
        return self.copy()

    def __deepcopy__(self, _memo: dict[int, Any]) -> Dataset:
        return self.copy()

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self._saved(),)

    def _saved(self) -> bytes:
        """What `save` writes."""
        with tempfile.TemporaryDirectory(prefix="snnfe-") as folder:
            path = Path(folder, _COPY)
            self.save(path)
            return path.read_bytes()

    # Constructors

    @classmethod
    def open(
        cls, root: StrPath, *, progress: ProgressOption = None, **options: Unpack[DatasetOptions]
    ) -> Dataset:
        """Open a tree `root/S001/S001R04.edf` … as PhysioNet ships EEGMMIDB.

        A file that `save` wrote is opened, too, without options; so is a single recording whose name
        says subject and run, such as "S001R04.edf". Raises NotFoundError (a missing run, channel or
        annotation), FormatError (a damaged file, another sampling rate), FileError and
        ArgumentError.
        """
        filled = Options("snnfe_dataset_options").set(options)
        kind = kind_of(root)
        if kind == "edf":
            subject, run = _named(root)
            return cls.open_files([root], [subject], [run], progress=progress, **options)
        if kind == "dataset" and options:
            raise ArgumentError(
                f"{os.fspath(root)} is a saved data set, whose trials are made already: it takes no "
                f"{', '.join(options)}"
            )
        if kind == "dataset":
            return cls.load(root)
        with opening(root, "folder"):
            return cls._read(filled, progress, "snnfe_dataset_open", _arrays.path_bytes(root))

    @classmethod
    def open_files(
        cls,
        paths: Sequence[StrPath],
        file_subjects: ArrayLike,
        file_runs: ArrayLike,
        *,
        progress: ProgressOption = None,
        **options: Unpack[DatasetOptions],
    ) -> Dataset:
        """Open EDF, BDF or BrainVision (.vhdr) files; `file_subjects` and `file_runs` [n_files] are positive.

        Errors as `open`.
        """
        filled = Options("snnfe_dataset_options").set(options)
        names = path_array("paths", paths)
        subject_list = _arrays.integers("file_subjects", file_subjects, n=len(names))
        run_list = _arrays.integers("file_runs", file_runs, n=len(names))
        return cls._read(
            filled,
            progress,
            "snnfe_dataset_open_files",
            ctypes.addressof(names),
            subject_list.ctypes.data,
            run_list.ctypes.data,
            len(names),
        )

    @classmethod
    def open_bids(
        cls,
        root: StrPath,
        events: Sequence[str] | Mapping[str, int],
        *,
        bids: BidsOptions | None = None,
        progress: ProgressOption = None,
        **options: Unpack[DatasetOptions],
    ) -> Dataset:
        """Open a BIDS tree: `root/sub-01/[ses-1/]eeg/sub-01_task-motor_eeg.edf` … with their sidecars.

        `events` are names in `events.tsv`, classes 0, 1, … in this order, or {name: class}; `bids` says which task,
        sessions and column. Channels are those of type EEG that are electrodes of the 10-05 system, unless
        `channel_names` says others; subjects and runs have the numbers of their labels (runs of later sessions 100
        more each). Raises FormatError naming file, row and column of a sidecar that is wrong; other errors as `open`.
        """
        classes = dict(events) if isinstance(events, Mapping) else {name: i for i, name in enumerate(events)}
        if isinstance(events, str) or not all(isinstance(name, str) for name in classes):
            raise TypeError(f"events must be a list of names, or classes by name, not {events!r}")
        own: DatasetOptions = {
            "label_set": "events",
            "event_names": list(classes),
            "event_labels": list(classes.values()),
        }
        filled = Options("snnfe_dataset_options").set({**own, **options})
        chosen = Options("snnfe_bids_options").set(bids or {})
        return cls._read(filled, progress, "snnfe_dataset_open_bids", _arrays.path_bytes(root), chosen.reference)

    @classmethod
    def synthesize(
        cls,
        recordings: SyntheticOptions | None = None,
        *,
        progress: ProgressOption = None,
        **options: Unpack[DatasetOptions],
    ) -> Dataset:
        """Make synthetic recordings without files, and trials from them.

        `recordings` says what they are like. They say nothing about people. Errors as `open`.
        """
        made = Options("snnfe_synthetic_options").set(recordings or {})
        filled = Options("snnfe_dataset_options").set(options)
        return cls._read(filled, progress, "snnfe_dataset_synthesize", made.reference)

    @classmethod
    def _read(cls, options: Options, progress: ProgressOption, name: str, *arguments: Any) -> Dataset:
        options.check_statistics(n_left(options.struct))
        handle = ctypes.c_void_p()
        with Callbacks(options.struct, progress):
            call(name, ctypes.byref(handle), *arguments, options.reference)
            new = cls._adopt(handle.value)
        return new

    @classmethod
    def from_arrays(
        cls,
        trials: FloatArray,
        labels: ArrayLike,
        *,
        subjects: ArrayLike | None = None,
        runs: ArrayLike | None = None,
        onsets: ArrayLike | None = None,
        channel_rows: ArrayLike | None = None,
        channel_columns: ArrayLike | None = None,
        n_rows: int = 0,
        n_columns: int = 0,
        n_classes: int = 0,
        sampling_rate_hz: float = 0.0,
        trial_ids: ArrayLike | None = None,
        defects: ArrayLike | None = None,
        **history: Unpack[HistoryOptions],
    ) -> Dataset:
        """Copy trials from memory, as they are: neither filtered nor normalized.

        `trials` [n_trials, n_channels, n_steps] is a C-contiguous float32 array of finite values;
        `labels` [n_trials] are classes from 0; `subjects`, `runs` and `onsets` [n_trials] are
        optional; `channel_rows` and `channel_columns` [n_channels] are places in the grid (default: by names, or
        the 64 channels of EEGMMIDB). `trial_ids` [n_trials] are those of another data set that has
        the same trials; without them trials are known by their values. `defects` [n_trials] are marks. 0
        stands for 10 rows, 11 columns, the labels' number of classes and 160 Hz. `history` gives names, and
        what was done to the trials before. Raises ArgumentError and NonfiniteError, naming trial, channel and sample.
        """
        x = _arrays.exact("trials", trials, np.float32, (None, None, None))
        n, n_channels, n_steps = x.shape
        arrays, signal = sized("snnfe_dataset_arrays"), sized("snnfe_signal")
        kept = {"labels": _arrays.integers("labels", labels, n=n, booleans=True)}
        for name, values in (("subjects", subjects), ("runs", runs), ("onsets", onsets), ("defects", defects)):
            if values is not None:
                kept[name] = _arrays.integers(name, values, n=n)
        if trial_ids is not None:
            kept["trial_ids"] = _arrays.integers("trial_ids", trial_ids, np.uint64, n)
        for name, array in kept.items():
            setattr(arrays, name, array.ctypes.data)
        arrays.trials, arrays.n_trials, arrays.n_steps = x.ctypes.data, n, n_steps
        for name, number in (("n_rows", n_rows), ("n_columns", n_columns)):
            setattr(arrays, name, _arrays.whole(name, number, 0, 2**32 - 1))
        arrays.signal, signal.n_channels = ctypes.addressof(signal), n_channels
        signal.n_classes = _arrays.whole("n_classes", n_classes, 0, 2**32 - 1)
        signal.sampling_rate_hz = _arrays.real("sampling_rate_hz", sampling_rate_hz)
        told = set_places(signal, channel_rows, channel_columns) + set_history(arrays, signal, history)
        new = cls._made("snnfe_dataset_from_arrays", ctypes.byref(arrays))
        del told  # the library has copied it by now
        return new

    @classmethod
    def concatenate(cls, parts: Iterable[Dataset]) -> Dataset:
        """Join data sets into a new one: the trials of the first, then those of the second, …

        Channels and their places, steps, rate, filter and classes have to be the same. Parts that are
        normalized differently, such as recordings of several people, are normalized to the pooled
        statistics of all. Raises ShapeError naming the part and what differs, StateError (statistics
        that cannot be pooled).
        """
        joined = list(parts)
        for part in joined:
            if not isinstance(part, Dataset):
                raise TypeError(f"parts must be data sets, not {type(part).__name__}")
        with ExitStack() as stack:
            pointers = [stack.enter_context(part._shared()) for part in joined]
            array = (ctypes.c_void_p * len(pointers))(*pointers)
            return cls._made("snnfe_dataset_concatenate", ctypes.addressof(array), len(pointers))

    @classmethod
    def load(cls, path: StrPath) -> Dataset:
        """Open a file that `save` wrote. Raises FileError, FormatError, ShapeError, NonfiniteError."""
        with opening(path, "dataset"):
            return cls._made("snnfe_dataset_load", _arrays.path_bytes(path))

    @classmethod
    def _made(cls, name: str, *arguments: Any) -> Dataset:
        handle = ctypes.c_void_p()
        call(name, ctypes.byref(handle), *arguments)
        return cls._adopt(handle.value)

    # Actions

    def save(self, path: StrPath) -> None:
        """Write the data set to a safetensors file, atomically. Raises FileError."""
        with self._shared() as pointer:
            call("snnfe_dataset_save", pointer, _arrays.path_bytes(path))

    def subset(self, indices: ArrayLike) -> Dataset:
        """A new data set of some trials: positions in the order given, or a mask such as
        `data.subjects != 2`. Raises ArgumentError, ShapeError (a mask of another length)."""
        chosen = _arrays.indices("indices", indices, len(self))
        if not len(chosen):
            raise ArgumentError("indices names no trial, and a data set has at least one")
        with self._shared() as pointer:
            return self._made("snnfe_dataset_subset", pointer, chosen.ctypes.data, len(chosen))

    def normalize(self, subjects: ArrayLike | None = None) -> None:
        """Normalize again with the statistics of some subjects' recordings (None: of all).

        Views of `trials` show the new values. Raises StateError for a data set that was not read
        from recordings with normalization "all", NotFoundError for an unknown subject.
        """
        chosen = None if subjects is None else _arrays.integers("subjects", subjects)
        with self._exclusive() as pointer:
            call(
                "snnfe_dataset_normalize",
                pointer,
                _arrays.address(chosen),
                0 if chosen is None else len(chosen),
            )

    def align(self, *, progress: ProgressOption = None, **options: Unpack[AlignmentOptions]) -> None:
        """Make the subjects' trials alike without their labels, in place; after `normalize`.

        Views of `trials` show the new values. `signal.covariance` is afterwards what a `Control` starts from
        live. Raises StateError for a data set that is aligned already, ArgumentError.
        """
        values: dict[str, Any] = dict(options)
        if values.get("covariance") is not None:
            n = self._info().n_channels
            values["covariance"] = _arrays.doubles("covariance", values["covariance"], (n, n)).ravel()
        filled = Options("snnfe_alignment_options").set(values)
        with Callbacks(filled.struct, progress), self._exclusive() as pointer:
            call("snnfe_dataset_align", pointer, filled.reference)

    def grid(self, indices: ArrayLike | None = None) -> FloatArray:
        """Trials in grid order, the input of a network: float32 [n, n_rows, n_columns, n_steps].

        `indices` are the trials wanted, as positions or as a mask (None: all). Raises ArgumentError,
        ShapeError (a mask of another length).
        """
        info = self._info()
        chosen = None if indices is None else _arrays.indices("indices", indices, info.n_trials)
        n = info.n_trials if chosen is None else len(chosen)
        grid = np.empty((n, info.n_rows, info.n_columns, info.n_steps), np.float32)
        if n:
            with self._shared() as pointer:
                call("snnfe_dataset_copy_grid", pointer, _arrays.address(chosen), n, grid.ctypes.data)
        return grid

    # Arrays

    def _view(self, name: str, dtype: Any, *sizes: str) -> NDArray[Any]:
        """An array of the info, of the sizes that the info has under these names."""
        info = self._info()
        return view(self._open_handle(), getattr(info, name), dtype, tuple(getattr(info, n) for n in sizes))

    def _channels(self, name: str, dtype: Any) -> NDArray[Any]:
        """An array of the signal, a value for each channel."""
        signal = self._signal()
        return view(self._open_handle(), getattr(signal, name), dtype, (signal.n_channels,))

    @property
    def trials(self) -> FloatArray:
        """float32 [n_trials, n_channels, n_steps], in channel order; read-only, not copied."""
        return self._view("trials", np.float32, "n_trials", "n_channels", "n_steps")

    @property
    def labels(self) -> IntArray:
        """int32 [n_trials] classes from 0; read-only, not copied."""
        return self._view("labels", np.int32, "n_trials")

    @property
    def subjects(self) -> IntArray:
        """int32 [n_trials] subject of each trial; read-only, not copied."""
        return self._view("subjects", np.int32, "n_trials")

    @property
    def runs(self) -> IntArray:
        """int32 [n_trials] run of each trial; read-only, not copied."""
        return self._view("runs", np.int32, "n_trials")

    @property
    def onsets(self) -> IntArray:
        """int32 [n_trials] first sample of each trial in its recording; read-only, not copied."""
        return self._view("onsets", np.int32, "n_trials")

    @property
    def trial_ids(self) -> NDArray[np.uint64]:
        """uint64 [n_trials] what a network knows the trials by that trained it: the same for all windows of a
        trial, whatever the filter, normalization, channels and windows; read-only, not copied."""
        return self._view("trial_ids", np.uint64, "n_trials")

    @property
    def defects(self) -> IntArray:
        """int32 [n_trials] what `quality="mark"` found wrong with each trial, as a sum of the values of `DEFECTS`; 0
        for good ones and where nobody looked; read-only, not copied."""
        return self._view("defects", np.int32, "n_trials")

    def marked(self, *kinds: str) -> NDArray[np.bool_]:
        """bool [n_trials] which trials are marked as one of `kinds` (names in `DEFECTS`; none: as any).

        `data.subset(np.flatnonzero(~data.marked()))` is without them. Raises ArgumentError.
        """
        for kind in kinds:
            if kind not in DEFECTS:
                raise ArgumentError(f"no kind of mark: {kind!r}; there are {', '.join(DEFECTS)}")
        bits = sum(DEFECTS[kind] for kind in set(kinds) or DEFECTS)
        return np.asarray((self.defects & bits) != 0)

    @property
    def channel_mean(self) -> DoubleArray:
        """float64 [n_channels] means in microvolts that are in force; read-only, not copied."""
        return self._channels("channel_mean_uv", np.float64)

    @property
    def channel_std(self) -> DoubleArray:
        """float64 [n_channels] standard deviations in microvolts; read-only, not copied."""
        return self._channels("channel_std_uv", np.float64)

    @property
    def channel_rows(self) -> IntArray:
        """int32 [n_channels] grid rows; read-only, not copied."""
        return self._channels("channel_rows", np.int32)

    @property
    def channel_columns(self) -> IntArray:
        """int32 [n_channels] grid columns; read-only, not copied."""
        return self._channels("channel_columns", np.int32)

    @property
    def subject_list(self) -> IntArray:
        """int32 [n_subjects] the distinct subjects, ascending; read-only, not copied."""
        return self._view("subject_list", np.int32, "n_subjects")

    # Names and sizes

    @property
    def channel_names(self) -> list[str]:
        """Labels of the channels."""
        signal = self._signal()
        return texts(signal.channel_names, signal.n_channels)

    @property
    def class_names(self) -> list[str]:
        """Names of the classes, such as "left"."""
        signal = self._signal()
        return texts(signal.class_names, signal.n_classes)

    @property
    def missing(self) -> list[str]:
        """Paths of the recordings that were skipped."""
        info = self._info()
        return texts(info.missing, info.n_missing)

    def _info(self) -> Any:
        info = sized("snnfe_dataset_info")
        call("snnfe_dataset_get_info", self._open_handle().address, ctypes.byref(info))
        return info

    def _signal(self) -> Any:
        """What the data set's trials are: it is read, and lives as long as the handle."""
        return STRUCTS["snnfe_signal"].from_address(self._info().signal)

    @property
    def signal(self) -> Signal:
        """What the trials are: channels, classes, rate, filter, normalization, control; a copy."""
        return read_signal(self._signal())

    @property
    def info(self) -> dict[str, Any]:
        """Sizes and provenance: n_channels, n_steps, n_rows, n_columns, n_classes, n_trials,
        n_subjects, n_missing, sampling_rate_hz, filter_low_hz, filter_high_hz, notch_hz, normalization,
        label_set, synthetic, ocular, n_lags, n_references, alignment, and what became of the events (annotations) of the recordings that
        trials are cut from: n_events, of them n_events_used, n_events_other (no class has their name),
        n_events_short, n_events_outside, n_events_shared (at the sample of another event of a class);
        n_resampled recordings; n_bad trials that `quality` found, of them n_flat, n_clipped, n_loud, n_muscle;
        n_interpolated channels, absent or bad, summed over recordings; rereference as in `Signal`."""
        return scalars(self._info()) | scalars(self._signal())

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return int(self._info().n_classes)

    @property
    def sampling_rate_hz(self) -> float:
        """Samples a second."""
        return float(self._signal().sampling_rate_hz)

    def __len__(self) -> int:
        return int(self._info().n_trials)

    def __repr__(self) -> str:
        if self.closed:
            return "<Dataset, closed>"
        i, signal = self._info(), self._signal()
        made = ", synthetic" if signal.synthetic else ""
        return (
            f"<Dataset: {counted(i.n_trials, 'trial')} of {counted(i.n_subjects, 'subject')}, "
            f"{counted(i.n_channels, 'channel')} × {i.n_steps} samples at {signal.sampling_rate_hz:g} Hz, "
            f"{i.n_classes} classes, normalized: {choice_name('normalization', signal.normalization)}{made}>"
        )


def _named(path: StrPath) -> tuple[int, int]:
    """Subject and run, from the name of a recording."""
    match = re.search(r"S(\d{1,3})R(\d{1,2})\D*$", Path(path).name, re.IGNORECASE)
    if not match or not int(match[1]) or not int(match[2]):
        raise ArgumentError(
            f"{os.fspath(path)} is a recording whose name does not tell subject and run, as S001R04.edf "
            "does: give them with Dataset.open_files([path], [subject], [run])"
        )
    return int(match[1]), int(match[2])


def _restored(saved: bytes) -> Dataset:
    """A data set from the content of its file."""
    with tempfile.TemporaryDirectory(prefix="snnfe-") as folder:
        path = Path(folder, _COPY)
        path.write_bytes(saved)
        return Dataset.load(path)
