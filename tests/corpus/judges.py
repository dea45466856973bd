"""Programs and libraries that count pages, none of them ours. `None`: it cannot say."""

import csv
import email
import email.policy
import io
import logging
import math
import subprocess
import tempfile
import warnings
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import docx
import openpyxl
import pikepdf
import pillow_heif
import pptx
import pypdf
import tifffile
from docx.enum.section import WD_SECTION
from PIL import Image, ImageSequence

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = None

PAGE, SHEET = 3_000, 10_000


def said(command, pick):
    """What a program prints, if it succeeds."""
    try:
        ran = subprocess.run(command, capture_output=True, timeout=30, check=True)
        return pick(ran.stdout.decode(errors="replace"))
    except (OSError, subprocess.SubprocessError, ValueError, StopIteration):
        return None


def field(name):
    return lambda text: int(next(line.split()[1] for line in text.splitlines() if line.startswith(name)))


def qpdf(path):
    return said(["qpdf", "--warning-exit-0", "--no-warn", "--show-npages", path], int)


def pdfinfo(path):
    return said(["pdfinfo", path], field("Pages:"))


def mutool(path):
    return said(["mutool", "info", "-M", path], field("Pages:"))


def by_pypdf(path):
    return len(pypdf.PdfReader(path).pages)


def by_pikepdf(path):
    with pikepdf.open(path) as pdf:
        return len(pdf.pages)


def by_tifffile(path):
    with tifffile.TiffFile(path) as tiff:
        return len(tiff.pages)


def by_pillow(path):
    with Image.open(path) as picture:
        return picture.n_frames


def by_walking(path):
    with Image.open(path) as picture:
        return sum(1 for _ in ImageSequence.Iterator(picture))


def is_picture(path):
    with Image.open(path) as picture:
        picture.load()
    return 1


def slides(path):
    return len(pptx.Presentation(path).slides)


def slides_by_parts(path):
    """The slides that the presentation's own list names, by Python's own XML reader."""
    with zipfile.ZipFile(path) as parts:
        tree = ElementTree.fromstring(parts.read("ppt/presentation.xml"))
    return len(tree.findall(".//{*}sldIdLst/{*}sldId"))


def word(path):
    """One more than the author's page breaks, or the stored count if it is larger; else by characters."""
    document = docx.Document(path)
    body = document.element.body
    breaks = len(body.xpath('.//w:br[@w:type="page"]'))
    breaks += sum(bool(paragraph.paragraph_format.page_break_before) for paragraph in document.paragraphs[1:])
    breaks += sum(section.start_type != WD_SECTION.CONTINUOUS for section in list(document.sections)[1:])
    stored = stored_pages(path)
    if breaks or stored:
        return max(stored, breaks + 1)
    return pages(sum(len(text.text or "") for text in body.xpath(".//w:t")), PAGE)


def stored_pages(path):
    with zipfile.ZipFile(path) as parts:
        told = ElementTree.fromstring(parts.read("docProps/app.xml"))
    return int(told.findtext("{*}Pages") or 0)


def sheet(path):
    book = openpyxl.load_workbook(path, data_only=True)
    rows = (row for page in book.worksheets for row in page.iter_rows(values_only=True))
    return pages(sum(len(str(value)) for row in rows for value in row if value is not None), SHEET)


def text(path):
    return pages(len(decoded(Path(path).read_bytes())), PAGE)


def table(path):
    characters = decoded(Path(path).read_bytes())
    list(csv.reader(io.StringIO(characters), strict=True))
    return pages(len(characters), SHEET)


def decoded(data):
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig")):
        if data.startswith(mark):
            return data.decode(encoding)
    raise AssertionError("every text begins with nothing")


def mail(path):
    with open(path, "rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.default)
    body = message.get_body(("plain",))
    characters = body.get_content() if body else ""
    # What the wire writes as CRLF is one line end to Python, and a transport adds no character of its own.
    total = pages(len(characters.replace("\n", "\r\n")), PAGE)
    for attached in message.iter_attachments():
        total += attachment(attached)
    return max(total, 1)


def attachment(attached):
    content = attached.get_content()
    data = content if isinstance(content, bytes) else content.encode()
    return member(attached.get_filename(), data)


def archive(path):
    with zipfile.ZipFile(path) as members:
        files = [name for name in members.namelist() if not name.endswith("/")]
        return sum(member(name, members.read(name)) for name in files)


def member(name, data):
    """A file within another one, by the first judge of its ending."""
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix) as file:
        file.write(data)
        file.flush()
        kind = Path(name).suffix[1:]
        return next(iter(JUDGES[kind].values()))(file.name)


def pages(characters, on_a_page):
    return max(1, math.ceil(characters / on_a_page))


PICTURE = {"Pillow": is_picture}
JUDGES = {
    "pdf": {"qpdf": qpdf, "pdfinfo": pdfinfo, "mutool": mutool, "pypdf": by_pypdf, "pikepdf": by_pikepdf},
    "tif": {"tifffile": by_tifffile, "Pillow": by_pillow, "walk": by_walking},
    **{ending: PICTURE for ending in ("png", "jpg", "gif", "webp", "bmp", "heic", "avif")},
    "pptx": {"python-pptx": slides, "list": slides_by_parts},
    "docx": {"python-docx": word},
    "xlsx": {"openpyxl": sheet},
    "csv": {"python": table},
    "txt": {"python": text},
    "eml": {"email": mail},
    "zip": {"zipfile": archive},
}


def ask(kind, path):
    """What each of them says of a file."""

    def one(judge):
        try:
            return judge(str(path))
        except Exception:  # Whatever a library fails with: it cannot say.
            return None

    return {name: one(judge) for name, judge in JUDGES[kind].items()}
