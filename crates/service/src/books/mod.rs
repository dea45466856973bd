//! Checking what was sold: orders, their documents, and what was earned of them say the same (R36, R37).
//!
//! It works beside a running server. An order is read before what it names, which was written no later and stays; a
//! document before its order, which names it since the same instant. So what is found is not on its way.

mod charges;
mod documents;
mod grants;
mod orders;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use domain::{CustomerId, Instant, InvoiceNumber, OrderId, SubscriptionId, TenantId};
use ports::{KeptDocument, PageAsk, PaidAt, PaidFilter};

use crate::{Context, Failure};
use charges::Charged;

/// Records that are read at once.
const BATCH: u32 = 200;
/// Findings that are kept; the rest is counted.
const MOST: usize = 1_000;

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whose.
    pub tenant: TenantId,
    /// The id of the order, the document or the grant.
    pub id: String,
    /// What is wrong with it.
    pub what: String,
}

/// What a verification of the books found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BooksVerdict {
    /// Orders read.
    pub orders: u64,
    /// Documents read.
    pub documents: u64,
    /// Paid grants recounted.
    pub grants: u64,
    /// How much is wrong.
    pub found: u64,
    /// The first of it.
    pub findings: Vec<Finding>,
}

/// Checks these tenants' books. `progress` is told how many records there are, and how many of them are done.
pub async fn verify(
    ctx: &Context,
    tenants: &[TenantId],
    mut progress: impl FnMut(u64, u64) + Send,
) -> Result<BooksVerdict, Failure> {
    let mut size = 0_u64;
    for tenant in tenants {
        size = size.saturating_add(ctx.books.size(*tenant).await?);
    }
    let mut verdict = BooksVerdict::default();
    let mut done = 0_u64;
    for tenant in tenants {
        let mut check = Check {
            ctx,
            tenant: *tenant,
            unreadable: BTreeSet::new(),
            charged: BTreeMap::new(),
            verdict: &mut verdict,
            progress: &mut |more| {
                done = done.saturating_add(more);
                progress(size.max(done), done);
            },
        };
        check.orders().await?;
        check.charges().await?;
        check.documents().await?;
        check.grants().await?;
    }
    Ok(verdict)
}

/// The check of one tenant, under way.
struct Check<'a> {
    ctx: &'a Context,
    tenant: TenantId,
    /// Orders that were found out already.
    unreadable: BTreeSet<OrderId>,
    /// By subscription.
    charged: BTreeMap<SubscriptionId, Charged>,
    verdict: &'a mut BooksVerdict,
    progress: &'a mut (dyn FnMut(u64) + Send),
}

impl Check<'_> {
    fn found(&mut self, id: &dyn Display, what: impl Into<String>) {
        self.verdict.found = self.verdict.found.saturating_add(1);
        if self.verdict.findings.len() < MOST {
            let finding = Finding { tenant: self.tenant, id: id.to_string(), what: what.into() };
            self.verdict.findings.push(finding);
        }
    }

    /// What reports tell now of what a customer has paid for.
    async fn reported(&self, customer: CustomerId) -> Result<PaidAt, Failure> {
        let now = self.ctx.clock.now();
        let filter = PaidFilter { customer: Some(customer), at: vec![Instant::MAX_UTC], now };
        let ask = PageAsk { cursor: None, limit: 1, oldest_first: true };
        let page = self.ctx.books.paid(self.tenant, &filter, &ask).await?;
        Ok(page.items.into_iter().flat_map(|paid| paid.at).next().unwrap_or_default())
    }

    /// The document of this number as it is kept, readable or not.
    async fn document(&self, number: &InvoiceNumber) -> Result<Option<KeptDocument>, Failure> {
        let before = InvoiceNumber { sequence: number.sequence.saturating_sub(1), ..number.clone() };
        let found = self.ctx.books.kept_documents(self.tenant, Some(&before), 1).await?;
        Ok(found.into_iter().find(|document| document.number == *number))
    }
}
