//! Secrets: from a file or the environment, never from the command line, where everybody on the machine can read them.

use std::env::VarError;
use std::path::Path;

use anyhow::Context as _;

use super::exit::usage;

/// The secret in the file, else the one in the variable.
pub(crate) fn read(variable: &str, file: Option<&Path>) -> anyhow::Result<Option<String>> {
    if let Some(file) = file {
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let text = text.trim();
        anyhow::ensure!(!text.is_empty(), "{} is empty", file.display());
        return Ok(Some(text.to_owned()));
    }
    match std::env::var(variable) {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        // Its own message would show what is in it.
        Err(VarError::NotUnicode(_)) => Err(usage(format_args!("{variable} is not a text"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_all_that_its_file_says() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("secret");
        let read = |text: &str| {
            std::fs::write(&file, text).unwrap();
            read("FOLIO_NO_SUCH_SECRET", Some(&file)).ok().flatten()
        };
        assert_eq!(read(" sk_test_1\n").as_deref(), Some("sk_test_1"));
        assert_eq!(read("\n"), None);
        assert_eq!(super::read("FOLIO_NO_SUCH_SECRET", None).unwrap(), None);
        assert!(super::read("FOLIO_NO_SUCH_SECRET", Some(&directory.path().join("none"))).is_err());
    }
}
