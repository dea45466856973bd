//! Telling a document's type by its content.

use crate::{eml, text};

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
    Heic,
    Heif,
    Avif,
    Docx,
    Pptx,
    Xlsx,
    Zip,
    Eml,
    Csv,
    Text,
}

impl Kind {
    pub(crate) const ALL: [Self; 17] = [
        Self::Pdf,
        Self::Tiff,
        Self::Png,
        Self::Jpeg,
        Self::Webp,
        Self::Gif,
        Self::Bmp,
        Self::Heic,
        Self::Heif,
        Self::Avif,
        Self::Docx,
        Self::Pptx,
        Self::Xlsx,
        Self::Zip,
        Self::Eml,
        Self::Csv,
        Self::Text,
    ];

    /// The type of this content, if it is one of ours. Which kind of a ZIP it is, and whether a text is a CSV, its
    /// content's first bytes do not tell.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        if Self::Zip.is_signed(bytes) {
            return Some(Self::Zip);
        }
        // A PDF may have a head of other bytes; what a reader would open as a PDF is nothing else.
        if infer::archive::is_pdf(bytes) {
            return Some(Self::Pdf);
        }
        let signed = Self::picture(bytes).or_else(|| Self::Tiff.is_signed(bytes).then_some(Self::Tiff));
        signed.or_else(|| eml::is_one(bytes).then_some(Self::Eml)).or_else(|| text::is_one(bytes).then_some(Self::Text))
    }

    /// The type of a picture that is one page by rule, told by its first bytes alone.
    pub(crate) fn picture(bytes: &[u8]) -> Option<Self> {
        const PICTURES: [Kind; 8] =
            [Kind::Png, Kind::Jpeg, Kind::Webp, Kind::Gif, Kind::Bmp, Kind::Heic, Kind::Heif, Kind::Avif];
        if infer::archive::is_pdf(bytes) { None } else { PICTURES.into_iter().find(|kind| kind.is_signed(bytes)) }
    }

    /// Whether the type's signature is there; a text and an e-mail have none.
    fn is_signed(self, bytes: &[u8]) -> bool {
        let starts = |signatures: &[&[u8]]| signatures.iter().any(|signature| bytes.starts_with(signature));
        match self {
            Self::Tiff => starts(&[b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"]),
            Self::Png => starts(&[b"\x89PNG\r\n\x1a\n"]),
            Self::Jpeg => starts(&[b"\xff\xd8\xff"]),
            Self::Webp => starts(&[b"RIFF"]) && bytes.get(8..12) == Some(b"WEBP"),
            Self::Gif => starts(&[b"GIF87a", b"GIF89a"]),
            // The size of the header after the file's own 14 bytes tells a bitmap's version.
            Self::Bmp => {
                starts(&[b"BM"])
                    && matches!(bytes.get(14..18), Some([12 | 16 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]))
            }
            Self::Heic | Self::Heif | Self::Avif => Self::branded(bytes) == Some(self),
            // The second is that of a ZIP without members.
            Self::Zip => starts(&[b"PK\x03\x04", b"PK\x05\x06"]),
            Self::Pdf | Self::Docx | Self::Pptx | Self::Xlsx | Self::Eml | Self::Csv | Self::Text => false,
        }
    }

    /// The picture in an ISO media file: its first box has a major brand, a version, and compatible brands. Films
    /// have such a box, too, with another major brand.
    fn branded(bytes: &[u8]) -> Option<Self> {
        let size = u32::from_be_bytes(*bytes.first_chunk()?);
        let head = bytes.get(4..usize::try_from(size).ok()?)?.strip_prefix(b"ftyp")?;
        let (major, rest) = head.split_first_chunk::<4>()?;
        let of = |brand: &[u8]| match brand {
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" => Some(Self::Heic),
            b"avif" | b"avis" => Some(Self::Avif),
            _ => None,
        };
        match major {
            b"mif1" | b"msf1" => rest.get(4..)?.chunks(4).find_map(of).or(Some(Self::Heif)),
            major => of(major),
        }
    }

    pub(crate) fn with_media_type(media_type: &str) -> Option<Self> {
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
            Self::Heic => "image/heic",
            Self::Heif => "image/heif",
            Self::Avif => "image/avif",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Zip => "application/zip",
            Self::Eml => "message/rfc822",
            Self::Csv => "text/csv",
            Self::Text => "text/plain",
        }
    }

    /// What a refusal calls it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Tiff => "TIFF",
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Webp => "WebP",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::Heic => "HEIC",
            Self::Heif => "HEIF",
            Self::Avif => "AVIF",
            Self::Docx => "DOCX",
            Self::Pptx => "PPTX",
            Self::Xlsx => "XLSX",
            Self::Zip => "ZIP",
            Self::Eml => "e-mail",
            Self::Csv => "CSV in UTF-8 or UTF-16",
            Self::Text => "text in UTF-8 or UTF-16",
        }
    }

    pub(crate) const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Tiff => &["tif", "tiff"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Webp => &["webp"],
            Self::Gif => &["gif"],
            Self::Bmp => &["bmp"],
            Self::Heic => &["heic"],
            Self::Heif => &["heif"],
            Self::Avif => &["avif"],
            Self::Docx => &["docx", "docm"],
            Self::Pptx => &["pptx", "pptm", "ppsx", "ppsm"],
            Self::Xlsx => &["xlsx", "xlsm"],
            Self::Zip => &["zip"],
            Self::Eml => &["eml"],
            Self::Csv => &["csv", "tsv"],
            Self::Text => &["txt", "text", "md", "html", "htm", "xml", "json"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn each_type_is_told_by_its_content() {
        let bitmap = [b"BM".as_slice(), &[0; 12], &[40, 0, 0, 0], &[0; 36]].concat();
        let files: [(&[u8], Kind); 14] = [
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
            (&samples::zip(&[("a.png", &samples::png())]), Kind::Zip),
            (&samples::eml("Hello", &[]), Kind::Eml),
            (b"hello", Kind::Text),
        ];
        for (bytes, kind) in files {
            assert_eq!(Kind::of(bytes), Some(kind));
        }
    }

    #[test]
    fn a_picture_in_an_iso_media_file_is_told_by_its_brands() {
        let brands: [(&[&str], Option<Kind>); 10] = [
            (&["heic", "mif1", "heic"], Some(Kind::Heic)),
            (&["heix"], Some(Kind::Heic)),
            (&["hevc", "msf1"], Some(Kind::Heic)),
            (&["mif1", "miaf", "heic"], Some(Kind::Heic)),
            (&["mif1", "miaf"], Some(Kind::Heif)),
            (&["mif1", "miaf", "avif"], Some(Kind::Avif)),
            (&["avif", "mif1"], Some(Kind::Avif)),
            (&["avis", "msf1"], Some(Kind::Avif)),
            (&["isom", "mp42", "mif1"], None),
            (&["qt  "], None),
        ];
        for (brands, kind) in brands {
            assert_eq!(Kind::of(&samples::iso_media(brands)), kind, "{brands:?}");
        }
        assert_eq!(Kind::of(b"\xff\xff\xff\xffftypheic\0\0\0\0"), None, "the box ends behind the file");
    }

    #[test]
    fn a_text_that_begins_like_a_picture_is_a_text() {
        for text in ["BMW, invoice of last month", "GIFTS we bought", "RIFFLE shuffle", "MM*"] {
            assert_eq!(Kind::of(text.as_bytes()), Some(Kind::Text));
        }
    }

    #[test]
    fn a_pdf_behind_a_head_of_other_bytes_is_a_pdf() {
        for head in [&b"GIF89a"[..], b"BM", b"\xff\xd8\xff", b"From: a@b.example\nDate: today\n\n", b"hello"] {
            assert_eq!(Kind::of(&[head, &samples::pdf(9, "A")].concat()), Some(Kind::Pdf));
        }
    }

    #[test]
    fn an_archive_with_a_pdf_inside_is_an_archive() {
        let zip = [b"PK\x03\x04 a.pdf ".as_slice(), &samples::pdf(1, "A")].concat();
        assert_eq!(Kind::of(&zip), Some(Kind::Zip));
    }

    #[test]
    fn what_is_none_of_ours_has_no_type() {
        for bytes in
            [&b""[..], b"\x1f\x8b\x08\0\0\0\0\0\0\x03", b"\x7fELF\x02\x01\x01\0", b"{\\rtf1 hello}", b"%!PS-Adobe"]
        {
            assert_eq!(Kind::of(bytes), None, "{bytes:?}");
        }
    }
}
