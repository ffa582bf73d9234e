"""Words in messages."""

from __future__ import annotations


def counted(n: int, word: str) -> str:
    """A number and what is counted: "1 trial", "2 trials"."""
    return f"{n} {word}" if n == 1 else f"{n} {word}s"
