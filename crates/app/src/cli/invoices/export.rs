//! Every document of a tenant, rendered as it was mailed.

use std::time::Instant;

use chrono::NaiveDate;
use domain::TenantId;
use ports::{Issued, IssuedFilter, PageAsk};
use service::{Context, mail};

use super::files::Directory;
use super::tally::Tally;

/// Documents that are read at once.
const BATCH: u32 = 100;

/// The days of issue that are wanted.
#[derive(Clone, Copy)]
pub(super) struct Days {
    /// The first; from the beginning where `None`.
    pub(super) from: Option<NaiveDate>,
    /// The first that is not; to the end where `None`.
    pub(super) until: Option<NaiveDate>,
}

impl Days {
    fn has(self, issued: &Issued) -> bool {
        let day = issued.invoice.facts().issued_on;
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

/// Writes the documents of these days, invoices first, oldest first; `reached` hears how many of how many there are.
pub(super) async fn export(
    ctx: &Context,
    tenant: TenantId,
    days: Days,
    directory: &Directory,
    mut reached: impl FnMut(u64, u64),
) -> anyhow::Result<Tally> {
    let mut size = 0_u64;
    each(ctx, tenant, days, async |_| {
        size += 1;
        Ok(())
    })
    .await?;
    let mut tally = Tally::begin();
    each(ctx, tenant, days, async |issued| {
        let number = issued.invoice.facts().number.to_string();
        let begun = Instant::now();
        let rendered = mail::render(ctx, issued.invoice).await?;
        tally.rendered(begun.elapsed(), rendered.pages);
        let pdf = directory.keep(&format!("{number}.pdf"), &rendered.pdf)?;
        let xml = match &rendered.e_invoice {
            Some(xml) => directory.keep(&format!("{number}.xml"), xml.as_bytes())?,
            None => false,
        };
        tally.kept(pdf || xml);
        reached(size, tally.documents);
        Ok(())
    })
    .await?;
    Ok(tally.end())
}

/// Does something with each document of these days.
async fn each(
    ctx: &Context,
    tenant: TenantId,
    days: Days,
    mut work: impl AsyncFnMut(Issued) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for credit_notes in [false, true] {
        let filter = IssuedFilter { customer: None, credit_notes };
        let mut ask = PageAsk { cursor: None, limit: BATCH, oldest_first: true };
        loop {
            let page = ctx.documents.list_issued(tenant, filter, &ask).await?;
            for issued in page.items.into_iter().filter(|issued| days.has(issued)) {
                work(issued).await?;
            }
            let Some(next) = page.next else { break };
            ask.cursor = Some(next);
        }
    }
    Ok(())
}
