"""The same cells by the formulas of aihwkit's PowStepDevice and by this library: mean and deviation over many cells.

    python examples/cells/compare.py

Where both have an effect, it is the same but for conventions. A response (1 - w)^gamma is the beta form with alpha = 1
and beta = gamma + 1. The formulas are those of aihwkit's source (rpu_pulsed_device.cpp, rpu_powstep_device.cpp), in
NumPy, so that the package itself is not needed.
"""

from __future__ import annotations

import time

import numpy as np
import snnfe

CELLS = 200_000
GAMMA, STEP = 1.2, 0.1  # of a window of 1
SPREAD, CYCLE, STUCK = 0.25, 0.3, 0.02  # dw_min_dtod, dw_min_std, corrupt_devices_prob
RUNS = (5, 15, 20)  # up, up, down


def by_formulas(rng: np.random.Generator, lognormal: bool) -> list[np.ndarray]:
    """PowStepDevice with w_min 0, w_max 1: bounds do not differ."""
    z = rng.standard_normal(CELLS)
    sigma = np.sqrt(np.log1p(SPREAD**2))
    # Of log-normal gains aihwkit's mean is exp(sigma² / 2); here it is divided out.
    gain = np.exp(sigma * z - sigma**2 / 2) if lognormal else np.abs(1 + SPREAD * z)
    stuck = rng.random(CELLS) < STUCK
    w = np.where(stuck, rng.random(CELLS), 0.1)
    states = []
    for run, pulses in enumerate(RUNS):
        for _ in range(pulses):
            noise = 1 + CYCLE * rng.standard_normal(CELLS)
            change = STEP * gain * noise * np.where(stuck, 0, (w if run == 2 else 1 - w) ** GAMMA)
            w = np.clip(w - change if run == 2 else w + change, 0, 1)
        states.append(w)
    return states


def by_library(lognormal: bool) -> list[np.ndarray]:
    device = snnfe.Device(
        amplitude=(STEP, STEP),
        alpha=(1, GAMMA + 1),
        beta=(GAMMA + 1, 1),
        rsd_c2c=CYCLE,
        cells={
            "distribution": "lognormal" if lognormal else "gaussian",
            "spread_amplitude": SPREAD,
            "correlation": 1,
            "truncation": 10,
            "stuck_anywhere": STUCK,
        },
    )
    w, states, pulse = np.full(CELLS, 0.1), [], 0
    for run, pulses in enumerate(RUNS):
        for _ in range(pulses):
            w = device.pulse(snnfe.LTD if run == 2 else snnfe.LTP, w, seed=1, pulse=pulse)
            pulse += 1
        states.append(w)
    return states


def main() -> None:
    print("spread       after               formulas: mean, deviation   library: mean, deviation   largest difference of quantiles")
    for lognormal in (False, True):
        begin = time.perf_counter()
        formulas = by_formulas(np.random.default_rng(1), lognormal)
        between = time.perf_counter()
        library = by_library(lognormal)
        end = time.perf_counter()
        for a, b, name in zip(formulas, library, ("5 up", "20 up", "20 up, 20 down"), strict=True):
            quantiles = np.linspace(0.01, 0.99, 99)
            apart = np.max(np.abs(np.quantile(a, quantiles) - np.quantile(b, quantiles)))
            print(
                f"{'log-normal' if lognormal else 'Gaussian':12} {name:19} {a.mean():.4f}, {a.std():.4f}"
                f"             {b.mean():.4f}, {b.std():.4f}            {apart:.4f}"
            )
        pulses = CELLS * sum(RUNS) / 1e6
        print(f"{pulses / (between - begin):.1f} and {pulses / (end - between):.1f} million pulses a second")


if __name__ == "__main__":
    main()
