//! What a check found: all of it is printed before it fails.

use anyhow::{Result, bail};

/// Succeeds where nothing was found; else prints every finding and fails, saying what is wrong with them.
pub(crate) fn settle(findings: &[String], verdict: &str) -> Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    for finding in findings {
        println!("{finding}");
    }
    bail!("{verdict}: {} found", findings.len())
}
