#!/bin/sh
# snnfe-live on recordings, text, binary frames, sockets and a Lab Streaming Layer stand-in:
# live.sh BIN_DIR LSL_PROGRAM CAUSAL_SCRIPT DATA_PROGRAM
set -eu
bin=$(realpath "$1")
with_lsl=$(realpath "$2")
causal=$(realpath "$3")
live_data=$(realpath "$4")
folder=$(mktemp -d)
pids=
cleanup() {
    for pid in $pids; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$folder"
}
trap cleanup EXIT
cd "$folder"

fail() {
    echo "FAILED: $1" >&2
    for file in out err; do sed "s/^/$file: /" $file >&2 || true; done
    exit 1
}
has() { grep -q -e "$2" "$1" || fail "no \"$2\" in $1"; }
refused() {
    expected=$1 text=$2 status=0
    shift 2
    "$@" >out 2>err </dev/null || status=$?
    [ "$status" -eq "$expected" ] || fail "$* ended with $status, not $expected"
    has err "$text"
}

"$bin/snnfe-synth" tree --subjects 2 --runs 4,8 --trials-per-run 6 --seed 3 >out 2>err
"$bin/snnfe-preprocess" tree --runs 4,8 --filter causal --out data --write_statistics statistics \
    >out 2>err
has out "causal filter"
"$bin/snnfe-pretrain" data --groups 2 --fold 1 --pretrain_epochs 2 --pretraining_batch_size 4 \
    --conv1_channels 4 --conv2_channels 4 --conv3_channels 8 --hidden 8 --out trained >out 2>err
model=trained/model_fold1.safetensors
recordings=tree/S001/S001R04.edf,tree/S001/S001R08.edf
live() { "$bin/snnfe-live" "$model" "$@"; }

# The decisions on a recording are those of the data set made from it, to the last digit.
"$bin/snnfe-eval" data --model "$model" --allow_seen --subject_folds 2 --predictions batch >out 2>err
live "$recordings" --data data --out played >out 2>err
grep '^1,' batch | cut -d, -f6,7 >expected
tail -n +2 played | cut -d, -f13,14 | cmp - expected || fail "decisions differ from the data set's"
has out "12 decisions (0 early, 0 rejected)"
has out "(right: "
has out "(left: correct, rolling accuracy\|(right: correct, rolling accuracy\|: wrong, rolling"
has out "^correct: [0-9]* of 12"
grep -q " right\b.*of 12" out && fail "correct decisions are called right"
has out "^channels of data = those of the input, by name: FC5, FC3, FC1"
has out 'annotations: .*"T0": 12 (no cue), "T[12]": 6'
has out "input: .*, 160 Hz, microvolts"
has out "time per sample of a window: median"
live "$recordings" --statistics statistics --out again --quiet >out 2>err
live "$recordings" --data data --course course --quiet >out 2>err
[ "$(wc -l <course)" -eq $((12 * 159 + 1)) ] || fail "course has not 159 rows a window"
cmp again played || fail "statistics are not those of the data set"

# The data set says which channels: of a recording with more, in another order, and with no others.
one=tree/S001/S001R04.edf
"$live_data" "$one" three_net three_data >expected
cat >some.py <<'END'
"""Copy the signals with these labels of an EDF file, with other annotations if a text is given."""
import sys
source, target, wanted, other = sys.argv[1], sys.argv[2], sys.argv[3].split(","), sys.argv[4:]
data = open(source, "rb").read()
n, n_records = int(data[252:256]), int(data[236:244])
sizes = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
fields, at = [], 256
for size in sizes:
    fields.append([data[at + i * size : at + (i + 1) * size] for i in range(n)])
    at += n * size
labels = [f.decode().strip(". ").upper() for f in fields[0]]
kept = [labels.index(w.upper()) for w in wanted] + [labels.index("EDF ANNOTATIONS")]
samples = [int(f) for f in fields[8]]
out = data[:184] + b"%-8d" % (256 * (len(kept) + 1)) + data[192:252] + b"%-4d" % len(kept)
for field in fields:
    out += b"".join(field[i] for i in kept)
for r in range(n_records):
    begin = at + r * 2 * sum(samples)
    for i in kept:
        first = begin + 2 * sum(samples[:i])
        block = data[first : first + 2 * samples[i]]
        if other and i == kept[-1]:
            for text in (b"\x14T1\x14", b"\x14T2\x14"):
                block = block.replace(text, b"\x14" + other[0].encode() + b"\x14")
        out += block
open(target, "wb").write(out)
END
python3 some.py "$one" three.edf Cz,C4,Fc3
python3 some.py "$one" two.edf Cz,C4
for file in "$one" three.edf; do
    "$bin/snnfe-live" three_net "$file" --data three_data --out three.csv >out 2>err
    tail -n +2 three.csv | cut -d, -f13- | cmp - expected || fail "other channels of $file were decoded"
    has out "channels of three_data = those of the input, by name: C4, FC3, CZ"
done
refused 1 "FC3" "$bin/snnfe-live" three_net two.edf --data three_data
refused 1 "three_data" "$bin/snnfe-live" three_net - --data three_data --channels C4,Cz
"$bin/snnfe-live" three_net "$one" --data three_data --state three_state --quiet >out 2>err
for session in 2 3; do
    "$bin/snnfe-live" three_net "$one" --data three_data --state three_state --out three.csv >out 2>err
    has out "^8000 samples, 6 windows, 6 decisions (0 early, 0 rejected)"
    has out "at .* s of session $session "
    has out "faults: 0 dropped, 0 repeated"
    tail -n +2 three.csv | cut -d, -f13- | cmp - expected || fail "session $session decides otherwise"
done

# Cues: which annotation is which class, and recordings without any.
python3 some.py "$one" strange.edf Cz,C4,Fc3 XX
refused 1 "no annotation is a cue" "$bin/snnfe-live" three_net strange.edf --data three_data
has err 'annotations: "T0": 6 (no cue), "XX": 6 (no cue)'
has err "--windows regular decides without"
"$bin/snnfe-live" three_net strange.edf --data three_data --windows regular >out 2>err
has out "50 decisions"
"$bin/snnfe-live" three_net strange.edf --data three_data --cues XX=right >out 2>err
has out '"XX": 6 (right)'
has out "(right: "
refused 1 '"up" is no class; there are 2, from "left" to "right"' "$bin/snnfe-live" three_net strange.edf \
    --data three_data --cues XX=up
refused 1 '"T3" is number 3, but there are 2 classes' "$bin/snnfe-live" three_net strange.edf \
    --data three_data --cues T1,T2,T3
refused 1 '"T1" is there twice' "$bin/snnfe-live" three_net strange.edf --data three_data --cues T1=0,T1=1
"$live_data" "$one" events_net events_data events
"$bin/snnfe-live" events_net "$one" --data events_data --out events.csv >out 2>err
has out "12 windows"
for label in 0 1 2; do cut -d, -f4 events.csv | grep -q "^$label$" || fail "no window of class $label"; done
refused 1 "events_data: has 3 classes, three_net 2" "$bin/snnfe-live" three_net "$one" --data events_data
"$bin/snnfe-preprocess" tree --runs 4,8 --window_length 80 --out short_epochs >out 2>err
refused 1 "short_epochs: trials are 10x11x80, those of $model 10x11x160" live "$one" --data short_epochs
refused 2 "are for streams" live "$one" --data data --rate 160

# What the network was trained on, and what it is given.
refused 1 "is 0.1 to 40 Hz, causal of order 2 in the decoder, 0.1 to 79 Hz, causal of order 2 in what the" \
    live "$one" --statistics statistics --high_hz 40
refused 1 "causal of order 3 in the decoder" live "$one" --statistics statistics --filter_order 3
refused 1 "notch at 50 Hz, 4 Hz wide in the decoder" live "$one" --statistics statistics --notch 50 --notch_width 4
live "$one" --statistics statistics --high_hz 40 --allow_mismatch >out 2>err
has err "warning: the filter is 0.1 to 40 Hz, causal of order 2 in the decoder"
"$bin/snnfe-preprocess" tree --runs 4,8 --channels "C3=4/3,Cz=4/5,C4=4/7" --low_hz 1 --high_hz 30 \
    --out narrow --write_statistics narrow_statistics >out 2>err
refused 1 "the electrode at row " live "$one" --data narrow
live "$one" --data narrow --allow_mismatch >out 2>err
has err "warning: the electrode at row "
"$bin/snnfe-pretrain" narrow --groups 2 --fold 1 --pretrain_epochs 1 --pretraining_batch_size 4 \
    --conv1_channels 4 --conv2_channels 4 --conv3_channels 8 --hidden 8 --out narrow_trained >out 2>err
narrow() { "$bin/snnfe-live" narrow_trained/model_fold1.safetensors "$one" "$@"; }
narrow --data narrow --out by_data >out 2>err
narrow --statistics narrow_statistics --out by_statistics >out 2>err
has err "was trained on recordings filtered with zero phase, the live filter is causal"
has out "^channels of narrow_statistics = those of the input, by name: C3, CZ, C4"
has out "(left: "
cmp by_data by_statistics || fail "what the network tells of its channels decides otherwise"
refused 1 "statistics: line 65\|statistics: 64 channels, not 3" narrow --statistics statistics
refused 2 "is for lsl:NAME" live - --data data --lsl_source_id x

# What was printed has to arrive.
if [ -e /dev/full ]; then
    for how in "" --view --quiet; do
        status=0
        live "$one" --data data $how >/dev/full 2>err || status=$?
        [ "$status" -eq 1 ] || fail "a full disk behind $how ends with $status"
        has err "No space left"
    done
fi

# At its own rate, a second takes a second (here: a hundredth).
live tree/S001/S001R04.edf --data data --speed 100 --quiet >out 2>err
live tree/S001/S001R04.edf --data data --early 0.5 --early_least 30 --quiet >out 2>err
has out "(6 early, 0 rejected) after 30.0 steps"

# A network re-tuned for the causal filter.
"$bin/snnfe-synth" three --subjects 3 --runs 4,8,12 --trials-per-run 6 --seed 4 >out 2>err
SNNFE_PROGRAMS=$bin sh "$causal" three "$model" tuned --runs 4,8 >out 2>err && fail "--runs is no option"
SNNFE_PROGRAMS=$bin sh "$causal" three "$model" tuned --retuning_batch_size 2 --lr 1e-2 \
    --thr 0.005 >out 2>err || fail "causal.sh ended with $?"
grep -qE 'accuracy with the causal filter.*: [0-9.]+ % before, [0-9.]+ % after' out || fail "no accuracy"
cmp -s tuned/model.safetensors "$model" && fail "nothing was re-tuned"
"$bin/snnfe-live" tuned/model.safetensors three/S001/S001R04.edf --data tuned/data.safetensors >out 2>err
has out "6 decisions"

# A picture.
live tree/S001/S001R04.edf --data data --view --adapt --lr 1e-3 >out 2>err
has out "rolling accuracy"
has out "learned"
has out "channels bad 0"
has out "faulty now: none"
has out "no window is running, below: the last one"
has out "estimate -,"
has out "learned 0 trials, estimate -"
grep -q "nan" out && fail "something unknown is shown as nan"
tr -d '\r' <out | grep -B 1 "^input: " | head -n 1 | grep -qv "[a-z]" || fail "no empty line before the summary"

# Learning; the same seed learns the same; what was learned is saved.
live "$recordings" --data data --adapt --lr 1e-2 --thr 0.005 --ltp_energy 1e-12 --endurance 1e3 --save_model learned --quiet >out 2>err
has out "learned 12 trials"
has out "^most pulses of a cell: [1-9][0-9]*, [0-9.]* of its endurance; all pulses took [0-9.]*e-[01][0-9] J$"
grep -qE 'LTP pulses [1-9][0-9]*,' out || fail "no pulses"
live "$recordings" --data data --adapt --lr 1e-2 --thr 0.005 --save_model twice --quiet >out 2>err
cmp learned twice || fail "the same seed learned something else"
cmp -s learned "$model" && fail "nothing was learned"
live "$one" --data data --adapt --early 0.5 --early_least 30 --quiet >out 2>err
has out "learned 0 trials"
has out "not learned: of no known class 0, rejected 0, decided early 6"
live "$recordings" --data data --adapt --floating_point --background --save_model aside --quiet \
    >out 2>err
has out "windows passed over"
"$bin/snnfe-eval" data --model aside --allow_seen --subject_folds 2 >out 2>err

# What was learned before is taken up: two recordings in two runs are as good as in one.
first_one=${recordings%%,*}
live "$recordings" --data data --adapt --lr 1e-2 --thr 0.005 --save_model together --quiet >out 2>err
live "$first_one" --data data --adapt --lr 1e-2 --thr 0.005 --state mine --quiet >out 2>err
live "${recordings#*,}" --data data --adapt --lr 1e-2 --thr 0.005 --state mine --save_model apart \
    --quiet >out 2>err
has out "learned 12 trials"
cmp together apart || fail "what was learned in two runs is something else than in one"
refused 1 "learning_rate" live "$first_one" --data data --adapt --lr 2e-2 --thr 0.005 --state mine

# The network in an array, later and as it is read, decides live as in evaluation; between sessions, too, time passes.
cat >cells.json <<'END'
{"format": "snnfe device 1", "cells": {"spread_window": 0.2, "retention": "power", "retention_exponent": 0.1, "retention_spread": 1,
  "read_disturb": 1e-9, "read_noise": 0.05, "reference_spread": 0.01, "adc_bits": 6, "column_bits": 6, "column_range": 0.2}}
END
array="--dut cells.json --array 3 --age 1e5 --readings 1000"
# shellcheck disable=SC2086 # several options
"$bin/snnfe-eval" data --model "$model" --allow_seen --subject_folds 2 $array --reading 4 --predictions batch >out 2>err
# shellcheck disable=SC2086
live "$recordings" --data data $array --reading 4 --out read >out 2>err
grep '^1,' batch | cut -d, -f6,7 >expected
tail -n +2 read | cut -d, -f13,14 | cmp - expected || fail "what is read decides live otherwise"
tail -n +2 played | cut -d, -f13,14 | cmp -s - expected && fail "an array decides as no array"
learn() { live "$first_one" --data data --adapt --lr 1e-2 --thr 0.005 --dut cells.json --array 3 --quiet "$@" >out 2>err; }
learn --state session
for other in later same; do cp session $other; done
learn --state same --out same.csv
learn --state later --age 1e7 --age_from 1e5 --out later.csv
cmp -s same.csv later.csv && fail "no time passed between the sessions"
refused 2 "--age has no effect without --dut" live "$one" --data data --age 5
refused 2 "--reading has no effect beside --adapt" live "$one" --data data --adapt --dut cells.json --reading 5
refused 1 "--age 5: this device's cells lose nothing with time" live "$one" --data data --dut dut2 --age 5
refused 1 "--reading 4: this device's cells are read as they are" live "$one" --data data --dut dut2 --reading 4
refused 1 "--array 3: this device's cells are alike" live "$one" --data data --dut dut2 --array 3
refused 1 "--array 3: this device's cells are alike" live "$one" --data data --adapt --array 3 --spread 0
refused 2 "--spread has no effect without --adapt" live "$one" --data data --dut cells.json --spread 0.3
refused 2 "--array has no effect without --adapt or --dut" live "$one" --data data --array 3
"$bin/snnfe-live" --help >out
has out "(with --adapt or --dut, without --floating_point)"
refused 1 "time runs backwards" live "$one" --data data --dut cells.json --age 5 --age_from 9

# A state that is taken up goes on to the same decisions.
awk 'BEGIN { srand(5); for (i = 0; i < 700; i++) {
    for (c = 0; c < 64; c++) printf "%s%.3f", c ? "," : "", 100 * rand() - 50; print "" } }' >samples
head -n 250 samples >first
tail -n +251 samples >second
live - --statistics statistics --windows regular --hop 50 --out whole <samples >out 2>err
live - --statistics statistics --windows regular --hop 50 --out part1 --state state <first >out 2>err
live - --statistics statistics --windows regular --hop 50 --out part2 --state state <second >out 2>err
{ cat part1; tail -n +2 part2; } | cmp - whole || fail "a state that was taken up decides otherwise"

# Text: comments, blanks, cues, numbers, gaps, values that are none, no end of line.
{
    echo "# a comment"
    echo "cue 1"
    awk 'NR <= 100 { gsub(",", " "); print "@" NR - 1 " " $0 }' samples
    awk 'NR > 103 && NR <= 170 { print "  @" NR - 1 ",\t" $0 " " }' samples
    echo "cue"
    awk 'NR > 170 && NR <= 329 { if (NR == 200) sub(/^[^,]*/, "nan"); print }' samples
    awk 'NR == 330 { printf "%s", $0 }' samples
} >text
live - --statistics statistics --out text.csv <text >out 2>err
has out "330 samples, 2 windows, 2 decisions"
has out "3 dropped, 0 repeated, 1 not numbers"
has text.csv "^0,0,160,1,[01],0.[0-9]*,0,0,16,0,0,0,"
has text.csv "^1,170,160,-1,[01],0.[0-9]*,0,0,1,0,0,170,"
has out "rate unknown, taken for 160 Hz, unit unknown, taken for microvolts"
has out "by number, for they have no names: FC5…IZ = 1…64"
has out "faulty channels (samples): FC5 not a number 1"
bad_text() {
    printf '%s\n' "$2" | live - --statistics statistics >out 2>err && fail "accepted: $2"
    has err "line $1"
}
bad_text 1 "1 2 3"
bad_text 1 "cue 2"
bad_text 1 "cue x"
bad_text 1 "@x 1"
bad_text 1 "@18446744073709551616 1"
has err "2^64 or more"
bad_text 1 "$(head -n 1 samples),1"
bad_text 1 "$(head -n 1 samples | sed 's/,/,x/')"
bad_text 2 "#
one"

# A stream's channels by their names: fewer, more and others than the data set has are reported.
names=$(python3 - <<'END'
import json
with open("data", "rb") as f:
    header = json.loads(f.read(int.from_bytes(f.read(8), "little")))
names = header["__metadata__"]["snnfe.channels"]
print(",".join(json.loads(names) if names.startswith("[") else names.replace("\n", ",").split(",")))
END
)
reversed=$(echo "$names" | awk -F, '{ for (i = NF; i > 0; i--) printf "%s,", tolower($i) ".."; print "Status" }')
turn() { awk -F, '{ for (i = NF; i > 0; i--) printf "%s ", $i; print 7 }'; }
{ echo "cue 1"; head -n 170 samples; } | live - --data data --out plain.csv >out 2>err
{ echo "unit uV"; echo "channels $reversed"; echo "rate 160"; echo "cue 1"; head -n 170 samples | turn; } |
    live - --data data --out turned.csv >out 2>err
cmp plain.csv turned.csv || fail "channels of a stream are not found by name"
has out "input: -, 160 Hz, microvolts"
has out "channels of data = those of the input, by name: FC5 = 64 fc5.., FC3 = 63 fc3..,"
{ echo "cue 1"; head -n 170 samples | turn; } | live - --data data --channels "$reversed" --out turned.csv >out 2>err
cmp plain.csv turned.csv || fail "channels named by --channels are not found"
{ echo "unit mV"; echo "cue 1"; head -n 170 samples | awk -F, '{ for (i = 1; i <= NF; i++) printf "%s ", $i / 1000; print "" }'; } |
    live - --data data --out milli.csv >out 2>err
has out "millivolts"
cut -d, -f1-5 plain.csv >expected
cut -d, -f1-5 milli.csv | cmp - expected || fail "millivolts decide otherwise"
bad_text 1 "1 2 3"
has err "has 3 channels, not 64, those of statistics"
bad_text 2 "channels C3 Cz
$(head -n 1 samples)"
has err "has 64 channels, but 2 names"
bad_text 2 "channels C3 Cz
1 2"
has err "channel FC5 is not among the source's 2, C3 to Cz"
bad_text 2 "$(head -n 1 samples)
channels C3"
bad_text 1 "rate x"
bad_text 2 "$(head -n 1 samples)
1 2 3"
has err "3 values, not 64 as before"
printf 'rate 250\n' | live - --data data >out 2>err && fail "another rate is accepted"
has err "has 250 samples a second, not 160, the rate of data"
refused 1 "has 250 samples a second, not 160" live - --data data --rate 250

# Recordings of another rate and format: resampled, the decisions are those of the resampled data set.
"$bin/snnfe-synth" bids --bids --rate 250 --format bdf --subjects 2 --runs 4 --trials-per-run 5 --seed 3 >out 2>err
"$bin/snnfe-preprocess" bids --task imagery --events left_hand=0,right_hand=1,rest=end --resample --filter causal \
    --out quick >out 2>err
"$bin/snnfe-pretrain" quick --groups 2 --fold 1 --pretrain_epochs 1 --pretraining_batch_size 4 \
    --conv1_channels 4 --conv2_channels 4 --conv3_channels 8 --hidden 8 --out quickly >out 2>err
quick_model=quickly/model_fold1.safetensors
"$bin/snnfe-eval" quick --model "$quick_model" --allow_seen --subject_folds 2 --predictions batch >out 2>err
quick=bids/sub-01/eeg/sub-01_task-imagery_run-4_eeg.bdf
"$bin/snnfe-live" "$quick_model" "$quick" --data quick --resample --cues left_hand=0,right_hand=1 --out played >out 2>err
grep '^1,' batch | cut -d, -f6,7 >resampled
tail -n +2 played | cut -d, -f13,14 | cmp - resampled || fail "decisions differ from the resampled data set's"
has out "input: .*, 250 Hz (resampled), microvolts"
# A cap that lacks two channels: others stand in, and there is a decision for each cue as before.
"$bin/snnfe-live" "$quick_model" "$quick" --data quick --resample --cues left_hand=0,right_hand=1 --absent FC1,c2 \
    --repair splines --out lacking >out 2>err
[ "$(wc -l <lacking)" -eq "$(wc -l <played)" ] || fail "decisions of a cap that lacks channels"
cmp -s lacking played && fail "channels that are absent are looked at"
refused 1 'absent: the network has no channel "XX"' "$bin/snnfe-live" "$quick_model" "$quick" --data quick --absent XX
refused 1 "is 250 Hz, not 160 Hz" "$bin/snnfe-live" "$quick_model" "$quick" --data quick --cues left_hand=0,right_hand=1
refused 2 "without --counter_bits" live "$quick" --data quick --resample --counter_bits 8
refused 1 'unit "A" is not' live - --data data --unit A
head -n 400 samples | awk -F, '{ for (i = 1; i <= NF; i++) printf "%s ", $i / 1e6; print "" }' |
    live - --data data --windows regular >out 2>err
has err "times smaller than those of data: volts"
head -n 5 samples | live - --data data >out 2>err
has out "no cue came, so no window began: --windows regular"

# Numbers that begin again, and a counter that wraps.
{ awk '{ print "@" NR - 1 " " $0 }' samples; awk '{ print "@" NR - 1 " " $0 }' samples; } |
    live - --data data --windows regular --out again.csv >out 2>err
has out "1400 samples"
has out "numbers began again: 1,"
has out "of session 2"
grep '^[0-9]*,[0-9]*,160,' again.csv | cut -d, -f12- >pairs
head -n 4 pairs >first
tail -n 4 pairs | cmp - first || fail "a source that begins again is decided otherwise"
awk '{ print "@" (NR - 1) % 256 " " $0 }' samples | live - --data data --windows regular --out wraps.csv >out 2>err
live - --data data --windows regular --out straight.csv <samples >out2 2>err
cmp wraps.csv straight.csv || fail "a counter that wraps is decided otherwise"
has out "counters wrapped: 2"
{ cat samples; echo session; cat samples; } | live - --data data --windows regular --out told.csv >out 2>err
cmp told.csv again.csv || fail "a session that is announced is decided otherwise"

# A number far ahead is a new session or, where the counter cannot have it, left out; what follows
# goes on.
for far in 1000000 4294967295 4611686018427387904 9223372036854775807; do
    awk -v far=$far '{ print "@" (NR == 300 ? far : NR - 1) " " $0 }' samples |
        live - --data data --windows regular >out 2>err
    has out "700 samples"
    has out ", 0 repeated"
    has out "numbers began again: [12],"
done
awk '{ print "@" (NR == 300 ? 70000 : (NR - 1) % 256) " " $0 }' samples |
    live - --data data --windows regular --counter_bits 8 >out 2>err
has err "number is 70000, which 8 bits cannot hold"
has out "samples left out for their numbers: 1$"
has out "700 samples"
has out "1 dropped, 0 repeated"

# The view names the channels that are faulty.
awk -F, 'BEGIN { OFS = "," } { $3 = 1; if (NR > 600) $64 = "nan" } 1' samples |
    live - --data data --windows regular --view >out 2>err
has out "faulty now: FC1 flat; IZ not numbers"

# Electrodes with an offset.
awk -F, '{ for (i = 1; i <= NF; i++) printf "%.3f ", $i + (i <= 10 ? 8000 : 0); print "" }' samples >moved
live - --data data --windows regular --out moved.csv <moved >out 2>err
has out "0 saturated"
cut -d, -f1-5 straight.csv >expected
cut -d, -f1-5 moved.csv | cmp - expected || fail "electrodes with an offset decide otherwise"
live - --data data --windows regular --range_uv 7000 --most_bad_channels 9 <moved >out 2>err
has out "7000 saturated"
has out "faults: saturated, flat at FC5, FC3, FC1, FCZ, FC2, FC4, FC6, C5, C3, C1; rejected"
has out "faulty channels (samples): FC5 saturated 700, flat 621; FC3"

# Binary frames give the same.
cat >frames.py <<'END'
import struct, sys
rows = [[float(v) for v in line.split(",")] for line in open("samples")]
def frame(kind, count, channels, number, values=()):
    return struct.pack("<4sIIIQ", b"SNFE", kind, count, channels, number) + struct.pack(f"<{len(values)}f", *values)
out = b""
out += frame(2, 2, 0, 0)
for first in range(0, 160, 40):
    values = [v for row in rows[first : first + 40] for v in row]
    out += frame(1, 40, 64, first if first else 2**64 - 1, values)
sys.stdout.buffer.write(out[: int(sys.argv[1])] if len(sys.argv) > 1 else out)
END
python3 frames.py >frames
{ echo "cue 1"; head -n 160 samples; } | live - --statistics statistics --out text.csv >out 2>err
live - --statistics statistics --format binary --out frames.csv <frames >out 2>err
cmp text.csv frames.csv || fail "binary frames decide otherwise"
python3 - "$reversed" <<'END' >named
import struct, sys
rows = [[float(v) for v in line.split(",")] for line in open("samples")][:160]
def frame(kind, count, channels, number, body):
    return struct.pack("<4sIIIQ", b"SNFE", kind, count, channels, number) + body
def text(line):
    return frame(3, len(line), 0, 0, line.encode())
out = text("# an amplifier") + text("channels " + sys.argv[1]) + text("rate 160") + text("cue 1")
for first in range(0, 160, 40):
    values = [v for row in rows[first : first + 40] for v in row[::-1] + [7.0]]
    out += frame(1, 40, 65, first, struct.pack(f"<{len(values)}f", *values))
sys.stdout.buffer.write(out)
END
live - --data data --format binary --out named.csv <named >out 2>err
has out "by name: FC5 = 64 fc5..,"
cmp text.csv named.csv || fail "channels named in a frame are not found"
bad_frames() {
    live - --statistics statistics --format binary <bad >out 2>err && fail "accepted: $1"
    has err "$1"
}
python3 frames.py 5000 >bad
bad_frames "frame 2: is cut short"
printf 'nonsense that is long enough' >bad
bad_frames 'frame 1: does not begin with "SNFE"'
printf 'SNFE\004\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000' >bad
bad_frames "neither samples nor a cue"
printf 'SNFE\003\000\000\000\001\000\001\000\000\000\000\000\000\000\000\000\000\000\000\000' >bad
bad_frames "its text is too long"
printf 'SNFE\003\000\000\000\003\000\000\000\000\000\000\000\000\000\000\000\000\000\000\0001 2' >bad
bad_frames "has 2 channels, not 64"
printf 'SNFE\002\000\000\000\003\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000' >bad
bad_frames "a cue of no class"
printf 'SNFE\001\000\000\000\001\000\000\000\010\000\000\000\000\000\000\000\000\000\000\000' >bad
bad_frames "has 8 channels, not 64"
has err "frame 1"
printf 'SNFE\001\000\000\000\001\020\000\000\100\000\000\000\000\000\000\000\000\000\000\000' >bad
bad_frames "more than 1024 samples"

# Sockets, both ways round.
cat >peer.py <<'END'
import socket, sys, time
role, port = sys.argv[1], int(sys.argv[2])
data = open("frames", "rb").read()
if role == "serve":
    server = socket.create_server(("localhost", port))
    open("ready", "w").close()
    peer, _ = server.accept()
else:
    for _ in range(200):
        try:
            peer = socket.create_connection(("localhost", port))
            break
        except OSError:
            time.sleep(0.05)
for first in range(0, len(data), 777):
    peer.sendall(data[first : first + 777])
peer.close()
END
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("localhost", 0)); print(s.getsockname()[1])')
python3 peer.py serve "$port" &
pids="$pids $!"
while [ ! -e ready ]; do sleep 0.05; done
live "tcp:localhost:$port" --statistics statistics --format binary --out tcp.csv >out 2>err
cmp frames.csv tcp.csv || fail "a socket decides otherwise"
python3 peer.py connect "$port" &
pids="$pids $!"
live "listen:$port" --statistics statistics --format binary --out listen.csv >out 2>err
cmp frames.csv listen.csv || fail "a socket that is waited for decides otherwise"
refused 1 "localhost:$port: " live "tcp:localhost:$port" --statistics statistics

# A connection that breaks, or turns to nonsense, ends the file with what was decided so far; an old
# file stays where nothing was.
{ cat frames; head -c 100 frames; } | live - --statistics statistics --format binary --out cut.csv >out 2>err && fail "half a frame is taken"
has err "is cut short"
[ "$(wc -l <cut.csv)" -gt 1 ] || fail "what was decided before the connection broke is lost"
cmp frames.csv cut.csv || fail "it was decided otherwise before the break"
cp cut.csv old.csv
printf 'nonsense' | live - --statistics statistics --format binary --out old.csv >out 2>err && fail "nonsense is taken"
cmp old.csv cut.csv || fail "a file was replaced by nothing"

# The Lab Streaming Layer: the stand-in leaves out five samples and ends.
"$with_lsl" "$model" lsl:test --statistics statistics --windows regular --out lsl.csv >out 2>err
has out "400 samples, 3 windows, 2 decisions"
has out "5 dropped"
refused 1 "lsl:none: no such stream" "$with_lsl" "$model" lsl:none --statistics statistics
refused 1 "lsl:narrow: has 8 channels, not 64" "$with_lsl" "$model" lsl:narrow --statistics statistics
refused 1 "lsl:slow: has 128 samples a second, not 160" "$with_lsl" "$model" lsl:slow --statistics statistics
refused 1 "lsl:irregular: has 0 samples a second, an irregular rate" "$with_lsl" "$model" lsl:irregular \
    --statistics statistics
refused 1 "lsl:texts: has texts, not samples" "$with_lsl" "$model" lsl:texts --statistics statistics
refused 1 'lsl:strange: unit "furlongs" is not uV, mV or V' "$with_lsl" "$model" lsl:strange \
    --statistics statistics
refused 1 "channel FCZ is there twice" "$with_lsl" "$model" lsl:same --statistics statistics
refused 1 "lsl:test: a stream has no cues" "$with_lsl" "$model" lsl:test --statistics statistics

# Channels of a stream are found by their names, whatever their order and unit.
lsl() { "$with_lsl" "$model" "$@" --statistics statistics --windows regular; }
logits() { tail -n +2 "$1" | cut -d, -f13-; }
lsl lsl:named --out named.csv >out 2>err
has out "by name: FC5 = 66 Fc5, FC3 = 65 Fc3,"
has out "input: lsl:named, 160 Hz, microvolts"
logits lsl.csv >expected
logits named.csv | cmp - expected || fail "channels are not found by name"
lsl lsl:volts --out volts.csv >out 2>err
has out "160 Hz, volts"
# Volts are rounded otherwise.
logits volts.csv >other
paste -d, other expected | awk -F, '($1 - $3) ^ 2 + ($2 - $4) ^ 2 > 1e-4 { exit 1 }' ||
    fail "volts decide otherwise"
refused 1 "has two units" "$with_lsl" "$model" lsl:volts --statistics statistics --unit uV

# Of two streams of one name the user chooses.
refused 1 "lsl:two: 2 streams have this name" lsl lsl:two
has err "lsl_source_id cap-a: 64 channels, 160 samples a second, type EEG, on here"
has err "lsl_source_id cap-b: 8 channels"
lsl lsl:two --lsl_source_id cap-a --out chosen.csv >out 2>err
cmp chosen.csv lsl.csv || fail "the chosen stream decides otherwise"
refused 1 "lsl:two: has 8 channels, not 64" lsl lsl:two --lsl_source_id cap-b
refused 1 "lsl:two: none of the streams of this name has the source id cap-c" lsl lsl:two --lsl_source_id cap-c
refused 1 "lsl:twin: 2 streams have this name" lsl lsl:twin --lsl_source_id cap
lsl lsl:twin --lsl_source_id uid-6 --quiet >out 2>err
has out "400 samples, 3 windows, 2 decisions"

# Time stamps that begin again are a new session.
lsl lsl:restarts --out restarts.csv >out 2>err
has out "400 samples, 3 windows, 2 decisions"
has restarts.csv "^1,160,90,-1,.*,1,64,0,0,160,"
has out "0 dropped, 0 repeated"

# What a network costs.
"$bin/snnfe-report" "$model" --data data --subjects 1 --out report.json --form json
python3 -c 'import json; r = json.load(open("report.json")); assert r["trials"] == 12 and r["all"]["dense_macs"] > 0 and r["layers"]["fc2"]["spikes"] is None'
"$bin/snnfe-report" "$model" --form csv >out 2>err
has out "^conv1,"
"$bin/snnfe-report" "$model" --data data >out 2>err
has out "measured on 24 trials"
refused 1 "is a network, not a training.s checkpoint" "$bin/snnfe-report" "$model" --checkpoint "$model"
refused 1 "none" "$bin/snnfe-report" "$model" --data none
"$bin/snnfe-preprocess" tree --runs 4,8 --window_length 80 --out short >out 2>err
refused 1 "short: trials are 10x11x80, those of the network 10x11x160" "$bin/snnfe-report" "$model" --data short

# Wrong use.
refused 2 "give one of --data, --statistics and --plain" live -
refused 2 "give one of" live - --plain --data data
refused 2 "--thr has no effect without --adapt" live - --plain --thr 0.1
refused 2 "--array has no effect beside --floating_point" live - --plain --adapt --floating_point --array 3
refused 2 "--save_model has no effect without --adapt" live - --plain --save_model x
refused 1 "neither.txt: not a .edf file" live neither.txt --plain
refused 1 "none.edf" live none.edf --plain
refused 1 "none.edf" live tree/S001/S001R04.edf,none.edf --plain
refused 1 "none" "$bin/snnfe-live" none - --plain
refused 1 "none" live - --data none
refused 1 "fc9" live - --plain --adapt --unfreeze_layers fc9
refused 1 '"localhost" is not HOST:PORT' live tcp:localhost --plain
refused 1 "was saved with hop 50" live - --statistics statistics --windows regular --hop 40 --state state
refused 1 "no-such-folder" live - --plain --out no-such-folder/x
echo "all as it should be"
