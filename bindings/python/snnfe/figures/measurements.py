"""Figures of an instrument's measurement of one device."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..characterization import characterize
from ..device import LTD, LTP
from ..errors import FormatError, NotFoundError
from .style import COLORS, LTD_COLOR, LTP_COLOR, figure, headroom, legend, title
from .tables import Results

_SIDES = ((LTP, "LTP", LTP_COLOR, "o"), (LTD, "LTD", LTD_COLOR, "s"))


@dataclass
class Measurement:
    """Write voltages (volts) and the conductances after them (siemens), and the cycle of each sample."""

    name: str
    volts: NDArray[Any]
    siemens: NDArray[Any]

    @property
    def starts(self) -> NDArray[Any]:
        """Samples that begin a cycle: the voltage goes from > 0 to < 0."""
        return np.flatnonzero((self.volts[:-1] > 0) & (self.volts[1:] < 0)) + 1

    @property
    def n_cycles(self) -> int:
        """Whole cycles."""
        return max(len(self.starts) - 1, 0)

    @property
    def cycle(self) -> int:
        """The cycle that the device's fit uses, from 1: the fourth, or the last of fewer."""
        return min(4, self.n_cycles)

    def of_cycle(self, cycle: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Voltages and conductances of a cycle, from 1."""
        part = slice(self.starts[cycle - 1], self.starts[cycle])
        return self.volts[part], self.siemens[part]

    def by_voltage(self) -> dict[float, NDArray[Any]]:
        """Conductances of the whole cycles by write voltage, ascending; those of 0 V left out."""
        part = slice(self.starts[0], self.starts[-1])
        volts, siemens = np.round(self.volts[part], 6), self.siemens[part]
        return {float(v): siemens[volts == v] for v in np.unique(volts) if v != 0}

    def states(self) -> list[tuple[float, NDArray[Any]]]:
        """The conductances after each pulse of the whole cycles, with its voltage; none at 0 V.

        In cycles of different lengths, those after each voltage.
        """
        lengths = np.diff(self.starts)
        if len(set(lengths.tolist())) != 1:
            return list(self.by_voltage().items())
        part = slice(self.starts[0], self.starts[-1])
        volts = self.volts[part].reshape(len(lengths), -1)
        siemens = self.siemens[part].reshape(len(lengths), -1)
        return [(float(v), g) for v, g in zip(volts[0], siemens.T) if v != 0]


def read(path: Path) -> Measurement:
    """Read the columns V_write and R_pos_ohm of an instrument's file.

    Raises FormatError naming file, line and column.
    """
    lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    first = next((i for i, line in enumerate(lines) if "V_write" in line.split("\t")), None)
    if first is None or "R_pos_ohm" not in lines[first].split("\t"):
        raise FormatError(f"{path}: no line of tab-separated column names with V_write and R_pos_ohm")
    names = lines[first].split("\t")
    columns = [names.index("V_write"), names.index("R_pos_ohm")]
    values = []
    for number, line in enumerate(lines[first + 1 :], first + 2):
        if line.strip():
            values.append([_number(path, number, line.split("\t"), names, i) for i in columns])
    if not values:
        raise FormatError(f"{path}: no sample below line {first + 1}")
    volts, ohms = np.array(values).T
    return Measurement(path.stem, volts, 1 / ohms)


def _number(path: Path, line: int, fields: list[str], names: list[str], column: int) -> float:
    try:
        value = float(fields[column])
    except (IndexError, ValueError):
        value = np.nan
    # Instruments write 9.9e37 and the like for what is out of their range.
    if not np.isfinite(value) or abs(value) >= 1e18 or (names[column] == "R_pos_ohm" and value <= 0):
        told = fields[column] if column < len(fields) else "missing"
        raise FormatError(f"{path}: line {line}: {names[column]} is {told}, not a measured value")
    return value


def measured(results: Results) -> list[Measurement]:
    """The measurements with at least one whole cycle. Raises FormatError."""
    return [m for m in map(read, results.measurements) if m.n_cycles]


def _normalized(siemens: NDArray[Any]) -> NDArray[Any]:
    low, high = siemens.min(), siemens.max()
    return np.asarray((siemens - low) / (high - low))


def _title(panel: Axes, text: str, measurement: Measurement, several: bool) -> None:
    """A panel's title, with the file's name where there are several."""
    title(panel, f"{measurement.name}:\n{text}" if several else text)


def measured_pulses(results: Results) -> Figure | None:
    """Normalized conductance after each pulse of a cycle, measured and by the device fitted to it."""
    found = measured(results)
    if not found:
        return None
    drawn, axes = figure(len(found), width=4.4, height=2.9)
    for panel, measurement in zip(axes[0], found):
        volts, siemens = measurement.of_cycle(measurement.cycle)
        w = _normalized(siemens)
        used = volts != 0
        try:
            fitted = characterize(measurement.volts, measurement.siemens, measurement.cycle)
        except (FormatError, NotFoundError):
            fitted = None
        pulses = np.arange(len(w))
        for direction, name, color, marker in _SIDES:
            side = used & ((volts < 0) if direction == LTP else (volts > 0))
            panel.plot(
                pulses[side], w[side], marker, color=color, markerfacecolor="white", label=f"{name}, measured"
            )
        if fitted is not None:
            with fitted.device() as device:
                train = device.pulse_train(
                    [LTP if v < 0 else LTD for v in volts[1:]], w0=float(np.clip(w[0], 0.01, 0.99))
                )
            panel.plot(pulses, train, color="black", label="fitted device, pulse by pulse")
        panel.set_xlabel(f"pulse of cycle {measurement.cycle}")
        panel.set_ylabel("normalized conductance w")
        headroom(panel, 0.45)
        _title(panel, "One cycle: measured and model", measurement, len(found) > 1)
        legend(panel, loc="upper right")
    return drawn


def measured_traces(results: Results) -> Figure | None:
    """Write voltage, resistance, conductance and normalized conductance over the pulses."""
    found = measured(results)
    if not found:
        return None
    drawn, axes = figure(len(found), 4, width=6.4, height=1.5)
    for column, measurement in zip(axes.T, found):
        pulses = np.arange(len(measurement.volts))
        traces = (
            ("V_write (V)", measurement.volts, COLORS[7]),
            ("R (MΩ)", 1e-6 / measurement.siemens, COLORS[5]),
            ("G (nS)", 1e9 * measurement.siemens, COLORS[0]),
            ("w", _normalized(measurement.siemens), COLORS[2]),
        )
        for panel, (name, values, color) in zip(column, traces):
            panel.plot(pulses, values, color=color, linewidth=1)
            panel.set_ylabel(name)
            panel.set_xlim(0, len(pulses))
            begin, end = measurement.starts[measurement.cycle - 1 : measurement.cycle + 1]
            panel.axvspan(begin, end, color=COLORS[1], alpha=0.2, linewidth=0)
            if panel is not column[-1]:
                panel.set_xticklabels([])
        column[-1].set_xlabel(f"pulse (shaded: cycle {measurement.cycle}, which the fit uses)")
        _title(column[0], f"{measurement.n_cycles} whole cycles", measurement, len(found) > 1)
    return drawn


def measured_histograms(results: Results, n_groups: int = 4) -> Figure | None:
    """How often which conductance follows pulses of which voltage, over the whole cycles."""
    found = measured(results)
    if not found:
        return None
    drawn, axes = figure(2, len(found), width=3.6, height=2.7)
    for row, measurement in zip(axes, found):
        by_voltage = {v: 1e9 * g for v, g in measurement.by_voltage().items()}
        all_values = np.concatenate(list(by_voltage.values()))
        bins = np.linspace(all_values.min(), all_values.max(), 26).tolist()
        for panel, name, volts in (
            (row[0], "LTP", sorted((v for v in by_voltage if v < 0), reverse=True)),
            (row[1], "LTD", sorted(v for v in by_voltage if v > 0)),
        ):
            groups = [list(group) for group in np.array_split(volts, n_groups) if len(group)]
            panel.hist(
                [np.concatenate([by_voltage[float(v)] for v in group]) for group in groups],
                bins,
                stacked=True,
                color=[COLORS[i] for i in range(len(groups))],
                edgecolor="black",
                linewidth=0.2,
                label=[_range_name(group) for group in groups],
                zorder=3,
            )
            panel.set_xlabel("conductance (nS)")
            panel.set_ylabel("samples")
            headroom(panel, 0.3)
            _title(panel, f"{name}: {measurement.n_cycles} cycles", measurement, len(found) > 1)
            legend(panel, loc="upper center", ncols=2)
    return drawn


def _range_name(volts: list[Any]) -> str:
    text = f"{volts[0]:g} … {volts[-1]:g} V" if len(volts) > 1 else f"{volts[0]:g} V"
    return text.replace("-", "−")


def measured_spread(results: Results) -> Figure | None:
    """Spread of the conductance from cycle to cycle: against its mean, and between neighboring pulses."""
    found = [m for m in measured(results) if m.n_cycles > 1]
    if not found:
        return None
    drawn, axes = figure(2, len(found), width=3.6, height=2.7)
    for row, measurement in zip(axes, found):
        for direction, name, color, marker in _SIDES:
            side = [(v, 1e9 * g) for v, g in measurement.states() if (v < 0) == (direction == LTP)]
            volts = np.array([v for v, _ in side])
            mean = np.array([g.mean() for _, g in side])
            sigma = np.array([g.std(ddof=1) for _, g in side])
            rsd = 100 * float(np.mean(sigma / mean)) if side else np.nan
            row[0].plot(
                mean, sigma, marker, color=color, markerfacecolor="white", label=f"{name}, σ/μ {rsd:.1f} %"
            )
            _separation(row[1], volts, mean, sigma, (name, color, marker))
        row[0].set_xlabel("mean conductance μ (nS)")
        row[0].set_ylabel("standard deviation σ (nS)")
        row[1].set_ylabel("z = |Δμ| / √(σ² + σ′²)")
        _title(row[0], f"Spread over {measurement.n_cycles} cycles", measurement, len(found) > 1)
        _title(row[1], "Separation of neighboring pulses", measurement, len(found) > 1)
        for panel in row:
            panel.set_ylim(bottom=0)
            headroom(panel, 0.2)
            legend(panel, loc="upper center", ncols=2)
    return drawn


def _separation(
    panel: Axes,
    volts: NDArray[Any],
    mean: NDArray[Any],
    sigma: NDArray[Any],
    look: tuple[str, str, str],
) -> None:
    name, color, marker = look
    width = np.sqrt(sigma[1:] ** 2 + sigma[:-1] ** 2)
    z = np.abs(np.diff(mean)) / np.where(width > 0, width, np.nan)
    ramp = len(np.unique(volts)) == len(volts)
    x = np.abs(volts[1:] + volts[:-1]) / 2 if ramp else np.arange(1, len(volts)) + 0.5
    panel.set_xlabel("write voltage (V), absolute" if ramp else "pulse")
    panel.plot(x, z, marker=marker, color=color, markerfacecolor="white", linewidth=0.8, label=name)
