//! Workbooks: a page for 10 000 characters in cells. A number has those that are stored; a formula its result.

use ports::CountError;

use super::failed;
use super::package::{Package, only};
use super::xml::Node;
use crate::text;

pub(super) fn pages(package: &mut Package<'_, '_>, main: &str) -> Result<u64, CountError> {
    let relations = package.relations(main)?;
    let shared = match only(&relations, &["sharedStrings"])? {
        Some(strings) => shared(package, strings)?,
        None => Vec::new(),
    };
    let mut characters = 0_u64;
    for id in sheets(package, main)? {
        let sheet = relations.get(&id).ok_or_else(|| failed("lists a sheet that is not in it"))?;
        // A chart has a sheet of its own, and no cells.
        if sheet.kind == "worksheet" {
            characters = characters.saturating_add(in_cells(package, &sheet.part, &shared)?);
        }
    }
    Ok(text::pages(characters, text::SHEET))
}

/// The relations of the workbook's sheets, hidden ones included.
fn sheets(package: &mut Package<'_, '_>, main: &str) -> Result<Vec<String>, CountError> {
    let mut ids = Vec::new();
    package.walk(main, |node| {
        if let Node::Open { tag, depth: 2 } = node
            && tag.name() == "sheet"
        {
            ids.push(tag.relation()?);
        }
        Some(())
    })?;
    Ok(ids)
}

/// Characters of the texts that cells share, in order.
fn shared(package: &mut Package<'_, '_>, part: &str) -> Result<Vec<u64>, CountError> {
    let mut lengths = Vec::new();
    let mut words = Words::default();
    package.walk(part, |node| {
        if let Node::Open { tag, depth: 1 } = &node
            && tag.name() == "si"
        {
            lengths.push(0);
        }
        *lengths.last_mut().unwrap_or(&mut 0) += words.in_node(&node);
        Some(())
    })?;
    Ok(lengths)
}

/// Counts the characters of text elements, but for hints how to read them aloud.
#[derive(Default)]
struct Words {
    in_text: bool,
    in_hint: bool,
}

impl Words {
    fn in_node(&mut self, node: &Node<'_>) -> u64 {
        match node {
            Node::Open { tag, .. } if tag.name() == "t" => self.in_text = true,
            Node::Open { tag, .. } if tag.name() == "rPh" => self.in_hint = true,
            Node::Close { name: "t" } => self.in_text = false,
            Node::Close { name: "rPh" } => self.in_hint = false,
            Node::Text(text) if self.in_text && !self.in_hint => return text.chars().count() as u64,
            _ => {}
        }
        0
    }
}

/// The characters in a sheet's cells.
fn in_cells(package: &mut Package<'_, '_>, part: &str, shared: &[u64]) -> Result<u64, CountError> {
    let mut characters = 0_u64;
    let (mut is_shared, mut value) = (false, None::<String>);
    let mut words = Words::default();
    package.walk(part, |node| {
        characters = characters.saturating_add(words.in_node(&node));
        match node {
            Node::Open { tag, .. } if tag.name() == "c" => is_shared = tag.attribute("t").as_deref() == Some("s"),
            Node::Open { tag, .. } if tag.name() == "v" => value = Some(String::new()),
            Node::Text(text) => value.iter_mut().for_each(|value| value.push_str(text)),
            Node::Close { name: "v" } => {
                let value = value.take()?;
                let length = if is_shared {
                    *shared.get(value.trim().parse::<usize>().ok()?)?
                } else {
                    value.chars().count() as u64
                };
                characters = characters.saturating_add(length);
            }
            Node::Close { name: "c" } => is_shared = false,
            _ => {}
        }
        Some(())
    })?;
    Ok(characters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use crate::office::pages;
    use crate::samples;
    use crate::zip::Archive;

    fn counted(xlsx: &[u8]) -> Result<u64, CountError> {
        pages(&mut Archive::open(xlsx)?, &mut Budget::default()).map(|counted| counted.map_or(0, |(_, pages)| pages))
    }

    /// A workbook of a sheet with these cells, and these shared texts.
    fn workbook(cells: &str, shared: &str) -> Vec<u8> {
        let relation = |id: u32, kind: &str, part: &str| {
            format!("<Relationship Id='r{id}' Type='http://x/{kind}' Target='{part}'/>")
        };
        let relations = [
            relation(1, "worksheet", "/xl/a.xml"),
            relation(2, "sharedStrings", "b.xml"),
            relation(3, "chartsheet", "c.xml"),
        ];
        samples::office(
            "xl/workbook.xml",
            &[
                ("xl/workbook.xml", "<workbook><sheets><sheet r:id='r1'/><sheet r:id='r3'/></sheets></workbook>"),
                ("xl/_rels/workbook.xml.rels", &format!("<Relationships>{}</Relationships>", relations.concat())),
                ("xl/a.xml", &format!("<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>")),
                ("xl/b.xml", &format!("<sst>{shared}</sst>")),
            ],
        )
    }

    #[test]
    fn a_page_has_10000_characters() {
        let half = "ä".repeat(5_000);
        assert_eq!(counted(&samples::xlsx(&[])), Ok(0));
        assert_eq!(counted(&samples::xlsx(&[&half, &half])), Ok(1));
        assert_eq!(counted(&samples::xlsx(&[&half, &half, "x"])), Ok(2));
    }

    #[test]
    fn a_shared_text_counts_in_every_cell_that_shows_it() {
        let shared = format!("<si><t>no</t></si><si><r><t>{}</t></r><r><t>b</t></r></si>", "a".repeat(4_999));
        let cell = "<c t='s'><v>1</v></c>";
        assert_eq!(counted(&workbook(&cell.repeat(2), &shared)), Ok(1));
        assert_eq!(counted(&workbook(&cell.repeat(3), &shared)), Ok(2));
        assert_eq!(counted(&workbook("", &shared)), Ok(0), "a text in no cell is not shown");
    }

    #[test]
    fn numbers_count_as_stored_and_formulas_by_their_results() {
        let long = "1".repeat(9_995);
        assert_eq!(
            counted(&workbook(&format!("<c><v>{long}</v></c><c t='b'><v>1</v></c><c><v>0.25</v></c>"), "")),
            Ok(1)
        );
        assert_eq!(
            counted(&workbook(&format!("<c><v>{long}</v></c><c t='b'><v>1</v></c><c><v>0.255</v></c>"), "")),
            Ok(2)
        );
        assert_eq!(counted(&workbook(&format!("<c><f>{long}&amp;{long}</f><v>3</v></c>"), "")), Ok(1));
        assert_eq!(counted(&workbook(&format!("<c t='str'><f>A1</f><v>{long}&amp;{long}</v></c>"), "")), Ok(2));
    }

    #[test]
    fn texts_in_place_count_and_hints_do_not() {
        let text = "x".repeat(10_000);
        assert_eq!(counted(&workbook(&format!("<c t='inlineStr'><is><t>{text}</t></is></c>"), "")), Ok(1));
        assert_eq!(
            counted(&workbook(&format!("<c t='inlineStr'><is><t>{text}</t><r><t>y</t></r></is></c>"), "")),
            Ok(2)
        );
        assert_eq!(
            counted(&workbook(&format!("<c t='inlineStr'><is><t>{text}</t><rPh><t>y</t></rPh></is></c>"), "")),
            Ok(1)
        );
    }

    #[test]
    fn a_cell_of_a_text_that_is_not_there_fails() {
        let damaged = Err(failed("has a damaged part, xl/a.xml"));
        for index in ["1", "-1", "x", ""] {
            assert_eq!(counted(&workbook(&format!("<c t='s'><v>{index}</v></c>"), "<si><t>a</t></si>")), damaged);
        }
    }

    #[test]
    fn a_sheet_that_is_not_there_fails() {
        let sheet = "<workbook><sheets><sheet r:id='r1'/></sheets></workbook>";
        let none = samples::office("xl/workbook.xml", &[("xl/workbook.xml", sheet)]);
        assert_eq!(counted(&none), Err(failed("lists a sheet that is not in it")));
    }
}
