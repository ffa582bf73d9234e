"""The programs of libsnnfe that the wheel carries, as console scripts: each is replaced by the program of its name.

A module outside the package, so that a program starts without NumPy.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path


def main() -> None:
    """Become the program that this script is called like."""
    name = Path(sys.argv[0]).stem
    package = importlib.util.find_spec("snnfe")
    folders = package.submodule_search_locations if package else None
    program = Path(folders[0] if folders else "") / "_programs" / name
    if not program.is_file():
        sys.exit(f"{name}: {program} is not there; install the package again, or the programs of libsnnfe")
    os.execv(program, [str(program), *sys.argv[1:]])
