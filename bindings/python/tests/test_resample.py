"""Changes of rate, against SciPy's."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import snnfe
from snnfe import errors, signal


@pytest.mark.parametrize("from_hz", [100, 128, 250, 256, 500, 512, 1000, 160])
def test_resampling_is_scipys(from_hz: int) -> None:
    scipy: Any = pytest.importorskip("scipy.signal")
    x = np.random.default_rng(from_hz).normal(30, 10, (3, 5 * from_hz + 7)).astype(np.float32)
    ratio = Fraction(160, from_hz)
    expected = scipy.resample_poly(
        x.astype(float), ratio.numerator, ratio.denominator, axis=1, padtype="antireflect"
    )
    ours = signal.resample(x, from_hz, 160)
    assert ours.shape == expected.shape and ours.dtype == np.float32
    np.testing.assert_allclose(ours, expected, rtol=1e-6, atol=1e-5)


def test_bad_rates() -> None:
    x = np.zeros((1, 10), np.float32)
    with pytest.raises(errors.ArgumentError, match="from_hz is 0"):
        signal.resample(x, 0, 160)
    with pytest.raises(errors.ArgumentError, match="no ratio of whole numbers"):
        signal.resample(x, 160 * np.pi, 160)


def test_data_sets_of_another_rate() -> None:
    recordings: Any = {"n_subjects": 1, "runs": [4], "trials_per_run": 2}
    options: Any = {"runs": [4], "statistics_runs": [4], "filter_high_hz": 30}
    data = snnfe.Dataset.synthesize(recordings, sampling_rate_hz=80, resample=True, window_length=80, window_limit=81, **options)
    assert data.info["n_resampled"] == 1 and data.sampling_rate_hz == 80
    assert data.onsets.tolist() == [336, 336 + 664]
    usual = snnfe.Dataset.synthesize(recordings, **options)
    assert data.trial_ids.tolist() == usual.trial_ids.tolist()
    halves = np.corrcoef(data.trials[0, 8], usual.trials[0, 8, ::2])[0, 1]
    assert halves > 0.99


@pytest.mark.parametrize("from_hz", [128, 250, 256, 500, 512])
def test_live_is_the_same(from_hz: int) -> None:
    x = np.random.default_rng(from_hz).normal(30, 10, (2, 3 * from_hz)).astype(np.float32)
    whole = signal.resample(x, from_hz, 160)
    with signal.LiveResampler(from_hz, 160, 2) as live:
        pieces = [live.push(np.ascontiguousarray(x[:, t : t + 7].T)) for t in range(0, x.shape[1], 7)]
        streamed = np.concatenate(pieces).T
        assert 0.06 < live.delay_s < 0.1 and live.ratio[0] / live.ratio[1] == 160 / from_hz
        np.testing.assert_array_equal(streamed, whole[:, : streamed.shape[1]])
        assert whole.shape[1] - streamed.shape[1] <= live.delay_s * 160 + 2
        live.reset()
        np.testing.assert_array_equal(live.push(np.ascontiguousarray(x.T)).T, streamed)
        with pytest.raises(errors.ShapeError, match="samples"):
            live.push(np.zeros((4, 3), np.float32))
    with pytest.raises(errors.StateError, match="closed"):
        live.push(np.zeros((4, 2), np.float32))
    with pytest.raises(errors.ArgumentError, match="no ratio of whole numbers"):
        signal.LiveResampler(np.pi * 160, 160, 2)
