#!/bin/sh
# Several windows of a trial through the programs: they decide together, and no split parts them:
# windows.sh FOLDER_OF_PROGRAMS
set -eu
bin=$1 here=$(dirname "$(realpath "$0")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# shellcheck source=tests/programs/checks.sh
. "$here/checks.sh"

"$bin/snnfe-synth" tree --subjects 4 --runs 4,8 --trials-per-run 6 --seed 3 >out 2>err
"$bin/snnfe-preprocess" tree --runs 4,8 --window_length 160 --window_overlap 80 --window_limit 401 \
    --out many >out 2>err
has out "192 trials of 64 channels x 160 samples"
"$bin/snnfe-preprocess" tree --runs 4,8 --out single >out 2>err

# The trainer refuses lists that part a trial: each of these would fail.
sizes="--conv1_channels 4 --conv2_channels 4 --conv3_channels 8 --hidden 8"
# shellcheck disable=SC2086
"$bin/snnfe-train-on-device" many --groups 2 --pretrain_epochs 2 --lr 5e-3 $sizes --out net >out 2>err ||
    { cat err >&2; fail "training on windows"; }
has out "of trials, whose windows decide together:"
# shellcheck disable=SC2086
"$bin/snnfe-train-on-device" single --groups 2 --fold 1 --pretrain_epochs 1 $sizes --out one >out 2>err
! grep -q "windows decide together" out || fail "windows are told of where each trial has one"
"$bin/snnfe-sstl" many --models net --finetune_epochs 1 --subject_folds 3 --out sstl >out 2>err ||
    { cat err >&2; fail "personalization on windows"; }
has out "of trials, whose windows decide together:"

# column FILE NAME ROW: a field of a CSV
column() {
    awk -F, -v name="$2" -v row="$3" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i }
        NR == row + 1 { print $at }' "$1"
}
header() { head -n 1 "$1" | tr ',' '\n'; }
[ "$(header net/summary.csv | sed -n '17,19p' | tr '\n' ' ')" = \
    "Energy_J Val_Trial_Accuracy Test_Trial_Accuracy " ] || fail "the paper's columns moved"
for file in net/epochs_fold1.csv net/samples_fold1.csv; do
    [ "$(header $file | tail -n 2 | tr '\n' ' ')" = "Test_Trial_Accuracy Run " ] || fail "$file tells nothing of trials"
done
[ "$(column sstl/summary.csv Trials 1)" = 4 ] || fail "a third of 12 trials are not 4"
[ "$(column sstl/summary.csv Val_Trials 1)" = 16 ] || fail "4 trials of 4 windows are not 16 windows"
[ "$(column one/summary.csv Test_Trial_Accuracy 1)" = "$(column one/summary.csv Test_Accuracy 1)" ] ||
    fail "one window a trial makes another accuracy of trials"

# What decides a trial, from the logits that each window was decided by.
"$bin/snnfe-eval" many --models net --subject_folds 2 --out eval.csv --predictions predictions.csv >out 2>err
has out "of trials, whose windows decide together:"
awk -F, 'NR > 1 { a[$8] += $6; b[$8] += $7; n[$8]++; label[$8] = $4; said[$8] = said[$8] $9; own[$8] = own[$8] $5 }
    END {
        for (t in n) {
            if (n[t] != 4) { print t " has " n[t] " windows"; exit 1 }
            decision = b[t] > a[t] ? "1111" : "0000"
            close_call = (b[t] - a[t])^2 < 1e-8
            if (!close_call && said[t] != decision) { print t ": " said[t] ", not " decision; exit 1 }
            trials++
            right += substr(said[t], 1, 1) == label[t]
            parted += own[t] != "0000" && own[t] != "1111"
        }
        if (!parted) { print "no trial'"'"'s windows disagree: nothing is tried"; exit 1 }
        printf "%d trials, %.6f\n", trials, right / trials
    }' predictions.csv >truth || { cat truth >&2; fail "the trials' decisions"; }
[ "$(cut -d, -f1 truth)" = "48 trials" ] || fail "$(cat truth)"
# All folds together hold each trial once.
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
    NR > 1 { n += $at["Trials"]; right += $at["Trials"] * $at["Trial_Accuracy"] }
    END { printf "%d trials, %.6f\n", n, int(right + 0.5) / n }' eval.csv >counted
cmp truth counted || { cat truth counted >&2; fail "folds and predictions count trials differently"; }
echo "all as it should be"
