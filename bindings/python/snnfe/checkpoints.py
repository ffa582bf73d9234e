"""Networks from and to PyTorch checkpoints (.pth) and safetensors files.

PyTorch is not needed, and nothing in a checkpoint is executed.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from . import _torch_writer
from ._arrays import FloatArray
from ._files import StrPath
from ._state import ALIASES
from .errors import FormatError
from .network import Network, NetworkOptions

if TYPE_CHECKING:
    from typing import Unpack


def load_pth(path: StrPath, **options: Unpack[NetworkOptions]) -> Network:
    """A network from a checkpoint of PyTorch: `Network.load`, with options.

    Constants that do not follow from tensors (thresholds, dropout, …) are `options` or the defaults.
    Raises as `Network.load`.
    """
    return _with_options(Network.load(path), options)


def _with_options(network: Network, options: NetworkOptions) -> Network:
    """The same parameters with other constants; what the network tells of where it comes from stays."""
    if not options:
        return network
    made = Network.from_state_dict(network.state_dict(), **options)
    made._tell(*network._told())
    return made


def read_pth(path: StrPath) -> dict[str, FloatArray]:
    """The parameters of a network in a checkpoint of PyTorch as float32 arrays. Raises as `Network.load`.

    Nothing else of the checkpoint is returned: entries that are no tensors (epoch, loss, optimizer) are
    passed over without a word.
    """
    return Network.load(path).state_dict()


def save_pth(network: Network, path: StrPath) -> None:
    """Write a network as a PyTorch checkpoint, atomically.

    `torch.load(path, weights_only=True)` gives the state dict that the published model class takes,
    the second names of the decays included. What the network was trained on is not in it. Raises FileError.
    """
    tensors, records = {}, {}
    for key, (name, values) in enumerate(network.state_dict().items()):
        array = np.ascontiguousarray(values, "<f4")
        tensors[name] = _torch_writer.Tensor(str(key), array.shape, array.size)
        if name in ALIASES:
            tensors[ALIASES[name]] = tensors[name]
        records[f"data/{key}"] = array.tobytes()
    contents = {"data.pkl": _torch_writer.pickled(tensors), "byteorder": b"little", **records, "version": b"3\n"}
    _torch_writer.write_archive(Path(path), contents)


def to_safetensors(network: Network) -> bytes:
    """The network in the safetensors format as `Network.save` writes it: parameters, constants, and what the
    network was trained on."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.safetensors"
        network.save(path)
        return path.read_bytes()


def from_safetensors(data: bytes, **options: Unpack[NetworkOptions]) -> Network:
    """A network from bytes in the safetensors format, of `to_safetensors` or by the safetensors package.

    Constants that they do not tell are `options` or the defaults. Errors as `Network.from_state_dict`,
    FormatError.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        state = load(data)
    except SafetensorError as error:
        raise FormatError(f"not in the safetensors format: {error}") from None
    except (KeyError, TypeError, ValueError) as error:  # BF16, F8, C64, …
        raise FormatError(f"safetensors of a kind of number that NumPy does not have: {error}") from None
    for name, values in state.items():
        if values.dtype.kind not in "fiu":
            raise FormatError(f"{name} is of the kind {values.dtype}, not of numbers")
    if b'"snnfe.provenance"' not in data[: 8 + int.from_bytes(data[:8], "little")]:
        return Network.from_state_dict(state, **options)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.safetensors"
        path.write_bytes(data)
        return _with_options(Network.load(path), options)
