"""How the scripts end: with a message where a file or a setting is wrong."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import snnfe


def run(parser: argparse.ArgumentParser, work: Callable[[argparse.Namespace], None]) -> None:
    """Do the work with the options of the command line."""
    options = parser.parse_args()
    try:
        work(options)
    except (OSError, ValueError, snnfe.SnnfeError) as error:
        parser.exit(1, f"{parser.prog}: {error}\n")
