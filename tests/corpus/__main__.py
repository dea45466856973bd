"""The corpus: files of every format, counted by Folio and by others.

Folio must say what the others say wherever they agree, or what the rule says where that is written down with the file.
A hostile file is counted right or refused, within bounds of time and memory. Usage: corpus FOLIO
"""

import sys
import tempfile
from pathlib import Path

import archives
import hostile_pdfs
import judges
import mails
import office
import ours
import pdfs
import pictures
import report
import texts
import tiffs

MAKERS = (pdfs, hostile_pdfs, tiffs, pictures, office, texts, mails, archives)


def main(folio):
    rows = []
    with tempfile.TemporaryDirectory(prefix="folio-corpus-") as directory:
        for maker in MAKERS:
            for case in maker.make():
                path = Path(directory) / case.name
                path.write_bytes(case.data)
                theirs = {} if case.hostile else judges.ask(case.kind, path)
                rows.append(report.Row(case, ours.count(folio, str(path)), theirs))
                path.unlink()
    print(report.table(rows))
    wrong = [row for row in rows if row.fault]
    sys.exit(1 if wrong else 0)


main(str(Path(sys.argv[1]).resolve()))
