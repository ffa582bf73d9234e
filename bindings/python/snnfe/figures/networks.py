"""Figures of networks: weights before and after a transfer, activity of the layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..dataset import Dataset
from ..device import Device
from ..network import LAYERS, Network
from .style import COLORS, GRAY, figure, headroom, legend, title
from .tables import Results

_STEPS = (
    ("w_pre", "trained", COLORS[0]),
    ("w_postq", "3 levels (q = 2)", COLORS[1]),
    ("w_postqn", "3 levels and noise", COLORS[2]),
)


def _histograms(axes: Sequence[Axes], weights: dict[str, np.ndarray], source: str) -> None:
    limit = max(float(np.abs(w).max()) for w in weights.values()) * 1.05
    bins = np.linspace(-limit, limit, 61).tolist()
    for panel, (key, name, color) in zip(axes, _STEPS):
        panel.hist(weights[key], bins, color=color, edgecolor="black", linewidth=0.2, zorder=3)
        panel.set_xlabel("weight of conv1")
        title(panel, f"{source}: {name}")
    axes[0].set_ylabel("synapses")


def _transfers(network: Network, x: float) -> dict[str, Network]:
    """The network as it is, quantized, and quantized with programming noise."""
    made = {"w_pre": network.copy()}
    for key, noise in (("w_postq", 0.0), ("w_postqn", x)):
        made[key] = network.copy()
        with Device() as device:
            made[key].transfer(device, levels=2, x=noise)
    return made


def _weights_of(network: Network) -> dict[str, np.ndarray]:
    """The weights of every synapse, by parameter."""
    return {p.name: network[p.name].ravel() for p in network.parameters() if p.kind == "weight"}


def weights(results: Results, network: Network | None = None, x: float = 4.0) -> Figure | None:
    """Weights of conv1 before and after quantization and programming noise, published and ours."""
    theirs = results.of("histogram")
    n_rows = len(theirs) + (network is not None)
    if not n_rows:
        return None
    drawn, axes = figure(3, n_rows, width=2.6, height=2.3)
    rows = iter(axes)
    for table in theirs:
        _histograms(next(rows), {key: table[key] for key, *_ in _STEPS}, table.source)
    if network is not None:
        made = _transfers(network, x)
        ours = {key: of["snn.conv1.psp_func.weight"].ravel() for key, of in made.items()}
        _histograms(next(rows), ours, "ours")
    return drawn


def _bounds(quantized: Network) -> dict[str, float]:
    """The devices' bound A of each parameter's weights: the step between the three levels."""
    bounds = {}
    for name, w in _weights_of(quantized).items():
        other = np.abs(w[w != 0])
        bounds[name] = float(other.min()) if len(other) else 1.0
    return bounds


def weights_violin(network: Network, x: float = 4.0, most: int = 5000) -> Figure:
    """Distribution of every layer's weights in units of its bound, before and after a transfer."""
    drawn, axes = figure(3, width=3.0, height=3.0)
    made = _transfers(network, x)
    bounds = _bounds(made["w_postq"])
    for panel, (key, name, color) in zip(axes[0], _STEPS):
        chosen = {
            parameter: w[:: max(1, len(w) // most)] / bounds[parameter]
            for parameter, w in _weights_of(made[key]).items()
        }
        parts = panel.violinplot(
            list(chosen.values()), range(len(chosen)), widths=0.85, showextrema=True, points=200
        )
        for body in parts["bodies"]:
            body.set_facecolor(color)
            body.set_alpha(0.6)
        for line in ("cmins", "cmaxes", "cbars"):
            parts[line].set_color("black")
            parts[line].set_linewidth(0.6)
        for level in (-1, 1):
            panel.axhline(level, color=GRAY, linewidth=0.8, linestyle=":")
        panel.set_xticks(range(len(chosen)), [_short(n) for n in chosen], rotation=45, ha="right")
        title(panel, name)
    axes[0][0].set_ylabel("weight / bound A of the layer")
    return drawn


def _ranges(network: Network, levels: int = 2) -> dict[str, np.ndarray]:
    """Smallest and largest weights before and after quantization, as in the published table."""
    with network.copy() as copy, Device() as device:
        before = _weights_of(network)
        copy.transfer(device, levels=levels, x=0.0)
        after = _weights_of(copy)
    return {
        "layer": np.array([name.removesuffix(".weight") for name in before]),
        "q": np.full(len(before), levels),
        "min_before": np.array([w.min() for w in before.values()]),
        "max_before": np.array([w.max() for w in before.values()]),
        "min_after": np.array([w.min() for w in after.values()]),
        "max_after": np.array([w.max() for w in after.values()]),
    }


def weight_ranges(results: Results, network: Network | None = None) -> Figure | None:
    """Range of each layer's weights before and after quantization, published and ours."""
    shown = [(t.source, t.columns) for t in results.of("weight_ranges")]
    if network is not None:
        shown.append(("ours", _ranges(network)))
    if not shown:
        return None
    drawn, axes = figure(len(shown), width=4.4, height=3.0)
    for panel, (source, data) in zip(axes[0], shown):
        _draw_ranges(panel, data)
        title(panel, f"Range of the weights, {source}")
    axes[0][0].set_ylabel("weight")
    return drawn


def _draw_ranges(panel: Axes, data: Mapping[str, np.ndarray]) -> None:
    names = [_short(str(name)) for name in data["layer"]]
    q = float(data["q"][0])
    x = np.arange(len(names))
    for shift, state, text, color, hatch in (
        (-0.2, "before", "trained", COLORS[0], ""),
        (0.2, "after", f"{q + 1:g} levels (q = {q:g})", COLORS[1], "//"),
    ):
        low, high = data[f"min_{state}"], data[f"max_{state}"]
        panel.bar(
            x + shift,
            high - low,
            0.38,
            low,
            color=color,
            hatch=hatch,
            edgecolor="white",
            linewidth=0,
            label=text,
            zorder=3,
        )
    panel.axhline(0, color="black", linewidth=0.6)
    panel.set_xticks(x, names, rotation=45, ha="right")
    legend(panel)


def _short(name: str) -> str:
    return (
        name.removeprefix("snn.")
        .removesuffix(".weight")
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
    left.bar(x - 0.2, 100 * data["rate"], 0.38, color=COLORS[0], label="spike", zorder=3)
    left.bar(
        x + 0.2,
        100 * data["changes"],
        0.38,
        color=COLORS[1],
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
            color=COLORS[(6, 0, 1)[i]],
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
    headroom(left, 0.25)
    legend(left, loc="upper center", ncols=2)
    legend(right, loc="upper right")
    return drawn
