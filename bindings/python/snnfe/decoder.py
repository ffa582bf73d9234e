"""Live decoding: samples in, decisions out; and recordings to play to a decoder."""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arrays
from ._arrays import FloatArray
from ._declarations import STRUCTS
from ._files import StrPath, opening
from ._handle import Handle, Owner, copied, texts
from ._library import FUNCTION, call, text
from ._options import Options, name_list, plain, scalars, sized, text_array
from ._words import counted
from .control import Control
from .dataset import Dataset
from .errors import NotFoundError
from .montage import MONTAGE, plain_label
from .network import Network
from .provenance import Signal, read_signal

if TYPE_CHECKING:
    from typing import Unpack

_logger = logging.getLogger("snnfe")
#: `SNNFE_NOT_NUMBERED`: samples without a number
_NOT_NUMBERED = 2**64 - 1


@dataclass(frozen=True)
class Decision:
    """A window's result: the class `decided`, its `confidence` (0…1) and the `probabilities`.

    `label` is the cue's or -1; `window` counts windows, `first_sample` is the number of its first
    sample, `source_sample` the same as the source counts in its `session`; `n_steps` is less than the
    network's after an `early` decision; `rejected` says that too many channels were bad, samples were
    missing or a new session began; `faults` has the `SNNFE_FAULT_*` bits, `faulty_channels` the names
    of the channels with faults of their own.
    """

    decided: int
    confidence: float
    probabilities: FloatArray
    logits: FloatArray
    label: int
    window: int
    first_sample: int
    n_steps: int
    early: bool
    rejected: bool
    faults: int
    n_bad_channels: int
    session: int
    source_sample: int
    faulty_channels: tuple[str, ...]


class DecoderOptions(TypedDict, total=False):
    """Live decoding (`snnfe_decoder_options`)."""

    windows: str | int
    """"regular" (default) or "cued"."""
    hop: int
    """Samples between regular windows' beginnings; 0 (default) = those of a window, end to end."""
    n_running: int
    """Windows that can run at the same time; 0 (default) = as many as needed, or 2 with cues."""
    n_pending: int
    """Decisions kept until they are taken; 64."""
    n_history: int
    """Samples kept for `copy_window`; 0 (default) = those of two windows."""
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
    notch_hz: float
    """Frequency of line noise that is taken out in front of that filter; 0 (default) = none."""
    notch_width_hz: float
    """Width of the notch; 0 (default) = 2 Hz."""
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
    """What stands for a bad channel: "neighbors" (default), "zero", "none" or "splines"."""
    absent: Sequence[str]
    """Channels that the source lacks: `repair` stands in for them, and what comes in their place is not looked at."""
    rereference: str
    """What is taken off all electrodes: "average", or labels between commas; default: that of the data set."""
    most_bad_channels: int
    """More bad channels than this reject a decision; -1 (default) = a quarter of the channels."""
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


def _bits_of(absent: Sequence[str], signal: Any) -> int:
    """Channels of a signal as bits."""
    absent = name_list("absent", absent)
    names = texts(signal.channel_names, signal.n_channels) or list(MONTAGE)
    places = {plain_label(name): c for c, name in enumerate(names)}
    unknown = [name for name in absent if plain_label(name) not in places]
    if unknown:
        raise NotFoundError(f"absent: {unknown[0]!r} is no channel; there are {', '.join(names)}")
    return sum(1 << c for c in {places[plain_label(name)] for name in absent})


class Decoder(Owner):
    """Decides while samples come in, with a copy of a network.

    Each sample is filtered causally, normalized, and advances the running windows by one step.
    Windows begin regularly or at cues. `push` and `take` need bounded time and no memory in the
    library; decisions equal `Network.evaluate` on the same filtered samples, bit for bit.

    Columns of samples are the decoder's channels in their order, `channel_names`; `push` finds them by
    name if it is given the names of the columns.
    """

    _noun = "decoder"

    def __init__(
        self, network: Network, *, dataset: Dataset | None = None, **options: Unpack[DecoderOptions]
    ) -> None:
        """Make a decoder; channels, statistics, filter edges and classes are taken from `dataset`, if given.

        Rate, channels, classes and filter have to be what the network was trained on, as far as it tells
        (`Network.signal`). A causal filter where that had zero phase is no mismatch.
        Raises ArgumentError naming option and value, ShapeError.
        """
        self._n_classes = int(network.options["n_classes"])
        self._shape = tuple(network.options[name] for name in ("n_rows", "n_columns", "n_steps"))
        own = network.copy()
        filled = Options("snnfe_decoder_options")
        if dataset is not None:
            filled.take_signal(dataset._info().signal)
            filled.kept.append(dataset._open_handle())
        absent = options.pop("absent", ())
        filled.set(options).check_statistics()
        filled.struct.absent = _bits_of(absent, filled.signal)
        handle = ctypes.c_void_p()
        with own._shared() as pointer:
            call("snnfe_decoder_create", ctypes.byref(handle), pointer, filled.reference)
        self._networks = [own._open_handle()]
        self._learners: list[Handle] = []
        self._handle = Decoder._adopt(handle.value, self._networks)._handle
        self._n_channels = int(self._info().n_channels)
        self._columns: tuple[tuple[str, ...], NDArray[np.uintp]] | None = None
        self._warn_of_mismatch(network)

    def mismatch(self, network: Network) -> str | None:
        """In what `network` was trained on another signal than the decoder's, in words; None if in nothing."""
        words = ctypes.create_string_buffer(1024)
        with self._shared() as pointer, network._shared() as other:
            found = FUNCTION["snnfe_decoder_mismatch"](pointer, other, words, len(words))
        return text(words.value) if found else None

    def _warn_of_mismatch(self, network: Network) -> None:
        found = self.mismatch(network)
        if found:
            _logger.warning("%s", found)

    @property
    def channel_names(self) -> list[str]:
        """Names of the channels in the order of the samples' columns; "" for one without a name."""
        return texts(self._info().channel_names, self._n_channels) or [""] * self._n_channels

    def match_channels(self, names: Sequence[str]) -> NDArray[np.uintp]:
        """For each channel of the decoder its place among `names`, those of a source; 2**64 - 1 if it is absent.

        Compared without case, dots and blanks. Raises NotFoundError for a channel that is not there,
        ArgumentError for one that is there twice.
        """
        order = np.empty(self._n_channels, np.uintp)
        with self._shared() as pointer:
            array = text_array("names", names)
            call("snnfe_decoder_match_channels", pointer, array, len(array), order.ctypes.data)
        return order

    def _own_columns(self, samples: FloatArray, channels: Sequence[str]) -> FloatArray:
        x = _arrays.exact("samples", samples, np.float32, (None, len(channels)))
        key = tuple(channels)
        if self._columns is None or self._columns[0] != key:
            self._columns = key, self.match_channels(channels)
        order = self._columns[1]
        absent = order == np.iinfo(order.dtype).max
        own = np.ascontiguousarray(x[:, np.where(absent, 0, order)])
        own[:, absent] = 0
        return own

    def push(
        self, samples: FloatArray, *, number: int | None = None, channels: Sequence[str] | None = None
    ) -> None:
        """Push samples float32 [n, n_channels] in microvolts; NaN counts as a fault of the channel.

        With `channels`, the names of the columns, the decoder's are found by name, and there may be
        others; without, the columns are `channel_names`. With `number`, that of the first sample as the
        source counts, missing and repeated samples are noticed, and sources that begin again
        (`begin_session`). Raises NotFoundError, ArgumentError, ShapeError.
        """
        if channels is not None:
            samples = self._own_columns(samples, channels)
        x = _arrays.exact("samples", samples, np.float32, (None, self._n_channels))
        first = _NOT_NUMBERED if number is None else _arrays.whole("number", number, 0, _NOT_NUMBERED - 1)
        with self._exclusive() as pointer:
            call("snnfe_decoder_push", pointer, first, x.ctypes.data, len(x))

    def drop(self, n: int) -> None:
        """Say that `n` samples are missing."""
        with self._exclusive() as pointer:
            call("snnfe_decoder_drop", pointer, _arrays.whole("n", n))

    def begin_session(self) -> None:
        """Begin a new session: the source was started again, or it is another one.

        Running windows end as rejected decisions, the filter starts again, the next number is the
        session's first. It also happens by itself when numbers begin again (`info["n_restarts"]`).
        """
        with self._exclusive() as pointer:
            call("snnfe_decoder_begin_session", pointer)

    def cue(self, label: int = -1) -> int:
        """Let a window begin with the next sample; its number. Raises StateError if all are running."""
        window = ctypes.c_uint64()
        with self._exclusive() as pointer:
            call(
                "snnfe_decoder_cue",
                pointer,
                _arrays.whole("label", label, -1, 2**31 - 1),
                ctypes.byref(window),
            )
        return window.value

    @property
    def pending(self) -> int:
        """Decisions that wait to be taken."""
        return int(self._info().n_pending)

    def take(self) -> Decision:
        """The oldest decision that waits. Raises StateError if there is none."""
        decision = sized("snnfe_decision")
        logits = np.empty(self._n_classes, np.float32)
        probabilities = np.empty_like(logits)
        with self._exclusive() as pointer:
            call(
                "snnfe_decoder_next",
                pointer,
                ctypes.byref(decision),
                logits.ctypes.data,
                probabilities.ctypes.data,
            )
        values = plain(decision)
        values["early"], values["rejected"] = bool(values["early"]), bool(values["rejected"])
        names = enumerate(self.channel_names) if values["faulty_channels"] else ()
        faulty = (name or f"channel {c}" for c, name in names if values["faulty_channels"] >> c & 1)
        values["faulty_channels"] = tuple(faulty)
        return Decision(logits=logits, probabilities=probabilities, **values)

    def __iter__(self) -> Iterator[Decision]:
        """Take all decisions that wait."""
        while self.pending:
            yield self.take()

    def peek(self) -> tuple[int, FloatArray]:
        """Steps (0: none is running) and probabilities of the window that has run longest."""
        steps = ctypes.c_uint32()
        probabilities = np.full(self._n_classes, np.nan, np.float32)
        with self._shared() as pointer:
            call("snnfe_decoder_peek", pointer, ctypes.byref(steps), probabilities.ctypes.data)
        return steps.value, probabilities

    def copy_window(self, first_sample: int) -> FloatArray:
        """The window of a decision as the network saw it, float32 [n_rows, n_columns, n_steps].

        Raises NotFoundError when it is not, or no longer, in the history.
        """
        grid = np.empty(self._shape, np.float32)
        with self._shared() as pointer:
            first = _arrays.whole("first_sample", first_sample)
            call("snnfe_decoder_copy_window", pointer, first, grid.ctypes.data)
        return grid

    def copy_samples(self, first_sample: int, n: int) -> FloatArray:
        """`n` samples filtered and normalized, as they are before control, float32 [n, n_values].

        Of envelopes they are filtered microvolts, followed by the same in each band; otherwise there is one value
        a channel. For a window of `info["window_samples"]` begin `signal.n_lags` earlier. Raises NotFoundError when they are not in the history.
        """
        count = _arrays.whole("n", n, 0, 2**24)
        samples = np.empty((count, self._info().n_values), np.float32)
        with self._shared() as pointer:
            first = _arrays.whole("first_sample", first_sample)
            call("snnfe_decoder_copy_samples", pointer, first, count, samples.ctypes.data)
        return samples

    def offer_control(self, control: Control) -> None:
        """Mix channels as `control` has learned for the windows that begin from now on.

        Raises ShapeError for control of another kind, other channels or references.
        """
        handle = self._open_handle()
        with control._exclusive() as pointer:
            call("snnfe_decoder_offer_control", handle.address, pointer)

    @property
    def signal(self) -> Signal:
        """What the samples are: channels, rate, filter, statistics, control; a copy."""
        return read_signal(STRUCTS["snnfe_signal"].from_address(self._info().signal))

    def offer(self, network: Network) -> None:
        """Use a copy of `network` for the windows that begin from now on.

        Raises ShapeError for another configuration, and for one that was trained on another signal unless
        the decoder's `allow_mismatch` insists.
        """
        new = network.copy()._open_handle()
        handle = self._open_handle()
        call("snnfe_decoder_offer", handle.address, new.address)
        self._warn_of_mismatch(network)
        used = FUNCTION["snnfe_decoder_uses"]
        self._networks[:] = [n for n in self._networks if used(handle.address, n.address)] + [new]

    @property
    def channel_faults(self) -> NDArray[np.uint32]:
        """uint32 [n_channels] `SNNFE_FAULT_*` bits at the newest sample; a copy."""
        return copied(self._info().channel_faults, np.uint32, self._n_channels)

    def _info(self) -> Any:
        info = sized("snnfe_decoder_info")
        with self._shared() as pointer:
            call("snnfe_decoder_get_info", pointer, ctypes.byref(info))
        return info

    @property
    def info(self) -> dict[str, Any]:
        """Counts since the decoder was made or reset: samples, windows, decisions, faults, sessions.

        `rms_z` is the size of the samples as the network sees them: about 1 where they fit the
        statistics, far below where the unit is wrong (volts in place of microvolts).
        """
        return scalars(self._info())

    def reset(self) -> None:
        """Back to before the first sample; the network stays."""
        with self._exclusive() as pointer:
            call("snnfe_decoder_reset", pointer)

    def save(self, path: StrPath) -> None:
        """Write the state (not the network) to a safetensors file, atomically."""
        with self._shared() as pointer:
            call("snnfe_decoder_save", pointer, _arrays.path_bytes(path))

    def restore(self, path: StrPath) -> None:
        """Take up a saved state. Raises ShapeError for other options or another network.

        Decoding goes on if the source goes on; if it begins again, call `begin_session`.
        """
        with opening(path, "decoder"), self._exclusive() as pointer:
            call("snnfe_decoder_restore", pointer, _arrays.path_bytes(path))

    def __repr__(self) -> str:
        if self.closed:
            return "<Decoder, closed>"
        i = self._info()
        return (
            f"<Decoder: {counted(i.n_channels, 'channel')}, {counted(i.n_samples, 'sample')}, "
            f"{counted(i.n_decisions, 'decision')}, {counted(i.n_running, 'window')} running, "
            f"{counted(i.n_bad_channels, 'bad channel')}>"
        )
