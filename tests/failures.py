"""Why tests failed, in a few lines each: failures.py TESTLOG_OR_OUTPUT

Of each test that failed in Meson's testlog.json, or of the output of a command in a file of another name: the
assertions that did not hold, Check's and pytest's, what sanitizers found, exceptions. Of a test without anything of
the kind, and of every command, the last lines.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

LINES = 24  # of all tests together, where a few fail
WIDTH = 300
TELLING = re.compile(
    r":\d+:[FE]:"  # Check
    r"|^E   .*\S|^FAILED"  # pytest, and the tests that are shell scripts
    r"|ERROR: \w+Sanitizer|SUMMARY: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error: |^ +#\d .* in snnfe_"
    r"|^\S*(Error|Exception|Interrupt|SystemExit): |^exit code "  # Python
    r"|\b(fatal )?error: |\bundefined reference "  # compilers
)


def full_lines(output: str) -> list[str]:
    """The lines that are not empty."""
    return [line.rstrip() for line in output.splitlines() if line.strip()]


def telling(lines: list[str], limit: int) -> list[str]:
    """The lines that say why, at most so many, each once."""
    return list(dict.fromkeys(line[:WIDTH] for line in lines if TELLING.search(line)))[:limit]


def failed_tests(path: Path) -> list[dict[str, object]]:
    """What testlog.json says of those that failed, of which a run that was stopped wrote half of the last line."""
    tests = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            tests.append(json.loads(line))
        except json.JSONDecodeError:
            print(f"{path}: ends in the middle of a test")
    return [test for test in tests if test["result"] not in ("OK", "EXPECTEDFAIL", "SKIP")]


def main() -> int:
    """The exit code."""
    path = Path(sys.argv[1])
    if path.suffix != ".json":
        lines = full_lines(path.read_text(encoding="utf-8", errors="replace"))
        # Fuzzing ends with the inputs that failed, to copy.
        last = [line[:2000] for line in lines[-20:]]
        print(*dict.fromkeys(telling(lines[:-20], 8) + last), sep="\n")
        return 0
    failed = failed_tests(path)
    for test in failed:
        print(f"{test['name']}: {test['result']}, exit code {test['returncode']}, {test['duration']:.0f} s")
        lines = full_lines(f"{test.get('stdout', '')}\n{test.get('stderr', '')}")
        limit = max(1, min(6, LINES // len(failed) - 1))
        for line in telling(lines, limit) or lines[-limit:]:
            print(f"    {line[:WIDTH]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
