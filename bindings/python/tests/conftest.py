"""Shared by the tests: reference material, small data."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import snnfe

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT / os.environ.get("SNNFE_SHARED", "../shared")
# A small network that still learns.
SMALL: snnfe.options.NetworkOptions = {
    "n_rows": 10,
    "n_columns": 11,
    "n_steps": 20,
    "conv1_channels": 8,
    "conv2_channels": 16,
    "conv3_channels": 32,
    "n_hidden": 32,
}


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"no reference material at {SHARED}; set SNNFE_SHARED")
    return SHARED


@pytest.fixture(scope="session")
def small_data() -> Iterator[snnfe.Dataset]:
    """60 random epochs of three subjects, whose first samples tell the class."""
    rng = np.random.default_rng(3)
    labels = np.tile([0, 1], 30)
    epochs = rng.normal(size=(60, 64, 20)).astype(np.float32)
    epochs[labels == 1, :32] += 1.0
    with snnfe.Dataset.from_arrays(epochs, labels, subjects=np.repeat([1, 2, 3], 20)) as data:
        yield data


@pytest.fixture(scope="session")
def synthetic() -> Iterator[snnfe.Dataset]:
    with snnfe.Dataset.synthesize({"n_subjects": 2}, runs=[4, 8], statistics_runs=[4, 8]) as data:
        yield data


@pytest.fixture
def network() -> Iterator[snnfe.Network]:
    with snnfe.Network(**SMALL) as made:
        yield made
