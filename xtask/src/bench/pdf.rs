//! PDFs to be counted, as plain as they can be: every page is an object of its own, and pages hang in a tree of hundreds.

use std::io::Write as _;

/// Pages that hang together.
const TOGETHER: u32 = 100;

/// A PDF of so many pages, each with its number on it.
pub(super) fn pdf(pages: u32) -> Vec<u8> {
    let mut file = File { bytes: b"%PDF-1.4\n".to_vec(), places: Vec::new() };
    // The catalog, the tree, the font; then each branch, and each of its pages with what is on it.
    let branches: Vec<u32> = (0..pages.div_ceil(TOGETHER)).map(|branch| 4 + branch * (1 + 2 * TOGETHER)).collect();
    file.object("<< /Type /Catalog /Pages 2 0 R >>");
    file.object(&format!("<< /Type /Pages /Count {pages} /Kids [{}] >>", references(&branches)));
    file.object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
    for (branch, first) in (0..).zip(branches) {
        let on_it = TOGETHER.min(pages - branch * TOGETHER);
        let kids: Vec<u32> = (0..on_it).map(|page| first + 1 + 2 * page).collect();
        file.object(&format!(
            "<< /Type /Pages /Parent 2 0 R /Count {on_it} /Kids [{}] /MediaBox [0 0 595 842] \
             /Resources << /Font << /F1 3 0 R >> >> >>",
            references(&kids)
        ));
        for (page, kid) in (branch * TOGETHER + 1..).zip(kids) {
            let text = format!("BT /F1 12 Tf 72 770 Td (Page {page} of {pages}) Tj ET");
            file.object(&format!("<< /Type /Page /Parent {first} 0 R /Contents {} 0 R >>", kid + 1));
            file.object(&format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()));
        }
    }
    file.finish()
}

fn references(objects: &[u32]) -> String {
    objects.iter().map(|object| format!("{object} 0 R")).collect::<Vec<_>>().join(" ")
}

struct File {
    bytes: Vec<u8>,
    /// Where each object begins.
    places: Vec<usize>,
}

impl File {
    fn write(&mut self, text: &str) {
        self.bytes.write_all(text.as_bytes()).expect("a Vec takes every write");
    }

    fn object(&mut self, body: &str) {
        self.places.push(self.bytes.len());
        self.write(&format!("{} 0 obj\n{body}\nendobj\n", self.places.len()));
    }

    fn finish(mut self) -> Vec<u8> {
        let (table, size) = (self.bytes.len(), self.places.len() + 1);
        self.write(&format!("xref\n0 {size}\n0000000000 65535 f \n"));
        for place in self.places.clone() {
            self.write(&format!("{place:010} 00000 n \n"));
        }
        self.write(&format!("trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"));
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_to_an_object_of_its_kind() {
        let bytes = pdf(250);
        let text = String::from_utf8(bytes).unwrap();
        for (object, kind) in [(2, "/Pages /Count 250"), (205, "/Pages /Parent 2"), (206, "/Page /Parent 205")] {
            let begin = text.find(&format!("\n{object} 0 obj\n")).unwrap();
            assert!(text[begin..begin + 60].contains(kind), "{object}: {}", &text[begin..begin + 60]);
        }
        assert_eq!(text.matches("/Type /Page /Parent").count(), 250);
        assert_eq!(text.matches(" 00000 n ").count(), 3 + 3 + 500);
    }
}
