"""What a file is, so that the wrong call can name the right one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

from .errors import FileError, FormatError, NotFoundError, ShapeError

StrPath = str | os.PathLike[str]

#: kind -> what it is and what opens it
_KINDS = {
    "dataset": "a saved data set: Dataset.load opens it",
    "network": "a network: Network.load opens it",
    "trainer": "a training checkpoint: Network.load takes its network, Trainer.restore goes on from it",
    "learner": "a learner's state: Network.load takes its network, Learner.restore goes on from it",
    "decoder": "a decoder's state: Decoder.restore takes it up",
    "control": "what was learned for control: Control.restore takes it up",
    "device": "a device: Device.load opens it",
    "pth": "a PyTorch checkpoint: Network.load opens it",
    "edf": "an EDF recording: Dataset.open_files makes trials of it, Recording.open shows it as it is",
    "bdf": "a BDF recording: read it with MNE and snnfe.mne_bridge",
    "tensors": "a safetensors file that this package did not write",
    "folder": "a folder: Dataset.open takes a tree of recordings",
}
# Longest header of a safetensors file that is looked into.
_MOST_BYTES = 10_000_000
_TOLD = (FileError, FormatError, NotFoundError, ShapeError)


def kind_of(path: StrPath) -> str | None:
    """Kind of a file; None for one that is missing, unreadable or unknown."""
    if os.path.isdir(path):
        return "folder"
    if not os.path.isfile(path):  # to look into a pipe is to wait for its writer
        return None
    try:
        with open(path, "rb") as file:
            begin = file.read(512)
            if begin.startswith(b"PK\3\4"):
                return "pth"
            if begin.startswith(b"0       ") and len(begin) >= 256:
                return "edf"
            if begin.startswith(b"\xffBIOSEMI"):
                return "bdf"
            if b'"snnfe device ' in begin:
                return "device"
            file.seek(8)
            length = int.from_bytes(begin[:8], "little")
            return _kind_of_tensors(file.read(length)) if length <= _MOST_BYTES else None
    except OSError:
        return None


def _kind_of_tensors(header: bytes) -> str | None:
    """Kind of a safetensors file by its header."""
    try:
        content = json.loads(header)
        metadata = content.get("__metadata__", {})
        formats = {key: str(value).split()[0] for key, value in metadata.items() if key.endswith(".format")}
    except (ValueError, AttributeError, IndexError, RecursionError):
        return None
    for key in ("trainer.learner.format", "trainer.format", "snnfe.format"):
        if formats.get(key) in _KINDS:
            return formats[key]
    return "network" if "snn.ts_weights" in content else "tensors"


@contextmanager
def opening(path: StrPath, *expected: str) -> Iterator[None]:
    """Let what fails to open `path` say what the file is, if it is of another kind than expected."""
    try:
        yield
    except _TOLD as error:
        found = kind_of(path)
        if found is None or found in expected:
            raise
        raise type(error)(f"{error}; it is {_KINDS[found]}") from None
