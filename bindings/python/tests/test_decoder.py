"""Live decoding and learning; reports."""

from __future__ import annotations

import dataclasses
import gc
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import snnfe
from conftest import SMALL
from snnfe import errors

RAW: snnfe.options.DecoderOptions = {"filter_low_hz": 0, "filter_high_hz": 0}


def _samples(n: int) -> np.ndarray:
    return np.random.default_rng(2).normal(size=(n, 64)).astype(np.float32)


def _grid(samples: np.ndarray) -> np.ndarray:
    with snnfe.Dataset.from_arrays(np.ascontiguousarray(samples.T[None]), [0]) as data:
        return data.grid()


def test_decisions_are_the_networks(network: snnfe.Network) -> None:
    decoder = snnfe.Decoder(network, n_history=100, **RAW)
    x = _samples(45)
    for begin in range(0, 45, 7):
        decoder.push(x[begin : begin + 7])
    assert decoder.pending == 2
    for k, decision in enumerate(decoder):
        grid = _grid(x[20 * k : 20 * k + 20])
        assert (decision.logits == network.evaluate(grid)[0]).all()
        assert decision.decided == network.predict(grid)[0] and decision.first_sample == 20 * k
        assert not decision.early and not decision.rejected and decision.n_steps == 20
        assert (decoder.copy_window(decision.first_sample) == grid[0]).all()
    assert decoder.peek()[0] == 5 and "45 samples, 2 decisions" in repr(decoder)
    with pytest.raises(errors.StateError):
        decoder.take()


def test_cues_faults_and_gaps(network: snnfe.Network) -> None:
    decoder = snnfe.Decoder(network, windows="cued", **RAW)
    assert decoder.cue(1) == 0
    x = _samples(20)
    x[3, 5] = np.nan
    decoder.push(x, number=0)
    decision = decoder.take()
    assert decision.label == 1 and decision.faults & 1
    decoder.push(_samples(4), number=22)
    assert decoder.info["n_dropped"] == 2 and decoder.info["n_nonfinite"] == 1
    assert decoder.channel_faults.shape == (64,)


def test_channels_by_name(network: snnfe.Network) -> None:
    names = ["C3", "Cz..", "c4"]
    places: snnfe.options.DecoderOptions = {"channel_rows": [4, 4, 4], "channel_columns": [3, 5, 7]}
    decoder = snnfe.Decoder(network, channel_names=names, **places, **RAW)
    assert decoder.channel_names == ["C3", "CZ", "C4"]
    x = np.random.default_rng(3).normal(size=(40, 5)).astype(np.float32)
    decoder.push(x, channels=["Fz", "C4.", "Status", "Cz", "c3"])
    by_hand = snnfe.Decoder(network, **places, **RAW)
    by_hand.push(np.ascontiguousarray(x[:, [4, 3, 1]]))
    assert [d.confidence for d in decoder] == [d.confidence for d in by_hand]
    assert decoder.match_channels(["C4", "C3", "CZ"]).tolist() == [1, 2, 0]
    with pytest.raises(errors.NotFoundError, match="channel CZ is not among"):
        decoder.push(x[:, :3].copy(), channels=["C3", "C1", "C4"])
    with pytest.raises(errors.ArgumentError, match="C3 is there twice"):
        decoder.push(x[:, :4].copy(), channels=["C3", "Cz", "C4", "C3."])
    with pytest.raises(errors.ShapeError, match=r"\(n, 4\), not \(40, 5\)"):
        decoder.push(x, channels=["C3", "Cz", "C4", "C5"])
    with pytest.raises(TypeError, match="not a text"):
        decoder.match_channels("C3")
    assert by_hand.channel_names == ["", "", ""]
    with pytest.raises(errors.NotFoundError, match="have no names"):
        by_hand.push(x, channels=["Fz", "C4.", "Status", "Cz", "c3"])
    assert snnfe.Decoder(network).channel_names[0] == "FC5"


def test_channels_of_a_dataset(network: snnfe.Network) -> None:
    epochs = np.zeros((2, 3, 20), np.float32)
    with snnfe.Dataset.from_arrays(epochs, [0, 1], channel_rows=[0, 1, 2], channel_columns=[0, 0, 0]) as data:
        decoder = snnfe.Decoder(network, dataset=data)
        assert decoder.channel_names == [name.upper().replace(" ", "") for name in data.channel_names]
    gc.collect()
    assert decoder.match_channels(decoder.channel_names[::-1]).tolist() == [2, 1, 0]


def test_sessions(network: snnfe.Network, tmp_path: Path) -> None:
    x = _samples(60)
    decoder = snnfe.Decoder(network, **RAW)
    decoder.push(x[:45], number=7)
    first = [d.probabilities.tolist() for d in decoder]
    decoder.begin_session()
    cut = decoder.take()
    assert cut.rejected and cut.faults == 64 and cut.session == 0
    decoder.push(x[:45], number=0)
    second = list(decoder)
    assert [d.probabilities.tolist() for d in second] == first
    assert [(d.session, d.source_sample) for d in second] == [(1, 0), (1, 20)]
    decoder.save(tmp_path / "state")
    again = snnfe.Decoder(network, **RAW)
    again.restore(tmp_path / "state")
    again.push(x[:40], number=0)
    assert [d.probabilities.tolist() for d in again if not d.rejected] == first
    assert again.info["n_restarts"] == 1 and again.info["n_repeated"] == 0
    counted = snnfe.Decoder(network, counter_bits=8, **RAW)
    counted.push(x[:40], number=230)
    counted.push(x[40:], number=14)
    assert counted.info["n_wraps"] == 1 and counted.info["n_dropped"] == 0 and counted.pending == 3
    with pytest.raises(errors.ArgumentError, match="8 bits cannot hold"):
        counted.push(x, number=256)


def test_offsets_and_faulty_channels(network: snnfe.Network) -> None:
    x = _samples(400)
    x[:, 8] += 8000
    decoder = snnfe.Decoder(network)
    decoder.push(x)
    assert decoder.info["n_saturated"] == 0 and 0.3 < decoder.info["rms_z"] < 3
    x[::3, 2] = 2e6
    decoder.push(x[:200])
    assert list(decoder)[-1].faulty_channels == ("FC1",)
    strict = snnfe.Decoder(network, range_uv=7000)
    strict.push(x[:100])
    assert strict.info["n_saturated"] >= 100 and np.isnan(strict.info["rms_z"])
    unnamed = snnfe.Decoder(network, channel_rows=[0, 0], channel_columns=[0, 1])
    unnamed.push(np.full((20, 2), np.nan, np.float32))
    assert unnamed.take().faulty_channels == ("channel 0", "channel 1")


def test_bad_samples(network: snnfe.Network) -> None:
    decoder = snnfe.Decoder(network, **RAW)
    with pytest.raises(TypeError, match="float32, not of float64"):
        decoder.push(np.zeros((2, 64)))
    with pytest.raises(errors.ShapeError, match=r"\(n, 64\), not \(2, 63\)"):
        decoder.push(np.zeros((2, 63), np.float32))
    decoder.close()
    with pytest.raises(errors.StateError, match="closed"):
        decoder.push(_samples(1))


def test_networks_of_a_decoder_live_as_long(network: snnfe.Network) -> None:
    decoder = snnfe.Decoder(network, **RAW)
    network.close()
    gc.collect()
    decoder.push(_samples(10))
    other = snnfe.Network(**SMALL, seed=9)
    decoder.offer(other)
    other.close()
    gc.collect()
    decoder.push(_samples(40))
    assert decoder.pending == 2
    with pytest.raises(errors.ShapeError):
        decoder.offer(snnfe.Network(**{**SMALL, "n_hidden": 16}))


def test_state_files(network: snnfe.Network, tmp_path: Path) -> None:
    x = _samples(50)
    whole, first, second = (snnfe.Decoder(network, **RAW) for _ in range(3))
    whole.push(x)
    first.push(x[:25])
    first.save(tmp_path / "state.safetensors")
    second.restore(tmp_path / "state.safetensors")
    second.push(x[25:])
    assert [d.confidence for d in whole] == [d.confidence for d in second]
    first.reset()
    assert first.info["n_samples"] == 0


def test_learner(network: snnfe.Network, tmp_path: Path) -> None:
    decoder = snnfe.Decoder(network, **RAW)
    learner = snnfe.Learner(network, decoder, device=snnfe.Device(), learning_rate=5e-3)
    assert "accuracy unknown" in repr(learner)
    decoder.push(_samples(60))
    for k, decision in enumerate(decoder):
        if k == 2:  # still in the history
            result = learner.adapt(decoder.copy_window(decision.first_sample), 1)
            assert result["offered"] == 1 and np.isfinite(result["loss"])
    assert learner.info["n_trials"] == 1 and "1 trial," in repr(learner)
    assert learner.wear()["n_synapses"] == learner.wear_histogram(n_bins=3).sum() > 0
    tuned = learner.network
    assert any((tuned[name] != network[name]).any() for name in network)
    learner.save(tmp_path / "learner")
    resumed = snnfe.Learner(network, device=snnfe.Device(), learning_rate=5e-3)
    resumed.restore(tmp_path / "learner")
    assert resumed.info["n_trials"] == 1
    assert all((resumed.network[name] == tuned[name]).all() for name in network)
    from_file = snnfe.Network.load(tmp_path / "learner")
    assert all((from_file[name] == tuned[name]).all() for name in network)
    with pytest.raises(errors.ArgumentError, match="snnfe_learner_age: to_s is 1e\\+06, but this device's cells lose"):
        resumed.age(1e6)
    forgetful = snnfe.Device(cells={"retention": "power", "read_disturb": 1e-3})
    aged = snnfe.Learner(network, device=forgetful)
    expected = network.copy()
    expected.age(forgetful, 9.0, from_s=2.0, readings=5)
    aged.age(9.0, from_s=2.0, readings=5)
    assert all((aged.network[name] == expected[name]).all() for name in network)
    with pytest.raises(errors.ArgumentError, match="time runs backwards"):
        aged.age(1.0, from_s=2.0)
    with pytest.raises(errors.StateError, match="without a device"):
        snnfe.Learner(network).age(1.0)
    with pytest.raises(errors.ShapeError, match="learning_rate"):
        snnfe.Learner(network, device=snnfe.Device()).restore(tmp_path / "learner")
    del learner
    gc.collect()
    decoder.push(_samples(40))  # with the learner's networks
    assert decoder.pending >= 1
    with pytest.raises(errors.NotFoundError, match="conv9"):
        snnfe.Learner(network, layers=["conv9"])


def test_recording(tmp_path: Path) -> None:
    snnfe.write_synthetic(tmp_path, n_subjects=1, runs=[4], trials_per_run=2)
    with snnfe.Recording.open(tmp_path / "S001" / "S001R04.edf") as recording:
        samples, events = recording.samples, recording.events
        assert recording.sampling_rate_hz == 160 and "64 channels" in repr(recording)
    gc.collect()
    assert samples.shape[0] == 64 and np.isfinite(samples).all()
    assert {name for _, name in events} <= {"T0", "T1", "T2"} and events[0][0] == 0
    filtered = snnfe.causal_filter_apply(np.ascontiguousarray(samples))
    assert filtered.shape == samples.shape and (filtered != samples).any()


def test_report(network: snnfe.Network, small_data: snnfe.Dataset, tmp_path: Path) -> None:
    trainer = snnfe.Trainer(network, stage="on_device", device=snnfe.Device(), n_epochs=1, learning_rate=5e-3)
    trainer.run(small_data, range(60))
    trainer.save(tmp_path / "trainer.safetensors")
    grid = small_data.grid(range(4))
    report = snnfe.make_report(network, grid, checkpoint=tmp_path / "trainer.safetensors", ltp_energy_j=1.0)
    assert report.n_values == network.n_values and report.n_trials == 4
    assert report.total["ltp_pulses"] == trainer.wear()["ltp_pulses"] == report.total["energy_j"]
    spikes = network.activity(grid)["spikes"].mean(axis=0)
    assert report.layers["conv2"]["spikes"] == pytest.approx(spikes[1])
    assert report.memory["live"] > 0 and "conv2" in str(report)
    assert isinstance(json.loads(report.to_json()), dict) and len(report.to_csv().splitlines()) == 9
    assert report.total["largest"] == trainer.wear()["largest"] and np.isnan(report.total["life_used"])
    assert np.isnan(snnfe.make_report(network).total["spikes"])
    assert np.isnan(snnfe.make_report(network).total["largest"])
    knows = snnfe.Device(energy_j=(1e-12, 3e-12), cells={"endurance": 500})
    told = snnfe.make_report(network, checkpoint=tmp_path / "trainer.safetensors", device=knows).total
    assert told["energy_j"] == pytest.approx(1e-12 * told["ltp_pulses"] + 3e-12 * told["ltd_pulses"])
    assert told["life_used"] == told["largest"] / 500 and 0 < told["mean_life_used"] < told["life_used"]
    longer = snnfe.make_report(network, checkpoint=tmp_path / "trainer.safetensors", device=knows, endurance=5000)
    assert longer.total["life_used"] == told["largest"] / 5000
    with pytest.raises(errors.ArgumentError, match="endurance is -1"):
        snnfe.make_report(network, endurance=-1)
    with pytest.raises(errors.FileError):
        snnfe.make_report(network, checkpoint=tmp_path / "none.safetensors")


def test_network_of_another_signal(
    network: snnfe.Network, small_data: snnfe.Dataset, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    network.describe(small_data)
    with snnfe.Decoder(network, dataset=small_data) as decoder:
        assert decoder.mismatch(network) is None
    told = "the sampling rate is 161 Hz in the decoder, 160 Hz in what the network was trained on"
    with pytest.raises(errors.ShapeError, match=told):
        snnfe.Decoder(network, dataset=small_data, sampling_rate_hz=161)
    with caplog.at_level(logging.WARNING, "snnfe"):
        decoder = snnfe.Decoder(network, dataset=small_data, sampling_rate_hz=161, allow_mismatch=True)
        assert caplog.text.count(told) == 1
        decoder.offer(network)
        assert caplog.text.count(told) == 2
    assert str(decoder.mismatch(network)).startswith(told)
    # One that was offered, or learns, is compared too.
    other = network.copy()
    silent = snnfe.Network(**SMALL)
    decoder = snnfe.Decoder(silent, sampling_rate_hz=200)
    for take in (decoder.offer, lambda n: snnfe.Learner(n, decoder)):
        with pytest.raises(errors.ShapeError, match="200 Hz in the decoder, 160 Hz"):
            take(other)
    decoder.offer(silent)
    # Names of classes, by themselves.
    assert network.signal is not None
    network.signal = dataclasses.replace(network.signal, class_names=("left", "right"))
    with pytest.raises(errors.ShapeError, match='class 1 is "rest" in the decoder, "right" in'):
        snnfe.Decoder(network, class_names=["left", "rest"])


def test_channels_that_the_source_lacks_are_repaired() -> None:
    names = ["C3", "FC1", "Cz", "C4", "Pz"]
    options = {"channel_names": names, "channel_rows": [4, 3, 4, 4, 6], "channel_columns": [3, 4, 5, 7, 5]}
    network = snnfe.Network(**SMALL)
    settings: Any = {"filter_low_hz": 0, "filter_high_hz": 0, **options}
    decoder = snnfe.Decoder(network, absent=["fc1"], repair="splines", n_history=40, **settings)
    assert decoder.match_channels(["Pz", "C4", "C3", "Cz"]).tolist() == [2, 2**64 - 1, 3, 1, 0]
    decoder.push(np.ones((20, 4), np.float32), channels=["Pz", "C4", "C3", "Cz"])
    window = decoder.copy_window(0)
    np.testing.assert_allclose(window[3, 4], 1, atol=1e-5)  # of a constant potential nothing else
    assert decoder.info["n_bad_channels"] == 0
    for wrong, error, message in (
        (["Fz"], errors.NotFoundError, "'Fz' is no channel; there are C3, FC1"),
        ("Fz", TypeError, "a list of names"),
    ):
        with pytest.raises(error, match=message):
            snnfe.Decoder(network, absent=wrong, **settings)
    with pytest.raises(errors.ArgumentError, match="need a repair"):
        snnfe.Decoder(network, absent=["FC1"], repair="none", **settings)


def test_decoders_take_their_reference_off() -> None:
    options: Any = {"channel_names": ["C3", "C4"], "channel_rows": [4, 4], "channel_columns": [3, 7]}
    network = snnfe.Network(**SMALL)
    settings: Any = {"filter_low_hz": 0, "filter_high_hz": 0, **options}
    decoder = snnfe.Decoder(network, rereference="M1,M2", **settings)
    assert decoder.channel_names == ["C3", "C4", "M1", "M2"]
    decoder.push(np.tile(np.float32([5, 7, 1, 2]), (20, 1)))
    window = decoder.copy_window(0)
    assert (window[4, 3] == 3.5).all() and (window[4, 7] == 5.5).all()
    with pytest.raises(errors.ArgumentError, match="fewer than 512 bytes"):
        snnfe.Decoder(network, rereference="A" * 600, **settings)
    with pytest.raises(TypeError, match="rereference must be a text"):
        snnfe.Decoder(network, rereference=3, **settings)  # type: ignore[typeddict-item]


def test_networks_say_what_reference_they_were_trained_on(tmp_path: Path) -> None:
    trials = np.zeros((4, 2, 20), np.float32)
    data = snnfe.Dataset.from_arrays(trials, [0, 1, 0, 1], channel_names=["C3", "C4"], rereference="average")
    assert data.signal.rereference == "average"
    network = snnfe.Network(**SMALL)
    network.signal = data.signal
    network.save(tmp_path / "network.safetensors")
    signal = snnfe.Network.load(tmp_path / "network.safetensors").signal
    assert signal is not None and signal.rereference == "average"
