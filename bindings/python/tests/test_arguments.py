"""Wrong arguments: exceptions that say what to do."""

from __future__ import annotations

import gc
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import snnfe
from conftest import SMALL
from snnfe import _declarations, _library, _options, errors


def _grid(n: int = 2) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(n, 10, 11, 20)).astype(np.float32)


def test_wrong_dtype(network: snnfe.Network) -> None:
    with pytest.raises(
        TypeError, match=r"grid must be an array of float32, not of float64: use grid\.astype"
    ):
        network.evaluate(_grid().astype(np.float64))
    with pytest.raises(TypeError, match="of float32, not of >f4"):
        network.evaluate(_grid().astype(">f4"))
    with pytest.raises(TypeError, match=r"grid must be a NumPy array of float32, not list"):
        network.evaluate([[1.0]])


def test_wrong_shape(network: snnfe.Network) -> None:
    with pytest.raises(errors.ShapeError, match=r"\(n, 10, 11, 20\), not \(2, 11, 10, 20\)"):
        network.evaluate(np.ascontiguousarray(_grid().swapaxes(1, 2)))
    with pytest.raises(errors.ShapeError, match=r"labels must have the shape \(2,\), not \(3,\)"):
        network.gradient(_grid(), [0, 1, 0])


def test_wrong_order(network: snnfe.Network) -> None:
    with pytest.raises(ValueError, match=r"not C-contiguous: use numpy\.ascontiguousarray\(grid\)"):
        network.evaluate(np.asfortranarray(_grid()))


def test_nan(network: snnfe.Network) -> None:
    grid = _grid()
    grid[1, 2, 3, 4] = np.nan
    with pytest.raises(errors.NonfiniteError, match="trial 1"):
        network.evaluate(grid)


def test_closed_handles(small_data: snnfe.Dataset) -> None:
    network = snnfe.Network(**SMALL)
    network.close()
    network.close()
    assert network.closed and repr(network) == "<Network, closed>"
    with pytest.raises(errors.StateError, match="this Network is closed"):
        network.evaluate(_grid())
    with snnfe.Device() as device:
        pass
    with pytest.raises(errors.StateError, match="this Device is closed"):
        snnfe.Trainer(snnfe.Network(**SMALL), device=device)


def test_failed_constructor_leaves_nothing_to_use() -> None:
    with pytest.raises(errors.ArgumentError, match="dropout"):
        snnfe.Network(dropout=1.5)


def test_views_outlive_their_data_set() -> None:
    data = snnfe.Dataset.from_arrays(np.ones((2, 64, 20), np.float32), [0, 1])
    epochs, labels = data.trials, data.labels
    data.close()
    del data
    gc.collect()
    assert epochs.sum() == 2 * 64 * 20 and labels.tolist() == [0, 1]
    with pytest.raises(ValueError, match="read-only"):
        epochs[0] = 0


def test_deleted_source_array() -> None:
    source = np.ones((2, 64, 20), np.float32)
    data = snnfe.Dataset.from_arrays(source, [0, 1])
    source[:] = 7
    del source
    gc.collect()
    assert data.trials.max() == 1


def test_trainer_keeps_network_and_device_alive(small_data: snnfe.Dataset) -> None:
    trainer = snnfe.Trainer(snnfe.Network(**SMALL), stage="on_device", device=snnfe.Device(), n_epochs=1)
    trainer.network.close()
    gc.collect()
    assert "through a device" in repr(trainer)
    with pytest.raises(errors.StateError, match="this Network is closed"):
        trainer.run(small_data, range(40))


def test_unknown_options() -> None:
    with pytest.raises(TypeError, match="unknown option 'n_epoch'; there are: n_threads, n_epochs"):
        snnfe.Trainer(snnfe.Network(**SMALL), n_epoch=3)
    with pytest.raises(ValueError, match="n_epochs must be within 0…4294967295, not -1"):
        snnfe.Trainer(snnfe.Network(**SMALL), n_epochs=-1)
    with pytest.raises(TypeError, match="n_epochs must be a whole number, not 2.5"):
        snnfe.Trainer(snnfe.Network(**SMALL), n_epochs=2.5)
    with pytest.raises(ValueError, match="schedule must be one of constant, cosine; not 'linear'"):
        snnfe.Trainer(snnfe.Network(**SMALL), schedule="linear")
    with pytest.raises(ValueError, match="channel_columns has 1 entries, but channel_rows has 2"):
        snnfe.Dataset.open("x", channel_rows=[1, 2], channel_columns=[1])
    with pytest.raises(ValueError, match="channel_std_uv must have 64 entries"):
        snnfe.Dataset.open("x", normalization="given", channel_mean_uv=[1.0], channel_std_uv=[1.0])


def test_options_are_known_in_british_spelling(tmp_path: Path) -> None:
    for name in ("normalization", "normalisation"):
        data = snnfe.Dataset.synthesize({"n_subjects": 2}, runs=[4], statistics_runs=[4], **{name: "none"})
        assert data.info["normalization"] == "none"
    assert snnfe.personalise is snnfe.personalize
    with pytest.raises(AttributeError, match="no attribute 'advise'"):
        snnfe.advise


def test_index_lists(small_data: snnfe.Dataset, network: snnfe.Network) -> None:
    with pytest.raises(TypeError, match="indices must be whole numbers, not float64"):
        snnfe.evaluate(network, small_data, [0.5])
    with pytest.raises(ValueError, match="indices must be within"):
        snnfe.evaluate(network, small_data, [2**40])
    with pytest.raises(errors.ArgumentError, match="60"):
        snnfe.evaluate(network, small_data, [60])
    with pytest.raises(errors.OverlapError):
        snnfe.Trainer(network).run(small_data, [0, 1], [1, 2])
    assert snnfe.evaluate(network, small_data, []).n == 0


def test_missing_files(tmp_path: Path) -> None:
    with pytest.raises(errors.FileError, match="none.safetensors"):
        snnfe.Network.load(tmp_path / "none.safetensors")
    with pytest.raises(errors.NotFoundError):
        snnfe.Dataset.open(tmp_path)
    (tmp_path / "bad.safetensors").write_bytes(b"no tensors here")
    with pytest.raises(errors.FormatError, match="bad.safetensors"):
        snnfe.Network.load(tmp_path / "bad.safetensors")


def test_exceptions_have_codes_and_builtin_bases() -> None:
    assert errors.BY_STATUS[5] is errors.ShapeError
    assert errors.ShapeError.status_name == "SNNFE_ERR_SHAPE"
    assert issubclass(errors.FileError, OSError) and issubclass(errors.NotFoundError, LookupError)
    with pytest.raises(snnfe.SnnfeError):
        snnfe.Device("dut9")


def test_use_from_two_threads_is_refused(small_data: snnfe.Dataset, network: snnfe.Network) -> None:
    seen: list[BaseException] = []

    def meanwhile(_: snnfe.Progress) -> None:
        def evaluate() -> None:
            try:
                snnfe.evaluate(network, small_data)
            except errors.StateError as error:
                seen.append(error)

        thread = threading.Thread(target=evaluate)
        thread.start()
        thread.join()

    snnfe.Trainer(network, n_epochs=1, batch_size=60, progress=meanwhile).run(small_data, range(60))
    assert seen and "in use" in str(seen[0])


def test_callbacks_cannot_change_what_is_trained(small_data: snnfe.Dataset, network: snnfe.Network) -> None:
    refused: list[str] = []

    def change(_: snnfe.Progress) -> None:
        for attempt in attempts:
            try:
                attempt()
            except errors.StateError as error:
                refused.append(str(error))

    trainer = snnfe.Trainer(network, n_epochs=1, batch_size=60, progress=change)
    name = next(iter(network))
    attempts = [
        lambda: trainer.run(small_data, range(60)),
        lambda: trainer.step(small_data.grid(range(2)), [0, 1]),
        lambda: network.__setitem__(name, network[name]),
    ]
    assert len(trainer.run(small_data, range(60))) == 1
    assert refused and len(refused) % len(attempts) == 0
    assert np.isfinite(network.evaluate(small_data.grid(range(2)))).all()
    trainer.close()


def test_parallel_evaluation_is_allowed(network: snnfe.Network) -> None:
    grid, results = _grid(8), []
    threads = [threading.Thread(target=lambda: results.append(network.evaluate(grid))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4 and all((r == results[0]).all() for r in results)


#: What no option takes, or only options of one kind.
WRONG: list[Any] = [
    ["M1", "M2"],
    3,
    3.5,
    "text",
    b"by\0tes",
    [1, "x"],
    [[1, 2], [3]],
    object(),
    [None],
    np.zeros((2, 2)),
    1j,
    float,
    True,
    [np.nan],
    "a\0b",
    "\ud800",
    ["\ud800"],
    ["a\0b"],
]


OPTIONS = sorted(name for name in _declarations.STRUCTS if f"{name}_init" in _library.FUNCTION)


@pytest.mark.parametrize("struct", OPTIONS)
def test_options_of_a_wrong_type_are_named(struct: str) -> None:
    n_refused = 0
    for field in _options.Options(struct).fields():
        for wrong in WRONG:
            try:
                _options.Options(struct).set({field: wrong})
            except (TypeError, errors.ArgumentError, errors.ShapeError) as error:
                assert field in str(error), f"{field}={wrong!r}: {error}"
                n_refused += 1
    assert n_refused >= 5


def test_numbers_names_and_paths_of_a_wrong_type_are_named() -> None:
    device, network = snnfe.Device(cells={"retention": "power"}), snnfe.Network(**SMALL)
    weights = np.zeros(2, np.float32)
    for call, name in (
        (lambda: device.age(weights, 1, "5"), "to_s"),
        (lambda: device.age(weights, [1], 5), "bound"),
        (lambda: network.age(device, None), "to_s"),
        (lambda: network.transfer(device, x="4"), "x"),
        (lambda: network.transfer(device, layers="fc1"), "layers"),
        (lambda: network.freeze(["fc1"]), "name"),
        (lambda: network.reinitialize(3, 1), "name"),
        (lambda: snnfe.Device(4), "published"),
        (lambda: snnfe.Network.load(4), "path"),
        (lambda: snnfe.Dataset.open_files("a.edf", [1], [1]), "paths"),
        (lambda: snnfe.montage.places("C3"), "names"),
        (lambda: snnfe.Decoder(network, absent=[4]), "absent"),
        (lambda: snnfe.Decoder(network, absent=4), "absent"),
        (lambda: snnfe.signal.filter_design("1"), "low_hz"),
    ):
        with pytest.raises(TypeError, match=f"{name}.* must be"):
            call()
