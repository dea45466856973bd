//! Presentations: the slides that are listed, hidden ones included.

use ports::CountError;

use super::failed;
use super::package::Package;
use super::xml::Node;

pub(super) fn slides(package: &mut Package<'_, '_>, main: &str) -> Result<u64, CountError> {
    let mut ids = Vec::new();
    let mut listing = false;
    package.walk(main, |node| {
        match node {
            Node::Open { tag, depth: 1 } => listing = tag.name() == "sldIdLst",
            Node::Open { tag, depth: 2 } if listing && tag.name() == "sldId" => ids.push(tag.relation()?),
            _ => {}
        }
        Some(())
    })?;
    let relations = package.relations(main)?;
    let is_there =
        |id: &String| relations.get(id).is_some_and(|slide| slide.kind == "slide" && package.has(&slide.part));
    if !ids.iter().all(is_there) {
        return Err(failed("lists a slide that is not in it"));
    }
    Ok(ids.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use crate::kind::Kind;
    use crate::office::pages;
    use crate::samples;
    use crate::zip::Archive;

    fn counted(pptx: &[u8]) -> Result<u64, CountError> {
        let counted = pages(&mut Archive::open(pptx)?, &mut Budget::default())?;
        assert_eq!(counted.map(|(kind, _)| kind), Some(Kind::Pptx));
        Ok(counted.map_or(0, |(_, pages)| pages))
    }

    fn presentation(list: &str, relations: &str, slides: &[&str]) -> Vec<u8> {
        let main = format!("<p:presentation><p:sldMasterIdLst/>{list}<p:extLst/></p:presentation>");
        let relations = format!("<Relationships>{relations}</Relationships>");
        let slides = slides.iter().map(|slide| (*slide, "<p:sld/>"));
        let parts = [("ppt/presentation.xml", main.as_str()), ("ppt/_rels/presentation.xml.rels", &relations)];
        let parts: Vec<_> = parts.into_iter().chain(slides).collect();
        samples::office("ppt/presentation.xml", &parts)
    }

    const SLIDE: &str = "<Relationship Id='r1' Type='http://x/slide' Target='slides/slide1.xml'/>";

    #[test]
    fn the_slides_are_counted() {
        for slides in [0, 1, 7, 60] {
            assert_eq!(counted(&samples::pptx(slides)), Ok(u64::from(slides)));
        }
    }

    #[test]
    fn the_list_counts_and_not_the_files() {
        let list = "<p:sldIdLst><p:sldId id='256' r:id='r1'/></p:sldIdLst>";
        let files = ["ppt/slides/slide1.xml", "ppt/slides/slide2.xml"];
        assert_eq!(counted(&presentation(list, SLIDE, &files)), Ok(1));
        let sections = "<p:extLst><p14:sldIdLst><p14:sldId id='256'/></p14:sldIdLst></p:extLst>";
        assert_eq!(counted(&presentation(&format!("{list}{sections}"), SLIDE, &files)), Ok(1));
    }

    #[test]
    fn a_slide_that_is_not_there_fails() {
        let missing = Err(failed("lists a slide that is not in it"));
        let list = |id: &str| format!("<p:sldIdLst><p:sldId id='256' r:id='{id}'/></p:sldIdLst>");
        assert_eq!(counted(&presentation(&list("r2"), SLIDE, &["ppt/slides/slide1.xml"])), missing);
        assert_eq!(counted(&presentation(&list("r1"), SLIDE, &[])), missing);
        let damaged = Err(failed("has a damaged part, ppt/presentation.xml"));
        assert_eq!(counted(&presentation("<p:sldIdLst><p:sldId id='256'/></p:sldIdLst>", SLIDE, &[])), damaged);
    }
}
