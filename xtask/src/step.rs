//! One headed, timed step of a longer run.

use std::time::Instant;

use anyhow::{Context, Result};

/// Prints the title, does the work, and prints how long it took.
pub(crate) fn step(title: &'static str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("\n== {title}");
    let started = Instant::now();
    work().with_context(|| format!("step `{title}`"))?;
    println!("== {title}: ok, {:.1} s", started.elapsed().as_secs_f32());
    Ok(())
}
