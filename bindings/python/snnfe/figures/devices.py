"""Figures of the device: its change per pulse, and trains of pulses."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..characterization import Characterization, characterize_file, fit_response
from ..device import LTD, LTP, Device
from ..errors import SnnfeError
from .style import COLORS, LTD_COLOR, LTP_COLOR, figure, headroom, legend, title
from .tables import Results, Table

_W = np.linspace(0.01, 0.99, 197)
PUBLISHED = ("dut1", "dut2", "dut3", "dut4", "dut5")
_SIGN = {LTP: 1.0, LTD: -1.0}


def _points(axes: Axes, direction: int, w: Any, dw: Any) -> None:
    name, color, marker = ("LTP", LTP_COLOR, "o") if direction == LTP else ("LTD", LTD_COLOR, "s")
    axes.plot(w, dw, marker, color=color, markerfacecolor="white", label=f"{name}, measured", markersize=4)


def _fit(axes: Axes, direction: int, device: Device, r_squared: float | None = None) -> None:
    name, color = ("LTP", LTP_COLOR) if direction == LTP else ("LTD", LTD_COLOR)
    told = "" if r_squared is None else f" (R² {r_squared:.2f})"
    style = "-" if direction == LTP else "--"
    axes.plot(
        _W, _SIGN[direction] * device.response(direction, _W), style, color=color, label=f"{name}, fit{told}"
    )


def _measured(axes: Axes, measured: Characterization, name: str = "") -> None:
    with measured.device() as device:
        for direction in (LTP, LTD):
            _points(axes, direction, measured.w[direction], measured.dw[direction])
            _fit(axes, direction, device, measured.fit["r_squared"][direction])
    title(axes, f"{name}:\nmeasured device and fit" if name else "Measured device and fit")


def _smooth_fit(direction: int, w: Any, fitted: Any) -> tuple[Any, Any]:
    """The fitted pulse response between its values at the measured points: itself, where they lie on one."""
    try:
        found = fit_response(direction, w, _SIGN[direction] * np.abs(fitted))
    except SnnfeError:
        found = {"r_squared": 0.0}
    if found["r_squared"] < 0.999:
        ascending = np.argsort(w)
        return w[ascending], np.abs(fitted)[ascending]
    response = found["amplitude"] * _W ** (found["alpha"] - 1) * (1 - _W) ** (found["beta"] - 1)
    return _W, response


def _table(axes: Axes, table: Table) -> None:
    for name, direction in (("LTP", LTP), ("LTD", LTD)):
        chosen = table["direction"] == name
        w = table["w"][chosen]
        _points(axes, direction, w, table["dw"][chosen])
        color, style = (LTP_COLOR, "-") if direction == LTP else (LTD_COLOR, "--")
        at, fit = _smooth_fit(direction, w, table["dw_fit"][chosen])
        axes.plot(at, _SIGN[direction] * fit, style, color=color, label=f"{name}, fit")
    title(axes, f"Measured device and fit ({table.path.stem})")


def device_response(results: Results) -> Figure:
    """Change of the conductance by one pulse: measured points, fit, and the published devices."""
    tables = results.of("points")
    n = len(results.measurements) + len(tables)
    drawn, axes = figure(n + 1, width=3.5, height=3.0)
    panels = list(axes[0])
    for panel, path in zip(panels, results.measurements):
        _measured(panel, characterize_file(path), path.stem if len(results.measurements) > 1 else "")
    for panel, table in zip(panels[len(results.measurements) :], tables):
        _table(panel, table)
    for i, name in enumerate(PUBLISHED):
        with Device(name) as device:
            for direction, style in ((LTP, "-"), (LTD, "--")):
                panels[-1].plot(
                    _W,
                    _SIGN[direction] * device.response(direction, _W),
                    style,
                    color=COLORS[i],
                    label=name if direction == LTP else None,
                )
    title(panels[-1], "Published devices (LTP solid, LTD dashed)")
    for panel in panels:
        panel.axhline(0, color="black", linewidth=0.6)
        panel.set_xlabel("normalized conductance w")
        panel.set_ylabel("change by a pulse Δw")
        panel.set_xlim(0, 1)
        headroom(panel, 0.32)
        legend(panel, ncols=2 if panel is not panels[-1] else 3, loc="upper center")
    return drawn


def pulse_trains(results: Results, n_pulses: int = 20, n_runs: int = 100) -> Figure:
    """Trains of LTP, then LTD pulses of the published devices, and their spread under noise."""
    directions = [LTP] * n_pulses + [LTD] * n_pulses
    drawn, axes = figure(3, width=3.0, height=2.8)
    ideal, cycle, additive = axes[0]
    pulses = np.arange(2 * n_pulses + 1)
    for i, name in enumerate(PUBLISHED):
        with Device(name) as device:
            ideal.plot(pulses, device.pulse_train(directions), color=COLORS[i], label=name)
    title(ideal, "Without noise")
    legend(ideal, loc="lower center", ncols=2)
    noises: list[tuple[Axes, str, str, tuple[float, ...]]] = [
        (cycle, "rsd_c2c", "dut2, spread from cycle to cycle", (0.05, 0.2)),
        (additive, "sigma_add", "dut2, additive noise", (0.01, 0.03)),
    ]
    for panel, option, text, values in noises:
        for k, value in enumerate(values[::-1]):
            with Device("dut2", **{option: value}) as device:  # type: ignore[arg-type]
                trains = np.array([device.pulse_train(directions, seed=s) for s in range(n_runs)])
            low, high = np.percentile(trains, [5, 95], 0)
            panel.fill_between(
                pulses,
                low,
                high,
                color=COLORS[1 - k],
                alpha=0.35,
                linewidth=0,
                label=f"{option} {value:g}, 90 %",
            )
        with Device("dut2") as device:
            panel.plot(pulses, device.pulse_train(directions), color="black", linewidth=1, label="no noise")
        title(panel, text)
        legend(panel, loc="lower center")
    for panel in axes[0]:
        panel.set_xlabel(f"pulse ({n_pulses} LTP, then {n_pulses} LTD)")
        panel.set_ylim(-0.35, 1.02)
        panel.set_yticks(np.arange(0, 1.1, 0.2))
    ideal.set_ylabel("normalized conductance w")
    return drawn


def pulse_trains_rsd(results: Results, n_pulses: int = 20, n_runs: int = 12) -> Figure:
    """Single trains of pulses of dut2 at spreads from cycle to cycle of 10, 20, 50 and 100 %."""
    directions = [LTP] * n_pulses + [LTD] * n_pulses
    drawn, axes = figure(4, width=2.4, height=2.6)
    pulses = np.arange(2 * n_pulses + 1)
    with Device("dut2") as device:
        ideal = device.pulse_train(directions)
    for panel, rsd in zip(axes[0], (0.1, 0.2, 0.5, 1.0)):
        with Device("dut2", rsd_c2c=rsd) as device:
            for seed in range(n_runs):
                panel.plot(
                    pulses,
                    device.pulse_train(directions, seed=seed),
                    color=COLORS[4],
                    linewidth=0.7,
                    label=f"{n_runs} trains" if seed == 0 else None,
                )
        panel.plot(pulses, ideal, color="black", linewidth=1.2, label="no spread")
        title(panel, f"dut2, RSD {100 * rsd:g} %")
        panel.set_xlabel(f"pulse ({n_pulses} LTP, {n_pulses} LTD)")
        panel.set_ylim(-0.28, 1.02)
        panel.set_yticks(np.arange(0, 1.1, 0.2))
        legend(panel, loc="lower center")
    axes[0][0].set_ylabel("normalized conductance w")
    return drawn
