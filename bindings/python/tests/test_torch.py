"""Checkpoints in PyTorch itself; optional, not among the tests that the build runs: pip install torch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import snnfe
from snnfe import checkpoints

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


def test_we_read_what_pytorch_writes(network: snnfe.Network, tmp_path: Path) -> None:
    state = {name: torch.from_numpy(values) for name, values in network.state_dict().items()}
    torch.save({"state_dict": state, "epoch": 3, "rate": torch.tensor(1.0)}, tmp_path / "theirs.pth")
    again = checkpoints.load_pth(tmp_path / "theirs.pth")
    assert all((again[name] == network[name]).all() for name in network)
