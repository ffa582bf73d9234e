"""aihwkit's side: tiles of cells whose conductance 0…1 is a weight of -½…½. Only this file imports aihwkit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Doubles = NDArray[np.float64]

try:
    import aihwkit
    import torch
    from aihwkit.simulator import configs
    from aihwkit.simulator.parameters.enums import (
        BoundManagementType,
        NoiseManagementType,
        WeightNoiseType,
    )
    from aihwkit.simulator.tiles import AnalogTile
except ImportError as error:
    raise SystemExit(
        f"aihwkit is needed for the comparison ({error}). It is no part of libsnnfe: in an environment of its own,\n"
        "pip install snnfe scipy scikit-learn torch==2.10.0 torchvision==0.25.0 aihwkit==1.1.0\n"
        "Its wheels are for CPython 3.10 to 3.12 on Linux, and fit one version of PyTorch each."
    ) from error

VERSIONS = f"aihwkit {aihwkit.__version__}, torch {torch.__version__}"
#: Change by a pulse that all other numbers of a device are relative to, as part of the window.
STEP = 0.01
#: No device differs, no pulse is noisy: their defaults are other.
PLAIN = {
    "w_min": -0.5,
    "w_max": 0.5,
    "dw_min": STEP,
    **dict.fromkeys(
        ("w_min_dtod", "w_max_dtod", "dw_min_dtod", "dw_min_std", "up_down", "up_down_dtod"), 0.0
    ),
}
#: Further defaults that are not zero, by device.
PLAIN_OF: dict[str, dict[str, float]] = {
    "LinearStepDevice": {"gamma_up_dtod": 0.0, "gamma_down_dtod": 0.0},
    "PowStepDevice": {"pow_gamma_dtod": 0.0},
}
PERFECT = {"is_perfect": True}
#: A rate at which both lines of a cell have a pulse for sure.
SURELY = 1000.0
#: A forward pass that only does what is asked for.
BARE = {
    "inp_res": -1.0,
    "out_res": -1.0,
    "out_noise": 0.0,
    "out_bound": -1.0,
    "noise_management": NoiseManagementType.NONE,
    "bound_management": BoundManagementType.NONE,
}
WEIGHT_NOISE = {**BARE, "w_noise_type": WeightNoiseType.ADDITIVE_CONSTANT}
#: One pulse where both lines of a cell have a value.
ONE_PULSE = {"desired_bl": 1, "update_bl_management": False, "update_management": False}


def device(kind: str, **fields: Any) -> Any:
    """A device of `aihwkit.simulator.configs` by its name, without spread and noise but for what is given."""
    return getattr(configs, kind)(**{**PLAIN, **PLAIN_OF.get(kind, {}), **fields})


def piecewise(up: Doubles, down: Doubles, **fields: Any) -> Any:
    """The device with a table: changes of the conductance at evenly spaced conductances from 0 to 1."""
    return device(
        "PiecewiseStepDevice", piecewise_up=list(up / STEP), piecewise_down=list(down / STEP), **fields
    )


def drift(**fields: float) -> Any:
    """The loss with time of a device."""
    return configs.DriftParameter(**fields)


def compound(kind: str, devices: list[Any], **fields: Any) -> Any:
    """Cells of several devices, or with a digital part."""
    made = getattr(configs, kind)
    if kind == "MixedPrecisionCompound":
        return made(device=devices[0], **fields)
    for name in ("transfer_forward", "transfer_update"):
        if name in fields:
            fields[name] = (configs.IOParameters if "forward" in name else configs.UpdateParameters)(
                **fields[name]
            )
    return made(unit_cell_devices=devices, **fields)


class Tile:
    """An array of cells."""

    def __init__(
        self,
        of: Any,
        rows: int,
        columns: int,
        *,
        update: Mapping[str, Any] | None = ONE_PULSE,
        forward: Mapping[str, Any] = PERFECT,
    ) -> None:
        config = {"MixedPrecisionCompound": "DigitalRankUpdateRPUConfig"}.get(
            type(of).__name__, "UnitCellRPUConfig" if hasattr(of, "unit_cell_devices") else "SingleRPUConfig"
        )
        self.shape = (rows, columns)
        made = getattr(configs, config)(
            device=of,
            forward=configs.IOParameters(**forward),
            update=configs.UpdateParameters(**(update or {})),
        )
        self.tile = AnalogTile(rows, columns, made).tile
        self._ones = torch.ones(columns)
        self._signs = {up: torch.full((rows,), -1.0 if up else 1.0) for up in (True, False)}

    def set(self, states: ArrayLike) -> Tile:
        """Put the cells to conductances."""
        weights = np.broadcast_to(np.asarray(states, np.float32), self.shape) - np.float32(0.5)
        self.tile.set_weights(torch.from_numpy(np.ascontiguousarray(weights)))
        return self

    def states(self) -> Doubles:
        """Conductances, flat."""
        return np.asarray(self.tile.get_weights().numpy().astype(float) + 0.5).ravel()

    def pulse(self, up: bool, n: int = 1) -> Tile:
        """n pulses to every cell."""
        self.tile.set_learning_rate(SURELY)
        for _ in range(n):
            self.tile.update(self._ones, self._signs[up], False)
        return self

    def update(self, rate: float, x: NDArray[np.float32], d: NDArray[np.float32]) -> None:
        """What stochastic gradient descent calls: weights less rate · d xᵀ, in the tile's way."""
        self.tile.set_learning_rate(rate)
        self.tile.update(torch.from_numpy(x), torch.from_numpy(d), False)

    def forward(self, x: NDArray[np.float32]) -> Doubles:
        """What the columns give for inputs x [samples, columns]."""
        return np.asarray(
            self.tile.forward(torch.from_numpy(x), False, False, False, True).numpy().astype(float)
        )

    def alternating(self, rate: float, x: NDArray[np.float32], d: NDArray[np.float32]) -> Callable[[], None]:
        """`update` upwards and downwards in turn, with as little around it as can be."""
        sides = [torch.from_numpy(np.ascontiguousarray(sign * d)) for sign in (np.float32(-1), np.float32(1))]
        inputs, steps = torch.from_numpy(x), iter(range(2**31))
        self.tile.set_learning_rate(rate)
        return lambda: self.tile.update(inputs, sides[next(steps) % 2], False)

    def drift(self, seconds: float) -> Tile:
        """Let time pass."""
        self.tile.drift_weights(seconds)
        return self

    def drawn(self, name: str) -> Doubles:
        """What was drawn of each cell, by aihwkit's name for it."""
        names = self.tile.get_hidden_parameter_names()
        return np.asarray(self.tile.get_hidden_parameters()[names.index(name)].numpy().astype(float)).ravel()
