"""Build backend of this folder: meson-python, run where the library's meson.build is."""

import os
from pathlib import Path

os.chdir(Path(__file__).resolve().parents[2])

from mesonpy import *  # noqa: E402, F401, F403
