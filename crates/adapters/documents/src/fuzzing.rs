//! A door for the fuzz targets alone. Whatever the bytes are, it comes back.

use ports::Claim;

use crate::count::count as count_file;
use crate::samples;

/// Counts bytes in this process, as a text and as a CSV if they are one.
pub fn count(bytes: &[u8]) {
    for name in [None, Some("a.csv")] {
        let claim = Claim { name: name.map(ToOwned::to_owned), media_type: None };
        if let Ok(counted) = count_file(bytes, &claim) {
            assert!(counted.pages > 0, "what is counted has a page");
        }
    }
}

/// Counts an Office file of parts that stand apart by a NUL: the main one, its relations, its properties, and two
/// more. A mutation of the archive itself would hardly ever reach them.
pub fn count_parts(bytes: &[u8]) {
    let names = ["a/main.xml", "a/_rels/main.xml.rels", "docProps/app.xml", "a/b.xml", "a/c.xml"];
    let texts = bytes.split(|&byte| byte == 0).map(String::from_utf8_lossy);
    let parts: Vec<_> = names.into_iter().zip(texts).collect();
    let parts: Vec<_> = parts.iter().map(|(name, text)| (*name, text.as_ref())).collect();
    count(&samples::office("a/main.xml", &parts));
}
