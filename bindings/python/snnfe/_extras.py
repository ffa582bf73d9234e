"""Packages beside NumPy that parts of this package need."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

# Module -> the package that has it, under a name that pip takes.
_PACKAGES = {
    "braindecode": "braindecode",
    "matplotlib": "Matplotlib",
    "mne": "MNE",
    "moabb": "MOABB",
    "pandas": "pandas",
    "pyriemann": "pyRiemann",
    "scipy": "SciPy",
    "sklearn": "scikit-learn",
    "torch": "torch",
}


def need(module: str, who: str, extra: str) -> Any:
    """The module `module`; ImportError says who needs which package, and how to install it, where it is missing.

    `extra` is the name under which all packages that `who` needs are installed.
    """
    try:
        return importlib.import_module(module)
    except (ImportError, OSError) as error:  # OSError: a library that does not fit another one
        package = _PACKAGES[module.partition(".")[0]]
        what = "is not installed" if isinstance(error, ImportError) else "does not load"
        raise ImportError(
            f"{who} needs {package}, which {what} here ({error}): pip install {package}, or all that it "
            f"needs by pip install 'snnfe[{extra}]'"
        ) from error


def need_all(modules: Sequence[str], who: str, extra: str) -> None:
    """ImportError, before any work is done, if one of the packages is missing."""
    for module in modules:
        need(module, who, extra)
