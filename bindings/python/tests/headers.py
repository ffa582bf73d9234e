"""Declarations of the public C headers, one line each, without comments.

As a program it writes them to snnfe/_signatures.py: run it when a header has changed.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

INCLUDE = Path(__file__).resolve().parents[3] / "include" / "snnfe"

# What Python has no use for: NumPy and ctypes have allocators of their own.
UNUSED = {"snnfe_allocator", "snnfe_set_allocator"}


def _one_line(text: str) -> str:
    return re.sub(r"\s*([,;{}()*\[\]])\s*", r"\1", re.sub(r"\s+", " ", text)).strip()


def _spaced(text: str) -> str:
    """The declaration with the project's spaces."""
    text = re.sub(r"(\*+)", r" \1", text).replace(",", ", ").replace("* const", "*const")
    return re.sub(r"\s+", " ", text.replace("(  *", "( *").replace("( *", "(*"))


def declarations(header: Path) -> list[str]:
    """Constants (`NAME = value`), structs, callback types and functions, in the header's order."""
    text = re.sub(r"/\*.*?\*/", " ", header.read_text(encoding="utf-8"), flags=re.S)
    found = []
    for name, value in re.findall(r"^#define (SNNFE_[A-Z0-9_]+) (\d+)\s*$", text, flags=re.M):
        found.append(f"{name} = {value};")
    text = re.sub(r"^\s*#.*?(?<!\\)$", "", text, flags=re.M).replace('extern "C" {', "")
    pattern = (
        r"enum \{(?P<enum>.*?)\};|typedef struct (?P<struct>\w+) \{(?P<members>.*?)\} \w+;"
        r"|typedef (?P<callback>\w+ \(\*\w+\)\(.*?\));|SNNFE_API (?P<function>.*?\));"
    )
    for match in re.finditer(pattern, text, flags=re.S):
        if match["enum"]:
            found += [f"{_one_line(item)};" for item in match["enum"].split(",") if item.strip()]
        elif match["struct"]:
            members = "".join(f" {_spaced(_one_line(m))};" for m in match["members"].split(";") if m.strip())
            found.append(f"struct {match['struct']} {{{members} }};")
        else:
            found.append(_spaced(_one_line(match["callback"] or match["function"])) + ";")
    return [line for line in found if not any(re.search(rf"\b{name}\b", line) for name in UNUSED)]


def headers() -> list[Path]:
    return sorted(INCLUDE.glob("*.h"))


def signatures() -> str:
    """What _signatures.py has to say."""
    lines = [
        '"""All C declarations that the package uses: what include/snnfe says, without comments.',
        "",
        "A test compares this file with the headers and names the lines that are missing or differ; the program",
        "tests/headers.py writes it.",
        '"""',
        "",
        'DECLARATIONS = """',
    ]
    for header in headers():
        found = declarations(header)
        lines += [f"# {header.name}"] if found else []
        for line in found:
            lines += textwrap.wrap(line, 100, subsequent_indent="    ", break_long_words=False)
    return "\n".join([*lines, '"""', ""])


if __name__ == "__main__":
    TARGET = Path(__file__).resolve().parents[1] / "snnfe" / "_signatures.py"
    TARGET.write_text(signatures(), encoding="utf-8")
