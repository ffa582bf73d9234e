"""Networks from and to PyTorch checkpoints (.pth) and safetensors files.

PyTorch is not needed, and nothing in a checkpoint is executed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from . import _torch_writer
from ._arrays import FloatArray
from .errors import FormatError
from .network import Network
from .options import NetworkOptions, StrPath

if TYPE_CHECKING:
    from typing import Unpack

# The published model class has the neurons' decays under two names: of the network, and of a layer's module.
_MODULES = {"c1": "conv1", "c2": "conv2", "c3": "conv3", "tc1": "temp_conv1", "r1": "rec1", "f1": "fc1"}
_ALIASES = {
    f"snn.{neurons}_{decay}": f"snn.{module}.{decay}"
    for neurons, module in _MODULES.items()
    for decay in ("vdecay", "cdecay")
}


def load_pth(path: StrPath, **options: Unpack[NetworkOptions]) -> Network:
    """A network from a checkpoint of PyTorch: `Network.load`, with options.

    Constants that tensors do not tell (thresholds, dropout, …) are `options` or the defaults.
    Raises as `Network.load`.
    """
    network = Network.load(path)
    return Network.from_state_dict(network.state_dict(), **options) if options else network


def read_pth(path: StrPath) -> dict[str, FloatArray]:
    """The parameters of a network in a checkpoint of PyTorch as float32 arrays. Raises as `Network.load`."""
    return Network.load(path).state_dict()


def save_pth(network: Network, path: StrPath) -> None:
    """Write a network as a PyTorch checkpoint, atomically.

    `torch.load(path, weights_only=True)` gives the state dict that the published model class takes,
    the second names of the decays included. Raises FileError.
    """
    tensors, records = {}, {}
    for key, (name, values) in enumerate(network.state_dict().items()):
        array = np.ascontiguousarray(values, "<f4")
        tensors[name] = _torch_writer.Tensor(str(key), array.shape, array.size)
        if name in _ALIASES:
            tensors[_ALIASES[name]] = tensors[name]
        records[f"data/{key}"] = array.tobytes()
    contents = {"data.pkl": _torch_writer.pickled(tensors), "byteorder": b"little", **records, "version": b"3\n"}
    _torch_writer.write_archive(Path(path), contents)


def to_safetensors(network: Network) -> bytes:
    """The parameters in the safetensors format, by the safetensors package."""
    from safetensors.numpy import save

    return bytes(save(network.state_dict()))


def from_safetensors(data: bytes, **options: Unpack[NetworkOptions]) -> Network:
    """A network from bytes in the safetensors format. Errors as `load_pth`."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        state = load(data)
    except SafetensorError as error:
        raise FormatError(f"not in the safetensors format: {error}") from None
    return Network.from_state_dict(state, **options)
