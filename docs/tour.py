"""From recordings to a personalized decoder in ten cells.

Run it as a script, `python docs/tour.py [FOLDER]`, or cell by cell in an editor that knows `# %%`. FOLDER
is an EEGMMIDB tree (S001/S001R04.edf …); without one the recordings are synthetic, and their results say
nothing about people. The pictures go to the folder `tour`. It takes about a minute.
"""

# %% 1. Recordings become labeled, normalized trials: imagined movements of the left and right fist.
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import snnfe

pictures = Path("tour")
pictures.mkdir(exist_ok=True)
if len(sys.argv) > 1:
    data = snnfe.Dataset.open(sys.argv[1], quality="mark")
else:
    runs = [4, 8, 12]
    data = snnfe.Dataset.synthesize({"n_subjects": 4, "effect": 1.0}, runs=runs, statistics_runs=runs, quality="mark")
print(data, data.marked().sum(), "marked as bad")

# %% 2. One trial: two electrodes over the motor cortex, and the grid that the network sees.
trial = 0
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
seconds = np.arange(data.trials.shape[2]) / data.sampling_rate_hz
for name in ("C3", "C4"):
    left.plot(seconds, data.trials[trial, data.channel_names.index(name)], label=name)
left.set(xlabel="time (s)", ylabel="z-score", title=f"imagined: {data.class_names[data.labels[trial]]}")
left.legend()
image = right.imshow(data.grid([trial])[0].std(axis=2), cmap="viridis")
right.set(title="standard deviation in the grid", xlabel="column", ylabel="row")
figure.colorbar(image, ax=right)
figure.savefig(pictures / "1-trial.png", dpi=120)

# %% 3. One person is left out; of the others' trials a fifth validates.
person = int(data.subject_list[-1])
others, own = snnfe.split.leave_subject_out(data.subjects, person)
train, validation = (others[part] for part in snnfe.split.holdout(data.labels[others]))
print(f"{len(train)} trials to train, {len(validation)} to validate, {len(own)} of subject {person}")

# %% 4. Pretraining in floating point (a smaller network and larger steps than the paper's, to be quick).
small = {"conv1_channels": 16, "conv2_channels": 32, "conv3_channels": 64, "n_hidden": 64, "dropout": 0.0}
trained = snnfe.pretrain(
    data, train, validation, own, network=small, n_epochs=10, batch_size=8, learning_rate=1e-3,
    evaluations_per_epoch=1, progress=True
)
log = trained.epoch_log
figure, axes = plt.subplots(figsize=(4, 3), layout="constrained")
axes.plot(log["epoch"], 100 * log["validation_accuracy"], "o-", label="validation")
axes.plot(log["epoch"], 100 * log["test_accuracy"], "s--", label=f"subject {person}")
axes.set(xlabel="epoch", ylabel="accuracy (%)", title="pretraining")
axes.legend()
figure.savefig(pictures / "2-pretraining.png", dpi=120)

# %% 5. What the network decides for the person it has not seen.
result = snnfe.evaluate(trained.network, data, own)
print(f"{result.n_correct} of {result.n} trials correct; left {result.class_accuracy[0]:.2f}, right {result.class_accuracy[1]:.2f}")

# %% 6. A ferroelectric synapse: twenty pulses up, twenty down, three times with noise.
device = snnfe.Device("dut2", rsd_c2c=0.1)
pulses = [snnfe.LTP] * 20 + [snnfe.LTD] * 20
figure, axes = plt.subplots(figsize=(4, 3), layout="constrained")
for seed in range(3):
    axes.plot(device.pulse_train(pulses, seed=seed), ".-")
axes.set(xlabel="pulse", ylabel="normalized conductance", title="the device dut2 with noise")
figure.savefig(pictures / "3-device.png", dpi=120)

# %% 7. The network moves to such devices: three values a weight, programming noise; then it is re-tuned.
tuned = snnfe.retune(
    trained.network, data, train, validation, own, device=device, transfer_levels=4, transfer_x=4.0,
    n_epochs=4, batch_size=8, learning_rate=3e-4, evaluations_per_epoch=1,
)
print("validation while re-tuning:", np.round(tuned.epoch_log["validation_accuracy"], 2), f"{tuned.wear['ltp_pulses']} LTP pulses")

# %% 8. Personalization: the last layers learn from the person's own trials, fold by fold.
personal = snnfe.personalize(
    tuned.network, data, [person], device=device, n_epochs=5, learning_rate=6e-4, keep_networks=True
)
before, after = personal.results["accuracy_before"][0], personal.results["accuracy_after"][0]
figure, axes = plt.subplots(figsize=(4, 3), layout="constrained")
folds = np.arange(1, len(before) + 1)
axes.bar(folds - 0.2, 100 * before, 0.38, label=f"before: {100 * before.mean():.0f} %")
axes.bar(folds + 0.2, 100 * after, 0.38, hatch="//", label=f"after: {100 * after.mean():.0f} %")
axes.set(xlabel="fold", ylabel="accuracy (%)", title=f"subject {person}", xticks=folds, ylim=(0, 130))
axes.legend()
figure.savefig(pictures / "4-personalized.png", dpi=120)

# %% 9. What a decision costs: spikes and synaptic operations of each layer.
decoder = personal.networks[person, 1]
activity = decoder.activity(data.grid(own))
figure, axes = plt.subplots(figsize=(4.5, 3), layout="constrained")
positions = np.arange(len(snnfe.LAYERS))
for shift, field in ((-0.2, "dense_macs"), (0.2, "event_operations")):
    axes.bar(positions + shift, activity[field].mean(axis=0), 0.38, label=field.replace("_", " "))
axes.set(yscale="log", ylabel="operations a trial", title="work of a decision")
axes.set_xticks(positions, snnfe.LAYERS)
axes.legend()
figure.savefig(pictures / "5-operations.png", dpi=120)

# %% 10. The personalized network, saved and used live: samples in, a decision out after one second.
decoder.save(pictures / "decoder.safetensors")
again = snnfe.Network.load(pictures / "decoder.safetensors")
live = snnfe.Decoder(again, filter_low_hz=0, filter_high_hz=0)        # these trials are filtered already
live.push(np.ascontiguousarray(data.trials[own[0]].T))
decision = live.take()
print(f"subject {person}, first trial: {data.class_names[decision.decided]}, p = {decision.confidence:.2f}")
