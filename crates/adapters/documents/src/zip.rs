//! ZIP archives: the pages of their members.

use std::borrow::Cow;
use std::io::Cursor;

use ::zip::ZipArchive;
use ::zip::read::ZipFile;
use ::zip::result::ZipError;
use ports::{Claim, CountError};

use crate::budget::Budget;
use crate::count::{part, within};

/// The sum of the members' pages, each by its own rule.
pub(crate) fn pages(zip: &mut Archive<'_>, budget: &mut Budget) -> Result<u64, CountError> {
    let members: Vec<_> = zip.names().into_iter().enumerate().filter(|(_, name)| is_document(name)).collect();
    if members.is_empty() {
        return Err(failed("has no files in it"));
    }
    budget.inside(|budget| {
        let mut pages = 0_u64;
        for (index, name) in members {
            budget.member()?;
            let claim = Claim { name: Some(name.clone()), media_type: None };
            let counted = zip.read(index, budget).and_then(|file| within(&file, &claim, budget));
            pages = pages.saturating_add(counted.map_err(|error| part("file", &name, &error))?.pages);
        }
        Ok(pages)
    })
}

/// Directories are none, nor is what macOS adds.
fn is_document(name: &str) -> bool {
    let (folders, last) = name.rsplit_once(['/', '\\']).unwrap_or(("", name));
    let of_macos = last.starts_with("._") && folders.split(['/', '\\']).any(|step| step == "__MACOSX");
    !last.is_empty() && last != ".DS_Store" && !of_macos
}

fn failed(what: &str) -> CountError {
    CountError::Failed(format!("the ZIP {what}"))
}

/// An archive's members. What it says of their sizes is a claim and is not read.
pub(crate) struct Archive<'a>(ZipArchive<Cursor<&'a [u8]>>);

impl<'a> Archive<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, CountError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| failed("is damaged or cut off"))?;
        // Only one of them could be read.
        if archive.has_duplicate_names() {
            return Err(failed("has two files of the same name"));
        }
        Ok(Self(archive))
    }

    /// The members' names, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let name = |index| self.0.name_for_index(index).and_then(Result::ok).map_or_else(String::new, Cow::into_owned);
        (0..self.0.len()).map(name).collect()
    }

    /// Unpacks a member.
    pub(crate) fn read(&mut self, index: usize, budget: &mut Budget) -> Result<Vec<u8>, CountError> {
        let member = self.0.by_index(index).map_err(|error| CountError::Failed(unreadable(&error).to_owned()))?;
        if member.is_symlink() {
            return Err(CountError::Failed("it is a link, not a file".to_owned()));
        }
        let packed = ZipFile::compressed_size(&member);
        budget.unpack(packed, member)?.ok_or_else(|| CountError::Failed("it is damaged".to_owned()))
    }
}

fn unreadable(error: &ZipError) -> &'static str {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => "it is locked with a password",
        ZipError::UnsupportedArchive(_) => "it is packed in a way that is not supported",
        _ => "it is damaged",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn counted(zip: &[u8]) -> Result<u64, CountError> {
        pages(&mut Archive::open(zip)?, &mut Budget::default())
    }

    fn told(zip: &[u8]) -> String {
        let Err(CountError::Failed(why)) = counted(zip) else { panic!("{:?}", counted(zip)) };
        why
    }

    #[test]
    fn the_members_pages_are_added_up() {
        let (pdf, tiff) = (samples::pdf(4, "A"), samples::tiff(2));
        let text = "x".repeat(3_001);
        let members: [(&str, &[u8]); 5] = [
            ("a.pdf", &pdf),
            ("b/c.tiff", &tiff),
            ("b/d.txt", text.as_bytes()),
            ("e.csv", text.as_bytes()),
            ("f", b"f"),
        ];
        assert_eq!(counted(&samples::zip(&members)), Ok(4 + 2 + 2 + 1 + 1));
    }

    #[test]
    fn directories_and_what_macos_adds_do_not_count() {
        let zip = samples::zip(&[
            ("a/", b""),
            ("a/b.png", &samples::png()),
            ("a/.DS_Store", b"\0\0\0\x01Bud1"),
            ("__MACOSX/a/._b.png", b"\0\x05\x16\x07"),
        ]);
        assert_eq!(counted(&zip), Ok(1));
    }

    #[test]
    fn what_only_sounds_like_macos_counts() {
        let png = samples::png();
        let zip = samples::zip(&[("contract.DS_Store", &png), ("__MACOSX/a.png", &png), ("._a.png", &png)]);
        assert_eq!(counted(&zip), Ok(3));
    }

    #[test]
    fn two_files_of_one_name_fail() {
        // A writer does not write them: the second is renamed, in its head and in the directory.
        let mut zip = samples::zip(&[("a.txt", b"a"), ("b.txt", b"b")]);
        for at in 0..zip.len() - 5 {
            if &zip[at..at + 5] == b"b.txt" {
                zip[at] = b'a';
            }
        }
        assert_eq!(told(&zip), "the ZIP has two files of the same name");
    }

    #[test]
    fn an_archive_without_files_fails() {
        assert_eq!(told(&samples::zip(&[])), "the ZIP has no files in it");
        assert_eq!(told(&samples::zip(&[("a/", b"")])), "the ZIP has no files in it");
    }

    #[test]
    fn one_member_that_cannot_be_counted_fails_it_all() {
        let zip = samples::zip(&[("a.png", &samples::png()), ("b/c.exe", b"MZ\x90\0")]);
        let why = "files of this type cannot be counted: application/vnd.microsoft.portable-executable";
        assert_eq!(told(&zip), format!("its file \"b/c.exe\": {why}"));
        let zip = samples::zip(&[("a\n.pdf", &samples::pdf(0, "Empty"))]);
        assert_eq!(told(&zip), "its file \"a\\n.pdf\": the PDF has no pages");
    }

    #[test]
    fn archives_within_archives_are_counted_down_to_the_fourth() {
        let nested = |levels| (0..levels).fold(samples::png(), |inner, _| samples::zip(&[("a", &inner)]));
        assert_eq!(counted(&nested(4)), Ok(1));
        assert!(told(&nested(5)).ends_with("its file \"a\": files are nested more than 4 levels deep"));
    }

    #[test]
    fn members_are_at_most_a_thousand_wherever_they_are() {
        let names: Vec<String> = (0..500).map(|number| number.to_string()).collect();
        let half: Vec<_> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
        let half = samples::zip(&half);
        // The two archives within are members, too.
        assert_eq!(counted(&samples::zip(&[("a", &half)])), Ok(500));
        let all = samples::zip(&[("a", &half), ("b", &half)]);
        assert_eq!(told(&all), "its file \"b\": there are more than 1000 files in it");
    }

    #[test]
    fn a_bomb_fails() {
        let zip = samples::zip(&[("a.txt", &vec![b' '; 4 << 20])]);
        assert_eq!(told(&zip), "its file \"a.txt\": it unpacks to more than 200 times its size");
    }

    #[test]
    fn a_locked_member_fails() {
        let mut zip = samples::zip(&[("a.txt", b"hello")]);
        // The flag of encryption, in the member's own head and in the directory.
        let directory = zip.windows(4).position(|word| word == b"PK\x01\x02").unwrap();
        zip[6] |= 1;
        zip[directory + 8] |= 1;
        assert_eq!(told(&zip), "its file \"a.txt\": it is locked with a password");
    }

    #[test]
    fn a_damaged_archive_fails() {
        let whole = samples::zip(&[("a.txt", b"hello, hello, hello")]);
        assert_eq!(told(&whole[..whole.len() - 30]), "the ZIP is damaged or cut off");
        assert_eq!(told(b"PK\x03\x04rest"), "the ZIP is damaged or cut off");
        let mut changed = whole.clone();
        let text = changed.windows(5).position(|word| word == b"a.txt").unwrap() + 5;
        changed[text] ^= 1;
        assert_eq!(told(&changed), "its file \"a.txt\": it is damaged");
    }
}
