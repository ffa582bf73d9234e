"""Training, stages, devices, splits and data sets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

import snnfe
from conftest import SMALL
from snnfe import errors, split
from snnfe.frames import to_frame


def test_training_learns_and_does_not_depend_on_threads(small_data: snnfe.Dataset) -> None:
    states = []
    for n_threads in (1, 2):
        trained = snnfe.pretrain(
            small_data,
            range(40),
            range(40, 60),
            network={**SMALL, "dropout": 0.0},
            n_epochs=8,
            batch_size=8,
            learning_rate=3e-3,
            n_threads=n_threads,
        )
        states.append(trained.network.state_dict())
        assert trained.epoch_log["train_loss"][-1] < trained.epoch_log["train_loss"][0]
        assert trained.wear is None and len(trained.sample_log) == 40
    assert all((states[0][name] == states[1][name]).all() for name in states[0])


def test_stages_through_a_device(small_data: snnfe.Dataset) -> None:
    parts = (range(30), range(30, 45), range(45, 60))
    trained = snnfe.train_on_device(small_data, *parts, network=SMALL, n_epochs=2, learning_rate=5e-3)
    assert trained.wear is not None and trained.wear["ltp_pulses"] + trained.wear["ltd_pulses"] > 0
    tuned = snnfe.retune(trained.network, small_data, *parts, layers=["fc1"], n_epochs=1, learning_rate=5e-3)
    assert (tuned.network["snn.conv1.psp_func.bias"] == trained.network["snn.conv1.psp_func.bias"]).all()
    personal = snnfe.personalize(
        trained.network, small_data, [1, 3], n_epochs=1, keep_networks=True, allow_seen=True
    )
    assert personal.results["n_seen"].sum() == 20
    assert personal.results.shape == (2, 4) and personal.logs.shape == (2, 4, 1)
    assert set(personal.networks) == {(s, f) for s in (1, 3) for f in (1, 2, 3, 4)}
    assert (personal.results["ltp_crossings"] >= personal.results["ltp_pulses"]).all()
    assert (personal.results["energy_j"] == 0).all() and (personal.results["life_used"] == 0).all()
    knows = snnfe.Device(energy_j=(1e-12, 0), cells={"endurance": 100})
    costs = snnfe.personalize(trained.network, small_data, [1], n_epochs=2, learning_rate=5e-3, device=knows, allow_seen=True)
    assert costs.results["energy_j"] == pytest.approx(1e-12 * costs.results["ltp_pulses"]) and costs.results["ltp_pulses"].sum() > 0
    assert (costs.results["life_used"] == costs.results["largest"] / 100).all()
    assert not trained.network.parameter("snn.conv1.psp_func.weight").frozen


def test_logs_checkpoints_and_resuming(small_data: snnfe.Dataset, tmp_path: Path) -> None:
    whole = snnfe.Network(**SMALL)
    snnfe.Trainer(whole, n_epochs=3, schedule="constant").run(small_data, range(60))
    first = snnfe.Network(**SMALL)
    trainer = snnfe.Trainer(
        first,
        n_epochs=1,
        schedule="constant",
        checkpoint_path=tmp_path / "c.safetensors",
        epoch_log_path=tmp_path / "e.csv",
    )
    trainer.run(small_data, range(60))
    assert (tmp_path / "e.csv").read_text().startswith("Phase,Epoch,Train_Loss")
    second = snnfe.Network(**SMALL)
    resumed = snnfe.Trainer(second, n_epochs=3, schedule="constant")
    resumed.restore(tmp_path / "c.safetensors")
    assert len(resumed.run(small_data, range(60))) == 3
    assert all((whole[name] == second[name]).all() for name in whole)
    with pytest.raises(errors.ShapeError, match="batch_size"):
        snnfe.Trainer(second, n_epochs=3, schedule="constant", batch_size=7).restore(
            tmp_path / "c.safetensors"
        )


def test_each_class_has_an_accuracy(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    labels = np.arange(36) % 3
    subjects = np.repeat([1, 2], 18)
    trials = rng.standard_normal((36, 64, 20)).astype(np.float32)
    data = snnfe.Dataset.from_arrays(trials, labels, subjects=subjects)
    trainer = snnfe.Trainer(
        snnfe.Network(**{**SMALL, "n_classes": 3, "n_steps": 20}),
        n_epochs=2,
        batch_size=8,
        epoch_log_path=tmp_path / "epochs.csv",
        checkpoint_path=tmp_path / "checkpoint.safetensors",
    )
    log = trainer.run(data, range(18), range(18, 30))
    assert log["class_accuracy"].shape == (2, 3)
    result = snnfe.evaluate(trainer.network, data, range(18, 30))
    np.testing.assert_array_equal(log["class_accuracy"][-1], result.class_accuracy)
    header = (tmp_path / "epochs.csv").read_text().splitlines()[0]
    assert "Class0_Accuracy,Class1_Accuracy,Class2_Accuracy,Test_Accuracy" in header
    again = snnfe.Trainer(trainer.network.copy(), n_epochs=2, batch_size=8)
    again.restore(tmp_path / "checkpoint.safetensors")
    np.testing.assert_array_equal(again.epoch_log["class_accuracy"], log["class_accuracy"])
    folds = snnfe.evaluate_by_subject(snnfe.Network(**{**SMALL, "n_classes": 3, "n_steps": 20}), data, n_folds=2)
    assert folds["class_accuracy"].shape == (2, 2, 3)
    by_class = (folds["class_accuracy"] * 3).sum() if not np.isnan(folds["class_accuracy"]).any() else None
    assert by_class == pytest.approx(folds["n_correct"].sum())
    assert "class2_accuracy" in to_frame(folds).columns


def test_windows_of_a_trial_decide_together(tmp_path: Path) -> None:
    known = snnfe.trial_logits([[9, 1, 2], [0, 1, 0], [1, 2, 3], [0, 1, 0]], ["b", "a", "b", "a"])
    np.testing.assert_array_equal(known, [[10, 3, 5], [0, 2, 0], [10, 3, 5], [0, 2, 0]])
    with pytest.raises(errors.NonfiniteError, match="logit 1 of window 0"):
        snnfe.trial_logits([[0, np.nan]], [1])
    with pytest.raises(errors.ShapeError, match="trials has shape"):
        snnfe.trial_logits([[0, 1]], [1, 2])
    with pytest.raises(errors.ShapeError, match="logits must be"):
        snnfe.trial_logits([0, 1], [1, 2])

    rng = np.random.default_rng(6)
    of = np.tile(np.arange(20), 3)  # three windows of each of 20 trials
    trials = rng.standard_normal((60, 64, 20)).astype(np.float32)
    trials[of % 2 == 1, :32] += 0.3
    data = snnfe.Dataset.from_arrays(trials, of % 2, subjects=1 + of // 10, trial_ids=of)
    first, second = (np.flatnonzero(data.subjects == s) for s in (1, 2))
    trainer = snnfe.Trainer(
        snnfe.Network(**SMALL),
        n_epochs=4,
        batch_size=4,
        learning_rate=3e-3,
        epoch_log_path=tmp_path / "log.csv",
    )
    log = trainer.run(data, first, (), second)
    result = snnfe.evaluate(trainer.network, data, second)
    assert (result.n, result.n_trials) == (30, 10)
    sums = np.array([result.logits[of[second] == t].astype(np.float64).sum(0) for t in range(10, 20)])
    assert result.n_trials_correct == (sums.argmax(1) == np.arange(10) % 2).sum()
    assert result.trial_accuracy == result.n_trials_correct / 10 == log["test_trial_accuracy"][-1]
    assert f"together {result.n_trials_correct} of 10 trials" in repr(result)
    assert np.isnan(log["validation_trial_accuracy"]).all()
    lines = (tmp_path / "log.csv").read_text().splitlines()
    assert lines[0].endswith(",Val_Trial_Accuracy,Test_Trial_Accuracy,Run")
    assert lines[-1].endswith(f",,{result.trial_accuracy:.10g},")
    folds = snnfe.evaluate_by_subject(trainer.network, data, [2], n_folds=2)
    assert folds["n_trials"].sum() == 10
    assert folds["n_trials_correct"].sum() == result.n_trials_correct
    tuned = snnfe.personalize(trainer.network, data, [2], n_folds=2, n_epochs=1, device=None)
    np.testing.assert_array_equal(tuned.results["trial_accuracy_before"], folds["trial_accuracy"])
    np.testing.assert_array_equal(
        tuned.results["trial_accuracy_after"], tuned.logs["validation_trial_accuracy"][..., -1]
    )


def test_single_steps(small_data: snnfe.Dataset, network: snnfe.Network) -> None:
    trainer = snnfe.Trainer(network, learning_rate=2e-3)
    grid = small_data.grid(range(10))
    losses = [trainer.step(grid, small_data.labels[:10]) for _ in range(30)]
    assert losses[-1] < losses[0]
    with pytest.raises(errors.StateError):
        trainer.wear()


def test_wear(small_data: snnfe.Dataset, network: snnfe.Network) -> None:
    trainer = snnfe.Trainer(network, stage="on_device", device=snnfe.Device(), n_epochs=2, learning_rate=5e-3)
    trainer.run(small_data, range(60))
    wear = trainer.wear("fc1", ltp_energy_j=1.0, ltd_energy_j=0.0, endurance=100)
    assert wear["layer"] == "fc1" and wear["energy_j"] == wear["ltp_pulses"]
    assert trainer.wear_histogram("fc1", n_bins=4).sum() == wear["n_synapses"] == 1024


def test_default_options_of_stages() -> None:
    assert snnfe.defaults("trainer", "sstl")["batch_size"] == 1
    assert snnfe.defaults("trainer")["n_epochs"] == 20
    assert snnfe.Trainer(snnfe.Network(**SMALL), stage="retune").options["n_epochs"] == 4


def test_golden_device(shared: Path, tmp_path: Path) -> None:
    golden = load_file(shared / "golden" / "device.safetensors")
    measured = snnfe.characterize_file(next((shared / "paper" / "measurements").glob("*.csv")))
    fitted = measured.device()
    dut2 = snnfe.Device("dut2")
    for name in ("amplitude", "alpha", "beta"):
        np.testing.assert_allclose(fitted.options[name], dut2.options[name], atol=1e-3)
    assert measured.fit["n_points"] == (len(measured.w[0]), len(measured.w[1]))
    assert (measured.dw[0] > 0).mean() > 0.5 and (measured.dw[1] < 0).mean() > 0.5
    fit = snnfe.fit_response(snnfe.LTP, measured.w[0], measured.dw[0])
    assert fit["alpha"] == pytest.approx(dut2.options["alpha"][0], abs=1e-3)
    np.testing.assert_allclose(measured.w[0], golden["measured.W_LTP"], atol=1e-12)
    np.testing.assert_allclose(measured.dw[1], golden["measured.dW_LTD"], atol=1e-12)
    for name in ("dut1", "dut2", "dut3", "dut4", "dut5"):
        response = snnfe.Device(name).response(snnfe.LTP, golden["w"])
        np.testing.assert_allclose(response, golden[f"{name}.ltp"], rtol=1e-12)
    train = [snnfe.LTP] * 20 + [snnfe.LTD] * 20
    np.testing.assert_allclose(dut2.pulse_train(train), golden["dut2.train20_20"], rtol=1e-9)
    fitted.save(tmp_path / "device.json")
    assert snnfe.Device.load(tmp_path / "device.json").options == fitted.options


def test_device_pulses() -> None:
    device = snnfe.Device("dut4", rsd_c2c=0.05)
    assert "dut" not in repr(device) and "rsd_c2c 0.05" in repr(device)
    w = device.pulse_train([snnfe.LTP] * 5 + [snnfe.LTD] * 5, w0=0.2)
    assert len(w) == 11 and (np.diff(w[:6]) > 0).all() and (np.diff(w[6:]) < 0).all()
    assert (
        device.pulse(snnfe.LTP, [0.5, 0.5], pulse=3) == device.pulse(snnfe.LTP, [0.5, 0.5], pulse=3)
    ).all()
    with pytest.raises(errors.ArgumentError):
        device.pulse(snnfe.LTP, [1.5])
    with pytest.raises(ValueError, match="direction must be within 0…1"):
        device.pulse(2, [0.5])


def test_device_of_a_function_and_of_a_table(small_data: snnfe.Dataset) -> None:
    own = snnfe.Device(function=lambda direction, w: 0.25 * (1 - w) if direction == snnfe.LTP else 0.1)
    np.testing.assert_allclose(own.response(snnfe.LTP, [0.2]), 0.2)
    trained = snnfe.train_on_device(
        small_data, range(60), network=SMALL, device=own, n_epochs=1, learning_rate=1e-2, batch_size=8
    )
    assert trained.wear is not None and trained.wear["ltp_pulses"] > 0
    broken = snnfe.Device(function=lambda direction, w: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        broken.response(snnfe.LTP, [0.2])
    with pytest.raises(ZeroDivisionError):
        snnfe.train_on_device(
            small_data, range(60), network=SMALL, device=broken, n_epochs=1, learning_rate=1e-2
        )
    table = snnfe.Device(response="table", table_w=[0, 1], table_ltp=[0.2, 0.0], table_ltd=[0.0, 0.2])
    np.testing.assert_allclose(table.response(snnfe.LTP, [0.5]), 0.1)
    assert table.options["table_ltp"].tolist() == [0.2, 0.0]


def test_device_step() -> None:
    zeros = np.zeros(3, np.float32)
    updates = np.array([0.2, -0.2, 0.001], np.float32)
    step = snnfe.Device().step(zeros, zeros, updates)
    assert step.weights[0] > 0 > step.weights[1] and step.weights[2] == 0
    assert step.ltp_crossings > 0 and step.ltd_crossings > 0 and not zeros.any()
    assert step.clamped == 0


def test_device_step_clamps() -> None:
    """Beyond the bound with a potentiation, a depression and no pulse; within it."""
    weights = np.array([0.17, 0.17, -0.2, 0.03], np.float32)
    updates = np.array([0.01, -0.01, 0, 0], np.float32)
    step = snnfe.Device().step(weights, np.zeros(4, np.float32), updates, bound=0.0625)
    assert step.clamped == 3 and step.ltp_crossings > 0 and step.ltd_crossings > 0
    bound = np.float32(0.0625)
    assert step.weights[0] == bound and 0 < step.weights[1] < bound and step.weights[2] == -bound
    assert step.weights[3] == weights[3]


def test_networks_of_any_size_fit_a_device(small_data: snnfe.Dataset) -> None:
    trained = snnfe.train_on_device(
        small_data, range(60), network=SMALL, n_epochs=1, batch_size=8, learning_rate=2e-2
    )
    for parameter in trained.network.parameters():
        if parameter.kind == "weight":
            values = trained.network[parameter.name]
            assert np.abs(values).max() <= np.float32(1 / np.sqrt(values[0].size))
    narrow = snnfe.Device(bounds=[0.05] * 7)
    trained = snnfe.train_on_device(small_data, range(60), network=SMALL, n_epochs=1, device=narrow)
    for parameter in trained.network.parameters():
        if parameter.kind == "weight":
            assert np.abs(trained.network[parameter.name]).max() <= np.float32(0.05)
    assert np.isinf(snnfe.defaults("device")["bounds"]).all()


def test_device_files_keep_bounds_open(tmp_path: Path) -> None:
    bounds = [0.1, np.inf, 0, np.inf, 0.2, np.inf, np.inf]
    snnfe.Device(bounds=bounds).save(tmp_path / "device.json")
    assert snnfe.Device.load(tmp_path / "device.json").options["bounds"] == tuple(bounds)


@pytest.mark.parametrize("stage", ["pretrain", "on_device", "retune"])
def test_stages_anneal_over_20_epochs(stage: str) -> None:
    assert snnfe.defaults("trainer", stage)["schedule_epochs"] == 20
    assert snnfe.defaults("trainer", stage)["log_start"] == (stage == "retune")


def test_guessing_is_told(small_data: snnfe.Dataset, caplog: pytest.LogCaptureFixture) -> None:
    network = snnfe.Network(**SMALL)
    network["snn.fc2.weight"] = np.zeros_like(network["snn.fc2.weight"])
    with snnfe.Trainer(network, n_epochs=1, learning_rate=0.0) as trainer:
        trainer.run(small_data, range(20))
    assert "next to nothing was learned" in caplog.text


def test_quantize_and_noise(shared: Path) -> None:
    golden = load_file(shared / "golden" / "device.safetensors")
    for q in (2, 4, 8, 16, 32):
        rounded = snnfe.quantize(golden["quant.in"], 0.0625, q)
        assert (rounded == golden[f"quant.q{q}_bound0.0625"]).all()
    weights = np.linspace(-0.06, 0.06, 1001, dtype=np.float32)
    noisy = snnfe.programming_noise(weights, 0.0625, 4.0)
    assert (noisy != weights).any() and np.abs(noisy).max() <= np.float32(0.0625)


def test_splits(shared: Path) -> None:
    assert np.bincount(split.groups(103, 5)).tolist() == [21, 21, 21, 20, 20]
    golden = load_file(shared / "golden" / "splits.safetensors")
    paper = split.paper_holdout(golden["holdout.label"], seed=5)
    assert (paper.train == golden["holdout.train_seed5"]).all()
    assert (paper.validation == golden["holdout.val_seed5"]).all()
    for k, fold in enumerate(split.paper_kfold(golden["subject_kfold.label_s001"])):
        assert (fold.validation == golden[f"subject_kfold.seed5_fold{k + 1}_val"]).all()
    labels = np.tile([0, 1], 25)
    for part in (split.paper_holdout(labels), split.holdout(labels)):
        assert len(part.validation) == 10 and sorted([*part.train, *part.validation]) == list(range(50))
    for folds in (split.paper_kfold(labels), split.kfold(labels)):
        assert sorted(np.concatenate([fold.validation for fold in folds])) == list(range(50))
    assert split.calibration(labels, 3).train.tolist() == list(range(6))
    left_out = split.leave_subject_out(np.repeat([1, 2], 25), 2)
    assert left_out.validation.tolist() == list(range(25, 50))
    with pytest.raises(errors.NotFoundError):
        split.leave_subject_out([1, 1], 2)
    several = split.leave_subjects_out([3, 1, 2, 1], [1, 3])
    assert several.validation.tolist() == [0, 1, 3] and several.train.tolist() == [2]
    with pytest.raises(errors.NotFoundError, match="subject 9"):
        split.leave_subjects_out([1, 2], [9])
    with pytest.raises(errors.OverlapError, match="7"):
        split.check_disjoint([1, 7], [7])


def test_data_sets(synthetic: snnfe.Dataset, tmp_path: Path) -> None:
    assert len(synthetic) == 60 and synthetic.info["synthetic"] == 1
    assert synthetic.class_names == ["left", "right"] and synthetic.channel_names[0] == "FC5"
    assert synthetic.trials.shape == (60, 64, 160) and synthetic.missing == []
    grid = synthetic.grid([3, 1])
    row, column = synthetic.channel_rows[5], synthetic.channel_columns[5]
    assert (grid[1, row, column] == synthetic.trials[1, 5]).all()
    synthetic.save(tmp_path / "d.safetensors")
    loaded = snnfe.Dataset.load(tmp_path / "d.safetensors")
    assert (loaded.trials == synthetic.trials).all()
    some = loaded.subset([5, 2])
    assert (some.onsets == synthetic.onsets[[5, 2]]).all()
    loaded.normalize([1])
    assert loaded.info["normalization"] == "subjects"
    with pytest.raises(errors.NotFoundError):
        loaded.normalize([77])


def test_recordings_and_filter(tmp_path: Path) -> None:
    snnfe.write_synthetic(tmp_path, n_subjects=1, runs=[4], trials_per_run=3)
    path = tmp_path / "S001" / "S001R04.edf"
    data = snnfe.Dataset.open_files([path], [7], [4])
    assert data.subject_list.tolist() == [7] and len(data) == 3
    cues = snnfe.Dataset.open_files(
        [path],
        [1],
        [1],
        label_set="events",
        event_names=["T1", "T2"],
        event_labels=[0, 1],
        channel_names=["C3", "C4"],
        channel_rows=[5, 5],
        channel_columns=[3, 7],
    )
    assert cues.trials.shape == (3, 2, 160)
    taps = snnfe.filter_design()
    assert len(taps) == 5281
    constant = snnfe.filter_apply(np.ones((1, 4000), np.float32), taps)
    assert np.abs(constant).max() < 0.5
