"""The archive that EDFlib's repository gives of its release, from Debian's archive of the same files.

git_archive.py DEBIAN_ARCHIVE OUTPUT

The same bytes as `git archive | gzip -n`: the wrap's hash tells whether they are.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

COMMIT = "6b9779dbf75b769b9b6a4baa7e57ce1eb6e33b37"
TIME = 1721113936
PREFIX = "EDFlib-v1.27/"
BLOCK = 512


def header(name: str, size: int, mode: int, kind: bytes) -> bytes:
    """A header as git writes it, whose checksum has seven digits."""
    fields = [
        name.encode().ljust(100, b"\0"),
        b"%07o\0" % mode,
        b"0000000\0" * 2,
        b"%011o\0" % size,
        b"%011o\0" % TIME,
        b" " * 8,
        kind,
        b"\0" * 100,
        b"ustar\00000",
        b"root".ljust(32, b"\0") * 2,
        b"0000000\0" * 2,
    ]
    block = b"".join(fields).ljust(BLOCK, b"\0")
    return block[:148] + b"%07o\0" % sum(block) + block[156:]


def padded(data: bytes) -> bytes:
    """Filled up to whole blocks."""
    return data + b"\0" * (-len(data) % BLOCK)


def main() -> None:
    """Write the archive."""
    comment = b"52 comment=%s\n" % COMMIT.encode()
    parts = [header("pax_global_header", len(comment), 0o666, b"g"), padded(comment)]
    parts.append(header(PREFIX, 0, 0o775, b"5"))
    with tarfile.open(sys.argv[1]) as archive:
        files = {}
        for member in archive.getmembers():
            _, _, path = member.name.partition("/")
            if path:
                data = archive.extractfile(member)
                files[path + "/" * member.isdir()] = (member, data.read() if data else b"")
    for path, (member, data) in sorted(files.items()):
        if member.isdir():
            parts.append(header(PREFIX + path, 0, 0o775, b"5"))
        else:
            parts.append(header(PREFIX + path, len(data), 0o775 if member.mode & 0o100 else 0o664, b"0"))
            parts.append(padded(data))
    whole = b"".join(parts) + b"\0" * 2 * BLOCK
    whole += b"\0" * (-len(whole) % (20 * BLOCK))
    compressed = subprocess.run(["gzip", "-n"], input=whole, stdout=subprocess.PIPE, check=True).stdout
    Path(sys.argv[2]).write_bytes(compressed)


if __name__ == "__main__":
    main()
