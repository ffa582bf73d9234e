"""Which tests were left out, why, and whether that is all right: left_out.py TESTLOG [--offline]

Prints the tests that were skipped, by reason, and the line "N passed, N failed, N skipped". Fails if a test failed,
or was skipped for want of something that can be installed, unless `--offline` says that this is known.
"""

from __future__ import annotations

import collections
import json
import sys
from pathlib import Path

# What nobody can or should have to install: material that is not part of the tree, counts of another compiler,
# gigabytes of PyTorch.
ACCEPTED = ("reference material", "no reference material", "counts are of", "could not import 'torch'")


def reason(test: dict[str, object]) -> str:
    """Why a test was skipped, as it says itself."""
    lines = str(test.get("stdout", "")).splitlines()
    for line in lines:
        if "skipped: " in line:
            return line.split("skipped: ", 1)[1]
        if line.startswith("SKIPPED "):  # pytest's
            return line.split(": ", 1)[-1]
    return "it does not say why"


def main() -> int:
    """The exit code."""
    tests = [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    count = collections.Counter(test["result"] for test in tests)
    left_out: dict[str, list[str]] = collections.defaultdict(list)
    for test in tests:
        if test["result"] == "SKIP":
            left_out[reason(test)].append(test["name"].split(" / ")[-1])
    for why, names in left_out.items():
        print(f"left out, {why}: {', '.join(sorted(names))}")
    wanting = [why for why in left_out if not why.startswith(ACCEPTED)]
    passed, skipped = count["OK"] + count["EXPECTEDFAIL"], count["SKIP"]
    failed = len(tests) - passed - skipped
    if wanting and "--offline" not in sys.argv:
        print("Install what is missing, or leave these tests out: sh tests/run.sh --offline", file=sys.stderr)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return int(failed > 0 or (bool(wanting) and "--offline" not in sys.argv))


if __name__ == "__main__":
    sys.exit(main())
