"""Pickling, copying, and how objects print."""

from __future__ import annotations

import copy
import gc
import multiprocessing
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import snnfe
from conftest import SMALL
from snnfe import errors

W = np.linspace(0, 1, 11)
COPIES: list[Callable[[Any], Any]] = [
    copy.copy,
    copy.deepcopy,
    lambda thing: thing.copy(),
    lambda thing: pickle.loads(pickle.dumps(thing)),
    lambda thing: pickle.loads(pickle.dumps(thing, 2)),
]


def half(direction: int, w: float) -> float:
    return 0.5 * (w if direction == snnfe.LTD else 1 - w)


@pytest.mark.parametrize("duplicate", COPIES)
@pytest.mark.parametrize(
    "device",
    [
        lambda: snnfe.Device(),
        lambda: snnfe.Device("dut4", rsd_c2c=0.03, sigma_add=0.01, asymmetry=1.5, bounds=np.full(7, 0.1)),
        lambda: snnfe.Device(
            response="table", table_w=[0, 0.3, 1], table_ltp=[0.2, 0.1, 0], table_ltd=[0, 0.1, 0.2]
        ),
        lambda: snnfe.Device(function=half, rsd_c2c=0.01),
    ],
)
def test_devices(device: Callable[[], snnfe.Device], duplicate: Callable[[Any], snnfe.Device]) -> None:
    first = device()
    second = duplicate(first)
    assert second is not first
    for direction in (snnfe.LTP, snnfe.LTD):
        assert (second.pulse(direction, W, seed=3) == first.pulse(direction, W, seed=3)).all()
    assert repr(second) == repr(first)
    first.close()
    assert second.response(snnfe.LTP, W).shape == W.shape


def test_devices_from_files_and_of_closures(tmp_path: Any) -> None:
    snnfe.Device("dut3").save(tmp_path / "d.json")
    loaded = snnfe.Device.load(tmp_path / "d.json")
    assert (copy.deepcopy(loaded).response(0, W) == loaded.response(0, W)).all()
    with pytest.raises((AttributeError, pickle.PicklingError)):
        pickle.dumps(snnfe.Device(function=lambda direction, w: 0.1))


@pytest.mark.parametrize("duplicate", COPIES)
def test_data_sets(synthetic: snnfe.Dataset, duplicate: Callable[[Any], snnfe.Dataset]) -> None:
    again = duplicate(synthetic)
    assert (again.trials == synthetic.trials).all() and again.info == synthetic.info
    assert again.channel_names == synthetic.channel_names and again.class_names == synthetic.class_names
    again.normalize([1])  # the sums of every subject came along, and the copy is one's own
    assert not (again.trials == synthetic.trials).all()


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_what_cannot_be_copied_says_so(
    small_data: snnfe.Dataset, duplicate: Callable[[Any], Any], capfd: pytest.CaptureFixture[str]
) -> None:
    network = snnfe.Network(**SMALL)
    trainer = snnfe.Trainer(network)
    for thing in (trainer, snnfe.Decoder(network), snnfe.Learner(network)):
        with pytest.raises(TypeError, match=f"a {type(thing).__name__} cannot be pickled or copied: "):
            duplicate(thing)
    with pytest.raises(TypeError, match="memory of the C library"):
        duplicate(trainer._open_handle())
    gc.collect()
    assert "Exception ignored" not in capfd.readouterr().err


def test_closed_objects_are_not_copied() -> None:
    device = snnfe.Device()
    device.close()
    with pytest.raises(errors.StateError, match="this Device is closed"):
        copy.deepcopy(device)


def _amplitude(device: snnfe.Device) -> float:
    return float(device.options["amplitude"][0])


def test_devices_go_to_other_processes() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(_amplitude, [snnfe.Device("dut4")]) == [_amplitude(snnfe.Device("dut4"))]


def test_results_print_in_a_line(small_data: snnfe.Dataset, network: snnfe.Network) -> None:
    evaluation = snnfe.evaluate(network, small_data)
    assert "of 60 trials correct" in repr(evaluation) and "array" not in repr(evaluation)
    assert "no trials" in repr(snnfe.evaluate(network, small_data, []))
    trained = snnfe.pretrain(small_data, range(40), range(40, 60), network=SMALL, n_epochs=2)
    assert repr(trained).startswith("<Trained: 2 epochs, loss ") and "validation accuracy" in repr(trained)
    assert "nan" not in repr(trained) and "test accuracy" not in repr(trained)
    personal = snnfe.personalize(network, small_data, n_epochs=1, n_folds=2, keep_networks=True)
    assert repr(personal).startswith("<Personalized: 3 subjects in 2 folds, mean accuracy")
    assert repr(snnfe.personalize(network, small_data, [])) == "<Personalized: no subjects>"
    split = snnfe.split.holdout(small_data.labels)
    assert repr(split) == "<Split: 48 train, 12 validate>"
    zeros = np.zeros(500, np.float32)
    step = snnfe.Device().step(zeros, zeros, zeros)
    for thing in (evaluation, trained, personal, split, step, small_data, network, snnfe.Device()):
        assert len(repr(thing)) < 250 and "\n" not in repr(thing), thing


def test_unknown_names_are_errors_of_the_package() -> None:
    with pytest.raises(errors.NotFoundError, match="no options are called 'nothing'; there are those of"):
        snnfe.defaults("nothing")
    with pytest.raises(errors.ArgumentError, match="schedule must be one of"):
        snnfe.Trainer(snnfe.Network(**SMALL), schedule="linear")
    with pytest.raises(TypeError, match="named by a text"):
        snnfe.Network(**SMALL)[3]  # type: ignore[index]
