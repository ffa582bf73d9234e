"""Keyword options of the package's functions, and the library's defaults.

Every option may be left out; it then has the default of the C library, which `defaults()` shows.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from numpy.typing import ArrayLike

from ._declarations import FUNCTIONS
from ._library import call
from ._options import Options, choice
from .errors import ArgumentError, NotFoundError

if TYPE_CHECKING:
    from .device import Device

StrPath = str | os.PathLike[str]


class DatasetOptions(TypedDict, total=False):
    """How recordings become epochs (`snnfe_dataset_options`)."""

    label_set: str | int
    """"left_right" (default), "fists_feet", "left_feet", "right_feet", "left_right_feet",
    "left_right_fists_feet", "rest_left_right_feet", "rest_feet" (rest: T0 of the fist runs),
    "baseline_feet" (rest: run 1, as published), "baselines_left_right_fists_feet" (rest: runs 1 and
    2) or "events"."""
    executed: bool
    """Executed movements in place of imagined ones."""
    normalization: str | int
    """"all" (default: statistics of all recordings used), "given" or "none" (microvolts)."""
    missing: str | int
    """"error" (default) or "skip": what to do about a recording that is missing."""
    n_threads: int
    """0 (default) = `default_threads()`."""
    subjects: ArrayLike | None
    """Subjects to use, 1…999; default: all present but the six usually excluded."""
    runs: ArrayLike | None
    """Runs that epochs are cut from; default: those of the label set."""
    statistics_runs: ArrayLike | None
    """Runs whose samples enter means and standard deviations; default: every run present."""
    channel_mean_uv: ArrayLike
    """[n_channels] means in microvolts, with normalization "given"."""
    channel_std_uv: ArrayLike
    """[n_channels] standard deviations in microvolts, > 0, with normalization "given"."""
    filter_low_hz: float
    """Low edge of the band-pass; 0.1; 0 = none."""
    filter_high_hz: float
    """High edge of the band-pass; 79; 0 = none."""
    sampling_rate_hz: float
    """Rate that every recording must have; 160."""
    window_start: int
    """First sample of the first window after the onset; 0."""
    window_length: int
    """Samples of an epoch; 160."""
    window_overlap: int
    """Samples that windows share; 0."""
    window_limit: int
    """A window must end before this sample of the trial; 161."""
    channel_names: Sequence[str]
    """Channels to take by label; default: the 64 of EEGMMIDB. "C3#9" is the ninth signal, labeled C3;
    "#9" the ninth whatever its label."""
    channel_rows: ArrayLike
    """[n_channels] grid row of each."""
    channel_columns: ArrayLike
    """[n_channels] grid column of each."""
    n_rows: int
    """Grid rows; 10."""
    n_columns: int
    """Grid columns; 11."""
    event_names: Sequence[str]
    """Whole annotation texts, with the label set "events"."""
    event_labels: ArrayLike
    """Class of each event name, from 0; -1: it only ends the trial before it."""
    filter_kind: str | int
    """"zero_phase" (default, the paper's) or "causal", as a decoder filters."""
    filter_order: int
    """Order of each edge of the causal filter, 1…4; 2."""
    strict: bool
    """Refuse EDF files that depart from the format even where it hurts nobody (default: read and warn)."""
    allow_empty_classes: bool
    """Let a class be without a trial and an event name without an event (default: an error)."""
    other_events: str | int
    """With "events", what events of other names do: "end" (default: the trial before them) or
    "ignored"."""


class RecordingOptions(TypedDict, total=False):
    """What to read of a recording (`snnfe_recording_options`)."""

    strict: bool
    """Refuse EDF files that depart from the format even where it hurts nobody (default: read and warn)."""
    channel_names: Sequence[str] | None
    """Labels of the channels, in order; default: EEGMMIDB's 64."""
    sampling_rate_hz: float
    """Rate every channel must have; 160."""


class HistoryOptions(TypedDict, total=False):
    """What was done to epochs in memory before (`snnfe_dataset_arrays`); it is noted, not done."""

    channel_names: Sequence[str] | None
    """[n_channels] labels such as "C3"; default: EEGMMIDB's for its 64 channels, else "channel 0", …"""
    class_names: Sequence[str] | None
    """Names of the classes; default: "class 0", …"""
    channel_mean_uv: ArrayLike | None
    """[n_channels] means in microvolts that were subtracted; None (default): epochs in microvolts."""
    channel_std_uv: ArrayLike | None
    """[n_channels] standard deviations in microvolts that were divided by."""
    n_statistics_samples: int
    """Samples a channel behind means and deviations, of one subject; 0 (default) = not known."""
    filter_low_hz: float
    """Low edge of the filter; 0 (default) = none."""
    filter_high_hz: float
    """High edge of the filter; 0 (default) = none."""
    normalization: str | int
    """With means: "all" (default), "given" or "subjects"."""
    filter_kind: str | int
    """"zero_phase" (default) or "causal"; "unknown" without edges."""
    filter_order: int
    """Order of each edge of a causal filter."""


class SyntheticOptions(TypedDict, total=False):
    """What synthetic recordings are like (`snnfe_synthetic_options`)."""

    n_threads: int
    """0 (default) = `default_threads()`."""
    seed: int
    """The same seed gives the same recordings; 5."""
    n_subjects: int
    """Subjects 1…n_subjects, at most 109; 10."""
    trials_per_run: int
    """Cued trials in a task run, 1…15; 15."""
    runs: ArrayLike | None
    """Runs to make, 1…14; default: all fourteen."""
    effect: float
    """Strength of the desynchronization, 0…1; 0.6."""
    subject_spread: float
    """How much subjects differ, 0…1; 0.5."""
    noise_uv: float
    """Standard deviation of the background in microvolts; 10."""
    line_uv: float
    """Amplitude of the 60 Hz line in microvolts; 2."""
    blink_uv: float
    """Peak of a blink at the frontal pole in microvolts; 100."""


class NetworkOptions(TypedDict, total=False):
    """Configuration of a network (`snnfe_network_options`)."""

    n_rows: int
    """Grid rows, 10…64; 10."""
    n_columns: int
    """Grid columns, 10…64; 11."""
    n_steps: int
    """Time steps of a trial; 160."""
    conv1_channels: int
    """Channels of conv1; 64."""
    conv2_channels: int
    """Channels of conv2; 128."""
    conv3_channels: int
    """Channels of conv3; 256."""
    n_hidden: int
    """Neurons of tc1, r1 and fc1 each; 256."""
    n_classes: int
    """Classes, 2…256; 2."""
    current_decay: float
    """Initial decay of currents, 0…1; 0.1."""
    voltage_decay: float
    """Initial decay of potentials, 0…1; 0.1."""
    threshold: float
    """Firing threshold, >= 0; 0.1."""
    surrogate_width: float
    """Half width of the surrogate derivative, > 0; 0.3."""
    surrogate_height: float
    """Height of the surrogate derivative, > 0; 0.3."""
    adaptive_step: float
    """r1: added to the threshold after a spike, >= 0; 0.01."""
    adaptive_decay: float
    """r1: factor on the threshold without a spike, 0…1; 0.1."""
    adaptive_floor: float
    """r1: least threshold without a spike, >= 0; 0.01."""
    dropout: float
    """Probability of a mask, training only, 0 <= p < 1; 0.3."""
    seed: int
    """Of the initial weights; 5."""


class RunOptions(TypedDict, total=False):
    """How trials are run (`snnfe_run_options`)."""

    n_threads: int
    """0 (default) = `default_threads()`; results do not depend on it."""
    n_shards: int
    """Partial gradient sums of a batch; 16; affects the last bits of gradients."""
    allow_seen: bool
    """Evaluate trials that trained the network, too, and count them in `n_seen`; without it OverlapError."""
    allow_mismatch: bool
    """Take data of another rate, montage, filter or other classes than trained the network, with a warning in
    the log; without it ShapeError."""


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


class DecoderOptions(TypedDict, total=False):
    """Live decoding (`snnfe_decoder_options`)."""

    windows: str | int
    """"regular" (default) or "cued"."""
    hop: int
    """Samples between regular windows' beginnings; 0 (default) = the network's steps."""
    n_running: int
    """Windows that can run at the same time; 0 (default) = as many as needed, or 2 with cues."""
    n_pending: int
    """Decisions kept until they are taken; 64."""
    n_history: int
    """Samples kept for `copy_window`; 0 (default) = twice the network's steps."""
    channel_rows: ArrayLike
    """[n_channels] grid rows; default: the 64 EEGMMIDB channels."""
    channel_columns: ArrayLike
    """[n_channels] grid columns."""
    channel_mean_uv: ArrayLike
    """[n_channels] means in microvolts; default: 0."""
    channel_std_uv: ArrayLike
    """[n_channels] standard deviations in microvolts, > 0; default: 1."""
    sampling_rate_hz: float
    """Samples a second; 160."""
    filter_low_hz: float
    """Low edge of the causal filter; 0.1; 0 = none."""
    filter_high_hz: float
    """High edge of the causal filter; 79; 0 = none."""
    filter_order: int
    """Order of each edge, 1…4; 2."""
    early_least: int
    """Steps before an early decision; 1."""
    early_confidence: float
    """Probability at which a window ends early, 0.5…1; 0 (default) = never."""
    saturation_uv: float
    """Distance from the channel's slow mean (its offset) that counts as saturated; 5000."""
    noisy_z: float
    """Root mean square over about a second that counts as noisy; 20."""
    flat_samples: int
    """Equal samples that count as flat; 80."""
    longest_gap: int
    """Dropped samples that are bridged; 16."""
    repair: str | int
    """What stands for a bad channel: "neighbors" (default), "zero" or "none"."""
    most_bad_channels: int
    """More bad channels than this reject a decision; 16, with a data set a quarter of its channels."""
    range_uv: float
    """Magnitude that counts as saturated whatever the offset: the amplifier's range; 1e6."""
    longest_repeat: int
    """Samples that a repeated one may lie behind; further behind a new session begins; 0 (default) = a second."""
    counter_bits: int
    """Width of the source's sample counter, 8…64; 0 (default) = found out."""
    channel_names: Sequence[str]
    """[n_channels] names; default: those of the data set or of the 64 EEGMMIDB channels."""
    class_names: Sequence[str]
    """[n_classes] names, to be compared with what the network was trained on; default: those of the data set."""
    allow_mismatch: bool
    """Take a network that was trained on another rate, montage, filter or other classes, with a warning in the
    log; without it ShapeError."""


class LearnerOptions(TypedDict, total=False):
    """Personalization on line (`snnfe_learner_options`)."""

    layers: Sequence[str]
    """What is trained; default: fc1 and fc2."""
    device: Device | None
    """Device through which weights are trained; None (default) = floating point."""
    learning_rate: float
    """Learning rate; 6e-4."""
    threshold: float
    """Accumulated update that makes a pulse, in units of 2A; 0.025."""
    threshold_asymmetry: float
    """Factor on it for LTD; 1."""
    levels: int
    """Quantize after each step, even; 0 (default) = not."""
    n_replay: int
    """Trials that the replay buffer holds; 32."""
    replay_steps: int
    """Trials replayed after each new one; 1."""
    n_networks: int
    """Copies to exchange with the decoder; 3."""
    guard_trials: int
    """Memory of the running accuracy, trials; 16."""
    guard_least: int
    """Trials before the guard may act; 16."""
    guard_fall: float
    """Fall below the best accuracy at which the best weights are put back; 0.2."""
    seed: int
    """Of dropout, replay and device noise; 5."""


class ReportOptions(TypedDict, total=False):
    """A report on a network (`snnfe_report_options`)."""

    n_threads: int
    """Of evaluation and training, for their memory; 1."""
    batch_size: int
    """Of training, for its memory; 64."""
    n_shards: int
    """Of training; 16."""
    checkpoint: StrPath
    """File of `Trainer.save` that has pulses."""
    device: Device | None
    """Device of the training whose memory is counted; None (default) = floating point."""
    ltp_energy_j: float
    """Joules of an LTP pulse; 0."""
    ltd_energy_j: float
    """Joules of an LTD pulse; 0."""


class TrainerOptions(TypedDict, total=False):
    """How a network is trained (`snnfe_trainer_options`)."""

    n_threads: int
    """0 (default) = `default_threads()`; results do not depend on it."""
    n_epochs: int
    """Epochs; 20."""
    batch_size: int
    """Trials of a mini-batch; 64."""
    learning_rate: float
    """Of weights and biases; 1e-4."""
    decay_learning_rate: float
    """Of neuron decays; negative (default) = `learning_rate`."""
    time_weight_learning_rate: float
    """Of ts_weights; negative (default) = `learning_rate`."""
    least_learning_rate: float
    """Where cosine annealing ends; 1e-5."""
    beta1: float
    """Adam; 0.9."""
    beta2: float
    """Adam; 0.999."""
    epsilon: float
    """Adam; 1e-8."""
    schedule: str | int
    """"cosine" (default) or "constant"."""
    schedule_epochs: int
    """T_max of the annealing, after which the rate rises again: 20 in the paper's stages, whatever
    `n_epochs` is; 0 = `n_epochs`, or the checkpoint's on resuming."""
    seed: int
    """Of batch order, dropout and device noise; 5."""
    n_shards: int
    """Partial gradient sums of a batch; 16."""
    evaluations_per_epoch: int
    """Points of the per-sample log in an epoch; 10."""
    resume: bool
    """Go on from `checkpoint_path` if that file exists."""
    phase: str
    """First column of the logs; "pretrain" or "finetune", as published."""
    epoch_log_path: StrPath
    """CSV with a row an epoch."""
    sample_log_path: StrPath
    """CSV with a row a point within an epoch."""
    checkpoint_path: StrPath
    """Written after every epoch."""
    device: Device | None
    """Device through which synaptic weights are trained; None (default) = floating point."""
    threshold: float
    """Accumulated update that makes a pulse, in units of 2A; 0.025."""
    threshold_asymmetry: float
    """Factor on it for LTD; 1."""
    levels: int
    """Quantize weights after each device step, frozen ones before the first, to so many levels as
    `snnfe.quantize` counts them, even; 0 (default) = not."""
    keep_best: bool
    """End with the epoch of best validation accuracy, not with the last."""
    wear_log_path: StrPath
    """CSV with a row a layer, written after every epoch; needs `device`."""
    ltp_energy_j: float
    """Joules of an LTP pulse, for the wear log; 0."""
    ltd_energy_j: float
    """Joules of an LTD pulse, for the wear log; 0."""
    endurance: float
    """Pulses that a device lives through; 0 (default) = not known."""
    log_start: bool
    """Begin the per-sample log with a row of epoch 0, before any training, as re-tuning does."""
    allow_seen: bool
    """Validate and test on trials that trained the network before, too, with a warning in the log; without
    it OverlapError."""
    allow_mismatch: bool
    """Train on data of another rate, montage, filter or other classes than trained the network before, with a
    warning in the log; without it ShapeError."""


def defaults(noun: str, stage: str | None = None) -> dict[str, Any]:
    """The library's defaults of "dataset", "recording", "synthetic", "network", "run", "device", "device_step",
    "decoder", "learner" or "trainer" options; of a trainer those of a stage ("pretrain", "on_device", "retune", "sstl").
    """
    struct = f"snnfe_{noun}_options"
    if f"{struct}_init" not in FUNCTIONS:
        nouns = [n.removeprefix("snnfe_").removesuffix("_options_init") for n in FUNCTIONS]
        there = sorted(n for n in nouns if f"snnfe_{n}_options_init" in FUNCTIONS)
        raise NotFoundError(f"no options are called {noun!r}; there are those of {', '.join(there)}")
    options = Options(struct)
    if stage is not None:
        if noun != "trainer":
            raise ArgumentError('only "trainer" options differ by stage')
        call("snnfe_trainer_options_stage", options.reference, choice("stage", stage))
    return options.values()
