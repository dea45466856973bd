//! XML as a row of elements and texts. Nothing outside the text is read, and no entity of its own is known.

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// What comes next.
pub(super) enum Node<'a> {
    /// An element begins; the root is at depth 0.
    Open { tag: Tag<'a>, depth: usize },
    /// An element ends.
    Close { name: &'a str },
    /// Text, or a piece of it.
    Text(&'a str),
}

/// The beginning of an element.
pub(super) struct Tag<'a>(&'a BytesStart<'a>);

impl Tag<'_> {
    /// Its name, without a prefix.
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// The value of an attribute, whatever its prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        self.find(|key| key.rsplit(':').next() == Some(name))
    }

    /// The id of a relation: `r:id`, beside which there may be an `id`.
    pub(super) fn relation(&self) -> Option<String> {
        self.find(|key| key.ends_with(":id"))
    }

    fn find(&self, is_meant: impl Fn(&str) -> bool) -> Option<String> {
        let mut attributes = self.0.attributes();
        let found = attributes.with_checks(false).filter_map(Result::ok).find(|found| is_meant(found.key.0))?;
        Some(found.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
    }
}

/// Visits all of it; `None` if it is damaged, or the visitor says so.
pub(super) fn walk(xml: &[u8], mut visit: impl FnMut(Node<'_>) -> Option<()>) -> Option<()> {
    let mut reader = Reader::from_str(str::from_utf8(xml).ok()?);
    reader.config_mut().expand_empty_elements = true;
    let (mut depth, mut has_root) = (0, false);
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                has_root = true;
                visit(Node::Open { tag: Tag(&start), depth })?;
                depth += 1;
            }
            Event::End(end) => {
                depth -= 1;
                visit(Node::Close { name: end.local_name().into_inner() })?;
            }
            Event::Text(text) if depth == 0 && !text.trim_ascii().is_empty() => return None,
            Event::Text(text) => visit(Node::Text(&text))?,
            Event::CData(text) => visit(Node::Text(&text))?,
            Event::GeneralRef(name) => match name.resolve_char_ref().ok()? {
                Some(character) => visit(Node::Text(character.encode_utf8(&mut [0; 4])))?,
                None => visit(Node::Text(resolve_predefined_entity(&name)?))?,
            },
            Event::Eof => return (has_root && depth == 0).then_some(()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The nodes in a few letters.
    fn told(xml: &str) -> Option<String> {
        let mut told = Vec::new();
        walk(xml.as_bytes(), |node| {
            told.push(match node {
                Node::Open { tag, depth } => {
                    format!("<{}{depth}{}>", tag.name(), tag.attribute("a").unwrap_or_default())
                }
                Node::Close { name } => format!("</{name}>"),
                Node::Text(text) => text.to_owned(),
            });
            Some(())
        })?;
        Some(told.concat())
    }

    #[test]
    fn elements_and_texts_come_in_order() {
        let xml = "\u{feff}<?xml version='1.0'?><!-- no --><w:r x='y'>1<w:t w:a='b&amp;c'/>&lt;&#228;&#x1F600;<![CDATA[<2>]]></w:r>\n";
        assert_eq!(told(xml).unwrap(), "<r0>1<t1b&c></t><ä😀<2></r>\n");
    }

    #[test]
    fn damage_is_seen() {
        for xml in [
            "<a>",
            "<a></b>",
            "</a>",
            "<a",
            "<a>&unknown;</a>",
            "<a>&#0;</a>",
            "<a>\u{0}<",
            "",
            " ",
            "words",
            "<a/>words",
        ] {
            assert_eq!(told(xml), None, "{xml}");
        }
        assert_eq!(walk(b"<a>\xff</a>", |_| Some(())), None);
        assert_eq!(walk(b"<a/>", |_| None), None);
    }

    #[test]
    fn entities_do_not_grow() {
        let xml = "<!DOCTYPE a [<!ENTITY b 'bbbbbbbb'><!ENTITY c '&b;&b;&b;'>]><a>&c;</a>";
        assert_eq!(told(xml), None);
    }

    #[test]
    fn a_relation_is_not_mistaken_for_an_id() {
        let mut found = None;
        let xml = b"<s id='256' r:id='rId7'/>";
        walk(xml, |node| {
            if let Node::Open { tag, .. } = node {
                found = tag.relation();
            }
            Some(())
        });
        assert_eq!(found.as_deref(), Some("rId7"));
    }
}
