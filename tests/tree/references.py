#!/usr/bin/env python3
"""References lead somewhere, and what Doxygen would take for something else is not there: `docs/spec.md N.M` to a section, `@ref name` to an anchor, links of pages to files and headings, paths in backquotes to files.

    references.py SOURCE_ROOT
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
pages = {page: page.read_text() for page in [*root.glob("*.md"), *root.glob("docs/*.md")]}
sources = {
    path: path.read_text()
    for folder in ("include", "lib", "programs", "examples", "tests", "bindings")
    for path in (root / folder).rglob("*")
    if path.suffix in (".c", ".h", ".py", ".sh", ".cpp") and path.is_file()
}
headers = {path: text for path, text in sources.items() if "include" in path.parts}

sections = set(re.findall(r"^##+ (\d(?:\.\d)?) ", pages[root / "docs/spec.md"], re.M))
anchors = {name for text in pages.values() for name in re.findall(r"\{#([a-z_0-9]+)\}", text)}
# What Doxygen and the reference of the Python package define themselves.
symbols = {name for text in headers.values() for name in re.findall(r"\b(?:snnfe|SNNFE)_[A-Za-z0-9_]+", text)}
anchors |= symbols | {path.name for path in headers} | {"python_reference"}

problems = []


def complain(path, text, position, message):
    line = text.count("\n", 0, position) + 1
    problems.append(f"{path.relative_to(root)}:{line}: {message}")


def check_sections(path, text):
    for match in re.finditer(r"docs/spec\.md,? (\d(?:\.\d)?)", text):
        if match.group(1) not in sections:
            complain(path, text, match.start(), f"docs/spec.md has no section {match.group(1)}")
    for match in re.finditer(r"\bSPEC\b ?\d", text):
        complain(path, text, match.start(), "name a section of docs/spec.md")


def check_anchors(path, text):
    for match in re.finditer(r"[@\\](?:ref|subpage) ([A-Za-z_0-9.]+)", text):
        name = match.group(1).rstrip(".")
        if name not in anchors:
            complain(path, text, match.start(), f"nothing is called {name}")


def check_links(path, text):
    for match in re.finditer(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([A-Za-z_0-9-]+))?\)", text):
        target = (path.parent / match.group(1)) if match.group(1) else path
        if not target.exists():
            complain(path, text, match.start(), f"{match.group(1)} is not there")


def check_paths(path, text):
    """Paths below the folders of the tree, in backquotes."""
    for match in re.finditer(r"`((?:docs|lib|include|programs|examples|tests|bindings|tools)/[\w./-]+)`", text):
        name = match.group(1).rstrip("/.")
        if not (root / name).exists():
            complain(path, text, match.start(), f"{name} is not there")


def check_markdown(path, text):
    """What looks like text and becomes a list, or looks like code and becomes text."""
    prose = re.sub(r"^```.*?^```$", lambda block: re.sub(r"[^\n]", " ", block.group()), text, flags=re.M | re.S)
    last = 0
    for match in re.finditer(r"^ *(\d+)[.)] ", prose, re.M):
        if int(match.group(1)) not in (1, last + 1):
            complain(path, text, match.start(), "a line that begins so becomes a list")
        last = int(match.group(1))
    for block in re.finditer(r"^```.*?^```$", text, re.M | re.S):
        if re.search(r"@(?:ref|subpage)", block.group()):
            complain(path, text, block.start(), "code shows a reference as it stands")
    for match in re.finditer(r"``[^`]+``|`[^`]+`", prose):
        if not match.group().startswith("``") and re.search(r"'\W", match.group()):
            complain(path, text, match.start(), "code with an apostrophe needs two backquotes on each side")


n_references = 0
for path, text in [*pages.items(), *sources.items()]:
    if path.name == pathlib.Path(__file__).name:
        continue
    check_sections(path, text)
    if path.suffix == ".md" or path in headers:
        check_anchors(path, text)
    if path.suffix == ".md":
        check_links(path, text)
        check_paths(path, text)
        check_markdown(path, text)
    n_references += len(re.findall(r"docs/spec\.md|@ref|@subpage", text))

print(*problems, sep="\n", end="\n" if problems else "")
print(f"{len(pages)} pages, {len(sources)} sources, {n_references} references, {len(problems)} problems")
sys.exit(bool(problems) or n_references < 60)
