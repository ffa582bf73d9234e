"""How many small faults the tests notice: run.py [--sample N] [--seed S] [--retry] [FOLDER…].

Changes one operator, number, condition or call of `lib/recording`, `lib/base` or `lib/device` (or the folders
given) at a time, compiles that file, and runs the tests that run the line, those of the folder and the fastest
first, until one fails. Then the mutant is killed; what C leaves undefined ends a program, too, as it does under the
sanitizers. A survivor is a hint at a missing test, or one that no test can see: such are explained in
`equivalent.tsv`. What compiles to the same code, or not at all, does not count, and some changes that nobody can
notice are not made: more room in an array, another value where a call sets it, another choice between equals. Only
programs over the library's objects count as tests, not those of Python and the command line.

All is noted in `build-mutation/journal.jsonl`: a run that was stopped goes on where it was, and mutants of files
that have not changed are not tried again, except, by `--retry`, those that survived. The lines of a test are looked at
again when it has changed. Not part of the tests: a mutant takes some seconds.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from pathlib import Path
from typing import Any

import mutants
from build import Build
from mutants import Mutant

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "build-mutation"
JOURNAL = FOLDER / "journal.jsonl"
FOLDERS = ["recording", "base", "device"]


def read_journal() -> dict[str, dict[str, Any]]:
    if not JOURNAL.exists():
        return {}
    entries = [json.loads(line) for line in JOURNAL.read_text(encoding="utf-8").splitlines()]
    return {entry["key"]: entry for entry in entries}


def note(entry: dict[str, Any]) -> None:
    with JOURNAL.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def interval(part: int, of: int) -> tuple[float, float]:
    """Wilson's, 95 %."""
    if of == 0:
        return 0, 1
    z = 1.96
    middle = (part + z * z / 2) / (of + z * z)
    half = z * math.sqrt(part * (of - part) / of + z * z / 4) / (of + z * z)
    return middle - half, middle + half


def tell(name: str, n_all: int, entries: list[dict[str, Any]]) -> None:
    counts = {what: sum(e["result"] == what for e in entries) for what in ("killed", "survived", "same", "invalid")}
    n_real = counts["killed"] + counts["survived"]
    least, most = interval(counts["killed"], n_real)
    # A sample of all is no sample.
    spread = f" (95 %: {100 * least:.1f}…{100 * most:.1f})" if len(entries) < n_all else ""
    print(
        f"{name}: {counts['killed']} of {n_real} killed, {100 * counts['killed'] / max(n_real, 1):.1f} %{spread}; "
        f"{len(entries)} of {n_all} mutants, {counts['same']} the same, {counts['invalid']} invalid"
    )


def try_one(build: Build, mutant: Mutant, known: dict[str, Any] | None, arguments: argparse.Namespace) -> dict[str, Any]:
    if mutants.is_explained(mutant):
        return {"result": "same", "by": "explained"}
    entry = known
    if not entry or (arguments.retry and entry["result"] == "survived"):
        began = time.monotonic()
        result, by = build.judge(mutant, arguments.seconds)
        seconds = round(time.monotonic() - began, 1)
        entry = {"key": mutant.key(), "result": result, "by": by, "seconds": seconds, "mutant": str(mutant)}
        note(entry)
    if entry["result"] == "survived":
        print(f"survived ({entry['by']}): {mutant}", flush=True)
    return entry


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", default=FOLDERS, help="of lib; default: recording base device")
    parser.add_argument("--sample", type=int, help="mutants in all, of each folder its share; default: all")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--seconds", type=float, default=30, help="of tests for a mutant at most")
    parser.add_argument("--suites", help="of Meson's whose tests are run, with commas between; default: all")
    parser.add_argument("--retry", action="store_true", help="try those that survived again")
    arguments = parser.parse_args()
    os.chdir(ROOT)
    build = Build(ROOT, FOLDER, arguments.suites.split(",") if arguments.suites else [])
    everything = {name: mutants.in_folder(name) for name in arguments.folders}
    looked_at = sorted({*FOLDERS, *arguments.folders})
    build.look_at_tests(sorted(path for name in looked_at for path in Path("lib", name).glob("*.c")))
    known = read_journal()
    results: dict[str, list[dict[str, Any]]] = {name: [] for name in everything}
    for name, mutant in mutants.sample(everything, arguments.sample, arguments.seed):
        results[name].append(try_one(build, mutant, known.get(mutant.key()), arguments))
    for name, entries in results.items():
        tell(name, len(everything[name]), entries)
    if len(results) > 1:
        tell("all", sum(map(len, everything.values())), [e for entries in results.values() for e in entries])
    return 0


if __name__ == "__main__":
    sys.exit(main())
