"""Networks from and to PyTorch checkpoints (.pth) and safetensors files.

PyTorch is not needed, and nothing in a checkpoint is executed.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _torch_pickle
from ._arrays import FloatArray
from ._library import write_file
from .errors import FileError, FormatError
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


def _tensor(archive: zipfile.ZipFile, root: str, info: _torch_pickle.TensorInfo) -> FloatArray:
    values = np.frombuffer(archive.read(f"{root}data/{info.storage.key}"), info.storage.dtype)
    if len(values) != info.storage.n_values:
        raise FormatError(f"storage {info.storage.key} has {len(values)} values, not {info.storage.n_values}")
    last = info.offset + sum((n - 1) * step for n, step in zip(info.shape, info.stride))
    if 0 not in info.shape and last >= len(values):
        raise FormatError(f"a tensor of shape {info.shape} reaches beyond storage {info.storage.key}")
    strides = [step * values.itemsize for step in info.stride]
    view = np.lib.stride_tricks.as_strided(values[info.offset :], info.shape, strides)
    return np.ascontiguousarray(view, np.float32)


def _tensors_of(data: Any) -> dict[str, _torch_pickle.TensorInfo]:
    for key in ("state_dict", "model_state_dict", "model"):
        if isinstance(data, dict) and isinstance(data.get(key), dict):
            data = data[key]
    if not isinstance(data, dict):
        raise FormatError("it holds no dictionary of tensors")
    tensors = {k: v for k, v in data.items() if isinstance(v, _torch_pickle.TensorInfo)}
    if not tensors:
        raise FormatError("it holds no tensors")
    return tensors


def read_pth(path: StrPath) -> dict[str, FloatArray]:
    """Tensors of a PyTorch checkpoint (a state dict, or a dictionary with one) as float32 arrays.

    Raises FileError, FormatError (not PyTorch's zip format, or anything in it but tensors).
    """
    try:
        with zipfile.ZipFile(path) as archive:
            pickles = [name for name in archive.namelist() if name.endswith("data.pkl")]
            if len(pickles) != 1:
                raise FormatError("it has no data.pkl")
            root = pickles[0].removesuffix("data.pkl")
            order = f"{root}byteorder"
            if order in archive.namelist() and archive.read(order) != b"little":
                raise FormatError("its numbers are big-endian")
            infos = _tensors_of(_torch_pickle.read(archive.read(pickles[0])))
            return {name: _tensor(archive, root, info) for name, info in infos.items()}
    except FormatError as error:
        raise FormatError(f"{os.fspath(path)}: {error}") from None
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise FormatError(
            f"{os.fspath(path)}: not a PyTorch checkpoint in the zip format ({error}); save it anew "
            "with a PyTorch of 1.6 or later"
        ) from None
    except OSError as error:
        raise FileError(f"{os.fspath(path)}: {error.strerror or error}") from None


def load_pth(path: StrPath, **options: Unpack[NetworkOptions]) -> Network:
    """A network from a checkpoint of the published code.

    Constants that tensors do not tell (thresholds, dropout, …) are `options` or the defaults.
    Raises as `read_pth`, and NotFoundError or ShapeError for tensors that are no such network.
    """
    state = read_pth(path)
    for name, alias in _ALIASES.items():
        if alias in state:
            second = state.pop(alias)
            if name in state and not np.array_equal(state[name], second):
                raise FormatError(f"{os.fspath(path)}: {name} and {alias} are one parameter, but differ")
    return Network.from_state_dict(state, **options)


def save_pth(network: Network, path: StrPath) -> None:
    """Write a network as a PyTorch checkpoint, atomically.

    `torch.load(path, weights_only=True)` gives the state dict that the published model class takes,
    the second names of the decays included. Raises FileError.
    """
    infos, records = {}, {}
    for key, (name, values) in enumerate(network.state_dict().items()):
        array = np.ascontiguousarray(values, "<f4")
        stride = tuple(n // array.itemsize for n in array.strides)
        storage = _torch_pickle.Storage(str(key), "<f4", array.size)
        infos[name] = _torch_pickle.TensorInfo(storage, 0, array.shape, stride)
        if name in _ALIASES:
            infos[_ALIASES[name]] = infos[name]
        records[f"data/{key}"] = array.tobytes()
    contents = {"data.pkl": _torch_pickle.write(infos), "byteorder": b"little", **records, "version": b"3\n"}
    _write_archive(Path(path), contents)


def _write_archive(path: Path, contents: Mapping[str, bytes]) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, data in contents.items():
            archive.writestr(_aligned(file, f"{path.stem}/{name}"), data)
    write_file(path, file.getvalue())


def _aligned(file: Any, name: str) -> zipfile.ZipInfo:
    """An archive entry whose data begin at a multiple of 64 bytes, as PyTorch's do."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    begin = file.tell() + 30 + len(name.encode()) + 4
    padding = -begin % 64
    info.extra = b"FB" + padding.to_bytes(2, "little") + b"Z" * padding
    return info


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
