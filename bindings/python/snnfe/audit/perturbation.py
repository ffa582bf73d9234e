"""What a decoder decides by: parts of trials exchanged with trials of another class, or kept alone.

A part is a region, an electrode, a time bin, a frequency band or what goes with the eyes. To *exchange* it
means to take it from a random trial of another class of the same subject: what decides by it is then led
astray. To keep it *alone* means to set all else to 0, the mean of normalized trials.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .._arrays import FloatArray, IntArray
from ..errors import ArgumentError
from .decoders import Decoder, Positions
from .material import Material, check_not_flat

#: Equal parts of a trial.
N_TIME_BINS = 10
#: Frequency bands by name, Hz: from the first edge to below the second.
BANDS: dict[str, tuple[float, float]] = {
    "0–4 Hz": (0.0, 4.0),
    "4–8 Hz": (4.0, 8.0),
    "8–13 Hz": (8.0, 13.0),
    "13–30 Hz": (13.0, 30.0),
    "from 30 Hz": (30.0, np.inf),
}
EXCHANGED, ALONE = "exchanged", "alone"
EYES, NOT_EYES = "what goes with the eyes", "all but what goes with the eyes"


class Mix(Protocol):
    """How a part is moved."""

    def __call__(self, into: FloatArray, source: FloatArray, at: Positions) -> FloatArray:
        """`into` [n, n_channels, n_steps] with the part of `source`; `at` [n] are the trials' positions. Both are the
        function's own, to be changed."""
        ...


@dataclass(frozen=True)
class Cell:
    """One measurement: what `kind` of part it is, its `name`, whether it is exchanged or alone."""

    kind: str
    name: str
    action: str
    mix: Mix

    @property
    def key(self) -> str:
        """Its name among all."""
        return f"{self.kind}/{self.name}/{self.action}"


@dataclass(frozen=True)
class Measured:
    """A cell's result: how often each tested trial was right in `n` repetitions, int [n_tested]."""

    kind: str
    name: str
    action: str
    n: int
    counts: IntArray

    @property
    def right(self) -> NDArray[Any]:
        """Share of the repetitions in which each trial was right."""
        return self.counts / self.n


# --- parts ---------------------------------------------------------------------------------------------


def everything(into: FloatArray, source: FloatArray, at: Positions) -> FloatArray:
    """All of a trial."""
    return source


def channels(chosen: NDArray[np.intp]) -> Mix:
    """Electrodes by position."""

    def mix(into: FloatArray, source: FloatArray, at: Positions) -> FloatArray:
        into[:, chosen] = source[:, chosen]
        return into

    return mix


def steps(begin: int, end: int) -> Mix:
    """Samples from `begin` to below `end`."""

    def mix(into: FloatArray, source: FloatArray, at: Positions) -> FloatArray:
        into[..., begin:end] = source[..., begin:end]
        return into

    return mix


def band(low_hz: float, high_hz: float, rate_hz: float) -> Mix:
    """Frequencies of the trial's Fourier transform from `low_hz` to below `high_hz`: all bands together are
    the trial."""

    def mix(into: FloatArray, source: FloatArray, at: Positions) -> FloatArray:
        n = into.shape[-1]
        frequencies = np.fft.rfftfreq(n, 1 / rate_hz)
        spectrum = np.fft.rfft(source - into, axis=-1)
        spectrum[..., (frequencies < low_hz) | (frequencies >= high_hz)] = 0
        return (into + np.fft.irfft(spectrum, n, axis=-1)).astype(np.float32)

    return mix


def eyes(material: Material, pair: tuple[str, str]) -> Mix:
    """The difference of two electrodes beside the eyes and what goes with it in all others, by a regression
    on all samples of a subject. Raises ArgumentError if one of them is flat."""
    check_not_flat(material, pair, "the part of the eyes")
    first, second = material.channels(pair, "the part of the eyes")
    spread = np.empty((len(material), len(material.channel_names)), np.float32)
    for subject in material.subject_list:
        own = material.subjects == subject
        x = material.trials[own]
        signal = x[:, first] - x[:, second]
        signal = signal - signal.mean()
        power = float((signal.astype(np.float64) ** 2).sum())
        if power == 0:
            raise ArgumentError(
                f"electrodes {pair[0]} and {pair[1]} of subject {subject} are the same, and the part of the eyes "
                "is their difference: leave the subject out"
            )
        spread[own] = np.einsum("ncs,ns->c", x, signal, dtype=np.float64) / power

    def mix(into: FloatArray, source: FloatArray, at: Positions) -> FloatArray:
        change = (source[:, first] - source[:, second]) - (into[:, first] - into[:, second])
        return into + spread[at][:, :, None] * change[:, None, :]

    return mix


def _cells(kind: str, parts: Mapping[str, Mix]) -> list[Cell]:
    return [Cell(kind, name, action, mix) for name, mix in parts.items() for action in (EXCHANGED, ALONE)]


def _eye_cells(part: Mix) -> list[Cell]:
    """The eyes' part, and all that is not the eyes' part, which is what the other trial has but the eyes."""

    def rest(into: FloatArray, source: FloatArray, at: Positions) -> FloatArray:
        return part(source, into, at)

    return [*_cells("eyes", {EYES: part}), Cell("eyes", NOT_EYES, EXCHANGED, rest)]


def time_bins(material: Material) -> dict[str, tuple[int, int]]:
    """Samples of each time bin, by its seconds after the cue."""
    n = material.trials.shape[-1]
    edges = np.linspace(0, n, min(N_TIME_BINS, n) + 1).round().astype(int)
    second = material.start_s + edges / material.sampling_rate_hz
    return {
        f"{second[i]:.2f}–{second[i + 1]:.2f} s": (int(edges[i]), int(edges[i + 1])) for i in range(len(edges) - 1)
    }


def bands(material: Material) -> dict[str, tuple[float, float]]:
    """The bands that lie below half the sampling rate."""
    return {name: edges for name, edges in BANDS.items() if edges[0] < material.sampling_rate_hz / 2}


def cells(
    material: Material,
    regions: Mapping[str, NDArray[np.intp]],
    teams: Mapping[str, NDArray[np.intp]],
    electrodes: bool,
) -> list[Cell]:
    """All measurements. `teams` are electrodes that are exchanged together to apportion the decision."""
    made = [Cell("all", "everything", EXCHANGED, everything)]
    made += _cells("region", {name: channels(at) for name, at in regions.items()})
    made += [Cell("team", name, EXCHANGED, channels(at)) for name, at in teams.items()]
    pair = material.eye_pair()
    if pair is not None:
        made += _eye_cells(eyes(material, pair))
    made += _cells("time", {name: steps(*at) for name, at in time_bins(material).items()})
    rate = material.sampling_rate_hz
    made += _cells("band", {name: band(*at, rate) for name, at in bands(material).items()})
    if electrodes:
        names = material.channel_names
        made += _cells("electrode", {name: channels(np.array([i])) for i, name in enumerate(names)})
    return made


# --- measuring -----------------------------------------------------------------------------------------


def partners(material: Material, n: int, seed: int) -> NDArray[np.intp]:
    """For each of `n` repetitions and each trial, a random trial of another class of the same subject."""
    rng = np.random.default_rng(seed)
    chosen = np.empty((n, len(material)), np.intp)
    for repetition in chosen:
        for subject in material.subject_list:
            own = material.subjects == subject
            for label in np.unique(material.labels[own]):
                trials = np.flatnonzero(own & (material.labels == label))
                repetition[trials] = rng.choice(np.flatnonzero(own & (material.labels != label)), len(trials))
    return chosen


def measure(
    decoder: Decoder, material: Material, cell: Cell, partner: NDArray[np.intp], repetitions: int
) -> Measured:
    """One cell. What is alone is not random, and measured once."""
    n = 1 if cell.action == ALONE else repetitions
    labels = material.labels[decoder.tested]
    counts = np.zeros(len(labels), np.int64)
    for repetition in range(n):
        counts += decoder.predictions(_perturbed(material, cell, partner[repetition])) == labels
    return Measured(cell.kind, cell.name, cell.action, n, counts.astype(np.int32))


def _perturbed(material: Material, cell: Cell, partner: NDArray[np.intp]) -> Callable[[Positions], FloatArray]:
    def trials_of(at: Positions) -> FloatArray:
        own = material.trials[at]
        if cell.action == ALONE:
            return cell.mix(np.zeros_like(own), own, at)
        return cell.mix(own, material.trials[partner[at]], at)

    return trials_of
