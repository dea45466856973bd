//! Office files: ZIP archives of XML parts that refer to one another.

use ports::CountError;

use crate::budget::Budget;
use crate::kind::Kind;
use crate::zip::Archive;

mod docx;
mod package;
mod pptx;
mod xlsx;
mod xml;

use package::Package;

/// The pages of an Office file, if the archive is one.
pub(crate) fn pages(zip: &mut Archive<'_>, budget: &mut Budget) -> Result<Option<(Kind, u64)>, CountError> {
    let names = zip.names();
    // OpenDocument and EPUB begin with a member that tells their type.
    if names.first().is_some_and(|first| first == "mimetype") {
        let media_type = zip.read(0, budget)?;
        return Err(CountError::Unsupported(printable(&String::from_utf8_lossy(&media_type))));
    }
    let Some(mut package) = Package::of(zip, &names, budget) else { return Ok(None) };
    let main = package.main()?;
    let counted = match package.root(&main)?.as_str() {
        "document" => (Kind::Docx, docx::pages(&mut package, &main)?),
        "presentation" => (Kind::Pptx, pptx::slides(&mut package, &main)?),
        "workbook" => (Kind::Xlsx, xlsx::pages(&mut package, &main)?),
        _ => return Err(CountError::Unsupported("an Office file other than DOCX, PPTX and XLSX".to_owned())),
    };
    Ok(Some(counted))
}

fn failed(what: &str) -> CountError {
    CountError::Failed(format!("the Office file {}", printable(what)))
}

/// What a file says of itself may be anything, and long.
fn printable(said: &str) -> String {
    said.chars().filter(|letter| !letter.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn told(zip: &[u8]) -> Result<Option<Kind>, CountError> {
        pages(&mut Archive::open(zip)?, &mut Budget::default()).map(|found| found.map(|(kind, _)| kind))
    }

    #[test]
    fn the_main_part_tells_the_type() {
        assert_eq!(told(&samples::docx("Hello", 0, None)), Ok(Some(Kind::Docx)));
        assert_eq!(told(&samples::pptx(1)), Ok(Some(Kind::Pptx)));
        assert_eq!(told(&samples::xlsx(&["a"])), Ok(Some(Kind::Xlsx)));
        assert_eq!(told(&samples::zip(&[("word/document.xml", b"<document/>")])), Ok(None));
    }

    #[test]
    fn other_packages_are_unsupported() {
        let unsupported = |what: &str| Err(CountError::Unsupported(what.to_owned()));
        let drawing = samples::office("visio/document.xml", &[("visio/document.xml", "<VisioDocument/>")]);
        assert_eq!(told(&drawing), unsupported("an Office file other than DOCX, PPTX and XLSX"));
        let odt = samples::zip(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<a/>")]);
        assert_eq!(told(&odt), unsupported("application/vnd.oasis.opendocument.text"));
    }

    #[test]
    fn a_refusal_is_short_and_printable() {
        let missing = samples::office(&"x".repeat(9_000), &[]);
        let Err(CountError::Failed(why)) = told(&missing) else { panic!("a part that is not there") };
        assert_eq!(why, format!("the Office file lacks its part {}", "x".repeat(185)));
        let other = samples::zip(&[("mimetype", b"a\nb")]);
        assert_eq!(told(&other), Err(CountError::Unsupported("ab".into())));
    }

    #[test]
    fn a_package_without_its_main_part_fails() {
        let none = samples::office("word/document.xml", &[]);
        assert_eq!(told(&none), Err(failed("lacks its part word/document.xml")));
        let broken = samples::office("a.xml", &[("a.xml", "<document><open></document>")]);
        assert_eq!(told(&broken), Err(failed("has a damaged part, a.xml")));
        let empty = samples::office("a.xml", &[("a.xml", "")]);
        assert_eq!(told(&empty), Err(failed("has a damaged part, a.xml")));
    }
}
