#!/usr/bin/env python3
"""The dependency law of CONTRIBUTING.md: which rooms of lib may use which, by private and public headers alike.

    includes.py SOURCE_ROOT          check every #include, and the picture in docs/architecture
    includes.py SOURCE_ROOT --dot    print the picture's source, for: dot -Tpng
"""
import pathlib
import re
import sys

# A room may use itself and the rooms named here, nothing else.
MAY_USE = {
    "base": "",
    "kernels": "base",
    "signal": "base kernels",
    "split": "base",
    "recording": "base",
    "synthetic": "base signal recording",
    "device": "base kernels",
    "network": "base kernels signal",
    "dataset": "base kernels signal split recording synthetic",
    "trainer": "base kernels split dataset device network",
    "decoder": "base kernels signal recording dataset network",
    "learner": "base kernels dataset device network trainer decoder",
    "report": "base kernels dataset device network trainer decoder",
}
ROOM_OF_HEADER = {"group": "base", "cells": "device", "population": "device", "programming": "device", "provenance": "network", "control": "signal", "montage": "dataset", "bids": "dataset"}  # the other headers are called as their rooms


def includes(source):
    """(line number, room, text) of the includes of a file of lib or include/snnfe."""
    for number, line in enumerate(source.read_text().splitlines(), 1):
        private = re.match(r'\s*#\s*include\s+"([a-z0-9_]+)/[a-z0-9_]+\.h"', line)
        public = re.match(r"\s*#\s*include\s+<snnfe/([a-z0-9_]+)\.h>", line)
        if private:
            yield number, private.group(1), line.strip()
        elif public:
            yield number, ROOM_OF_HEADER.get(public.group(1), public.group(1)), line.strip()


def sources(root):
    for source in sorted((root / "lib").glob("*/*.[ch]")):
        yield source.parent.name, source
    for header in sorted((root / "include/snnfe").glob("*.h")):
        if header.stem != "snnfe":  # includes all others and declares nothing
            yield ROOM_OF_HEADER.get(header.stem, header.stem), header


def reached(room):
    """All rooms that a room uses, directly or not."""
    direct = set(MAY_USE[room].split())
    return direct.union(*(reached(other) for other in direct))


def picture():
    """The law as a graph, without the arrows that others imply."""
    lines = ["digraph rooms {", "    rankdir=BT;", '    node [shape=box, fontname="sans-serif"];']
    for room, may_use in MAY_USE.items():
        for other in sorted(may_use.split()):
            if not any(other in reached(between) for between in may_use.split()):
                lines.append(f"    {room} -> {other};")
    return "\n".join([*lines, "}", ""])


def main():
    root = pathlib.Path(sys.argv[1])
    if "--dot" in sys.argv[2:]:
        print(picture(), end="")
        return 0
    n_files, problems = 0, []
    for room, source in sources(root):
        n_files += 1
        if room not in MAY_USE:
            problems.append(f"{source}: the room {room} is not in the law")
            continue
        allowed = {room, *MAY_USE[room].split()}
        for number, other, text in includes(source):
            if other not in allowed:
                problems.append(f"{source.relative_to(root)}:{number}: {room} may not use {other}: {text}")
    if (root / "docs/architecture/rooms.dot").read_text() != picture():
        problems.append("docs/architecture/rooms.dot is not the law: write it and rooms.png again with --dot")
    print(*problems, sep="\n", end="\n" if problems else "")
    print(f"{n_files} files, {len(problems)} problems")
    return bool(problems) or n_files < 100


sys.exit(main())
