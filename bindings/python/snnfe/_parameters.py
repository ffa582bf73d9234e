"""The configuration and the parameters of a network."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import _arrays
from ._arrays import FloatArray
from ._declarations import CONSTANTS
from ._handle import Owner
from ._library import FUNCTION, call, text
from ._options import choice_name, plain, sized
from ._state import check_names, parameters_of

#: Layers with synapses, in their order.
LAYERS = tuple(text(FUNCTION["snnfe_layer_name"](layer)) for layer in range(CONSTANTS["SNNFE_N_LAYERS"]))


@dataclass(frozen=True)
class Parameter:
    """What a parameter is.

    `kind` is "weight", "bias", "decay" or "time_weight"; `offset` is its first value in a flat
    array of all parameters, such as a gradient.
    """

    name: str
    kind: str
    layer: str
    frozen: bool
    shape: tuple[int, ...]
    offset: int
    count: int


class Parameters(Owner):
    """The part of `Network` that is a dictionary of parameters."""

    @property
    def options(self) -> dict[str, Any]:
        """The configuration, as the keyword arguments that would make it."""
        struct = sized("snnfe_network_options")
        with self._shared() as pointer:
            call("snnfe_network_get_options", pointer, ctypes.byref(struct))
        return plain(struct)

    def parameters(self) -> list[Parameter]:
        """All parameters in the order of flat arrays."""
        found = []
        with self._shared() as pointer:
            for index in range(FUNCTION["snnfe_network_parameter_count"](pointer)):
                info = sized("snnfe_parameter_info")
                call("snnfe_network_parameter", pointer, index, ctypes.byref(info))
                found.append(
                    Parameter(
                        text(info.name),
                        choice_name("kind", info.kind),
                        choice_name("layer", info.layer),
                        bool(info.frozen),
                        tuple(info.shape[: info.n_dims]),
                        info.offset,
                        info.count,
                    )
                )
        return found

    def parameter(self, name: str) -> Parameter:
        """What the parameter `name` is. Raises NotFoundError."""
        if not isinstance(name, str):
            raise TypeError(f"a parameter is named by a text such as 'snn.fc1.weight', not {name!r}")
        index = ctypes.c_size_t()
        with self._shared() as pointer:
            call("snnfe_network_find", pointer, name.encode(), ctypes.byref(index))
        return self.parameters()[index.value]

    @property
    def n_values(self) -> int:
        """Number of values of all parameters together."""
        with self._shared() as pointer:
            return int(FUNCTION["snnfe_network_value_count"](pointer))

    def __getitem__(self, name: str) -> FloatArray:
        """A copy of a parameter's values in its shape. Raises NotFoundError."""
        values = np.empty(self.parameter(name).shape, np.float32)
        with self._shared() as pointer:
            call("snnfe_network_get", pointer, name.encode(), values.ctypes.data, values.size)
        return values

    def __setitem__(self, name: str, values: FloatArray) -> None:
        """Set a parameter: float32 of its shape. Raises NotFoundError, ShapeError, NonfiniteError."""
        array = _arrays.exact(name, values, np.float32, self.parameter(name).shape)
        with self._exclusive() as pointer:
            call("snnfe_network_set", pointer, name.encode(), array.ctypes.data, array.size)

    def __iter__(self) -> Iterator[str]:
        return iter([p.name for p in self.parameters()])

    def state_dict(self) -> dict[str, FloatArray]:
        """Copies of all parameters by name."""
        return {name: self[name] for name in self}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Set all parameters; every name must be there, and no other. Nothing changes on failure.

        Values are arrays, lists or PyTorch's tensors of any precision. Taken are also dictionaries that
        have the parameters in "state_dict" or "model_state_dict", names with a common beginning such
        as "module.", and the decays' second names in the published model class. Raises NotFoundError,
        ShapeError, NonfiniteError, FormatError (two names that differ), TypeError (no numbers).
        """
        state = parameters_of(state)
        before = self.state_dict()
        check_names(set(before), set(state))
        try:
            for name in before:
                self[name] = state[name]
        except BaseException:
            for name, values in before.items():
                self[name] = values
            raise
