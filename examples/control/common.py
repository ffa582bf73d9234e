"""What the experiments of this folder share: people and groups, networks that are kept, and the printed table."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import snnfe

SUBJECTS, RUNS, RATE = range(1, 22), (4, 8, 12), 160
N_GROUPS = 5
#: Networks for the raw signal: the paper's with the settings of docs/experiment.md, and one with a quarter of its
#: channels, whose settings were chosen on fold 1's validation trials.
NETWORKS = {
    "paper": ({}, {"batch_size": 16, "learning_rate": 2e-4}),
    "quarter": (
        {"conv1_channels": 16, "conv2_channels": 32, "conv3_channels": 64, "n_hidden": 64, "dropout": 0.1},
        {"batch_size": 16, "learning_rate": 4e-4},
    ),
}
HALF_WIDTH = 2.086 / np.sqrt(len(SUBJECTS))  # of 95 % intervals: Student's t for 20 degrees of freedom


def arguments(description, **defaults):
    """The command line: RECORDINGS, FOLDER and what may be chosen, such as epochs=15 or seeds=(5,)."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("recordings", metavar="RECORDINGS", help="a tree of EEGMMIDB with subjects 1 to 21")
    parser.add_argument("folder", metavar="FOLDER", help="for networks; those that are there are not trained again")
    parser.add_argument("--folds", type=int, nargs="+", default=(1, 2, 3, 4, 5), help="folds to train and test")
    parser.add_argument("--threads", type=int, default=0, help="of a training; 0: all")
    for name, value in defaults.items():
        several = isinstance(value, tuple)
        kind = type(value[0] if several else value)
        parser.add_argument(f"--{name}", type=kind, default=value, nargs="+" if several else None, help=" ")
    given = parser.parse_args()
    Path(given.folder).mkdir(parents=True, exist_ok=True)
    return given


def execute(main):
    """Runs an experiment. Recordings or a folder that are missing or of no use end it with one line."""
    try:
        main()
    except (OSError, snnfe.SnnfeError) as error:
        sys.exit(f"{Path(sys.argv[0]).name}: {error}")


def named(given, name, fold):
    """The file of a network."""
    return Path(given.folder, f"{name.replace(', ', '-').replace(' ', '_')}-fold{fold}.safetensors")


def complete(given):
    """Whether all folds are there to report on."""
    return len(set(given.folds)) == N_GROUPS


def read(recordings, **options):
    """Trials of the 21 people."""
    return snnfe.Dataset.open(recordings, subjects=SUBJECTS, runs=RUNS, statistics_runs=RUNS, **options)


def folds(subjects, chosen=range(1, N_GROUPS + 1)):
    """Number, training and test positions of each fold: contiguous groups of people."""
    group = snnfe.split.groups(len(SUBJECTS), N_GROUPS)
    for k in chosen:
        yield k, *snnfe.split.leave_subjects_out(subjects, np.array(SUBJECTS)[group == k - 1])


def trained(path, data, train, seed, sizes, **options):
    """A network of some sizes trained on some trials, or the one that the path has already."""
    if path.exists():
        return snnfe.Network.load(path)
    info = data.info
    shape = {name: info[name] for name in ("n_rows", "n_columns", "n_steps", "n_classes")}
    network = snnfe.Network(**shape, **sizes, seed=seed)
    with snnfe.Trainer(network, seed=seed, schedule_epochs=0, evaluations_per_epoch=1, **options) as trainer:
        trainer.run(data, train)
        loss = trainer.epoch_log[-1]["train_loss"]
        print(f"{path.name}: {options['n_epochs']} epochs, training loss {loss:.3f}", flush=True)
    network.save(path)
    return network


def in_folds(data, given, name):
    """Classes of all trials, in their order, by networks for the raw signal that have not seen their people; -1 in
    folds left out.

    A trial's windows decide together."""
    options, settings = NETWORKS[given.network]
    _, first, trial = np.unique(data.trial_ids, return_index=True, return_inverse=True)
    found = np.full(len(first), -1)
    for k, train, test in folds(data.subjects, given.folds):
        part = snnfe.split.paper_holdout(data.labels[train], 0.2, 5, trials=data.trial_ids[train])
        settings = {**settings, "n_epochs": given.epochs, "n_threads": given.threads}
        path = named(given, f"{given.network}-{name}-seed{given.seed}", k)
        network = trained(path, data, train[part.train], given.seed + k, options, **settings)
        sums = snnfe.trial_logits(snnfe.evaluate(network, data, test).logits, data.trial_ids[test])
        found[trial[test]] = sums.argmax(1)
    return found[np.argsort(first)]


def by_subject(right, subjects):
    """Share of each person's trials that are right."""
    return np.array([right[subjects == s].mean() for s in np.unique(subjects)])


def interval(values):
    """Mean and 95 % interval over people, in percent."""
    return f"{100 * values.mean():.1f} ± {100 * HALF_WIDTH * values.std(ddof=1):.1f}"


def report(right, subjects, reference):
    """A line for each decoder: accuracy of all trials, of each group and over people, and `reference` less this.

    `right` are by name the trials that are right, 0 to 1."""
    print("decoder: all trials (groups); over people; difference of the reference")
    for name, r in right.items():
        groups = " ".join(f"{100 * r[test].mean():.1f}" for _, _, test in folds(subjects))
        ahead = by_subject(right[reference], subjects) - by_subject(r, subjects)
        print(f"{name}: {100 * r.mean():.1f} % ({groups}); {interval(by_subject(r, subjects))}; {interval(ahead)}")
