"""Networks' files that lie: only the library's errors, in little time and memory.

SNNFE_HOSTILE_FILES says how many random mutations are tried (default 200), SNNFE_TEST_SEED which.
"""

from __future__ import annotations

import json
import os
import pickle
import random
import resource
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import snnfe
from snnfe import checkpoints
from snnfe.errors import FormatError, SnnfeError
from snnfe.figures import tables

TENSOR = b"ctorch._utils\n_rebuild_tensor_v2\n"
ORDERED = b"ccollections\nOrderedDict\n"
FOUR = b"\0" * 16
MOST_MEGABYTES = 64


def text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def whole(value: int) -> bytes:
    data = value.to_bytes((value.bit_length() + 8) // 8, "little", signed=True)
    return b"\x8a" + bytes([len(data)]) + data


def tensor(count: int, offset: int, shape: list[int], strides: list[int]) -> bytes:
    storage = b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text("0") + text("cpu") + whole(count) + b"tQ"
    sizes = [b"(" + b"".join(map(whole, numbers)) + b"t" for numbers in (shape, strides)]
    return TENSOR + b"(" + storage + whole(offset) + sizes[0] + sizes[1] + b"\x89" + ORDERED + b")R" + b"tR"


def state(value: bytes) -> bytes:
    return b"\x80\x02" + ORDERED + b")R(" + text("snn.conv1.psp_func.weight") + value + b"u."


TWICE = b"".join(b"q" + bytes([i]) + b"h" + bytes([i]) + b"\x86" for i in range(60))
PICKLES = {
    "stride of 0, 10^9 values": state(tensor(4, 0, [10**9], [0])),
    "stride of 0, 10^12 values": state(tensor(4, 0, [10**6, 10**6], [0, 0])),
    "shape beyond 2^64": state(tensor(4, 0, [2**62, 2**62], [0, 0])),
    "stride beyond 2^64": state(tensor(4, 0, [1], [2**70])),
    "offset beyond 2^64": state(tensor(4, 2**70, [0], [2**70])),
    "negative shape": state(tensor(4, 0, [-1], [1])),
    "negative stride": state(tensor(4, 3, [4], [-1])),
    "100 dimensions": state(tensor(4, 0, [1] * 100, [0] * 100)),
    "storage of 2^40 values": state(tensor(2**40, 0, [4], [1])),
    "a deep key": b"\x80\x02}(" + b")" + b"\x85" * 900000 + b"Nu.",
    "a key of 2^60 parts": b"\x80\x02}(" + text("x") + TWICE + b"Nu.",
    "a call with 2^60 parts": b"\x80\x02" + ORDERED + text("x") + TWICE + b"R.",
    "a dictionary that holds itself": b"\x80\x02}q\x00(" + text("model") + b"h\x00u.",
    "a long name": b"\x80\x02c" + b"A" * 1_000_000 + b"\nb\n.",
    "no end": b"\x80\x02}",
    "nothing": b"",
    "a function": pickle.dumps(os.system, 2),
}


def archive(
    path: Path, pickled: bytes, compression: int = zipfile.ZIP_STORED, records: dict[str, bytes] | None = None
) -> Path:
    with zipfile.ZipFile(path, "w", compression, compresslevel=1) as file:
        file.writestr("m/data.pkl", pickled)
        for name, content in (records or {"data/0": FOUR}).items():
            file.writestr(f"m/{name}", content)
    return path


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def refused(path: Path) -> str:
    """The message of the one error that is right; it takes little time of the processor, however busy that is."""
    start = time.process_time()
    with pytest.raises(FormatError) as caught:
        checkpoints.read_pth(path)
    assert time.process_time() - start < 5
    assert len(str(caught.value)) < 2000
    return str(caught.value)


@pytest.mark.parametrize("name", PICKLES)
@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_pickles_that_lie(tmp_path: Path, name: str, compression: int) -> None:
    before = peak_megabytes()
    path = archive(tmp_path / "lies.pth", PICKLES[name], compression)
    assert str(path) in refused(path)
    assert peak_megabytes() < before + MOST_MEGABYTES


BOMBS = {
    "pickle": (bytes(1 << 27), {}),
    "byte order": (state(tensor(4, 0, [4], [1])), {"byteorder": b"l" * (1 << 27), "data/0": FOUR}),
    "values": (state(tensor(1 << 25, 0, [1], [1])), {"data/0": bytes(1 << 27)}),
}
# Another process, whose peak is not that of the one that makes the bomb.
CHILD = """
import resource, sys
from snnfe import checkpoints
from snnfe.errors import FormatError
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before = peak()
try:
    checkpoints.read_pth(sys.argv[1])
except FormatError:
    print(peak() - before)
"""


@pytest.mark.parametrize("name", BOMBS)
def test_bombs(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path / "bomb.pth", BOMBS[name][0], zipfile.ZIP_DEFLATED, BOMBS[name][1])
    assert path.stat().st_size < 1 << 20
    done = subprocess.run([sys.executable, "-c", CHILD, str(path)], capture_output=True, text=True, timeout=300, check=True)
    assert float(done.stdout) < MOST_MEGABYTES


def test_other_kinds_of_archives(tmp_path: Path) -> None:
    good = archive(tmp_path / "good.pth", state(tensor(4, 0, [4], [1]))).read_bytes()
    for place, local, value in ((8, 6, 1), (10, 8, 99)):  # encrypted; a method that nobody knows
        data = bytearray(good)
        for mark, offset in ((b"PK\x01\x02", place), (b"PK\x03\x04", local)):
            at = data.find(mark)
            while at >= 0:
                data[at + offset] |= value
                at = data.find(mark, at + 4)
        path = tmp_path / "other.pth"
        path.write_bytes(data)
        refused(path)
    refused(archive(tmp_path / "bzip2.pth", state(tensor(4, 0, [4], [1])), zipfile.ZIP_BZIP2))


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, left out, put in or copied."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        at = chance.randrange(len(out) + 1)
        kind = chance.randrange(4)
        if kind == 0 and at < len(out):
            out[at] = chance.randrange(256)
        elif kind == 1:
            del out[at : at + chance.randrange(1, 6)]
        elif kind == 2:
            other = chance.randrange(len(out) + 1)
            out[at:at] = out[other : other + chance.randrange(1, 40)]
        else:
            out[at : at + 4] = chance.choice((b"\xff" * 4, b"\0" * 4, b"\xff\xff\xff\x7f", b"\1\0\0\0"))
    return bytes(out)


def test_random_mutations(tmp_path: Path) -> None:
    chance = random.Random(int(os.environ.get("SNNFE_TEST_SEED", "1")))
    network = snnfe.Network(conv1_channels=1, conv2_channels=1, conv3_channels=1, n_hidden=1, n_steps=4)
    good = tmp_path / "good.pth"
    checkpoints.save_pth(network, good)
    whole_file, path = good.read_bytes(), tmp_path / "mutated.pth"
    with zipfile.ZipFile(good) as file:
        contents = {name.split("/", 1)[1]: file.read(name) for name in file.namelist()}
    pickled = contents.pop("data.pkl")
    before = peak_megabytes()
    for _ in range(int(os.environ.get("SNNFE_HOSTILE_FILES", "200"))):
        if chance.random() < 0.75:
            archive(path, mutated(pickled, chance), records=contents)
        else:
            path.write_bytes(mutated(whole_file, chance))
        start = time.process_time()
        try:
            checkpoints.read_pth(path)
        except SnnfeError:
            pass
        assert time.process_time() - start < 5
    assert peak_megabytes() < before + MOST_MEGABYTES


def safetensors(header: object, data: bytes = FOUR) -> bytes:
    encoded = json.dumps(header).encode()
    return struct.pack("<Q", len(encoded)) + encoded + data


HEADERS = {
    kind: safetensors({"w": {"dtype": kind, "shape": [16 // size], "data_offsets": [0, 16]}})
    for kind, size in (("BF16", 2), ("F8_E4M3", 1), ("F8_E5M2", 1), ("C64", 8), ("XX", 1), ("BOOL", 1), ("F64", 8))
}


@pytest.mark.parametrize(
    "data", [b"", b"\xff" * 8, bytes(8), FOUR * 4, *HEADERS.values()], ids=["none", "long", "zero", "zeros", *HEADERS]
)
def test_safetensors_that_lie(data: bytes) -> None:
    pytest.importorskip("safetensors")
    with pytest.raises(SnnfeError):
        checkpoints.from_safetensors(data)


@pytest.mark.parametrize("words", ["\x1b[2J", "\x9b2J", "\u202egnp.exe", "a\rb\nc", "\u2066x", "\udcff"])
def test_messages_command_no_terminal(tmp_path: Path, words: str) -> None:
    """What comes from files, and names of files, is shown escaped, by the library and by this package."""
    device, log = tmp_path / f"{words}.json", tmp_path / f"{words}.csv"
    device.write_text(json.dumps({"format": "snnfe device 1", words: 1}))
    log.write_text("Phase,Epoch,Train_Loss,Val_Accuracy,Test_Accuracy\npretrain,1\n")
    calls: list[Callable[[], object]] = [
        lambda: snnfe.Device.load(device),
        lambda: snnfe.Network.load(tmp_path / words),
        lambda: tables.collect([log]),
    ]
    for call in calls:
        with pytest.raises(SnnfeError) as raised:
            call()
        assert str(raised.value).isprintable(), ascii(str(raised.value))
