"""TIFFs: one picture after another, in both byte orders and both sizes of offset."""

import io
import struct

import numpy
import tifffile
from PIL import Image

from case import cases, hostile

SQUARE = numpy.zeros((16, 16), dtype=numpy.uint8)


def make():
    yield from cases("tif", written())
    yield from cases("tif", layered())
    yield from cases("tif", by_pillow())
    yield from hostile("tif", cut(), 5)
    yield from hostile("tif", endless())


def frames(count, **options):
    """By tifffile."""
    out = io.BytesIO()
    with tifffile.TiffWriter(out, **options) as tiff:
        for _ in range(count):
            tiff.write(SQUARE, contiguous=False, metadata=None)
    return out.getvalue()


def written():
    orders = {"little": "<", "big": ">"}
    sizes = {"classic": False, "bigtiff": True}
    some = {
        f"{size}-{order}-{count}.tif": frames(count, byteorder=orders[order], bigtiff=sizes[size])
        for order in orders
        for size in sizes
        for count in (1, 5)
    }
    return some | {"frames-2000.tif": frames(2_000), "bigtiff-2000.tif": frames(2_000, bigtiff=True)}


def written_with(write, **options):
    out = io.BytesIO()
    with tifffile.TiffWriter(out, **options) as tiff:
        write(tiff)
    return out.getvalue()


def layered():
    """Pictures with smaller ones below them, and the dialects of microscopes."""
    large = numpy.zeros((256, 256), dtype=numpy.uint8)

    def pyramid(tiff):
        for _ in range(3):
            tiff.write(large, subifds=2, tile=(64, 64), metadata=None)
            tiff.write(large[::2, ::2], subfiletype=1, tile=(64, 64), metadata=None)
            tiff.write(large[::4, ::4], subfiletype=1, tile=(64, 64), metadata=None)

    def tiles(tiff):
        tiff.write(large, tile=(64, 64), compression="zlib", metadata=None)
        tiff.write(large, rowsperstrip=8, compression="zlib", metadata=None)

    stack = numpy.zeros((4, 3, 16, 16), dtype=numpy.uint8)
    return {
        "sub-ifds.tif": written_with(pyramid),
        "sub-ifds-bigtiff.tif": written_with(pyramid, bigtiff=True),
        "tiles-and-strips.tif": written_with(tiles),
        "ome.tif": written_with(lambda tiff: tiff.write(stack, photometric="minisblack"), ome=True),
        "imagej.tif": written_with(lambda tiff: tiff.write(stack, photometric="minisblack"), imagej=True),
        "shaped.tif": written_with(lambda tiff: tiff.write(stack, photometric="minisblack")),
    }


def by_pillow():
    def saved(modes, **options):
        pictures = [Image.new(mode, (20, 30)) for mode in modes]
        out = io.BytesIO()
        pictures[0].save(out, "TIFF", save_all=True, append_images=pictures[1:], **options)
        return out.getvalue()

    return {
        "pillow-fax.tif": saved(["1"] * 7, compression="group4"),
        "pillow-mixed.tif": saved(["1", "L", "RGB", "CMYK", "I;16"]),
        "pillow-jpeg.tif": saved(["RGB"] * 3, compression="jpeg"),
        "pillow-lzw-big.tif": saved(["L"] * 4, compression="tiff_lzw", big_tiff=True),
        "pillow-exif.tif": saved(["RGB"], exif=exif()),
    }


def exif():
    """With a directory of its own, which is no picture."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:06:01 12:00:00"
    return exif


def cut():
    whole = frames(5)
    return {f"cut-{percent}.tif": whole[: len(whole) * percent // 100] for percent in (1, 20, 50, 80, 99)}


def endless():
    def directory(order, following, tags=((256, 16), (257, 16))):
        entries = b"".join(struct.pack(order + "HHII", tag, 4, 1, value) for tag, value in tags)
        return struct.pack(order + "H", len(tags)) + entries + struct.pack(order + "I", following)

    def tiff(order, body):
        return (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8) + body

    step = len(directory("<", 0))
    long = b"".join(directory("<", 8 + step * (place + 1)) for place in range(1_000)) + directory("<", 8)
    return {
        "circle-of-one.tif": tiff("<", directory("<", 8)),
        "circle-of-1001.tif": tiff("<", long),
        "next-is-past-the-end.tif": tiff(">", directory(">", 0x7FFFFFFF)),
        "no-directory.tif": tiff("<", b""),
        "first-is-nowhere.tif": b"II*\0\0\0\0\0",
        "65535-tags.tif": tiff("<", struct.pack("<H", 65535)),
        "bigtiff-huge-numbers.tif": b"II+\0\x08\0\0\0" + b"\x10" + bytes(7) + b"\xff" * 24,
    }
