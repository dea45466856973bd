"""E-mails, by Python's own package."""

from email.message import EmailMessage
from email.policy import SMTP

from case import cases, hostile, ruled
from pdfs import drawn
from pictures import one
from tiffs import frames

WORDS = "Dear Ada, please find the documents attached. "


def make():
    yield from cases("eml", written())
    yield from ruled("eml", 2, {"html-alone.eml": html_alone(), "answer-with-mail.eml": with_mail()})
    yield from ruled("eml", 1, {"picture-in-the-text.eml": with_logo()})
    yield from hostile("eml", {"nested-50-deep.eml": nested(50), "parts-20000.eml": many(20_000)})
    yield from hostile("eml", {"no-end.eml": written()["attachments.eml"][:3_000], "unknown.eml": with_unknown()})


def letter(text=WORDS, **content):
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = "charles@example.com", "ada@example.com"
    mail["Subject"], mail["Date"] = "Documents", "Mon, 01 Jun 2026 12:00:00 +0000"
    mail.set_content(text, **content)
    return mail


def written():
    attached = letter()
    attached.add_attachment(drawn(4), maintype="application", subtype="pdf", filename="four.pdf")
    attached.add_attachment(frames(3), maintype="image", subtype="tiff", filename="three.tif")
    attached.add_attachment(one("PNG"), maintype="image", subtype="png", filename="one.png")
    both = letter(WORDS * 500)
    both.add_alternative(f"<p>{WORDS * 500}</p>", subtype="html")
    noted = letter()
    noted.add_attachment("Notes. " * 1_000, filename="notes.txt")
    unnamed = letter(WORDS * 100)
    unnamed.add_attachment(drawn(2), maintype="application", subtype="pdf", filename="größe.pdf")
    return {
        "short.eml": letter().as_bytes(),
        "long.eml": letter(WORDS * 500).as_bytes(),
        "quoted-printable.eml": letter("Grüße " * 2_000, cte="quoted-printable").as_bytes(),
        "base64.eml": letter("漢字 " * 2_000, cte="base64").as_bytes(),
        "attachments.eml": attached.as_bytes(),
        "text-and-html.eml": both.as_bytes(),
        "attached-text.eml": noted.as_bytes(),
        "encoded-name.eml": unnamed.as_bytes(),
    }


def html_alone():
    return letter(f"<html><body>{'<p>Dear Ada</p>' * 400}</body></html>", subtype="html").as_bytes()


def with_mail():
    answer = letter()
    answer.add_attachment(letter("the first one"))
    return answer.as_bytes()


def with_logo():
    mail = letter()
    mail.add_alternative('<p>Dear Ada</p><img src="cid:logo@example.com">', subtype="html")
    mail.get_body(("html",)).add_related(one("PNG"), maintype="image", subtype="png", cid="<logo@example.com>")
    return mail.as_bytes()


def with_unknown():
    mail = letter()
    mail.add_attachment(bytes(range(256)), maintype="application", subtype="octet-stream", filename="blob.bin")
    return mail.as_bytes()


def nested(depth):
    inner = letter("the innermost")
    for _ in range(depth):
        outer = letter("around it")
        outer.add_attachment(inner)
        inner = outer
    return inner.as_bytes()


def many(count):
    head = b"From: a@example.com\r\nDate: Mon, 01 Jun 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\n"
    kind = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    part = b"--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\ntext\r\n"
    return head + kind + part * count + b"--b--\r\n"
