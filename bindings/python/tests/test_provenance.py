"""What networks know of their past, and what they refuse because of it."""

from __future__ import annotations

import copy
import logging
import pickle
from pathlib import Path

import numpy as np
import pytest

import snnfe
from conftest import SMALL
from snnfe import errors


@pytest.fixture
def trained(small_data: snnfe.Dataset) -> snnfe.Network:
    made = snnfe.pretrain(
        small_data, range(20), range(20, 30), range(30, 40), network=SMALL, n_epochs=1, batch_size=8
    )
    return made.network


def test_training_is_written_down(trained: snnfe.Network, small_data: snnfe.Dataset) -> None:
    ids = small_data.trial_ids
    assert ids.dtype == np.uint64 and len(np.unique(ids)) == 60
    for use, part in (("trained", slice(0, 20)), ("validated", slice(20, 30)), ("tested", slice(30, 40))):
        told = trained.trials(use)
        assert (told.ids == np.sort(ids[part])).all()
        assert set(told.subjects) == set(small_data.subjects[part])
    assert repr(trained.trials()) == "<Trials: 20 of 1 subject>"
    assert trained.signal is not None and trained.signal.sampling_rate_hz == 160
    assert trained.signal.channel_names is not None and len(trained.signal.channel_names) == 64
    assert trained.signal.class_names is None and trained.signal.filter_kind == "unknown"
    assert not trained.origin.incomplete
    with pytest.raises(ValueError, match="must be one of trained, validated, tested"):
        trained.trials("seen")


def test_copies_files_and_pickles_keep_it(trained: snnfe.Network, tmp_path: Path) -> None:
    trained.origin = snnfe.Origin(fold=2, n_folds=5, run_hash=2**64 - 1)
    trained.save(tmp_path / "n.safetensors")
    for other in (
        trained.copy(),
        copy.deepcopy(trained),
        pickle.loads(pickle.dumps(trained)),
        snnfe.Network.load(tmp_path / "n.safetensors"),
    ):
        assert other.origin == trained.origin
        assert other.signal is not None and trained.signal is not None
        assert other.signal.channel_names == trained.signal.channel_names
        assert (other.signal.channel_rows == trained.signal.channel_rows).all()
        for use in ("trained", "validated", "tested"):
            assert (other.trials(use).ids == trained.trials(use).ids).all()


def test_trained_trials_are_refused(trained: snnfe.Network, small_data: snnfe.Dataset) -> None:
    assert snnfe.evaluate(trained, small_data, range(20, 60)).n_seen == 0
    with pytest.raises(errors.OverlapError, match="20 of 60 evaluated trials, the first of subject 1"):
        snnfe.evaluate(trained, small_data)
    insisted = snnfe.evaluate(trained, small_data, allow_seen=True)
    assert insisted.n_seen == 20 and "20 of them trained the network" in repr(insisted)
    assert (snnfe.seen(trained, small_data) == (np.arange(60) < 20)).all()
    assert (snnfe.seen(trained, small_data, [25, 3]) == [False, True]).all()
    assert (snnfe.seen(trained, small_data, small_data.subjects == 1)).all()
    with pytest.raises(errors.OverlapError):
        snnfe.evaluate_by_subject(trained, small_data)
    folds = snnfe.evaluate_by_subject(trained, small_data, allow_seen=True)
    assert folds["n_seen"][0].sum() == 20 and folds["n_seen"][1:].sum() == 0
    with pytest.raises(errors.OverlapError):
        snnfe.personalize(trained, small_data, [1], n_epochs=1)
    assert snnfe.personalize(trained, small_data, [2], n_epochs=1).results["n_seen"].sum() == 0
    with pytest.raises(errors.OverlapError, match="test trials"):
        snnfe.Trainer(trained, n_epochs=1).run(small_data, range(30, 40), test=range(10))


def test_training_elsewhere_can_be_told(network: snnfe.Network, small_data: snnfe.Dataset) -> None:
    assert network.signal is None and len(network.trials()) == 0
    network.add_trials("trained", small_data.trial_ids[:3], small_data.subjects[:3])
    network.describe(small_data)
    with pytest.raises(errors.OverlapError, match="3 of 60"):
        snnfe.evaluate(network, small_data)
    restored = snnfe.Network.from_state_dict(network.state_dict())
    assert restored.origin.incomplete and len(restored.trials()) == 0


def test_data_of_another_kind_are_refused(
    trained: snnfe.Network, small_data: snnfe.Dataset, caplog: pytest.LogCaptureFixture
) -> None:
    other = snnfe.Dataset.from_arrays(small_data.trials + 1, small_data.labels, sampling_rate_hz=128.0)
    with pytest.raises(errors.ShapeError, match="the sampling rate is 128 Hz in the data set, 160 Hz"):
        snnfe.evaluate(trained, other)
    with caplog.at_level(logging.WARNING, "snnfe"):
        snnfe.evaluate(trained, other, allow_mismatch=True)
    assert "the sampling rate is 128 Hz" in caplog.text
    trained.signal = None
    snnfe.evaluate(trained, other)
