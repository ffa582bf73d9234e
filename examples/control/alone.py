#!/usr/bin/env python3
"""Each control by itself: what networks and linear models of the same people decode under it.

After ocular regression, from central electrodes and from seconds 1 to 4 slow potentials are still there, and the
network takes the raw signal; from 8 to 30 Hz it takes envelopes of one band, as the library has 64 channels at most. The linear models of rhythms
see 8 to 30 Hz of the same electrodes and seconds, under the same regression.
"""

from __future__ import annotations

from common import RATE, arguments, complete, in_folds, read, report
from envelope import ELECTRODES, SECONDS, rhythms, scores
from linear import decisions, rhythm_models, ridged, shrunk, slow_models

CONTROLS = {
    "none": {},
    "ocular regression": {"ocular": "regression"},
    "central electrodes": ELECTRODES,
    "seconds 1 to 4": SECONDS,
    "8 to 30 Hz": {},
}
HOP = RATE // 16  # half a second every sixteenth: nine steps of the trial's first second


def raw(given, name, control):
    """Classes by networks for the raw signal; a longer trial goes in as windows of a second."""
    with read(given.recordings, **{**control, "window_length": RATE}) as data:
        return in_folds(data, given, name)


def from_envelopes(given, name, short):
    given.seeds = (5,)
    return scores(given, short, name)[0].argmax(1)


def main():
    given = arguments(__doc__, epochs=15, network="quarter", controls=tuple(CONTROLS))
    for name in given.controls:
        control = CONTROLS[name]
        only_rhythms = name == "8 to 30 Hz"
        if not only_rhythms:
            found = raw(given, name, control)
        if not only_rhythms and not complete(given):
            continue
        wide, power, short = rhythms(given.recordings, control, together=name != "central electrodes", hop=HOP)
        if only_rhythms:
            found = from_envelopes(given, name, short)
        if not complete(given):
            continue
        long = wide.info["n_steps"] > RATE
        models = {} if only_rhythms else slow_models(read(given.recordings, **control))
        models |= rhythm_models(wide, power, ridged if long else shrunk)
        right = {"network": found == wide.labels}
        right |= {k: d == wide.labels for k, d in decisions(models, wide.labels, wide.subjects).items()}
        print(f"\n{name}")
        report(right, wide.subjects, "network")


if __name__ == "__main__":
    main()
