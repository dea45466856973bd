//! Everything that must pass before a change lands. The first failure ends it.

use anyhow::Result;

use crate::step::step;
use crate::{cargo, check, codegen, corpus, crash, deny, invoices, schemathesis, stripe_sdks, test};

pub(crate) fn run() -> Result<()> {
    step("all of ci", || {
        check::quick()?;
        step("deny", deny::run)?;
        step("build", || cargo::run(&cargo::BUILD))?;
        step("codegen", codegen::compare)?;
        step("test", || test::on_postgres(&[]))?;
        step("corpus", corpus::judge)?;
        step("invoices", invoices::judge)?;
        step("schemathesis", || schemathesis::judge(&[]))?;
        step("stripe-sdks", stripe_sdks::judge)?;
        step("crash", || crash::run(&crash::IN_CI))?;
        step("doc", || {
            cargo::finish(cargo::command(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
        })
    })
}
