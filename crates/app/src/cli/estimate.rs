//! `folio estimate`: pages and prices, without a database.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use domain::{Advice, Basket, Catalog, Credits, Line, ResultMode, advise};
use ports::{Claim, PageCounter};
use serde_json::{Value, json};

use super::exit::{Exit, usage};
use super::output::{self, Column, Format, count};
use super::{catalog, value};
use crate::wire::counter;

/// Count the pages of files and price them.
#[derive(Debug, Args)]
pub(crate) struct Estimate {
    /// The files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The catalog with the prices: perfectparser, flexocr, or a file.
    #[arg(long, env = "FOLIO_ESTIMATE_CATALOG", default_value = "perfectparser")]
    catalog: String,
    /// The operation of the catalog.
    #[arg(long, env = "FOLIO_ESTIMATE_OPERATION", default_value = "extract")]
    operation: String,
    /// How results are laid out: `one_per_file` or `one_per_page`.
    #[arg(long, env = "FOLIO_ESTIMATE_MODE", default_value = "one_per_file", value_parser = value::result_mode)]
    mode: ResultMode,
}

impl Estimate {
    pub(crate) async fn run(self, format: Format) -> anyhow::Result<Exit> {
        let catalog = catalog::parsed(&self.catalog)?;
        if catalog.operation(&self.operation).is_none() {
            let known: Vec<_> = catalog.operations.iter().map(|operation| operation.code.as_str()).collect();
            let known = known.join(", ");
            return Err(usage(format_args!("{} has no operation {:?}; it has {known}", catalog.name, self.operation)));
        }
        let lines = self.lines(&catalog).await?;
        let total = lines.iter().try_fold(Credits::ZERO, |sum, line| sum.checked_add(line.cost));
        let total = total.context("more than the ledger can count")?;
        let packs: Vec<_> = catalog.public_packs().collect();
        let advice = advise(&packs, total.ceil_whole());
        match format {
            Format::Json => output::json(&self.as_json(&catalog, &lines, total, &advice))?,
            Format::Table => {
                output::data(as_table(&lines, total))?;
                if let Some(basket) = &advice.best {
                    output::data(format_args!("\nThe cheapest way to buy as many: {}", told(&catalog, basket)))?;
                }
            }
        }
        Ok(Exit::Done)
    }

    /// A total that leaves files out would be a wrong one: all are counted, or none is priced.
    async fn lines(&self, catalog: &Catalog) -> anyhow::Result<Vec<Line>> {
        let counter = counter()?;
        let mut lines = Vec::with_capacity(self.files.len());
        for file in &self.files {
            match self.line(&counter, catalog, file).await {
                Ok(line) => lines.push(line),
                Err(error) => output::note(format_args!("{}: {}", file.display(), super::exit::told(&error))),
            }
        }
        match self.files.len() - lines.len() {
            0 => Ok(lines),
            bad => bail!("{} could not be counted", count(bad, "file")),
        }
    }

    async fn line(&self, counter: &dyn PageCounter, catalog: &Catalog, file: &Path) -> anyhow::Result<Line> {
        let bytes = tokio::fs::read(file).await?;
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
        let claim = Claim { name: name.clone(), media_type: None };
        let document = counter.count(bytes.into(), claim).await?;
        Ok(catalog.line(&self.operation, document.pages, self.mode, name, Some(document))?)
    }

    fn as_json(&self, catalog: &Catalog, lines: &[Line], total: Credits, advice: &Advice) -> Value {
        let item = |line: &Line| {
            let document = line.document.as_ref();
            json!({
                "name": line.name,
                "sha256": document.and_then(|document| document.sha256.as_deref()),
                "media_type": document.and_then(|document| document.media_type.as_deref()),
                "pages": document.map(|document| document.pages),
                "records": line.records,
                "unit_cost": line.rate.to_string(),
                "cost": line.cost.to_string(),
            })
        };
        let packs = advice.best.iter().flat_map(|basket| &basket.packs);
        json!({
            "catalog": catalog.name,
            "operation": self.operation,
            "mode": self.mode.word(),
            "items": lines.iter().map(item).collect::<Vec<_>>(),
            "total": total.to_string(),
            "records": lines.iter().map(|line| line.records).sum::<u64>(),
            "suggested_packs": packs.map(|(pack, count)| json!({"pack": pack, "count": count})).collect::<Vec<_>>(),
        })
    }
}

fn as_table(lines: &[Line], total: Credits) -> String {
    let pages = |line: &Line| line.document.as_ref().map_or(0, |document| document.pages);
    let row = |line: &Line| {
        let kind = line.document.as_ref().and_then(|document| document.media_type.clone());
        let name = line.name.clone().unwrap_or_default();
        let numbers = [pages(line).to_string(), line.records.to_string(), line.cost.to_string()];
        [[name, kind.unwrap_or_default()].as_slice(), numbers.as_slice()].concat()
    };
    let sums = [lines.iter().map(pages).sum::<u64>(), lines.iter().map(|line| line.records).sum()];
    let sums = vec!["Total".to_owned(), String::new(), sums[0].to_string(), sums[1].to_string(), total.to_string()];
    let columns = [
        Column::Left("File"),
        Column::Left("Type"),
        Column::Right("Pages"),
        Column::Right("Records"),
        Column::Right("Credits"),
    ];
    output::table(&columns, lines.iter().map(row).chain([sums]))
}

/// `2 × Starter (200 credits) for $38.00`.
pub(crate) fn told(catalog: &Catalog, basket: &Basket) -> String {
    let label = |code: &String| catalog.pack(code).map_or_else(|| code.clone(), |pack| pack.label.clone());
    let packs: Vec<_> = basket.packs.iter().map(|(code, count)| format!("{count} × {}", label(code))).collect();
    format!("{} ({} credits) for {}", packs.join(" + "), basket.credits, basket.price)
}
