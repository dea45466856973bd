"""Office files by the usual libraries, and some that mean harm."""

import io
import re
import zipfile

import docx
import openpyxl
import pptx
import xlsxwriter
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_BREAK
from pptx.util import Inches

from case import cases, hostile, ruled

WORDS = "The quick brown fox jumps over the lazy dog. "


def make():
    yield from cases("pptx", presentations())
    yield from cases("docx", documents())
    yield from cases("xlsx", workbooks())
    yield from ruled("docx", 7, {"stored-count.docx": with_stored_pages(document(["one page"]), 7)})
    yield from hostile("docx", bombs("word/document.xml", document(["x"])))
    yield from hostile("xlsx", bombs("xl/worksheets/sheet1.xml", workbook([["x"]])))
    yield from hostile("pptx", bombs("ppt/presentation.xml", presentation(2)))
    yield from hostile("pptx", {"slide-that-is-missing.pptx": without(presentation(3), "ppt/slides/slide2.xml")})


def saved(file):
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def presentation(count, change=lambda deck: None):
    deck = pptx.Presentation()
    for number in range(count):
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        slide.shapes.add_textbox(0, 0, Inches(2), Inches(1)).text_frame.text = f"Slide {number + 1}"
    change(deck)
    return saved(deck)


def presentations():
    def hidden(deck):
        deck.slides[1]._element.set("show", "0")

    def deleted(deck):
        """Taken off the list; its part stays in the file, as some programs leave it."""
        listed = deck.slides._sldIdLst
        listed.remove(listed[0])

    def with_notes(deck):
        for slide in deck.slides:
            slide.notes_slide.notes_text_frame.text = "Say this."

    return {
        "slides-1.pptx": presentation(1),
        "slides-40.pptx": presentation(40),
        "hidden-slide.pptx": presentation(5, hidden),
        "deleted-slide.pptx": presentation(5, deleted),
        "notes.pptx": presentation(3, with_notes),
    }


def document(paragraphs, change=lambda document: None):
    made = docx.Document()
    for text in paragraphs:
        made.add_paragraph(text)
    change(made)
    return saved(made)


def documents():
    def breaks(made):
        for _ in range(4):
            made.add_page_break()
            made.add_paragraph("next")

    def breaks_in_runs(made):
        paragraph = made.add_paragraph("a")
        for kind in (WD_BREAK.PAGE, WD_BREAK.LINE, WD_BREAK.COLUMN, WD_BREAK.PAGE):
            paragraph.add_run("b").add_break(kind)

    def before_paragraphs(made):
        for _ in range(3):
            made.add_paragraph("chapter").paragraph_format.page_break_before = True

    def sections(made):
        for start in (WD_SECTION.NEW_PAGE, WD_SECTION.CONTINUOUS, WD_SECTION.ODD_PAGE):
            made.add_section(start)
            made.add_paragraph("section")

    def tables(made):
        table = made.add_table(3, 3)
        for row in table.rows:
            for cell in row.cells:
                cell.text = WORDS * 20

    long = [WORDS * 10] * 100
    return {
        "one-page.docx": document(["Hello."]),
        "long.docx": document(long),
        "page-breaks.docx": document(["first"], breaks),
        "breaks-in-runs.docx": document(["first"], breaks_in_runs),
        "break-before.docx": document(["first"], before_paragraphs),
        "sections.docx": document(["first"], sections),
        "tables.docx": document(["first"], tables),
        "long-without-stored-count.docx": with_stored_pages(document(long), None),
        "table-without-stored-count.docx": with_stored_pages(document([], tables), None),
        "empty-without-stored-count.docx": with_stored_pages(document([]), None),
    }


def rewritten(data, change):
    """The archive with each member changed; `None` leaves it out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def with_stored_pages(data, pages):
    """With this page count in its properties, or with none."""
    stored = b"" if pages is None else b"<Pages>%d</Pages>" % pages

    def change(name, content):
        if name != "docProps/app.xml":
            return content
        bare = re.sub(rb"<Pages>\d*</Pages>", b"", content)
        return bare.replace(b"</Properties>", stored + b"</Properties>")

    return rewritten(data, change)


def without(data, part):
    return rewritten(data, lambda name, content: None if name == part else content)


def workbook(rows, change=lambda book: None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book)
    return saved(book)


def workbooks():
    def more_sheets(book):
        for title in ("second", "third"):
            sheet = book.create_sheet(title)
            for _ in range(50):
                sheet.append([WORDS] * 4)
        book["third"].sheet_state = "hidden"

    numbers = [[row * column for column in range(20)] for row in range(1_000)]
    return {
        "small.xlsx": workbook([["a", 1, 2.5, None, True]]),
        "texts.xlsx": workbook([[WORDS] * 10] * 100),
        "numbers.xlsx": workbook(numbers),
        "sheets.xlsx": workbook([[WORDS]], more_sheets),
        "empty.xlsx": workbook([]),
        "boundary-10000.xlsx": workbook([["x" * 5_000, "y" * 5_000]]),
        "boundary-10001.xlsx": workbook([["x" * 5_000, "ä" * 5_001]]),
        "texts-in-cells.xlsx": by_xlsxwriter(constant_memory=True),
        "texts-shared.xlsx": by_xlsxwriter(),
    }


def by_xlsxwriter(**options):
    """By another program, which keeps texts in the cells or beside them."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **options})
    sheet = book.add_worksheet()
    for row in range(300):
        sheet.write_string(row, 0, f"{row} {WORDS}" * 3)
        sheet.write_number(row, 1, row / 8)
        sheet.write_formula(row, 2, "=A1", value="result")
    book.close()
    return out.getvalue()


def bombs(part, data):
    """Files of a few kilobytes that grow without end where they are read carelessly."""
    ending = part.split("/")[0].replace("word", "docx").replace("xl", "xlsx").replace("ppt", "pptx")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    root = {"docx": "document", "xlsx": "worksheet", "pptx": "presentation"}[ending]
    laughing = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{laughs}]><{root}><t>&l11;</t></{root}>'
    entity = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    outside = f'<?xml version="1.0"?>{entity}<{root}><t>&e;</t></{root}>'
    contents = {
        "billion-laughs": laughing,
        "entity-from-outside": outside,
        "deep": f"<{root}>" + "<a>" * 1_000_000 + f"</{root}>",
        "zeros": b" " * (300 << 20),
        "cut-off": f"<{root}><body>",
        "no-xml": "not at all",
    }

    def one(content):
        return rewritten(data, lambda name, old: content if name == part else old)

    return {f"{name}.{ending}": one(content) for name, content in contents.items()}
