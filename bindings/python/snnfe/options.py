"""Keyword options of the package's functions, and the library's defaults.

Every option may be left out; it then has the default of the C library, which `defaults()` shows. Options stand
beside what takes them; here they are together.
"""

from __future__ import annotations

from typing import Any

from ._declarations import FUNCTIONS
from ._files import StrPath
from ._library import call
from ._options import Options, choice
from .control import ControlOptions
from .dataset_options import AlignmentOptions, BidsOptions, DatasetOptions, HistoryOptions
from .decoder import DecoderOptions
from .device_options import CellsOptions, DeviceOptions, DeviceStepOptions, ProgrammingOptions
from .errors import ArgumentError, NotFoundError
from .learner import LearnerOptions
from .network import NetworkOptions, RunOptions
from .recording import RecordingOptions
from .report import ReportOptions
from .synthetic import SyntheticOptions
from .trainer import TrainerOptions

__all__ = [
    "AlignmentOptions",
    "BidsOptions",
    "CellsOptions",
    "ControlOptions",
    "DatasetOptions",
    "DecoderOptions",
    "DeviceOptions",
    "DeviceStepOptions",
    "HistoryOptions",
    "LearnerOptions",
    "NetworkOptions",
    "ProgrammingOptions",
    "RecordingOptions",
    "ReportOptions",
    "RunOptions",
    "StrPath",
    "SyntheticOptions",
    "TrainerOptions",
    "defaults",
]


def defaults(noun: str, stage: str | None = None) -> dict[str, Any]:
    """The library's defaults of "dataset", "bids", "alignment", "recording", "synthetic", "network", "run", "device",
    "cells", "device_step", "programming", "decoder", "control", "learner", "report" or "trainer" options; of a trainer
    those of a stage ("pretrain", "on_device", "retune", "sstl").
    """
    struct = f"snnfe_{noun}_options"
    if f"{struct}_init" not in FUNCTIONS:
        nouns = [n.removeprefix("snnfe_").removesuffix("_options_init") for n in FUNCTIONS]
        there = sorted(n for n in nouns if f"snnfe_{n}_options_init" in FUNCTIONS)
        raise NotFoundError(f"no options are called {noun!r}; there are those of {', '.join(there)}")
    options = Options(struct)
    if stage is not None:
        if noun != "trainer":
            raise ArgumentError('only "trainer" options differ by stage')
        call("snnfe_trainer_options_stage", options.reference, choice("stage", stage))
    return options.values()
