//! Files of the old Office formats, told apart for a helpful refusal. Their pages are not counted.

use ports::CountError;

const SIGNATURE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// The refusal of a compound file, by the streams that its directory names.
pub(crate) fn refusal(bytes: &[u8]) -> Option<CountError> {
    if !bytes.starts_with(SIGNATURE) {
        return None;
    }
    let has = |stream: &str| {
        let name: Vec<u8> = stream.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        // A directory's entries are of 128 bytes, and their sectors of 512.
        bytes.chunks(128).any(|entry| entry.starts_with(&name))
    };
    // A locked DOCX, PPTX or XLSX is a compound file with the package in it.
    if has("EncryptedPackage") {
        return Some(CountError::Failed("the Office file is locked with a password".to_owned()));
    }
    let old = [
        ("WordDocument", "a Word file of the old format (.doc); save it as .docx or as PDF"),
        ("Workbook", "an Excel file of the old format (.xls); save it as .xlsx or as PDF"),
        ("Book", "an Excel file of the old format (.xls); save it as .xlsx or as PDF"),
        ("PowerPoint Document", "a PowerPoint file of the old format (.ppt); save it as .pptx or as PDF"),
        ("__properties_version1.0", "an Outlook message (.msg); save it as .eml or as PDF"),
    ];
    let told = old.into_iter().find(|(stream, _)| has(stream)).map_or("an old Office file", |(_, told)| told);
    Some(CountError::Unsupported(told.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn a_locked_file_is_told() {
        let locked = CountError::Failed("the Office file is locked with a password".into());
        assert_eq!(refusal(&samples::ole("EncryptedPackage")), Some(locked));
    }

    #[test]
    fn an_old_file_is_told_with_what_helps() {
        for (stream, told) in [("WordDocument", ".docx"), ("Workbook", ".xlsx"), ("PowerPoint Document", ".pptx")] {
            let Some(CountError::Unsupported(why)) = refusal(&samples::ole(stream)) else { panic!("{stream}") };
            assert!(why.contains(told), "{why}");
        }
        let other = CountError::Unsupported("an old Office file".into());
        assert_eq!(refusal(&samples::ole("Thumbs")), Some(other));
        assert_eq!(refusal(SIGNATURE).map(|_| ()), Some(()));
    }

    #[test]
    fn nothing_else_is_meant() {
        assert_eq!(refusal(b"WordDocument"), None);
    }
}
