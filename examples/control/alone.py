#!/usr/bin/env python3
"""Each control by itself: what networks and linear models of the same people decode under it.

After ocular regression, from central electrodes and from seconds 1 to 4 slow potentials are still there, and the
network takes the raw signal; from 8 to 30 Hz it takes envelopes of one band, as the library has 64 channels at
most. The linear models of rhythms see 8 to 30 Hz of the same electrodes and seconds, under the same regression. With
`--network envelope` so does the network in every control.
"""

from __future__ import annotations

from common import RATE, arguments, complete, execute, in_folds, read, report
from envelope import ELECTRODES, HOP, SECONDS, rhythms, scores
from linear import decisions, rhythm_models, ridged, shrunk, slow_models

CONTROLS = {
    "none": {},
    "ocular regression": {"ocular": "regression"},
    "central electrodes": ELECTRODES,
    "seconds 1 to 4": SECONDS,
    "8 to 30 Hz": {},
}
SHORT_HOP = RATE // 16  # half a second every sixteenth: nine steps of the trial's first second


def raw(given, name, control):
    """Classes by networks for the raw signal; a longer trial goes in as windows of a second."""
    with read(given.recordings, **{**control, "window_length": RATE}) as data:
        return in_folds(data, given, name)


def main():
    given = arguments(__doc__, epochs=15, network="quarter", seed=5, controls=tuple(CONTROLS))
    given.seeds = (given.seed,)
    for name in given.controls:
        control = CONTROLS[name]
        has_slow, is_long = name != "8 to 30 Hz", "window_length" in control
        hop = HOP if is_long else SHORT_HOP
        wide, power, short = rhythms(given.recordings, control, together=name != "central electrodes", hop=hop)
        if has_slow and given.network != "envelope":
            found = raw(given, name, control)
        else:
            found = scores(given, short, name)[0].argmax(1)
        if not complete(given):
            continue
        models = slow_models(read(given.recordings, **control)) if has_slow else {}
        models |= rhythm_models(wide, power, ridged if is_long else shrunk)
        right = {"network": found == wide.labels}
        right |= {k: d == wide.labels for k, d in decisions(models, wide.labels, wide.subjects).items()}
        print(f"\n{name}")
        report(right, wide.subjects, "network")


if __name__ == "__main__":
    execute(main)
