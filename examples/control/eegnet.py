#!/usr/bin/env python3
"""EEGNet under full ocular control, for comparison: needs PyTorch.

The network of Lawhern et al. (2018): eight filters in time of half a second, two in space for each, separable
convolutions, mean pooling, written here from its description; 1730 parameters here. It gets the trials of
envelope.py (8 to 30 Hz, regression, central electrodes, seconds 1 to 4) at 80 samples a second, aligned by subject.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from common import arguments, complete, execute, folds, report
from envelope import FULL, WIDE, in_band

try:
    import torch
except ImportError:
    raise SystemExit("eegnet.py needs PyTorch: pip install torch") from None
from torch import nn

EVERY, RATE = 2, 80  # every second sample: 8 to 30 Hz need no more
N_TIME, N_SPACE, N_SEPARABLE = 8, 2, 16
POOL, LONG_POOL = 2, 8


class Bounded(nn.Module):
    """A layer each of whose neurons' weights have a norm of at most a limit."""

    def __init__(self, layer, limit):
        super().__init__()
        self.layer, self.limit = layer, limit

    def forward(self, x):
        with torch.no_grad():
            self.layer.weight.copy_(torch.renorm(self.layer.weight, 2, 0, self.limit))
        return self.layer(x)


def eegnet(n_channels, n_steps, dropout):
    n_maps = N_TIME * N_SPACE
    return nn.Sequential(
        nn.Conv2d(1, N_TIME, (1, RATE // 2), padding="same", bias=False),
        nn.BatchNorm2d(N_TIME),
        Bounded(nn.Conv2d(N_TIME, n_maps, (n_channels, 1), groups=N_TIME, bias=False), 1.0),
        nn.BatchNorm2d(n_maps),
        nn.ELU(),
        nn.AvgPool2d((1, POOL)),
        nn.Dropout(dropout),
        nn.Conv2d(n_maps, n_maps, (1, 16), padding="same", groups=n_maps, bias=False),
        nn.Conv2d(n_maps, N_SEPARABLE, 1, bias=False),
        nn.BatchNorm2d(N_SEPARABLE),
        nn.ELU(),
        nn.AvgPool2d((1, LONG_POOL)),
        nn.Dropout(dropout),
        nn.Flatten(),
        Bounded(nn.Linear(N_SEPARABLE * (n_steps // POOL // LONG_POOL), 2), 0.25),
    )


def train(x, labels, seed, given):
    torch.manual_seed(seed)
    network = eegnet(x.shape[2], x.shape[3], given.dropout).train()
    optimizer = torch.optim.Adam(network.parameters(), given.rate)
    for _ in range(given.epochs):
        for batch in torch.randperm(len(x)).split(given.batch):
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(x[batch]), labels[batch]).backward()
            optimizer.step()
    return network.eval()


def scores(x, labels, k, train_at, test_at, seed, given):
    """Log-probabilities of the test trials, from the folder if they are there."""
    path = Path(given.folder, f"eegnet-{given.epochs}-seed{seed}-fold{k}.npy")
    if not path.exists():
        network = train(x[train_at], labels[train_at], seed, given)
        with torch.no_grad():
            np.save(path, torch.log_softmax(network(x[test_at]), 1).numpy())
        print(path.name, flush=True)
    return np.load(path)


def main():
    given = arguments(__doc__, seeds=(5, 6, 7), epochs=50, batch=64, rate=1e-3, dropout=0.25)
    if given.threads:
        torch.set_num_threads(given.threads)
    data = in_band(given.recordings, WIDE, FULL)
    data.align()
    x = torch.from_numpy(data.trials[:, None, :, ::EVERY].copy())
    x /= x.std()
    labels = torch.from_numpy(data.labels.astype(np.int64))
    found = np.zeros((len(given.seeds), len(data), 2))
    for k, train_at, test_at in folds(data.subjects, given.folds):
        for i, seed in enumerate(given.seeds):
            found[i, test_at] = scores(x, labels, k, train_at, test_at, seed, given)
    if not complete(given):
        return
    n = sum(p.numel() for p in eegnet(x.shape[2], x.shape[3], 0).parameters())
    right = {f"EEGNet, seed {seed}": own.argmax(1) == data.labels for seed, own in zip(given.seeds, found, strict=True)}
    right["EEGNets of all seeds together"] = found.sum(0).argmax(1) == data.labels
    right["EEGNet, mean of the seeds"] = (found.argmax(2) == data.labels).mean(0)
    print(f"{n} parameters")
    report(right, data.subjects, "EEGNet, mean of the seeds")


if __name__ == "__main__":
    execute(main)
