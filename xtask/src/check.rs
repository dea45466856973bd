//! The loop: what is quick to ask after every change.

use anyhow::Result;
use cargo_metadata::{MetadataCommand, TargetKind};

use crate::step::step;
use crate::{arch, cargo, tidy};

/// The package whose integration tests belong to the loop: pure, so quick.
const PURE: &str = "folio-domain";

pub(crate) fn run() -> Result<()> {
    quick()?;
    step("unit tests", unit_tests)
}

/// What needs no build.
pub(crate) fn quick() -> Result<()> {
    step("format", || cargo::run(&["fmt", "--all", "--check"]))?;
    step("arch", arch::run)?;
    step("tidy", tidy::run)?;
    step("clippy", || cargo::run(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn unit_tests() -> Result<()> {
    let metadata = MetadataCommand::new().no_deps().exec()?;
    let pure = metadata.workspace_packages().into_iter().filter(|package| *package.name == PURE);
    let tests = pure.flat_map(|package| &package.targets).filter(|target| target.is_kind(TargetKind::Test));
    let mut arguments = vec!["test", "--workspace", "--lib", "--bins"];
    for test in tests {
        arguments.extend(["--test", &test.name]);
    }
    cargo::run(&arguments)
}
