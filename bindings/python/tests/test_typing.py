"""The package passes mypy's strict mode, and everything public has a docstring."""

from __future__ import annotations

import ast
import graphlib
import importlib
import inspect
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import snnfe

PACKAGE = Path(__file__).resolve().parents[1]


def test_mypy_strict(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", tmp_path],
        cwd=PACKAGE,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert (PACKAGE / "snnfe" / "py.typed").exists()


def _public_modules() -> list[str]:
    names = [m.name for m in pkgutil.walk_packages(snnfe.__path__, "snnfe.")]
    return ["snnfe"] + [name for name in names if not any(part.startswith("_") for part in name.split("."))]


def test_everything_public_has_a_docstring() -> None:
    bare = []
    for module_name in _public_modules():
        module = importlib.import_module(module_name)
        if not module.__doc__:
            bare.append(module_name)
        for name, thing in vars(module).items():
            if name.startswith("_") or getattr(thing, "__module__", None) != module_name:
                continue
            if inspect.isclass(thing) or inspect.isfunction(thing):
                if not thing.__doc__:
                    bare.append(f"{module_name}.{name}")
                for member, function in vars(thing).items() if inspect.isclass(thing) else ():
                    documented = inspect.getdoc(getattr(thing, member, None))
                    public = not member.startswith("_") and (
                        inspect.isfunction(function) or isinstance(function, property | classmethod)
                    )
                    if public and not documented:
                        bare.append(f"{module_name}.{name}.{member}")
    assert not bare


def _imported(path: Path) -> set[str]:
    """Files of the package that a file imports, for types, too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            found |= {node.module} if node.module else {name.name for name in node.names}
    return {name for name in found if path.with_name(f"{name}.py").exists()}


def test_imports_have_no_circle() -> None:
    files = [path for path in (PACKAGE / "snnfe").glob("*.py") if path.stem != "__init__"]
    order = graphlib.TopologicalSorter({path.stem: _imported(path) for path in files})
    assert len(list(order.static_order())) == len(files)


def test_all_is_complete() -> None:
    modules = {"errors", "split"}
    public = {
        name
        for name, thing in vars(snnfe).items()
        if not name.startswith("_") and (name in modules or not inspect.ismodule(thing))
    }
    assert public == set(snnfe.__all__)
