"""Dictionaries of parameters as people have them: nested, with prefixes, of PyTorch or of lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ._arrays import FloatArray
from .errors import FormatError

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
