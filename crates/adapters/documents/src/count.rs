//! Counting a file's pages by its type's rule.

use ports::{Claim, CountError};

use crate::budget::Budget;
use crate::claim::{refusal, text_or_csv};
use crate::kind::Kind;
use crate::{eml, office, pdf, text, tiff, zip};

/// A file with more is not what it says: some formats may say any number.
const MAX_PAGES: u64 = 1_000_000;

/// A file's type and pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) kind: Kind,
    pub(crate) pages: u64,
}

/// Counts a file.
pub(crate) fn count(file: &[u8], claim: &Claim) -> Result<Counted, CountError> {
    within(file, claim, &mut Budget::default())
}

/// Counts a file that may be part of another one. At least a page: what was counted was looked at.
pub(crate) fn within(file: &[u8], claim: &Claim, budget: &mut Budget) -> Result<Counted, CountError> {
    let (kind, pages) = match Kind::of(file).ok_or_else(|| refusal(file, claim))? {
        Kind::Pdf => (Kind::Pdf, pdf::pages(file)?),
        Kind::Tiff => (Kind::Tiff, tiff::frames(file)?),
        Kind::Zip => zipped(file, budget)?,
        Kind::Eml => (Kind::Eml, eml::pages(file, budget)?),
        Kind::Text | Kind::Csv => written(file, claim)?,
        picture => (picture, 1),
    };
    if pages > MAX_PAGES {
        return Err(CountError::Failed(format!("it has more than {MAX_PAGES} pages")));
    }
    Ok(Counted { kind, pages: pages.max(1) })
}

/// The refusal of a file for the sake of one in it.
pub(crate) fn part(what: &str, name: &str, error: &CountError) -> CountError {
    let name: String = name.chars().take(100).collect();
    CountError::Failed(format!("its {what} {name:?}: {error}"))
}

/// An Office file is a ZIP with a certain member.
fn zipped(file: &[u8], budget: &mut Budget) -> Result<(Kind, u64), CountError> {
    let mut zip = zip::Archive::open(file)?;
    match office::pages(&mut zip, budget)? {
        Some(counted) => Ok(counted),
        None => Ok((Kind::Zip, zip::pages(&mut zip, budget)?)),
    }
}

fn written(file: &[u8], claim: &Claim) -> Result<(Kind, u64), CountError> {
    let kind = text_or_csv(claim)?;
    let on_a_page = if kind == Kind::Csv { text::SHEET } else { text::PAGE };
    let characters = text::characters(file).unwrap_or_default();
    Ok((kind, text::pages(characters, on_a_page)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn counted(file: &[u8], name: &str) -> (Kind, u64) {
        let Counted { kind, pages } = count(file, &Claim { name: Some(name.into()), media_type: None }).unwrap();
        (kind, pages)
    }

    #[test]
    fn a_picture_is_one_page_however_many_it_moves_through() {
        let animated = samples::png().splice_chunk(b"\0\0\0\x08acTL\0\0\0\x09\0\0\0\0\x56\x1d\xe7\x4f");
        assert_eq!(counted(&animated, "a.png"), (Kind::Png, 1));
        assert_eq!(counted(b"GIF89a\x01\0\x01\0", "a.gif"), (Kind::Gif, 1));
        assert_eq!(counted(&samples::iso_media(&["heic", "mif1"]), "a.heic"), (Kind::Heic, 1));
        assert_eq!(counted(&samples::iso_media(&["avis", "msf1"]), "a.avif"), (Kind::Avif, 1));
    }

    trait Splice {
        fn splice_chunk(self, chunk: &[u8]) -> Self;
    }

    impl Splice for Vec<u8> {
        /// A chunk after a PNG's first one.
        fn splice_chunk(self, chunk: &[u8]) -> Self {
            [&self[..33], chunk, &self[33..]].concat()
        }
    }

    #[test]
    fn a_text_has_a_page_for_3000_characters_and_a_csv_for_10000() {
        for (characters, text, csv) in [(1, 1, 1), (3_000, 1, 1), (3_001, 2, 1), (10_000, 4, 1), (10_001, 4, 2)] {
            let file = "ä".repeat(characters);
            assert_eq!(counted(file.as_bytes(), "a.txt"), (Kind::Text, text), "{characters}");
            assert_eq!(counted(file.as_bytes(), "a.html"), (Kind::Text, text), "{characters}");
            assert_eq!(counted(file.as_bytes(), "a.csv"), (Kind::Csv, csv), "{characters}");
        }
    }

    #[test]
    fn a_text_that_should_be_a_pdf_fails() {
        let claim = Claim { name: Some("fake.pdf".into()), media_type: None };
        let told = "the file is named .pdf, but its content is not a PDF";
        assert_eq!(count(b"this is no PDF", &claim), Err(CountError::Failed(told.into())));
    }

    #[test]
    fn a_file_that_says_to_have_millions_of_pages_fails() {
        let stored =
            |pages| count(&samples::docx("Hello", 0, Some(pages)), &Claim::default()).map(|counted| counted.pages);
        assert_eq!(stored(1_000_000), Ok(1_000_000));
        assert_eq!(stored(1_000_001), Err(CountError::Failed("it has more than 1000000 pages".into())));
    }

    #[test]
    fn each_type_of_the_samples_is_counted() {
        assert_eq!(counted(&samples::pdf(3, "A"), "a"), (Kind::Pdf, 3));
        assert_eq!(counted(&samples::tiff(2), "a"), (Kind::Tiff, 2));
        assert_eq!(counted(&samples::docx("Hello", 1, Some(4)), "a"), (Kind::Docx, 4));
        assert_eq!(counted(&samples::pptx(5), "a"), (Kind::Pptx, 5));
        assert_eq!(counted(&samples::xlsx(&["a", "b"]), "a"), (Kind::Xlsx, 1));
        assert_eq!(counted(&samples::eml("Hello", &[("a.pdf", &samples::pdf(2, "A"))]), "a"), (Kind::Eml, 3));
        assert_eq!(counted(&samples::zip(&[("a.pdf", &samples::pdf(2, "A")), ("b", b"hi")]), "a"), (Kind::Zip, 3));
    }
}
