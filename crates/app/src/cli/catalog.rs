//! `folio catalog`, and catalogs named on the command line.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use domain::{Catalog as Valid, CatalogFlaw};
use serde_json::json;
use service::catalog::{Change, ChangeKind, SHIPPED, parse, shipped};
use service::{Context, Failure, publish};

use super::database::{self, Database};
use super::exit::{Exit, usage};
use super::output::{self, Column, Format, count};

/// Check catalogs and put them in force.
#[derive(Debug, Subcommand)]
pub(crate) enum Catalog {
    /// Check a catalog, and list everything that is wrong with it.
    Validate {
        /// The catalog: a file, perfectparser or flexocr.
        file: String,
    },
    /// Show what a catalog would change.
    Diff {
        #[command(flatten)]
        against: Against,
        /// Exit with 3 where it would change something.
        #[arg(long, env = "FOLIO_CATALOG_EXIT_CODE")]
        exit_code: bool,
    },
    /// Show what a catalog changes, ask, and put it in force.
    Apply {
        #[command(flatten)]
        against: Against,
        /// Do not ask.
        #[arg(long, env = "FOLIO_CATALOG_YES")]
        yes: bool,
    },
}

/// A catalog beside the one in force.
#[derive(Debug, Args)]
pub(crate) struct Against {
    /// The catalog: a file, perfectparser or flexocr.
    file: String,
    /// The tenant, by name or id.
    #[arg(long, env = "FOLIO_TENANT", value_name = "TENANT")]
    tenant: String,
    #[command(flatten)]
    database: Database,
}

impl Catalog {
    pub(crate) async fn run(self, format: Format) -> anyhow::Result<Exit> {
        match self {
            Self::Validate { file } => validate(&file, format),
            Self::Diff { against: Against { file, tenant, database }, exit_code } => {
                let text = valid(&file)?;
                let diff = async |ctx: &Context| {
                    let tenant = database::tenant(ctx, &tenant).await?;
                    Ok(publish::diff(ctx, tenant.id, &text).await?)
                };
                let (version, changes) = database.with(diff).await?;
                match format {
                    Format::Json => output::json(&json!({"version": version, "changes": as_json(&changes)}))?,
                    Format::Table => output::data(as_text(version, &changes))?,
                }
                Ok(if exit_code && !changes.is_empty() { Exit::Differs } else { Exit::Done })
            }
            Self::Apply { against: Against { file, tenant, database }, yes } => {
                let text = valid(&file)?;
                database.with(async |ctx| apply(ctx, &tenant, &text, yes, format).await).await
            }
        }
    }
}

/// The text of a shipped catalog, or of a file.
fn read(source: &str) -> anyhow::Result<String> {
    if let Some(text) = shipped(source) {
        return Ok(text.to_owned());
    }
    let names = SHIPPED.map(|(name, _)| name).join(" and ");
    std::fs::read_to_string(source).with_context(|| format!("cannot read {source} (shipped catalogs are {names})"))
}

/// The text of a good catalog. A bad one's flaws are listed.
pub(crate) fn valid(source: &str) -> anyhow::Result<String> {
    let text = read(source)?;
    match parse(&text) {
        Ok(_) => Ok(text),
        Err(flaws) => {
            for CatalogFlaw { pointer, detail, .. } in &flaws {
                output::note(format_args!("{source}: {pointer}: {detail}"));
            }
            bail!("{source} is not a good catalog: it has {}", count(flaws.len(), "flaw"))
        }
    }
}

/// A good catalog.
pub(crate) fn parsed(source: &str) -> anyhow::Result<Valid> {
    valid(source).and_then(|text| parse(&text).map_err(|flaws| Failure::CatalogInvalid(flaws).into()))
}

fn validate(file: &str, format: Format) -> anyhow::Result<Exit> {
    let found = parse(&read(file)?);
    let flaws = found.as_ref().err().map(Vec::as_slice).unwrap_or_default();
    match (format, &found) {
        (Format::Json, _) => {
            let flaw = |CatalogFlaw { pointer, code, detail }: &CatalogFlaw| json!({"pointer": pointer, "code": code, "detail": detail});
            output::json(&json!({"valid": flaws.is_empty(), "flaws": flaws.iter().map(flaw).collect::<Vec<_>>()}))?;
        }
        (Format::Table, Ok(catalog)) => output::data(format_args!(
            "{} is a good catalog: {}, {}, {}",
            catalog.name,
            count(catalog.operations.len(), "operation"),
            count(catalog.packs.len(), "pack"),
            count(catalog.plans.len(), "plan")
        ))?,
        (Format::Table, Err(flaws)) => {
            let row = |flaw: &CatalogFlaw| [flaw.pointer.clone(), flaw.code.to_owned(), flaw.detail.clone()];
            output::data(output::table(&["Where", "What", "Why"].map(Column::Left), flaws.iter().map(row)))?;
        }
    }
    Ok(if flaws.is_empty() { Exit::Done } else { Exit::Failed })
}

/// Puts a catalog in force, if nobody else puts another one in force meanwhile.
async fn apply(ctx: &Context, tenant: &str, text: &str, yes: bool, format: Format) -> anyhow::Result<Exit> {
    let tenant = database::tenant(ctx, tenant).await?;
    let (base, changes) = publish::diff(ctx, tenant.id, text).await?;
    if !changes.is_empty() && !yes {
        output::note(as_text(base, &changes));
        if !agreed(&format!("Put it in force for {} ({} mode)?", tenant.name, tenant.mode.word()))? {
            bail!("nothing was changed");
        }
    }
    let version = if changes.is_empty() {
        base
    } else {
        publish::apply(ctx, tenant.id, Some(base), text, None).await?;
        base + 1
    };
    match (format, changes.len()) {
        (Format::Json, _) => output::json(&json!({"version": version, "changes": as_json(&changes)}))?,
        (Format::Table, 0) => output::data(format_args!("Nothing changes: version {version} stays in force."))?,
        (Format::Table, _) => output::data(format_args!("Version {version} is in force."))?,
    }
    Ok(Exit::Done)
}

fn agreed(question: &str) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        return Err(usage("nobody can be asked here: say --yes"));
    }
    let mut stderr = io::stderr().lock();
    write!(stderr, "{question} [y/N] ")?;
    stderr.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

fn as_text(version: u32, changes: &[Change]) -> String {
    if changes.is_empty() {
        return format!("Nothing changes: version {version} says the same.");
    }
    let row = |Change { pointer, kind, before, after }: &Change| {
        let sign = match kind {
            ChangeKind::Added => "+",
            ChangeKind::Removed => "-",
            ChangeKind::Changed => "~",
        };
        let or_nothing = |value: &Option<String>| value.clone().unwrap_or_default();
        [sign.to_owned(), pointer.clone(), or_nothing(before), or_nothing(after)]
    };
    output::table(&["", "Field", "Before", "After"].map(Column::Left), changes.iter().map(row))
}

fn as_json(changes: &[Change]) -> Vec<serde_json::Value> {
    let change = |Change { pointer, kind, before, after }: &Change| json!({"pointer": pointer, "kind": kind.word(), "before": before, "after": after});
    changes.iter().map(change).collect()
}
