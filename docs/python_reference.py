"""Write the page of the Python package's public names from their docstrings.

python_reference.py PACKAGE_DIR OUTPUT.md

The source is read, not imported: neither the library nor any package has to be there.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

# Modules in the order of the page.
MODULES = [
    "__init__",
    "dataset",
    "dataset_options",
    "recording",
    "signal",
    "synthetic",
    "split",
    "network",
    "device",
    "device_options",
    "transfer",
    "characterization",
    "population",
    "trainer",
    "stages",
    "evaluation",
    "decoder",
    "control",
    "options",
    "errors",
    "_callbacks",
    "checkpoints",
    "mne_bridge",
    "montage",
    "sklearn_bridge",
    "frames",
    "figures",
    "audit",
    "benchmark",
    "calibration",
    "learner",
    "report",
    "provenance",
]
# Special methods that the page has, and what they are called there.
HEADINGS = {"__init__": "Constructor", "__getitem__": "[name]", "__setitem__": "[name] = values"}
# What private modules have for everybody.
EXPORTED = {"Progress"}


def escaped(text: str) -> str:
    """Text that Doxygen shows as it is."""
    for character in "\\@#<>":
        text = text.replace(character, "\\" + character)
    # An apostrophe would end code between single backquotes.
    text = re.sub(r"`[^`]+`", lambda code: f"`{code[0]}`" if "'" in code[0] else code[0], text)
    return text.replace("…", "&hellip;")


def paragraphs(node: ast.AST) -> str:
    return escaped(ast.get_docstring(node) or "") + "\n"  # type: ignore[arg-type]


def signature(function: ast.FunctionDef) -> str:
    """`name(arguments) -> result` without `self` and `cls`."""
    arguments = function.args
    if arguments.args and arguments.args[0].arg in ("self", "cls"):
        arguments.args.pop(0)
    result = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    return f"{function.name}({ast.unparse(arguments)}){result}"


def is_public(name: str) -> bool:
    return not name.startswith("_") or name in HEADINGS


def is_property(function: ast.FunctionDef) -> bool:
    return any(isinstance(d, ast.Name) and d.id == "property" for d in function.decorator_list)


def of_function(function: ast.FunctionDef, level: str) -> str:
    if not ast.get_docstring(function):
        return ""
    shown = function.name if is_property(function) else signature(function)
    return f"{level} {escaped(HEADINGS.get(function.name, function.name))}\n\n~~~{{.py}}\n{shown}\n~~~\n\n{paragraphs(function)}\n"


def of_fields(node: ast.ClassDef) -> str:
    """Annotated fields with the text below each, as a list."""
    lines = []
    for member, text in zip(node.body, [*node.body[1:], None]):
        if (
            isinstance(member, ast.AnnAssign)
            and isinstance(member.target, ast.Name)
            and is_public(member.target.id)
        ):
            told = ""
            if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
                told = ": " + escaped(" ".join(str(text.value.value).split()))
            lines.append(f"- `{member.target.id}` (`{ast.unparse(member.annotation)}`){told}")
    return "\n".join(lines) + "\n\n" if lines else ""


def of_class(node: ast.ClassDef, module: str) -> str:
    parts = [
        f"### {node.name} {{#python_{module.strip('_')}_{node.name}}}\n\n{paragraphs(node)}\n",
        of_fields(node),
    ]
    for member in node.body:
        if isinstance(member, ast.FunctionDef) and is_public(member.name):
            parts.append(of_function(member, "####"))
    return "".join(parts)


def of_module(path: Path, module: str) -> str:
    """Section of a module: its docstring, classes and functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = "snnfe" if module == "__init__" else f"snnfe.{module}"
    heading = "Callbacks" if module.startswith("_call") else name
    parts = [f"## {heading} {{#python_{module.strip('_')}}}\n\n{paragraphs(tree)}\n"]
    for node in tree.body:
        if module == "_callbacks" and getattr(node, "name", "") not in EXPORTED:
            continue
        if isinstance(node, ast.ClassDef) and is_public(node.name):
            parts.append(of_class(node, module))
        elif isinstance(node, ast.FunctionDef) and is_public(node.name):
            parts.append(of_function(node, "###"))
    return "".join(parts)


def of_package(folder: Path) -> str:
    """Section of a package: its docstring, then the classes and functions that it takes from its modules."""
    page = [of_module(folder / "__init__.py", folder.name)]
    for imported in ast.parse((folder / "__init__.py").read_text(encoding="utf-8")).body:
        if not isinstance(imported, ast.ImportFrom) or imported.level != 1 or not imported.module:
            continue
        names = {alias.name for alias in imported.names}
        for node in ast.parse((folder / f"{imported.module}.py").read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name in names:
                page.append(of_class(node, folder.name))
            elif isinstance(node, ast.FunctionDef) and node.name in names:
                page.append(of_function(node, "###"))
    return "".join(page)


def main() -> None:
    """Write the page."""
    package, output = map(Path, sys.argv[1:])
    page = ["# Python reference {#python_reference}\n\n[TOC]\n\n"]
    known = {path.stem if path.is_file() else path.name for path in package.iterdir()}
    forgotten = {name for name in known if not name.startswith("_") and name != "py"} - set(MODULES)
    forgotten -= {"libsnnfe"}
    if forgotten:
        raise SystemExit(f"add to MODULES: {', '.join(sorted(forgotten))}")
    for module in MODULES:
        if (package / module).is_dir():
            page.append(of_package(package / module))
        else:
            page.append(of_module(package / f"{module}.py", module))
    output.write_text("".join(page), encoding="utf-8")


if __name__ == "__main__":
    main()
