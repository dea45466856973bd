//! Documents by what is in them.

use super::*;
use crate::budget::Budget;
use crate::office::{failed, pages};
use crate::samples;
use crate::zip::Archive;

fn counted(docx: &[u8]) -> Result<u64, CountError> {
    pages(&mut Archive::open(docx)?, &mut Budget::default()).map(|counted| counted.map_or(0, |(_, pages)| pages))
}

/// The pages of a document with this in its body, and no stored count.
fn of_body(body: &str) -> u64 {
    let document = format!("<w:document><w:body>{body}</w:body></w:document>");
    counted(&samples::office("word/document.xml", &[("word/document.xml", &document)])).unwrap()
}

fn run(what: &str) -> String {
    format!("<w:p><w:r>{what}</w:r></w:p>")
}

const BREAK: &str = "<w:br w:type='page'/>";
const LAID_OUT: &str = "<w:lastRenderedPageBreak/>";
const TEXT: &str = "<w:t>text</w:t>";

#[test]
fn the_larger_of_the_stored_count_and_the_breaks_holds() {
    for (breaks, stored, pages) in [(0, Some(7), 7), (2, Some(7), 7), (2, Some(1), 3), (2, None, 3), (0, Some(1), 1)] {
        assert_eq!(counted(&samples::docx("Hello", breaks, stored)), Ok(pages), "{breaks} {stored:?}");
    }
}

/// A document of one page beside a part with a stored count, referred to like this.
fn referred(relations: &str) -> Result<u64, CountError> {
    let main = "<Relationship Id='rId1' Type='a/officeDocument' Target='word/document.xml'/>";
    let relations = format!("<Relationships>{main}{relations}</Relationships>");
    let document = format!("<w:document><w:body>{}</w:body></w:document>", run(TEXT));
    counted(&samples::zip(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", relations.as_bytes()),
        ("word/document.xml", document.as_bytes()),
        ("a.xml", b"<Properties><Pages>7</Pages></Properties>"),
        ("b.xml", b"<Properties><Pages>1</Pages></Properties>"),
    ]))
}

#[test]
fn the_stored_count_is_found_in_the_strict_form_too() {
    for kind in ["extended-properties", "extendedProperties"] {
        assert_eq!(referred(&format!("<Relationship Id='rId2' Type='x/{kind}' Target='a.xml'/>")), Ok(7), "{kind}");
    }
}

#[test]
fn two_parts_where_one_is_meant_are_refused() {
    let part = |id: &str, kind: &str, name: &str| format!("<Relationship Id='{id}' Type='x/{kind}' Target='{name}'/>");
    let why = |relations: [String; 2]| {
        let Err(CountError::Failed(why)) = referred(&relations.concat()) else { panic!("{relations:?}") };
        why
    };
    let two = [part("rId2", "extended-properties", "a.xml"), part("rId3", "extendedProperties", "b.xml")];
    assert!(why(two).ends_with("has two parts of the kind extended-properties"));
    let one = [part("rId2", "extended-properties", "a.xml"), part("rId2", "extended-properties", "b.xml")];
    assert!(why(one).ends_with("has a damaged part, _rels/.rels"));
}

#[test]
fn without_either_a_page_has_3000_characters() {
    let text = |characters| counted(&samples::docx(&"ä".repeat(characters), 0, None));
    assert_eq!([text(0), text(1), text(3_000), text(3_001)], [Ok(0), Ok(1), Ok(1), Ok(2)]);
    assert_eq!(counted(&samples::docx(&"x".repeat(9_000), 0, Some(0))), Ok(3), "a stored 0 is none");
}

#[test]
fn a_break_of_the_author_and_one_of_the_layout_count_once_where_they_meet() {
    assert_eq!(of_body(&run(&[TEXT, BREAK, TEXT].concat())), 2);
    assert_eq!(of_body(&run(&[TEXT, LAID_OUT, TEXT].concat())), 2);
    assert_eq!(of_body(&[run(&[TEXT, BREAK].concat()), run(&[LAID_OUT, TEXT].concat())].concat()), 2);
    assert_eq!(of_body(&run(&[TEXT, BREAK, TEXT, LAID_OUT, TEXT].concat())), 3);
    assert_eq!(of_body(&run(&[TEXT, BREAK, BREAK, TEXT].concat())), 3, "an empty page is a page");
    assert_eq!(of_body(&run(&[TEXT, LAID_OUT, "<w:drawing/>", LAID_OUT, "<w:drawing/>"].concat())), 3);
}

#[test]
fn other_breaks_end_no_page() {
    assert_eq!(of_body(&run(&[TEXT, "<w:br/>", TEXT, "<w:br w:type='column'/>", TEXT].concat())), 1);
}

#[test]
fn a_paragraph_may_begin_a_page() {
    let before = |val: &str| format!("<w:p><w:pPr><w:pageBreakBefore{val}/></w:pPr><w:r>{TEXT}</w:r></w:p>");
    assert_eq!(of_body(&[run(TEXT), before("")].concat()), 2);
    assert_eq!(of_body(&[run(TEXT), before(" w:val='false'")].concat()), 1);
    assert_eq!(of_body(&before("")), 1, "the first page has begun already");
    let laid_out = before("").replace("<w:t>", &format!("{LAID_OUT}<w:t>"));
    assert_eq!(of_body(&[run(TEXT), laid_out].concat()), 2);
}

#[test]
fn a_section_begins_a_page_unless_it_goes_on() {
    let inner = |kind: &str| format!("<w:p><w:pPr><w:sectPr>{kind}</w:sectPr></w:pPr></w:p>");
    let last = |kind: &str| format!("<w:sectPr>{kind}</w:sectPr>");
    let next = "<w:type w:val='nextPage'/>";
    let on = "<w:type w:val='continuous'/>";
    let two = |first: &str, second: &str| [run(TEXT), inner(first), run(TEXT), last(second)].concat();
    assert_eq!(of_body(&[run(TEXT), last(next)].concat()), 1);
    assert_eq!(of_body(&two("", "")), 2);
    assert_eq!(of_body(&two(on, next)), 2);
    assert_eq!(of_body(&two(next, on)), 1);
    let laid_out = run(&[LAID_OUT, TEXT].concat());
    assert_eq!(of_body(&[run(TEXT), inner(""), laid_out, last(next)].concat()), 2);
}

#[test]
fn a_row_that_goes_on_over_pages_counts_once_and_not_in_each_cell() {
    let cell = |what: &str| format!("<w:tc>{}</w:tc>", run(what));
    let long = cell(&[TEXT, LAID_OUT, TEXT].concat());
    let longer = cell(&[TEXT, LAID_OUT, TEXT, LAID_OUT, TEXT].concat());
    let row = format!("<w:tr>{long}{longer}{}</w:tr>", cell(TEXT));
    assert_eq!(of_body(&format!("<w:tbl>{row}</w:tbl>")), 3);
    assert_eq!(of_body(&format!("<w:tbl>{row}{row}</w:tbl>{}", run(&[LAID_OUT, TEXT].concat()))), 6);
    let nested = format!("<w:tr><w:tc><w:tbl>{row}</w:tbl></w:tc>{long}</w:tr>");
    assert_eq!(of_body(&format!("<w:tbl>{nested}</w:tbl>")), 3);
}

#[test]
fn what_is_not_in_the_document_any_more_does_not_count() {
    let deleted = format!("<w:p><w:del><w:r>{TEXT}{BREAK}</w:r></w:del></w:p>");
    assert_eq!(of_body(&[run(TEXT), deleted].concat()), 1);
    let twice = "<mc:AlternateContent><mc:Choice><w:t>a</w:t></mc:Choice><mc:Fallback><w:t>a</w:t></mc:Fallback></mc:AlternateContent>";
    assert_eq!(of_body(&run(&twice.repeat(3_000))), 1);
    assert_eq!(of_body(&run(&twice.repeat(3_001))), 2);
}

#[test]
fn a_damaged_part_fails() {
    let broken = samples::office("word/document.xml", &[("word/document.xml", "<w:document><w:body></w:document>")]);
    assert_eq!(counted(&broken), Err(failed("has a damaged part, word/document.xml")));
}
