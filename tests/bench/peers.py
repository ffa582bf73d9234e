"""The network and its jobs in PyTorch and in two libraries for spiking networks, written as their users would.

A peer has `name`, `version`, `note` and the jobs evaluate(), train() and adapt(): each returns what to time and how
many trials it does. Making a peer raises ImportError where its package is missing.
"""
import importlib
import os
import sys

N_STEPS = 160
THRESHOLD, WIDTH, HEIGHT = 0.1, 0.3, 0.3
ADAPTED = ("fc1", "fc2", "f1_", "ts_w")
# Place of each spiking layer's neurons: name in checkpoints, shape.
LAYERS = {"c1": (64, 8, 9), "c2": (128, 6, 7), "c3": (256, 1, 1), "tc1": (256,), "r1": (256,), "f1": (256,)}


def electrodes():
    runs = [(7, 3, 2), (7, 4, 2), (7, 5, 2), (3, 0, 4), (5, 1, 3), (9, 2, 1), (1, 3, 1), (1, 3, 9),
            (1, 4, 1), (1, 4, 9), (1, 4, 0), (1, 4, 10), (1, 5, 1), (1, 5, 9), (9, 6, 1), (5, 7, 3),
            (3, 8, 4), (1, 9, 5)]
    return [(row, first + i) for n, row, first in runs for i in range(n)]


class Data:
    """Reference trials on the grid, their labels and the published weights."""

    def __init__(self, shared):
        import numpy

        folder = os.path.join(shared, "peer")
        if folder not in sys.path:
            sys.path.insert(0, folder)
        load = importlib.import_module("safetensors_io").load
        trials = load(os.path.join(shared, "golden", "epochs_s001.safetensors"))
        self.weights = load(os.path.join(shared, "golden", "net_on_device_fold1.safetensors"))
        self.labels = trials["label"].astype(numpy.int64)
        self.grid = numpy.zeros((len(self.labels), 10, 11, N_STEPS), numpy.float32)
        for channel, (row, column) in enumerate(electrodes()):
            self.grid[:, row, column] = trials["x"][:, channel]


class Eager:
    """The plain network, step by step."""

    name = "PyTorch"
    note = "eager, a step at a time"

    def __init__(self, data, threads):
        import torch

        torch.set_num_threads(threads)
        self.torch = torch
        self.version = torch.__version__
        self.weights = data.weights
        self.grid = torch.from_numpy(data.grid)
        self.labels = torch.from_numpy(data.labels)

    def make(self):
        network = importlib.import_module("torch_network").Net()
        network.load(self.weights)
        return network

    def logits(self, network, grid, masks=None):
        return network(grid, masks)

    def masks(self, n):
        return [self.torch.bernoulli(self.torch.full((n, 256), 0.7)) / 0.7 for _ in range(3)]

    def step(self, network, optimizer, grid, labels):
        optimizer.zero_grad()
        logits = self.logits(network, grid, self.masks(len(grid)))
        self.torch.nn.functional.cross_entropy(logits, labels).backward()
        optimizer.step()

    def evaluate(self):
        network = self.make().eval()

        def run():
            with self.torch.no_grad():
                return self.logits(network, self.grid)

        return run, len(self.grid)

    def train(self):
        network = self.make()
        optimizer = self.torch.optim.Adam(network.parameters(), lr=1e-4)
        grid = self.torch.cat([self.grid, self.grid[:19]])
        labels = self.torch.cat([self.labels, self.labels[:19]])
        return lambda: self.step(network, optimizer, grid, labels), len(grid)

    def adapt(self):
        network = self.make()
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(any(part in name for part in ADAPTED) and not name.endswith("bias"))
        optimizer = self.torch.optim.Adam([p for p in network.parameters() if p.requires_grad], lr=6e-4)
        return lambda: self.step(network, optimizer, self.grid[:1], self.labels[:1]), 1


class Layers(Eager):
    """The same network layer by layer: each layer's products over all steps at once, then its neurons' loop."""

    name = "PyTorch, layers"
    note = "eager, products of all steps at once"
    compile = staticmethod(lambda function: function)
    chunk = 20  # steps of a compiled function

    def __init__(self, data, threads):
        super().__init__(data, threads)
        self.neurons = self.compile(self.plain_neurons)
        self.recurrent = self.compile(self.plain_recurrent)

    def spike(self, voltage, threshold):
        spike = (voltage > threshold).to(voltage.dtype)
        slope = HEIGHT * ((voltage - threshold).abs() < WIDTH).to(voltage.dtype)
        straight = slope * voltage
        return spike + (straight - straight.detach())

    def plain_neurons(self, drive, mask, current_decay, voltage_decay, spike, current, voltage):
        spikes = []
        for t in range(len(drive)):
            current = (current_decay * current + drive[t]) * mask
            voltage = voltage_decay * voltage * (1 - spike) + current
            spike = self.spike(voltage, THRESHOLD)
            spikes.append(spike)
        return self.torch.stack(spikes), spike, current, voltage

    def plain_recurrent(self, drive, mask, current_decay, voltage_decay, spike, current, voltage, threshold, weight, bias):
        spikes = []
        for t in range(len(drive)):
            own = self.torch.nn.functional.linear(spike, weight, bias)
            current = (current_decay * current + drive[t] + own) * mask
            voltage = voltage_decay * voltage * (1 - spike) + current
            spike = self.spike(voltage, threshold.detach())
            fired = spike.detach()
            threshold = (threshold + 0.01) * fired + self.torch.clamp(threshold * 0.1, min=0.01) * (1 - fired)
            spikes.append(spike)
        return self.torch.stack(spikes), spike, current, voltage, threshold

    def run_layer(self, network, layer, drive, mask, *own):
        decays = network.p(layer + "_cdecay"), network.p(layer + "_vdecay")
        state = [self.torch.zeros_like(drive[0]) for _ in range(3)]
        if own:
            state.append(self.torch.full_like(drive[0], THRESHOLD))
        function, spikes = (self.recurrent if own else self.neurons), []
        for t in range(0, N_STEPS, self.chunk):
            some, *state = function(drive[t:t + self.chunk], mask, *decays, *state, *own)
            spikes.append(some)
        return self.torch.cat(spikes)

    def logits(self, network, grid, masks=None):
        functional, p, n = self.torch.nn.functional, network.p, len(grid)
        one = self.torch.ones(())
        masks = masks or [one, one, one]

        def convolve(spikes, name):
            drive = functional.conv2d(spikes.flatten(0, 1), p(name + ".psp_func.weight"), p(name + ".psp_func.bias"))
            return drive.unflatten(0, (N_STEPS, n))

        x = self.run_layer(network, "c1", convolve(grid.movedim(-1, 0).unsqueeze(2), "conv1"), one)
        x = self.run_layer(network, "c2", convolve(x, "conv2"), one)
        pooled = functional.avg_pool2d(x.flatten(0, 1), 2).unflatten(0, (N_STEPS, n))
        x = self.run_layer(network, "c3", convolve(pooled, "conv3"), one).flatten(2)
        drive = 0
        for tap in range(3):
            name = f"temp_conv1.psp_func_list.{tap}."
            late = functional.linear(x[:N_STEPS - 2 + tap], p(name + "weight"), p(name + "bias"))
            drive = drive + functional.pad(late, (0, 0, 0, 0, 2 - tap, 0))
        x = self.run_layer(network, "tc1", drive, masks[0])
        x = self.run_layer(network, "r1", x, masks[1], p("rec1.rec_func.weight"), p("rec1.rec_func.bias"))
        x = self.run_layer(network, "f1", functional.linear(x, p("fc1.psp_func.weight"), p("fc1.psp_func.bias")), masks[2])
        return functional.linear(self.torch.einsum("tbi,t->bi", x, p("ts_weights")), p("fc2.weight"))


class Compiled(Layers):
    name = "torch.compile"
    note = "inductor, 20 steps of a layer's neurons a function"

    def compile(self, function):
        # A variant for each shape, and for recorded and plain runs.
        self.torch._dynamo.config.recompile_limit = 200
        return self.torch.compile(function)


class HalfPrecision(Layers):
    name = "bfloat16"
    note = "as layers, products in bfloat16 (autocast)"

    def logits(self, network, grid, masks=None):
        with self.torch.autocast("cpu", dtype=self.torch.bfloat16):
            return super().logits(network, grid, masks).float()


class SpikingJelly(Eager):
    name = "SpikingJelly"
    note = "multi-step; scalar decays, no moving threshold"

    def __init__(self, data, threads):
        from spikingjelly.activation_based import base, functional, layer, neuron, surrogate

        super().__init__(data, threads)
        self.version = importlib.metadata.version("spikingjelly")
        self.reset, self.parts = functional.reset_net, (base, functional, layer, neuron, surrogate)

    def make(self):
        _, functional, layer, neuron, surrogate = self.parts
        nn = self.torch.nn

        def neurons():
            return neuron.CUBALIFNode(0.1, 0.1, THRESHOLD, 0.0, surrogate.Rect(alpha=1 / (2 * WIDTH)))

        network = nn.ModuleDict({
            "convolutions": nn.Sequential(
                layer.Conv2d(1, 64, 3), neurons(), layer.Conv2d(64, 128, 3), neurons(), layer.AvgPool2d(2),
                layer.Conv2d(128, 256, 3), neurons(), layer.Flatten()),
            "time": nn.Conv1d(256, 256, 3), "tc1": neurons(),
            "upper": nn.Sequential(
                layer.Dropout(0.3), layer.LinearRecurrentContainer(neurons(), 256, 256), layer.Dropout(0.3)),
            "fc1": layer.Linear(256, 256), "f1_": nn.Sequential(neurons(), layer.Dropout(0.3)),
            "fc2": layer.Linear(256, 2, bias=False)})
        functional.set_step_mode(network, "m")
        return network

    def logits(self, network, grid, masks=None):
        self.reset(network)
        x = network["convolutions"](grid.movedim(-1, 0).unsqueeze(2))
        late = self.torch.nn.functional.pad(x.permute(1, 2, 0), (2, 0))
        x = network["upper"](network["tc1"](network["time"](late).permute(2, 0, 1)))
        return network["fc2"](network["f1_"](network["fc1"](x))).mean(0)


class SnnTorch(Eager):
    name = "snnTorch"
    note = "step by step; no moving threshold"

    def __init__(self, data, threads):
        import snntorch

        super().__init__(data, threads)
        self.version = snntorch.__version__
        self.snn = snntorch

    def make(self):
        nn, torch = self.torch.nn, self.torch
        surrogate = importlib.import_module("snntorch.surrogate").straight_through_estimator()

        def neurons(layer):
            decays = [torch.full(LAYERS[layer], 0.1) for _ in range(2)]
            return self.snn.Synaptic(*decays, threshold=THRESHOLD, spike_grad=surrogate, learn_alpha=True,
                                     learn_beta=True, reset_mechanism="zero")

        recurrent = self.snn.RSynaptic(torch.full((256,), 0.1), torch.full((256,), 0.1), all_to_all=True,
                                       linear_features=256, threshold=THRESHOLD, spike_grad=surrogate,
                                       learn_alpha=True, learn_beta=True, reset_mechanism="zero")
        return nn.ModuleDict({
            "conv1": nn.Conv2d(1, 64, 3), "c1": neurons("c1"), "conv2": nn.Conv2d(64, 128, 3), "c2": neurons("c2"),
            "conv3": nn.Conv2d(128, 256, 3), "c3": neurons("c3"), "time": nn.Linear(768, 256), "tc1": neurons("tc1"),
            "r1": recurrent, "fc1": nn.Linear(256, 256), "f1_": neurons("f1"), "fc2": nn.Linear(256, 2, bias=False)})

    def logits(self, network, grid, masks=None):
        torch, n = self.torch, len(grid)
        state = {name: network[name].init_synaptic() for name in ("c1", "c2", "c3", "tc1", "f1_")}
        recurrent = network["r1"].init_rsynaptic()
        past = [torch.zeros(n, 256)] * 2
        drop = (lambda x, i: x * masks[i]) if masks else (lambda x, i: x)

        def fire(name, drive):
            spike, *state[name] = network[name](drive, *state[name])
            return spike

        total = 0
        for t in range(N_STEPS):
            x = fire("c1", network["conv1"](grid[:, None, :, :, t]))
            x = torch.nn.functional.avg_pool2d(fire("c2", network["conv2"](x)), 2)
            past = [*past[-2:], fire("c3", network["conv3"](x)).flatten(1)]
            x = drop(fire("tc1", network["time"](torch.cat(past, 1))), 0)
            x, *recurrent = network["r1"](x, *recurrent)
            total = total + network["fc2"](drop(fire("f1_", network["fc1"](drop(x, 1))), 2))
        return total / N_STEPS
