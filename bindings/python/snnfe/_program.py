"""What the package's programs, `python -m snnfe.…`, have in common."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from ._files import kind_of
from .errors import NotFoundError, SnnfeError, shown


def words(text: str) -> list[str]:
    """A list such as "C3,Cz"."""
    return [word.strip() for word in text.split(",") if word.strip()]


def labels(text: str) -> list[str]:
    """A list such as "1-10,15,anna" of numbers, ranges of numbers and names."""
    found: list[str] = []
    for word in words(text):
        first, dash, last = word.partition("-")
        found += [str(n) for n in range(int(first), int(last) + 1)] if dash else [word]
    return found


def numbers(text: str) -> list[int]:
    """A list such as "1-10,15"."""
    return [int(label) for label in labels(text)]


# argparse names these in its messages.
words.__name__ = "list of names"
labels.__name__ = numbers.__name__ = "list such as 1-10,15"


def network_files(path: Path) -> list[Path]:
    """A file itself, or the networks of a folder. Raises NotFoundError."""
    files = sorted(file for file in path.iterdir() if kind_of(file) == "network") if path.is_dir() else [path]
    if not files:
        raise NotFoundError(f"{path} has no network: give a file, or a folder of snnfe-pretrain")
    return files


def tell(what: object) -> None:
    """A line of progress, which may hold names of files and people."""
    print(shown(what), file=sys.stderr, flush=True)


def execute(
    name: str,
    work: Callable[[], None],
    *,
    interrupted: str = "",
    expected: tuple[type[Exception], ...] = (SnnfeError, OSError, ImportError),
) -> int:
    """Do a program's work; the exit code: 0 done, 1 failed with one of the `expected` errors, 130 interrupted.

    Errors go to standard error; `interrupted` says what an interruption leaves behind.
    """
    try:
        work()
    except expected as error:
        tell(f"snnfe.{name}: {error}")
        return 1
    except KeyboardInterrupt:
        tell(f"snnfe.{name}: interrupted{'; ' if interrupted else ''}{interrupted}")
        return 130
    return 0
