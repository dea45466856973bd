//! Small real documents, made in memory: for the demo and for tests.

use lopdf::content::{Content, Operation};
use lopdf::{Document, Object, Stream, dictionary};

mod mail;
mod office;
mod seeds;

pub use mail::eml;
pub use office::{docx, office, pptx, xlsx, zip};
pub use seeds::{Seed, seeds};

/// A PDF of A4 pages, each with the title and its number on it.
#[must_use]
pub fn pdf(pages: u32, title: &str) -> Vec<u8> {
    let mut pdf = Document::with_version("1.7");
    let tree = pdf.new_object_id();
    let font = pdf.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
    });
    let kids: Vec<Object> = (1..=pages)
        .map(|number| {
            let text = [(title, 18, 770), (&format!("Page {number} of {pages}"), 11, 745)].map(line).concat();
            let content = Content { operations: text }.encode().expect("operations of our own are writable");
            let content = pdf.add_object(Stream::new(dictionary! {}, content));
            pdf.add_object(dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => content }).into()
        })
        .collect();
    pdf.set_object(
        tree,
        dictionary! {
            "Type" => "Pages",
            "Count" => pages,
            "Kids" => kids,
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
            "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
        },
    );
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    pdf.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).expect("a Vec takes every write");
    bytes
}

/// A line of text: the words, their size, their height on the page.
fn line((words, size, height): (&str, i64, i64)) -> Vec<Operation> {
    let latin: Vec<u8> = words.chars().map(|letter| u8::try_from(letter).unwrap_or(b'?')).collect();
    vec![
        Operation::new("BT", vec![]),
        Operation::new("Tf", vec!["F1".into(), size.into()]),
        Operation::new("Td", vec![56.into(), height.into()]),
        Operation::new("Tj", vec![Object::string_literal(latin)]),
        Operation::new("ET", vec![]),
    ]
}

/// A PNG of one grey pixel.
#[must_use]
pub fn png() -> Vec<u8> {
    [
        b"\x89PNG\r\n\x1a\n".as_slice(),
        b"\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU",
        b"\0\0\0\nIDAT\x78\xdach\0\0\0\x82\0\x81\xdaE\x08;",
        b"\0\0\0\0IEND\xae\x42\x60\x82",
    ]
    .concat()
}

/// A TIFF of so many frames, each a white square of 8 × 8 pixels.
#[must_use]
pub fn tiff(frames: u32) -> Vec<u8> {
    const PIXELS: [u8; 8] = [0xff; 8];
    const TAGS: u16 = 7;
    const DIRECTORY: u32 = 2 + 12 * TAGS as u32 + 4;
    let pixels_at: u32 = 8;
    let first = pixels_at + 8;
    let mut bytes = [b"II*\0".as_slice(), &first.to_le_bytes(), &PIXELS].concat();
    for frame in 1..=frames {
        let next = if frame < frames { first + frame * DIRECTORY } else { 0 };
        bytes.extend(TAGS.to_le_bytes());
        // Width, length, compression (none), black is zero, where the pixels are, rows, bytes: all 32-bit.
        for (tag, value) in [(256, 8), (257, 8), (259, 1), (262, 1), (273, pixels_at), (278, 8), (279, 8)] {
            bytes.extend([tag, 4u16].map(u16::to_le_bytes).concat());
            bytes.extend([1, value].map(u32::to_le_bytes).concat());
        }
        bytes.extend(next.to_le_bytes());
    }
    bytes
}

/// The first box of an ISO media file, as a HEIC or AVIF picture has it: a major brand, then compatible ones.
#[must_use]
pub fn iso_media(brands: &[&str]) -> Vec<u8> {
    let (major, compatible) = brands.split_first().expect("there is a major brand");
    let head = ["ftyp", major, "\0\0\0\0"].concat() + &compatible.concat();
    let size = u32::try_from(4 + head.len()).expect("brands are few");
    [&size.to_be_bytes(), head.as_bytes(), b"\0\0\0\x08mdat"].concat()
}

/// The head of a compound file, as the old Office formats are, with one stream in its directory.
#[must_use]
pub fn ole(stream: &str) -> Vec<u8> {
    let mut file = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    file.resize(512, 0);
    file.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
    file.resize(1024, 0);
    file
}
