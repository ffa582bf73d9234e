"""What is changed: one operator, number, condition or call of one line of C at a time."""

from __future__ import annotations

import functools
import hashlib
import random
import re
from dataclasses import dataclass
from pathlib import Path

EQUIVALENT = Path(__file__).with_name("equivalent.tsv")
CHANGES = [
    (r"(?<![<\-=>])<(?![<=])(?= )", "<="),
    (r"<=(?= )", "<"),
    (r"(?<![>\-=])>(?![>=])(?= )", ">="),
    (r">=(?= )", ">"),
    (r"==", "!="),
    (r"!=", "=="),
    (r"&&", "||"),
    (r"\|\|", "&&"),
    (r"(?<= )\+(?= )", "-"),
    (r"(?<= )-(?= )", "+"),
    (r"(?<= )\*(?= )", "/"),
    (r"(?<= )/(?= )", "*"),
    (r"\+=", "-="),
    (r"-=", "+="),
    (r"(?<![\w.\"%])0(?![\w.])", "1"),
    (r"(?<![\w.\"%])1(?![\w.])", "0"),
    (r"(?<![\w.\"%])([2-9]|[1-9]\d+)(?![\w.])", r"(\1 + 1)"),
    (r"\btrue\b", "false"),
    (r"\bfalse\b", "true"),
    # A condition is turned around; a call whose result is not kept is left out.
    (r"\bif \(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)$", r"if (!(\1))"),
    (r"(?<=^)(\s+)(?:\(void\))?(?!return\b)[A-Za-z_]\w*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\);$", r"\1;"),
]


@dataclass(frozen=True)
class Mutant:
    """One change: a file's path in the tree, the line (from 0), and what it becomes."""

    path: Path
    line: int
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line + 1}\n  - {self.before.strip()}\n  + {self.after.strip()}"

    def key(self) -> str:
        """The same while the file is the same."""
        text = f"{self.path}\n{self.line}\n{self.after}\n{self.path.read_text(encoding='utf-8')}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def text(self) -> str:
        lines = self.path.read_text(encoding="utf-8").split("\n")
        lines[self.line] = self.after
        return "\n".join(lines)


def code_lines(text: str) -> list[tuple[int, str]]:
    """Lines with code, without comments, directives and declarations of types."""
    lines = []
    inside = False
    for number, line in enumerate(text.split("\n")):
        begins, ends = "/*" in line, "*/" in line
        comment = inside or line.lstrip().startswith(("/*", "//", "#", "static const char", "typedef"))
        inside = (inside or begins) and not ends
        if not comment and not begins and line.startswith((" ", "\t")):
            lines.append((number, line))
    return lines


def in_text(line: str, at: int) -> bool:
    """Whether a place lies within a text or a character."""
    return line[:at].count('"') % 2 == 1 or line[:at].count("'") % 2 == 1


def mutants_of(path: Path) -> list[Mutant]:
    found = []
    for number, line in code_lines(path.read_text(encoding="utf-8")):
        for pattern, replacement in CHANGES:
            for match in re.finditer(pattern, line):
                if not in_text(line, match.start()):
                    after = line[: match.start()] + match.expand(replacement) + line[match.end() :]
                    found.append(Mutant(path, number, line, after))
    return found


def in_folder(folder: str) -> list[Mutant]:
    paths = sorted(Path("lib", folder).glob("*.c"))
    return [mutant for path in paths for mutant in mutants_of(path)]


def sample(folders: dict[str, list[Mutant]], n: int | None, seed: int) -> list[tuple[str, Mutant]]:
    """So many of all, each folder's share, mixed so that any beginning is a sample, too."""
    n_all = sum(map(len, folders.values()))
    chosen = []
    for name, mutants in folders.items():
        shuffled = list(mutants)
        random.Random(seed).shuffle(shuffled)
        share = round(min(n or n_all, n_all) * len(mutants) / max(n_all, 1))
        chosen += [((i + 0.5) / share, name, mutant) for i, mutant in enumerate(shuffled[:share])]
    return [(name, mutant) for _, name, mutant in sorted(chosen, key=lambda each: each[:2])]


@functools.cache
def explained() -> set[tuple[str, ...]]:
    with EQUIVALENT.open(encoding="utf-8", newline="") as file:
        return {tuple(line.rstrip("\n").split("\t")[:3]) for line in file}


def is_explained(mutant: Mutant) -> bool:
    """Whether `equivalent.tsv` says why no test can see it."""
    return (str(mutant.path), mutant.before.strip(), mutant.after.strip()) in explained()
