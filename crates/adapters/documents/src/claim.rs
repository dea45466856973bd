//! What the caller says that a file is: where content does not tell, and for a better refusal.

use ports::{Claim, CountError};

use crate::kind::Kind;
use crate::ole;

/// What the caller says a file is.
pub(crate) struct Claimed {
    pub(crate) kind: Kind,
    /// `named .pdf` or `declared as application/pdf`.
    said: String,
}

impl Claimed {
    /// By the name's ending, or else by the media type whatever its parameters; `None` if neither is known to us.
    pub(crate) fn of(claim: &Claim) -> Option<Self> {
        named(claim).or_else(|| declared(claim))
    }

    fn contradicted(self, empty: bool) -> CountError {
        let Self { kind, said } = self;
        let but = if empty { "it is empty".to_owned() } else { format!("its content is not {}", with_article(kind)) };
        CountError::Failed(format!("the file is {said}, but {but}"))
    }
}

fn with_article(kind: Kind) -> String {
    let article = if matches!(kind, Kind::Avif | Kind::Xlsx | Kind::Eml) { "an" } else { "a" };
    format!("{article} {}", kind.word())
}

fn named(claim: &Claim) -> Option<Claimed> {
    let (_, ending) = claim.name.as_deref()?.rsplit_once('.')?;
    let mut known = Kind::ALL.into_iter().flat_map(|kind| kind.endings().iter().map(move |known| (kind, *known)));
    let (kind, ending) = known.find(|(_, known)| ending.eq_ignore_ascii_case(known))?;
    Some(Claimed { kind, said: format!("named .{ending}") })
}

fn declared(claim: &Claim) -> Option<Claimed> {
    let media_type = claim.media_type.as_deref()?.split(';').next()?.trim();
    let kind = match media_type.to_ascii_lowercase().as_str() {
        "text/tab-separated-values" => Kind::Csv,
        media_type => Kind::with_media_type(media_type)?,
    };
    Some(Claimed { kind, said: format!("declared as {}", kind.media_type()) })
}

/// Text or CSV: a text has no signature, so the claim decides between the two, and one of another type is believed
/// enough to refuse: what should have been a PDF is not charged as a text.
pub(crate) fn text_or_csv(claim: &Claim) -> Result<Kind, CountError> {
    match Claimed::of(claim) {
        None => Ok(Kind::Text),
        Some(Claimed { kind: kind @ (Kind::Text | Kind::Csv), .. }) => Ok(kind),
        Some(other) => Err(other.contradicted(false)),
    }
}

/// The refusal of content that is none of ours: helpful where the caller says that it is.
pub(crate) fn refusal(bytes: &[u8], claim: &Claim) -> CountError {
    if let Some(refusal) = ole::refusal(bytes) {
        refusal
    } else if let Some(claimed) = Claimed::of(claim) {
        claimed.contradicted(bytes.is_empty())
    } else if bytes.is_empty() {
        CountError::Unsupported("an empty file".to_owned())
    } else {
        let other = infer::get(bytes).map(|found| found.mime_type());
        let other = other.filter(|other| Kind::with_media_type(other).is_none());
        CountError::Unsupported(other.unwrap_or("unknown content").to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(name: Option<&str>, media_type: Option<&str>) -> Claim {
        Claim { name: name.map(Into::into), media_type: media_type.map(Into::into) }
    }

    fn refused(bytes: &[u8], name: Option<&str>, media_type: Option<&str>) -> CountError {
        assert_eq!(Kind::of(bytes), None);
        refusal(bytes, &claim(name, media_type))
    }

    fn failed(why: &str) -> CountError {
        CountError::Failed(why.to_owned())
    }

    #[test]
    fn the_name_and_then_the_media_type_tell_a_csv_from_a_text() {
        for (name, media_type, kind) in [
            (None, None, Kind::Text),
            (Some("a.CSV"), None, Kind::Csv),
            (Some("a.tsv"), Some("text/plain"), Kind::Csv),
            (Some("a.txt"), Some("text/csv"), Kind::Text),
            (Some("a"), Some("text/csv; charset=utf-8"), Kind::Csv),
            (Some("a.dat"), Some("text/tab-separated-values"), Kind::Csv),
            (Some("a.json"), None, Kind::Text),
            (Some("clip.mp4"), Some("video/mp4"), Kind::Text),
        ] {
            assert_eq!(text_or_csv(&claim(name, media_type)), Ok(kind), "{name:?} {media_type:?}");
        }
    }

    #[test]
    fn a_text_that_claims_to_be_something_else_fails() {
        let told = failed("the file is named .pdf, but its content is not a PDF");
        assert_eq!(text_or_csv(&claim(Some("Invoice.PDF"), Some("text/html"))), Err(told));
        let told = failed("the file is declared as message/rfc822, but its content is not an e-mail");
        assert_eq!(text_or_csv(&claim(None, Some("message/rfc822"))), Err(told));
    }

    #[test]
    fn a_false_name_is_told() {
        let told = failed("the file is named .pdf, but its content is not a PDF");
        assert_eq!(refused(b"\0\0", Some("Invoice.PDF"), None), told);
        let told = failed("the file is named .txt, but its content is not a text in UTF-8 or UTF-16");
        assert_eq!(refused(b"Gr\xfc\xdfe", Some("a.txt"), None), told);
        let told = failed("the file is named .jpeg, but it is empty");
        assert_eq!(refused(b"", Some("scan.1.jpeg"), Some("text/plain")), told);
    }

    #[test]
    fn a_false_media_type_is_told() {
        let told = failed("the file is declared as image/tiff, but its content is not a TIFF");
        assert_eq!(refused(b"\0", Some("scan"), Some("Image/TIFF; application=faxbw")), told);
    }

    #[test]
    fn an_unknown_type_is_unsupported_whatever_its_name() {
        let unsupported = |what: &str| CountError::Unsupported(what.to_owned());
        assert_eq!(refused(b"", Some("a.mp4"), None), unsupported("an empty file"));
        assert_eq!(refused(b"\0\0", Some("pdf"), None), unsupported("unknown content"));
        assert_eq!(refused(b"\x1f\x8b\x08\0", Some("a.gz"), None), unsupported("application/gzip"));
    }
}
