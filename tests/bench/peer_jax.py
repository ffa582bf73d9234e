"""The network and its jobs in JAX: products of all steps at once, neurons as scans, all compiled by XLA."""
import functools

from peers import ADAPTED, HEIGHT, N_STEPS, THRESHOLD, WIDTH


class Jax:
    name = "JAX"
    note = "a scan a layer, compiled"

    def __init__(self, data, threads):
        del threads  # XLA takes the processors that the process may use
        import jax

        self.version = jax.__version__
        self.jax = jax
        self.weights = {name: jax.numpy.asarray(values) for name, values in data.weights.items()
                        if name.startswith("snn.")}
        self.grid, self.labels = jax.numpy.asarray(data.grid), jax.numpy.asarray(data.labels)
        self.key = jax.random.PRNGKey(1)

    def spike(self, voltage, threshold):
        stop = self.jax.lax.stop_gradient
        straight = stop(HEIGHT * (abs(voltage - threshold) < WIDTH)) * voltage
        return stop((voltage > threshold) * 1.0) + straight - stop(straight)

    def run_layer(self, p, layer, drive, mask=1.0, own=None):
        current_decay, voltage_decay = p[f"snn.{layer}_cdecay"], p[f"snn.{layer}_vdecay"]
        np, stop = self.jax.numpy, self.jax.lax.stop_gradient

        def step(state, now):
            spike, current, voltage, threshold = state
            if own is not None:
                now = now + spike @ own[0].T + own[1]
            current = (current_decay * current + now) * mask
            voltage = voltage_decay * voltage * (1 - spike) + current
            spike = self.spike(voltage, threshold)
            if own is not None:
                fired = stop(spike)
                threshold = (threshold + 0.01) * fired + np.maximum(threshold * 0.1, 0.01) * (1 - fired)
            return (spike, current, voltage, threshold), spike

        zero = np.zeros_like(drive[0])
        return self.jax.lax.scan(step, (zero, zero, zero, zero + THRESHOLD), drive)[1]

    def logits(self, p, grid, masks=(1.0, 1.0, 1.0)):
        np, lax = self.jax.numpy, self.jax.lax
        n = len(grid)

        def convolve(x, name):
            flat = x.reshape(N_STEPS * n, *x.shape[2:])
            drive = lax.conv(flat, p[f"snn.{name}.psp_func.weight"], (1, 1), "VALID")
            drive = drive + p[f"snn.{name}.psp_func.bias"][:, None, None]
            return drive.reshape(N_STEPS, n, *drive.shape[1:])

        x = self.run_layer(p, "c1", convolve(np.moveaxis(grid, -1, 0)[:, :, None], "conv1"))
        x = self.run_layer(p, "c2", convolve(x, "conv2"))[..., :6]
        x = x.reshape(N_STEPS, n, 128, 3, 2, 3, 2).mean((4, 6))
        x = self.run_layer(p, "c3", convolve(x, "conv3")).reshape(N_STEPS, n, 256)
        drive = 0
        for tap in range(3):
            name = f"snn.temp_conv1.psp_func_list.{tap}."
            late = x[:N_STEPS - 2 + tap] @ p[name + "weight"].T + p[name + "bias"]
            drive = drive + np.pad(late, ((2 - tap, 0), (0, 0), (0, 0)))
        x = self.run_layer(p, "tc1", drive, masks[0])
        own = p["snn.rec1.rec_func.weight"], p["snn.rec1.rec_func.bias"]
        x = self.run_layer(p, "r1", x, masks[1], own)
        x = self.run_layer(p, "f1", x @ p["snn.fc1.psp_func.weight"].T + p["snn.fc1.psp_func.bias"], masks[2])
        return np.einsum("tbi,t->bi", x, p["snn.ts_weights"]) @ p["snn.fc2.weight"].T

    def evaluate(self):
        logits = self.jax.jit(self.logits)
        return lambda: logits(self.weights, self.grid).block_until_ready(), len(self.grid)

    def trained(self, grid, labels, rate, is_trained):
        """Steps of Adam on the parameters that are trained."""
        jax, np = self.jax, self.jax.numpy
        frozen = {name: w for name, w in self.weights.items() if not is_trained(name)}
        values = {name: w for name, w in self.weights.items() if is_trained(name)}
        state = [values, *(jax.tree.map(np.zeros_like, values) for _ in range(2)), np.zeros(())]

        def loss(values, key):
            masks = jax.random.bernoulli(key, 0.7, (3, len(grid), 256)) / 0.7
            scores = jax.nn.log_softmax(self.logits({**frozen, **values}, grid, masks))
            return -np.take_along_axis(scores, labels[:, None], 1).mean()

        @functools.partial(jax.jit, donate_argnums=0)
        def step(state, key):
            values, first, second, n = state
            gradient, n = jax.grad(loss)(values, key), n + 1
            first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
            second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
            values = jax.tree.map(
                lambda w, m, v: w - rate * (m / (1 - 0.9**n)) / (np.sqrt(v / (1 - 0.999**n)) + 1e-8),
                values, first, second)
            return [values, first, second, n]

        state = jax.tree.map(np.copy, state)

        def run():
            nonlocal state
            self.key, key = jax.random.split(self.key)
            state = jax.block_until_ready(step(state, key))

        return run, len(grid)

    def train(self):
        np = self.jax.numpy
        grid = np.concatenate([self.grid, self.grid[:19]])
        labels = np.concatenate([self.labels, self.labels[:19]])
        return self.trained(grid, labels, 1e-4, lambda name: True)

    def adapt(self):
        def is_trained(name):
            return any(part in name for part in ADAPTED) and not name.endswith("bias")

        return self.trained(self.grid[:1], self.labels[:1], 6e-4, is_trained)
