#!/bin/sh
# Training and sweeps on several processes give the files of one: mpi.sh BIN_DIR
set -eu
bin=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

fail() {
    echo "FAILED: $1" >&2
    for file in out err; do tail -n 30 $file | sed "s/^/$file: /" >&2 || true; done
    exit 1
}
has() { grep -q -e "$2" "$1" || fail "no \"$2\" in $1"; }
case $(mpirun --version 2>&1) in
*"Open MPI"* | *OpenRTE*) options="--allow-run-as-root --oversubscribe --bind-to none" ;;
*) options= ;;
esac
# shellcheck disable=SC2086 # several options
ranks() { n=$1 && shift && mpirun $options -n "$n" "$@"; }

"$bin/snnfe-synth" tree --subjects 4 --runs 4,8 --trials-per-run 6 --seed 3 >out 2>err
"$bin/snnfe-preprocess" tree --runs 4,8 --out data >out 2>err
train() {
    echo "$bin/snnfe-$1 data --groups 2 --fold 2 --evaluations_per_epoch 1 --lr 1e-3 --conv1_channels 4 --conv2_channels 4
        --conv3_channels 8 --hidden 8 --pretrain_epochs 2 --pretraining_batch_size 10 --threads 1"
}

# shellcheck disable=SC2046,SC2094 # a command with its options; logs are read after it
for stage in pretrain train-on-device; do
    $(train $stage) --out alone-$stage >out 2>err
    for n in 1 2 4; do
        out=$stage-$n
        # shellcheck disable=SC2094 # two files
        ranks $n $(train $stage) --out "$out" --mpi >out 2>err || fail "$stage on $n ranks"
        for file in model_fold2.safetensors epochs_fold2.csv samples_fold2.csv summary.csv \
            checkpoint_fold2.safetensors; do
            cmp "alone-$stage/$file" "$out/$file" || fail "$stage on $n ranks: $file differs"
        done
        [ "$(find "$out" -name '*.tmp*' | wc -l)" -eq 0 ] || fail "temporary files are left"
    done
done
# A rank that is killed, whichever and whenever, ends the run with an error and in little time; what is saved is
# whole, nothing else stays for good, and the run goes on to the same bits.
cat >rank.sh <<'END'
#!/bin/sh
echo $$ >"rank.${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-0}}"
exec "$@"
END
chmod +x rank.sh
# point RANK: whether it is time to kill; "saving" is while a checkpoint is being written
reached() {
    case $1 in
    start) [ -s "rank.$2" ] ;;
    manifest) [ -s killed/manifest.json ] ;;
    saving) [ -n "$(find killed -name '.*' -type f 2>/dev/null)" ] || [ -s killed/checkpoint_fold2.safetensors ] ;;
    saved) [ -s killed/checkpoint_fold2.safetensors ] ;;
    later) [ "$(grep -c , killed/epochs_fold2.csv 2>/dev/null)" -ge 4 ] 2>/dev/null ;;
    esac
}
long() { train "$1" | sed 's/--pretrain_epochs 2/--pretrain_epochs 12/'; }
# shellcheck disable=SC2046
$(long train-on-device) --out undisturbed >out 2>err
# shellcheck disable=SC2086 # several words
for point in ${SNNFE_KILLS:+start saved} manifest saving later; do
    for rank in 0 ${SNNFE_KILLS:+1} 2; do
        rm -rf killed rank.[0-9]
        # shellcheck disable=SC2046,SC2094,SC2086
        timeout 100 mpirun $options -n 3 ./rank.sh $(long train-on-device) --out killed --mpi >out 2>err &
        run=$!
        while ! reached $point $rank && kill -0 $run 2>/dev/null; do sleep 0.01; done
        kill -KILL "$(cat rank.$rank)" 2>/dev/null || true
        status=0
        wait $run || status=$?
        [ "$status" -ne 124 ] || fail "rank $rank killed at $point: the run does not end"
        [ "$status" -ne 0 ] || [ -s killed/summary.csv ] || fail "rank $rank killed at $point: no error"
        # shellcheck disable=SC2046,SC2094
        ranks 2 $(long train-on-device) --out killed --mpi --resume >out 2>err ||
            fail "rank $rank killed at $point: the run does not go on"
        for file in model_fold2.safetensors epochs_fold2.csv samples_fold2.csv summary.csv; do
            cmp "undisturbed/$file" "killed/$file" || fail "rank $rank killed at $point: $file differs"
        done
    done
done
# Cells that differ, age, remember and are noisy.
cat >cells.json <<'END'
{"format": "snnfe device 1", "rsd_c2c": 0.2, "rsd_c2c_state": 0.1, "c2c_distribution": "lognormal", "sigma_mul": 0.05,
 "cells": {"array": 3, "distribution": "lognormal", "spread_amplitude": 0.3, "spread_alpha": 0.1, "spread_beta": 0.1,
 "spread_window": 0.2, "stuck_low": 0.02, "stuck_anywhere": 0.02, "fatigue_pulses": 5, "wakeup_pulses": 2,
 "wakeup_start": 0.5, "endurance": 8, "endurance_spread": 0.3, "imprint": 0.05, "held_s": 1000, "history": 0.5}}
END
# shellcheck disable=SC2046
$(train train-on-device) --thr 1e-3 --dut cells.json --out alone-cells >out 2>err
for n in 2 3; do
    # shellcheck disable=SC2046
    ranks $n $(train train-on-device) --thr 1e-3 --dut cells.json --out cells-$n --mpi >out 2>err || fail "cells on $n ranks"
    for file in model_fold2.safetensors checkpoint_fold2.safetensors samples_fold2.csv; do
        cmp "alone-cells/$file" "cells-$n/$file" || fail "cells on $n ranks: $file differs"
    done
done
for way in tiki_taka_2 pairs; do
    # shellcheck disable=SC2046
    $(train train-on-device) --thr 1e-3 --dut cells.json --programming $way --out alone-$way >out 2>err
    # shellcheck disable=SC2046
    ranks 3 $(train train-on-device) --thr 1e-3 --dut cells.json --programming $way --out ranks-$way --mpi >out 2>err ||
        fail "$way on 3 ranks"
    for file in model_fold2.safetensors checkpoint_fold2.safetensors samples_fold2.csv; do
        cmp "alone-$way/$file" "ranks-$way/$file" || fail "$way on 3 ranks: $file differs"
    done
done
awk -F, 'END { exit !($11 > 0) }' alone-cells/samples_fold2.csv || fail "cells had no pulse"
# Going on with another number of ranks.
rm pretrain-2/model_fold2.safetensors pretrain-2/summary.csv
# shellcheck disable=SC2046
ranks 3 $(train pretrain) --out pretrain-2 --mpi --resume >out 2>err || fail "resuming on 3 ranks"
cmp alone-pretrain/model_fold2.safetensors pretrain-2/model_fold2.safetensors ||
    fail "resuming on 3 ranks made another model"
# shellcheck disable=SC2046
ranks 2 $(train pretrain) --out x --mpi --groups 9 >out 2>err && fail "--groups 9 was accepted"
has err "the data set has 4 subjects"

# A sweep: one table, whoever ran the jobs.
cat >grid.json <<'END'
{"program": "train-on-device", "options": {"groups": 2, "lr": 5e-3, "pretrain_epochs": 2,
 "pretraining_batch_size": 8, "conv1_channels": 4, "conv2_channels": 4, "conv3_channels": 8, "hidden": 8},
 "grid": {"thr": [0.05, 0.025, 0.1], "fold": [1, 2]}}
END
"$bin/snnfe-sweep" grid.json data --out alone --jobs 1 --threads 1 >out 2>err
for n in 1 2 4; do
    ranks $n "$bin/snnfe-sweep" grid.json data --out sweep-$n --mpi >out 2>err || fail "sweep on $n ranks"
    has err "6 of 6 jobs"
    cmp alone/results.csv "sweep-$n/results.csv" || fail "a sweep on $n ranks has other results"
done
# Jobs that are done are not run again; a job that fails costs only itself.
rm "sweep-4/jobs/thr=0.1,fold=1/summary.csv"
ranks 2 "$bin/snnfe-sweep" grid.json data --out sweep-4 --mpi >out 2>err || fail "going on"
has err "6 of 6 jobs"
[ "$(grep -c 'jobs (rank' err)" -eq 1 ] || fail "jobs that were done were run again"
cmp alone/results.csv sweep-4/results.csv || fail "a sweep that went on has other results"
sed 's/0.025/-1/' grid.json >bad.json
status=0
ranks 2 "$bin/snnfe-sweep" bad.json data --out bad --mpi >out 2>err || status=$?
[ "$status" -ne 0 ] || fail "jobs that failed went unnoticed"
has err "4 of 6 jobs"
has err "2 of 6 jobs failed"

# A rank that dies: its job goes to another.
case $options in *allow*)
    cat >slow.sh <<END
#!/bin/sh
# The rank that is to die kills itself in its first job.
if [ "\${OMPI_COMM_WORLD_RANK:-0}" = 1 ] && mkdir "$folder/died" 2>/dev/null; then kill -9 \$PPID; sleep 1; fi
exec "$bin/snnfe-train-on-device" "\$@"
END
    mkdir programs
    mv slow.sh programs/snnfe-train-on-device
    chmod +x programs/snnfe-train-on-device
    # shellcheck disable=SC2086
    mpirun $options --enable-recovery -n 3 "$bin/snnfe-sweep" grid.json data --out lost --mpi \
        --programs "$folder/programs" --patience 3 >out 2>err || true
    [ -d died ] || fail "no rank died"
    has err "rank 1 has been silent for 3 seconds"
    has err "6 of 6 jobs"
    cmp alone/results.csv lost/results.csv || fail "a sweep that lost a rank has other results"
    ;;
esac
echo "all as it should be"
