"""The audit of what decoders listen to: known truths, numbers, bad input, the page in a real browser."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import image
from numpy.typing import NDArray
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import snnfe
import snnfe.montage
from snnfe import audit, errors
from snnfe.audit import baselines, material, perturbation, statistics

QUICK = audit.Settings(repetitions=2, electrode_repetitions=0, permutations=199)
RUNS = [4, 8, 12]


# Fewer electrodes than there are make the tests fast.
CHANNELS = "FP1 FP2 AF7 AF3 AF4 AF8 F7 F8 FT7 FT8 FZ F3 F4 FC3 FC4 C5 C3 C1 CZ C2 C4 C6 CP3 CP4 P3 PZ P4 OZ".split()


def _recorded(n_subjects: int = 5, **options: Any) -> snnfe.Dataset:
    recordings: Any = {"n_subjects": n_subjects, "runs": RUNS, **options}
    places: Any = {
        "channel_names": CHANNELS,
        "channel_rows": [snnfe.montage.MONTAGE[name][0] for name in CHANNELS],
        "channel_columns": [snnfe.montage.MONTAGE[name][1] for name in CHANNELS],
    }
    return snnfe.Dataset.synthesize(recordings, runs=RUNS, statistics_runs=RUNS, **places)


def _slow_and_rhythm(trials: NDArray[Any]) -> NDArray[Any]:
    """Features of a decoder that hears everything: slow potentials and the power of the rhythms."""
    rhythm = baselines.band_passed(trials, 160, 8, 30)
    return np.concatenate([baselines.binned(trials), 3 * np.log(rhythm.var(-1) + 1e-3)], 1)


def _listener() -> Any:
    lda = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    return make_pipeline(FunctionTransformer(_slow_and_rhythm), lda)


def _audited(data: snnfe.Dataset) -> audit.Audited:
    return audit.audit(data, {"listener": _listener()}, settings=QUICK).decoders[0]


# --- where the truth is known ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def glances() -> audit.Audited:
    return _audited(_recorded(effect=0, glance_uv=25, glance_share=0.8))


@pytest.fixture(scope="module")
def imagery() -> audit.Audited:
    return _audited(_recorded())


@pytest.fixture(scope="module")
def both() -> audit.Audited:
    return _audited(_recorded(glance_uv=12, glance_share=0.7))


def _outcomes(audited: audit.Audited) -> dict[str, str]:
    return {finding.rule.partition(":")[0]: finding.outcome for finding in audited.verdict.findings}


def test_glances_without_rhythm_accuse_the_eyes(glances: audit.Audited) -> None:
    assert glances.verdict.kind == "eyes"
    assert glances.eye_share is not None and glances.eye_share.low > 0.5
    told = _outcomes(glances)
    assert told["Above chance"] == "yes" and told["Where"] == "frontal" and told["Frequencies"] == "slow"
    assert told["Two electrodes"] == "as well" and told["Time"] != "before"
    named = {score.name: score for score in glances.baselines}
    assert named["LDA, slow potential AF7 − AF8"].accuracy.value > 0.8
    assert named["CSP + LDA, 8–30 Hz, aligned"].accuracy.value < 0.7


def test_imagery_without_glances_acquits(imagery: audit.Audited) -> None:
    assert imagery.verdict.kind == "not eyes"
    assert imagery.eye_share is not None and imagery.eye_share.high < 0.5
    told = _outcomes(imagery)
    assert told["Above chance"] == "yes" and told["Where"] == "central" and told["Two electrodes"] == "not as well"


def test_both_are_apportioned(glances: audit.Audited, imagery: audit.Audited, both: audit.Audited) -> None:
    assert glances.eye_share and imagery.eye_share and both.eye_share
    assert imagery.eye_share.value < both.eye_share.value < glances.eye_share.value
    assert both.verdict.kind == "mixed"
    for audited in (glances, imagery, both):
        assert sum(share.value for share in audited.electrode_shares.values()) == pytest.approx(1)
        assert str(audited.eye_share) in audited.verdict.sentence
    assert 0.1 < both.electrode_shares["frontal"].value and 0.1 < both.electrode_shares["central"].value


# --- numbers -----------------------------------------------------------------------------------------------


def test_permutations_and_comparisons() -> None:
    labels, subjects = np.tile([0, 1], 20), np.repeat([1, 2], 20)
    assert statistics.permutation_p(labels, labels, subjects, 199, 1) == 1 / 200
    assert statistics.permutation_p(np.zeros(40, int), labels, subjects, 199, 1) == 1
    # By hand: differences 0.1, 0.2, 0.3; variance 0.01; standard error sqrt((1/3 + 1/4) 0.01).
    told = statistics.corrected_t([0.7, 0.8, 0.9], [0.6, 0.6, 0.6], [40, 40, 40], [10, 10, 10])
    assert told.difference == pytest.approx(0.2)
    assert told.high - told.low == pytest.approx(2 * 4.302653 * np.sqrt(7 / 12 * 0.01), rel=1e-5)


def test_intervals() -> None:
    few = statistics.over_repetitions([2, 2, 0, 0, 1, 1, 1, 1], 2)
    assert few.value == 0.5
    assert few.high - few.low == pytest.approx(2 * 1.959964 * np.sqrt(4 * 0.25) / 8, rel=1e-5)
    assert np.isnan(statistics.over_repetitions([1, 0], 1).low)
    people = statistics.Resampling(np.repeat([1, 2], 10), 1).interval(np.repeat([0.0, 1.0], 10))
    assert (people.value, people.low, people.high) == (0.5, 0, 1)


def test_bands_together_are_the_trial_and_partners_are_of_another_class() -> None:
    with _recorded(2) as data:
        made = material.prepare(data)
        trials = made.trials[:3]
        parts = [
            perturbation.band(*edges, 160)(np.zeros_like(trials), trials, np.arange(3))
            for edges in perturbation.BANDS.values()
        ]
        np.testing.assert_allclose(np.sum(parts, 0), trials, atol=1e-4)
        for partner in perturbation.partners(made, 2, 1):
            assert (made.labels[partner] != made.labels).all() and (made.subjects[partner] == made.subjects).all()


def test_the_published_networks_on_real_people(shared: Path, tmp_path: Path) -> None:
    subprocess.run(["sh", shared / "eegmmidb" / "unpack.sh", tmp_path], check=True, capture_output=True)
    options: Any = {"subjects": range(1, 22), "runs": RUNS, "statistics_runs": RUNS}
    with snnfe.Dataset.open(tmp_path, **options) as data:
        found = material.prepare(data)
        folds = [np.flatnonzero(np.isin(found.subjects, g)) for g in np.array_split(np.arange(1, 22), 5)]
        recipe = next(r for r in baselines._recipes(found, {}, None) if "AF7" in r.name)
        right = baselines._in_folds(recipe, recipe.features(), found, folds) == found.labels
        assert right.mean() == pytest.approx(0.804, abs=0.002)


# --- report ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def report(glances: audit.Audited, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    description: Any = {
        "trials": 225, "subjects": [1, 2, 3, 4, 5], "classes": {"left": 113, "right": 112}, "channels": len(CHANNELS),
        "samples": 160, "sampling_rate_hz": 160.0, "filter_hz": [0.1, 79.0], "normalization": "all",
        "synthetic": True, "start_s": 0.0, "hash": "0",
    }  # fmt: skip
    made = audit.Audit(QUICK, description, (glances,), (), tuple(CHANNELS), "0")
    assert [path.name for path in audit.write_report(made, folder)] == ["audit.html", "audit.csv", "audit.json"]
    return folder


def test_table_and_json_say_the_same(report: Path, glances: audit.Audited) -> None:
    told = json.loads((report / "audit.json").read_text())["decoders"][0]
    assert told["verdict"]["kind"] == "eyes"
    rows = list(csv.DictReader((report / "audit.csv").open()))
    frontal = next(r for r in rows if (r["kind"], r["name"], r["action"]) == ("region", "frontal", "exchanged"))
    effect = glances.effect("region", "frontal")
    assert float(frontal["accuracy"]) == pytest.approx(effect.accuracy.value, abs=1e-5)


def test_the_page_in_a_browser(report: Path) -> None:
    browser = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium"))), None)
    if browser is None:
        pytest.skip("no browser: apt-get install chromium-headless-shell")
    page, picture = report / "audit.html", report / "page.png"
    common = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"]
    # A sanitizer that is loaded before the library is not meant for the browser.
    calm = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    dumped = subprocess.run(
        [*common, "--dump-dom", page.as_uri()], capture_output=True, text=True, check=True, env=calm
    )
    dom = dumped.stdout
    assert "Eye movements explain most of the decision" in dom and dom.count("<img alt=") >= 4
    assert "http://" not in dom and "https://" not in dom
    shot = [*common, "--window-size=1100,2600", f"--screenshot={picture}", page.as_uri()]
    subprocess.run(shot, check=True, capture_output=True, env=calm)
    pixels = (255 * image.imread(picture)[..., :3]).astype(int)
    for color in ((0xD5, 0x5E, 0x00), (0x00, 0x72, 0xB2)):  # of exchanged and of alone: the figures are there
        assert (np.abs(pixels - color).max(-1) < 12).sum() > 100


def test_an_interrupted_audit_goes_on(tmp_path: Path) -> None:
    with _recorded(2, trials_per_run=6) as data:
        lda = make_pipeline(FunctionTransformer(baselines.binned), LinearDiscriminantAnalysis("lsqr", shrinkage="auto"))
        calls: list[int] = []

        def stop(progress: snnfe.Progress) -> bool:
            calls.append(progress.done)
            return progress.done > 20

        with pytest.raises(errors.CancelledError, match="stopped"):
            audit.audit(data, {"lda": lda}, settings=QUICK, folder=tmp_path, progress=stop)
        kept = next(tmp_path.glob("progress-*.jsonl")).read_text().splitlines()
        assert len(kept) > 3
        resumed = audit.audit(data, {"lda": lda}, settings=QUICK, folder=tmp_path)
        whole = audit.audit(data, {"lda": lda}, settings=QUICK)
        assert next(tmp_path.glob("progress-*.jsonl")).read_text().splitlines()[: len(kept)] == kept
        for one, other in zip(resumed.decoders[0].effects, whole.decoders[0].effects):
            assert one.over_subjects == other.over_subjects


def test_command_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "snnfe.audit"]
    with _recorded(2, trials_per_run=6) as data:
        data.save(tmp_path / "data.safetensors")
    done = subprocess.run([*command, tmp_path / "data.safetensors", "-o", tmp_path / "out"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "No decoder was given" in (tmp_path / "out" / "audit.html").read_text()
    snnfe.Network(n_steps=80).save(tmp_path / "other.safetensors")
    arguments = [tmp_path / "data.safetensors", "--network", tmp_path / "other.safetensors", "-o", tmp_path / "out"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True)
    assert done.returncode == 1 and "n_steps 80, not 160" in done.stderr and "read the recordings" in done.stderr


# --- bad input ---------------------------------------------------------------------------------------------


def _made(labels: Any, subjects: Any, trials: Any = None) -> snnfe.Dataset:
    x = np.random.default_rng(1).normal(size=(8, 4, 160)).astype(np.float32) if trials is None else trials
    places: Any = {"channel_rows": [1, 1, 4, 4], "channel_columns": [3, 7, 3, 7]}
    return snnfe.Dataset.from_arrays(
        x, labels, subjects=subjects, channel_names=["AF7", "AF8", "C3", "C4"], n_classes=2, **places
    )


@pytest.mark.parametrize(
    "labels, subjects, message",
    [
        ([0] * 8, [1, 1, 1, 1, 2, 2, 2, 2], "needs at least two classes"),
        ([0, 1] * 4, [1] * 8, "needs at least two; read more subjects"),
        ([0, 0, 0, 0, 0, 1, 0, 1], [3, 3, 3, 3, 4, 4, 4, 4], "subject 3 has trials of the class .* leave it out"),
    ],
)
def test_people_that_cannot_be_audited(labels: Any, subjects: Any, message: str) -> None:
    with pytest.raises(errors.ArgumentError, match=message):
        audit.audit(_made(labels, subjects))


def test_electrodes_that_are_not_there_or_flat() -> None:
    labels, subjects = [0, 1] * 4, [1, 1, 1, 1, 2, 2, 2, 2]
    with pytest.raises(errors.NotFoundError, match="region mine names the electrodes C5, .* they have AF7, AF8"):
        audit.audit(_made(labels, subjects), regions={"mine": ["C5"]})
    with pytest.raises(errors.ArgumentError, match="region mine must be a list"):
        audit.audit(_made(labels, subjects), regions={"mine": "C3"})
    flat = np.random.default_rng(1).normal(size=(8, 4, 160)).astype(np.float32)
    flat[4:, 1] = 0
    with pytest.raises(errors.ArgumentError, match="AF8 of subject 2 is flat, .* leave the subject out"):
        audit.audit(_made(labels, subjects, flat))


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyriemann", None)
    with pytest.raises(ImportError, match="needs pyRiemann, which is not installed here .* pip install"):
        audit.audit(_made([0, 1] * 4, [1, 1, 1, 1, 2, 2, 2, 2]))


def test_what_is_no_classifier() -> None:
    data = _made([0, 1] * 4, [1, 1, 1, 1, 2, 2, 2, 2])
    with pytest.raises(TypeError, match="mine must have fit and predict"):
        audit.audit(data, {"mine": 3})
