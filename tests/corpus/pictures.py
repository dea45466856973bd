"""Pictures: one page each, whatever moves in them (page-rule/1)."""

import io

import pillow_heif
from PIL import Image

from case import ruled

SHADES = [Image.new("RGB", (24, 16), (shade, 99, 40)) for shade in (0, 80, 160, 240)]


def make():
    yield from ruled("png", 1, {"one.png": one("PNG"), "animated.png": moving("PNG"), "palette.png": one("PNG", "P")})
    yield from ruled("gif", 1, {"one.gif": one("GIF"), "animated.gif": moving("GIF", duration=50, loop=0)})
    yield from ruled("webp", 1, {
        "one.webp": one("WEBP"),
        "lossless.webp": one("WEBP", lossless=True),
        "animated.webp": moving("WEBP"),
    })
    yield from ruled("jpg", 1, {
        "one.jpg": one("JPEG"),
        "progressive.jpg": one("JPEG", progressive=True),
        "cmyk.jpg": one("JPEG", "CMYK"),
        "multi-picture.jpg": moving("MPO"),
    })
    yield from ruled("bmp", 1, {f"{mode}.bmp": one("BMP", mode) for mode in ("1", "L", "P", "RGB", "RGBA")})
    yield from ruled("avif", 1, {"one.avif": one("AVIF"), "animated.avif": moving("AVIF")})
    yield from ruled("heic", 1, {"one.heic": heic(1), "burst.heic": heic(3)})


def one(form, mode="RGB", **options):
    out = io.BytesIO()
    SHADES[1].convert(mode).save(out, form, **options)
    return out.getvalue()


def moving(form, **options):
    """Four pictures, one after another."""
    out = io.BytesIO()
    SHADES[0].save(out, form, save_all=True, append_images=SHADES[1:], **options)
    return out.getvalue()


def heic(count):
    """So many pictures in one file, of which one is shown."""
    pillow_heif.register_heif_opener()
    out = io.BytesIO()
    SHADES[0].resize((64, 64)).save(
        out, "HEIF", save_all=True, append_images=[shade.resize((64, 64)) for shade in SHADES[1:count]]
    )
    return out.getvalue()
