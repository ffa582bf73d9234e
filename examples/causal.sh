#!/bin/sh
# A network for live decoding: MODEL re-tuned for the causal filter on RECORDINGS (an EEGMMIDB tree).
# `sh examples/causal.sh RECORDINGS MODEL OUT [option of snnfe-retune...]` leaves in OUT what snnfe-live
# needs, data.safetensors and model.safetensors, and tells the accuracy on subjects that were not
# trained on, before and after. SNNFE_PROGRAMS names the folder of the programs if they are built.
set -eu
if [ $# -lt 3 ]; then
    echo "usage: causal.sh RECORDINGS MODEL OUT [option of snnfe-retune...]" >&2
    exit 2
fi
recordings=$(realpath "$1") model=$(realpath "$2") out=$3
shift 3
mkdir -p "$out"
out=$(realpath "$out")
bin=${SNNFE_PROGRAMS:-}
if [ -z "$bin" ]; then
    cd "$(dirname "$0")/.."
    . tools/require.sh
    build_programs
fi

"$bin/snnfe-preprocess" "$recordings" --filter causal --out "$out/data.safetensors" --overwrite
# No transfer, only training through the device: --transfer_q 0 --x 0. The filter is another one on purpose.
"$bin/snnfe-retune" "$out/data.safetensors" --model "$model" --out "$out/retuned" --groups 3 \
    --transfer_q 0 --x 0 --allow_mismatch --overwrite "$@"

# The fold with the best validation accuracy: no test trial has a say.
best=$(awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) if ($i == "Val_Accuracy") column = i }
    NR > 1 && (!fold || $column > most) { most = $column; fold = $1 }
    END { print fold }' "$out/retuned/summary.csv")
cp "$out/retuned/model_fold$best.safetensors" "$out/model.safetensors"
awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) place[$i] = i }
    NR > 1 { before += $place["Start_Test_Accuracy"]; after += $place["Test_Accuracy"]; n++ }
    END { printf "accuracy with the causal filter, subjects that were not trained on: " \
              "%.1f %% before, %.1f %% after\n", 100 * before / n, 100 * after / n }' \
    "$out/retuned/summary.csv"
echo "now: snnfe-live $out/model.safetensors RECORDING.edf --data $out/data.safetensors"
