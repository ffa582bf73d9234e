#!/bin/sh
# The programs from recordings to accuracies, and how they refuse what is wrong:
# programs.sh FOLDER_OF_PROGRAMS
set -eu
bin=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}
has() {
    grep -qF -- "$2" "$1" || { cat "$1" >&2; fail "\"$2\" is not in $1"; }
}
# refused EXIT_CODE MESSAGE COMMAND…: nothing on standard output, one message
refused() {
    code=$1 message=$2
    shift 2
    status=0
    "$@" >out 2>err || status=$?
    [ "$status" -eq "$code" ] || { cat err >&2; fail "$*: exit code $status, not $code"; }
    has err "$message"
    [ ! -s out ] || fail "$*: wrote to standard output"
}

for program in synth preprocess pretrain eval; do
    "$bin/snnfe-$program" --help >help
    has help "usage: snnfe-$program"
    "$bin/snnfe-$program" --version | grep -qE "^snnfe-$program \(libsnnfe [0-9.]+\)$" ||
        fail "snnfe-$program --version"
    refused 2 "--no_such_option" "$bin/snnfe-$program" --no_such_option
    refused 2 "missing argument" "$bin/snnfe-$program"
done

"$bin/snnfe-synth" tree --subjects 4 --runs 4,8 --trials-per-run 6 --seed 3 >out 2>err
[ -s tree/S004/S004R08.edf ] || fail "no recordings"
refused 2 "--subjects" "$bin/snnfe-synth" x --subjects 200
refused 2 "--subjects" "$bin/snnfe-synth" x --subjects two
refused 2 "--runs" "$bin/snnfe-synth" x --runs 4-x
refused 1 "tree/S001/S001R04.edf" "$bin/snnfe-synth" tree/S001/S001R04.edf --subjects 1

"$bin/snnfe-preprocess" tree --runs 4,8 --out data.safetensors >out 2>err
has out "48 epochs of 64 channels x 160 samples"
has out "(synthetic recordings)"
refused 1 "none" "$bin/snnfe-preprocess" none
refused 1 "S001R12.edf" "$bin/snnfe-preprocess" tree
refused 2 "--labels" "$bin/snnfe-preprocess" tree --labels up_down
refused 1 "no-such-folder" "$bin/snnfe-preprocess" tree --runs 4 --out no-such-folder/data
dd if=tree/S002/S002R04.edf of=cut bs=1000 count=100 2>dd.log
mv cut tree/S002/S002R04.edf
refused 1 "S002R04.edf: is truncated" "$bin/snnfe-preprocess" tree --runs 4,8

sizes="--conv1_channels 4 --conv2_channels 4 --conv3_channels 8 --hidden 8"
# shellcheck disable=SC2086 # several options
train() { "$bin/snnfe-pretrain" data.safetensors --nb_folds 2 --lr 1e-3 $sizes "$@"; }
train --out once --pretrain_epochs 3 --pretraining_batch_size 8 --schedule constant >out 2>err
has out "synthetic"
has once/summary.csv "Fold,Train_Trials"
[ "$(wc -l <once/epochs_fold2.csv)" -eq 4 ] || fail "epochs_fold2.csv has not three rows"
has once/manifest.json '"synthetic": true'

# A run that was interrupted goes on to the same bits.
train --out twice --pretrain_epochs 3 --pretraining_batch_size 8 --schedule constant --fold 1 \
    --threads 1 >out 2>err &
pid=$!
while [ ! -s twice/checkpoint_fold1.safetensors ] && kill -0 $pid 2>/dev/null; do sleep 0.02; done
kill -KILL $pid 2>/dev/null || true
wait $pid || true
train --out twice --pretrain_epochs 3 --pretraining_batch_size 8 --schedule constant --resume \
    >out 2>err
for fold in 1 2; do
    cmp once/model_fold$fold.safetensors twice/model_fold$fold.safetensors ||
        fail "resuming changed fold $fold"
    cmp once/epochs_fold$fold.csv twice/epochs_fold$fold.csv || fail "resuming changed the log"
done
refused 1 "--nb_folds 9" "$bin/snnfe-pretrain" data.safetensors --nb_folds 9 --out x
refused 2 "--fold 6" "$bin/snnfe-pretrain" data.safetensors --fold 6 --out x
refused 1 "err" "$bin/snnfe-pretrain" err --out x

"$bin/snnfe-eval" data.safetensors --models once --nb_folds 2 --subject_folds 3 --out acc.csv \
    --predictions decisions.csv --activity >out 2>err
has out "mean of 4 subjects"
has out "dense MACs"
[ "$(wc -l <acc.csv)" -eq 13 ] || fail "acc.csv has not four subjects of three folds"
[ "$(wc -l <decisions.csv)" -eq 49 ] || fail "decisions.csv has not 48 rows"
refused 1 "model_fold3" "$bin/snnfe-eval" data.safetensors --models once --nb_folds 3
refused 2 "--model" "$bin/snnfe-eval" data.safetensors

"$bin/embed-c" once/model_fold1.safetensors data.safetensors >out
has out " of 48 trials right"
refused 1 "none.safetensors" "$bin/embed-c" none.safetensors data.safetensors
if [ -x "$bin/embed-cpp" ]; then
    "$bin/embed-cpp" once/model_fold1.safetensors data.safetensors >out
    has out "trial 4: "
    refused 1 "none.safetensors" "$bin/embed-cpp" none.safetensors data.safetensors
fi
echo "all as it should be"
