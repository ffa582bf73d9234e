"""Packages that an audit needs beside NumPy."""

from __future__ import annotations

from typing import Any

from .. import _extras

_MODULES = ("sklearn", "pyriemann", "mne", "matplotlib", "scipy")


def need(module: str) -> Any:
    """The module `module`; ImportError says which package to install where it is missing."""
    return _extras.need(module, "snnfe.audit", "audit")


def need_all() -> None:
    """ImportError, before any work is done, if one of the packages is missing."""
    _extras.need_all(_MODULES, "snnfe.audit", "audit")
