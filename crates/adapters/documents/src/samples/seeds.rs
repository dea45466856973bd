//! What the fuzz targets start from.

use super::{docx, eml, iso_media, ole, pdf, png, pptx, tiff, xlsx, zip};

/// A small document.
pub struct Seed {
    /// The fuzz target that it is for.
    pub target: &'static str,
    /// Its file's name.
    pub name: &'static str,
    /// What is in the file.
    pub bytes: Vec<u8>,
}

/// The seeds of each target, as they lie in `fuzz/seeds`.
#[must_use]
pub fn seeds() -> Vec<Seed> {
    let seed = |target, name, bytes: Vec<u8>| Seed { target, name, bytes };
    vec![
        seed("any", "old.doc", ole("WordDocument")),
        seed("any", "one.docx", docx("Hello", 1, Some(2))),
        seed("any", "one.heic", iso_media(&["mif1", "heic"])),
        seed("any", "one.png", png()),
        seed("any", "one.pptx", pptx(1)),
        seed("any", "one.xlsx", xlsx(&["a"])),
        seed("eml", "attached.eml", eml("Hello", &[("a.png", &png()), ("b.eml", &eml("Inner", &[]))])),
        seed("eml", "plain.eml", eml("Hello", &[])),
        seed("office", "document.parts", parts(DOCUMENT)),
        seed("office", "presentation.parts", parts(PRESENTATION)),
        seed("office", "workbook.parts", parts(WORKBOOK)),
        seed("pdf", "two.pdf", pdf(2, "Seed")),
        seed("text", "table.csv", b"a;b\n1;2\n".to_vec()),
        seed("text", "utf-16.text", b"\xff\xfeH\0i\0".to_vec()),
        seed("text", "words.text", "Größe\n".as_bytes().to_vec()),
        seed("tiff", "three.tiff", tiff(3)),
        seed("zip", "nested.zip", zip(&[("a/", b""), ("a/b.txt", b"hi"), ("c.zip", &zip(&[("d.png", &png())]))])),
    ]
}

/// Parts in the order in which the target takes them apart: main, relations, properties, two more.
fn parts(parts: [&str; 5]) -> Vec<u8> {
    parts.join("\0").into_bytes()
}

const DOCUMENT: [&str; 5] = [
    "<w:document><w:body><w:p><w:pPr><w:pageBreakBefore/><w:sectPr><w:type w:val='nextPage'/></w:sectPr></w:pPr><w:r>\
     <w:t>a&amp;b</w:t><w:br w:type='page'/><w:lastRenderedPageBreak/></w:r></w:p><w:tbl><w:tr><w:tc><w:p/></w:tc>\
     </w:tr></w:tbl><w:del><w:r/></w:del><w:sectPr/></w:body></w:document>",
    "",
    "<Properties><Pages>3</Pages></Properties>",
    "",
    "",
];

const PRESENTATION: [&str; 5] = [
    "<p:presentation><p:sldIdLst><p:sldId id='256' r:id='r1'/></p:sldIdLst></p:presentation>",
    "<Relationships><Relationship Id='r1' Type='x/slide' Target='b.xml'/></Relationships>",
    "",
    "<p:sld/>",
    "",
];

const WORKBOOK: [&str; 5] = [
    "<workbook><sheets><sheet r:id='r1'/></sheets></workbook>",
    "<Relationships><Relationship Id='r1' Type='x/worksheet' Target='b.xml'/>\
     <Relationship Id='r2' Type='x/sharedStrings' Target='../a/c.xml'/></Relationships>",
    "",
    "<worksheet><sheetData><row><c t='s'><v>0</v></c><c><v>1.5</v></c><c t='inlineStr'><is><t>x</t></is></c></row>\
     </sheetData></worksheet>",
    "<sst><si><t>a</t><rPh><t>b</t></rPh></si></sst>",
];
