#!/bin/sh
# The programs from recordings to accuracies, and how they refuse what is wrong:
# programs.sh FOLDER_OF_PROGRAMS FOLDER_OF_SWEEPS
set -eu
bin=$1 sweeps=$2 here=$(dirname "$(realpath "$0")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# shellcheck source=tests/programs/checks.sh
. "$here/checks.sh"
# refused EXIT_CODE MESSAGE COMMAND…: nothing on standard output, one message
refused() {
    ends "$@"
    shift 2
    [ ! -s out ] || fail "$*: wrote to standard output"
}

for program in synth preprocess pretrain train-on-device retune sstl characterize sweep eval; do
    "$bin/snnfe-$program" --help >help
    has help "usage: snnfe-$program"
    "$bin/snnfe-$program" --version | grep -qE "^snnfe-$program \(libsnnfe [0-9.]+\)$" ||
        fail "snnfe-$program --version"
    refused 2 "--no_such_option" "$bin/snnfe-$program" --no_such_option
    refused 2 "missing argument" "$bin/snnfe-$program"
done

"$bin/snnfe-synth" tree --subjects 4 --runs 4,8 --trials-per-run 6 --seed 3 >out 2>err
[ -s tree/S004/S004R08.edf ] || fail "no recordings"
for uv in 0 40; do
    "$bin/snnfe-synth" "glance$uv" --subjects 1 --runs 4 --trials-per-run 6 --seed 3 --glance-uv $uv >out 2>err
done
cmp tree/S001/S001R04.edf glance0/S001/S001R04.edf || fail "people glance without being asked to"
! cmp -s tree/S001/S001R04.edf glance40/S001/S001R04.edf || fail "nobody glances"
refused 2 "--glance_share" "$bin/snnfe-synth" x --glance-uv 40 --glance-share 2
refused 2 "--subjects" "$bin/snnfe-synth" x --subjects 200
refused 2 "--subjects" "$bin/snnfe-synth" x --subjects two
refused 2 "--runs" "$bin/snnfe-synth" x --runs 4-x
refused 1 "tree/S001/S001R04.edf" "$bin/snnfe-synth" tree/S001/S001R04.edf --subjects 1

"$bin/snnfe-preprocess" tree --runs 4,8 --out data.safetensors >out 2>err
has out "48 trials of 64 channels x 160 samples"
has out "(synthetic recordings)"
has out "96 events: 48 used, 48 of other names"
refused 1 "none" "$bin/snnfe-preprocess" none --out y
refused 1 "S001R12.edf" "$bin/snnfe-preprocess" tree --out y
refused 2 "--labels" "$bin/snnfe-preprocess" tree --labels up_down
refused 1 "no-such-folder" "$bin/snnfe-preprocess" tree --runs 4 --out no-such-folder/data
refused 1 "data.safetensors is there already: --overwrite" "$bin/snnfe-preprocess" tree --runs 4
"$bin/snnfe-preprocess" tree --runs 4,8 --out data.safetensors --overwrite >out 2>err
# Own channels and events, and a list of recordings that begins with the mark of its encoding.
"$bin/snnfe-preprocess" tree --runs 4,8 --channels "C3,cz..,Iz=1/0" --rows 10 --columns 11 \
    --events "T1=0,T2=1,T0=end" --other_events ignored --out mine --overwrite >out 2>err
has out "48 trials of 3 channels"
has out "class 1, T2: 24"
# Envelopes: a trial of 3 s has 11 steps; what is trained on them knows it.
motor="C3,C1,Cz,C2,C4,FC3,FCz,FC4"
"$bin/snnfe-preprocess" tree --runs 4,8 --channels $motor --bands 8-13,13-20,20-30 --window_start 160 \
    --window_length 480 --window_limit 641 --ocular regression --low_hz 8 --high_hz 30 \
    --alignment standardize --out envelopes >out 2>err || { cat err >&2; fail "envelopes"; }
has out "48 trials of 24 channels x 11 samples"
has out "envelopes of 8-13, 13-20, 20-30 Hz in windows of 0.5 s, one every 0.25 s"
"$bin/snnfe-pretrain" envelopes --groups 2 --fold 1 --pretrain_epochs 1 --conv1_channels 4 --conv2_channels 4 \
    --conv3_channels 8 --hidden 8 --out on_envelopes >out 2>err || { cat err >&2; fail "training on envelopes"; }
"$bin/snnfe-eval" envelopes --model on_envelopes/model_fold1.safetensors --allow_seen --subject_folds 2 >out 2>err
"$bin/snnfe-preprocess" tree --runs 4,8 --channels $motor --bands 8-13,13-20,20-29 --window_start 160 \
    --window_length 480 --window_limit 641 --ocular regression --low_hz 8 --high_hz 30 \
    --alignment standardize --out other_bands >out 2>err
refused 1 "the list of envelopes is" "$bin/snnfe-eval" other_bands --model on_envelopes/model_fold1.safetensors \
    --allow_seen
# Live, too, in two runs as in one: what control has learned goes on with the rest of the state.
live() { "$bin/snnfe-live" on_envelopes/model_fold1.safetensors "$@" --data envelopes --quiet >out 2>err ||
    { cat err >&2; fail "live with envelopes: $*"; }; }
live tree/S001/S001R04.edf,tree/S001/S001R08.edf --out whole.csv --course course.csv
grep -q '^0,[0-9]*,11,' whole.csv || fail "a window of envelopes has not 11 steps"
[ "$(cut -d, -f1 course.csv | sort -u | wc -l)" -eq "$(wc -l <whole.csv)" ] || fail "the course is of other windows"
live tree/S001/S001R04.edf --out part1.csv --state state
live tree/S001/S001R08.edf --out part2.csv --state state
{ cat part1.csv; tail -n +2 part2.csv; } | cmp - whole.csv || fail "what control had learned did not go on"
rm state.control
live tree/S001/S001R08.edf --out again.csv --state state
has err "state.control is not there: what control has learned of the user begins again"
cmp -s again.csv part2.csv && fail "control decides nothing"
refused 1 "the list of envelopes is" "$bin/snnfe-live" on_envelopes/model_fold1.safetensors tree/S001/S001R04.edf \
    --data other_bands
# Recordings with an electro-oculogram of their own: its channels are references, from the files to live decisions.
mkdir -p eog
for run in 04 08; do
    for s in 1 2; do
        LC_ALL=C sed 's/Af7\./HEOG/; s/Fpz\./VEOG/' tree/S00$s/S00${s}R$run.edf >eog/S00${s}R$run.edf
    done
done
printf 'path,subject,run\n%s' "$(for s in 1 2; do for run in 4 8; do
    echo "eog/S00${s}R0$run.edf,$s,$run"; done; done)" >eog.csv
"$bin/snnfe-preprocess" eog.csv --channels $motor --ocular regression --references HEOG,VEOG --alignment standardize \
    --filter causal --out eog_data >out 2>err || { cat err >&2; fail "references of their own"; }
has out "24 trials of 8 channels"
refused 1 "FPZ" "$bin/snnfe-preprocess" eog.csv --channels $motor --ocular regression --out x
"$bin/snnfe-pretrain" eog_data --groups 2 --fold 1 --pretrain_epochs 1 --conv1_channels 4 --conv2_channels 4 \
    --conv3_channels 8 --hidden 8 --out on_eog >out 2>err || { cat err >&2; fail "training with an electro-oculogram"; }
"$bin/snnfe-live" on_eog/model_fold1.safetensors eog/S001R04.edf --data eog_data --out live.csv >out 2>err ||
    { cat err >&2; fail "live with an electro-oculogram"; }
has out "VEOG"
[ "$(wc -l <live.csv)" -eq 7 ] || fail "not every cue was decided"
refused 1 "HEOG" "$bin/snnfe-live" on_eog/model_fold1.safetensors tree/S001/S001R04.edf --data eog_data
refused 2 "\"8-\" is no band such as 8-13" "$bin/snnfe-preprocess" tree --bands 8- --out x
refused 1 "64 channels in 2 bands are" "$bin/snnfe-preprocess" tree --runs 4 --bands 8-13,13-20 --out x
refused 1 "shorter than envelope_window_s" "$bin/snnfe-preprocess" tree --runs 4 --channels C3 --bands 8-13 \
    --envelope_window 2 --out x
printf '\357\273\277path,subject,run\r\ntree/S001/S001R04.edf,7,4\r\n' >list.csv
"$bin/snnfe-preprocess" list.csv --channels "C4#13" --out mine --overwrite --strict --write_statistics one.csv >out 2>err
has out "6 trials of 1 channel x"
"$bin/snnfe-preprocess" list.csv --channels "C4" --out mine --overwrite --statistics one.csv >out 2>err
has out "normalization given"
refused 1 "event_names[1], \"left\", is in no recording" \
    "$bin/snnfe-preprocess" tree --runs 4 --events "T1=0,left=1" --out mine --overwrite
"$bin/snnfe-preprocess" tree --runs 4 --events "T1=0,left=1" --allow_empty_classes --out mine --overwrite >out 2>err
has err "class 1, \"left\", has no trial"
refused 1 "signal 13 is \"C4" "$bin/snnfe-preprocess" list.csv --channels "C3#13" --out mine --overwrite
"$bin/snnfe-preprocess" list.csv --electrodes found --rows 19 --columns 21 --show_montage --out mine --overwrite >out 2>err
has out "6 trials of 64 channels"
grep -q '^ *\. .* FPZ .* \.$' out || fail "the grid is not printed"
"$bin/snnfe-preprocess" list.csv --channels "EEG C4-Ref,Cz" --out mine --overwrite >out 2>err
has out "6 trials of 2 channels"
"$bin/snnfe-preprocess" list.csv --channels C3,Cz --rate_hz 100 --high_hz 40 --resample --out mine --overwrite >out 2>err
has out "2 channels x 160 samples at 100 Hz"
has out "resampled to 100 Hz: 1 recording"
refused 1 "is 160 Hz, not 100 Hz" "$bin/snnfe-preprocess" list.csv --channels C3 --rate_hz 100 --high_hz 40 --out mine --overwrite
refused 1 "\"AF5\" and \"AF7\" both come to row 1" "$bin/snnfe-preprocess" list.csv --channels AF5,AF7 --out mine --overwrite
refused 2 "\"A1\" is no electrode" "$bin/snnfe-preprocess" list.csv --channels A1,C3=4/2 --out mine --overwrite
refused 2 "\"T1\" has no class" "$bin/snnfe-preprocess" list.csv --events T1,T2=1 --out mine --overwrite
# A BIDS tree.
mkdir -p bids/sub-3/ses-x/eeg
echo '{"Name": "test", "BIDSVersion": "1.8.0"}' >bids/dataset_description.json
echo '{"SamplingFrequency": 160}' >bids/task-motor_eeg.json
cp tree/S001/S001R04.edf bids/sub-3/ses-x/eeg/sub-3_ses-x_task-motor_run-4_eeg.edf
printf 'onset\tduration\ttrial_type\n0\t4\tleft_hand\n5\t4\tright_hand\n10\t4\trest\n' \
    >bids/sub-3/ses-x/eeg/sub-3_ses-x_task-motor_run-4_events.tsv
"$bin/snnfe-preprocess" bids --task motor --sessions x --events left_hand,right_hand --out mine --overwrite >out 2>err
has out "2 trials of 64 channels x 160 samples"
has out "class 1, right_hand: 1"
has out "3 events: 2 used, 1 of other names"
has err "has no channels.tsv"
refused 1 "eeg.json: has no number \"PowerLineFrequency\" above 0" \
    "$bin/snnfe-preprocess" bids --task motor --events left_hand,right_hand --notch auto --out mine --overwrite
echo '{"SamplingFrequency": 160, "PowerLineFrequency": 50}' >bids/task-motor_eeg.json
"$bin/snnfe-preprocess" bids --task motor --events left_hand,right_hand --notch auto --notch_width 3 --out mine --overwrite \
    --quality mark --peak_uv 10 --write_quality marks.csv >out 2>err || { cat err >&2; fail "notch and marks"; }
has out "notch at 50 Hz and its multiples, 3 Hz wide"
has out "subject 3: 2 of 2 trials are marked"
has marks.csv "subject,run,onset_sample,label,flat,clipped,loud,muscle"
has marks.csv "3,4,0,0,0,0,1,"
"$bin/snnfe-preprocess" bids --task motor --events left_hand,right_hand --rereference C3,C4 --rows 19 --columns 21 \
    --channels C3,Cz,C4,Fz,Pz,FCC1h --absent_electrodes interpolated --places names --out placed --overwrite >out 2>err
has out "2 trials of 4 channels x 160 samples"
has out "interpolated: 1 channel of recordings"
has out "reference C3,C4"
has err 'has no "FCC1H": these 1 of 6 channels are interpolated'
refused 1 "has no electrodes.tsv beside it or above" \
    "$bin/snnfe-preprocess" bids --task motor --events left_hand,right_hand --places coordinates --out placed --overwrite
has marks.csv "3,4,800,1,0,0,1,"
refused 2 "\"fifty\" is no frequency such as 50, auto or none" "$bin/snnfe-preprocess" tree --notch fifty --out x
refused 2 "--write_quality has no effect without" "$bin/snnfe-preprocess" tree --write_quality x.csv --out x
refused 1 "notch_hz is 80" "$bin/snnfe-preprocess" tree --runs 4 --notch 80 --out x
refused 1 'the tree has "motor"' "$bin/snnfe-preprocess" bids --task rest --events a --out mine --overwrite
refused 1 "has no column \"value\"" \
    "$bin/snnfe-preprocess" bids --event_column value --events a --out mine --overwrite
refused 1 "bids: a BIDS tree needs --events NAME,NAME" "$bin/snnfe-preprocess" bids --out mine --overwrite
refused 1 "is no BIDS tree" "$bin/snnfe-preprocess" tree --task motor --out mine --overwrite
# What would have no effect is refused, not passed over.
idle() {
    message=$1
    shift
    refused 2 "$message" "$@" --overwrite --out mine
}
idle "--references has no effect without --ocular regression" "$bin/snnfe-preprocess" list.csv --references Fp1
idle "--filter_order has no effect without --filter causal" "$bin/snnfe-preprocess" list.csv --filter-order 3
idle "--past has no effect without --alignment standardize or euclidean" "$bin/snnfe-preprocess" list.csv --past
idle "--electrodes has no effect beside --channels" "$bin/snnfe-preprocess" list.csv --channels C3 --electrodes found
idle "--statistics_runs has no effect without --normalize all" "$bin/snnfe-preprocess" list.csv --normalize none \
    --statistics_runs 4
refused 2 "--rate has no effect without --bids" "$bin/snnfe-synth" x --rate 250
refused 2 "--event: no such option; there is --events, --event_column" "$bin/snnfe-preprocess" tree --event left
refused 1 "line 1: not the columns path,subject,run of a list" "$bin/snnfe-preprocess" tree/S001/S001R04.edf --out one
refused 1 "it is a BIDS tree, which" "$bin/snnfe-pretrain" bids --out none
refused 1 "--bad_channels are of one" "$bin/snnfe-preprocess" list.csv --bad_channels interpolated --overwrite --out mine
"$bin/snnfe-preprocess" --help >out
has out "--filter_order N"
has out "(with --filter causal)"
has out "(with --quality mark or drop)"
refused 2 "needs --events" "$bin/snnfe-preprocess" list.csv --labels events --out mine --overwrite
printf 'path,subject,run\ntree/S001/S001R04.edf,0,4\n' >wrong.csv
refused 1 "line 2: not a path, a subject and a run" "$bin/snnfe-preprocess" wrong.csv --out mine --overwrite
# Statistics go out and in: the same trials come of it.
"$bin/snnfe-preprocess" tree --runs 4,8 --write_statistics statistics.csv --out own >out 2>err
"$bin/snnfe-preprocess" tree --runs 4,8 --statistics statistics.csv --write_statistics again.csv \
    --out given >out 2>err
cmp statistics.csv again.csv || fail "statistics changed on their way"
refused 1 "none.csv: cannot read" "$bin/snnfe-preprocess" tree --out y --statistics none.csv
refused 1 "line 1: not the columns" "$bin/snnfe-preprocess" tree --out y --statistics err
head -n 9 statistics.csv >short.csv
refused 1 "8 channels, not 64" "$bin/snnfe-preprocess" tree --out y --statistics short.csv
sed '5s/.*/1,0/' statistics.csv >flat.csv
refused 1 "flat.csv: line 5" "$bin/snnfe-preprocess" tree --out y --statistics flat.csv
dd if=tree/S002/S002R04.edf of=cut bs=1000 count=100 2>dd.log
mv cut tree/S002/S002R04.edf
refused 1 "S002R04.edf: is truncated" "$bin/snnfe-preprocess" tree --out y --runs 4,8

sizes="--conv1_channels 4 --conv2_channels 4 --conv3_channels 8 --hidden 8"
# What goes on behind is put there by become=exec: else its process is a shell that waits for it.
# shellcheck disable=SC2086 # several options
train() { ${become:-} "$bin/snnfe-pretrain" data.safetensors --groups 2 --lr 1e-3 $sizes "$@"; }
train --out once --pretrain_epochs 3 --pretraining_batch_size 8 --schedule constant >out 2>err
has out "synthetic"
has once/summary.csv "Fold,Train_Trials"
[ "$(wc -l <once/epochs_fold2.csv)" -eq 4 ] || fail "epochs_fold2.csv has not three rows"
has once/manifest.json '"synthetic": true'

# A run that was interrupted goes on to the same bits.
become="exec" train --out twice --pretrain_epochs 3 --pretraining_batch_size 8 --schedule constant \
    --fold 1 --threads 1 >out 2>err &
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
# Which kernels the BLAS chooses does not matter; which instruction set runs is told when it changes.
OPENBLAS_CORETYPE=Nehalem train --out kernels --pretrain_epochs 3 --pretraining_batch_size 8 --schedule constant \
    --fold 1 >out 2>err
cmp once/model_fold1.safetensors kernels/model_fold1.safetensors || fail "the BLAS's kernels change a training"
SNNFE_ISA=baseline train --out kernels --pretrain_epochs 4 --pretraining_batch_size 8 --schedule constant \
    --fold 1 --resume >out 2>err
has kernels/manifest.json '"instruction_set": "baseline"'
grep -q '"instruction_set": "baseline"' once/manifest.json ||
    has err "here it is baseline: what follows differs in the last bits"
# On another file system results are the same, and nothing else is left there.
if shm=$(mktemp -d -p /dev/shm 2>/dev/null); then
    trap 'rm -rf "$folder" "$shm"' EXIT
    train --out "$shm/once" --pretrain_epochs 3 --pretraining_batch_size 8 --schedule constant --fold 1 >out 2>err
    cmp once/model_fold1.safetensors "$shm/once/model_fold1.safetensors" || fail "another file system, other results"
    left=$(find "$shm/once" -type f | sed 's|.*/||' | LC_ALL=C sort | tr '\n' ' ')
    [ "$left" = \
        "checkpoint_fold1.safetensors epochs_fold1.csv manifest.json model_fold1.safetensors samples_fold1.csv summary.csv " ] ||
        fail "another file system holds $left"
    "$bin/snnfe-eval" data.safetensors --models once --subject_folds 3 --out "$shm/acc.csv" >out 2>err
    rm -rf "$shm"
fi
# A run that ended, or was interrupted, is not lost by another one.
refused 1 "once/model_fold1.safetensors is there already: --resume" train --out once
rm twice/model_fold1.safetensors
refused 1 "twice/checkpoint_fold1.safetensors is there already" train --out twice --fold 1
train --out twice --pretrain_epochs 1 --fold 1 --overwrite >out 2>err
[ "$(wc -l <twice/epochs_fold1.csv)" -eq 2 ] || fail "--overwrite did not start again"
# It is made longer on request, and the rates are those of the paper's 20 epochs.
train --out twice --pretrain_epochs 3 --fold 1 --resume >out 2>err
has err "going on after epoch 1"
cut -d, -f8 twice/epochs_fold1.csv >rates
printf 'learning_rate\n0.001\n0.0009939057286\n0.0009757729756\n' >expected
cmp rates expected || fail "other learning rates"
refused 1 "was saved with schedule_epochs 20, not 4" train --out twice --schedule_epochs 4 --fold 1 --resume
refused 1 "n_epochs is --pretrain_epochs here" train --out twice --pretrain_epochs 2 --fold 1 --resume
refused 1 "learning_rate is --lr here" train --out twice --fold 1 --resume --lr 2e-3
refused 1 "n_folds is --subject_folds here" "$bin/snnfe-eval" data.safetensors --models once --subject_folds 90
refused 1 "filter_low_hz is --low_hz here" "$bin/snnfe-preprocess" tree --runs 4 --low_hz 90 --high_hz 70 --out x
# What the published programs take and do not use is taken, and said to have no effect.
train --out ignored --pretrain_epochs 1 --fold 1 --patience 3 --wt_decay 1e-4 --ts_decay=0 --neuron_decay 0 \
    --dataset eegmmidb --RNN_density 1 --train_decays False --freeze_parameters conv1 snn.fc1.psp_func.bias >out 2>err
has err "--patience has no effect here"
has ignored/manifest.json '"train_decays": false'
has ignored/manifest.json '"snn.fc1.psp_func.bias"'
sed -n '/"options"/,$p' ignored/manifest.json >options
grep -q patience options && fail "the manifest has an option without effect"
train --out part --pretrain_epochs 1 --nb_folds 1 >out 2>err
[ ! -e part/model_fold2.safetensors ] || fail "--nb_folds 1 ran two folds"
refused 1 "--groups 9" "$bin/snnfe-pretrain" data.safetensors --groups 9 --out x
refused 2 "--fold 6" "$bin/snnfe-pretrain" data.safetensors --fold 6 --out x
refused 1 "err" "$bin/snnfe-pretrain" err --out x

"$bin/snnfe-eval" data.safetensors --models once --nb_folds 2 --subject_folds 3 --out acc.csv \
    --predictions decisions.csv --activity >out 2>err
has out "mean of 4 subjects"
has out "dense MACs"
[ "$(wc -l <acc.csv)" -eq 13 ] || fail "acc.csv has not four subjects of three folds"
[ "$(wc -l <decisions.csv)" -eq 49 ] || fail "decisions.csv has not 48 rows"

# The same networks as checkpoints of PyTorch give the same results.
refused 1 "no_folder/acc.csv" "$bin/snnfe-eval" data.safetensors --models once --out no_folder/acc.csv
[ "$(tail -n 1 once/summary.csv | cut -d, -f17)" = "" ] || fail "an energy that nobody gave is told"
mkdir torch
for fold in 1 2; do
    python3 "$here/to_pth.py" once/model_fold$fold.safetensors torch/model_fold$fold.pth
done
"$bin/snnfe-eval" data.safetensors --models torch --groups 2 --subject_folds 3 --out torch.csv >out
sed 's/,[0-9a-f]*$/,/' acc.csv | cut -d, -f1-5,7-9 | cmp - torch.csv || fail "networks from PyTorch's checkpoints decide otherwise"
"$bin/snnfe-report" once/model_fold1.safetensors >out
"$bin/snnfe-report" torch/model_fold1.pth | cmp - out || fail "reports of one network differ"
cp once/model_fold1.safetensors torch
refused 1 "model_fold1.safetensors says what trained it" "$bin/snnfe-eval" data.safetensors --models torch
has err "model_fold1.safetensors is used, not the .pth beside it"
head -c 3000 torch/model_fold2.pth >cut.pth
refused 1 "cut.pth: " "$bin/snnfe-eval" data.safetensors --model cut.pth
refused 1 "the networks in once are of 2 groups" "$bin/snnfe-eval" data.safetensors --models once --groups 3
"$bin/snnfe-eval" data.safetensors --models once --subject_folds 3 --out again.csv >out 2>err
cmp acc.csv again.csv || fail "the groups that the networks say are others"

# No network is judged by what trained it, unless that is wanted; then it is marked.
refused 1 "trained the network" "$bin/snnfe-eval" data.safetensors --model once/model_fold1.safetensors
"$bin/snnfe-eval" data.safetensors --model once/model_fold1.safetensors --allow_seen --subject_folds 3 \
    --out acc.csv >out 2>err
has out "* trials among these that trained the network: "
[ "$(grep -c ' \*$' out)" -eq 2 ] || { cat out >&2; fail "not two subjects are marked"; }
has acc.csv "subject_id,Seen"
cp -r once stale
refused 1 "has no network that did not see subject" sh -c "rm stale/model_fold2.safetensors &&
    '$bin/snnfe-eval' data.safetensors --models stale"
cp once/model_fold1.safetensors stale/model_fold2.safetensors
refused 1 "stale/model_fold2.safetensors is of fold 1" "$bin/snnfe-eval" data.safetensors --models stale
train --out other --pretrain_epochs 2 --pretraining_batch_size 8 --schedule constant --fold 2 >out 2>err
cp other/model_fold2.safetensors stale/
for program in eval sstl; do
    refused 1 "trained with other options" "$bin/snnfe-$program" data.safetensors --models stale
done
refused 2 "--model" "$bin/snnfe-eval" data.safetensors

# Through the device: training, transfer and re-tuning, personalization.
# shellcheck disable=SC2086 # several options
on_device() { "$bin/snnfe-train-on-device" data.safetensors --groups 2 --lr 5e-3 $sizes "$@"; }
on_device --pretrain_epochs 3 --pretraining-batch-size 8 --q 4 --thr 0.05 --thr_asym 2 --dut dut4 --rsd-c2c 0.05 \
    --ltp_energy 1e-12 --train_decays 0 --out device >out 2>err
has out "pulses   (synthetic recordings)"
has device/wear_fold2.csv "Energy_J"
has device/manifest.json '"thr_asym": 2.0'
grep -qE '^1,.*,[1-9][0-9]*,[0-9]+,[0-9]+,0\.[0-9]+,[0-9.]+e-' device/summary.csv ||
    fail "no pulses or no energy in device/summary.csv"
device() { refused "$1" "$2" on_device --out x "$3" "$4"; }
device 1 'no device "dut9"' --dut dut9
device 1 "none.json" --dut none.json
device 2 "--thr 0" --thr 0
device 2 "--rsd_c2c -1" --rsd_c2c -1
device 2 "--q 3" --q 3
device 1 "fc9" --unfreeze_layers fc1,fc9
device 1 "snn.conv7" --freeze_parameters snn.conv7
device 2 "--reinit_layers fc1,," --reinit_layers fc1,,
device 2 "--groups 1" --groups 1
device 2 "--nb_folds 3: there are 2 folds" --nb_folds 3

device 2 "--period has no effect without --programming mixed, tiki_taka, tiki_taka_2 or verify" --period 5
refused 2 "--thr has no effect beside --programming verify" on_device --out x --programming verify --thr 0.1
device 2 "--spread 11" --spread 11
device 2 "--spread -0.3" --spread -0.3
device 2 "--array -2" --array -2

# Cells of an array: what is trained on one is evaluated as it is there, later, and as it is read.
cat >cells.json <<'END'
{"format": "snnfe device 1", "cells": {"stuck_low": 0.3, "stuck_high": 0.3, "endurance": 1e6,
  "retention": "power", "retention_exponent": 0.5, "read_noise": 0.5}}
END
on_device --pretrain_epochs 1 --pretraining-batch-size 8 --dut cells.json --array 3 --spread 0.3 --out array >out 2>err
cells() { "$bin/snnfe-eval" data.safetensors --models array --subject_folds 3 --dut cells.json --predictions "$@" >out 2>err; }
cells there.csv --array 3
"$bin/snnfe-eval" data.safetensors --models array --subject_folds 3 --predictions plain.csv >out 2>err
cmp there.csv plain.csv || fail "a network trained on an array is another one there"
cells later.csv --array 3 --age 1e7
cells moved.csv --array 4
cells read.csv --array 3 --reading 1
for other in later moved read; do
    ! cmp -s there.csv $other.csv || fail "$other.csv is as there.csv"
done
for option in age readings reading array; do
    refused 2 "--$option has no effect without --dut" "$bin/snnfe-eval" data.safetensors --models array --$option 5
done
refused 1 "--reading 5: this device's cells are read as they are" "$bin/snnfe-eval" data.safetensors --models array --dut dut2 --reading 5

# Between the stages, too, cells lose what they hold.
"$bin/snnfe-eval" data.safetensors --models array --subject_folds 3 --dut cells.json --array 3 --age 1e7 --out aged.csv >out 2>err
retune() { "$bin/snnfe-retune" data.safetensors --models array --groups 2 --retuning_epochs 0 --transfer_q 0 --x 0 --dut cells.json --array 3 "$@" >out 2>err; }
retune --out fresh
retune --out later --age 1e7
retune --out no_later --age 1e7 --age_from 1e7
for fold in 1 2; do
    cmp fresh/model_fold$fold.safetensors later/model_fold$fold.safetensors >out && fail "re-tuning begins before time has passed"
    tail -c 5000 fresh/model_fold$fold.safetensors >expected
    tail -c 5000 no_later/model_fold$fold.safetensors | cmp - expected || fail "no time at all changed weights"
done
"$bin/snnfe-eval" data.safetensors --models later --subject_folds 3 --out again.csv >out 2>err
[ "$(sed 's/,[^,]*$//' aged.csv)" = "$(sed 's/,[^,]*$//' again.csv)" ] || fail "between stages as much time does something else"
"$bin/snnfe-sstl" data.safetensors --models array --dut cells.json --array 3 --age 1e7 --subject_folds 3 --finetune_epochs 1 \
    --out array_later >out 2>err
python3 - <<'END'
import csv
def accuracies(path, name):
    return {(row["subject_id"], row["Fold"]): round(float(row[name]), 4) for row in csv.DictReader(open(path))}
assert accuracies("aged.csv", "Val_Accuracy") == accuracies("array_later/summary.csv", "Start_Val_Accuracy")
END
for program in "eval --models array" "sstl --models array --out x" "retune --models array --groups 2 --out x"; do
    # shellcheck disable=SC2086 # several options
    refused 1 "--age 5: this device's cells lose nothing with time" "$bin/snnfe-${program%% *}" data.safetensors ${program#* } \
        --dut dut2 --age 5
    # shellcheck disable=SC2086
    refused 1 "--array 2: this device's cells are alike in every array" "$bin/snnfe-${program%% *}" data.safetensors ${program#* } \
        --dut dut2 --array 2
    # shellcheck disable=SC2086
    refused 1 "--readings 5: none disturbs this device's cells" "$bin/snnfe-${program%% *}" data.safetensors ${program#* } \
        --dut cells.json --readings 5
    # shellcheck disable=SC2086
    refused 1 "time runs backwards, from 9 s to 5 s" "$bin/snnfe-${program%% *}" data.safetensors ${program#* } \
        --dut cells.json --age 5 --age_from 9
    # shellcheck disable=SC2086
    refused 2 "--age_from has no effect without --age" "$bin/snnfe-${program%% *}" data.safetensors ${program#* } \
        --dut cells.json --age_from 9
done

# What pulses cost and cells live through is the device's to say, wherever its pulses are counted.
cat >costs.json <<'END'
{"format": "snnfe device 1", "energy_j": [1e-12, 2e-12], "cells": {"endurance": 1e6}, "policy": "nearest",
  "forms": [{"amplitude": [0.05, 0.1], "alpha": [1.5, 2], "beta": [2, 1.5], "energy_j": [5e-12, 7e-12]}]}
END
on_device --pretrain_epochs 1 --pretraining-batch-size 8 --dut costs.json --fold 1 --out costs >out 2>err
report() { "$bin/snnfe-report" costs/model_fold1.safetensors --checkpoint costs/checkpoint_fold1.safetensors "$@" >out 2>err; }
report --dut costs.json --form json --out costs/report.json
report
has out "most pulses of a cell: "
! grep -q "endurance" out || fail "an endurance that nobody gave is told"
report --dut costs.json
has out "of its endurance; mean of all cells: "
"$bin/snnfe-sstl" data.safetensors --models device --groups 2 --finetune_lr 5e-3 --subjects 3 --subject_folds 2 \
    --finetune_epochs 2 --dut costs.json --out costs/sstl >out 2>err
python3 - <<'END'
import csv, json
all_layers = json.load(open("costs/report.json"))["all"]
trained = next(csv.DictReader(open("costs/summary.csv")))
personal = next(csv.DictReader(open("costs/sstl/summary.csv")))
energy, pulses = all_layers["energy_j"], [all_layers[name] for name in ("ltp_pulses", "ltd_pulses")]
assert abs(energy / float(trained["Energy_J"]) - 1) < 1e-5
assert energy > 1e-12 * pulses[0] + 2e-12 * pulses[1], "the other form's pulses cost as the device's own"
assert abs(all_layers["life_used"] - all_layers["largest_pulses"] / 1e6) < 1e-12
assert float(personal["Energy_J"]) > 1e-12 * float(personal["LTP_pulses"]) + 2e-12 * float(personal["LTD_pulses"])
assert abs(float(personal["Life_used"]) * 1e6 - float(personal["Largest_pulses"])) < 1e-6
END
sed 's/"policy".*/"policy": "first"}/; /"forms"/d' costs.json >one_form.json
refused 1 "checkpoint_fold1.safetensors has pulses of form 0, but the device has 0 forms" "$bin/snnfe-report" \
    costs/model_fold1.safetensors --checkpoint costs/checkpoint_fold1.safetensors --dut one_form.json
refused 2 "--endurance has no effect without --checkpoint" "$bin/snnfe-report" costs/model_fold1.safetensors --endurance 5
refused 1 "none.json" "$bin/snnfe-report" costs/model_fold1.safetensors --dut none.json

# Noise of 0 on the command line is no noise, whatever the file says.
sed 's/"cells"/"rsd_c2c": 0.5, "sigma_add": 0.1, "sigma_mul": 0.1, "cells"/' cells.json >noisy.json
on_device --pretrain_epochs 1 --pretraining-batch-size 8 --dut noisy.json --array 3 --spread 0.3 --rsd_c2c 0 --sigma_add 0 \
    --sigma_mul 0 --out silenced >out 2>err
"$bin/snnfe-eval" data.safetensors --models silenced --subject_folds 3 --predictions silenced.csv >out 2>err
without_run() { sed 's/,[^,]*$//' "$1"; }
[ "$(without_run plain.csv)" = "$(without_run silenced.csv)" ] || fail "noise of 0 leaves the file's noise"
refused 2 "--age -1" "$bin/snnfe-eval" data.safetensors --models array --dut dut2 --age -1
sed 's/0.3/0.8/g' cells.json >bad.json
refused 1 "stuck_anywhere are 1.6 together" "$bin/snnfe-eval" data.safetensors --models array --dut bad.json
"$bin/snnfe-sstl" data.safetensors --models array --dut cells.json --array 3 --subject_folds 2 --finetune_epochs 1 \
    --out array_sstl >out 2>err

"$bin/snnfe-retune" data.safetensors --models once --groups 2 --retuning_epochs 2 \
    --retuning_batch_size 8 --lr 5e-3 --x 2 --unfreeze_layers fc1,fc2 --out retuned >out 2>err
has out "transferred"
[ "$(wc -l <retuned/epochs_fold1.csv)" -eq 3 ] || fail "retuned/epochs_fold1.csv has not two rows"
"$bin/snnfe-retune" data.safetensors --model once/model_fold1.safetensors --groups 2 \
    --retuning_epochs 0 --transfer_q 0 --x 0 --allow_seen --out moved >out 2>err
has out "* trials among these that trained the network: "
tensors() { tail -c +"$(($(od -An -tu8 -N8 "$1") + 9))" "$1"; }
tensors moved/model_fold2.safetensors >moved_values
tensors once/model_fold1.safetensors | cmp - moved_values ||
    fail "a transfer without quantization and noise changed the network"
head -n 2 retuned/samples_fold1.csv | tail -n 1 | grep -qE '^finetune,0,0,0,[0-9.]+,.*,0,0,0,0,[0-9.]+,[0-9.]+,[0-9a-f]{16}$' ||
    fail "re-tuning's log does not begin right after the transfer"
cut -d, -f8 retuned/epochs_fold1.csv | tail -n 1 | grep -q '^0.0049' || fail "re-tuning anneals over its own epochs"
# One layer is transferred, with noise of its own seed, the layer and data after blanks.
"$bin/snnfe-retune" --transfer_layers fc1 fc2 data.safetensors --model once/model_fold1.safetensors \
    --groups 2 --fold 1 --retuning_epochs 0 --x 1 --transfer_seed 9 --out layers >out 2>err
tensors layers/model_fold1.safetensors >values
tensors once/model_fold1.safetensors | cmp - values >out && fail "nothing was transferred"
refused 1 "fc9" "$bin/snnfe-retune" data.safetensors --model once/model_fold1.safetensors --groups 2 \
    --transfer_layers fc9 --out y
refused 2 "the published programs take 3 as 2" "$bin/snnfe-retune" data.safetensors --transfer_q 3
refused 1 "model_fold1" "$bin/snnfe-retune" data.safetensors --models none --groups 2 --out x
refused 1 "once/model_fold1.safetensors is of fold 1 of 2, not of fold 1 of 4" \
    "$bin/snnfe-retune" data.safetensors --models once --groups 4 --out x
refused 1 "trained the network" "$bin/snnfe-retune" data.safetensors \
    --model once/model_fold1.safetensors --groups 2 --fold 2 --out x

personal() { "$bin/snnfe-sstl" data.safetensors --models device --groups 2 --finetune_lr 5e-3 "$@"; }
personal --subject_folds 3 --out sstl --save_models --endurance 1e6 >out 2>err
has out "(synthetic recordings)"
has sstl/subjects.csv "layer unfrozen,learning_rate,dW_min"
[ "$(wc -l <sstl/summary.csv)" -eq 13 ] || fail "sstl/summary.csv has not four subjects of three folds"
[ "$(wc -l <sstl/epochs.csv)" -eq 61 ] || fail "sstl/epochs.csv has not 60 rows"
personal --subject_folds 3 --out one --subjects 3 --threads 1 --endurance 1e6 >out 2>err
grep '^3,' sstl/summary.csv | sed 's/,[0-9a-f]*$//' >expected
tail -n +2 one/summary.csv | sed 's/,[0-9a-f]*$//' | cmp - expected || fail "a subject alone has other results"
refused 1 "subject 1" personal --subject_folds 13 --out x
refused 1 "--subjects 9" personal --subjects 9 --out x
refused 1 "sstl/summary.csv is there already: --overwrite" personal --out sstl
personal --unfreeze_layers r1 fc1, fc2 --nb_folds 1 --subject_folds 3 --finetune_epochs 1 --bounds 0.05 \
    --out first >out 2>err
[ "$(wc -l <first/summary.csv)" -eq 7 ] || fail "--nb_folds 1 is not one group of two subjects"
has first/subjects.csv ",r1fc1fc2,"
has err "beyond what the device can hold"
refused 2 "--bounds 1,2" personal --bounds 1,2 --out y
refused 2 "--bounds -1" personal --bounds -1 --out y
refused 2 "either --model or --models" "$bin/snnfe-sstl" data.safetensors
# Networks beside the manifest of another run, such as one that was broken off, are refused.
mkdir mixed
cp device/manifest.json device/model_fold*.safetensors mixed
sed 's/"run": "[0-9a-f]*"/"run": "0123456789abcdef"/' device/manifest.json >mixed/manifest.json
refused 1 "mixed/manifest.json is of run 0123456789abcdef, mixed/model_fold1.safetensors of run " \
    "$bin/snnfe-sstl" data.safetensors --models mixed --groups 2 --out mixed_results
for program in eval sstl retune; do
    refused 1 "mixed/manifest.json is of run 0123456789abcdef" \
        "$bin/snnfe-$program" data.safetensors --model mixed/model_fold1.safetensors --out "mixed_$program"
done
# So are networks of two runs; and every table says of which run it is.
mkdir two
cp once/manifest.json once/model_fold1.safetensors two
cp other/model_fold2.safetensors two
refused 1 "two/model_fold2.safetensors is of run " "$bin/snnfe-retune" data.safetensors --models two \
    --groups 2 --retuning_epochs 1 --out two_results
for folder in once device retuned sstl first; do
    run=$(sed -n 's/.*"run": "\([0-9a-f]*\)".*/\1/p' $folder/manifest.json)
    [ ${#run} -eq 16 ] || fail "$folder/manifest.json names no run"
    for table in "$folder"/*.csv; do
        [ "$(head -n 1 "$table" | sed 's/.*,//') $(tail -n +2 "$table" | sed 's/.*,//' | sort -u)" = "Run $run" ] ||
            fail "$table is not of run $run"
    done
    [ $folder = first ] || for network in "$folder"/model_*.safetensors; do
        grep -qa "\"snnfe.origin.run_hash\":\"$(printf %u "0x$run")\"" "$network" ||
            fail "$network is not of run $run"
    done
done
refused 1 "fc9" personal --unfreeze_layers fc9 --out x

# A sweep: side by side, resumed, one table.
cat >grid.json <<'END'
{"program": "train-on-device", "options": {"groups": 2, "lr": 5e-3},
 "grid": {"thr": [0.05, 0.025], "fold": [1, 2]}}
END
small="pretrain_epochs=2,pretraining_batch_size=8,conv1_channels=4,conv2_channels=4"
small="$small,conv3_channels=8,hidden=8"
run_grid() { ${become:-} "$bin/snnfe-sweep" grid.json data.safetensors --set "$small" "$@"; }
run_grid --out grid --jobs 3 >out 2>err
has err "4 of 4 jobs"
[ "$(wc -l <grid/results.csv)" -eq 5 ] || fail "grid/results.csv has not four rows"
grep -qE '^0\.05 .* 2$' out || fail "no line of thr 0.05 over two folds"
cp grid/results.csv before.csv
rm "grid/jobs/thr=0.05,fold=2/summary.csv"
run_grid --out grid --jobs 1 >out 2>err
cmp grid/results.csv before.csv || fail "a job that was run again has other results"
has "grid/jobs/thr=0.05,fold=2/log.txt" "going on after epoch 2"
sed -i 's/,[0-9a-f]*$/,0123456789abcdef/' "grid/jobs/thr=0.05,fold=2/summary.csv"
run_grid --out grid --jobs 1 >out 2>err
cmp grid/results.csv before.csv || fail "a table of another run than the manifest beside it was taken"
# By a name in PATH or a link, it finds the other programs, too.
ln -s "$bin/snnfe-sweep" linked
for called in snnfe-sweep ./linked; do
    rm "grid/jobs/thr=0.05,fold=2/summary.csv"
    PATH=/nowhere:$bin:$PATH "$called" grid.json data.safetensors --set "$small" --out grid >out 2>err ||
        fail "a sweep that was called as $called"
    cmp grid/results.csv before.csv || fail "a sweep that was called as $called has other results"
done
# Killed at once, jobs and all, it goes on where it was; a job that outlives it is waited for.
become="exec" run_grid --out killed --jobs 2 >out 2>err &
pid=$!
while [ ! -d "killed/jobs/thr=0.05,fold=2" ] && kill -0 $pid 2>/dev/null; do sleep 0.01; done
kill -KILL $pid 2>/dev/null || true
wait $pid || true
run_grid --out killed --jobs 2 >out 2>err
cmp killed/results.csv before.csv || fail "a sweep that was killed has other results"
# Jobs end with a sweep that is killed, and leave what they have.
long=long-$$ # the only processes of this machine with the name
become="exec" run_grid --out "$long" --jobs 2 --set "$small,pretrain_epochs=100000" >out 2>err &
pid=$!
for fold in 1 2; do
    while [ ! -f "$long/jobs/thr=0.05,fold=$fold/epochs_fold$fold.csv" ] &&
        [ ! -f "$long/jobs/thr=0.05,fold=$fold/checkpoint_fold$fold.safetensors" ] &&
        kill -0 $pid 2>/dev/null; do sleep 0.05; done
done
kill -KILL $pid
wait $pid || true
tries=0
while pgrep -f -- "--out $long/jobs/" >/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 1200 ] || fail "jobs outlive a sweep that was killed"
    sleep 0.1
done
[ -f "$long/jobs/thr=0.05,fold=1/checkpoint_fold1.safetensors" ] || fail "no checkpoint was left"
# Jobs whose names would look alike have folders of their own, which know whose they are.
mkdir -p m
cp "grid/jobs/thr=0.05,fold=1/model_fold1.safetensors" m/a.st
cp m/a.st m_a.st
cp m/a.st "m a.st"
cat >alike.json <<'END'
{"program": "retune", "options": {"groups": 2, "fold": 1, "retuning_epochs": 1},
 "grid": {"model": ["m/a.st", "m_a.st", "m a.st"]}}
END
alike() { "$bin/snnfe-sweep" alike.json data.safetensors --out alike --jobs 2 >out 2>err; }
alike || { cat err >&2; fail "jobs of names that look alike"; }
[ "$(find alike/jobs -mindepth 1 -maxdepth 1 | wc -l)" -eq 3 ] || fail "jobs share a folder"
[ "$(wc -l <alike/results.csv)" -eq 4 ] || fail "alike/results.csv has not three rows"
echo "--model=other" >>"alike/jobs/model=m_a.st/job.txt"
if alike; then fail "a job took the folder of another"; fi
has err "holds results of other options"

# One at a time writes into a folder or a file; what a process left that was killed is taken over.
train_locked() {
    "$bin/snnfe-pretrain" data.safetensors --groups 2 --fold 1 --pretrain_epochs "$1" --conv1_channels 4 \
        --conv2_channels 4 --conv3_channels 8 --hidden 8 --out locked
}
train_locked 100000 >out.first 2>err.first &
pid=$!
while [ ! -f locked/manifest.json ] && kill -0 $pid 2>/dev/null; do sleep 0.05; done
refused 1 "locked: is being written by snnfe-pretrain, process" train_locked 1
[ "$(grep -c 'process [0-9]* on .* since 20' locked/lock)" -eq 1 ] || fail "the lock tells no owner"
kill -KILL "$(sed 's/.*process \([0-9]*\) on.*/\1/' locked/lock)"
wait $pid || true
[ -f locked/lock ] || fail "no lock was left"
rm -f locked/*.safetensors
train_locked 1 >out 2>err || { cat err >&2; fail "a lock whose owner is gone"; }
has err "locked: was not ended by snnfe-pretrain, process"
[ ! -f locked/lock ] || fail "the lock stays"
sh -c 'exec 9>data.safetensors.lock; flock 9; exec sleep 60' &
pid=$!
while flock -n data.safetensors.lock true; do sleep 0.05; done
refused 1 "data.safetensors: is being written by" \
    "$bin/snnfe-preprocess" tree --out data.safetensors --overwrite
kill $pid
rm -f data.safetensors.lock

refused 1 "is set by the sweep" run_grid --set out=x --out x
refused 1 "is in the grid" run_grid --set thr=1 --out x
refused 1 "not name=value" run_grid --set thr --out x
for bad in '{' '{"program": "eval", "grid": {"thr": [1]}}' '{"program": "sstl"}' \
    '{"program": "sstl", "grid": {"thr": []}}' '{"program": "sstl", "grid": {"thr": [1, 1]}}' \
    '{"program": "sstl", "grid": {"out": [1]}}' '{"program": "sstl", "grid": {"q": [2]}, "x": 1}' \
    '{"program": "sstl", "grid": {"q": [[2]]}}'; do
    printf '%s' "$bad" >bad.json
    refused 1 "bad.json" "$bin/snnfe-sweep" bad.json data.safetensors --out x
done
status=0
"$bin/snnfe-sweep" grid.json data.safetensors --set no_such=1 --out x >out 2>err || status=$?
[ "$status" -eq 1 ] || fail "a sweep of failing jobs ended with $status"
has err "no such option"
for config in "$sweeps"/*.json; do
    status=0
    "$bin/snnfe-sweep" "$config" none.safetensors --out x >out 2>err || status=$?
    has err "none.safetensors"
done

# Characterization: the measured points come back as a device.
awk 'BEGIN {
    for (i = 0; i < 22; i++) print "header"
    print "V_write\tR_pos_ohm"
    for (cycle = 0; cycle < 6; cycle++) {
        w = 0.01
        for (i = 0; i < 20; i++) { w += 0.2 * w^0.6 * (1 - w)^0.9; print "-1\t" 1 / (1e-6 * (1 + w)) }
        for (i = 0; i < 20; i++) { w -= 0.3 * w^1.2 * (1 - w)^0.5; print "1\t" 1 / (1e-6 * (1 + w)) }
    }
}' >instrument.csv
"$bin/snnfe-characterize" instrument.csv --cycle 2 --out device.json --points points.csv >out 2>err
has out "LTD"
has points.csv "direction,w,dw,dw_fit"
on_device --pretrain_epochs 1 --fold 1 --dut device.json --out own_device >out 2>err
refused 1 "err" "$bin/snnfe-characterize" err
for device in 1 2 3 4 5 6; do
    awk -v s="$device" 'BEGIN {
        print "V_write\tR_pos_ohm"
        for (cycle = 0; cycle < 4; cycle++) {
            w = 0.05
            for (i = 0; i < 15; i++) { w += (0.1 + 0.02 * s) * w^0.6 * (1 - w)^1.9; print "-1\t" 1 / (1e-6 * (1 + w)) }
            for (i = 0; i < 15; i++) { w -= (0.2 + 0.03 * s) * w^1.2 * (1 - w)^0.5; print "1\t" 1 / (1e-6 * (1 + w)) }
        }
    }' >"device$device.txt"
done
"$bin/snnfe-characterize" device?.txt --lowest 1e-6 --highest 2e-6 --out population.json >out 2>err
has out "6 devices"
has out "spread of A LTP"
has population.json "\"spread_amplitude\": 0.2"
refused 1 "n_devices is 2" "$bin/snnfe-characterize" device1.txt device2.txt
refused 1 "2 files are given" "$bin/snnfe-characterize" device1.txt device2.txt --points points.csv
refused 1 "err" "$bin/snnfe-characterize" device?.txt err
refused 1 "cycle" "$bin/snnfe-characterize" instrument.csv --cycle 9

# A train with reversals tells what the pulses just before make of a pulse.
awk 'BEGIN { print "V_write\tR_pos_ohm"; w = 0.5; print "1\t" 1 / (1e-6 * (1 + w))
    for (i = 0; i < 60; i++) {
        s = i % 7 < 3 ? 1 : -1; change = (s > 0 ? 0.1 : 0.08) * (1 + 0.25 * (1 - s * run)); run = s
        w += s * change * w * (1 - w); print -s "\t" 1 / (1e-6 * (1 + w)) } }' >train.csv
"$bin/snnfe-characterize" instrument.csv --cycle 2 --history train.csv --lowest 1e-6 --highest 2e-6 --out history.json >out 2>err
has out "forgotten in"
has history.json '"history_pulses"'
refused 1 "train.csv: conductance 0 is 1.5e-06 S, not in 1.6e-06…2e-06 S" "$bin/snnfe-characterize" instrument.csv --cycle 2 \
    --history train.csv --lowest 1.6e-6 --highest 2e-6
refused 1 "highest_s is 0, not above lowest_s (0)" "$bin/snnfe-characterize" instrument.csv --cycle 2 --history train.csv
refused 1 "2 files are given" "$bin/snnfe-characterize" device1.txt device2.txt --history train.csv

# Pulses of several forms, and a way to program that picks among them.
"$bin/snnfe-characterize" instrument.csv --cycle 2 --forms instrument.csv,instrument.csv --out forms.json >out 2>err
has out "form 2, instrument.csv"
has forms.json '"policy": "nearest"'
refused 1 "none.csv" "$bin/snnfe-characterize" instrument.csv --cycle 2 --forms none.csv
on_device --pretrain_epochs 1 --fold 1 --dut forms.json --programming verify --tolerance 0.05 --out verified >out 2>err
refused 1 "levels (4) must be 0" on_device --pretrain_epochs 1 --fold 1 --q 4 --programming pairs --out pairs

"$bin/../examples/embed-c" once/model_fold1.safetensors data.safetensors >out
has out " of 48 trials right"
has out "of them trained the network"
refused 1 "none.safetensors" "$bin/../examples/embed-c" none.safetensors data.safetensors
if [ -x "$bin/../examples/embed-cpp" ]; then
    "$bin/../examples/embed-cpp" once/model_fold1.safetensors data.safetensors >out
    has out "trial 4: "
    refused 1 "none.safetensors" "$bin/../examples/embed-cpp" none.safetensors data.safetensors
fi
echo "all as it should be"
