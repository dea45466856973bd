//! A package: parts by name, and the relations from one part to others.

use std::collections::HashMap;

use ports::CountError;

use super::failed;
use super::xml::{Node, walk};
use crate::budget::Budget;
use crate::zip::Archive;

/// An archive that holds an Office file.
pub(super) struct Package<'p, 'z> {
    zip: &'p mut Archive<'z>,
    /// Places in the archive, by names in lower case: case does not tell parts apart.
    parts: HashMap<String, usize>,
    budget: &'p mut Budget,
}

/// What a part refers to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Relation {
    /// The last word of the relation's type: `worksheet`.
    pub(super) kind: String,
    /// The name of the other part.
    pub(super) part: String,
}

impl<'p, 'z> Package<'p, 'z> {
    /// The package in this archive, if it says to be one.
    pub(super) fn of(zip: &'p mut Archive<'z>, names: &[String], budget: &'p mut Budget) -> Option<Self> {
        let parts: HashMap<_, _> = names.iter().enumerate().map(|(at, name)| (name.to_lowercase(), at)).collect();
        let is_one = parts.contains_key("[content_types].xml") && parts.contains_key("_rels/.rels");
        is_one.then_some(Self { zip, parts, budget })
    }

    /// The part that the package is about.
    pub(super) fn main(&mut self) -> Result<String, CountError> {
        let relations = self.relations("")?;
        let main = only(&relations, &["officeDocument"])?;
        let other = || CountError::Unsupported("a package other than DOCX, PPTX and XLSX".to_owned());
        main.map(ToOwned::to_owned).ok_or_else(other)
    }

    /// The name of a part's root element.
    pub(super) fn root(&mut self, part: &str) -> Result<String, CountError> {
        let mut root = None;
        self.walk(part, |node| {
            if let (Node::Open { tag, .. }, None) = (&node, &root) {
                root = Some(tag.name().to_owned());
            }
            Some(())
        })?;
        root.ok_or_else(|| failed(&format!("has a damaged part, {part}")))
    }

    pub(super) fn has(&self, part: &str) -> bool {
        self.parts.contains_key(&part.to_lowercase())
    }

    /// What a part refers to, by ids. The package itself is the part without a name.
    pub(super) fn relations(&mut self, part: &str) -> Result<HashMap<String, Relation>, CountError> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let from = resolved(folder, &format!("_rels/{name}.rels"));
        let mut found = HashMap::new();
        if !self.has(&from) {
            return Ok(found);
        }
        self.walk(&from, |node| {
            if let Node::Open { tag, .. } = node
                && tag.name() == "Relationship"
                && tag.attribute("TargetMode").as_deref() != Some("External")
            {
                let kind = tag.attribute("Type")?.rsplit('/').next()?.to_owned();
                let part = resolved(folder, &tag.attribute("Target")?);
                if found.insert(tag.attribute("Id")?, Relation { kind, part }).is_some() {
                    return None;
                }
            }
            Some(())
        })?;
        Ok(found)
    }

    /// Visits a part's elements and texts in order. A visitor answers nothing where what it finds makes no sense.
    pub(super) fn walk(&mut self, part: &str, visit: impl FnMut(Node<'_>) -> Option<()>) -> Result<(), CountError> {
        let place = self.parts.get(&part.to_lowercase());
        let place = *place.ok_or_else(|| failed(&format!("lacks its part {part}")))?;
        let xml = self.zip.read(place, self.budget).map_err(|error| crate::count::part("part", part, &error))?;
        walk(&xml, visit).ok_or_else(|| failed(&format!("has a damaged part, {part}")))
    }
}

/// The part that is referred to as one of these kinds, if there is one. Of two nobody could say which is meant.
pub(super) fn only<'r>(
    relations: &'r HashMap<String, Relation>,
    kinds: &[&str],
) -> Result<Option<&'r str>, CountError> {
    let mut found = relations.values().filter(|relation| kinds.contains(&relation.kind.as_str()));
    let first = found.next();
    if found.next().is_some() {
        return Err(failed(&format!("has two parts of the kind {}", kinds[0])));
    }
    Ok(first.map(|relation| relation.part.as_str()))
}

/// The name of what is meant by a path, seen from a folder.
fn resolved(folder: &str, path: &str) -> String {
    let folder = if path.starts_with('/') { "" } else { folder };
    let mut steps: Vec<&str> = Vec::new();
    for step in folder.split('/').chain(path.split('/')) {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_folder_of_their_part() {
        for (folder, path, part) in [
            ("", "word/document.xml", "word/document.xml"),
            ("", "/word/document.xml", "word/document.xml"),
            ("ppt", "slides/slide1.xml", "ppt/slides/slide1.xml"),
            ("ppt", "/ppt/slides/slide1.xml", "ppt/slides/slide1.xml"),
            ("ppt/slides", "../media/./a.png", "ppt/media/a.png"),
            ("ppt", "../../a", "a"),
        ] {
            assert_eq!(resolved(folder, path), part);
        }
    }
}
