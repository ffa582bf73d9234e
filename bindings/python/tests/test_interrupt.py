"""Progress, cancelling and Ctrl-C."""

from __future__ import annotations

import logging
import os
import signal
from pathlib import Path

import numpy as np
import pytest

import snnfe
from conftest import SMALL
from snnfe import errors
from snnfe._callbacks import _numbers


def _trained_a_little(network: snnfe.Network, before: dict[str, np.ndarray], data: snnfe.Dataset) -> None:
    assert any((network[name] != values).any() for name, values in before.items())
    assert np.isfinite(network.evaluate(data.grid())).all()
    snnfe.Trainer(network, n_epochs=1).run(data, range(60))


def test_interrupt_stops_training_and_leaves_a_valid_network(
    small_data: snnfe.Dataset, network: snnfe.Network
) -> None:
    def press(progress: snnfe.Progress) -> None:
        if progress.epoch == 2:
            os.kill(os.getpid(), signal.SIGINT)

    before = network.state_dict()
    handler = signal.getsignal(signal.SIGINT)
    trainer = snnfe.Trainer(network, n_epochs=50, batch_size=16, progress=press)
    with pytest.raises(KeyboardInterrupt):
        trainer.run(small_data, range(60))
    assert signal.getsignal(signal.SIGINT) is handler
    assert len(trainer.epoch_log) == 1
    trainer.close()
    _trained_a_little(network, before, small_data)


def test_interrupt_without_a_progress_function(small_data: snnfe.Dataset, network: snnfe.Network) -> None:
    import threading

    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        timer.start()
        snnfe.Trainer(network, n_epochs=100000, batch_size=4).run(small_data, range(60))
    timer.join()


def test_true_stops(small_data: snnfe.Dataset, network: snnfe.Network) -> None:
    before = network.state_dict()
    trainer = snnfe.Trainer(network, n_epochs=5, batch_size=16, progress=lambda p: p.done >= 32)
    with pytest.raises(errors.CancelledError):
        trainer.run(small_data, range(60))
    _trained_a_little(network, before, small_data)


def test_exceptions_of_progress_functions_come_out(small_data: snnfe.Dataset, network: snnfe.Network) -> None:
    def fail(_: snnfe.Progress) -> None:
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        snnfe.evaluate(network, small_data, progress=fail)
    with pytest.raises(ZeroDivisionError, match="mine"):
        snnfe.Dataset.synthesize({"n_subjects": 1}, progress=fail)


def test_progress_reports_the_course(small_data: snnfe.Dataset, network: snnfe.Network) -> None:
    seen: list[snnfe.Progress] = []
    trainer = snnfe.Trainer(network, n_epochs=2, batch_size=30, progress=seen.append)
    trainer.run(small_data, range(40), range(40, 50))
    training = [p for p in seen if p.phase == "train"]
    assert {p.epoch for p in training} == {1, 2}
    assert training[-1].done == training[-1].total and np.isfinite(training[-1].loss)


def test_bar(small_data: snnfe.Dataset, network: snnfe.Network, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    snnfe.evaluate(network, small_data, progress=True)
    assert "60/60" in capsys.readouterr().err


def test_silent_by_default(
    small_data: snnfe.Dataset, network: snnfe.Network, capfd: pytest.CaptureFixture[str]
) -> None:
    snnfe.evaluate(network, small_data)
    assert capfd.readouterr() == ("", "")


def test_messages_go_to_the_logger(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    snnfe.write_synthetic(tmp_path, n_subjects=1, runs=[4])
    with caplog.at_level(logging.INFO, "snnfe"):
        data = snnfe.Dataset.open(tmp_path, runs=[4, 8], statistics_runs=[4], missing="skip")
    assert any("S001R08" in path for path in data.missing)
    assert any("S001R08" in record.getMessage() for record in caplog.records)


def test_ctrl_c_says_how_to_go_on(small_data: snnfe.Dataset, network: snnfe.Network, tmp_path: Path) -> None:
    def press(progress: snnfe.Progress) -> None:
        if progress.epoch == 2:
            os.kill(os.getpid(), signal.SIGINT)

    path = tmp_path / "state.safetensors"
    options = {"network": SMALL, "n_epochs": 3, "batch_size": 16, "checkpoint_path": path}
    with pytest.raises(KeyboardInterrupt, match="resume=True goes on") as stopped:
        snnfe.pretrain(small_data, range(60), progress=press, **options)
    assert str(path) in str(stopped.value)
    again = snnfe.pretrain(small_data, range(60), resume=True, **options)
    assert len(again.epoch_log) == 3
    with pytest.raises(KeyboardInterrupt, match="only a checkpoint_path"):
        snnfe.Trainer(network, n_epochs=5, batch_size=16, progress=press).run(small_data, range(60))


def test_bars_show_no_accuracy_that_there_is_not() -> None:
    first = snnfe.Progress("train", 1, 2, 1, 0.7, float("nan"))
    assert _numbers(first) == {"epoch": "1", "loss": "0.700"}
    assert _numbers(snnfe.Progress("train", 1, 2, 1, 0.7, 0.5))["accuracy"] == "0.500"
