"""Every pointer of every function in turn is NULL, the others are not: refused by name, unless it may be."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import snnfe
from snnfe._declarations import CALLBACKS, CONSTANTS, STRUCTS, declarations
from snnfe._library import FUNCTION, text
from snnfe.signal import LiveResampler

from conftest import SMALL

#: function and parameters that may be NULL: something stands for it, or a result is not wanted
OPTIONAL: dict[str, set[str]] = {
    "snnfe_set_instruction_set": {"name"},
    "snnfe_dataset_copy_grid": {"indices"},
    "snnfe_decoder_cue": {"window"},
    "snnfe_decoder_peek": {"probabilities"},
    "snnfe_device_step": {"ltp_pulses", "ltd_pulses", "ltp_crossings", "ltd_crossings"},
    "snnfe_learner_create": {"decoder"},
    "snnfe_learner_adapt": {"result"},
    "snnfe_live_resampler_push": {"resampled"},
    "snnfe_network_evaluate": {"logits", "classes", "probabilities"},
    "snnfe_network_gradient": {"masks", "loss", "gradient"},
    "snnfe_network_set_signal": {"signal"},
    "snnfe_network_trials": {"subjects"},
    "snnfe_report_make": {"rows"},
    "snnfe_resample": {"resampled"},
    "snnfe_network_freeze_for_stage": {"layers"},
    "snnfe_trainer_step": {"masks", "loss"},
    "snnfe_evaluation_run": {"indices", "result", "logits", "class_accuracy"},
}
#: where another argument of this test's is refused, or something is missing, before that pointer is looked at
LATER: dict[str, set[str]] = {
    "snnfe_decoder_next": {"logits", "probabilities"},
    "snnfe_quantize": {"weights"},
    "snnfe_device_characterize": {"points"},
    "snnfe_device_characterize_file": {"result", "points"},
    "snnfe_learner_wear": {"counts"},
    "snnfe_montage_draw": {"signal", "size", "text"},
    "snnfe_network_activity": {"network", "grid"},
    "snnfe_report_print": {"length"},
    "snnfe_filter_design": {"taps"},
    "snnfe_resample": {"samples"},
    "snnfe_split_holdout": {"labels", "trials"},
    "snnfe_split_kfold": {"labels", "trials"},
    "snnfe_split_calibration": {"trials"},
    "snnfe_network_transfer": {"layers"},
    "snnfe_trainer_log": {"records", "class_accuracy"},
    "snnfe_trainer_wear": {"counts"},
    "snnfe_evaluation_trial_logits": {"logits", "trial_ids", "sums"},
    "snnfe_evaluation_by_subject": {"subjects", "class_accuracy"},
}


def parameters(arguments: str) -> list[tuple[str, str]]:
    """C type without const and blanks, and name."""
    found = []
    for argument in arguments.split(","):
        match = re.fullmatch(r"(.*?)(\w+)(?:\[\w+\])?", argument.strip())
        assert match
        pointer = "*" if "[" in argument else ""
        found.append((match[1].replace("const", "").replace(" ", "") + pointer, match[2]))
    return found


FUNCTIONS = {
    match[1]: parameters(match[2])
    for line in declarations()
    if (match := re.fullmatch(r"snnfe_status (\w+)\((.*)\);", line))
}
CASES = [
    (name, index)
    for name, arguments in FUNCTIONS.items()
    for index, (kind, _) in enumerate(arguments)
    # NULL options are the defaults, and what a call leaves there may be nothing that is wanted.
    if "*" in kind and (name.endswith("_init") or not kind.endswith("_options*"))
]


@pytest.fixture(scope="module")
def handles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    rng = np.random.default_rng(1)
    epochs = rng.normal(size=(8, 64, 20)).astype(np.float32)
    tree = tmp_path_factory.mktemp("tree")
    snnfe.write_synthetic(tree, n_subjects=1, runs=[4])
    owners: dict[str, Any] = {
        "dataset": snnfe.Dataset.from_arrays(epochs, np.tile([0, 1], 4)),
        "network": snnfe.Network(**SMALL),
        "device": snnfe.Device(),
    }
    owners["trainer"] = snnfe.Trainer(owners["network"])
    owners["decoder"] = snnfe.Decoder(owners["network"])
    owners["learner"] = snnfe.Learner(owners["network"])
    aligned = owners["dataset"].copy()
    aligned.align()
    owners["control"] = snnfe.Control(aligned.signal)
    owners["live_resampler"] = LiveResampler(250, 160, 64)
    owners["recording"] = snnfe.Recording.open(next(tree.rglob("*.edf")))
    yield {f"snnfe_{noun}*": owner._open_handle().address for noun, owner in owners.items()}
    for owner in reversed(owners.values()):
        owner.close()


def filled(name: str) -> Any:
    """A struct as a caller fills it."""
    made = STRUCTS[name]()
    if hasattr(made, "struct_size"):
        made.struct_size = ctypes.sizeof(made)
    init = FUNCTION.get(f"{name}_init")
    if init:
        assert init(ctypes.addressof(made), ctypes.sizeof(made)) == 0
    return made


def value_of(kind: str, path: bytes, handles: dict[str, int], kept: list[Any]) -> Any:
    """Something that a parameter of this type can be."""
    if kind == "char*":
        return path
    if kind in handles:
        return handles[kind]
    if "*" not in kind:
        return CALLBACKS[kind]() if kind in CALLBACKS else 1
    name = kind.rstrip("*")
    is_struct = name in STRUCTS and kind == name + "*"
    kept.append(filled(name) if is_struct else ctypes.create_string_buffer(1 << 20))
    return ctypes.addressof(kept[-1])


@pytest.mark.parametrize(("name", "index"), CASES)
def test_null(name: str, index: int, handles: dict[str, int], tmp_path: Path) -> None:
    kept: list[Any] = []
    path = bytes(tmp_path / "none" / "none")
    arguments = [value_of(kind, path, handles, kept) for kind, _ in FUNCTIONS[name]]
    if name.endswith("_init"):
        arguments[1] = ctypes.sizeof(STRUCTS[FUNCTIONS[name][0][0].rstrip("*")])
    arguments[index] = None
    status = FUNCTION[name](*arguments)
    message = text(FUNCTION["snnfe_last_error"]())
    parameter = FUNCTIONS[name][index][1]
    if parameter in OPTIONAL.get(name, set()):
        assert status == CONSTANTS["SNNFE_OK"], message
    else:
        assert status != CONSTANTS["SNNFE_OK"]
        named = status == CONSTANTS["SNNFE_ERR_ARGUMENT"] and "NULL" in message
        assert named != (parameter in LATER.get(name, set())), message
