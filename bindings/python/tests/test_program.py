"""What the programs `python -m snnfe.…` share: their lists, the files they take, how they end."""

from __future__ import annotations

from pathlib import Path

import pytest

import snnfe
from snnfe import _program, _words, errors


def test_lists() -> None:
    assert _program.words(" C3, Cz,,C4") == ["C3", "Cz", "C4"]
    assert _program.labels("1-3,15,anna") == ["1", "2", "3", "15", "anna"]
    assert _program.numbers("4,8-10") == [4, 8, 9, 10]
    for text in ("4,x", "3-", "a-b"):
        with pytest.raises(ValueError):
            _program.numbers(text)


def test_counts() -> None:
    assert [_words.counted(n, "trial") for n in (0, 1, 2)] == ["0 trials", "1 trial", "2 trials"]


def test_networks_of_a_path(tmp_path: Path) -> None:
    with pytest.raises(errors.NotFoundError, match="has no network: give a file, or a folder of snnfe-pretrain"):
        _program.network_files(tmp_path)
    snnfe.Network(conv1_channels=4, conv2_channels=4, conv3_channels=4, n_hidden=4).save(tmp_path / "b.safetensors")
    (tmp_path / "a.csv").write_text("no network")
    assert _program.network_files(tmp_path) == [tmp_path / "b.safetensors"]
    assert _program.network_files(tmp_path / "a.csv") == [tmp_path / "a.csv"]


def test_endings(capsys: pytest.CaptureFixture[str]) -> None:
    def failing(error: BaseException) -> None:
        raise error

    assert _program.execute("audit", lambda: None) == 0
    assert _program.execute("audit", lambda: failing(OSError("no \x1b[2J file"))) == 1
    assert _program.execute("audit", lambda: failing(KeyboardInterrupt()), interrupted="go on in \x07") == 130
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "snnfe.audit: no \\x1b[2J file",
        "snnfe.audit: interrupted; go on in \\x07",
    ]
    with pytest.raises(ValueError):
        _program.execute("audit", lambda: failing(ValueError()))
    assert _program.execute("benchmark", lambda: failing(ValueError()), expected=(ValueError,)) == 1
