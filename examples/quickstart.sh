#!/bin/sh
# From recordings to a table of all four stages: `sh examples/quickstart.sh [FOLDER_OF_RECORDINGS]`.
# Without a folder (an EEGMMIDB tree: S001/S001R04.edf …) it makes nine synthetic subjects.
set -eu
cd "$(dirname "$0")/.."
. tools/require.sh
build_programs

recordings=${1:-}
out=results/quickstart
data=$out/data.safetensors
mkdir -p "$out"

log=$out/log.txt
: >"$log"
say() { echo "== $*"; }
# Progress is shown; what a program prints besides goes into the log.
run() {
    program=$1
    shift
    "$bin/snnfe-$program" "$@" >>"$log"
}

if [ -z "$recordings" ]; then
    recordings=$out/recordings
    say "recordings"
    run synth "$recordings" --subjects 9 --runs 4,8,12
fi

say "preprocess"
run preprocess "$recordings" --out "$data" --overwrite

# Few recordings: smaller batches than the paper's make enough steps, and without dropout seven epochs do.
train="--groups 3 --pretrain_epochs 7 --schedule_epochs 7 --pretraining_batch_size 16 --lr 2.5e-4
    --dropout 0 --evaluations_per_epoch 1 --overwrite"
say "pretrain in floating point, cross-validated over groups of subjects"
# shellcheck disable=SC2086 # several options
run pretrain "$data" --out "$out/pretrain" $train

say "train through the device's pulses"
# shellcheck disable=SC2086 # several options
run train-on-device "$data" --out "$out/on_device" $train

say "transfer the pretrained networks to devices of three levels (q = 2), and re-tune them there"
run retune "$data" --models "$out/pretrain" --out "$out/retune" --groups 3 --x 4 \
    --retuning_batch_size 16 --lr 2e-4 --evaluations_per_epoch 1 --overwrite

say "personalization of the on-device networks, for subjects that they did not see"
run sstl "$data" --models "$out/on_device" --out "$out/sstl" --groups 3 --overwrite

say "evaluate each subject by the network that did not see it"
run eval "$data" --models "$out/pretrain" --nb_folds 3 --out "$out/subjects.csv"

# mean FILE COLUMN [FACTOR]: of a column of a CSV file
mean() {
    awk -F, -v name="$2" -v factor="${3:-100}" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) column = i }
        NR > 1 { sum += $column; n++ }
        END { printf "%.1f", factor * sum / n }' "$1"
}
pulses() {
    awk -v ltp="$(mean "$1" LTP_pulses 1)" -v ltd="$(mean "$1" LTD_pulses 1)" \
        'BEGIN { printf "%.0f", ltp + ltd }'
}
row() { printf '%-36s %8s %%  %10s\n' "$@"; }
kind=
[ "$recordings" != "$out/recordings" ] || kind="   (synthetic recordings)"
cat <<END

accuracy on subjects that were not trained on, and programming pulses of a training$kind
END
row "floating point" "$(mean "$out/pretrain/summary.csv" Test_Accuracy)" -
row "on-device" "$(mean "$out/on_device/summary.csv" Test_Accuracy)" \
    "$(pulses "$out/on_device/summary.csv")"
row "floating point, transferred" "$(mean "$out/retune/summary.csv" Start_Test_Accuracy)" -
row "  ... and re-tuned" "$(mean "$out/retune/summary.csv" Test_Accuracy)" \
    "$(pulses "$out/retune/summary.csv")"
row "on-device, before personalization" "$(mean "$out/sstl/summary.csv" Start_Val_Accuracy)" -
row "  ... and after" "$(mean "$out/sstl/summary.csv" Val_Accuracy)" "$(pulses "$out/sstl/summary.csv")"
[ -n "$kind" ] || echo "On EEGMMIDB such accuracies rest to a large part on eye movements at the cue: docs/validity.md"
cat <<END

files in $out:
  data.safetensors                        trials
  pretrain, on_device, retune             model_fold1.safetensors …, logs, summary.csv, manifest.json
  sstl                                    subjects.csv, epochs.csv, summary.csv, manifest.json
  subjects.csv                            accuracy of each subject and fold
  log.txt                                 what the programs printed
END
first=$(find "$recordings" -name '*R04.edf' | sort | head -n 1)
cat <<END

next, decode a recording live:
  $bin/snnfe-live $out/pretrain/model_fold1.safetensors ${first:-RECORDING.edf} --data $data
END
