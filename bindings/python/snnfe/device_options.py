"""Keyword options of devices, their cells and their steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from numpy.typing import ArrayLike


class CellsOptions(TypedDict, total=False):
    """What the cells of an array do beside the pulse response (`snnfe_cells_options`)."""

    distribution: str | int
    """"gaussian" (default) or "lognormal"."""
    array: int
    """Number of the array, from which its cells are drawn; 0."""
    spread_amplitude: float
    """Relative standard deviation of LTP and LTD amplitudes between cells; 0."""
    spread_alpha: float
    """Of the exponents alpha; 0."""
    spread_beta: float
    """Of the exponents beta; 0."""
    spread_window: float
    """Of how far the lowest and the highest conductance are from the middle; 0."""
    correlation: float
    """Of LTP and LTD, -1…1; 0."""
    truncation: float
    """Standard deviations beyond which a value is drawn again; 3."""
    stuck_low: float
    """Share of cells stuck at the lowest conductance; 0."""
    stuck_high: float
    """Share stuck at the highest; 0."""
    stuck_anywhere: float
    """Share stuck at a conductance that is drawn; 0."""
    pulses_before: float
    """Pulses that every cell had before those that are counted; 0."""
    wakeup_pulses: float
    """Pulses in which wake-up ends but for 1/e, 0 = none; 0."""
    wakeup_start: float
    """Factor on the amplitude of a fresh cell; 1."""
    fatigue_pulses: float
    """Pulses in which amplitudes fall, but for 1/e, 0 = never; 0."""
    fatigue_exponent: float
    """Of the stretched exponential; 1."""
    fatigue_end: float
    """Factor on the amplitude in the end; 0."""
    aging_pulses: ArrayLike
    """[n] ascending: a table of factors on the amplitude, linear in ln(1 + pulses)."""
    aging_factors: ArrayLike
    """[n] factors of the table, 0…10."""
    endurance: float
    """Pulses after which a cell is stuck where it is, 0 = never; 0."""
    endurance_spread: float
    """Relative standard deviation of it, log-normal; 0."""
    retention: str | int
    """"none" (default), "power" or "stretched"."""
    retention_s: float
    """Seconds of the law; 1."""
    retention_exponent: float
    """Exponent of the law; 1."""
    retention_spread: float
    """Relative standard deviation of retention_s, log-normal; 0."""
    retention_rest: float
    """Where cells go, as part of their windows; 0.5."""
    read_noise: float
    """Standard deviation of a reading, as conductance 0…1; 0."""
    read_noise_state: float
    """What a conductance of 1 adds to it, in proportion; 0."""
    adc_bits: int
    """Bits of the converter that reads, 0 = exact; 0."""
    adc_low: float
    """Conductance of its lowest code; 0."""
    adc_high: float
    """Conductance of its highest code; 1."""
    wire: float
    """Resistance of a column's wire from cell to cell times the highest conductance times the share of rows
    that conduct; 0."""
    imprint: float
    """What a cell held at an end of its window prefers that end by, for each factor e of time; 0."""
    imprint_s: float
    """Seconds after which it begins to show; 1."""
    held_s: float
    """Seconds that cells have held what the first pulse finds; 0."""
    history: float
    """What the first pulse after a long run of the other direction changes more, in proportion; 0."""
    history_pulses: float
    """Pulses in which a run is forgotten but for 1/e; 1."""
    read_disturb: float
    """Share of its distance from `read_disturb_rest` that a cell loses by one reading; 0."""
    read_disturb_rest: float
    """Where readings drive cells, as part of their windows; 0."""
    column_bits: int
    """Bits of the converter of a column's sum, 0 = exact; 0."""
    column_range: float
    """Its largest value, as networks have it; 1."""
    reference_spread: float
    """Standard deviation, around 0.5, of the conductances of the reference column's cells; 0."""


class DeviceOptions(TypedDict, total=False):
    """A device (`snnfe_device_options`); pairs are (LTP, LTD)."""

    response: str | int
    """"beta" (default) or "table"; `Device(function=…)` sets "function"."""
    amplitude: ArrayLike
    """Amplitudes of LTP and LTD, >= 0."""
    alpha: ArrayLike
    """Exponents of w plus 1, > 0."""
    beta: ArrayLike
    """Exponents of 1 - w plus 1, > 0."""
    scale: float
    """Factor on both amplitudes; 1."""
    asymmetry: float
    """Factor on the LTD amplitude; 1."""
    rsd_c2c: float
    """Relative standard deviation of the amplitude from cycle to cycle; 0."""
    sigma_add: float
    """Standard deviation of noise added to dw; 0."""
    sigma_mul: float
    """Standard deviation of noise that multiplies dw; 0."""
    bounds: ArrayLike
    """[7] bound A of each layer's weights; 0 = 1/sqrt(fan_in); inf (default) = the same, rounded as the
    paper does in layers of the paper's sizes."""
    table_w: ArrayLike
    """[n] normalized conductances of a table, ascending, 0…1."""
    table_ltp: ArrayLike
    """[n] magnitudes of dw by an LTP pulse."""
    table_ltd: ArrayLike
    """[n] magnitudes of dw by an LTD pulse."""
    cells: CellsOptions
    """How the cells of an array differ, age, lose and are read; left out: all alike and perfect."""
    rsd_c2c_state: float
    """What a conductance of 1 adds to `rsd_c2c`, in proportion; 0."""
    c2c_distribution: str | int
    """"gaussian" (default) or "lognormal" noise from cycle to cycle."""
    forms: Sequence[Mapping[str, Any]]
    """Pulses that a programmer can choose beside the device's own: amplitude, alpha and beta of each, such as
    the `options` of other devices or the `fit` of measurements have, or table_w, table_ltp and table_ltd; perhaps
    energy_j, joules of an LTP and an LTD pulse, 0 = those of the device's own."""
    policy: str | int
    """"first" (default): always the device's own pulse; "nearest": the one whose change is nearest to the
    wanted one."""
    energy_j: ArrayLike
    """Joules of an LTP and an LTD pulse of the device's own, for wear and reports; both 0 (default) = not known."""


class ProgrammingOptions(TypedDict, total=False):
    """How updates become pulses (`snnfe_programming_options`)."""

    method: str | int
    """"accumulate" (default), "stochastic", "mixed", "tiki_taka", "tiki_taka_2", "verify" or "pairs"."""
    most_pulses: int
    """Pulses on a cell at once, of accumulate always 1; 10."""
    period: int
    """Steps between transfers of mixed and tiki_taka, or verifications; 1."""
    fast_rate: float
    """tiki_taka: factor on the updates of fast cells; 1."""
    transfer_rate: float
    """tiki_taka: share of what a fast cell holds that goes on; 0.1."""
    shift_pairs: int
    """tiki_taka: pairs of pulses that find a fast cell's symmetry point, 0 = none; 20."""
    tolerance: float
    """verify: error that is let be, in units of 2A; 0.02."""
    refresh: float
    """pairs: part of a cell's window at which a pair is refreshed; 0.9."""


class DeviceStepOptions(TypedDict, total=False):
    """How optimizer updates become pulses (`snnfe_device_step_options`)."""

    levels: int
    """Quantize after the step to so many levels as `snnfe.quantize` counts them, even; 0 (default) =
    not."""
    threshold: float
    """Accumulated update that makes a pulse, in units of 2A; 0.025."""
    threshold_asymmetry: float
    """Factor on it for LTD; 1."""
    bound: float
    """Bound A of the weights; 0.0625."""
    seed: int
    """Of the noise; 5."""
    step: int
    """Number of the step, so that every step draws its own noise; 0."""
    offset: int
    """Number of the first synapse; 0."""
    programming: ProgrammingOptions
    """How updates become pulses; default: thresholded accumulation."""
