"""Packages that an audit needs beside NumPy."""

from __future__ import annotations

import importlib
from typing import Any

# Module -> the package that has it.
_PACKAGES = {
    "sklearn": "scikit-learn",
    "pyriemann": "pyRiemann",
    "mne": "MNE",
    "matplotlib": "Matplotlib",
    "scipy": "SciPy",
}


def need(module: str) -> Any:
    """The module `module`; ImportError says which package to install where it is missing."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = _PACKAGES[module.partition(".")[0]]
        raise ImportError(
            f"snnfe.audit needs {package}, which is not installed here ({error}): pip install 'snnfe[audit]'"
        ) from error


def need_all() -> None:
    """ImportError, before any work is done, if one of the packages is missing."""
    for module in _PACKAGES:
        need(module)
