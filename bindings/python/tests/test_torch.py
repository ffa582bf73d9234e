"""Checkpoints in PyTorch itself; skipped without it: pip install torch."""

from __future__ import annotations

import collections
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import snnfe
from snnfe import checkpoints, errors

torch = pytest.importorskip("torch")


def _tensors(path: Path) -> dict[str, np.ndarray]:
    state = torch.load(path, weights_only=True, map_location="cpu")
    return {name: tensor.numpy() for name, tensor in state.items()}


def test_pytorch_reads_what_we_write(shared: Path, tmp_path: Path) -> None:
    published = shared / "paper" / "models" / "on_device_fold1.pth"
    network = checkpoints.load_pth(published)
    checkpoints.save_pth(network, tmp_path / "ours.pth")
    theirs, ours = _tensors(published), _tensors(tmp_path / "ours.pth")
    assert set(theirs) == set(ours)
    assert all((theirs[name] == ours[name]).all() for name in theirs)


def _state(network: snnfe.Network) -> dict[str, Any]:
    return {name: torch.from_numpy(values) for name, values in network.state_dict().items()}


def _optimizer() -> dict[str, Any]:
    layer = torch.nn.Linear(2, 2)
    adam = torch.optim.Adam(layer.parameters())
    layer(torch.ones(1, 2)).sum().backward()
    adam.step()
    return dict(adam.state_dict())


SAVED: dict[str, Callable[[dict[str, Any]], object]] = {
    "state dict": lambda state: state,
    "ordered": lambda state: collections.OrderedDict(state),
    "parameters": lambda state: {k: torch.nn.Parameter(v) for k, v in state.items()},
    "epoch": lambda state: {"state_dict": state, "epoch": 3, "rate": torch.tensor(1.0)},
    "tutorial": lambda state: {
        "epoch": 5,
        "model_state_dict": state,
        "optimizer_state_dict": _optimizer(),
        "loss": 0.37,
        "losses": [0.7, 0.37],
        "note": None,
    },
    "model": lambda state: {"model": state, "args": {"lr": 1e-3, "layers": ("fc1", "fc2")}},
    "data parallel": lambda state: {"module." + k: v for k, v in state.items()},
    "compiled": lambda state: {"_orig_mod." + k: v for k, v in state.items()},
    "double": lambda state: {k: v.double() for k, v in state.items()},
    "transposed": lambda state: {k: v.T.contiguous().T if v.ndim == 2 else v for k, v in state.items()},
    "views": lambda state: {k: torch.cat([v, v])[len(v) :] for k, v in state.items()},
    "stored half": lambda state: {k: v.half() for k, v in state.items()},
    "stored bfloat16": lambda state: {k: v.bfloat16() for k, v in state.items()},
}


@pytest.mark.parametrize("how", SAVED)
@pytest.mark.parametrize("protocol", [2, 5])
def test_we_read_what_pytorch_writes(
    network: snnfe.Network, tmp_path: Path, how: str, protocol: int
) -> None:
    torch.save(SAVED[how](_state(network)), tmp_path / "theirs.pth", pickle_protocol=protocol)
    again = snnfe.Network.load(tmp_path / "theirs.pth")
    for name in network:
        expected = torch.from_numpy(network[name])
        if how.startswith("stored"):
            expected = (expected.half() if "half" in how else expected.bfloat16()).float()
        assert (again[name] == expected.numpy()).all()


def test_without_checksums(network: snnfe.Network, tmp_path: Path) -> None:
    before = torch.serialization.get_crc32_options()
    torch.serialization.set_crc32_options(False)
    try:
        torch.save(_state(network), tmp_path / "theirs.pth")
    finally:
        torch.serialization.set_crc32_options(before)
    again = snnfe.Network.load(tmp_path / "theirs.pth")
    assert all((again[name] == network[name]).all() for name in network)


class _Model(torch.nn.Module):
    def forward(self, x: Any) -> Any:
        return x


def test_what_is_no_state_dict_is_refused(network: snnfe.Network, tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    torch.save(_Model(), path)
    with pytest.raises(errors.FormatError, match=r"refers to .*_Model.*save model.state_dict\(\) alone"):
        snnfe.Network.load(path)
    torch.save({"state_dict": _state(network), "best": np.float64(0.9)}, path)
    with pytest.raises(errors.FormatError, match="refers to numpy"):
        snnfe.Network.load(path)
    torch.save(_state(network), path, _use_new_zipfile_serialization=False)
    with pytest.raises(errors.FormatError, match="before version 1.6"):
        snnfe.Network.load(path)
    torch.jit.script(_Model()).save(path)
    with pytest.raises(errors.FormatError, match="is a TorchScript model"):
        snnfe.Network.load(path)
    torch.save({k: v.long() for k, v in _state(network).items()}, path)
    with pytest.raises(errors.FormatError, match="is int64, not float32"):
        snnfe.Network.load(path)
