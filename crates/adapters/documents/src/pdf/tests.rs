//! Hand-made PDFs, most of them hostile or broken.

use std::fmt::Write as _;

use lopdf::encryption::{EncryptionState, EncryptionVersion, Permissions};
use lopdf::{SaveOptions, StringFormat};

use super::*;
use crate::samples;

const CATALOG: &str = "<</Type/Catalog/Pages 2 0 R>>";
const PAGE: &str = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>";

/// A PDF of these objects, numbered from 1, with a right cross-reference table. The first is the catalog.
fn made<T: AsRef<str>>(objects: impl IntoIterator<Item = T>) -> Vec<u8> {
    let mut pdf = "%PDF-1.7\n".to_owned();
    let mut table = "0000000000 65535 f \n".to_owned();
    let mut size = 1;
    for object in objects {
        writeln!(table, "{:010} 00000 n ", pdf.len()).unwrap();
        writeln!(pdf, "{size} 0 obj\n{}\nendobj", object.as_ref()).unwrap();
        size += 1;
    }
    let start = pdf.len();
    write!(pdf, "xref\n0 {size}\n{table}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").unwrap();
    pdf.into_bytes()
}

/// A PDF of a catalog, this page tree's root, and a page as object 3.
fn rooted(root: &str) -> Vec<u8> {
    made([CATALOG, root, PAGE])
}

fn loaded(bytes: &[u8]) -> Document {
    Document::load_mem(bytes).unwrap()
}

fn saved(pdf: &mut Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).unwrap();
    bytes
}

#[test]
fn the_samples_have_their_pages() {
    for count in [1, 2, 10, 250] {
        assert_eq!(pages(&samples::pdf(count, "Größe (a) \\ 漢")), Ok(u64::from(count)));
    }
}

#[test]
fn count_is_not_believed() {
    for claim in ["/Count 1", "/Count 999", "/Count 2147483647", "/Count -7", "/Count/Many", ""] {
        assert_eq!(pages(&rooted(&format!("<</Type/Pages{claim}/Kids[3 0 R 3 0 R 3 0 R]>>"))), Ok(3));
    }
}

#[test]
fn a_page_listed_twice_counts_twice() {
    assert_eq!(pages(&rooted("<</Type/Pages/Count 1/Kids[3 0 R 3 0 R]>>")), Ok(2));
}

#[test]
fn a_node_needs_no_type() {
    assert_eq!(pages(&made([CATALOG, "<</Kids[3 0 R 4 0 R]>>", "<</Kids[4 0 R 4 0 R]>>", "<</Parent 2 0 R>>"])), Ok(3));
}

#[test]
fn a_page_is_one_whatever_else_it_has() {
    let page = "<</Type/Page/Kids[]>>";
    assert_eq!(
        pages(&made([CATALOG, "<</Type/Pages/Kids[3 0 R 4 0 R]>>", page, "<</Type/Page/Kids[3 0 R 3 0 R]>>"])),
        Ok(2)
    );
    assert_eq!(pages(&made([CATALOG, "<</Type/Pages/Kids[3 0 R]>>", "<</Type/Page/Kids null>>"])), Ok(1));
}

#[test]
fn kids_may_be_indirect_or_in_place() {
    let pdf = made([CATALOG, "<</Type/Pages/Kids 4 0 R>>", PAGE, "[3 0 R <</Type/Page>> 5 0 R]", "3 0 R"]);
    assert_eq!(pages(&pdf), Ok(3));
}

#[test]
fn a_tree_without_pages_fails() {
    let none = Err(failed("has no pages"));
    assert_eq!(pages(&rooted("<</Type/Pages/Count 5/Kids[]>>")), none);
    assert_eq!(pages(&rooted("<</Type/Pages/Count 5>>")), none);
    assert_eq!(pages(&samples::pdf(0, "Empty")), none);
}

#[test]
fn a_pdf_without_a_page_tree_fails() {
    assert_eq!(pages(&made(["<</Type/Catalog>>", PAGE])), Err(failed("has no page tree")));
    assert_eq!(pages(&rooted("<</Type/Pages/Kids(3 0 R)>>")), Err(failed("has a broken page tree")));
}

#[test]
fn a_page_that_is_not_there_fails() {
    let missing = Err(failed("names a page that is not in the file"));
    for kid in ["77 0 R", "null", "4", "(page)"] {
        assert_eq!(pages(&rooted(&format!("<</Type/Pages/Count 2/Kids[3 0 R {kid}]>>"))), missing);
    }
}

#[test]
fn a_circle_fails() {
    let circle = Err(failed("has a page tree that runs in a circle"));
    assert_eq!(pages(&rooted("<</Type/Pages/Count 1/Kids[3 0 R 2 0 R]>>")), circle);
    assert_eq!(pages(&made([CATALOG, "<</Kids[3 0 R]>>", "<</Kids[4 0 R]>>", "<</Kids[5 0 R 3 0 R]>>", PAGE])), circle);
}

/// Each of `levels` branches has the next one as its kid, so many times; the last has a page.
fn tower(levels: usize, times: usize) -> Vec<u8> {
    let branch = |next: usize| format!("<</Type/Pages/Kids[{}]>>", format!("{next} 0 R ").repeat(times));
    made([CATALOG.to_owned()].into_iter().chain((0..levels).map(|level| branch(level + 3))).chain([PAGE.to_owned()]))
}

#[test]
fn a_subtree_shared_exponentially_often_fails() {
    assert_eq!(pages(&tower(10, 2)), Ok(1024));
    assert_eq!(pages(&tower(40, 2)), Err(failed("has a page tree of more than 1000000 nodes")));
}

#[test]
fn a_tree_too_deep_fails() {
    let deep = Err(failed("has a page tree of more than 1000 levels"));
    assert_eq!(pages(&tower(1_000, 1)), Ok(1));
    assert_eq!(pages(&tower(1_001, 1)), deep);
    assert_eq!(pages(&tower(20_000, 1)), deep);
}

#[test]
fn a_cut_off_pdf_is_counted_right_or_refused() {
    let whole = samples::pdf(3, "Cut");
    let counts: HashSet<_> = (0..whole.len()).map(|end| pages(&whole[..end]).unwrap_or(0)).collect();
    assert_eq!(counts, HashSet::from([0, 3]));
}

#[test]
fn a_changed_byte_never_panics() {
    let whole = samples::pdf(2, "Changed");
    let mut refused = 0;
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x15;
        refused += u32::from(pages(&changed).is_err());
    }
    assert!(refused > 0);
}

#[test]
fn junk_before_and_after_does_no_harm() {
    let pdf = [b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &samples::pdf(4, "Junk"), &[0; 600]].concat();
    assert_eq!(pages(&pdf), Ok(4));
}

#[test]
fn what_only_begins_like_a_pdf_fails() {
    for text in ["%PDF", "%PDF-1.7\n", "%PDF-1.7\ntrailer\n<</Root 1 0 R>>\n%%EOF", "%PDF-1.4 is a format"] {
        assert!(matches!(pages(text.as_bytes()), Err(CountError::Failed(_))), "{text}");
    }
}

#[test]
fn an_update_at_the_end_of_the_file_holds() {
    let mut pdf = rooted("<</Type/Pages/Count 1/Kids[3 0 R]>>");
    let first = pdf.windows(5).position(|word| word == b"xref\n").unwrap();
    let object = pdf.len();
    pdf.extend(b"2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R 3 0 R]>>\nendobj\n");
    let table = pdf.len();
    let update = format!("xref\n2 1\n{object:010} 00000 n \ntrailer\n<</Size 4/Root 1 0 R/Prev {first}>>\n");
    pdf.extend(format!("{update}startxref\n{table}\n%%EOF\n").into_bytes());
    assert_eq!(pages(&pdf), Ok(2));
}

/// The lines of a table for objects at these places.
fn entries(places: &[usize]) -> String {
    places.iter().map(|place| format!("{place:010} 00000 n \n")).collect::<Vec<_>>().concat()
}

/// A linearised PDF has its first page in front, with a table of its own that leads to the other.
#[test]
fn a_linearised_pdf_is_counted() {
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let mut places = [0; 6];
    let mut put = |pdf: &mut Vec<u8>, number: usize, object: &str| {
        places[number] = pdf.len();
        pdf.extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
        places
    };
    put(&mut pdf, 4, "<</Linearized 1/L 99999/H[0 0]/O 5/E 9999/N 2/T 9999>>");
    let first_table = pdf.len();
    // As long as it will be when the places are known.
    let table = |places: &[usize; 6], second_table: usize| {
        let entries = entries(&places[4..]);
        let trailer = format!("<</Size 6/Root 1 0 R/Prev {second_table:010}>>");
        format!("xref\n4 2\n{entries}trailer\n{trailer}\nstartxref\n0\n%%EOF\n")
    };
    pdf.extend(table(&[0; 6], 0).bytes());
    put(&mut pdf, 5, PAGE);
    put(&mut pdf, 1, CATALOG);
    put(&mut pdf, 2, "<</Type/Pages/Count 2/Kids[5 0 R 3 0 R]>>");
    let places = put(&mut pdf, 3, PAGE);
    let second_table = pdf.len();
    let entries = entries(&places[1..4]);
    pdf.extend(format!("xref\n0 4\n0000000000 65535 f \n{entries}trailer\n<</Size 4>>\n").bytes());
    pdf.extend(format!("startxref\n{first_table}\n%%EOF\n").bytes());
    let first = table(&places, second_table);
    pdf[first_table..first_table + first.len()].copy_from_slice(first.as_bytes());
    assert_eq!(pages(&pdf), Ok(2));
}

#[test]
fn ten_thousand_pages_are_counted() {
    let kids = (3..10_003).map(|page| format!("{page} 0 R ")).collect::<Vec<_>>().concat();
    let root = format!("<</Type/Pages/Count 1/Kids[{kids}]>>");
    let objects = [CATALOG, &root].into_iter().chain((0..10_000).map(|_| PAGE));
    assert_eq!(pages(&made(objects)), Ok(10_000));
}

#[test]
fn arrays_nested_without_end_fail() {
    let deep = |levels| rooted(&format!("<</Type/Pages/Kids{}3 0 R{}>>", "[".repeat(levels), "]".repeat(levels)));
    assert_eq!(pages(&deep(1)), Ok(1));
    assert!(pages(&deep(2)).is_err());
    assert!(pages(&deep(10_000)).is_err());
}

#[test]
fn object_streams_are_read() {
    let mut packed = Vec::new();
    let options = SaveOptions::builder().use_object_streams(true).use_xref_streams(true).build();
    loaded(&samples::pdf(30, "Packed")).save_with_options(&mut packed, options).unwrap();
    assert!(packed.windows(6).any(|word| word == b"ObjStm"));
    assert_eq!(pages(&packed), Ok(30));
}

/// A stream of zeros, packed, with these entries in its dictionary.
fn packed(size: usize, entries: &str) -> String {
    let mut stream = lopdf::Stream::new(lopdf::dictionary! {}, vec![0; size]);
    stream.compress().unwrap();
    let (hex, filters) = (hex::encode(stream.content), "/Filter[/ASCIIHexDecode/FlateDecode]");
    format!("<<{entries}{filters}/Length {}>>stream\n{hex}\nendstream", hex.len())
}

#[test]
fn an_object_stream_that_explodes_fails() {
    let with = |size| made([CATALOG, "<</Type/Pages/Kids[3 0 R]>>", PAGE, &packed(size, "/Type/ObjStm/N 0/First 0")]);
    assert_eq!(read(&with(1_000), 1_000), Ok(1));
    let Err(CountError::Failed(told)) = read(&with(1_001), 1_000) else { panic!("a bomb was counted") };
    assert!(told.contains("decompress"), "{told}");
}

/// The table of a PDF may be a stream, too.
#[test]
fn a_table_that_explodes_fails() {
    let with = |size: usize| {
        let table = packed(size, &format!("/Type/XRef/Size {}/W[1 2 1]/Root 1 0 R", size / 4));
        let pdf = made([CATALOG, "<</Type/Pages/Kids[3 0 R]>>", PAGE, &table]);
        let (table, _) = pdf.windows(7).enumerate().find(|(_, word)| *word == b"4 0 obj").unwrap();
        let end = pdf.windows(5).position(|word| word == b"xref\n").unwrap();
        [&pdf[..end], format!("startxref\n{table}\n%%EOF\n").as_bytes()].concat()
    };
    // It says that there is no object, and is not believed: they are looked for, as where there is no table.
    assert_eq!(read(&with(1_000), 1_000), Ok(1));
    let Err(CountError::Failed(told)) = read(&with(1_004), 1_000) else { panic!("a bomb was counted") };
    assert!(told.contains("decompress"), "{told}");
}

fn encrypted(user_password: &str) -> Vec<u8> {
    let mut pdf = loaded(&samples::pdf(5, "Secret"));
    let id = Object::String(vec![7; 16], StringFormat::Hexadecimal);
    pdf.trailer.set("ID", vec![id.clone(), id]);
    let version = EncryptionVersion::V2 {
        document: &pdf,
        owner_password: "owner",
        user_password,
        key_length: 128,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    pdf.encrypt(&state).unwrap();
    saved(&mut pdf)
}

#[test]
fn an_encrypted_pdf_without_a_user_password_is_counted() {
    assert_eq!(pages(&encrypted("")), Ok(5));
}

#[test]
fn a_pdf_locked_with_a_user_password_fails() {
    assert_eq!(pages(&encrypted("user")), Err(failed("is locked with a password")));
}
