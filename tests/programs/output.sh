#!/bin/sh
# Where the programs' output goes: full disks, closed streams, links, pipes, inputs:
# output.sh FOLDER_OF_PROGRAMS
set -eu
bin=$1 here=$(dirname "$(realpath "$0")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# shellcheck source=tests/programs/checks.sh
. "$here/checks.sh"
# lost COMMAND…: what is printed does not arrive, which is an error. $made is what the command makes,
# which is not written again.
made=
lost() {
    status=0
    "$@" >/dev/full 2>err || status=$?
    [ "$status" -eq 1 ] || { cat err >&2; fail "$* on a full disk: exit code $status"; }
    has err "standard output: cannot write: No space left on device"
    [ -z "$made" ] || rm -r "$made"
    status=0
    "$@" >&- 2>err || status=$?
    [ "$status" -eq 1 ] || { cat err >&2; fail "$* without standard output: exit code $status"; }
    has err "standard output: cannot write"
}

programs="synth preprocess pretrain train-on-device retune sstl characterize sweep eval report live"
for program in $programs; do
    lost "$bin/snnfe-$program" --help
    lost "$bin/snnfe-$program" --version
    # A reader that has enough ends the program as it ends others.
    status=$( (set +e; trap - PIPE; "$bin/snnfe-$program" --help 2>broken; echo $? >code) |
        true; cat code)
    [ "$status" -eq 141 ] || [ "$status" -eq 0 ] || fail "snnfe-$program: $status on a broken pipe"
done

small="--conv1_channels 4 --conv2_channels 4 --conv3_channels 4 --hidden 8 --threads 1 --groups 2"
small="$small --fold 1"
made=tree
lost "$bin/snnfe-synth" tree --subjects 2 --runs 4 --trials-per-run 4 --seed 3
made=data
lost "$bin/snnfe-preprocess" tree --runs 4 --out data
made=p
# shellcheck disable=SC2086
lost "$bin/snnfe-pretrain" data --out p $small --pretrain_epochs 1
made=r
lost "$bin/snnfe-retune" data --models p --out r --groups 2 --fold 1 --retuning_epochs 1
made=s
lost "$bin/snnfe-sstl" data --model p/model_fold1.safetensors --out s --finetune_epochs 1 \
    --subject_folds 2 --allow_seen
made=
lost "$bin/snnfe-eval" data --model p/model_fold1.safetensors --subject_folds 2 --allow_seen
lost "$bin/snnfe-report" p/model_fold1.safetensors
lost "$bin/snnfe-live" p/model_fold1.safetensors tree/S001/S001R04.edf --data data
{
    printf 'cycle\tV_write\tR_pos_ohm\n'
    for cycle in 1 2 3; do
        for i in 0 1 2 3 4 5 6 7; do printf '%d\t-1\t%d\n' $cycle $((9000000 - 800000 * i)); done
        for i in 0 1 2 3 4 5 6 7; do printf '%d\t1\t%d\n' $cycle $((3400000 + 800000 * i)); done
    done
} >measured
lost "$bin/snnfe-characterize" measured --cycle 1
cat >grid.json <<'END'
{"program": "pretrain", "options": {"fold": 1, "groups": 2, "pretrain_epochs": 1,
 "conv1_channels": 4, "conv2_channels": 4, "conv3_channels": 4, "hidden": 8}, "grid": {"lr": [1e-3]}}
END
lost "$bin/snnfe-sweep" grid.json data --out swept

# With standard output closed, nothing that is printed gets into a file.
"$bin/snnfe-eval" data --model p/model_fold1.safetensors --allow_seen --subject_folds 2 --out good >out 2>err
status=0
"$bin/snnfe-eval" data --model p/model_fold1.safetensors --allow_seen --subject_folds 2 --out closed \
    >&- 2>err || status=$?
[ "$status" -eq 1 ] || fail "closed standard output: $status"
cmp good closed || fail "printed into a file"

# Links, pipes, devices, standard output; private files.
evaluate() {
    "$bin/snnfe-eval" data --model p/model_fold1.safetensors --allow_seen --subject_folds 2 "$@"
}
touch target private
chmod 600 private
ln -s target link
mkfifo pipe
evaluate --out link >out 2>err
[ -L link ] || fail "the link is gone"
cmp good target
cat pipe >piped &
evaluate --out pipe >out 2>err
wait $!
[ -p pipe ] || fail "the pipe is gone"
cmp good piped
evaluate --out /dev/stdout >out 2>err
tail -n 1 out | grep -q "^mean of" || head -n 1 out | grep -q "^subject" || fail "no table"
has out "Fold,Val_Accuracy"
has out "mean of 2 subjects"
evaluate --out /dev/stdout 2>err | grep -q "Fold,Val_Accuracy" || fail "standard output that is a pipe"
evaluate --out private >out 2>err
[ "$(stat -c %a private)" = 600 ] || fail "a private file is $(stat -c %a private)"
evaluate --out /dev/null >out 2>err
[ -c /dev/null ] || fail "/dev/null is gone"
ends 1 "No space left on device" evaluate --out /dev/full
name=$(printf 'x%.0s' $(seq 255))
evaluate --out "$name" >out 2>err
cmp good "$name"
evaluate --predictions "predictions" >out 2>err
[ "$(find . -name '*.tmp' | wc -l)" -eq 0 ] || fail "temporary files are left"

# The system's limits: a file's size, open files.
limited() {
    (ulimit "$1" "$2" && shift 2 && exec "$@")
}
ends 1 "File too large" limited -f 8 "$bin/snnfe-preprocess" tree --runs 4 --out large
[ ! -e large ] || fail "a part of a file is left"
ends 1 "Too many open files (SNNFE_ERR_IO)" limited -n 5 "$bin/snnfe-preprocess" tree --runs 4 --threads 1 --out many
[ -z "$(find . -name '*.tmp')" ] || fail "temporary files are left under limits"

# What is read is not written, by whatever name.
ln -s data same
ln p/model_fold1.safetensors hard
before=$(cat data p/model_fold1.safetensors measured | cksum)
ends 2 "is also what is read" "$bin/snnfe-pretrain" tree --out tree
ends 2 "is also what is read for --model" evaluate --out hard
ends 2 "is also what is read" evaluate --out same
ends 2 "is also what is read" evaluate --predictions ./data
ends 2 "is also what --out writes" evaluate --out new --predictions new
ends 2 "is also what is read" "$bin/snnfe-characterize" measured --out measured
ends 2 "is also what is read" "$bin/snnfe-characterize" measured --points measured
ends 2 "is also what is read for --models" "$bin/snnfe-retune" data --models p --out p
ends 1 "is the network that --model names" "$bin/snnfe-retune" data \
    --model p/model_fold1.safetensors --out p --groups 2 --overwrite
ends 2 "is also what is read" "$bin/snnfe-report" p/model_fold1.safetensors --out hard
ends 2 "is also what is read" "$bin/snnfe-live" p/model_fold1.safetensors - --data data --out data
ends 2 "is also what is read" "$bin/snnfe-live" p/model_fold1.safetensors tree/S001/S001R04.edf,tree/S002/S002R04.edf \
    --data data --out tree/S002/S002R04.edf
ends 2 "is also what is read" "$bin/snnfe-sweep" grid.json tree --out tree
[ "$(cat data p/model_fold1.safetensors measured | cksum)" = "$before" ] || fail "an input changed"

# Paths as long as the system takes: what is said of them comes to its end. Longer ones are refused in whole.
deep=$PWD/deep
while [ ${#deep} -lt 3700 ]; do
    deep=$deep/$(printf 'x%.0s' $(seq 200))
done
mkdir -p "$deep"
ends 1 "/none.safetensors: cannot open: No such file or directory (SNNFE_ERR_IO)" \
    "$bin/snnfe-report" "$deep/none.safetensors"
touch "$deep/data"
ends 1 "/data is there already: --overwrite writes it again" \
    "$bin/snnfe-preprocess" tree --runs 4 --out "$deep/data"
ends 1 "/none/device: cannot write: No such file or directory" \
    "$bin/snnfe-characterize" measured --cycle 1 --out "$deep/none/device"
echo '{"program": "sstl", "options": {"subject_folds": 2}, "grid": {"finetune_epochs": [1]}}' >sstl.json
ends 1 "/none.safetensors: cannot open: No such file or directory (SNNFE_ERR_IO)" \
    "$bin/snnfe-sweep" sstl.json data --out deep_sweep --model "$deep/none.safetensors"
ends 1 "$name$name.json: no such option" "$bin/snnfe-sweep" sstl.json data --out set_sweep \
    --model p/model_fold1.safetensors --set "device=none/$name$name.json"
long=$deep/$(printf 'x%.0s' $(seq 200))/$(printf 'x%.0s' $(seq 200))
ends 1 "path is too long" "$bin/snnfe-pretrain" data --out "$long" --groups 2
[ ! -e "$deep/$(printf 'x%.0s' $(seq 200))" ] || fail "a part of a path was made"
ends 2 "…" "$bin/snnfe-pretrain" data --out p --groups "$long$long"
