"""Every file of this package opens with the right call, and the wrong call names the right one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

import snnfe
from conftest import SMALL
from snnfe import checkpoints, errors
from snnfe.sklearn_bridge import SNNClassifier



def _classify(path: Path) -> None:
    x = np.random.default_rng(1).standard_normal((4, 64, SMALL["n_steps"]))
    SNNClassifier(network=path, n_epochs=0, sampling_rate_hz=160).fit(x, [0, 1, 0, 1])


OPENERS: dict[str, Callable[[Path], Any]] = {
    "Network.load": snnfe.Network.load,
    "Dataset.load": snnfe.Dataset.load,
    "Dataset.open": snnfe.Dataset.open,
    "Device.load": snnfe.Device.load,
    "Trainer.restore": lambda path: snnfe.Trainer(snnfe.Network(**SMALL)).restore(path),
    "Learner.restore": lambda path: snnfe.Learner(snnfe.Network(**SMALL)).restore(path),
    "Decoder.restore": lambda path: snnfe.Decoder(snnfe.Network(**SMALL)).restore(path),
    "SNNClassifier": _classify,
}
# What opens each kind; every other opener has to say what the file is.
RIGHT = {
    "dataset": ({"Dataset.load", "Dataset.open"}, "a saved data set: Dataset.load"),
    "network": ({"Network.load", "SNNClassifier"}, "a network: Network.load"),
    "trainer": ({"Network.load", "SNNClassifier", "Trainer.restore"}, "a training checkpoint: Network.load takes its network"),
    "learner": ({"Network.load", "SNNClassifier", "Learner.restore"}, "a learner's state: Network.load takes its network, Learner.restore"),
    "decoder": ({"Decoder.restore"}, "a decoder's state: Decoder.restore"),
    "device": ({"Device.load"}, "a device: Device.load"),
    "S001R04.edf": ({"Dataset.open"}, "an EDF recording: Dataset.open_files makes trials"),
    "tree": (set(), "a folder: Dataset.open"),
    "other": (set(), "a safetensors file that this package did not write"),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    network = snnfe.Network(**SMALL)
    network.save(folder / "network")
    snnfe.Trainer(network).save(folder / "trainer")
    snnfe.Learner(network).save(folder / "learner")
    snnfe.Decoder(network).save(folder / "decoder")
    snnfe.Device().save(folder / "device")
    save_file({"x": np.zeros(3)}, folder / "other")
    snnfe.write_synthetic(folder / "tree", n_subjects=1, runs=[4], trials_per_run=4)
    shutil.copy(folder / "tree" / "S001" / "S001R04.edf", folder / "S001R04.edf")
    snnfe.Dataset.open(folder / "tree", runs=[4]).save(folder / "dataset")
    return folder


@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.parametrize("name", RIGHT)
def test_files_and_calls(files: Path, name: str, opener: str) -> None:
    opens, what = RIGHT[name]
    if opener in opens:
        OPENERS[opener](files / name)
        return
    if (name, opener) == ("tree", "Dataset.open"):
        with pytest.raises(errors.NotFoundError, match="S001R08.edf: no such recording$"):
            snnfe.Dataset.open(files / name)
        return
    with pytest.raises(snnfe.SnnfeError, match=f"; it is {what}"):
        OPENERS[opener](files / name)


def test_one_recording_is_opened_by_its_name(files: Path, tmp_path: Path) -> None:
    one = snnfe.Dataset.open(files / "S001R04.edf")
    assert one.subjects.tolist() == [1] * 4 and one.runs.tolist() == [4] * 4
    assert (one.trials == snnfe.Dataset.open(files / "tree", runs=[4]).trials).all()
    for name in ("mine.edf", "S000R04.edf", "S001R00.edf"):
        shutil.copy(files / "S001R04.edf", tmp_path / name)
        with pytest.raises(errors.ArgumentError, match=f"{name} .* Dataset.open_files"):
            snnfe.Dataset.open(tmp_path / name)
    with pytest.raises(errors.ArgumentError, match="a saved data set.*takes no runs, n_threads"):
        snnfe.Dataset.open(files / "dataset", runs=[4], n_threads=1)


def test_bdf_and_damaged_files(tmp_path: Path) -> None:
    (tmp_path / "x.bdf").write_bytes(b"\xffBIOSEMI" + bytes(600))
    with pytest.raises(errors.FormatError, match="a BDF recording: read it with MNE and snnfe.mne_bridge"):
        snnfe.Dataset.load(tmp_path / "x.bdf")
    for content in (b"", b"\0" * 4, b"\xff" * 100, (20).to_bytes(8, "little") + b'{"__metadata__": 3}  '):
        (tmp_path / "damaged").write_bytes(content)
        with pytest.raises(errors.FormatError, match="damaged"):
            snnfe.Network.load(tmp_path / "damaged")
    with pytest.raises(errors.NotFoundError, match="none: .*No such file[^;]*$"):
        snnfe.Dataset.open(tmp_path / "none")


@pytest.mark.parametrize("opener", OPENERS)
def test_pipes_are_not_waited_for(opener: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(errors.FileError, match="pipe"):
        OPENERS[opener](tmp_path / "pipe")


def _same(network: snnfe.Network, state: Any) -> bool:
    again = snnfe.Network.from_state_dict(state)
    return all(np.array_equal(again[name], network[name]) for name in network)


def test_dictionaries_as_people_have_them(network: snnfe.Network) -> None:
    state = network.state_dict()
    for name in state:
        network[name] = state[name].astype(np.float16).astype(np.float32)
    state = network.state_dict()
    assert _same(network, {"epoch": 3, "state_dict": state, "loss": 0.3})
    assert _same(network, {"model_state_dict": {f"module.{name}": v for name, v in state.items()}})
    assert _same(network, {f"_orig_mod.module.{name}": v.tolist() for name, v in state.items()})
    assert _same(network, {name: v.astype(np.float16) for name, v in state.items()})
    assert _same(network, {name: np.asfortranarray(v.astype(np.float64)) for name, v in state.items()})
    assert _same(network, {**state, "snn.conv1.vdecay": state["snn.c1_vdecay"]})
    twice = {**state, "snn.conv1.vdecay": state["snn.c1_vdecay"] + 1}
    with pytest.raises(errors.FormatError, match="snn.c1_vdecay and snn.conv1.vdecay are one parameter"):
        network.load_state_dict(twice)
    with pytest.raises(errors.NotFoundError, match=r"the state lacks snn.c1_vdecay; it has epoch, …"):
        snnfe.Network.from_state_dict({"epoch": 3})
    with pytest.raises(TypeError, match="snn.ts_weights must be numbers, not str"):
        network.load_state_dict({**state, "snn.ts_weights": "none"})
    with pytest.raises(TypeError, match="must be a dictionary of parameters, not list"):
        network.load_state_dict([1])  # type: ignore[arg-type]
    with pytest.raises(errors.NonfiniteError):
        network.load_state_dict({**state, "snn.ts_weights": np.full(20, 1e300)})
    assert all(np.array_equal(network[name], state[name]) for name in network)


def test_tensors_of_pytorch(network: snnfe.Network, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    tensors = {name: torch.from_numpy(values).bfloat16() for name, values in network.state_dict().items()}
    halves = snnfe.Network.from_state_dict(tensors)
    assert all(np.array_equal(halves[name], tensors[name].float().numpy()) for name in network)
    parameters = {name: torch.nn.Parameter(torch.from_numpy(v)) for name, v in network.state_dict().items()}
    assert _same(network, {"state_dict": parameters, "epoch": 3})


def test_pytorch_files_are_networks(network: snnfe.Network, tmp_path: Path) -> None:
    checkpoints.save_pth(network, tmp_path / "n.pth")
    with pytest.raises(errors.FormatError, match="it is a PyTorch checkpoint: Network.load opens it"):
        snnfe.Dataset.load(tmp_path / "n.pth")
