"""Progress, log messages and Ctrl-C during long calls."""

from __future__ import annotations

import logging
import math
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from ._declarations import CALLBACKS, STRUCTS

_logger = logging.getLogger("snnfe")
_LEVELS = {0: logging.DEBUG, 1: logging.INFO, 2: logging.WARNING}


@dataclass(frozen=True)
class Progress:
    """State of a long call.

    `phase` is what is done, such as "read" or "train"; `done` of `total` units are finished. While
    training, `epoch` counts from 1, `loss` is the mean of the epoch so far and `accuracy` the newest
    validation accuracy (0…1); otherwise they are 0 and NaN.
    """

    phase: str
    done: int
    total: int
    epoch: int
    loss: float
    accuracy: float


ProgressFunction = Callable[[Progress], object]
#: What `progress=` takes: a function that gets a Progress and returns True to stop; True for a
#: progress bar (when tqdm is installed); None or False for nothing.
ProgressOption = ProgressFunction | bool | None


class _Bar:
    """A progress bar by tqdm for each phase; in a notebook tqdm draws its widget.

    The bar of the first phase stays; those of phases within it vanish when they are done.
    """

    def __init__(self, factory: Any) -> None:
        self._factory = factory
        self._bars: dict[str, Any] = {}

    def __call__(self, progress: Progress) -> None:
        bar = self._bars.get(progress.phase)
        if bar is None:
            first = not self._bars
            bar = self._factory(total=progress.total, desc=progress.phase, leave=first)
            self._bars[progress.phase] = bar
        if progress.epoch:
            bar.set_postfix(_numbers(progress), refresh=False)
        bar.total = progress.total
        bar.update(progress.done - bar.n)
        if not bar.leave and progress.done >= progress.total:
            self._bars.pop(progress.phase).close()

    def close(self) -> None:
        for bar in self._bars.values():
            bar.close()
        self._bars.clear()


def _numbers(progress: Progress) -> dict[str, str]:
    """What a bar shows of training; there is no accuracy before the first validation."""
    shown = {"epoch": str(progress.epoch), "loss": f"{progress.loss:.3f}"}
    if math.isfinite(progress.accuracy):
        shown["accuracy"] = f"{progress.accuracy:.3f}"
    return shown


def reporter(progress: ProgressOption) -> ProgressFunction | None:
    if progress is None or progress is False:
        return None
    if progress is True:
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return None
        return _Bar(tqdm)
    if not callable(progress):
        raise TypeError("progress must be a function, True, False or None")
    return progress


class Callbacks:
    """Callbacks of one options struct; a context manager around the call that uses them.

    An exception of the caller's function, or Ctrl-C, stops the library's call, which leaves its
    object valid, and is raised when the call has returned. Log messages go to the logger "snnfe".
    """

    def __init__(self, options: Any, progress: ProgressOption) -> None:
        self._report = reporter(progress)
        self._error: BaseException | None = None
        self._signal: tuple[int, Any] | None = None
        self._previous: Any = None
        self._progress = CALLBACKS["snnfe_progress_fn"](self._on_progress)
        self._log = CALLBACKS["snnfe_log_fn"](self._on_log)
        options.progress, options.log = self._progress, self._log

    def _on_progress(self, address: int, _user_data: int | None) -> int:
        if self._signal or self._error:
            return 1
        if self._report is None:
            return 0
        state: Any = STRUCTS["snnfe_progress"].from_address(address)
        try:
            stop = self._report(
                Progress(
                    (state.phase or b"").decode(),
                    state.done,
                    state.total,
                    state.epoch,
                    state.loss,
                    state.accuracy,
                )
            )
        except BaseException as error:  # raised again by __exit__
            self._error = error
            return 1
        return 1 if stop is True else 0

    def _on_log(self, level: int, message: bytes, _user_data: int | None) -> None:
        try:
            _logger.log(_LEVELS.get(level, logging.INFO), "%s", message.decode("utf-8", "replace"))
        except Exception as error:  # raised again by __exit__
            self._error = error

    def _on_signal(self, number: int, frame: Any) -> None:
        self._signal = (number, frame)

    def __enter__(self) -> Callbacks:
        # A handler that raises would do so inside a callback, where the exception is lost: keep the
        # signal until the call has returned.
        self._error = self._signal = self._previous = None
        if threading.current_thread() is threading.main_thread():
            previous = signal.getsignal(signal.SIGINT)
            if callable(previous):
                signal.signal(signal.SIGINT, self._on_signal)
                self._previous = previous
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._previous is not None:
            signal.signal(signal.SIGINT, self._previous)
        if isinstance(self._report, _Bar):
            self._report.close()
        if self._error is not None:
            raise self._error from None
        if self._signal is not None and self._previous is not None:
            self._previous(*self._signal)
