"""PDFs that are damaged or mean harm, put together by hand."""

import zlib

from case import hostile
from pdfs import drawn, saved

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
BOMB = 300 << 20
"""More than any bound, and yet soon packed."""


def make():
    yield from hostile("pdf", cut(), 12)
    yield from hostile("pdf", broken(), 12)
    yield from hostile("pdf", shared(), 6)
    yield from hostile("pdf", {"page-that-explodes.pdf": exploding_page()}, 1)
    yield from hostile("pdf", endless())


def made(*objects):
    """A PDF of these objects, numbered from 1; the first is the catalog."""
    out, table = bytearray(b"%PDF-1.7\n"), [b"0000000000 65535 f \n"]
    for number, each in enumerate(objects, 1):
        table.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    size, start = len(objects) + 1, len(out)
    out += b"xref\n0 %d\n%s" % (size, b"".join(table))
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return bytes(out)


def branch(*kids, count=1):
    return b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, b" ".join(b"%d 0 R" % kid for kid in kids))


def cut():
    ways = saved()
    whole = {"plain": drawn(12), "linearised": ways["linearised.pdf"], "packed": ways["object-streams.pdf"]}
    return {
        f"cut-{name}-{percent}.pdf": data[: len(data) * percent // 100]
        for name, data in whole.items()
        for percent in (1, 10, 50, 90, 99)
    }


def broken():
    plain, packed = drawn(12), saved()["object-streams.pdf"]
    middle = len(packed) // 2
    return {
        "no-xref.pdf": plain.replace(b"startxref", b"startnothing"),
        "false-xref.pdf": plain[: plain.rindex(b"startxref")] + b"startxref\n7\n%%EOF\n",
        "xref-past-the-end.pdf": plain[: plain.rindex(b"startxref")] + b"startxref\n99999999\n%%EOF\n",
        "shifted.pdf": plain.replace(b"%PDF-1.3", b"%PDF-1.3\n%" + b"x" * 500, 1),
        "packed-with-a-hole.pdf": packed[:middle] + bytes(64) + packed[middle + 64 :],
        "line-ends-changed.pdf": plain.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    }


def shared():
    """Kids that are there more than once: each place in the tree is a page to turn."""
    return {
        "page-listed-6-times.pdf": made(CATALOG, branch(*[3] * 6, count=6), PAGE),
        "subtree-listed-twice.pdf": made(CATALOG, branch(3, 3, count=6), branch(4, 4, 4, count=3), PAGE),
    }


def exploding_page():
    """A page whose content is a bomb; counting pages needs none of it."""
    data = zlib.compress(bytes(BOMB), 1)
    content = b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(data), data)
    return made(CATALOG, branch(3), b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>", content)


def endless():
    """What has no number of pages, or takes for ever to find it."""

    def tower(levels, times):
        branches = [branch(*[level + 3] * times) for level in range(levels)]
        return made(CATALOG, *branches, PAGE)

    deep = b"[" * 100_000
    return {
        "tree-in-a-circle.pdf": made(CATALOG, branch(3, 2), PAGE),
        "tree-in-a-long-circle.pdf": made(CATALOG, branch(3), branch(4), branch(5), branch(2)),
        "tree-of-2-to-the-64.pdf": tower(64, 2),
        "tree-200000-deep.pdf": tower(200_000, 1),
        "arrays-100000-deep.pdf": made(CATALOG, b"<</Type/Pages/Kids[3 0 R]/X %s>>" % deep, PAGE),
        "no-pages.pdf": made(CATALOG, branch()),
        "kids-that-are-missing.pdf": made(CATALOG, branch(77, 78)),
        "xref-in-a-circle.pdf": circle_of_tables(),
        "object-stream-that-explodes.pdf": exploding_objects(),
        "object-stream-of-itself.pdf": stream_of_itself(),
        "length-in-a-circle.pdf": made(CATALOG, branch(3), b"<</Length 3 0 R>>stream\nx\nendstream"),
        "only-a-head.pdf": b"%PDF-1.7\n",
        "filters-on-filters.pdf": many_filters(),
    }


def circle_of_tables():
    plain = made(CATALOG, branch(), PAGE)
    table = plain.rindex(b"xref\n0")
    return plain.replace(b"<</Size", b"<</Prev %d/Size" % table)


def exploding_objects():
    data = zlib.compress(b" " * BOMB, 1)
    stream = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(data), data)
    return in_streams({2: (4, 0)}, CATALOG, None, PAGE, stream)


def stream_of_itself():
    stream = b"<</Type/ObjStm/N 1/First 4/Extends 4 0 R/Length 6>>stream\n4 0 {}\nendstream"
    return in_streams({2: (4, 0), 4: (4, 0)}, CATALOG, None, PAGE, stream)


def in_streams(inside, *objects):
    """A PDF with a cross-reference stream that says which objects are in which stream."""
    out, rows = bytearray(b"%PDF-1.7\n"), [b"\0\0\0\0\0\0"]
    for number, each in enumerate(objects, 1):
        rows.append(b"\1%s\0" % len(out).to_bytes(4, "big"))
        if each is not None:
            out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    for number, (stream, place) in inside.items():
        rows[number] = b"\2%s%c" % (stream.to_bytes(4, "big"), place)
    own, start = len(objects) + 1, len(out)
    rows.append(b"\1%s\0" % start.to_bytes(4, "big"))
    table = b"".join(rows)
    head = b"<</Type/XRef/Size %d/W[1 4 1]/Root 1 0 R/Length %d>>" % (own + 1, len(table))
    out += b"%d 0 obj\n%sstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (own, head, table, start)
    return bytes(out)


def many_filters():
    data, times = bytes(1000), 200
    for _ in range(times):
        data = zlib.compress(data)
    names = b"/FlateDecode" * times
    stream = b"<</Type/ObjStm/N 1/First 4/Filter[%s]/Length %d>>stream\n%s\nendstream" % (names, len(data), data)
    return in_streams({2: (4, 0)}, CATALOG, None, PAGE, stream)
