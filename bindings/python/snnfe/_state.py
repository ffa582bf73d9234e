"""Dictionaries of parameters as people have them: nested, with prefixes, of PyTorch or of lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ._arrays import FloatArray
from .errors import FormatError, NotFoundError, ShapeError

# Where training scripts keep the parameters beside the trial, the optimizer and the loss.
_NESTED = ("state_dict", "model_state_dict", "model", "network", "net")
# What every name of a parameter begins with.
_ROOT = "snn."
_MODULES = {"c1": "conv1", "c2": "conv2", "c3": "conv3", "tc1": "temp_conv1", "r1": "rec1", "f1": "fc1"}
#: First and second names: the published model class has the neurons' decays as the network's and as those of
#: a layer's module.
ALIASES = {
    f"snn.{neurons}_{decay}": f"snn.{module}.{decay}"
    for neurons, module in _MODULES.items()
    for decay in ("vdecay", "cdecay")
}


def parameters_of(state: Mapping[str, Any]) -> dict[str, FloatArray]:
    """The parameters in `state` by their published names, as float32 arrays.

    Raises TypeError for what holds no numbers, FormatError for two names of a parameter that differ.
    """
    if not isinstance(state, Mapping):
        raise TypeError(f"the state must be a dictionary of parameters, not {type(state).__name__}")
    for key in _NESTED:
        if isinstance(state.get(key), Mapping):
            return parameters_of(state[key])
    prefix = _common_prefix(state)
    arrays = {str(name).removeprefix(prefix): _array(str(name), value) for name, value in state.items()}
    for name, alias in ALIASES.items():
        if alias in arrays:
            second = arrays.pop(alias)
            if not np.array_equal(arrays.setdefault(name, second), second):
                raise FormatError(f"{name} and {alias} are one parameter, but differ")
    return arrays


def _common_prefix(state: Mapping[str, Any]) -> str:
    """What wrappers such as DataParallel put before every name, as in "module.snn.ts_weights"."""
    prefixes = {name[: name.index(_ROOT)] for name in map(str, state) if _ROOT in name}
    prefix = prefixes.pop() if len(prefixes) == 1 else ""
    return prefix if all(str(name).startswith(prefix) for name in state) else ""


def _array(name: str, value: Any) -> FloatArray:
    if hasattr(value, "detach"):  # a tensor; NumPy has no bfloat16, which float32 holds exactly
        value = value.detach().float().cpu().numpy()
    array = np.asarray(value)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} must be numbers, not {type(value).__name__} of {array.dtype}")
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, which the library refuses
        return np.ascontiguousarray(array, np.float32)


def check_names(wanted: set[str], given: set[str]) -> None:
    """Raise NotFoundError for names of `wanted` that are not given, and given ones that are not wanted."""
    if missing := sorted(wanted - given):
        raise NotFoundError(f"the state lacks {', '.join(missing)}")
    if unknown := sorted(given - wanted):
        raise NotFoundError(f"the network has no {', '.join(unknown)}")


def sizes_of(state: Mapping[str, FloatArray]) -> dict[str, int]:
    """Options of a network that follow from the shapes of published tensors."""
    try:
        conv1, conv2 = state["snn.c1_vdecay"], state["snn.c2_vdecay"]
        conv3, readout = state["snn.c3_vdecay"], state["snn.fc2.weight"]
        n_steps = state["snn.ts_weights"].size
    except KeyError as error:
        there = ", ".join(sorted(state)[:3]) or "nothing"
        raise NotFoundError(f"the state lacks {error.args[0]}; it has {there}, …") from None
    if not (conv1.ndim == conv2.ndim == conv3.ndim == 4 and readout.ndim == 2):
        raise ShapeError("snn.c1_vdecay, c2_vdecay and c3_vdecay must have four axes, snn.fc2.weight two")
    return {
        "n_rows": conv1.shape[2] + 2,
        "n_columns": conv1.shape[3] + 2,
        "n_steps": n_steps,
        "conv1_channels": conv1.shape[1],
        "conv2_channels": conv2.shape[1],
        "conv3_channels": conv3.shape[1],
        "n_hidden": readout.shape[1],
        "n_classes": readout.shape[0],
    }
