#!/bin/sh
# From recordings to a table of results: `sh examples/quickstart.sh [FOLDER_OF_RECORDINGS]`.
# Without a folder (an EEGMMIDB tree: S001/S001R04.edf …) it makes ten synthetic subjects.
set -eu
cd "$(dirname "$0")/.."
. tools/require.sh
require_all

recordings=${1:-}
build="build-release"
out=results/quickstart
[ -f "$build/build.ninja" ] || meson setup "$build" --buildtype=release -Dtests=false >/dev/null
ninja -C "$build" >/dev/null
bin=$build/examples
mkdir -p "$out"

echo "== recordings"
if [ -z "$recordings" ]; then
    recordings=$out/recordings
    "$bin/snnfe-synth" "$recordings" --subjects 10 --runs 4,8,12
fi

echo "== preprocess"
"$bin/snnfe-preprocess" "$recordings" --out "$out/data.safetensors"

# Few recordings: smaller batches than the paper's make enough steps, and without dropout ten epochs do.
echo "== pretrain, cross-validated over groups of subjects"
"$bin/snnfe-pretrain" "$out/data.safetensors" --out "$out/pretrain" --nb_folds 3 \
    --pretrain_epochs 10 --pretraining_batch_size 16 --lr 2e-4 --dropout 0 --evaluations_per_epoch 1

echo "== evaluate each subject by the network that did not see it"
"$bin/snnfe-eval" "$out/data.safetensors" --models "$out/pretrain" --nb_folds 3 \
    --out "$out/subjects.csv"

cat <<END

files:
  $out/data.safetensors          epochs
  $out/pretrain/model_fold1.safetensors …  networks
  $out/pretrain/epochs_fold1.csv …         course of the training
  $out/pretrain/summary.csv, manifest.json accuracies, and what they were made from
  $out/subjects.csv              accuracy of each subject and fold
END
