//! Files that are there as a whole or not at all, and are never replaced.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use tempfile::NamedTempFile;

/// Where files are kept.
pub(super) struct Directory(PathBuf);

impl Directory {
    /// Made, where it is not there.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(path).with_context(|| format!("cannot make the directory {}", path.display()))?;
        Ok(Self(path.to_owned()))
    }

    /// Keeps a file; false where it is there already. Refused where another one has its name.
    pub(super) fn keep(&self, name: &str, content: &[u8]) -> anyhow::Result<bool> {
        let path = self.0.join(name);
        match fs::read(&path) {
            Ok(found) if found == content => return Ok(false),
            Ok(_) => bail!(
                "{} is there already and says something else; it stays as it is: write into another directory",
                path.display()
            ),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
        self.write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(true)
    }

    /// Under its name only once it is on the disk: whoever is interrupted leaves no half of it.
    fn write(&self, path: &Path, content: &[u8]) -> anyhow::Result<()> {
        let mut file = NamedTempFile::new_in(&self.0)?;
        file.write_all(content)?;
        file.as_file().sync_data()?;
        file.persist_noclobber(path)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_kept_once_and_another_never_replaced() {
        let place = tempfile::tempdir().unwrap();
        let directory = Directory::open(&place.path().join("a/b")).unwrap();
        assert!(directory.keep("one.pdf", b"one").unwrap());
        assert!(!directory.keep("one.pdf", b"one").unwrap());
        let refused = directory.keep("one.pdf", b"two").unwrap_err();
        assert!(refused.to_string().contains("one.pdf is there already"), "{refused}");
        assert_eq!(fs::read(place.path().join("a/b/one.pdf")).unwrap(), b"one");
        assert_eq!(fs::read_dir(place.path().join("a/b")).unwrap().count(), 1);
    }
}
