"""Figures of networks: weights before and after a transfer, activity of the layers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..dataset import Dataset
from ..device import Device
from ..network import LAYERS, Network
from .style import COLOURS, figure, legend, title
from .tables import Results

_STEPS = (
    ("w_pre", "trained", COLOURS[0]),
    ("w_postq", "quantised, q = 2", COLOURS[1]),
    ("w_postqn", "and programming noise", COLOURS[2]),
)


def _histograms(axes: Sequence[Axes], weights: dict[str, np.ndarray], source: str) -> None:
    limit = max(float(np.abs(w).max()) for w in weights.values()) * 1.05
    bins = np.linspace(-limit, limit, 61).tolist()
    for panel, (key, name, colour) in zip(axes, _STEPS):
        panel.hist(weights[key], bins, color=colour, edgecolor="black", linewidth=0.2, zorder=3)
        panel.set_xlabel("weight")
        title(panel, f"{source}: {name}")
    axes[0].set_ylabel("synapses")


def _transferred(network: Network, parameter: str, x: float) -> dict[str, np.ndarray]:
    weights = {"w_pre": network[parameter].ravel()}
    for key, noise in (("w_postq", 0.0), ("w_postqn", x)):
        with Device() as device, network.copy() as copy:
            copy.transfer(device, levels=2, x=noise)
            weights[key] = copy[parameter].ravel()
    return weights


def weights(results: Results, network: Network | None = None, x: float = 4.0) -> Figure | None:
    """Weights of conv1 before and after quantisation and programming noise, published and ours."""
    published = results.of("histogram")
    n_rows = len(published) + (network is not None)
    if not n_rows:
        return None
    drawn, axes = figure(3, n_rows, width=2.6, height=2.3)
    rows = iter(axes)
    for table in published:
        _histograms(next(rows), {key: table[key] for key, *_ in _STEPS}, "published")
    if network is not None:
        _histograms(next(rows), _transferred(network, "snn.conv1.psp_func.weight", x), "conv1")
    return drawn


def weight_ranges(results: Results) -> Figure | None:
    """Range of each layer's weights before and after the transfer."""
    tables = results.of("weight_ranges")
    if not tables:
        return None
    drawn, axes = figure(width=4.6, height=2.8)
    panel, table = axes[0][0], tables[0]
    names = [_short(str(name)) for name in table["layer"]]
    x = np.arange(len(names))
    for shift, state, colour, hatch in ((-0.2, "before", COLOURS[0], ""), (0.2, "after", COLOURS[1], "//")):
        low, high = table[f"min_{state}"], table[f"max_{state}"]
        panel.bar(
            x + shift,
            high - low,
            0.38,
            low,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0,
            label=f"{state} quantisation (q = {table['q'][0]:g})",
            zorder=3,
        )
    panel.axhline(0, color="black", linewidth=0.6)
    panel.set_xticks(x, names, rotation=30, ha="right")
    panel.set_ylabel("range of the weights")
    title(panel, "Weights and the devices' range")
    legend(panel)
    return drawn


def _short(name: str) -> str:
    return (
        name.removeprefix("snn.")
        .replace(".psp_func", "")
        .replace("_list", "")
        .replace(".rec_func", "")
        .replace("temp_conv1.", "tc1.")
        .replace("rec1", "r1")
    )


def _of_network(network: Network, dataset: Dataset) -> dict[str, np.ndarray]:
    activity = network.activity(dataset.grid())
    o = network.options
    rows, columns = o["n_rows"] - 2, o["n_columns"] - 2
    shapes = {p.name: p.shape for p in network.parameters()}
    conv3 = shapes["snn.c3_vdecay"]
    neurons = np.array(
        [
            o["conv1_channels"] * rows * columns,
            o["conv2_channels"] * (rows - 2) * (columns - 2),
            int(np.prod(conv3)),
            *[o["n_hidden"]] * 3,
        ]
    )
    means = {name: activity[name].mean(0) for name in activity.dtype.names or ()}
    return {
        "rate": means["spikes"][:6] / (neurons * o["n_steps"]),
        "changes": means["changes"][:6] / (neurons * o["n_steps"]),
        "spikes": means["synaptic_operations"],
        "events": means["event_operations"],
        "dense": means["dense_macs"],
    }


def activity(network: Network, dataset: Dataset) -> Figure:
    """Firing rates and synaptic operations of the layers, mean over the trials of a data set."""
    data = _of_network(network, dataset)
    drawn, axes = figure(2, width=3.6, height=2.8)
    left, right = axes[0]
    x = np.arange(6)
    left.bar(x - 0.2, 100 * data["rate"], 0.38, color=COLOURS[0], label="spike", zorder=3)
    left.bar(
        x + 0.2,
        100 * data["changes"],
        0.38,
        color=COLOURS[1],
        hatch="//",
        edgecolor="white",
        linewidth=0,
        label="change their output",
        zorder=3,
    )
    left.set_xticks(x, LAYERS[:6])
    left.set_ylabel("neurons a time step (%)")
    title(left, "Activity")
    layers = np.arange(len(data["dense"]))
    for i, (key, name) in enumerate(
        (("dense", "dense MACs"), ("spikes", "operations by spikes"), ("events", "operations by changes"))
    ):
        right.bar(
            layers + (i - 1) * 0.27,
            data[key],
            0.25,
            color=COLOURS[(6, 0, 1)[i]],
            hatch=("", "", "//")[i],
            edgecolor="white",
            linewidth=0,
            label=name,
            zorder=3,
        )
    right.set_yscale("log")
    right.set_xticks(layers, LAYERS[: len(layers)])
    right.set_ylabel("operations a trial")
    right.set_ylim(top=right.get_ylim()[1] * 30)
    title(right, "Synaptic operations")
    for panel in axes[0]:
        panel.set_xlabel("layer")
    legend(left)
    legend(right)
    return drawn
