"""Figures from the published tables and from logs of our own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import xml.etree.ElementTree
from pathlib import Path

import matplotlib
import numpy as np
import pytest

import snnfe
from conftest import SMALL
from snnfe import errors, figures
from snnfe.figures import curves, tables

ALWAYS = {"device_response", "pulse_trains", "pulse_trains_rsd"}
PUBLISHED = ALWAYS | {
    "measured_pulses",
    "measured_traces",
    "measured_histograms",
    "measured_spread",
    "weights",
    "weight_ranges",
    "training",
    "sweep_thr",
    "sweep_thr_asym",
    "sweep_rsd_c2c",
    "sweep_q",
    "accuracy_q_x",
    "accuracy_eta",
    "updates",
    "retuning",
    "subjects",
    "sstl_gain",
    "sstl_subjects",
    "sstl_histogram",
}


def _is_drawn(path: Path) -> bool:
    if path.suffix == ".svg":
        return xml.etree.ElementTree.parse(path).getroot().tag.endswith("svg")
    pixels = matplotlib.image.imread(path)[..., :3]
    return bool(pixels.shape[0] > 300 and (pixels.min() < 0.2))


def _labels(drawn: matplotlib.figure.Figure) -> list[str]:
    return [label for panel in drawn.axes for label in panel.get_legend_handles_labels()[1]]


def _line(panel: matplotlib.axes.Axes, label: str) -> matplotlib.lines.Line2D:
    return next(line for line in panel.lines if line.get_label() == label)


def test_every_published_table_is_recognized(shared: Path) -> None:
    folder = shared / "paper" / "postprocessing"
    found = tables.collect([folder])
    assert {t.path.name for t in found.tables} == {p.name for p in folder.glob("*.csv")}
    assert {t.source for t in found.tables} == {tables.PUBLISHED}
    # Every table but those of the distributions plays a part that its name also tells.
    assert all(t.roles for t in found.tables)


def test_published_figures(shared: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "snnfe.figures",
            shared / "paper" / "postprocessing",
            shared / "paper" / "measurements",
            "-o",
            tmp_path,
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    paths = [Path(line) for line in done.stdout.splitlines()]
    assert {p.stem for p in paths} == PUBLISHED
    assert {p.suffix for p in paths} == {".svg", ".png"} and all(map(_is_drawn, paths))
    assert done.stderr == ""


def test_help_and_guide_list_every_figure() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "snnfe.figures", "--help"], check=True, capture_output=True, text=True
    )
    guide = (Path(__file__).resolve().parents[3] / "docs" / "reproduce.md").read_text(encoding="utf-8")
    for name, shows in figures.FIGURES.items():
        assert f"  {name} " in done.stdout and shows in done.stdout
        assert f"`{name}`" in guide


def test_values_are_the_published_ones(shared: Path) -> None:
    results = tables.collect([shared / "paper" / "postprocessing"])
    panel = figures.training.sweep(results, "q").axes[0]  # type: ignore[union-attr]
    assert _line(panel, "q = 4 (5 levels), published").get_ydata()[-1] == pytest.approx(79.2, abs=0.05)
    assert panel.get_ylabel() == "validation accuracy (%)"
    gain = figures.personal.sstl_subjects(results).axes[1]  # type: ignore[union-attr]
    assert gain.get_title(loc="left") == "79.56 % → 81.33 %"


# --- published tables under other names ------------------------------------------------------------


def _rewritten(source: Path, target: Path) -> None:
    """The table as another program would save it: no row numbers, rows reversed, ten digits."""
    table = tables.read(source)
    assert table is not None
    rows = [
        ",".join(f"{v:.10g}" if isinstance(v, float) else str(v) for v in row)
        for row in zip(*(c.tolist() for c in table.columns.values()))
    ]
    target.write_text("\r\n".join([",".join(table.columns), *rows[::-1]]) + "\r\n")


def test_a_published_table_is_known_by_any_name(shared: Path, tmp_path: Path) -> None:
    sources = sorted((shared / "paper" / "postprocessing").glob("*.csv"))
    for i, source in enumerate(sources):
        shutil.copy(source, tmp_path / f"table{i}.csv")
    by_name = tables.collect(list(sources))
    renamed = tables.collect([tmp_path])
    assert {t.source for t in renamed.tables} == {tables.PUBLISHED}
    for option in ("thr", "thr_asym", "rsd_c2c", "q"):
        labels = [_labels(figures.training.sweep(r, option)) for r in (by_name, renamed)]  # type: ignore[arg-type]
        assert labels[0] == labels[1]
    for make in (figures.transfer.retuning, figures.training.updates, figures.transfer.accuracy_q_x):
        assert _labels(make(by_name)) == _labels(make(renamed))  # type: ignore[arg-type]


def test_a_published_table_is_never_ours(shared: Path, tmp_path: Path) -> None:
    folder = shared / "paper" / "postprocessing"
    published = folder / "subject_specific_transfer_learning_on_device.csv"
    shutil.copy(published, tmp_path / "Final_df_SSTL_on_device.csv")
    _rewritten(published, tmp_path / "mine.csv")
    for place in (tmp_path / "Final_df_SSTL_on_device.csv", tmp_path / "mine.csv"):
        panel = figures.personal.sstl_gain(tables.collect([place])).axes[0]  # type: ignore[union-attr]
        assert panel.get_title(loc="left") == "Personalization, published (103 subjects)"
    # Three copies of one table are not three times the subjects.
    drawn = figures.personal.sstl_histogram(tables.collect([tmp_path, published]))
    assert [p.get_title(loc="left") for p in drawn.axes] == [  # type: ignore[union-attr]
        "published: fc1+fc2, rate 0.0006 (103 subjects)"
    ]


def test_changed_tables_of_the_published_programs_say_so(shared: Path, tmp_path: Path) -> None:
    text = (shared / "paper/postprocessing/plot_sweep_thr_0.05.csv").read_text().splitlines()
    (tmp_path / "plot_sweep_thr_0.05.csv").write_text("\n".join(text[:-1]))
    sstl = (shared / "paper/postprocessing/subject_specific_transfer_learning_on_device.csv").read_text()
    (tmp_path / "sstl.csv").write_text("\n".join(sstl.splitlines()[:100]))
    results = tables.collect([tmp_path])
    assert {t.source for t in results.tables} == {tables.PROGRAMS}
    assert _labels(figures.training.sweep(results, "thr")) == ["ε = 0.05, published programs"]  # type: ignore[arg-type]
    panel = figures.personal.sstl_gain(results).axes[0]  # type: ignore[union-attr]
    assert "published programs" in panel.get_title(loc="left")


# --- logs --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def our_results(tmp_path_factory: pytest.TempPathFactory, small_data: snnfe.Dataset) -> Path:
    folder = tmp_path_factory.mktemp("results")
    for thr in (0.025, 0.05):
        for fold in (1, 2):
            job = folder / "thr" / "jobs" / f"thr={thr},fold={fold}"
            job.mkdir(parents=True)
            (job / "job.txt").write_text(f"snnfe-train-on-device\n--thr={thr}\n--fold={fold}\n")
            snnfe.train_on_device(
                small_data,
                range(30),
                range(30, 40),
                range(40, 60),
                network=SMALL,
                n_epochs=2,
                learning_rate=5e-3,
                threshold=thr,
                phase="On-device",
                seed=fold,
                epoch_log_path=job / f"epochs_fold{fold}.csv",
                sample_log_path=job / f"samples_fold{fold}.csv",
                wear_log_path=job / f"wear_fold{fold}.csv",
            )
    snnfe.pretrain(
        small_data,
        range(30),
        range(30, 60),
        network=SMALL,
        n_epochs=2,
        epoch_log_path=folder / "epochs_fold1.csv",
    )
    return folder


def test_our_figures(our_results: Path, small_data: snnfe.Dataset, tmp_path: Path) -> None:
    with snnfe.Network(**SMALL) as network:
        paths = figures.draw([our_results], tmp_path, network=network, dataset=small_data, formats=["png"])
    names = {p.stem for p in paths}
    assert names == ALWAYS | {
        "weights",
        "weights_violin",
        "weight_ranges",
        "training",
        "sweep_thr",
        "updates",
        "wear",
        "activity",
    }
    assert all(map(_is_drawn, paths))


def test_like_with_like(our_results: Path, shared: Path) -> None:
    results = tables.collect([our_results, shared / "paper" / "postprocessing"])
    validation, test = figures.training.sweep(results, "thr").axes  # type: ignore[union-attr]
    assert validation.get_ylabel() == "validation accuracy (%)"
    assert test.get_ylabel() == "test accuracy, unseen subjects (%)"
    labels = {"ε = 0.025", "ε = 0.05", "ε = 0.025, published", "ε = 0.075, published"}
    assert labels <= set(validation.get_legend_handles_labels()[1])
    ours = figures.training.by_option(results.of("epochs"), "thr")["0.025"]
    assert len(ours) == 2
    for panel, column in ((validation, "Val_Accuracy"), (test, "Test_Accuracy")):
        last = [100 * t[column][-1] for t in ours]
        assert _line(panel, "ε = 0.025").get_ydata()[-1] == pytest.approx(np.mean(last))
    # The published curve is of validation; on unseen subjects only the last epoch is known.
    assert "ε = 0.025, published" not in [line.get_label() for line in test.lines]
    points = dict(zip(test.get_legend_handles_labels()[1], test.get_legend_handles_labels()[0]))
    shown = points["ε = 0.025, published"].lines[0]
    assert (shown.get_xdata()[0], shown.get_ydata()[0]) == (20, pytest.approx(79.52))


def test_the_spread_is_of_the_population(our_results: Path) -> None:
    ours = curves.by_option(tables.collect([our_results]).of("epochs"), "thr")["0.05"]
    curve = curves.fold_curve(ours, y="Test_Accuracy")
    last = [100 * t["Test_Accuracy"][-1] for t in ours]
    assert curve.mean[-1] == pytest.approx(np.mean(last)) and curve.n == 2
    assert curve.std[-1] == pytest.approx(np.std(last))


SAMPLES = "Phase,Epoch,BatchIdx,SamplesSeen,Val_Accuracy,Class0_Accuracy,Class1_Accuracy,Test_Accuracy"
CROSSINGS = [[(10, 5), (40, 20)], [(8, 6), (30, 25)], [(9, 2), (11, 10)]]  # of each epoch, since its start
TOTALS = [0, 15, 60, 74, 115, 126, 136]


def _samples(first: str, decimals: int, totals: bool, restarts: bool) -> str:
    """A per-sample log of three epochs with two points each, and `first`, a row of epoch 0."""
    rows = [SAMPLES + ",LTP_crossings,LTD_crossings" + (",Total_LTP_crossings,Total_LTD_crossings" * totals)]
    rows += [first] if first else []
    before = np.zeros(2, int)
    for epoch, points in enumerate(CROSSINGS, 1):
        for batch, point in enumerate(points, 1):
            total = before + point
            counts = [*(point if restarts else total), *(total if totals else ())]
            accuracies = [f"{a:.{decimals}f}" for a in (0.7, 0.75, 0.65, 0.6)]
            rows.append(",".join(map(str, ["finetune", epoch, batch, 64 * batch, *accuracies, *counts])))
        before = before + points[-1]
    return "\n".join(rows) + "\n"


PUBLISHED_ROW = "finetune,0,0,0,0.512345,0.600000,0.400000,0.498765"
NAME = "accuracy_per_sample_seed_5_fold_1_dut_dut2_thr_0p05_thrasym_1p0_rsdc2c_0.0_q_0_20251101_010203.txt"


@pytest.mark.parametrize(
    "name, text, source",
    [
        (NAME, _samples(PUBLISHED_ROW, 6, False, True), tables.PROGRAMS),
        ("renamed.csv", _samples(PUBLISHED_ROW, 6, False, True), tables.PROGRAMS),
        (
            "samples_fold1.csv",
            _samples("finetune,0,0,0,0.5,0.6,0.4,0.5,0,0,0,0", 3, True, True),
            tables.OURS,
        ),
        ("older.csv", _samples("", 3, False, False), tables.OURS),
        ("in_the_published_columns.csv", _samples("", 3, False, True), tables.OURS),
    ],
)
def test_crossings_are_added_up_over_the_epochs(tmp_path: Path, name: str, text: str, source: str) -> None:
    (tmp_path / name).write_text(text)
    table = tables.collect([tmp_path]).of("samples")[0]
    assert table.source == source
    expected = TOTALS if table["Epoch"][0] == 0 else TOTALS[1:]
    assert curves.crossings(table).tolist() == expected
    count, accuracy = curves.update_curves([table])
    assert count.mean.tolist() == [t for t in (0, 60, 115, 136) if t or table["Epoch"][0] == 0]
    assert (np.diff(accuracy.x) >= 0).all()


def _epochs_of_the_programs(phase: str, validation: float) -> str:
    header = "Phase,Epoch,Train_Loss,Val_Accuracy,Class0_Accuracy,Class1_Accuracy,Test_Accuracy,learning_rate"
    rows = [f"{phase},{e},0.500000,{validation:.6f},0.7,0.7,0.600000,0.00010000" for e in (1, 2)]
    return "\n".join([header, *(row.replace("0.7,0.7", "0.700000,0.700000") for row in rows)])


def test_logs_of_the_published_programs(tmp_path: Path) -> None:
    stem = NAME.replace("sample", "epoch")
    for fold, validation in ((1, 0.6), (2, 0.8)):
        (tmp_path / stem.replace("fold_1", f"fold_{fold}")).write_text(
            _epochs_of_the_programs("pretrain", validation)
        )
    retuned = tmp_path / "x_4.0" / "epochs_10"
    retuned.mkdir(parents=True)
    (retuned / stem).write_text(_epochs_of_the_programs("finetune", 0.9))
    (retuned / NAME).write_text(_samples(PUBLISHED_ROW, 6, False, True))
    results = tables.collect([tmp_path])
    validation = figures.training.sweep(results, "thr").axes[0]  # type: ignore[union-attr]
    assert validation.get_legend_handles_labels()[1] == ["ε = 0.05, published programs"]
    assert validation.lines[0].get_ydata().tolist() == pytest.approx([70, 70])
    # A threshold that is not the default one is in no other sweep.
    assert figures.training.sweep(results, "q") is None
    panels = figures.transfer.retuning(results).axes  # type: ignore[union-attr]
    assert panels[0].lines[0].get_label() == "x = 4, published programs"
    assert panels[0].lines[0].get_xdata().tolist() == [0, 1, 2]
    assert panels[0].lines[0].get_ydata().tolist() == pytest.approx([51.2345, 90, 90])
    assert panels[1].lines[0].get_ydata().tolist() == pytest.approx([49.8765, 60, 60])
    assert panels[2].lines[0].get_ydata().tolist() == pytest.approx([0, 0.060, 0.115, 0.136])


SUMMARY = (
    "Fold,Train_Trials,Val_Trials,Test_Trials,Train_Loss,Val_Accuracy,Test_Accuracy,Source_Test_Accuracy,"
    "Start_Val_Accuracy,Start_Test_Accuracy,LTP_crossings,LTD_crossings,LTP_pulses,LTD_pulses\n"
)


def test_tables_of_another_run_than_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"program": "snnfe-pretrain", "run": "00000000000012e4"}')
    log = "Phase,Epoch,Train_Loss,Val_Accuracy,Class0_Accuracy,Class1_Accuracy,Test_Accuracy,learning_rate,Run\n"
    path = tmp_path / "epochs_fold1.csv"
    path.write_text(log + "pretrain,1,0.5,0.8,0.8,0.8,0.7,0.0001,00000000000012e4\n")
    assert tables.read(path)["Run"].tolist() == ["00000000000012e4"]  # type: ignore[index]
    for run in ("00000000000012e5", ""):
        with path.open("a") as file:
            file.write(f"pretrain,2,0.5,0.8,0.8,0.8,0.7,0.0001,{run}\n")
        with pytest.raises(errors.FormatError, match=f"epochs_fold1.csv is of run {run or 'none'}, .*manifest.json"):
            tables.collect([tmp_path])
    (tmp_path / "manifest.json").write_text("[" * 100_000)
    assert tables.read(path) is not None


def test_retuning_from_one_folder(tmp_path: Path) -> None:
    folder = tmp_path / "retune"
    folder.mkdir()
    (folder / "manifest.json").write_text('{"program": "snnfe-retune"}')
    log = "Phase,Epoch,Train_Loss,Val_Accuracy,Class0_Accuracy,Class1_Accuracy,Test_Accuracy,learning_rate\n"
    for fold in (1, 2):
        (folder / f"epochs_fold{fold}.csv").write_text(log + "finetune,1,0.5,0.8,0.8,0.8,0.7,0.0001\n")
    (folder / "summary.csv").write_text(
        SUMMARY + "1,9,9,9,0.5,0.8,0.7,0.85,0.6,0.5,1,1,1,1\n2,9,9,9,0.5,0.8,0.7,0.87,0.7,0.6,1,1,1,1\n"
    )
    validation, test = figures.transfer.retuning(tables.collect([folder])).axes  # type: ignore[union-attr]
    assert _line(validation, "re-tuning").get_ydata().tolist() == pytest.approx([65, 80])
    assert _line(test, "re-tuning").get_ydata().tolist() == pytest.approx([55, 70])
    assert _line(test, "re-tuning").get_xdata().tolist() == [0, 1]
    assert _line(test, "before the transfer").get_ydata()[0] == pytest.approx(86)
    assert "before the transfer" not in [line.get_label() for line in validation.lines]


def test_re_tunings_of_two_lengths_stay_apart(tmp_path: Path) -> None:
    log = "Phase,Epoch,Train_Loss,Val_Accuracy,Class0_Accuracy,Class1_Accuracy,Test_Accuracy,learning_rate\n"
    for n in (4, 10):
        job = tmp_path / f"sweep{n}" / "jobs" / "x=4,fold=1"
        job.mkdir(parents=True)
        (job / "job.txt").write_text(f"snnfe-retune\n--transfer_q=2\n--retuning_epochs={n}\n--x=4\n--fold=1\n")
        rows = [f"finetune,{e},0.5,0.8,0.8,0.8,0.7,0.0001\n" for e in range(1, n + 1)]
        (job / "epochs_fold1.csv").write_text(log + "".join(rows))
    panel = figures.transfer.retuning(tables.collect([tmp_path])).axes[0]  # type: ignore[union-attr]
    lengths = {line.get_label(): len(line.get_xdata()) for line in panel.lines if "x" in str(line.get_label())}
    assert lengths == {"q = 2, x = 4, 4 epochs": 4, "q = 2, x = 4, 10 epochs": 10}


# --- accuracy after a transfer -------------------------------------------------------------------------


def test_transfers_of_ours(tmp_path: Path, shared: Path) -> None:
    rows = [
        f"{q},{x},1,1,9,9,9,0.5,0.8,0.7,0.85,0.6,{0.5 + q / 100 + x / 100},1,1,1,1\n"
        for q in (2, 8)
        for x in (0, 2, 4)
    ]
    (tmp_path / "results.csv").write_text("transfer_q,x,fold," + SUMMARY + "".join(rows))
    results = tables.collect([tmp_path, shared / "paper" / "postprocessing"])
    panel = figures.transfer.accuracy_q_x(results).axes[0]  # type: ignore[union-attr]
    assert panel.get_xlabel() == "levels of a weight (q + 1)"
    assert [t.get_text() for t in panel.get_xticklabels()] == ["3", "5", "9", "17", "33"]
    assert panel.get_ylabel() == "test accuracy, unseen subjects (%)"
    assert _line(panel, "x = 4").get_ydata().tolist() == pytest.approx([56, 62])
    panel = figures.transfer.accuracy_eta(results).axes[0]  # type: ignore[union-attr]
    assert _line(panel, "3 levels (q = 2)").get_xdata().tolist() == [0, 25, 50]
    assert _line(panel, "3 levels (q = 2), published").get_ydata()[-1] == pytest.approx(54.13, abs=0.01)
    assert figures.transfer.accuracy_layers(results) is None


def test_q_of_re_tuning_is_not_the_transfers(tmp_path: Path) -> None:
    rows = [f"{q},4,1,1,9,9,9,0.5,0.8,0.7,0.85,0.6,0.5,1,1,1,1\n" for q in (0, 8)]
    (tmp_path / "results.csv").write_text("q,x,fold," + SUMMARY + "".join(rows))
    panel = figures.transfer.accuracy_q_x(tables.collect([tmp_path])).axes[0]  # type: ignore[union-attr]
    assert panel.lines[0].get_xdata().tolist() == [2]


def test_our_transfer_of_single_layers(tmp_path: Path) -> None:
    rows = [
        f'2,{x},"{layers}",1,1,9,9,9,0.5,0.8,0.7,0.85,0.6,{accuracy},1,1,1,1\n'
        for x, layers, accuracy in (
            (1, "conv1", 0.6),
            (1, "conv1", 0.7),
            (2, "conv1", 0.75),
            (1, "fc1,fc2", 0.8),
            (1, "fc2,conv1,conv2,conv3,tc1,r1,fc1", 0.55),
        )
    ]
    (tmp_path / "results.csv").write_text("transfer_q,x,transfer_layers,fold," + SUMMARY + "".join(rows))
    panel = figures.transfer.accuracy_layers(tables.collect([tmp_path])).axes[0]  # type: ignore[union-attr]
    assert _line(panel, "conv1").get_ydata().tolist() == pytest.approx([75, 65])
    assert _line(panel, "fc1,fc2").get_ydata().tolist() == pytest.approx([80])
    assert panel.get_legend_handles_labels()[1] == ["all", "conv1", "fc1,fc2"]


def test_transfer_of_single_layers(tmp_path: Path) -> None:
    text = "unfrozen,q,x,mean_acc,std_acc\nall,2,1.0,54,3\nall,2,4.0,77,2\nsnn.conv1.psp_func,2,1.0,70,1\n"
    (tmp_path / "noise.csv").write_text(text + "snn.conv1.psp_func,2,4.0,79,1\n")
    panel = figures.transfer.accuracy_layers(tables.collect([tmp_path])).axes[0]  # type: ignore[union-attr]
    assert _line(panel, "conv1, published programs").get_ydata().tolist() == [79, 70]
    assert _line(panel, "conv1, published programs").get_xdata().tolist() == [25, 100]
    assert "all, published programs" in panel.get_legend_handles_labels()[1]
    assert "3 levels (q = 2)" in panel.get_title(loc="left")


# --- subjects ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "columns, seen, expected",
    [
        ("", "", "Accuracy of each subject"),
        (",Seen", ",0", "Subjects that training did not see"),
        (",Seen", ",1", "Accuracy of each subject, some seen in training"),
    ],
)
def test_subjects_are_unseen_where_the_file_says_so(
    tmp_path: Path, columns: str, seen: str, expected: str
) -> None:
    (tmp_path / "subjects.csv").write_text(
        f"Fold,Val_Accuracy,Class0_Accuracy,Class1_Accuracy,subject_id{columns}\n"
        f"1,0.9,0.9,0.9,22{columns and ',0'}\n2,1,1,1,22{seen}\n"
    )
    panel = figures.personal.subjects(tables.collect([tmp_path])).axes[0]  # type: ignore[union-attr]
    assert panel.get_title(loc="left") == expected


def test_published_subjects_are_unseen(shared: Path, tmp_path: Path) -> None:
    published = shared / "paper/postprocessing/subject_specific_transfer_learning_pretraining_result.csv"
    _rewritten(published, tmp_path / "any.csv")
    panel = figures.personal.subjects(tables.collect([tmp_path])).axes[0]  # type: ignore[union-attr]
    assert panel.get_title(loc="left") == "Subjects that training did not see"
    assert panel.get_legend_handles_labels()[1][0].startswith("published: 103 subjects")


def test_the_standard_error_is_the_samples() -> None:
    error = figures.personal._standard_error(np.array([1.0, 2.0, 4.0]))
    assert error == pytest.approx(np.std([1, 2, 4], ddof=1) / np.sqrt(3))
    assert np.isnan(figures.personal._standard_error(np.array([1.0])))


# --- devices and networks --------------------------------------------------------------------------------


def test_the_fit_is_smooth_between_the_points(tmp_path: Path) -> None:
    rows = ["direction,w,dw,dw_fit"]
    with snnfe.Device("dut2") as device:
        for name, direction in (("LTP", snnfe.device.LTP), ("LTD", snnfe.device.LTD)):
            w = np.array([0.9, 0.05, 0.5, 0.3, 0.7])
            fit = device.response(direction, w)
            sign = 1 if name == "LTP" else -1
            rows += [f"{name},{a},{sign * b * 1.1},{b}" for a, b in zip(w, fit)]
        (tmp_path / "points.csv").write_text("\n".join(rows))
        panel = figures.devices.device_response(tables.collect([tmp_path])).axes[0]
        line = _line(panel, "LTD, fit")
        assert len(line.get_xdata()) > 100
        assert line.get_ydata() == pytest.approx(-device.response(snnfe.device.LTD, line.get_xdata()), abs=2e-3)


def test_measured_figures(shared: Path) -> None:
    results = tables.collect([shared / "paper" / "measurements"])
    measurement = figures.measurements.measured(results)[0]
    assert measurement.n_cycles == 9 and measurement.cycle == 4
    volts, siemens = measurement.of_cycle(4)
    with snnfe.characterize_file(results.measurements[0]).device() as device:
        assert device.options["amplitude"][0] == pytest.approx(0.2611, abs=1e-3)
    assert len(volts) == 46 and volts.min() == pytest.approx(-1.25) and volts.max() == pytest.approx(1)
    # Potentiation raises the conductance from the lowest of the cycle to the highest.
    assert siemens[0] == pytest.approx(siemens.min(), rel=0.05)
    assert siemens[24] == pytest.approx(siemens.max(), rel=0.05)
    panel = figures.measurements.measured_pulses(results).axes[0]  # type: ignore[union-attr]
    model = _line(panel, "fitted device, pulse by pulse").get_ydata()
    assert model.max() > 0.95 and model[-1] < 0.1


def test_pulses_of_one_voltage_are_told_apart_by_their_place(tmp_path: Path) -> None:
    rows = ["cycle\tV_write\tR_pos_ohm"]
    for cycle in range(1, 5):
        for k in range(12):
            g = 1e-8 * (1 + (k if k < 6 else 11 - k)) * (1 + 0.01 * cycle)
            rows.append(f"{cycle}\t{-1 if k < 6 else 1}\t{1 / g}")
    (tmp_path / "own.txt").write_text("\n".join(rows))
    results = tables.collect([tmp_path])
    states = figures.measurements.measured(results)[0].states()
    assert len(states) == 12 and all(len(g) == 2 for _, g in states)
    spread = figures.measurements.measured_spread(results).axes[0]  # type: ignore[union-attr]
    assert spread.get_legend_handles_labels()[1] == ["LTP, σ/μ 0.7 %", "LTD, σ/μ 0.7 %"]
    for make in (figures.measurements.measured_pulses, figures.measurements.measured_histograms):
        assert make(results) is not None


@pytest.mark.parametrize("field", ["0", "-5", "nan", "9.9E37", "1.0e18", "199.999E+99", "word", ""])
def test_bad_measurements(shared: Path, tmp_path: Path, field: str) -> None:
    source = next((shared / "paper" / "measurements").glob("*.csv"))
    lines = source.read_text().splitlines()
    fields = lines[99].split("\t")
    fields[3] = field
    lines[99] = "\t".join(fields)
    bad = tmp_path / "bad.csv"
    bad.write_text("\n".join(lines))
    with pytest.raises(errors.FormatError, match=r"bad\.csv: line 100: R_pos_ohm"):
        figures.measurements.read(bad)


def test_weights_of_a_network() -> None:
    with snnfe.Network(**SMALL) as network:
        ranges = figures.networks._ranges(network)
        assert ranges["layer"][0] == "snn.conv1.psp_func"
        assert ranges["max_before"][0] == network["snn.conv1.psp_func.weight"].max()
        drawn = figures.networks.weights_violin(network)
        assert [p.get_title(loc="left") for p in drawn.axes] == [
            "trained",
            "3 levels (q = 2)",
            "3 levels and noise",
        ]


# --- bad files ---------------------------------------------------------------------------------------------


def test_bad_results(tmp_path: Path) -> None:
    with pytest.raises(errors.NotFoundError, match="nothing"):
        figures.draw([tmp_path / "nothing"], tmp_path)
    bad = tmp_path / "epochs.csv"
    bad.write_text("Phase,Epoch,Train_Loss,Val_Accuracy,Test_Accuracy\nPretrain,1\n")
    with pytest.raises(errors.FormatError, match=r"epochs\.csv: line 2 has 2 fields, not 5"):
        figures.draw([bad], tmp_path / "out")
    done = subprocess.run(
        [sys.executable, "-m", "snnfe.figures", bad, "-o", tmp_path], capture_output=True, text=True
    )
    assert done.returncode == 1 and "line 2" in done.stderr


@pytest.mark.parametrize(
    "row, message",
    [
        ("finetune,1,1,64,0.5,0.5,0.5,0.5", "line 4 has 8 fields, not 10"),
        ("finetune,0,0,0,0.5,0.5,0.5", "line 4 has 7 fields, not 10"),
        ("finetune,1,1,64,0.5,0.5,0.5,0.5,1,2,3", "line 4 has 11 fields, not 10"),
        ("finetune,1,1,64,0.5,0.5,0.5,0.5,many,2", "line 4: LTP_crossings is 'many', not a number"),
    ],
)
def test_a_bad_row_names_file_and_line(tmp_path: Path, row: str, message: str) -> None:
    # A blank line counts as a line.
    text = SAMPLES + ",LTP_crossings,LTD_crossings\n" + PUBLISHED_ROW + "\n\n" + row + "\n"
    (tmp_path / "log.txt").write_text(text)
    with pytest.raises(errors.FormatError, match=r"log\.txt: " + message):
        tables.collect([tmp_path])


def test_other_files_are_named(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    assert tables.read(other) is None
    done = subprocess.run(
        [sys.executable, "-m", "snnfe.figures", other, "-o", tmp_path / "out", "--format", "svg"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "other.csv: no result file, passed over" in done.stderr
    # In a folder they are nobody's concern.
    assert tables.collect([tmp_path]).others == []


def test_the_callers_settings_stay(our_results: Path, tmp_path: Path) -> None:
    before = dict(matplotlib.rcParams)
    figures.draw([our_results / "epochs_fold1.csv"], tmp_path, formats=["svg"])
    assert dict(matplotlib.rcParams) == before
