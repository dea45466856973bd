"""ZIP archives: good ones, nested ones, and bombs."""

import io
import zipfile
import zlib

from case import cases, hostile
from office import presentation
from pdfs import drawn
from pictures import moving, one
from tiffs import frames


def make():
    yield from cases("zip", written())
    yield from hostile("zip", bombs())
    yield from hostile("zip", damaged(), 6)


def packed(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=1) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def written():
    mixed = [
        ("contracts/four.pdf", drawn(4)),
        ("scans/three.tif", frames(3)),
        ("pictures/moving.gif", moving("GIF")),
        ("talk.pptx", presentation(5)),
        ("notes.txt", b"some words " * 1_000),
        ("table.csv", b"a,b,c\n" * 4_000),
    ]
    streamed = io.BytesIO()
    with zipfile.ZipFile(NoSeek(streamed), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("four.pdf", drawn(4))
    return {
        "one.zip": packed([("one.png", one("PNG"))]),
        "mixed.zip": packed(mixed),
        "stored.zip": packed(mixed, zipfile.ZIP_STORED),
        "folders.zip": packed([("a/", b""), ("a/b/", b""), ("a/b/two.pdf", drawn(2))]),
        "nested.zip": packed([("inner.zip", packed(mixed)), ("one.pdf", drawn(1))]),
        "many-500.zip": packed([(f"{number}.png", one("PNG")) for number in range(500)]),
        "same-name.zip": packed([("größe.pdf", drawn(1)), ("straße/größe.pdf", drawn(2))]),
        "streamed.zip": streamed.getvalue(),
    }


class NoSeek(io.RawIOBase):
    """A place to write to that cannot go back: sizes come after the members."""

    def __init__(self, out):
        self.out = out

    def writable(self):
        return True

    def write(self, data):
        return self.out.write(data)


def bombs():
    zeros = bytes(1 << 20) * 300
    wide = packed([("zeros.txt", b" " * (4 << 20))])
    for _ in range(3):
        wide = packed([(f"{number}.zip", wide) for number in range(16)])
    deep = packed([("a.txt", b"x")])
    for _ in range(200):
        deep = packed([("a.zip", deep)])
    return {
        "zeros-300-mib.zip": packed([("zeros.txt", zeros)]),
        "bomb-16-by-16.zip": wide,
        "nested-200-deep.zip": deep,
        "members-60000.zip": packed([(f"{number}.txt", b"x") for number in range(60_000)], zipfile.ZIP_STORED),
        "overlapping.zip": overlapping(200),
        "empty.zip": packed([]),
        "program-inside.zip": packed([("run.exe", b"MZ" + bytes(500))]),
    }


def overlapping(count):
    """Many members, all with the same bytes in the archive."""
    data = b" " * (1 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packer.compress(data) + packer.flush()
    sizes = zlib.crc32(data).to_bytes(4, "little") + len(body).to_bytes(4, "little") + len(data).to_bytes(4, "little")
    local = b"PK\3\4\x14\0\0\0\x08\0\0\0\0\0" + sizes + b"\x05\0\0\0a.txt"
    central = b"PK\1\2\x14\0\x14\0\0\0\x08\0\0\0\0\0" + sizes + b"\x07" + bytes(17)
    entries = b"".join(central + b"%03d.txt" % number for number in range(count))
    start = len(local) + len(body)
    size = count.to_bytes(2, "little")
    end = b"PK\5\6\0\0\0\0" + size * 2 + len(entries).to_bytes(4, "little") + start.to_bytes(4, "little") + b"\0\0"
    return local + body + entries + end


def damaged():
    whole = packed([("four.pdf", drawn(4)), ("two.pdf", drawn(2))])
    middle = len(whole) // 3
    return {
        "cut.zip": whole[: len(whole) // 2],
        "hole.zip": whole[:middle] + bytes(40) + whole[middle + 40 :],
        "junk-before.zip": b"#!/bin/sh\nexit 0\n" + whole,
        "junk-after.zip": whole + b"\0" * 100,
    }
