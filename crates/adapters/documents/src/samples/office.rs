//! Archives, and Office files in them.

use std::io::{Cursor, Write as _};

use ::zip::ZipWriter;
use ::zip::write::SimpleFileOptions;

const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A ZIP of these members; a name that ends with a slash is a directory.
#[must_use]
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a Vec takes every write");
        zip.write_all(bytes).expect("a Vec takes every write");
    }
    zip.finish().expect("a Vec takes every write").into_inner()
}

/// An Office file of these parts, with what a package needs to lead to its main part and to `docProps/app.xml`.
#[must_use]
pub fn office(main: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let properties = parts.iter().find(|(name, _)| *name == "docProps/app.xml");
    let properties = properties.map(|(name, _)| relation("rId2", "extended-properties", name)).unwrap_or_default();
    let relations = relations(&[relation("rId1", "officeDocument", main), properties]);
    let package = [("[Content_Types].xml", "<Types/>"), ("_rels/.rels", &relations)];
    let members: Vec<_> = package.iter().chain(parts).map(|(name, text)| (*name, text.as_bytes())).collect();
    zip(&members)
}

fn relation(id: &str, kind: &str, part: &str) -> String {
    format!("<Relationship Id=\"{id}\" Type=\"{RELATION}/{kind}\" Target=\"/{part}\"/>")
}

fn relations(relations: &[String]) -> String {
    format!("<Relationships>{}</Relationships>", relations.concat())
}

/// A Word file: the text on each page, so many page breaks, and what is stored as its page count.
#[must_use]
pub fn docx(text: &str, breaks: u32, stored: Option<u32>) -> Vec<u8> {
    let text = format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", escaped(text));
    let next = format!("<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>{text}").repeat(breaks as usize);
    let document = format!("<w:document><w:body>{text}{next}<w:sectPr/></w:body></w:document>");
    let properties = stored.map(|pages| format!("<Properties><Pages>{pages}</Pages></Properties>"));
    let mut parts = vec![("word/document.xml", document.as_str())];
    parts.extend(properties.as_deref().map(|properties| ("docProps/app.xml", properties)));
    office("word/document.xml", &parts)
}

/// A presentation of empty slides.
#[must_use]
pub fn pptx(slides: u32) -> Vec<u8> {
    let name = |number: u32| format!("ppt/slides/slide{number}.xml");
    let ids = (1..=slides).map(|number| format!("<p:sldId id=\"{}\" r:id=\"r{number}\"/>", 255 + number));
    let main = format!("<p:presentation><p:sldIdLst>{}</p:sldIdLst></p:presentation>", ids.collect::<String>());
    let all: Vec<_> = (1..=slides).map(|number| relation(&format!("r{number}"), "slide", &name(number))).collect();
    let all = relations(&all);
    let names: Vec<_> = (1..=slides).map(name).collect();
    let mut parts = vec![("ppt/presentation.xml", main.as_str()), ("ppt/_rels/presentation.xml.rels", &all)];
    parts.extend(names.iter().map(|name| (name.as_str(), "<p:sld/>")));
    office("ppt/presentation.xml", &parts)
}

/// A workbook of one sheet, with one text a row.
#[must_use]
pub fn xlsx(cells: &[&str]) -> Vec<u8> {
    let row = |(index, _)| format!("<row><c t=\"s\"><v>{index}</v></c></row>");
    let rows: String = cells.iter().enumerate().map(row).collect();
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let texts: Vec<_> = cells.iter().map(|text| format!("<si><t>{}</t></si>", escaped(text))).collect();
    let of = |id, kind, part| relation(id, kind, part);
    let all = relations(&[of("r1", "worksheet", "xl/sheet.xml"), of("r2", "sharedStrings", "xl/sharedStrings.xml")]);
    office(
        "xl/workbook.xml",
        &[
            ("xl/workbook.xml", "<workbook><sheets><sheet name=\"A\" r:id=\"r1\"/></sheets></workbook>"),
            ("xl/_rels/workbook.xml.rels", &all),
            ("xl/sheet.xml", &sheet),
            ("xl/sharedStrings.xml", &format!("<sst>{}</sst>", texts.concat())),
        ],
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
