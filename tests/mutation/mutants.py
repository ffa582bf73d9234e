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
COMPARISONS = ("<", "<=", ">", ">=")
TYPE = r"\b(?:(?:u?int\d*(?:_t)?|s?size_t|bool|char|float|double|snnfe_\w+|column|element) (?:\*|const )*)"
CHOICE = re.compile(r"(?<!\S)\(?([\w*.>\[\]-]+) ([<>]=?) ([^ ;]+) \? (?:\([\w ]+\))?(\1|\3) : (.*)")


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


def is_room(line: str, at: int) -> bool:
    """Whether a place is the size of an array that is declared: no test sees an element that nothing uses."""
    return bool(re.search(TYPE + r"(?:[\w*]|\[[^]]*\]|, | = [\w\"]+,)+\[$", line[:at]))


def is_set_later(lines: list[str], number: int, at: int) -> bool:
    """Whether a place is a value that a variable has until a call sets it, as the next use of it takes its address."""
    declared = re.search(r"(\w+) = -?$", lines[number][:at])
    if not declared or not re.match(r"\s+" + TYPE, lines[number]):
        return False
    use = re.search(rf"([(,]\s*&)?(?<![\w.>])\b{declared[1]}\b", "\n".join([lines[number][at:], *lines[number + 1 :]]))
    return bool(use and use[1])


def is_choice_of_equals(line: str, at: int) -> bool:
    """Whether a place compares two values of which one is then taken: where they are equal, either may be."""
    for match in CHOICE.finditer(line):
        other = match[1] if match[4] == match[3] else match[3]
        last = match[5].split(" : ")[-1]
        if match.start(2) == at and re.match(rf"(?:\([\w ]+\))?{re.escape(other)}(?!\w)", last):
            return True
    return False


def mutants_of(path: Path) -> list[Mutant]:
    found = []
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    for number, line in code_lines(text):
        for pattern, replacement in CHANGES:
            for match in re.finditer(pattern, line):
                at = match.start()
                in_vain = is_room(line, at) or is_set_later(lines, number, at)
                in_vain = in_vain or (replacement in COMPARISONS and is_choice_of_equals(line, at))
                if not in_text(line, at) and not in_vain:
                    after = line[:at] + match.expand(replacement) + line[match.end() :]
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
