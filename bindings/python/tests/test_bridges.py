"""PyTorch checkpoints, safetensors, MNE and pandas."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save

import snnfe
from conftest import SMALL
from snnfe import checkpoints, errors, frames, mne_bridge


def _published(shared: Path) -> Path:
    return shared / "paper" / "models" / "on_device_fold1.pth"


def test_published_checkpoint_is_the_golden_network(shared: Path) -> None:
    network = checkpoints.load_pth(_published(shared))
    golden = snnfe.Network.load(shared / "golden" / "net_on_device_fold1.safetensors")
    assert all((network[name] == golden[name]).all() for name in golden)


def test_round_trip_is_lossless(shared: Path, network: snnfe.Network, tmp_path: Path) -> None:
    published = checkpoints.load_pth(_published(shared))
    checkpoints.save_pth(published, tmp_path / "out.pth")
    first, second = checkpoints.read_pth(_published(shared)), checkpoints.read_pth(tmp_path / "out.pth")
    assert set(first) == set(second)
    assert all((first[name] == second[name]).all() for name in first)
    checkpoints.save_pth(network, tmp_path / "small.pth")
    small = checkpoints.load_pth(tmp_path / "small.pth")
    assert all((small[name] == network[name]).all() for name in network)


def test_written_checkpoint_has_pytorchs_layout(network: snnfe.Network, tmp_path: Path) -> None:
    path = tmp_path / "model.pth"
    checkpoints.save_pth(network, path)
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert {"model/data.pkl", "model/byteorder", "model/version"} <= set(names)
        for entry in archive.infolist():
            assert entry.compress_type == zipfile.ZIP_STORED
            extra = int.from_bytes(data[entry.header_offset + 28 : entry.header_offset + 30], "little")
            begin = entry.header_offset + 30 + len(entry.filename) + extra
            assert begin % 64 == 0, entry.filename
            assert data[begin : begin + entry.file_size] == archive.read(entry.filename)


class _Evil:
    def __reduce__(self) -> tuple[object, ...]:
        return exec, ("raise SystemExit('executed')",)


@pytest.mark.parametrize(
    "content", [_Evil(), {"a": 3}, {"a": _Evil()}, [1, 2], np.zeros(3)], ids=lambda c: type(c).__name__
)
def test_other_pickles_are_refused_unexecuted(tmp_path: Path, content: object) -> None:
    path = tmp_path / "evil.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("evil/data.pkl", pickle.dumps(content, 2))
    with pytest.raises(errors.FormatError, match="evil.pth"):
        checkpoints.read_pth(path)


def test_damaged_checkpoints_are_refused(shared: Path, tmp_path: Path) -> None:
    whole = _published(shared).read_bytes()
    for n in (0, 10, 1000, len(whole) // 2, len(whole) - 30):
        (tmp_path / "cut.pth").write_bytes(whole[:n])
        with pytest.raises(errors.FormatError, match="cut.pth"):
            checkpoints.read_pth(tmp_path / "cut.pth")
    with pytest.raises(errors.FileError, match="none.pth"):
        checkpoints.read_pth(tmp_path / "none.pth")
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(_published(shared)) as archive:
        name = next(n for n in archive.namelist() if n.endswith("data.pkl"))
        records = {n.removeprefix(name.removesuffix("data.pkl")): archive.read(n) for n in archive.namelist()}
    for _ in range(100):
        changed = bytearray(records["data.pkl"])
        changed[rng.integers(len(changed))] = rng.integers(256)
        with zipfile.ZipFile(tmp_path / "m.pth", "w") as archive:
            for key, value in {**records, "data.pkl": bytes(changed)}.items():
                archive.writestr(f"m/{key}", value)
        try:
            checkpoints.load_pth(tmp_path / "m.pth")
        except snnfe.SnnfeError:
            pass


def _tensor(shape: int, stride: int) -> bytes:
    storage = b"(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x04tQ"
    sizes = b"".join(b"J" + n.to_bytes(4, "little") + b"\x85" for n in (shape, stride))
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"K\0" + sizes + b"\x89NtR"


@pytest.mark.parametrize(
    "pickled",
    [
        b"}X\x01\0\0\0w" + _tensor(10**9, 0) + b"s.",
        b"}X\x01\0\0\0w" + _tensor(5, 1) + b"s.",
        b"}()" + b"\x85" * 900_000 + b"Nu.",
        b"}(N" + b"".join(b"q%ch%c\x86" % (i, i) for i in range(60)) + b"Nu.",
        b"}q\0(X\x05\0\0\0modelh\0u.",
        b"c" + b"A" * 5_000_000 + b"\nb\n.",
        b"(" * 1_000_000 + b".",
    ],
    ids=["stride 0", "beyond", "deep", "doubled", "itself", "long name", "marks"],
)
@pytest.mark.parametrize("compressed", [False, True])
def test_hostile_pickles(tmp_path: Path, pickled: bytes, compressed: bool) -> None:
    path = tmp_path / "hostile.pth"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as archive:
        archive.writestr("m/data.pkl", b"\x80\x02" + pickled)
        archive.writestr("m/data/0", bytes(16))
    with pytest.raises(errors.FormatError, match="hostile.pth: .*is compressed" if compressed else "hostile.pth: "):
        checkpoints.read_pth(path)


def test_options_beside_a_checkpoint(network: snnfe.Network, tmp_path: Path) -> None:
    checkpoints.save_pth(network, tmp_path / "n.pth")
    loaded = checkpoints.load_pth(tmp_path / "n.pth", threshold=0.25)
    assert loaded.options["threshold"] == 0.25
    assert all((loaded[name] == network[name]).all() for name in network)
    assert all((values == network[name]).all() for name, values in checkpoints.read_pth(tmp_path / "n.pth").items())


def test_no_half_written_checkpoint(network: snnfe.Network, tmp_path: Path) -> None:
    with pytest.raises(errors.FileError):
        checkpoints.save_pth(network, tmp_path / "missing" / "x.pth")
    (tmp_path / "folder.pth").mkdir()
    with pytest.raises(errors.FileError):
        checkpoints.save_pth(network, tmp_path / "folder.pth")
    assert [p.name for p in tmp_path.iterdir()] == ["folder.pth"]


def test_safetensors_package(network: snnfe.Network, tmp_path: Path) -> None:
    data = checkpoints.to_safetensors(network)
    again = checkpoints.from_safetensors(data)
    (tmp_path / "n.safetensors").write_bytes(data)
    loaded = snnfe.Network.load(tmp_path / "n.safetensors")
    network.save(tmp_path / "own.safetensors")
    own = load_file(tmp_path / "own.safetensors")
    for name in network:
        assert (again[name] == network[name]).all() and (loaded[name] == network[name]).all()
        assert (own[name] == network[name]).all()
    with pytest.raises(errors.FormatError):
        checkpoints.from_safetensors(b"x" * 40)
    # Written by the package alone: nothing but parameters, and names as people have them.
    plain = checkpoints.from_safetensors(save({f"module.{n}": v for n, v in network.state_dict().items()}))
    assert all((plain[name] == network[name]).all() for name in network) and plain.origin.incomplete


def test_safetensors_keep_what_trained_the_network(small_data: snnfe.Dataset) -> None:
    network = snnfe.Network(**SMALL)
    snnfe.Trainer(network, n_epochs=1, batch_size=5).run(small_data, range(20), range(20, 30))
    network.origin = snnfe.provenance.Origin(fold=2, n_folds=5, data_hash=7)
    data = checkpoints.to_safetensors(network)
    for again in (checkpoints.from_safetensors(data), checkpoints.from_safetensors(data, threshold=0.4)):
        assert again.origin == network.origin
        assert again.signal is not None and again.signal.sampling_rate_hz == 160
        for use, n in ("trained", 20), ("validated", 10), ("tested", 0):
            assert np.array_equal(again.trials(use).ids, network.trials(use).ids) and len(again.trials(use)) == n
        with pytest.raises(errors.OverlapError, match="20 of 20"):
            snnfe.evaluate(again, small_data, range(20))


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recordings")
    snnfe.write_synthetic(folder, n_subjects=1, runs=[4], trials_per_run=6)
    return folder / "S001" / "S001R04.edf"


def test_raw_gives_the_librarys_epochs(recording: Path) -> None:
    mne = pytest.importorskip("mne")
    raw = mne.io.read_raw_edf(recording, preload=True, verbose="error")
    ours = mne_bridge.from_raw(raw, {"T1": 0, "T2": 1}, run=4)
    librarys = snnfe.Dataset.open_files([recording], [1], [4])
    assert (ours.labels == librarys.labels).all() and (ours.onsets == librarys.onsets).all()
    assert (ours.grid() != 0).any(axis=3).sum() == (librarys.grid() != 0).any(axis=3).sum()
    np.testing.assert_allclose(ours.trials, librarys.trials, atol=2e-4)
    np.testing.assert_allclose(ours.grid(), librarys.grid(), atol=2e-4)
    with pytest.raises(errors.NotFoundError, match="no annotation of T7"):
        mne_bridge.from_raw(raw, {"T7": 0})


def test_epochs(recording: Path) -> None:
    mne = pytest.importorskip("mne")
    raw = mne.io.read_raw_edf(recording, preload=True, verbose="error")
    events, codes = mne.events_from_annotations(raw, verbose="error")
    chosen = {name: codes[name] for name in ("T1", "T2")}
    epochs = mne.Epochs(
        raw, events, chosen, tmin=0, tmax=1.0, baseline=None, picks=["C3..", "Cz..", "C4.."], verbose="error"
    )
    data = mne_bridge.from_epochs(epochs)
    assert data.trials.shape == (6, 3, 160) and abs(float(data.trials.mean())) < 1e-4
    assert list(zip(data.channel_rows, data.channel_columns)) == [(4, 3), (4, 5), (4, 7)]
    with pytest.raises(errors.ShapeError, match="shorter than n_steps = 500"):
        mne_bridge.from_epochs(epochs, n_steps=500)
    with pytest.raises(errors.NotFoundError, match="no event T5"):
        mne_bridge.from_epochs(epochs, labels={"T5": 0})
    with pytest.raises(errors.NotFoundError, match="no place in the grid for the channels C4.."):
        mne_bridge.from_epochs(epochs, montage={"C3": (0, 0), "Cz": (0, 1)})


def test_frames(small_data: snnfe.Dataset, network: snnfe.Network) -> None:
    pandas = pytest.importorskip("pandas")
    trainer = snnfe.Trainer(network, stage="on_device", device=snnfe.Device(), n_epochs=2)
    log = frames.to_frame(trainer.run(small_data, range(40), range(40, 60)))
    assert isinstance(log, pandas.DataFrame) and len(log) == 2
    assert {"epoch", "train_loss", "class0_accuracy", "class1_accuracy"} <= set(log.columns)
    wear = frames.wear_frame(trainer)
    assert wear["layer"].tolist() == [*snnfe.LAYERS, "all"]
    with pytest.raises(TypeError, match="structured array"):
        frames.to_frame(np.zeros(3))
