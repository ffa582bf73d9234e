#!/bin/sh
# The paper's findings about training through the device, on synthetic subjects:
# `sh examples/device_experiment/run.sh [SUBJECTS [EPOCHS]]`. With the defaults, 20 subjects and 12
# epochs, it takes about half an hour on two processors; run again, it goes on where it was stopped.
# Figures need Python with numpy and matplotlib and are left out without them.
set -eu
cd "$(dirname "$0")/../.."
. tools/require.sh
build_programs

subjects=${1:-20}
epochs=${2:-12}
here=examples/device_experiment
out=results/device_experiment
data=$out/data.safetensors
mkdir -p "$out"

if [ ! -f "$data" ]; then
    "$bin/snnfe-synth" "$out/recordings" --subjects "$subjects" --runs 4,8,12
    "$bin/snnfe-preprocess" "$out/recordings" --out "$data"
fi

# Few recordings: small batches make enough steps, and few epochs do without dropout.
train="--groups 4 --pretrain_epochs $epochs --schedule_epochs $epochs --pretraining_batch_size 16
    --lr 2e-4 --dropout 0 --evaluations_per_epoch 1"
sweep=groups=4,pretrain_epochs=$epochs,schedule_epochs=$epochs,pretraining_batch_size=16,lr=2e-4,dropout=0
sweep=$sweep,evaluations_per_epoch=1

echo "== floating point"
# shellcheck disable=SC2086 # several options
[ -f "$out/pretrain/summary.csv" ] || "$bin/snnfe-pretrain" "$data" --out "$out/pretrain" $train --resume
echo "== on-device, three thresholds"
"$bin/snnfe-sweep" "$here/thr.json" "$data" --out "$out/thr" --set "$sweep"
echo "== on-device with three levels of a weight (q = 2)"
"$bin/snnfe-sweep" "$here/q.json" "$data" --out "$out/q" --set "$sweep"
echo "== transferred to three levels (q = 2), and re-tuned"
"$bin/snnfe-sweep" "$here/retune.json" "$data" --models "$out/pretrain" --out "$out/retune" \
    --set groups=4,evaluations_per_epoch=1
echo "== personalization of subjects that the on-device networks did not see"
mkdir -p "$out/on_device"
for fold in 1 2 3 4; do
    cp "$out/thr/jobs/thr=0.025,fold=$fold/model_fold$fold.safetensors" "$out/on_device"
done
[ -f "$out/sstl/summary.csv" ] || "$bin/snnfe-sstl" "$data" --models "$out/on_device" --groups 4 \
    --finetune_lr 2e-4 --out "$out/sstl"

if python3 -c 'import numpy, matplotlib' 2>/dev/null; then
    echo "== figures"
    SNNFE_LIBRARY=$bin/../lib/libsnnfe.so.0 PYTHONPATH=bindings/python \
        python3 -m snnfe.figures "$out" --format png -o "$out/figures"
fi
