"""Data sets of MOABB: by their name, or made of a folder of recordings."""

from __future__ import annotations

import atexit
import difflib
import json
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._files import StrPath
from ..errors import ArgumentError, NotFoundError
from ._extras import need, quiet

HANDS = ("left_hand", "right_hand")
# Seconds after a cue, where nothing says when a trial ends.
_INTERVAL_S = (0.0, 3.0)
# Where MOABB looks for EEGMMIDB.
_PHYSIONET_PATH = "MNE_DATASETS_EEGBCI_PATH"
_RUNS_OF_HANDS, _RUNS_OF_FEET = (4, 8, 12), (6, 10, 14)

_logger = logging.getLogger("snnfe")


def open_dataset(
    place: StrPath,
    *,
    events: Sequence[str] = HANDS,
    subjects: Sequence[int | str] | None = None,
    task: str | None = None,
    window_s: tuple[float, float] | None = None,
) -> Any:
    """A data set of MOABB: one that MOABB knows by the name `place`, or the recordings of a folder.

    Folders are trees of EEGMMIDB (`place/S001/S001R04.edf`), which MOABB's own PhysionetMI reads through a link in
    a temporary folder, and BIDS trees (the recordings of `task`), which its LocalBIDSDataset reads, with trials
    `window_s` after each event. `subjects` are those to use (None: all). Raises NotFoundError, ArgumentError, and
    ImportError without MOABB.
    """
    need("moabb")
    folder = Path(place)
    if not folder.is_dir():
        dataset = _known(str(place))
    elif any(folder.glob("S[0-9][0-9][0-9]")):
        dataset = _physionet(folder)
    elif (folder / "dataset_description.json").exists() or any(folder.glob("sub-*")):
        dataset = _bids(folder, events, task, window_s or _INTERVAL_S)
    else:
        raise NotFoundError(
            f"{folder} holds neither subjects of EEGMMIDB (S001, …) nor a BIDS tree (dataset_description.json, sub-…)"
        )
    if subjects is not None:
        _choose(dataset, subjects)
    if dataset.code == "PhysionetMotorImagery":
        _keep_runs(dataset, events)
    return dataset


def _known(name: str) -> Any:
    """A data set by its name in `moabb.datasets`."""
    known = need("moabb.datasets")
    kinds = {
        key: kind
        for key, kind in vars(known).items()
        if isinstance(kind, type) and issubclass(kind, need("moabb.datasets.base").BaseDataset)
    }
    kinds["FakeDataset"] = need("moabb.datasets.fake").FakeDataset
    if name not in kinds:
        near = difflib.get_close_matches(name, kinds, 3, 0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise NotFoundError(f"{name} is neither a folder nor a data set of MOABB{hint}")
    return kinds[name]()


def _choose(dataset: Any, subjects: Sequence[int | str]) -> None:
    """Keep some of the subjects, which are known by numbers or, in BIDS trees, by labels."""
    labels = {str(subject): subject for subject in dataset.subject_list}
    labels.update({key.lstrip("0"): subject for key, subject in list(labels.items()) if key.strip("0")})
    missing = [str(subject) for subject in subjects if str(subject) not in labels]
    if missing:
        there = ", ".join(map(str, dataset.subject_list))
        raise NotFoundError(f"{dataset.code} has no subject {', '.join(missing)}; there are {there}")
    dataset.subject_list = [labels[str(subject)] for subject in subjects]


def _physionet(folder: Path) -> Any:
    """EEGMMIDB from a folder, laid out by a link as MOABB looks for it."""
    physionet = need("moabb.datasets.physionet_mi")
    links = Path(tempfile.mkdtemp(prefix="snnfe-"))
    atexit.register(shutil.rmtree, links, ignore_errors=True)
    laid_out = links / "MNE-eegbci-data" / str(physionet.BASE_URL).partition("://")[2].partition("/")[2].strip("/")
    laid_out.parent.mkdir(parents=True)
    laid_out.symlink_to(folder.resolve(), target_is_directory=True)
    os.environ[_PHYSIONET_PATH] = str(links)
    dataset = physionet.PhysionetMI()
    dataset.subject_list = sorted(int(path.name[1:]) for path in folder.glob("S[0-9][0-9][0-9]"))
    dataset.folder, dataset.links = folder, links
    dataset.nemar_id = None  # nothing is looked for elsewhere
    return dataset


def _keep_runs(dataset: Any, events: Sequence[str]) -> None:
    """Leave out the runs of EEGMMIDB that the events do not need, and those that a folder has not of everybody."""
    dataset.hand_runs = [run for run in _RUNS_OF_HANDS if set(events) & {*HANDS, "rest"}]
    dataset.feet_runs = [run for run in _RUNS_OF_FEET if set(events) & {"hands", "feet"}]
    folder: Path | None = getattr(dataset, "folder", None)
    if folder is None:
        return
    for name in ("hand_runs", "feet_runs"):
        wanted = getattr(dataset, name)
        kept = [run for run in wanted if all(_run(folder, subject, run).exists() for subject in dataset.subject_list)]
        for run in wanted:
            if run not in kept:
                lacking = [s for s in dataset.subject_list if not _run(folder, s, run).exists()]
                _logger.warning("run %d is left out, as it is missing of subjects %s", run, lacking)
        setattr(dataset, name, kept)
    if not dataset.hand_runs + dataset.feet_runs:
        raise NotFoundError(f"{folder} has no run of {', '.join(events)} that all subjects have")


def _run(folder: Path, subject: int, run: int) -> Path:
    return folder / f"S{subject:03}" / f"S{subject:03}R{run:02}.edf"


def _bids(folder: Path, events: Sequence[str], task: str | None, window_s: tuple[float, float]) -> Any:
    base = need("moabb.datasets.base")
    tasks = sorted({found[1] for path in folder.rglob("*_eeg.*") if (found := re.search(r"_task-([^_]+)_", path.name))})
    if task is None and len(tasks) > 1:
        raise ArgumentError(f"{folder} has the tasks {', '.join(tasks)}: choose one")
    if task is not None and task not in tasks:
        raise NotFoundError(f"{folder} has no recording of task {task}; the tasks are {', '.join(tasks) or 'none'}")
    with quiet():
        return base.LocalBIDSDataset(
            folder,
            {"tasks": [task]} if task is not None else None,
            events={name: i + 1 for i, name in enumerate(events)},
            interval=list(window_s),
            paradigm="imagery",
            code=f"LocalBIDSDataset-{_name(folder)}",
        )


def _name(folder: Path) -> str:
    """A name of letters and digits for a BIDS tree."""
    try:
        name = str(json.loads((folder / "dataset_description.json").read_text(encoding="utf-8"))["Name"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        name = folder.resolve().name
    return re.sub("[^A-Za-z0-9]+", "", name.title()) or "Tree"


@dataclass(frozen=True)
class Trials:
    """Trials of some subjects in microvolts: `x` [n, n_channels, n_steps], `y` [n] names of events, `metadata` with
    subject, session and run of each."""

    x: NDArray[np.float64]
    y: NDArray[Any]
    metadata: Any
    channel_names: list[str]
    sampling_rate_hz: float


def read(dataset: Any, paradigm: Any, subjects: Sequence[int | str] | None = None) -> Trials:
    """What MOABB makes of the recordings of some subjects (None: all): its filter, rate and trials.

    Raises NotFoundError without a trial; MOABB's and MNE's own errors pass through.
    """
    chosen = None if subjects is None else list(subjects)
    if hasattr(dataset, "links"):
        os.environ[_PHYSIONET_PATH] = str(dataset.links)
    try:
        with quiet():
            epochs, y, metadata = paradigm.get_data(dataset, subjects=chosen, return_epochs=True)
    except ValueError as error:
        if "No objects to concatenate" not in str(error):
            raise
        raise NotFoundError(f"{dataset.code} has no trial of {', '.join(dataset.event_id)}") from error
    x = np.asarray(epochs.get_data(), np.float64) * dataset.unit_factor
    return Trials(x, np.asarray(y), metadata, list(epochs.ch_names), float(epochs.info["sfreq"]))
