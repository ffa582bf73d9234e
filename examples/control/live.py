#!/usr/bin/env python3
"""What is left under full ocular control live: the networks of envelope.py decide streams of their unseen people.

Every recording is played to a decoder, a window at each cue. The filters are causal, and regression and z-scores know
what was before: the control learns from each window after its decision and keeps what it knows over the recordings.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import snnfe
from common import RUNS, arguments, by_subject, complete, execute, folds, interval, read
from envelope import BANDS, FULL, HOP, RATE, WIDE, WINDOW, network, rhythms

LENGTH = FULL["window_length"]


def envelopes(recordings):
    """The library's own envelopes of the same trials, causal and z-scored over all subjects."""
    low, high = zip(*BANDS, strict=True)
    window = {"envelope_window_s": WINDOW / RATE, "envelope_hop_s": HOP / RATE}
    edges = {"filter_low_hz": WIDE[0], "filter_high_hz": WIDE[1], "filter_kind": "causal"}
    return read(recordings, band_low_hz=low, band_high_hz=high, **window, **edges, **FULL)


def prior(data, person):
    """Mean products of two envelopes, of everybody else."""
    people = [data.trials[data.subjects == s].astype(float) for s in data.subject_list if s != person]
    return np.mean([np.einsum("nct,ndt->cd", x, x) / x[:, 0].size for x in people], 0)


def recorded(recordings, person, run, decoder):
    path = f"{recordings}/S{person:03d}/S{person:03d}R{run:02d}.edf"
    with snnfe.Recording.open(path, channel_names=decoder.channel_names) as recording:
        return np.ascontiguousarray(recording.samples.T)


def decide(decoder, control, rows, onset, done):
    """The class of the window at `onset` of a recording whose first `done` samples were pushed."""
    decoder.push(rows[done:onset])
    decoder.cue()
    decoder.push(rows[onset : onset + LENGTH])
    decision = decoder.take()
    control.add(decoder.copy_samples(decision.first_sample, LENGTH))
    decoder.offer_control(control)
    return decision.decided


def play(given, data, own, person):
    """Classes of a person's trials, in their order."""
    decoder = snnfe.Decoder(own, dataset=data, windows="cued")
    control = snnfe.Control(replace(decoder.signal, covariance=prior(data, person)))
    found = np.full(len(data), -1)
    for run in RUNS:
        rows, done = recorded(given.recordings, person, run, decoder), 0
        decoder.begin_session()
        for trial in np.flatnonzero((data.subjects == person) & (data.runs == run)):
            found[trial] = decide(decoder, control, rows, data.onsets[trial], done)
            done = data.onsets[trial] + LENGTH
    return found[data.subjects == person]


def live(given, data, short):
    """Whether trials are decided right [n_seeds, n]: live, and as data sets by the past and by all trials."""
    right = {how: np.zeros((len(given.seeds), len(data)), bool) for how in ("live", "by the past", "by all trials")}
    aligned = {"by the past": data.copy(), "by all trials": data.copy()}
    aligned["by the past"].align(alignment="standardize", past=True)
    aligned["by all trials"].align(alignment="standardize")
    signal = aligned["by all trials"]
    for k, train, test in folds(data.subjects, given.folds):
        for i, seed in enumerate(given.seeds):
            own = network(given, short, k, train, seed)
            own.describe(signal)  # bands and all, which the arrays it was trained on do not tell
            for how, batch in aligned.items():
                right[how][i, test] = snnfe.evaluate(own, batch, test).logits.argmax(1) == data.labels[test]
            for person in np.unique(data.subjects[test]):
                is_own = data.subjects == person
                right["live"][i, is_own] = play(given, signal, own, person) == data.labels[is_own]
        print(f"fold {k}", flush=True)
    return right


def main():
    given = arguments(__doc__, seeds=(5, 6, 7))
    _, _, short = rhythms(given.recordings, FULL)
    data = envelopes(given.recordings)
    right = live(given, data, short)
    if not complete(given):
        return
    for how, r in right.items():
        print(f"{how}: {100 * r.mean():.1f} %; over people {interval(by_subject(r.mean(0), data.subjects))}")


if __name__ == "__main__":
    execute(main)
