"""A missing or another library: import errors that say what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from snnfe import _library


def _import_with(library: Path) -> str:
    environment = dict(os.environ, SNNFE_LIBRARY=str(library))
    done = subprocess.run(
        [sys.executable, "-c", "import snnfe"], env=environment, capture_output=True, text=True
    )
    assert done.returncode != 0
    return done.stderr


def _fake(tmp_path: Path, source: str) -> Path:
    compiler = shutil.which("cc")
    assert compiler, "this test needs a C compiler"
    library = tmp_path / "libfake.so"
    (tmp_path / "fake.c").write_text(source)
    subprocess.run([compiler, "-shared", "-fPIC", tmp_path / "fake.c", "-o", library], check=True)
    return library


def test_missing_library(tmp_path: Path) -> None:
    message = _import_with(tmp_path / "libsnnfe.so")
    assert "cannot be loaded" in message and "SNNFE_LIBRARY" in message and "pip install" in message


def test_another_library(tmp_path: Path) -> None:
    assert "is not libsnnfe" in _import_with(_fake(tmp_path, "int x;"))


def test_library_of_another_abi(tmp_path: Path) -> None:
    message = _import_with(_fake(tmp_path, "unsigned snnfe_version(void) { return 10000; }"))
    assert "is libsnnfe 1.0, but this package needs 0.1" in message


def test_older_library(tmp_path: Path) -> None:
    message = _import_with(_fake(tmp_path, "unsigned snnfe_version(void) { return 100; }"))
    assert "lacks snnfe_status_name: it is older than this package" in message


def test_library_for_another_processor(tmp_path: Path) -> None:
    library = _fake(tmp_path, "int x;")
    content = bytearray(library.read_bytes())
    assert content.startswith(b"\x7fELF")
    content[18:20] = (0x1234).to_bytes(2, sys.byteorder)
    library.write_bytes(content)
    assert "It is for another processor than this Python's" in _import_with(library)


def test_library_without_its_blas(tmp_path: Path) -> None:
    blas, library = tmp_path / "libopenblas.so.0", tmp_path / "libneedy.so"
    (tmp_path / "needy.c").write_text("int cblas(void); int x(void) { return cblas(); }")
    (tmp_path / "blas.c").write_text("int cblas(void) { return 0; }")
    compiler = shutil.which("cc")
    assert compiler, "this test needs a C compiler"
    build = [compiler, "-shared", "-fPIC"]
    soname = "-Wl,-soname,libopenblas_of_no_system.so.0"
    subprocess.run([*build, soname, tmp_path / "blas.c", "-o", blas], check=True)
    subprocess.run([*build, tmp_path / "needy.c", blas, "-o", library], check=True)
    message = _import_with(library)
    assert "libopenblas is missing" in message and "apt-get install libopenblas0" in message


def test_versions() -> None:
    _library.check_version(100, "x")
    _library.check_version(203, "x")
    for version in (1, 10100):
        with pytest.raises(ImportError):
            _library.check_version(version, "x")


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("libopenblas.so.0: cannot open shared object file", "apt-get install libopenblas0"),
        ("/lib/libc.so.6: version `GLIBC_2.34' not found", "build the package here"),
        ("x/libsnnfe.so.0: invalid ELF header", "for another processor"),
        ("libsnnfe.so.0: cannot open shared object file", "Install libsnnfe"),
    ],
)
def test_what_to_do(said: str, advice: str) -> None:
    assert advice in _library._advice([f"libsnnfe.so.0: {said}"])
