"""The scikit-learn classifier, also on the recordings of a person."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from sklearn.base import clone
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import LeaveOneGroupOut, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import snnfe
from snnfe import errors
from snnfe.sklearn_bridge import SNNClassifier

SMALL = {"conv_channels": (8, 16, 32), "n_hidden": 32, "dropout": 0.0, "batch_size": 8, "learning_rate": 3e-3}


def test_estimator_checks() -> None:
    quick = SNNClassifier(
        n_channels=1,
        conv_channels=(4, 4, 8),
        n_hidden=8,
        n_epochs=2,
        learning_rate=5e-3,
        batch_size=8,
        personal_epochs=1,
        random_state=0,
    )
    results = check_estimator(
        quick,
        on_skip=None,
        expected_failed_checks={
            "check_classifiers_train": "asks for an accuracy on two features, which here are two "
            "samples of one electrode"
        },
    )
    assert sum(result["status"] == "passed" for result in results) >= 50


@pytest.fixture(scope="module")
def easy() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    y = np.array(["left", "right"])[np.tile([0, 1], 20)]
    X = rng.normal(size=(40, 6, 20))
    X[y == "right", :3] += 1.5
    return X, y


def test_fit_predict_and_pickle(easy: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = easy
    classifier = SNNClassifier(
        channel_names=["C3", "C1", "Cz", "C2", "C4", "FCz"], n_epochs=20, random_state=1, **SMALL
    ).fit(X, y)
    assert classifier.score(X, y) > 0.8
    p = classifier.predict_proba(X)
    np.testing.assert_allclose(p.sum(1), 1)
    assert (classifier.classes_[p.argmax(1)] == classifier.predict(X)).all()
    assert ((classifier.decision_function(X) > 0) == (classifier.predict(X) == "right")).all()
    again = pickle.loads(pickle.dumps(classifier))
    assert (again.predict_proba(X) == p).all()
    assert (clone(classifier).fit(X, y).predict_proba(X) == p).all()
    with pytest.raises(ValueError, match="X has 5 features"):
        classifier.predict(X[:, :5])


def test_partial_fit_personalizes_only_the_chosen_layers(easy: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = easy
    classifier = SNNClassifier(
        n_epochs=2, random_state=1, personal_epochs=2, personal_learning_rate=5e-3, **SMALL
    )
    classifier.fit(X, y)
    before = classifier.network_.state_dict()
    classifier.partial_fit(X[:10], y[:10])
    after = classifier.network_
    assert (after["snn.conv1.psp_func.weight"] == before["snn.conv1.psp_func.weight"]).all()
    assert (after["snn.ts_weights"] != before["snn.ts_weights"]).any()
    assert classifier.n_iter_ == 4
    with pytest.raises(ValueError, match="not in classes"):
        classifier.partial_fit(X[:10], np.repeat(["up", "left"], 5))


def test_pipeline_of_flat_trials(easy: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = easy
    pipeline = make_pipeline(
        StandardScaler(), SNNClassifier(n_channels=6, n_epochs=5, random_state=1, **SMALL)
    )
    scores = cross_val_score(pipeline, X.reshape(40, -1), y, cv=2)
    assert scores.shape == (2,) and np.isfinite(scores).all()


def test_real_subject_in_four_folds(shared: Path) -> None:
    """A published network personalized to subject 1, in scikit-learn's cross-validation."""
    x = load_file(shared / "golden" / "epochs_s001.safetensors")
    published = snnfe.Network.load(shared / "golden" / "net_float_fold1.safetensors")
    classifier = SNNClassifier(
        network=published, normalize=False, n_epochs=2, batch_size=8, learning_rate=1e-5, random_state=5
    )
    scores = cross_val_score(
        make_pipeline(classifier), x["x"], x["label"], cv=StratifiedKFold(4, shuffle=True, random_state=5)
    )
    assert scores.mean() >= 0.85


def test_within_and_cross_subject_beside_csp() -> None:
    """MOABB's two evaluations: every subject in folds, and each subject left out."""
    csp = pytest.importorskip("mne.decoding").CSP
    data = snnfe.Dataset.synthesize({"n_subjects": 3, "effect": 1.0}, runs=[4, 8], statistics_runs=[4, 8])
    X, y, subjects = np.array(data.trials, np.float64), np.array(data.labels), np.array(data.subjects)
    pipelines = {
        "CSP+LDA": make_pipeline(csp(4), LinearDiscriminantAnalysis()),
        "SNN": make_pipeline(SNNClassifier(n_epochs=1, random_state=5, **SMALL)),
    }
    for pipeline in pipelines.values():
        within = [
            cross_val_score(pipeline, X[subjects == s], y[subjects == s], cv=StratifiedKFold(2)).mean()
            for s in np.unique(subjects)
        ]
        across = cross_val_score(pipeline, X, y, groups=subjects, cv=LeaveOneGroupOut())
        assert len(within) == len(across) == 3
        assert np.isfinite(within).all() and np.isfinite(across).all()


SIX = ["C3", "C1", "Cz", "C2", "C4", "FCz"]
TINY = {"conv_channels": (2, 2, 2), "n_hidden": 4, "n_epochs": 1, "random_state": 0}


@pytest.mark.parametrize("name", ["device", "personal_device"])
def test_devices_as_parameters_are_cloned(easy: tuple[np.ndarray, np.ndarray], name: str) -> None:
    X, y = easy
    device = snnfe.Device("dut3", rsd_c2c=0.03)
    classifier = SNNClassifier(channel_names=SIX, **TINY, **{name: device})
    twin = clone(classifier)
    assert getattr(twin, name) is not device and getattr(twin, name).options == device.options
    scores = cross_val_score(classifier, X, y, cv=2, n_jobs=2)
    assert (scores == cross_val_score(classifier, X, y, cv=2)).all()
    again = pickle.loads(pickle.dumps(classifier.fit(X, y)))
    assert (again.predict_proba(X) == classifier.predict_proba(X)).all()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_what_is_assumed_of_channels_is_said(easy: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = easy
    with pytest.warns(UserWarning, match="X has 120 features, which are taken as one channel of so many"):
        SNNClassifier(**TINY).fit(X.reshape(40, -1), y)
    with pytest.warns(UserWarning, match="the 6 channels are placed row by row"):
        SNNClassifier(**TINY).fit(X, y)
    with pytest.warns(UserWarning, match="the 64 channels are taken to be EEGMMIDB's, in its order"):
        SNNClassifier(**TINY).fit(np.tile(X, (1, 11, 1))[:, :64], y)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        named = SNNClassifier(channel_names=SIX, **TINY)
        flat = named.fit(X.reshape(40, -1), y).predict_proba(X.reshape(40, -1))
        assert (flat == named.fit(X, y).predict_proba(X)).all()


def test_places_of_other_electrodes(easy: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = easy
    names = ["E1", "E2", "E3", "E4", "E5", "E6"]
    with pytest.raises(errors.NotFoundError, match="montage="):
        SNNClassifier(channel_names=names, **TINY).fit(X, y)
    places = {name: (5, 2 + i) for i, name in enumerate(names)}
    fitted = SNNClassifier(channel_names=names, montage=places, **TINY).fit(X, y)
    assert clone(fitted).montage == places
    with pytest.raises(ValueError, match="give channel_names, too"):
        SNNClassifier(montage=places, **TINY).fit(X, y)


def test_a_network_as_it_is(easy: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = easy
    trained = SNNClassifier(channel_names=SIX, n_epochs=5, random_state=1, **SMALL).fit(X, y)
    options = {"channel_names": SIX, "n_epochs": 0}
    used = SNNClassifier(network=trained.network_, **options).fit(X, y)
    assert (used.predict_proba(X) == trained.predict_proba(X)).all() and used.n_iter_ == 0
    assert used.network_ is not trained.network_
    with pytest.raises(ValueError, match="n_epochs = 0 trains nothing: give a network"):
        SNNClassifier(**options).fit(X, y)
    with pytest.raises(errors.ShapeError, match="X has trials of 19 samples, but the network takes 20"):
        SNNClassifier(network=trained.network_, **options).fit(X[:, :, 1:], y)
    with pytest.raises(errors.ShapeError, match="y has 3 classes, but the network 2"):
        SNNClassifier(network=trained.network_, **options).fit(X[:30], np.tile([0, 1, 2], 10))
    with pytest.raises(errors.ShapeError, match="trials of 10 samples, but the classifier was fitted to 20"):
        used.predict(X[:, :, :10])


def test_normalized_by_subject(easy: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = easy
    subjects = np.repeat(["a", "b"], 20)
    other = X.copy()
    other[20:] = 1000 + 50 * other[20:]
    options = {"channel_names": SIX, "normalize": "subject", **TINY}
    first = SNNClassifier(**options).fit(X, y, subjects=subjects)
    second = SNNClassifier(**options).fit(other, y, subjects=subjects)
    np.testing.assert_allclose(first.predict_proba(X[20:]), second.predict_proba(other[20:]), atol=1e-5)
    second.partial_fit(other[20:], y[20:])
    with pytest.raises(ValueError, match="needs subjects"):
        SNNClassifier(**options).fit(X, y)
    with pytest.raises(ValueError, match="an entry for each of 40 trials"):
        SNNClassifier(**options).fit(X, y, subjects=subjects[:5])
    with pytest.raises(ValueError, match='True, False or "subject"'):
        SNNClassifier(channel_names=SIX, normalize="run", **TINY).fit(X, y)


def test_validation_and_what_is_learnt(
    easy: tuple[np.ndarray, np.ndarray], capsys: pytest.CaptureFixture[str]
) -> None:
    X, y = easy
    options = {"channel_names": SIX, "random_state": 1, "validation_fraction": 0.25, "verbose": True}
    classifier = SNNClassifier(n_epochs=8, **options, **SMALL).fit(X, y)
    assert len(classifier.loss_curve_) == len(classifier.validation_scores_) == 8
    assert "loss=" in capsys.readouterr().err
    with pytest.warns(ConvergenceWarning, match="that of guessing is 0.693: take more epochs"):
        silent = SNNClassifier(channel_names=SIX, **{**TINY, "n_epochs": 2}).fit(X, y)
    assert silent.validation_scores_ == [] and "loss=" not in capsys.readouterr().err


def test_windows_of_a_trial_decide_together() -> None:
    rng = np.random.default_rng(8)
    trials = np.repeat(np.arange(30), 3)
    y = np.array(["left", "right"])[trials % 2]
    X = rng.normal(size=(90, 6, 20))
    X[y == "right", :3] += 0.7
    order = rng.permutation(90)
    X, y, names = X[order], y[order], np.array([f"trial {t}" for t in trials])[order]
    classifier = SNNClassifier(
        channel_names=["C3", "C1", "Cz", "C2", "C4", "FC3"],
        n_epochs=15,
        validation_fraction=0.4,
        random_state=1,
        **SMALL,
    ).fit(X, y, trials=names)
    assert len(classifier.validation_trial_scores_) == 15
    # 12 of the 30 trials were held out whole, so that all scores are counts of those.
    counts = np.array(classifier.validation_trial_scores_) * 12
    np.testing.assert_allclose(counts, counts.round(), atol=1e-9)

    logits = classifier.network_.evaluate(classifier._grid(X)).astype(np.float64)
    assert len({*logits.argmax(1)}) == 2
    right = 0
    for name in np.unique(names):
        own = names == name
        log_p = logits[own] - np.log(np.exp(logits[own]).sum(1, keepdims=True))
        decision = log_p.sum(0).argmax()
        right += classifier.classes_[decision] == y[own][0]
        assert (classifier.predict(X, names)[own] == classifier.classes_[decision]).all()
        p = np.exp(log_p.sum(0)) / np.exp(log_p.sum(0)).sum()
        np.testing.assert_allclose(classifier.predict_proba(X, names)[own], np.tile(p, (3, 1)), rtol=1e-6)
    assert classifier.score(X, y, trials=names) == right / 30
    assert classifier.score(X, y) == (classifier.predict(X) == y).mean()
    assert classifier.score(X, y, trials=np.arange(90)) == classifier.score(X, y)
    to_the_right = classifier.predict(X, names) == "right"
    assert ((classifier.decision_function(X, names) > 0) == to_the_right).all()
    with pytest.raises(ValueError, match="several labels"):
        classifier.score(X, y, trials=np.zeros(90))
    with pytest.raises(errors.ShapeError, match="trials has shape"):
        classifier.predict(X, names[1:])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_epochs_say_their_channels_and_rate(easy: tuple[np.ndarray, np.ndarray]) -> None:
    mne = pytest.importorskip("mne")
    X, y = easy

    def epochs(names: list[str], rate: float = 128.0) -> object:
        info = mne.create_info([*names, "EOG"], rate, ["eeg"] * 6 + ["eog"])
        return mne.EpochsArray(np.concatenate([X, 50 * X[:, :1]], axis=1) * 1e-6, info, verbose="error")

    named = SNNClassifier(channel_names=SIX, sampling_rate_hz=128, **TINY).fit(X, y)
    told = SNNClassifier(**TINY)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        told.fit(epochs(SIX), y)
    assert told.channel_names_ == SIX and told.sampling_rate_hz_ == 128 and told.n_features_in_ == 6
    np.testing.assert_allclose(told.predict_proba(epochs(SIX)), named.predict_proba(X), atol=1e-5)
    assert (told.predict_proba(epochs(SIX)) == told.predict_proba(epochs(SIX).get_data(picks="eeg") * 1e6)).all()
    turned = SNNClassifier(channel_names=SIX[::-1], **TINY).fit(epochs(SIX), y)
    assert turned.channel_names_ == SIX[::-1]
    with pytest.raises(ValueError, match="the epochs have 100 Hz .* but the classifier was fitted to 128 Hz"):
        told.predict(epochs(SIX, 100))
    with pytest.raises(ValueError, match="sampling_rate_hz is 160, but the epochs have 128 Hz"):
        SNNClassifier(sampling_rate_hz=160, **TINY).fit(epochs(SIX), y)
    with pytest.raises(errors.NotFoundError, match="the epochs have no EEG channel Pz, EOG; they have C3"):
        SNNClassifier(channel_names=["C3", "Pz", "EOG"], **TINY).fit(epochs(SIX), y)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_trials_in_volts(easy: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = easy
    in_microvolts = SNNClassifier(channel_names=SIX, **TINY).fit(20 * X, y)
    in_volts = SNNClassifier(channel_names=SIX, **TINY).fit(20e-6 * X, y)
    np.testing.assert_allclose(in_volts.predict_proba(20e-6 * X), in_microvolts.predict_proba(20 * X), atol=1e-6)
    with pytest.warns(UserWarning, match="X deviates by .*e-05 only: is it in volts"):
        SNNClassifier(channel_names=SIX, normalize=False, **TINY).fit(20e-6 * X, y)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_grids_of_other_sizes(easy: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = easy
    wide = SNNClassifier(channel_names=SIX, grid=(19, 21), **TINY).fit(X, y)
    assert (wide.network_.options["n_rows"], wide.network_.options["n_columns"]) == (19, 21)
    assert clone(wide).grid == (19, 21)
    with pytest.warns(UserWarning, match="placed row by row"):
        assert len(SNNClassifier(grid=(12, 12), **TINY).fit(X, y).predict(X)) == 40
    with pytest.raises(errors.ArgumentError, match="n_rows is 4"):
        SNNClassifier(channel_names=SIX, grid=(4, 4), **TINY).fit(X, y)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_trials_of_the_target(easy: tuple[np.ndarray, np.ndarray]) -> None:
    """Somebody whose signals are larger and shifted is normalized by their own trials, and the labeled ones train."""
    X, y = easy
    other = 1000 + 50 * X
    options = {"channel_names": SIX, "personal_epochs": 1, **TINY}
    plain = SNNClassifier(**options).fit(X, y)
    met = SNNClassifier(**options).fit(X, y, X_target_unlabeled=other)
    np.testing.assert_allclose(met.predict_proba(other), plain.predict_proba(X), atol=1e-5)
    tuned = SNNClassifier(**options).fit(X, y, X_target_labeled=other[:10], y_target_labeled=y[:10])
    same = SNNClassifier(**options).fit(X, y, X_target_unlabeled=other[:10]).partial_fit(other[:10], y[:10])
    assert (tuned.predict_proba(other) == same.predict_proba(other)).all() and tuned.n_iter_ == 2
    kept = SNNClassifier(normalize=False, **options).fit(X, y, X_target_unlabeled=other)
    assert (kept.predict_proba(X) == SNNClassifier(normalize=False, **options).fit(X, y).predict_proba(X)).all()
    with pytest.raises(ValueError, match="belong together"):
        SNNClassifier(**options).fit(X, y, X_target_labeled=other[:10])
