#!/bin/sh
# kill -9 at random moments of snnfe-sweep, which goes on to the same table: kill_sweep.sh BIN_DIR.
# $SNNFE_KILLS asks for more than a few.
set -eu
bin=$(realpath "$1")
kills=${SNNFE_KILLS:-4}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"$bin/snnfe-synth" recordings --subjects 2 --runs 4,8 --trials-per-run 6 --seed 3 >out 2>&1
"$bin/snnfe-preprocess" recordings --runs 4,8 --out data.safetensors >out 2>&1
cat >grid.json <<'END'
{"program": "train-on-device", "grid": {"thr": [0.05, 0.025], "fold": [1, 2]},
 "options": {"groups": 2, "lr": 5e-3, "pretrain_epochs": 3, "pretraining_batch_size": 4,
  "conv1_channels": 4, "conv2_channels": 4, "conv3_channels": 8, "hidden": 8}}
END
sweep() { "$bin/snnfe-sweep" grid.json data.safetensors --jobs 2 --out "$1" >"$1.out" 2>&1; }
begin=$(date +%s%N)
sweep whole
milliseconds=$((($(date +%s%N) - begin) / 1000000))
n=0 courses=0
while [ "$n" -lt "$kills" ]; do
    "$bin/snnfe-sweep" grid.json data.safetensors --jobs 2 --out killed >killed.out 2>&1 &
    pid=$!
    sleep "$(awk -v seed="${SNNFE_TEST_SEED:-1}$n" -v most="$milliseconds" \
        'BEGIN { srand(seed); printf "%.3f", rand() * most / 1000 }')"
    if kill -KILL $pid 2>/dev/null; then n=$((n + 1)); fi
    if wait $pid; then
        cmp whole/results.csv killed/results.csv
        rm -rf killed
        courses=$((courses + 1))
    fi
done
sweep killed
cmp whole/results.csv killed/results.csv
for job in whole/jobs/*; do
    for model in "$job"/model_fold*.safetensors; do cmp "$model" "killed/${model#whole/}"; done
done
echo "$n kills of sweeps, in $((courses + 1)) of them; all tables and networks the same"
