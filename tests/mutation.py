"""How many small faults the tests notice: mutation.py [--mutants N] [--seed S] [FOLDER…].

Copies the tree, changes one operator or constant of one line of `lib/recording`, `lib/base` or `lib/device` (or
the folders given) at a time, builds, and runs that folder's tests. A mutant is killed if they fail, do not
end, or it does not compile to other code; the survivors are printed, each a hint at a missing test. Not part of
the tests: a mutant takes some seconds.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ["recording", "base", "device"]
# Tests of other folders that stand on one; and those that take minutes.
MORE = {"recording": ["dataset"], "base": ["provenance", "saved_dataset", "fields"], "device": ["device_training"]}
SLOW = {"dataset"}
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
    (r"(?<![\w.\"%])0(?![\w.])", "1"),
    (r"(?<![\w.\"%])1(?![\w.])", "0"),
    (r"(?<![\w.\"%])([2-9]|[1-9]\d+)(?![\w.])", r"(\1 + 1)"),
    (r"\btrue\b", "false"),
    (r"\bfalse\b", "true"),
    (r"\bif \((?=[^()]*(?:\([^()]*\)[^()]*)*\)$)", "if (!("),
]


class Mutant:
    """One change: a file's path in the tree, the line (from 0), and what it becomes."""

    def __init__(self, path: Path, line: int, before: str, after: str) -> None:
        self.path, self.line, self.before, self.after = path, line, before, after

    def __str__(self) -> str:
        return f"{self.path}:{self.line + 1}\n  - {self.before.strip()}\n  + {self.after.strip()}"


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
    for number, line in code_lines((ROOT / path).read_text(encoding="utf-8")):
        for pattern, replacement in CHANGES:
            for match in re.finditer(pattern, line):
                if in_text(line, match.start()):
                    continue
                after = line[: match.start()] + match.expand(replacement) + line[match.end() :]
                if replacement == "if (!(":
                    after += ")"
                found.append(Mutant(path, number, line, after))
    return found


def run(command: list[str], timeout: float) -> bool:
    """Whether it ends well, in time."""
    environment = {"SNNFE_SHARED": str(ROOT.parent / "shared"), **os.environ}
    try:
        done = subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=timeout, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def tests_of(known: set[str], folder: str) -> list[str]:
    """Test programs of a folder, its own first."""
    names = sorted(path.stem.removeprefix("test_") for path in (ROOT / "tests" / folder).glob("test_*.c"))
    names += [name for name in MORE.get(folder, []) if name not in names]
    return [f"tests/test_{name}" for name in names if name not in SLOW and f"tests/test_{name}" in known]


def targets_of(build: Path) -> set[str]:
    command = ["ninja", "-C", str(build), "-t", "targets", "all"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {line.split(":")[0] for line in done.stdout.splitlines()}


def compiled(build: Path, source: Path) -> list[bytes]:
    """What the compiler made of a source file."""
    name = "_".join(source.parts[1:]) + ".o"
    return [path.read_bytes() for path in sorted((build / "lib").glob(f"*.p/{name}"))]


def judge(tree: Path, build: Path, mutant: Mutant, targets: list[str]) -> str:
    """Whether it is "killed", "survived", or "same" for a change that the compiler does not see."""
    path = tree / mutant.path
    text = path.read_text(encoding="utf-8")
    original = compiled(build, mutant.path)
    lines = text.split("\n")
    lines[mutant.line] = mutant.after
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        if not run(["ninja", "-C", str(build), *targets], 600):
            return "same"  # no program: nothing that a test could notice
        if compiled(build, mutant.path) == original:
            return "same"
        for target in targets:
            if not run([str(build / target)], 60):
                return "killed"
        return "survived"
    finally:
        path.write_text(text, encoding="utf-8")
        run(["ninja", "-C", str(build), "lib/libsnnfe-internal.a"], 600)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", default=FOLDERS, help="of lib; default: recording base device")
    parser.add_argument("--mutants", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    paths = [path.relative_to(ROOT) for name in arguments.folders for path in (ROOT / "lib" / name).glob("*.c")]
    everything = [mutant for path in sorted(paths) for mutant in mutants_of(path)]
    chosen = random.Random(arguments.seed).sample(everything, min(arguments.mutants, len(everything)))
    counts = {"killed": 0, "survived": 0, "same": 0}
    place = ROOT / "build-mutation"
    tree, build = place / "tree", place / "build"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns("build*", ".git"))
    try:
        if not run(["meson", "setup", str(build), str(tree), "-Dprograms=false", "-Dbuildtype=release"], 600):
            print("mutation.py: the tree cannot be set up", file=sys.stderr)
            return 1
        known = targets_of(build)
        targets = {name: tests_of(known, name) for name in arguments.folders}
        wanted = sorted({target for names in targets.values() for target in names})
        if not run(["ninja", "-C", str(build), *wanted], 3600):
            print("mutation.py: the tree does not build", file=sys.stderr)
            return 1
        for mutant in chosen:
            result = judge(tree, build, mutant, targets[mutant.path.parts[1]])
            counts[result] += 1
            if result == "survived":
                print(f"survived: {mutant}", flush=True)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    n_real = counts["killed"] + counts["survived"]
    print(f"{len(everything)} mutants, {len(chosen)} tried (seed {arguments.seed}), {counts['same']} of them no change")
    print(f"{counts['killed']} of {n_real} killed: {100 * counts['killed'] / max(n_real, 1):.1f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
