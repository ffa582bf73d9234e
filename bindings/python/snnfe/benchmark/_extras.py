"""Packages that a benchmark needs beside NumPy."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .. import _extras

_MODULES = ("moabb", "sklearn", "pyriemann", "mne", "pandas", "matplotlib")


def need(module: str) -> Any:
    """The module `module`; ImportError says which package to install where it is missing."""
    return _extras.need(module, "snnfe.benchmark", "benchmark")


def need_all() -> None:
    """ImportError, before any work is done, if one of the packages is missing."""
    _extras.need_all(_MODULES, "snnfe.benchmark", "benchmark")


@contextmanager
def quiet() -> Iterator[None]:
    """MOABB and what it brings, without the warnings and reports that their calls of each other raise."""
    found = logging.getLogger("moabb").level
    logging.getLogger("moabb").setLevel(logging.ERROR)
    try:
        with need("mne").use_log_level("error"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.getLogger("moabb").setLevel(found)
