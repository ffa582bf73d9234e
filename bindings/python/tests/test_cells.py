"""Cells of an array in Python: draws, pickles and files, aging, time, reading."""

from __future__ import annotations

import copy
import math
import pickle
from pathlib import Path

import numpy as np
import pytest
import snnfe

SMALL = {"conv1_channels": 8, "conv2_channels": 16, "conv3_channels": 32, "n_hidden": 32}


def test_cells_are_drawn_by_array_and_number() -> None:
    options: snnfe.options.CellsOptions = {"spread_amplitude": 0.2, "array": 3, "truncation": 10}
    cells = snnfe.Device(cells={**options, "correlation": 0.5}).cells(20000)
    assert cells["amplitude"].std(axis=0) == pytest.approx([0.2, 0.2], rel=0.03)
    assert np.corrcoef(cells["amplitude"].T)[0, 1] == pytest.approx(0.5, abs=0.03)
    again = snnfe.Device("dut4", cells={**options, "correlation": 0.5}).cells(10, first=100)
    assert np.array_equal(again, cells[100:110])
    assert not np.array_equal(snnfe.Device(cells={**options, "array": 4}).cells(10), cells[:10])


def test_devices_with_cells_are_copied_pickled_and_saved(tmp_path: Path) -> None:
    device = snnfe.Device(
        rsd_c2c=0.1,
        cells={
            "distribution": "lognormal",
            "spread_beta": 0.2,
            "retention": "power",
            "array": 9,
            "aging_pulses": [0, 1e3],
            "aging_factors": [1, 0.5],
        },
    )
    device.save(tmp_path / "cells.json")
    copies = [device.copy(), copy.deepcopy(device), pickle.loads(pickle.dumps(device))]
    for other in (*copies, snnfe.Device.load(tmp_path / "cells.json")):
        assert np.array_equal(other.cells(50), device.cells(50))
        assert other.options["cells"]["distribution"] == "lognormal"
        assert other.options["cells"]["aging_factors"].tolist() == [1, 0.5]
    assert "array 9" in repr(device)
    assert "cells" not in snnfe.Device().options


def test_cells_age_with_pulses() -> None:
    device = snnfe.Device(cells={"endurance": 10})
    weights = np.zeros(2, np.float32)
    pulses = np.array([[3, 3], [2, 7]], np.uint32)
    step = device.step(weights, weights, np.full(2, 0.1, np.float32), pulses=pulses)
    assert step.weights[0] > 0 and step.weights[1] == 0
    assert step.pulses is not None and step.pulses.tolist() == [[4, 4], [2, 7]]
    with pytest.raises(snnfe.errors.ArgumentError, match="cells age"):
        device.step(weights, weights, weights)


def test_time_and_reading() -> None:
    device = snnfe.Device(
        cells={"retention": "stretched", "retention_s": 100, "retention_exponent": 0.5, "read_noise": 0.01}
    )
    weights = np.full((50, 40), 0.05, np.float32)
    aged = device.age(weights, 0.0625, 1e4)
    assert aged == pytest.approx(0.05 * math.exp(-10), rel=1e-4)
    assert device.age(device.age(weights, 0.0625, 25), 0.0625, 1e4, from_s=25) == pytest.approx(aged, rel=1e-3)
    read = device.read(weights, 0.0625)
    assert (read - weights).std() / 0.125 == pytest.approx(0.01, rel=0.1)
    assert not np.array_equal(read, device.read(weights, 0.0625, seed=6))
    with pytest.raises(snnfe.errors.ArgumentError, match="backwards, from 5 s to 4 s"):
        device.age(weights, 0.0625, 4, from_s=5)


def test_the_reference_column_has_a_spread() -> None:
    weights = np.zeros((40, 500), np.float32)  # 40 columns
    device = snnfe.Device(cells={"reference_spread": 0.02, "array": 3})
    read = device.read(weights, 0.0625)
    assert (read == read[0]).all() and read[0].std() == pytest.approx(0.02 * 0.125, rel=0.15)
    assert (device.read(weights, 0.0625, seed=9) == read).all()
    assert (snnfe.Device(cells={"reference_spread": 0.02, "array": 4}).read(weights, 0.0625) != read).all()


def test_memory_of_cells() -> None:
    device = snnfe.Device(
        c2c_distribution="lognormal",
        cells={"history": 1, "imprint": 0.1, "held_s": 1e3, "read_disturb": 0.5, "spread_window": 0.3},
    )
    assert device.options["c2c_distribution"] == "lognormal"
    weights = np.full(50, 0.05, np.float32)
    assert device.age(weights, 0.05, 0, readings=1) == pytest.approx(0.0, abs=0.03)
    cells = device.cells(50)
    updates = np.full(50, 0.1, np.float32)
    with pytest.raises(snnfe.errors.ArgumentError, match="histories is NULL"):
        device.step(weights, np.zeros_like(weights), updates, bound=0.05)
    step = device.step(weights, np.zeros_like(weights), -updates, bound=0.05, histories=np.zeros_like(weights))
    assert step.clamped == np.count_nonzero(cells["high"] < 1)
    assert step.histories is not None and np.all(step.histories < 0)
    imprinted = np.full(50, 0.5, np.float32)
    with_imprint = device.step(
        weights, np.zeros_like(weights), -updates, bound=0.05, histories=np.zeros_like(weights), imprints=imprinted
    )
    assert np.all(with_imprint.weights > step.weights)  # they prefer to stay high


@pytest.mark.parametrize("method", ["accumulate", "tiki_taka"])
def test_cells_can_be_drawn_once(method: str) -> None:
    device = snnfe.Device(rsd_c2c=0.1, cells={"spread_amplitude": 0.3, "spread_window": 0.2})
    n = 300
    weights, zeros = np.linspace(-0.06, 0.06, n, dtype=np.float32), np.zeros(n, np.float32)
    updates = np.full(n, 0.02, np.float32)
    drawn = device.cells(n, first=5)
    if method == "tiki_taka":
        drawn = np.stack([drawn, device.cells(n, first=5 + 2**31)])
    step = device.step(weights, zeros, updates, offset=5, programming={"method": method})
    again = device.step(weights, zeros, updates, offset=5, programming={"method": method}, drawn_cells=drawn)
    assert np.array_equal(step.weights, again.weights) and step.clamped == again.clamped > 0
    with pytest.raises(snnfe.errors.ShapeError, match="drawn_cells"):
        device.step(weights, zeros, updates, programming={"method": method}, drawn_cells=drawn[..., 1:])
    own = np.zeros(n, snnfe.device.CELL)
    own["high"] = 1
    own["amplitude"], own["alpha"], own["beta"] = np.linspace(1, 2, n)[:, None], 1, 1
    pulsed = snnfe.Device(amplitude=(0.1, 0.1), alpha=(1, 1), beta=(1, 1)).step(zeros, zeros, updates, drawn_cells=own)
    assert pulsed.weights == pytest.approx(0.125 * 0.1 * np.linspace(1, 2, n), rel=1e-5)


def test_sums_of_columns_are_converted(tmp_path: Path) -> None:
    network = snnfe.Network(**SMALL)
    grid = np.random.default_rng(1).normal(size=(4, 10, 11, 160)).astype(np.float32)
    read = network.read(snnfe.Device(cells={"column_bits": 4, "column_range": 0.2}))
    assert (read.options["column_bits"], network.options["column_bits"]) == (4, 0)
    assert not np.array_equal(read.evaluate(grid), network.evaluate(grid))
    read.save(tmp_path / "read.safetensors")
    loaded = snnfe.Network.load(tmp_path / "read.safetensors")
    assert np.array_equal(loaded.evaluate(grid), read.evaluate(grid))
    fine = network.read(snnfe.Device(cells={"column_bits": 24}))
    assert fine.evaluate(grid) == pytest.approx(network.evaluate(grid), abs=0.05)


def test_networks_on_arrays() -> None:
    device = snnfe.Device(cells={"stuck_low": 1, "retention": "power", "read_noise": 0.1})
    network = snnfe.Network(**SMALL)
    assert network.transfer(device) > 0
    weights = network["snn.fc1.psp_func.weight"].copy()
    assert len(np.unique(weights)) == 1
    network.age(device, 1e6)  # stuck cells stay
    assert np.array_equal(network["snn.fc1.psp_func.weight"], weights)
    read = network.read(device)
    assert np.array_equal(network["snn.fc1.psp_func.weight"], weights)
    assert len(np.unique(read["snn.fc1.psp_func.weight"])) > 1
    with pytest.raises(snnfe.errors.ArgumentError, match="backwards"):
        network.age(device, 1, from_s=2)
    with pytest.raises(snnfe.errors.ArgumentError, match="readings is 3, but none disturbs"):
        network.age(device, 1, readings=3)
    perfect = snnfe.Device()
    with pytest.raises(snnfe.errors.ArgumentError, match="to_s is 5, but this device's cells lose nothing with time"):
        network.age(perfect, 5)
    with pytest.raises(snnfe.errors.ArgumentError, match="snnfe_network_read: this device's cells are read as they"):
        network.read(perfect)
    weights = weights.copy()
    with pytest.raises(snnfe.errors.ArgumentError, match="to_s is 5, but this device's cells lose nothing with time"):
        perfect.age(weights, 0.0625, 5)
    with pytest.raises(snnfe.errors.ArgumentError, match="snnfe_device_read: this device's cells are read as they are"):
        perfect.read(weights, 0.0625)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"spread_amplitude": -1}, "spread_amplitude is -1"),
        ({"correlation": 2}, "correlation is 2"),
        ({"retention": "fast"}, "retention must be one of none, power, stretched"),
        ({"stuck_low": 0.7, "stuck_high": 0.7}, "together, more than 1"),
        ({"retention_s": 5}, "retention_s is set, but has no effect unless there is a law"),
        ({"aging_pulses": [0, 1], "aging_factors": [1]}, "aging_factors has 1 entries"),
    ],
)
def test_bad_cells_are_named(options: snnfe.options.CellsOptions, message: str) -> None:
    with pytest.raises(snnfe.errors.ArgumentError, match=message):
        snnfe.Device(cells=options)
    with pytest.raises(TypeError, match="unknown option 'spread'"):
        snnfe.Device(cells={"spread": 1})  # type: ignore[typeddict-unknown-key]
