"""PDFs of honest programs, in every way that a page tree is written down."""

import io
import subprocess
import tempfile
from pathlib import Path

import pikepdf
import pypdf
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from case import cases, hostile, ruled


def make():
    yield from cases("pdf", written())
    yield from cases("pdf", saved())
    # Built for debugging, the reader may need more than its two seconds for these.
    yield from hostile("pdf", many(), 10_000)
    yield from cases("pdf", updated())
    yield from cases("pdf", locked())
    yield from hostile("pdf", asking_for_a_password())
    yield from cases("pdf", trees())
    yield from cases("pdf", by_programs())
    claims = {"low": b"/Count 1", "high": b"/Count 9999", "none": b"/Coun 4"}
    yield from ruled("pdf", 4, {f"false-count-{name}.pdf": recount(claim) for name, claim in claims.items()})


def drawn(pages, **options):
    """By reportlab."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, **options)
    for number in range(1, pages + 1):
        canvas.drawString(72, 700, f"Page {number} of {pages}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def changed(data, change=lambda pdf: None, **options):
    """Changed and saved by pikepdf, which is qpdf."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        pdf.save(out, **options)
    return out.getvalue()


def written():
    blank = pypdf.PdfWriter()
    for _ in range(3):
        blank.add_blank_page(200, 200)
    out = io.BytesIO()
    blank.write(out)
    pictures = [Image.new("L", (40, 60), shade) for shade in (0, 99, 200)]
    scan = io.BytesIO()
    pictures[0].save(scan, "PDF", save_all=True, append_images=pictures[1:])
    return {
        "reportlab-1.pdf": drawn(1),
        "reportlab-7.pdf": drawn(7, pageCompression=1),
        "reportlab-250.pdf": drawn(250),
        "pypdf-blank.pdf": out.getvalue(),
        "pillow-scan.pdf": scan.getvalue(),
    }


def saved():
    plain, modes = drawn(12), pikepdf.ObjectStreamMode
    return {
        "linearised.pdf": changed(plain, linearize=True),
        "linearised-object-streams.pdf": changed(plain, linearize=True, object_stream_mode=modes.generate),
        "object-streams.pdf": changed(plain, object_stream_mode=modes.generate),
        "uncompressed.pdf": changed(plain, compress_streams=False, object_stream_mode=modes.disable),
        "qdf.pdf": changed(plain, qdf=True),
        "version-2.pdf": changed(plain, force_version="2.0"),
    }


def many():
    pdf, modes = pikepdf.new(), pikepdf.ObjectStreamMode
    for _ in range(10_000):
        pdf.add_blank_page(page_size=(200, 200))
    loose, packed = io.BytesIO(), io.BytesIO()
    pdf.save(loose, object_stream_mode=modes.disable)
    pdf.save(packed, object_stream_mode=modes.generate)
    return {"pages-10000.pdf": loose.getvalue(), "pages-10000-object-streams.pdf": packed.getvalue()}


def updated():
    """Saved again behind the old end of the file."""

    def appended(data, change):
        out = io.BytesIO(data)
        writer = pypdf.PdfWriter(out, incremental=True)
        change(writer)
        writer.write(out)
        return out.getvalue()

    def more(writer):
        writer.add_blank_page(200, 200)

    def fewer(writer):
        writer.remove_page(0)

    base = drawn(5)
    once = appended(base, more)
    return {
        "update-one-more.pdf": once,
        "update-twice-more.pdf": appended(once, more),
        "update-one-fewer.pdf": appended(base, fewer),
        "update-of-object-streams.pdf": appended(saved()["object-streams.pdf"], more),
        "update-undone.pdf": appended(once, fewer),
    }


def locked():
    """Encrypted, but readable without a password."""
    plain = drawn(6)

    def with_owner(**how):
        return changed(plain, encryption=pikepdf.Encryption(owner="owner", user="", **how))

    return {
        "rc4-40.pdf": with_owner(R=2, aes=False, metadata=False),
        "rc4-128.pdf": with_owner(R=3, aes=False, metadata=False),
        "aes-128.pdf": with_owner(R=4),
        "aes-256.pdf": with_owner(R=6),
        "aes-256-linearised.pdf": changed(
            plain, encryption=pikepdf.Encryption(owner="owner", user=""), linearize=True
        ),
    }


def asking_for_a_password():
    plain = drawn(6)

    def with_user(revision, **how):
        return changed(plain, encryption=pikepdf.Encryption(owner="owner", user="secret", R=revision, **how))

    return {
        "password-rc4.pdf": with_user(3, aes=False, metadata=False),
        "password-aes-128.pdf": with_user(4),
        "password-aes-256.pdf": with_user(6),
    }


def trees():
    """Page trees that few programs write."""

    def nested(levels, width):
        def change(pdf):
            leaf = pdf.pages[0].obj

            def branch(level, parent):
                node = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Pages))
                if parent is not None:
                    node.Parent = parent
                kids = [branch(level - 1, node) if level else page(node) for _ in range(width)]
                node.Kids = pikepdf.Array(kids)
                node.Count = width ** (level + 1)
                return node

            def page(parent):
                copy = pikepdf.Dictionary(Type=pikepdf.Name.Page, Parent=parent, MediaBox=leaf.MediaBox)
                return pdf.make_indirect(copy)

            pdf.Root.Pages = branch(levels, None)

        return change

    def labelled(pdf):
        pdf.Root.PageLabels = pikepdf.Dictionary(Nums=[0, pikepdf.Dictionary(S=pikepdf.Name.r, St=500)])

    def attached(pdf):
        pdf.attachments["inner.pdf"] = drawn(9)

    plain = drawn(1)
    return {
        "tree-2-levels.pdf": changed(plain, nested(1, 3)),
        "tree-5-levels.pdf": changed(plain, nested(4, 3)),
        "tree-30-levels.pdf": changed(plain, nested(29, 1)),
        "tree-wide.pdf": changed(plain, nested(0, 2_000)),
        "page-labels.pdf": changed(drawn(3), labelled),
        "with-a-pdf-attached.pdf": changed(drawn(2), attached),
        "bytes-around-it.pdf": b"From: the web\r\n\r\n" + drawn(3) + b"\n\0\0\n",
    }


def by_programs():
    """What the machine's own tools make of it."""
    with tempfile.TemporaryDirectory() as directory:
        at = Path(directory)
        (at / "in.pdf").write_bytes(drawn(5))
        subprocess.run(["pdfunite", "in.pdf", "in.pdf", "united.pdf"], cwd=at, check=True)
        subprocess.run(["mutool", "clean", "-gggg", "-l", "in.pdf", "cleaned.pdf"], cwd=at, check=False)
        subprocess.run(["mutool", "merge", "-o", "merged.pdf", "in.pdf", "1,3-5"], cwd=at, check=True)
        subprocess.run(["qpdf", "--empty", "--pages", "in.pdf", "1,1,1,2", "--", "repeated.pdf"], cwd=at, check=True)
        names = ("united", "cleaned", "merged", "repeated")
        made = {f"{name}-by-program.pdf": at / f"{name}.pdf" for name in names}
        return {name: file.read_bytes() for name, file in made.items() if file.exists()}


def recount(claim):
    """Four pages under a page tree that claims another number."""
    plain = changed(drawn(4), compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert plain.count(b"/Count 4") == 1
    return plain.replace(b"/Count 4", claim)
