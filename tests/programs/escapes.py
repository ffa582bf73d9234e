"""What the programs print commands no terminal: escapes.py FOLDER_OF_PROGRAMS

Names and contents with control characters (of ASCII and of ISO 8859-1's upper half), marks that turn
the direction of reading, and bytes that are no UTF-8 go to every program, as every option and argument that
its --help names, as the content of every kind of file, and along the whole way from a recording to live
decisions. No byte of them may reach standard output or standard error.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
#: clear the screen, the same by U+009B, a title, read from right to left; clear the screen by a byte that
#: is no UTF-8
HOSTILE = [b"\x1b[2J\xc2\x9b2J\x1b]0;x\x07\xe2\x80\xaegnp.exe\ra\nb\xe2\x81\xa6", b"\x9b2J"]
#: as long as "T1" and "T2", for which they stand in recordings
CUES = [b"\xc2\x9b", b"\x1bc"]
MESSAGES = 0


def run(*command: bytes | str | Path, good: bool | None = None, give: bytes = b"") -> bytes:
    """Run a program; what it prints has to be harmless, and its end as `good` says."""
    global MESSAGES
    done = subprocess.run(
        [os.fsencode(word) for word in command], input=give, capture_output=True, timeout=600, check=False
    )
    for stream in (done.stdout, done.stderr):
        MESSAGES += bool(stream)
        try:
            found = COMMANDS.search(stream.decode("utf-8"))
        except UnicodeDecodeError as error:
            sys.exit(f"FAILED: {command}: prints what is no UTF-8: {error}")
        if found:
            sys.exit(f"FAILED: {command}: prints {found[0]!r}: {stream!r}")
    if done.returncode < 0 or (good is not None and (done.returncode == 0) != good):
        sys.exit(f"FAILED: {command}: ended with {done.returncode}: {done.stderr!r}")
    return done.stdout + done.stderr


def options_of(program: Path) -> list[str]:
    """All options of a program that take a value, as its help names them."""
    return re.findall(r"^  --(\w+) [A-Z]", run(program, "--help", good=True).decode(), flags=re.M)


def try_options(program: Path, arguments: list[str]) -> None:
    """Every option and argument of a program is hostile once."""
    for option in options_of(program):
        for text in HOSTILE:
            run(program, *arguments, f"--{option}".encode() + b"=" + text)
    for text in HOSTILE:
        run(program, *[b"data/" + text] * len(arguments), good=False)
        run(program, b"--" + text, good=False)
        run(program, *arguments, text, text, good=False)


def make_files(folder: Path) -> list[Path]:
    """Files of every kind that hold hostile texts, under a hostile name."""
    place = folder / os.fsdecode(b"of \x1b[2J \xc2\x9b \xe2\x80\xae \xff")
    place.mkdir()
    made = []
    for number, text in enumerate(HOSTILE):
        plain = text.decode("latin-1")
        quoted = "".join(f"\\u{ord(c):04x}" for c in plain)
        contents = {
            "device.json": f'{{"format": "snnfe device 1", "{quoted}": 1}}'.encode(),
            "format.json": f'{{"format": "{quoted}"}}'.encode(),
            "sweep.json": f'{{"program": "{quoted}", "grid": {{"{quoted}": [1]}}}}'.encode(),
            "grid.json": f'{{"program": "pretrain", "grid": {{"phase{quoted}": ["{quoted}"]}}}}'.encode(),
            "list.csv": b"path,subject,run\n" + text + b",1,4\n",
            "other.csv": text + b"\n",
            "instrument.txt": b"V_write\tR_pos_ohm\tR_neg_ohm\n1\t" + text + b"\t2\n",
            "recording.edf": b"0       " + text.ljust(248) + b"\n" * 300,
            "model.pth": b"PK\x03\x04" + text,
            "model.safetensors": _safetensors(f'{{"{quoted}": {{"dtype": "{quoted}"}}}}'),
            "data": _safetensors(f'{{"__metadata__": {{"snnfe.format": "{quoted}", "{quoted}": "{quoted}"}}}}'),
            "participants.tsv": text + b"\t" + text + b"\n",
        }
        for name, content in contents.items():
            path = place / f"{number}{name}"
            path.write_bytes(content)
            made.append(path)
    return made


def _safetensors(header: str) -> bytes:
    return len(header).to_bytes(8, "little") + header.encode()


def try_files(programs: dict[str, list[str]], folder: Path, files: list[Path]) -> None:
    """Every program reads every file as each of its arguments and as what its options read."""
    for path in files:
        for name, arguments in programs.items():
            program = folder / f"snnfe-{name}"
            for place in range(len(arguments)):
                run(program, *arguments[:place], path, *arguments[place + 1 :], good=False)
    for option, name in [("model", "eval"), ("dut", "train-on-device"), ("model", "retune"), ("models", "sstl")]:
        for path in files:
            run(folder / f"snnfe-{name}", "data", f"--{option}", path, good=False)


def go_all_the_way(folder: Path) -> None:
    """Recordings with hostile texts become data, networks, tables and live decisions."""
    small = "--conv1_channels 4 --conv2_channels 4 --conv3_channels 8 --hidden 8 --groups 2".split()
    run(folder / "snnfe-synth", "tree", "--subjects", "2", "--runs", "4", "--trials-per-run", "8", good=True)
    for path in Path("tree").rglob("*.edf"):
        content = path.read_bytes()
        for plain, hostile in zip((b"\x14T1\x14", b"\x14T2\x14"), CUES):
            assert plain in content
            content = content.replace(plain, b"\x14" + hostile + b"\x14")
        path.write_bytes(content)
    events = b"--events=" + CUES[0] + b"=0," + CUES[1] + b"=1"
    for choice in ("--other_events=ignored", "--verbose"):
        run(folder / "snnfe-preprocess", "tree", "--runs", "4", choice, "--out", "other")
    told = run(folder / "snnfe-preprocess", "tree", "--runs", "4", events, "--out", "data", "--overwrite", good=True)
    assert b"class 0, \\xc2\\x9b: " in told and b"class 1, \\x1bc: " in told, told
    out = os.fsdecode(b"net \x1b[2J\xc2\x9b")
    run(folder / "snnfe-pretrain", "data", *small, "--pretrain_epochs", "1", "--out", out, good=True)
    run(folder / "snnfe-pretrain", "data", *small, "--pretrain_epochs", "1", "--out", out, good=False)
    (Path(out) / "lock").write_bytes(b"\x1b[2J, process 1 on \xc2\x9b, since never\n")
    run(folder / "snnfe-pretrain", "data", *small, "--pretrain_epochs", "1", "--out", out, "--overwrite", good=True)
    model = f"{out}/model_fold1.safetensors"
    run(folder / "snnfe-report", model, good=True)
    for option in ("model", "models"):
        path = model if option == "model" else out
        run(folder / "snnfe-eval", "data", f"--{option}", path, "--allow_seen", "--subject_folds", "2", good=True)
        run(folder / "snnfe-sstl", "data", f"--{option}", path, "--allow_seen", "--subject_folds", "2",
            "--finetune_epochs", "1", "--out", f"{option}\x1b[2J", good=True)  # fmt: skip
    live = [folder / "snnfe-live", model, "tree/S002/S002R04.edf", "--data", "data", "--speed", "0"]
    assert b"\\x1bc" in run(*live, good=True)
    run(*live[:-2], "--speed", "0", b"--cues=" + CUES[0] + b"=" + CUES[1], good=True)
    names = b"channels " + b",".join([HOSTILE[0][:20], HOSTILE[1], *(b"C%d" % i for i in range(62))]) + b"\n"
    run(folder / "snnfe-live", model, "-", "--data", "data", give=names + b"1 2\n", good=False)
    run(folder / "snnfe-live", model, "-", "--data", "data", give=HOSTILE[0] + b"\nunit " + HOSTILE[1], good=False)


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    programs = {
        "characterize": ["data"],
        "eval": ["data"],
        "live": ["model", "data.edf"],
        "preprocess": ["none"],
        "pretrain": ["none"],
        "report": ["none"],
        "retune": ["none"],
        "sstl": ["none"],
        "sweep": ["none", "none"],
        "synth": ["data/file"],
        "train-on-device": ["none"],
    }
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        go_all_the_way(folder)
        for name, arguments in programs.items():
            try_options(folder / f"snnfe-{name}", arguments)
        try_files(programs, folder, make_files(Path(place)))
    print(f"{MESSAGES} messages, all harmless")


if __name__ == "__main__":
    main()
