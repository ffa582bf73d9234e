"""MOABB's evaluations: by MOABB, and by this package with the same scores; skipped without it: pip install moabb."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

import snnfe
from snnfe import benchmark, errors
from snnfe.benchmark import __main__ as program
from snnfe.benchmark import evaluations as running

pytest.importorskip("moabb")

TINY: dict[str, Any] = {"conv_channels": (2, 2, 2), "n_hidden": 4, "n_epochs": 1, "n_threads": 1}
EVENTS = ("left_hand", "right_hand")
SCALP = "Fp1 Fp2 F7 F3 Fz F4 F8 T7 T8 P7 P3 Pz P4 P8 O1 O2".split()
PIPELINES = ("CSP+LDA", "MDM", "SNN", "SNN-samples", "EA+TS+LR")


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """MNE's and MOABB's own configuration stays as it is."""
    monkeypatch.setenv("MNE_DATA", str(tmp_path))
    monkeypatch.setenv("MNE_LOGGING_LEVEL", "ERROR")
    monkeypatch.setenv("MNE_DATASETS_EEGBCI_PATH", str(tmp_path))


def _fake(**options: Any) -> Any:
    from moabb.datasets.fake import FakeDataset

    sizes = {"n_sessions": 2, "n_runs": 1, "n_subjects": 2, "n_events": 12, "duration": 45, "seed": 7, **options}
    return FakeDataset(list(EVENTS), **sizes)


def _settings(*evaluations: str, **more: Any) -> benchmark.Settings:
    values = {"pipelines": PIPELINES, "n_folds": 2, "network": TINY, **more}
    return benchmark.Settings(evaluations=evaluations, **values)


def _moabb(name: str, dataset: Any, paradigm: Any, made: dict[str, Any], folder: Path, **options: Any) -> Any:
    """MOABB's own evaluation of the same."""
    import moabb.evaluations

    kind = getattr(moabb.evaluations, benchmark.EVALUATIONS[name])
    folds = {"n_splits": 2} if name == "within-session" else {}
    return kind(paradigm, [dataset], random_state=5, hdf5_path=str(folder), **folds, **options).process(made)


def _made(dataset: Any, paradigm: Any, settings: benchmark.Settings, evaluation: str) -> dict[str, Any]:
    """The pipelines, for MOABB."""
    across_subjects = evaluation == "cross-subject"
    trials = benchmark.read(dataset, paradigm, [1])
    return benchmark.make(
        [name for name in settings.pipelines if across_subjects or not name.startswith("EA+")],
        trials.channel_names,
        trials.sampling_rate_hz,
        network=TINY,
        across_subjects=across_subjects,
        calibrated=settings.calibration > 0,
    )


def _same(ours: Any, theirs: Any) -> None:
    keys = ["pipeline", "subject", "session"]
    ours, theirs = (frame.sort_values(keys, ignore_index=True) for frame in (ours, theirs))
    assert set(ours.columns) == set(theirs.columns) and len(ours) == len(theirs) > 0
    for name in set(ours.columns) - {"time", "score"}:
        assert (ours[name] == theirs[name]).all(), name
    np.testing.assert_allclose(ours["score"], theirs["score"], rtol=0, atol=1e-6)


@pytest.mark.filterwarnings("ignore")
def test_scores_are_moabbs(tmp_path: Path) -> None:
    dataset, paradigm = _fake(), benchmark.paradigm(EVENTS, sampling_rate_hz=64)
    settings = _settings(*benchmark.EVALUATIONS)
    result = benchmark.run(dataset, paradigm, tmp_path / "ours", settings)
    for name, frame in result.scores.items():
        made = _made(dataset, paradigm, settings, name)
        assert ("EA+TS+LR" in made) == (name == "cross-subject")
        _same(frame, _moabb(name, dataset, paradigm, made, tmp_path / "theirs"))
        # MOABB takes our file for its own, and finds nothing to do.
        again = _moabb(name, dataset, paradigm, made, tmp_path / "ours")
        assert sorted(again["time"]) == sorted(frame["time"]), name
    assert result.n_at_chance["within-session"]["SNN"] > 0 == result.n_at_chance["within-session"]["MDM"]


@pytest.mark.filterwarnings("ignore")
def test_labeled_trials_of_the_target(tmp_path: Path) -> None:
    dataset, paradigm = _fake(n_sessions=1, n_subjects=3), benchmark.paradigm(EVENTS, sampling_rate_hz=64)
    settings = _settings("cross-subject", calibration=0.25)
    frame = benchmark.run(dataset, paradigm, tmp_path / "ours", settings).scores["cross-subject"]
    assert (frame["samples_test"] == 9).all() and (frame["samples"] == 24).all()
    made = _made(dataset, paradigm, settings, "cross-subject")
    options = {"cv_kwargs": {"calibration_size": 0.25, "calibration_labeled": True}}
    _same(frame, _moabb("cross-subject", dataset, paradigm, made, tmp_path / "theirs", **options))
    with pytest.raises(errors.ArgumentError, match="for the evaluation cross-subject alone"):
        benchmark.run(dataset, paradigm, tmp_path / "no", _settings("within-session", calibration=0.25))
    with pytest.raises(errors.ArgumentError, match="within 0…0.5"):
        benchmark.run(dataset, paradigm, tmp_path / "no", _settings("cross-subject", calibration=0.7))


def test_the_targets_labeled_trials_train_too() -> None:
    from sklearn.neighbors import KNeighborsClassifier
    from snnfe.benchmark.people import People

    people = People(KNeighborsClassifier(1))
    x, y = np.array([[0.0], [1.0]]), np.array([0, 1])
    people.fit(x, y, X_target_labeled=np.array([[10.0]]), y_target_labeled=np.array([0]))
    assert people.predict([[9.0]]) == 0 and clone(people).fit(x, y).predict([[9.0]]) == 1
    assert people.predict_proba([[9.0]])[0].tolist() == [1.0, 0.0]


def test_people_are_aligned_one_by_one() -> None:
    from snnfe.benchmark.people import euclidean

    rng = np.random.default_rng(1)
    mixing = {person: rng.normal(size=(5, 5)) for person in ("a", "b")}
    subjects = np.array(["a", "b"] * 10)
    trials = np.stack([mixing[person] @ rng.normal(size=(5, 400)) for person in subjects])
    aligned = euclidean(trials, subjects)
    for person in mixing:
        own = aligned[subjects == person]
        np.testing.assert_allclose(np.mean(own @ own.transpose(0, 2, 1), 0) / 400, np.eye(5), atol=1e-4)
        np.testing.assert_allclose(euclidean(trials[subjects == person]), own, atol=1e-9)
    places: Any = {"channel_rows": [0] * 5, "channel_columns": range(5)}
    numbers = np.array([1, 2] * 10)
    with snnfe.Dataset.from_arrays(trials.astype(np.float32), numbers - 1, subjects=numbers, **places) as data:
        data.align()
        np.testing.assert_allclose(data.trials, aligned, atol=1e-3)
    assert abs(np.mean(euclidean(trials)[0] ** 2) - 1) > 0.05  # not so, as one person


def _waves(has_phase: bool, n: int = 160, rate: int = 80) -> tuple[Any, Any, list[str]]:
    """Noise, and at C3 or C4, by the class, a wave of 11 Hz, of one phase in all trials or of a random one."""
    rng, names = np.random.default_rng(2), ["FC3", "FC4", "C3", "Cz", "C4", "CP3", "CP4"]
    x, y = rng.normal(size=(n, len(names), 2 * rate)), np.arange(n) % 2
    for trial, label in zip(x, y, strict=True):
        phase = 0.0 if has_phase else rng.uniform(0, 2 * np.pi)
        trial[names.index("C3" if label else "C4")] += 1.5 * np.sin(2 * np.pi * 11 * np.arange(2 * rate) / rate + phase)
    return x, y, names


@pytest.mark.filterwarnings("ignore")
def test_rhythms_are_learned_from_envelopes() -> None:
    x, y, names = _waves(has_phase=False)
    sizes = {"conv_channels": (8, 8, 16), "n_hidden": 16, "n_epochs": 10, "batch_size": 8, "learning_rate": 1e-3, "n_threads": 1}
    network = benchmark.make(["SNN"], names, 80, network=sizes)["SNN"].fit(x[:120], y[:120])
    assert np.mean(network.predict(x[120:]) == y[120:]) > 0.9
    powers = network._envelopes(x[:2])
    assert powers.shape == (2, 21, 7)
    assert powers[0, :7].mean(1).argmax() == names.index("C4") and powers[1, :7].mean(1).argmax() == names.index("C3")
    # Half the square of the amplitude, and what of the noise is in the band.
    assert powers[1, 2].mean() == pytest.approx(np.log(1.5**2 / 2 + 5 / 40), abs=0.15)
    many = benchmark.make(["SNN"], [f"C{i}" for i in range(1, 7)] + SCALP, 80)["SNN"]
    assert many.bands == ((8.0, 30.0),) and len(many.estimator.channel_names) == len(SCALP) + 6


@pytest.mark.filterwarnings("ignore")
def test_an_interrupted_benchmark_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, paradigm = _fake(n_sessions=1), benchmark.paradigm(EVENTS, sampling_rate_hz=64)
    settings = _settings("within-session", pipelines=("MDM",))
    whole = benchmark.run(dataset, paradigm, tmp_path / "whole", settings).scores["within-session"]
    scored = running._Evaluation._scored

    def stopped(self: Any, name: str, pipeline: Any, trials: Any, fold: Any) -> Any:
        if trials.metadata["subject"].iloc[0] == 2:
            raise KeyboardInterrupt
        return scored(self, name, pipeline, trials, fold)

    monkeypatch.setattr(running._Evaluation, "_scored", stopped)
    with pytest.raises(KeyboardInterrupt):
        benchmark.run(dataset, paradigm, tmp_path / "two", settings)
    monkeypatch.undo()
    seen: list[int] = []
    monkeypatch.setattr(
        running._Evaluation, "_scored", lambda *a: seen.append(a[3].metadata["subject"].iloc[0]) or scored(*a)
    )
    _same(benchmark.run(dataset, paradigm, tmp_path / "two", settings).scores["within-session"], whole)
    assert set(seen) == {2}
    with pytest.raises(errors.ArgumentError, match="another benchmark .seed 5, here 6.: choose another folder"):
        benchmark.run(dataset, paradigm, tmp_path / "two", _settings("within-session", pipelines=("MDM",), seed=6))
    told = json.loads((tmp_path / "two" / "settings.json").read_text())
    assert told["versions"]["moabb"] and told["settings"]["n_folds"] == 2


def _trials(subjects: list[int], sessions: list[str]) -> benchmark.Trials:
    import pandas

    x = np.random.default_rng(0).normal(size=(len(subjects), 3, 8))
    metadata = pandas.DataFrame({"subject": subjects, "session": sessions, "run": "0"})
    return benchmark.Trials(x, np.array(EVENTS * (len(x) // 2)), metadata, ["C3", "Cz", "C4"], 128.0)


def test_leaks_are_errors() -> None:
    trials = _trials([1, 1, 2, 2], ["0", "1", "0", "1"])

    def check(name: str, train: list[int], test: list[int]) -> None:
        fold = running._Fold(np.array(train), np.array(test), np.array([], int))
        running._check_apart(name, fold, trials)

    check("cross-subject", [0, 1], [2, 3])
    check("cross-session", [0], [1])
    with pytest.raises(errors.OverlapError, match="cross-subject: 1 both trains and tests"):
        check("cross-subject", [0, 2], [1])
    with pytest.raises(errors.OverlapError):
        check("within-session", [0, 1], [1])
    trials.x[3] = trials.x[0]
    with pytest.raises(errors.OverlapError, match="same samples .*tests .*run 2 1 0. and one trains .1 0 0"):
        check("cross-subject", [0, 1], [2, 3])


@pytest.mark.filterwarnings("ignore")
def test_eegmmidb_from_a_folder(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    snnfe.write_synthetic(tmp_path / "tree", n_subjects=2, runs=[4, 8], trials_per_run=4)
    (tmp_path / "tree" / "S002" / "S002R08.edf").unlink()
    dataset = benchmark.open_dataset(tmp_path / "tree")
    assert dataset.subject_list == [1, 2] and dataset.hand_runs == [4] and not dataset.feet_runs
    assert "run 8 is left out, as it is missing of subjects [2]" in caplog.text
    snnfe.write_synthetic(tmp_path / "other", n_subjects=2, runs=[4], trials_per_run=2)
    assert len(benchmark.open_dataset(tmp_path / "other").subject_list) == 2  # takes nothing from the first
    trials = benchmark.read(dataset, benchmark.paradigm(channels=["C3", "C4"]), [2])
    assert trials.x.shape == (4, 2, 481) and trials.sampling_rate_hz == 160
    recording = snnfe.Recording.open(tmp_path / "tree" / "S002" / "S002R04.edf")
    named = {"T1": "left_hand", "T2": "right_hand"}
    assert trials.y.tolist() == [named[text] for _, text in recording.events if text in named]
    with pytest.raises(errors.NotFoundError, match="has no subject 3; there are 1, 2"):
        benchmark.open_dataset(tmp_path / "tree", subjects=[3])


@pytest.mark.filterwarnings("ignore")
def test_a_bids_tree_of_two_sessions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = tmp_path / "tree"
    names = ["C3", "C1", "Cz", "C2", "C4"]
    snnfe.write_synthetic(
        tree, layout="bids", format="brainvision", sampling_rate_hz=250, n_sessions=2, n_subjects=1, runs=[4],
        trials_per_run=4, channel_names=names,
    )
    dataset = benchmark.open_dataset(tree, window_s=(0.0, 2.0))
    assert dataset.code.startswith("LocalBIDSDataset-") and dataset.n_sessions == 2
    trials = benchmark.read(dataset, benchmark.paradigm(EVENTS))
    assert trials.channel_names == names and trials.sampling_rate_hz == 250 and len(trials.y) == 8
    assert trials.metadata["session"].nunique() == 2
    ours = snnfe.Dataset.open_bids(tree, list(EVENTS), resample=True)
    assert [EVENTS[label] for label in ours.labels] == trials.y.tolist()
    out = str(tmp_path / "out")
    given = [str(tree), "-o", out, "--evaluations", "cross-session", "--pipelines", "MDM,CSP+LDA", "--window", "0-2"]
    assert program.main([*given, "--channels", "C3,Cz,C4", "--no-plots"]) == 0
    assert "cross-session, MDM: " in capsys.readouterr().out
    lines = (tmp_path / "out" / "summary.csv").read_text().splitlines()
    assert len(lines) == 3 and lines[1].startswith("cross-session,MDM,1,")
    assert (tmp_path / "out" / "cross-session" / "stats.csv").exists()
    with pytest.raises(errors.NotFoundError, match="no recording of task speech; the tasks are imagery"):
        benchmark.open_dataset(tree, task="speech")


def test_what_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(errors.NotFoundError, match="PhysionetMi is neither .* did you mean PhysionetMI"):
        benchmark.open_dataset("PhysionetMi")
    with pytest.raises(errors.NotFoundError, match="neither subjects of EEGMMIDB .* nor a BIDS tree"):
        benchmark.open_dataset(tmp_path)
    with pytest.raises(errors.ArgumentError, match="no pipeline is called CSP; there are CSP[+]LDA, TS[+]LR"):
        benchmark.make(["CSP"], ["C3"], 160)
    with pytest.raises(errors.NotFoundError, match="E7"):
        benchmark.make(["SNN"], ["C3", "E7"], 160)
    with pytest.raises(errors.ArgumentError, match="has 65 channels, the network takes up to 64"):
        benchmark.make(["SNN"], [f"E{i}" for i in range(65)], 160)
    for settings, said in (
        (_settings("cross-session"), "has 1 session"),
        (_settings("within-subject"), "no evaluation is called within-subject; there are within-session"),
        (_settings("cross-subject"), "1 subject chosen"),
        (_settings("within-session", pipelines=("EA+TS+LR",)), "EA[+]TS[+]LR align people"),
    ):
        with pytest.raises(errors.ArgumentError, match=said):
            benchmark.run(_fake(n_sessions=1, n_subjects=1), benchmark.paradigm(), tmp_path, settings)
    monkeypatch.setitem(sys.modules, "moabb", None)
    assert program.main(["FakeDataset", "-o", str(tmp_path)]) == 1
    assert "needs MOABB, which is not installed here" in (told := capsys.readouterr().err) and "pip install MOABB" in told


def test_eegnet_has_a_seed() -> None:
    pytest.importorskip("torch")
    try:
        importlib.import_module("braindecode.models")
    except (ImportError, OSError):
        with pytest.raises(ImportError, match="pip install braindecode"):
            benchmark.make(["EEGNet"], ["C3"], 160)
        return
    x, y = np.random.default_rng(0).normal(size=(8, 3, 128)), np.array(["a", "b"] * 4)
    made = clone(benchmark.make(["EEGNet"], ["C3", "Cz", "C4"], 128)["EEGNet"]).set_params(n_epochs=1)
    first, second = (clone(made).fit(x, y).predict_proba(x) for _ in range(2))
    assert (first == second).all() and set(made.fit(x, y).predict(x)) <= {"a", "b"}
