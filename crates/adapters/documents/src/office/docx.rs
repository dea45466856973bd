//! Word files. Where a page ends is known only to what lays the text out; three things in the file tell of it.

use ports::CountError;

use super::package::{Package, only};
use super::xml::{Node, Tag};
use crate::text;

/// The larger of the stored page count and one more than the page breaks; where there is neither, a page for 3 000
/// characters. The stored count alone is often wrong: many programs write 1.
pub(super) fn pages(package: &mut Package<'_, '_>, main: &str) -> Result<u64, CountError> {
    let mut body = Body::default();
    package.walk(main, |node| {
        body.visit(&node);
        Some(())
    })?;
    let stored = stored(package)?;
    Ok(match (stored, body.breaks) {
        (0, 0) => text::pages(body.characters, text::PAGE),
        (stored, breaks) => stored.max(breaks + 1),
    })
}

/// How the part that has it is referred to; the second is the strict form's word.
const STORED: [&str; 2] = ["extended-properties", "extendedProperties"];

/// The count that the program which wrote the file has stored; 0 for none.
fn stored(package: &mut Package<'_, '_>) -> Result<u64, CountError> {
    let relations = package.relations("")?;
    let properties = only(&relations, &STORED)?;
    let (mut pages, mut within) = (String::new(), false);
    if let Some(properties) = properties.filter(|part| package.has(part)) {
        package.walk(properties, |node| {
            match node {
                Node::Open { tag, depth: 1 } => within = tag.name() == "Pages",
                Node::Close { name: "Pages" } => within = false,
                Node::Text(text) if within => pages.push_str(text),
                _ => {}
            }
            Some(())
        })?;
    }
    Ok(pages.trim().parse().unwrap_or_default())
}

/// What is not part of the document as it is: deleted text, earlier formats, the second form of a drawing.
const HIDDEN: [&str; 6] = ["del", "moveFrom", "Fallback", "pPrChange", "rPrChange", "sectPrChange"];
/// How a section may begin on a new page; it does so where nothing is said, too.
const ON_A_NEW_PAGE: [&str; 3] = ["nextPage", "oddPage", "evenPage"];

/// A document's text, read from its beginning.
#[derive(Default)]
struct Body {
    characters: u64,
    /// Page breaks: those that the author made, and those at which the text was last laid out.
    breaks: u64,
    /// How deep within something hidden.
    hidden: usize,
    in_text: bool,
    paragraphs: u64,
    /// An author's break with nothing after it so far: the layout tells of it once more.
    just_broken: bool,
    sections: u64,
    section: Section,
    rows: Vec<Row>,
}

/// The section that is being read. What ends it tells how it began.
#[derive(Default)]
struct Section {
    /// Whether there is something in it.
    begun: bool,
    /// Whether the layout told of a new page before there was.
    on_a_new_page: bool,
    /// Whether it continues the page before it, as far as is known.
    continues: bool,
}

/// A row of a table. Where it goes on over pages, each of its cells may tell so.
struct Row {
    before: u64,
    most: u64,
}

impl Body {
    fn visit(&mut self, node: &Node<'_>) {
        match node {
            Node::Open { .. } if self.hidden > 0 => self.hidden += 1,
            Node::Close { .. } if self.hidden > 0 => self.hidden -= 1,
            Node::Text(text) if self.hidden == 0 && self.in_text => self.write(text.chars().count() as u64),
            Node::Open { tag, .. } => self.open(tag),
            Node::Close { name } => self.close(name),
            Node::Text(_) => {}
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        let is_off = |value: &str| ["false", "0", "off"].contains(&value);
        match tag.name() {
            name if HIDDEN.contains(&name) => self.hidden = 1,
            "t" => self.in_text = true,
            "drawing" | "pict" | "object" => self.write(0),
            "p" => self.paragraphs += 1,
            "br" if tag.attribute("type").as_deref() == Some("page") => self.break_page(),
            // Before the first paragraph there is no page to end.
            "pageBreakBefore" if self.paragraphs > 1 && !tag.attribute("val").is_some_and(|val| is_off(&val)) => {
                self.break_page();
            }
            "lastRenderedPageBreak" => self.lay_out(),
            "sectPr" => self.section.continues = false,
            "type" => {
                let value = tag.attribute("val");
                self.section.continues = value.is_some_and(|value| !ON_A_NEW_PAGE.contains(&value.as_str()));
            }
            "tr" => self.rows.push(Row { before: self.breaks, most: self.breaks }),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "sectPr" => self.end_section(),
            "tc" => {
                if let Some(row) = self.rows.last_mut() {
                    row.most = row.most.max(self.breaks);
                    self.breaks = row.before;
                }
            }
            "tr" => {
                if let Some(row) = self.rows.pop() {
                    self.breaks = row.most.max(self.breaks);
                }
            }
            _ => {}
        }
    }

    fn write(&mut self, characters: u64) {
        self.characters += characters;
        self.just_broken = false;
        self.section.begun = true;
    }

    fn break_page(&mut self) {
        self.breaks += 1;
        self.just_broken = true;
        self.section.begun = true;
    }

    fn lay_out(&mut self) {
        if !self.just_broken {
            self.breaks += 1;
        }
        self.just_broken = false;
        self.section.on_a_new_page |= !self.section.begun;
    }

    fn end_section(&mut self) {
        let Section { on_a_new_page, continues, .. } = std::mem::take(&mut self.section);
        if self.sections > 0 && !continues && !on_a_new_page {
            self.breaks += 1;
        }
        self.sections += 1;
    }
}

#[cfg(test)]
mod tests;
