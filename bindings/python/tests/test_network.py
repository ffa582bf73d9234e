"""Networks: published ones, copies, pickles, gradients."""

from __future__ import annotations

import copy
import pickle
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

import snnfe
from snnfe import errors


@pytest.mark.parametrize("name", ["float_fold1", "on_device_fold1", "init"])
def test_golden_logits(shared: Path, name: str) -> None:
    golden = load_file(shared / "golden" / f"forward_{name}.safetensors")["logits"]
    x = load_file(shared / "golden" / "epochs_s001.safetensors")
    data = snnfe.Dataset.from_arrays(x["x"], x["label"])
    network = snnfe.Network.load(shared / "golden" / f"net_{name}.safetensors")
    logits = network.evaluate(data.grid())
    assert (np.sign(logits[:, 1] - logits[:, 0]) == np.sign(golden[:, 1] - golden[:, 0])).all()
    assert np.abs(logits - golden).mean() <= 2e-3
    result = snnfe.evaluate(network, data)
    assert (result.logits == logits).all()
    assert (network.predict(data.grid()) == logits.argmax(1)).all()
    np.testing.assert_allclose(network.predict_proba(data.grid()).sum(1), 1, atol=1e-6)


def test_published_accuracies_of_subject_1(shared: Path) -> None:
    x = load_file(shared / "golden" / "epochs_s001.safetensors")
    data = snnfe.Dataset.from_arrays(x["x"], x["label"])
    network = snnfe.Network.load(shared / "golden" / "net_on_device_fold1.safetensors")
    accuracies = snnfe.evaluate_by_subject(network, data)["accuracy"]
    assert accuracies[0].round(4).tolist() == [1.0, 0.9167, 0.9091, 1.0]


def test_golden_gradient(shared: Path) -> None:
    golden = load_file(shared / "golden" / "grad_float_fold1.safetensors")
    x = load_file(shared / "golden" / "epochs_s001.safetensors")
    data = snnfe.Dataset.from_arrays(x["x"], x["label"])
    network = snnfe.Network.load(shared / "golden" / "net_float_fold1.safetensors")
    masks = np.stack([golden[f"mask_{layer}"] for layer in ("tc1", "r1", "fc1")], 1)
    loss, gradient = network.gradient(
        data.grid(range(8)), x["label"][:8], masks=np.ascontiguousarray(masks, np.uint8)
    )
    assert loss == pytest.approx(float(golden["loss"][0]), abs=1e-4)
    for name in network:
        expected = golden[f"grad.{name}"]
        error = np.linalg.norm(gradient[name] - expected) / max(float(np.linalg.norm(expected)), 1e-12)
        assert error <= 1e-3, name


def _same(a: snnfe.Network, b: snnfe.Network) -> bool:
    return a.options == b.options and all((a[name] == b[name]).all() for name in a)


def test_copies_and_pickles(network: snnfe.Network) -> None:
    network.freeze("conv1")
    for other in (
        network.copy(),
        copy.copy(network),
        copy.deepcopy(network),
        pickle.loads(pickle.dumps(network)),
    ):
        assert _same(network, other)
        assert other.parameters() == network.parameters()
        other["snn.fc2.weight"] = np.zeros((2, 32), np.float32)
        assert network["snn.fc2.weight"].any()


def test_save_and_load(network: snnfe.Network, tmp_path: Path) -> None:
    network.save(tmp_path / "ä.safetensors")
    assert _same(network, snnfe.Network.load(tmp_path / "ä.safetensors"))


def test_state_dict(network: snnfe.Network) -> None:
    state = network.state_dict()
    rebuilt = snnfe.Network.from_state_dict(state)
    assert all((rebuilt[name] == values).all() for name, values in state.items())
    with pytest.raises(errors.NotFoundError, match="the state lacks snn.fc2.weight"):
        network.load_state_dict({k: v for k, v in state.items() if k != "snn.fc2.weight"})
    with pytest.raises(errors.NotFoundError, match="has no extra"):
        network.load_state_dict({**state, "extra": state["snn.fc2.weight"]})
    bad = {name: values + 1 for name, values in state.items()}
    bad["snn.ts_weights"][3] = np.nan
    with pytest.raises(errors.NonfiniteError):
        network.load_state_dict(bad)
    assert all((network[name] == values).all() for name, values in state.items())


def test_parameters(network: snnfe.Network) -> None:
    p = network.parameter("snn.conv2.psp_func.weight")
    assert (p.kind, p.layer, p.shape, p.frozen) == ("weight", "conv2", (16, 8, 3, 3), False)
    network.freeze("snn.conv2")
    assert network.parameter("snn.conv2.psp_func.weight").frozen
    network.unfreeze("*")
    assert not any(q.frozen for q in network.parameters())
    with pytest.raises(errors.NotFoundError, match="conv9"):
        network.freeze("conv9")
    before = network["snn.fc2.weight"]
    network.reinitialize("fc2", 9)
    assert (network["snn.fc2.weight"] != before).any()
    assert "Network: 10×11 grid, 20 steps, convolutions 8-16-32, 32 hidden" in repr(network)


def test_transfer(network: snnfe.Network) -> None:
    network.transfer(snnfe.Device(), levels=2)
    weights = network["snn.fc1.psp_func.weight"]
    bound = np.float32(1 / np.sqrt(weights.shape[1]))  # fc1 has other than the paper's size
    assert np.isin(np.abs(weights), [0, bound]).all() and weights.any()
    before = network.state_dict()
    with pytest.raises(errors.ArgumentError):
        network.transfer(snnfe.Device(), levels=3)
    with pytest.raises(errors.NotFoundError):
        network.transfer(snnfe.Device(), x=2, layers=["fc2", "fc3"])
    assert all((network[name] == values).all() for name, values in before.items())
    network.transfer(snnfe.Device(), x=2, layers=["fc2"])
    changed = [name for name, values in before.items() if (network[name] != values).any()]
    assert changed == ["snn.fc2.weight"]


def test_activity(small_data: snnfe.Dataset, network: snnfe.Network) -> None:
    activity = network.activity(small_data.grid(range(3)))
    assert activity.shape == (3, 7) and (activity["dense_macs"][:, 1] > 0).all()
    neurons = 20 * 8 * 8 * 9
    assert (0 < activity["spikes"][:, 0]).all() and (activity["spikes"][:, 0] <= neurons).all()
    assert network.draw_masks(5, 0).shape == (3, 32)


def test_python_adds_little_to_a_batch(shared: Path) -> None:
    """All that Python does around the library's call, beside the call on 45 trials."""
    x = load_file(shared / "golden" / "epochs_s001.safetensors")
    data = snnfe.Dataset.from_arrays(x["x"], x["label"])
    network = snnfe.Network.load(shared / "golden" / "net_float_fold1.safetensors")
    grid = data.grid()

    def median(trials: np.ndarray, repeats: int) -> float:
        times = []
        for _ in range(repeats):
            begin = time.perf_counter()
            network.evaluate(trials)
            times.append(time.perf_counter() - begin)
        return float(np.median(times))

    whole, overhead = median(grid, 5), median(grid[:0], 200)
    assert overhead <= 0.02 * whole, f"{overhead * 1e6:.0f} µs of {whole * 1e6:.0f} µs"
