"""What is written: links stay, modes are kept, devices and pipes are written in place."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import snnfe
from snnfe import checkpoints, errors
from snnfe._files import kind_of
from snnfe.audit.__main__ import _networks

SMALL = {"conv1_channels": 2, "conv2_channels": 2, "conv3_channels": 2, "n_hidden": 4}


def _save(path: Path) -> None:
    snnfe.Network(**SMALL).save(path)  # type: ignore[arg-type]


def _save_pth(path: Path) -> None:
    checkpoints.save_pth(snnfe.Network(**SMALL), path)  # type: ignore[arg-type]


def _save_figure(path: Path) -> None:
    style = pytest.importorskip("snnfe.figures.style")
    made, _ = style.figure()
    style.save(made, path.parent, path.stem, [path.suffix[1:]])


WRITERS = {"network.safetensors": _save, "network.pth": _save_pth, "figure.svg": _save_figure}


@pytest.mark.parametrize("name", WRITERS)
def test_link_stays_and_mode_is_kept(name: str, tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / name
    target.write_bytes(b"old")
    target.chmod(0o600)
    link.symlink_to("target")
    WRITERS[name](link)
    assert link.is_symlink()
    assert target.stat().st_size > 3
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(os.listdir(tmp_path)) == sorted([name, "target"])


@pytest.mark.parametrize("name", WRITERS)
def test_pipe_is_written_in_place(name: str, tmp_path: Path) -> None:
    pipe, read = tmp_path / name, []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    WRITERS[name](pipe)
    reader.join()
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert len(read[0]) > 100


@pytest.mark.parametrize("save", [_save, _save_pth])
def test_pipe_without_reader_does_not_hang(save: Callable[[Path], None], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(errors.FileError, match="nobody reads"):
        save(tmp_path / "pipe")
    assert os.listdir(tmp_path) == ["pipe"]


@pytest.mark.parametrize("save", [_save, _save_pth])
def test_longest_name(save: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / ("x" * 255)
    save(path)
    assert path.stat().st_size > 100


def test_longest_paths(tmp_path: Path) -> None:
    """Messages of the library and of the package come to their end."""
    deep = str(tmp_path)
    while len(deep) < 3700:
        deep += "/" + 200 * "x"
    os.makedirs(deep)
    missing, wrong = Path(deep) / "missing", Path(deep) / "wrong.edf"
    wrong.write_bytes(b"0       " + 300 * b"x")
    with pytest.raises(errors.FileError, match=r"/missing: cannot open: No such file or directory$"):
        snnfe.Network.load(missing)
    with pytest.raises(errors.FormatError, match=r"/wrong.edf: number of signals is .*, not a number$"):
        snnfe.Recording.open(wrong)
    for save in (_save, _save_pth):
        with pytest.raises(errors.FileError, match=r"/none/out: .*No such file or directory$"):
            save(Path(deep) / "none" / "out")


@pytest.mark.parametrize("save", [_save, _save_pth])
def test_full_device(save: Callable[[Path], None]) -> None:
    with pytest.raises(errors.FileError, match="/dev/full"):
        save(Path("/dev/full"))
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


def test_headers_are_not_followed_down(tmp_path: Path) -> None:
    header = b'{"a":' * 200_000
    path = tmp_path / "deep"
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    assert kind_of(path) is None
    with pytest.raises(snnfe.SnnfeError):
        snnfe.Network.load(path)


def test_networks_of_two_runs(tmp_path: Path) -> None:
    network = snnfe.Network(**SMALL)  # type: ignore[arg-type]
    for fold, run in ((1, 0xA), (2, 0xB)):
        network.origin = snnfe.Origin(run_hash=run)
        network.save(tmp_path / f"model_fold{fold}.safetensors")
    with pytest.raises(snnfe.errors.FormatError, match="several runs: 000000000000000a, 000000000000000b"):
        _networks([str(tmp_path)])
    (tmp_path / "manifest.json").write_text('{"run": "000000000000000a"}')
    assert list(_networks([str(tmp_path / "model_fold1.safetensors")]))
    with pytest.raises(snnfe.errors.FormatError, match="fold2.safetensors is of run 000000000000000b, .*manifest"):
        _networks([str(tmp_path / "model_fold2.safetensors")])
