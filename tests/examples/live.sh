#!/bin/sh
# snnfe-live on recordings, text, binary frames, sockets and a Lab Streaming Layer stand-in:
# live.sh BIN_DIR LSL_PROGRAM CAUSAL_SCRIPT
set -eu
bin=$(realpath "$1")
with_lsl=$(realpath "$2")
causal=$(realpath "$3")
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
"$bin/snnfe-pretrain" data --nb_folds 2 --fold 1 --pretrain_epochs 2 --pretraining_batch_size 4 \
    --conv1_channels 4 --conv2_channels 4 --conv3_channels 8 --hidden 8 --out trained >out 2>err
model=trained/model_fold1.safetensors
recordings=tree/S001/S001R04.edf,tree/S001/S001R08.edf
live() { "$bin/snnfe-live" "$model" "$@"; }

# The decisions on a recording are those of the data set made from it, to the last digit.
"$bin/snnfe-eval" data --model "$model" --subject_folds 2 --predictions batch >out 2>err
live "$recordings" --data data --out played >out 2>err
grep '^1,' batch | cut -d, -f6,7 >expected
tail -n +2 played | cut -d, -f11,12 | cmp - expected || fail "decisions differ from the data set's"
has out "12 decisions (0 early, 0 rejected)"
has out "(right: "
has out "time per sample of a window: median"
live "$recordings" --statistics statistics --out again --quiet >out 2>err
live "$recordings" --data data --course course --quiet >out 2>err
[ "$(wc -l <course)" -eq $((12 * 159 + 1)) ] || fail "course has not 159 rows a window"
cmp again played || fail "statistics are not those of the data set"

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

# Learning; the same seed learns the same; what was learned is saved.
live "$recordings" --data data --adapt --lr 1e-2 --thr 0.005 --save_model learned --quiet >out 2>err
has out "learned 12 trials"
grep -qE ', [1-9][0-9]* LTP' out || fail "no pulses"
live "$recordings" --data data --adapt --lr 1e-2 --thr 0.005 --save_model twice --quiet >out 2>err
cmp learned twice || fail "the same seed learned something else"
cmp -s learned "$model" && fail "nothing was learned"
live "$recordings" --data data --adapt --floating_point --background --save_model aside --quiet \
    >out 2>err
has out "windows passed over"
"$bin/snnfe-eval" data --model aside --subject_folds 2 >out 2>err

# What was learned before is taken up: two recordings in two runs are as good as in one.
first_one=${recordings%%,*}
live "$recordings" --data data --adapt --lr 1e-2 --thr 0.005 --save_model together --quiet >out 2>err
live "$first_one" --data data --adapt --lr 1e-2 --thr 0.005 --state mine --quiet >out 2>err
live "${recordings#*,}" --data data --adapt --lr 1e-2 --thr 0.005 --state mine --save_model apart \
    --quiet >out 2>err
has out "learned 12 trials"
cmp together apart || fail "what was learned in two runs is something else than in one"
refused 1 "learning_rate" live "$first_one" --data data --adapt --lr 2e-2 --thr 0.005 --state mine

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
has text.csv "^0,0,160,1,[01],0.[0-9]*,0,0,16,0,"
has text.csv "^1,170,160,-1,[01],0.[0-9]*,0,0,1,0,"
bad_text() {
    printf '%s\n' "$2" | live - --statistics statistics >out 2>err && fail "accepted: $2"
    has err "line $1"
}
bad_text 1 "1 2 3"
bad_text 1 "cue 2"
bad_text 1 "cue x"
bad_text 1 "@x 1"
bad_text 1 "$(head -n 1 samples),1"
bad_text 1 "$(head -n 1 samples | sed 's/,/,x/')"
bad_text 2 "#
one"

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
bad_frames() {
    live - --statistics statistics --format binary <bad >out 2>err && fail "accepted: $1"
    has err "$1"
}
python3 frames.py 5000 >bad
bad_frames "frame 2: is cut short"
printf 'nonsense that is long enough' >bad
bad_frames 'frame 1: does not begin with "SNFE"'
printf 'SNFE\003\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000' >bad
bad_frames "neither samples nor a cue"
printf 'SNFE\002\000\000\000\003\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000' >bad
bad_frames "a cue of no class"
printf 'SNFE\001\000\000\000\001\000\000\000\010\000\000\000\000\000\000\000\000\000\000\000' >bad
bad_frames "another number of channels"
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

# The Lab Streaming Layer: the stand-in leaves out five samples and ends.
"$with_lsl" "$model" lsl:test --statistics statistics --windows regular --out lsl.csv >out 2>err
has out "400 samples, 3 windows, 2 decisions"
has out "5 dropped"
refused 1 "lsl:none: no such stream" "$with_lsl" "$model" lsl:none --statistics statistics
refused 1 "lsl:narrow: has 8 channels, not 64" "$with_lsl" "$model" lsl:narrow --statistics statistics
refused 1 "lsl:slow: has 128 samples a second, not 160" "$with_lsl" "$model" lsl:slow --statistics statistics

# What a network costs.
"$bin/snnfe-report" "$model" --data data --subjects 1 --out report.json --form json
python3 -c 'import json; r = json.load(open("report.json")); assert r["trials"] == 12 and r["all"]["dense_macs"] > 0 and r["layers"]["fc2"]["spikes"] is None'
"$bin/snnfe-report" "$model" --form csv >out 2>err
has out "^conv1,"
"$bin/snnfe-report" "$model" --data data >out 2>err
has out "measured on 24 trials"
refused 1 "is no checkpoint of a training through a device" "$bin/snnfe-report" "$model" --checkpoint "$model"
refused 1 "none" "$bin/snnfe-report" "$model" --data none
"$bin/snnfe-preprocess" tree --runs 4,8 --window_length 80 --out short >out 2>err
refused 1 "short: epochs are 10x11x80, those of the network 10x11x160" "$bin/snnfe-report" "$model" --data short

# Wrong use.
refused 2 "give one of --data, --statistics and --plain" live -
refused 2 "give one of" live - --plain --data data
refused 2 "--save_model needs --adapt" live - --plain --save_model x
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
