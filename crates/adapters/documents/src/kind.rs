//! Telling a document's type by its content.

use ports::{Claim, CountError};

/// A type whose pages Folio counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Pdf,
    Tiff,
    Png,
    Jpeg,
    Webp,
    Gif,
    Bmp,
}

impl Kind {
    const ALL: [Self; 7] = [Self::Pdf, Self::Tiff, Self::Png, Self::Jpeg, Self::Webp, Self::Gif, Self::Bmp];

    /// The type of this content, if it is one of ours.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        match infer::get(bytes) {
            Some(found) => {
                let kind = Self::with_media_type(found.mime_type())?;
                // A PDF may have a head of other bytes; what a reader would open as a PDF is never one picture.
                if infer::archive::is_pdf(bytes) { Some(Self::Pdf) } else { kind.is_signed(bytes).then_some(kind) }
            }
            None => Self::Tiff.is_signed(bytes).then_some(Self::Tiff),
        }
    }

    /// Whether its whole signature is there: `infer` takes any text that begins with `BM` or `GIF` for a picture,
    /// and misses `BigTIFF`, and a TIFF whose ninth byte is a `C`.
    fn is_signed(self, bytes: &[u8]) -> bool {
        let starts = |signatures: &[&[u8]]| signatures.iter().any(|signature| bytes.starts_with(signature));
        match self {
            Self::Tiff => starts(&[b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"]),
            Self::Png => starts(&[b"\x89PNG\r\n\x1a\n"]),
            Self::Webp => starts(&[b"RIFF"]),
            Self::Gif => starts(&[b"GIF87a", b"GIF89a"]),
            // The size of the header after the file's own 14 bytes tells a bitmap's version.
            Self::Bmp => matches!(bytes.get(14..18), Some([12 | 16 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0])),
            Self::Pdf | Self::Jpeg => true,
        }
    }

    fn with_media_type(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.media_type().eq_ignore_ascii_case(media_type))
    }

    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Tiff => "image/tiff",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Bmp => "image/bmp",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Tiff => "TIFF",
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Webp => "WebP",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
        }
    }

    const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Tiff => &["tif", "tiff"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Webp => &["webp"],
            Self::Gif => &["gif"],
            Self::Bmp => &["bmp"],
        }
    }
}

/// The refusal of content that is none of ours: helpful where the caller says that it is.
pub(crate) fn refusal(bytes: &[u8], claim: &Claim) -> CountError {
    let but = |kind: Kind| match bytes {
        [] => "but it is empty".to_owned(),
        _ => format!("but its content is not a {}", kind.word()),
    };
    if let Some((kind, ending)) = named(claim) {
        CountError::Failed(format!("the file is named .{ending}, {}", but(kind)))
    } else if let Some(kind) = declared(claim) {
        CountError::Failed(format!("the file is declared as {}, {}", kind.media_type(), but(kind)))
    } else if bytes.is_empty() {
        CountError::Unsupported("an empty file".to_owned())
    } else {
        let other =
            infer::get(bytes).map(|found| found.mime_type()).filter(|other| Kind::with_media_type(other).is_none());
        CountError::Unsupported(other.unwrap_or("unknown content").to_owned())
    }
}

/// The type that the name's ending claims.
fn named(claim: &Claim) -> Option<(Kind, &'static str)> {
    let (_, ending) = claim.name.as_deref()?.rsplit_once('.')?;
    let mut known = Kind::ALL.into_iter().flat_map(|kind| kind.endings().iter().map(move |known| (kind, *known)));
    known.find(|(_, known)| ending.eq_ignore_ascii_case(known))
}

/// The type that the media type claims, whatever its parameters.
fn declared(claim: &Claim) -> Option<Kind> {
    Kind::with_media_type(claim.media_type.as_deref()?.split(';').next()?.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn refused(bytes: &[u8], name: Option<&str>, media_type: Option<&str>) -> CountError {
        assert_eq!(Kind::of(bytes), None);
        refusal(bytes, &Claim { name: name.map(Into::into), media_type: media_type.map(Into::into) })
    }

    #[test]
    fn each_type_is_told_by_its_content() {
        let bitmap = [b"BM".as_slice(), &[0; 12], &[40, 0, 0, 0], &[0; 36]].concat();
        let files: [(&[u8], Kind); 11] = [
            (&samples::pdf(1, "A"), Kind::Pdf),
            (&samples::tiff(1), Kind::Tiff),
            (b"MM\0*\0\0\0\x08C\0", Kind::Tiff),
            (b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0", Kind::Tiff),
            (b"MM\0+\0\x08\0\0\0\0\0\0\0\0\0\x10", Kind::Tiff),
            (&samples::png(), Kind::Png),
            (b"\xff\xd8\xff\xe0\0\x10JFIF\0", Kind::Jpeg),
            (b"RIFF\x1a\0\0\0WEBPVP8L", Kind::Webp),
            (b"GIF87a\x01\0\x01\0", Kind::Gif),
            (b"GIF89a\x01\0\x01\0", Kind::Gif),
            (&bitmap, Kind::Bmp),
        ];
        for (bytes, kind) in files {
            assert_eq!(Kind::of(bytes), Some(kind));
        }
    }

    #[test]
    fn a_text_that_begins_like_a_picture_is_not_one() {
        for text in ["BMW, invoice of last month", "GIFTS we bought", "hello"] {
            assert_eq!(refused(text.as_bytes(), None, None), CountError::Unsupported("unknown content".into()));
        }
    }

    #[test]
    fn a_pdf_behind_the_head_of_a_picture_is_a_pdf() {
        for head in [&b"GIF89a"[..], b"BM", b"\xff\xd8\xff"] {
            assert_eq!(Kind::of(&[head, &samples::pdf(9, "A")].concat()), Some(Kind::Pdf));
        }
    }

    #[test]
    fn an_archive_with_a_pdf_inside_is_an_archive() {
        let zip = [b"PK\x03\x04 a.pdf ".as_slice(), &samples::pdf(1, "A")].concat();
        assert_eq!(refused(&zip, Some("a.zip"), None), CountError::Unsupported("application/zip".into()));
    }

    #[test]
    fn a_false_name_is_told() {
        let told = CountError::Failed("the file is named .pdf, but its content is not a PDF".into());
        assert_eq!(refused(b"<html></html>", Some("Invoice.PDF"), None), told);
        let told = CountError::Failed("the file is named .jpeg, but it is empty".into());
        assert_eq!(refused(b"", Some("scan.1.jpeg"), Some("text/plain")), told);
    }

    #[test]
    fn a_false_media_type_is_told() {
        let told = CountError::Failed("the file is declared as image/tiff, but its content is not a TIFF".into());
        assert_eq!(refused(b"hello", Some("scan"), Some("Image/TIFF; application=faxbw")), told);
    }

    #[test]
    fn an_unknown_type_is_unsupported_whatever_its_name() {
        assert_eq!(refused(b"", Some("a.txt"), None), CountError::Unsupported("an empty file".into()));
        assert_eq!(refused(b"hello", Some("pdf"), None), CountError::Unsupported("unknown content".into()));
    }
}
