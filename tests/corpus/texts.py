"""Texts and tables in the encodings that they are written in."""

import csv
import io

from case import cases, hostile, ruled

WORDS = "Grüße aus Köln, 漢字 und 😀. "


def make():
    yield from cases("txt", written())
    yield from cases("csv", tables())
    yield from ruled("txt", 1, {"boundary-3000.txt": b"x" * 3_000, "two-lines.txt": b"a\r\nb\r\n"})
    yield from ruled("txt", 2, {"boundary-3001.txt": b"x" * 3_001, "wide-3001.txt": ("漢" * 3_001).encode()})
    yield from ruled("csv", 1, {"boundary-10000.csv": b"a," * 5_000})
    yield from ruled("csv", 2, {"boundary-10001.csv": b"a," * 5_000 + b"b"})
    yield from hostile("txt", other_encodings(), 4)
    yield from hostile("txt", {"binary.txt": bytes(range(256)) * 50, "lone-surrogates.txt": b"\xff\xfe\x00\xd8" * 500})
    yield from hostile("txt", {"half-a-character.txt": "äöü".encode()[:-1], "odd-utf-16.txt": b"\xff\xfea\0b"})
    yield from hostile("txt", {"large.txt": b"line of text\n" * 3_000_000}, 13_000)


def written():
    long = WORDS * 1_000
    return {
        "utf-8.txt": long.encode(),
        "utf-8-mark.txt": long.encode("utf-8-sig"),
        "utf-16-little.txt": b"\xff\xfe" + long.encode("utf-16-le"),
        "utf-16-big.txt": b"\xfe\xff" + long.encode("utf-16-be"),
        "ascii.txt": b"plain old text\n" * 2_000,
        "crlf.txt": b"plain old text\r\n" * 2_000,
        "one-letter.txt": b"a",
    }


def other_encodings():
    """Nothing in such a file tells which characters its bytes are."""
    return {
        "latin-1.txt": ("für " * 3_000).encode("latin-1"),
        "cp1252.txt": ("„für“ " * 2_000).encode("cp1252"),
    }


def tables():
    def table(rows, encoding="utf-8", **dialect):
        out = io.StringIO()
        writer = csv.writer(out, **dialect)
        for number in range(rows):
            writer.writerow([number, WORDS, 'say "hi"', "two\nlines"])
        return out.getvalue().encode(encoding)

    return {
        "table.csv": table(2_000),
        "semicolons.csv": table(700, delimiter=";"),
        "quoted.csv": table(700, quoting=csv.QUOTE_ALL),
        "utf-16.csv": table(700, encoding="utf-16"),
        "one-row.csv": table(1),
    }
