"""Calibration curves, and from one session to the next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import snnfe
from snnfe import calibration, errors
from snnfe.calibration import __main__ as program

ONE_EPOCH: snnfe.trainer.TrainerOptions = {"n_epochs": 1, "n_threads": 1}


@pytest.fixture(scope="module")
def people() -> Iterator[snnfe.Dataset]:
    """Four people, 12 trials in each of two runs; of the last one, classes are the other way round."""
    rng = np.random.default_rng(3)
    subjects, runs = np.repeat([1, 2, 3, 4], 24), np.tile(np.repeat([1, 101], 12), 4)
    labels = np.tile([0, 1], 48)
    trials = rng.normal(size=(96, 64, 20)).astype(np.float32)
    trials[np.where(subjects == 4, 1 - labels, labels) == 1, :32] += 1.5
    onsets = np.tile(np.arange(12)[::-1], 8) * 100
    with snnfe.Dataset.from_arrays(trials, labels, subjects=subjects, runs=runs, onsets=onsets) as data:
        yield data


@pytest.fixture(scope="module")
def network(people: snnfe.Dataset) -> Iterator[snnfe.Network]:
    sizes: snnfe.options.NetworkOptions = {
        "conv1_channels": 4, "conv2_channels": 8, "conv3_channels": 8, "n_hidden": 16, "dropout": 0.0
    }
    trained = snnfe.pretrain(
        people, people.subjects <= 2, network=sizes, n_epochs=12, batch_size=8, learning_rate=3e-3, n_threads=1
    )
    with trained.network as made:
        yield made


def test_a_curve(people: snnfe.Dataset, network: snnfe.Network) -> None:
    found = calibration.curve(network, people, [0, 8, 16], subjects=[3, 4], device=None, learning_rate=3e-3, n_epochs=8)
    assert found.accuracies.shape == (2, 3) and found.n_test.tolist() == [8, 8]
    assert found.accuracies[0].min() > 0.8, "a person like the others needs no calibration"
    assert found.accuracies[1, 0] < 0.2 < found.accuracies[1, 2], "one who is not is met by it"
    assert str(found.intervals()[0]).startswith(f"{100 * found.accuracies[:, 0].mean():.1f} %")
    assert found.gains()[0].value == 0
    table = np.genfromtxt(found.table().splitlines(), delimiter=",", names=True)
    assert table["subject"].tolist() == [3, 3, 3, 4, 4, 4] and table["n_calibration"].tolist() == [0, 8, 16] * 2
    np.testing.assert_allclose(table["accuracy"], found.accuracies.ravel(), atol=1e-6)


def test_trials_count_in_time(people: snnfe.Dataset, network: snnfe.Network) -> None:
    """The first labeled trials are those recorded first, and all sizes are tested on the same later ones."""
    found = calibration.curve(network, people, [0, 20], subjects=[3], **ONE_EPOCH)
    own = np.flatnonzero(people.subjects == 3)
    later = own[np.lexsort((people.onsets[own], people.runs[own]))][20:]
    assert people.runs[later].tolist() == [101] * 4 and people.onsets[later].tolist() == [800, 900, 1000, 1100]
    assert found.accuracies[0, 0] == snnfe.evaluate(network, people, later).accuracy
    again = calibration.curve(network, people, [0, 20], subjects=[3], **ONE_EPOCH)
    assert (again.accuracies == found.accuracies).all()
    drawn = calibration.curve(network, people, [0, 20], subjects=[3], n_draws=3, **ONE_EPOCH)
    np.testing.assert_allclose(drawn.accuracies * 12, (drawn.accuracies * 12).round(), atol=1e-9)


def test_people_that_are_known_are_refused(people: snnfe.Dataset, network: snnfe.Network) -> None:
    with pytest.raises(errors.OverlapError, match="trials of subject 1 trained the network"):
        calibration.curve(network, people, [0, 5])
    others = snnfe.Network(**{k: v for k, v in network.options.items() if k in snnfe.defaults("network")})
    assert calibration.strangers([network, others], people) == {1: others, 2: others, 3: network, 4: network}
    with pytest.raises(errors.ArgumentError, match="subject 3 has 24 trials, so none is left to test after 40"):
        calibration.curve(network, people, subjects=[3])
    with pytest.raises(errors.ArgumentError, match="sizes is empty"):
        calibration.curve(network, people, [], subjects=[3])


def test_from_one_session_to_the_next(people: snnfe.Dataset, network: snnfe.Network) -> None:
    options: snnfe.trainer.TrainerOptions = {"device": None, "learning_rate": 3e-3, "n_epochs": 8}
    found = calibration.across_sessions(network, people, subjects=[3, 4], **options)
    assert found.accuracies.shape == (2, 4) and found.n_calibration.tolist() == found.n_test.tolist() == [12, 12]
    as_it_is, calibrated, on_line, both = found.accuracies[1]
    assert as_it_is < 0.2 < min(calibrated, both) and as_it_is <= on_line
    assert found.accuracies[0].min() > 0.8
    assert calibration.sessions_of(people).tolist() == [1] * 12 + [2] * 12 + calibration.sessions_of(people)[24:].tolist()
    assert list(found.intervals()) == ["as it is", "calibrated", "on line", "calibrated, on line"]
    assert found.table().count("\n") == 9
    with pytest.raises(errors.ArgumentError, match="has 24 trials of the first session and 0 of the second"):
        calibration.across_sessions(network, people, np.ones(96, int), subjects=[3])
    with pytest.raises(errors.ArgumentError, match="an entry for each of 96 trials"):
        calibration.across_sessions(network, people, [1, 2], subjects=[3])


def test_the_program(
    people: snnfe.Dataset, network: snnfe.Network, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people.save(tmp_path / "data.safetensors")
    network.save(tmp_path / "net.safetensors")
    given = [str(tmp_path / "data.safetensors"), "-o", str(tmp_path / "out"), "--network", str(tmp_path)]
    quick = ["--sizes", "0,4", "--subjects", "3,4", "--epochs", "1", "--threads", "1"]
    assert program.main([*given, *quick]) == 0
    told = capsys.readouterr()
    assert "4 labeled trials: " in told.out and "calibrated, on line: " in told.out and "subject 4 (2 of 2)" in told.err
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {f"{name}.{kind}" for name in ("calibration", "sessions") for kind in ("csv", "svg", "png")}
    assert program.main([*given, "--subjects", "1"]) == 1
    assert "snnfe.calibration: trials of subject 1 trained the network" in capsys.readouterr().err
    assert program.main([*given, *quick, "--first", "1"]) == 1
    assert "--first and --second belong together" in capsys.readouterr().err
    empty = tmp_path / "empty"
    empty.mkdir()
    assert program.main([given[0], "-o", str(tmp_path / "out"), "--network", str(empty)]) == 1
    assert "has no network" in capsys.readouterr().err
