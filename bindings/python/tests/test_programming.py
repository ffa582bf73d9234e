"""Ways to program and pulses of several forms in Python."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import snnfe

SMALL = {"conv1_channels": 8, "conv2_channels": 16, "conv3_channels": 32, "n_hidden": 32}
METHODS = ("accumulate", "stochastic", "mixed", "tiki_taka", "tiki_taka_2", "verify", "pairs")


def _way(method: str, shift_pairs: int) -> snnfe.options.ProgrammingOptions:
    return {"method": method, "shift_pairs": shift_pairs} if "tiki" in method else {"method": method}


@pytest.mark.parametrize("method", METHODS)
def test_steps_of_every_way_follow_the_updates(method: str) -> None:
    rng = np.random.default_rng(1)
    device = snnfe.Device(scale=0.2)
    weights = np.zeros(500, np.float32)
    sums, states, second = np.zeros_like(weights), None, None
    updates = (rng.normal(size=500) * 1e-3).astype(np.float32)
    for number in range(40):
        step = device.step(
            weights,
            sums,
            updates,
            step=number,
            states=states,
            second_pulses=second,
            programming=_way(method, 50),
        )
        weights, sums, states, second = step.weights, step.accumulators, step.states, step.second_pulses
    assert np.corrcoef(weights, updates)[0, 1] > 0.8
    assert (states is not None) == (method in ("tiki_taka", "tiki_taka_2", "pairs"))
    assert states is None or states.any()


@pytest.mark.parametrize("method", METHODS[1:])
def test_training_by_every_way(method: str, small_data: snnfe.Dataset, tmp_path: Path) -> None:
    way = _way(method, 3)
    options: dict[str, Any] = {
        "network": SMALL,
        "batch_size": 8,
        "learning_rate": 1e-2,
        "checkpoint_path": tmp_path / "way.safetensors",
        "programming": way,
        "device": snnfe.Device(),
    }
    whole = snnfe.train_on_device(small_data, range(60), n_epochs=2, **{**options, "checkpoint_path": None})
    snnfe.train_on_device(small_data, range(60), n_epochs=1, schedule="constant", **options)
    assert whole.wear["ltp_pulses"] > 0
    with pytest.raises(snnfe.errors.ShapeError, match="another way to program"):
        other = {**options, "programming": {"method": "accumulate"}}
        snnfe.train_on_device(small_data, range(60), n_epochs=2, schedule="constant", resume=True, **other)


def test_ways_that_make_no_sense_are_refused() -> None:
    network = snnfe.Network(**SMALL)
    with pytest.raises(snnfe.errors.ArgumentError, match="method must be one of accumulate, stochastic"):
        snnfe.Trainer(network, device=snnfe.Device(), programming={"method": "by hand"})
    with pytest.raises(snnfe.errors.ArgumentError, match="levels .4. must be 0"):
        snnfe.Trainer(network, device=snnfe.Device(), levels=4, programming={"method": "verify"})
    with pytest.raises(snnfe.errors.ArgumentError, match="programming is set, but has no effect unless there is a device"):
        snnfe.Trainer(network, programming={"method": "pairs"})
    with pytest.raises(snnfe.errors.ArgumentError, match="tolerance is set, but has no effect unless method is VERIFY"):
        snnfe.Trainer(network, device=snnfe.Device(), programming={"method": "pairs", "tolerance": 0.1})
    with pytest.raises(snnfe.errors.ArgumentError, match="period is set, but has no effect unless method is MIXED"):
        snnfe.Learner(network, device=snnfe.Device(), programming={"period": 3})
    zeros = np.zeros(2, np.float32)
    with pytest.raises(snnfe.errors.ArgumentError, match="refresh is set, but has no effect unless method is PAIRS"):
        snnfe.Device().step(zeros, zeros, zeros, programming={"refresh": 0.5})
    with pytest.raises(snnfe.errors.ArgumentError, match="threshold is set, but has no effect unless programming is"):
        snnfe.Device().step(zeros, zeros, zeros, threshold=0.1, programming={"method": "verify"})
    with pytest.raises(snnfe.errors.ArgumentError, match="schedule_epochs is set, but has no effect unless"):
        snnfe.Trainer(network, schedule="constant", schedule_epochs=7)
    assert snnfe.defaults("programming")["method"] == "accumulate"


def test_learners_program_by_any_way() -> None:
    network = snnfe.Network(**SMALL)
    options = network.options
    grid = np.random.default_rng(1).normal(
        size=(options["n_rows"], options["n_columns"], options["n_steps"])
    )
    learner = snnfe.Learner(
        network, device=snnfe.Device(), learning_rate=0.05, programming={"method": "pairs"}
    )
    for label in (0, 1, 0):
        learner.adapt(grid.astype(np.float32), label)
    assert learner.info["ltp_pulses"] > 0


def test_forms_are_picked_copied_pickled_and_saved(tmp_path: Path) -> None:
    pulses = [snnfe.Device("dut4").options, snnfe.Device("dut5").options]
    device = snnfe.Device("dut3", forms=pulses, policy="nearest")
    device.save(tmp_path / "forms.json")
    copies = [device.copy(), copy.deepcopy(device), pickle.loads(pickle.dumps(device))]
    for other in (*copies, snnfe.Device.load(tmp_path / "forms.json")):
        assert other.options["policy"] == "nearest" and len(other.options["forms"]) == 2
        assert other.options["forms"][1]["amplitude"] == pytest.approx((0.65606012, 0.36568703))
    zeros = np.zeros(2, np.float32)
    wanted = np.array([0.002, 0.02], np.float32)
    way: snnfe.options.ProgrammingOptions = {"method": "verify", "most_pulses": 1, "tolerance": 1e-3}
    changes = device.step(zeros, zeros, wanted, programming=way).weights
    names = ("dut3", "dut5")
    nearest = [snnfe.Device(name).step(zeros, zeros, wanted, programming=way).weights for name in names]
    assert changes[0] == nearest[0][0] and changes[1] == nearest[1][1] and changes[1] > 1.5 * changes[0]


def test_forms_of_tables_and_their_energies(tmp_path: Path) -> None:
    form = {"table_w": [0, 0.5, 1], "table_ltp": [0.01] * 3, "table_ltd": [0, 0.02, 0.03], "energy_j": (1e-12, 2e-12)}
    device = snnfe.Device(forms=[form, snnfe.Device("dut5").options], policy="nearest", energy_j=(3e-12, 4e-12))
    device.save(tmp_path / "table.json")
    for other in (device, device.copy(), pickle.loads(pickle.dumps(device)), snnfe.Device.load(tmp_path / "table.json")):
        table, beta = other.options["forms"]
        assert {name: list(values) for name, values in table.items()} == {name: list(form[name]) for name in form}
        assert beta["energy_j"] == (0, 0) and "table_w" not in beta and other.options["energy_j"] == (3e-12, 4e-12)
    with pytest.raises(snnfe.errors.ArgumentError, match="tables have 3, 3, 2 points"):
        snnfe.Device(forms=[{**form, "table_ltd": [0, 1]}])
    with pytest.raises(snnfe.errors.ArgumentError, match=r"\.forms\[0\]\.energy_j\[LTP\] is -1"):
        snnfe.Device(forms=[{**form, "energy_j": [-1, 0]}])
    with pytest.raises(snnfe.errors.ArgumentError, match=r"snnfe_device_options\.energy_j\[LTD\] is 2"):
        snnfe.Device(energy_j=[0, 2])


def test_bad_forms_are_named() -> None:
    with pytest.raises(TypeError, match="forms must have amplitude, alpha, beta or table_w, table_ltp, table_ltd each"):
        snnfe.Device(forms=[{"amplitude": [1, 1]}])
    with pytest.raises(snnfe.errors.ArgumentError, match=r"\.forms\[0\]\.alpha\[LTP\] is 0"):
        snnfe.Device(forms=[{"amplitude": [1, 1], "alpha": [0, 1], "beta": [1, 1]}])
    with pytest.raises(snnfe.errors.ArgumentError, match="no forms to pick from"):
        snnfe.Device(policy="nearest")
