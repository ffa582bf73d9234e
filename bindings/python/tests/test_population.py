"""Populations of devices and histories in Python."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import snnfe

RUN, CYCLES, DEVICES = 20, 5, 12
LOWEST, HIGHEST = 1e-8, 1e-7


def measured() -> tuple[np.ndarray, list[np.ndarray]]:
    """Write voltages and conductances of cells of one array."""
    device = snnfe.Device(
        "dut4",
        rsd_c2c=0.05,
        c2c_distribution="lognormal",
        cells={"spread_amplitude": 0.2, "distribution": "lognormal", "array": 4},
    )
    w = np.full(DEVICES, 0.1)
    directions = ([snnfe.LTP] * RUN + [snnfe.LTD] * RUN) * CYCLES
    steps = []
    for k, direction in enumerate(directions):
        w = device.pulse(direction, w, seed=1, pulse=k)
        steps.append(w)
    voltage = np.where(np.array(directions) == snnfe.LTP, -1.0, 1.0)
    return voltage, list(LOWEST + (HIGHEST - LOWEST) * np.array(steps).T)


def test_populations(tmp_path: Path) -> None:
    voltage, conductances = measured()
    found = snnfe.characterize_population(
        [voltage] * DEVICES, conductances, distribution="lognormal", lowest=LOWEST, highest=HIGHEST
    )
    assert (found.n_devices, found.c2c_distribution) == (DEVICES, "lognormal")
    assert found.amplitude[0].low < 0.3636 < found.amplitude[0].high
    assert found.spread_amplitude[0].low < 0.2 < found.spread_amplitude[0].high
    assert found.rsd_c2c.value == pytest.approx(0.05, abs=0.02)
    device = found.device(array=3, cells={"stuck_low": 0.1})
    assert device.options["cells"]["spread_amplitude"] == pytest.approx(
        np.mean([e.value for e in found.spread_amplitude])
    )
    assert device.options["cells"]["stuck_low"] == 0.1
    assert device.options["c2c_distribution"] == "lognormal"
    paths = []
    for i, conductance in enumerate(conductances):
        rows = [f"{v}\t{1 / float(g)!r}" for v, g in zip(voltage, conductance, strict=True)]
        paths.append(tmp_path / f"{i}.txt")
        paths[-1].write_text("V_write\tR_pos_ohm\n" + "\n".join(rows) + "\n", encoding="ascii")
    again = snnfe.characterize_population_files(paths, distribution="lognormal", lowest=LOWEST, highest=HIGHEST)
    assert again.alpha[1].value == pytest.approx(found.alpha[1].value, rel=1e-9)
    assert "12 devices" in repr(again)


def test_bad_populations_are_named(tmp_path: Path) -> None:
    voltage, conductances = measured()
    with pytest.raises(snnfe.errors.ArgumentError, match="n_devices is 2"):
        snnfe.characterize_population([voltage] * 2, conductances[:2])
    with pytest.raises(snnfe.errors.ArgumentError, match="device 3: .*conductance 7 is -1"):
        wrong = [c.copy() for c in conductances]
        wrong[3][7] = -1
        snnfe.characterize_population([voltage] * DEVICES, wrong)
    with pytest.raises(snnfe.errors.FileError, match="nothing"):
        snnfe.characterize_population_files([tmp_path / "nothing"] * 5)


def test_histories() -> None:
    device = snnfe.Device("dut4", cells={"history": 0.7, "history_pulses": 3})
    directions = [(i // 4) % 2 for i in range(200)]
    w = device.pulse_train(directions, w0=0.4)
    found = snnfe.fit_history(snnfe.Device("dut4"), directions, w)
    assert found["history"] == pytest.approx(0.7, abs=0.02)
    assert found["history_pulses"] == pytest.approx(3, rel=0.05)
    with pytest.raises(snnfe.errors.FormatError, match="one direction"):
        snnfe.fit_history(device, np.zeros(200), w)


def test_histories_of_files(tmp_path: Path) -> None:
    device = snnfe.Device("dut4", cells={"history": 0.7, "history_pulses": 3})
    directions = [(i // 4) % 2 for i in range(60)]
    w = device.pulse_train(directions, w0=0.4)
    voltages = [1, *(1 if d == snnfe.LTD else -1 for d in directions)]
    rows = [f"{v}\t{1 / (1e-6 * (1 + at))!r}" for v, at in zip(voltages, w.tolist(), strict=True)]
    (tmp_path / "train.txt").write_text("\n".join(["V_write\tR_pos_ohm", *rows]) + "\n")
    found = snnfe.fit_history_file(snnfe.Device("dut4"), tmp_path / "train.txt", lowest_s=1e-6, highest_s=2e-6)
    assert found == pytest.approx(snnfe.fit_history(snnfe.Device("dut4"), directions, w), rel=1e-6)
    with pytest.raises(snnfe.errors.FormatError, match=r"train.txt: conductance 0 is 1.4e-06 S"):
        snnfe.fit_history_file(device, tmp_path / "train.txt", lowest_s=1e-6, highest_s=1.2e-6)
    with pytest.raises(snnfe.errors.FileError, match="nothing"):
        snnfe.fit_history_file(device, tmp_path / "nothing", lowest_s=1e-6, highest_s=1.2e-6)
