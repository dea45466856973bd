//! Usage: what credits were consumed for.

use domain::{CustomerId, Detail, Entry, GrantId, HoldId, UsageId};
use poem_openapi::Object;
use ports::Posted;
use service::explain::Explanation;

use super::{BalanceBody, DrawBody, GrantBody};
use crate::api::wire::{CreditsText, Id, Metadata, Time};

/// Credits consumed by an operation, with the evidence for it.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Usage", skip_serializing_if_is_none)]
pub(crate) struct UsageBody {
    /// Its id; the ledger entry has the same, with `ent_` before it.
    pub(crate) id: Id<UsageId>,
    /// Who paid.
    pub(crate) customer: Id<CustomerId>,
    /// An operation of the catalog.
    pub(crate) operation: String,
    /// Units charged.
    pub(crate) quantity: u64,
    /// Credits per unit.
    pub(crate) unit_cost: CreditsText,
    /// Credits charged.
    pub(crate) cost: CreditsText,
    /// Credits that the balance could not pay: of work beyond the hold, or after it lapsed.
    pub(crate) uncollected: CreditsText,
    /// `completed` or `customer_fault`.
    pub(crate) outcome: String,
    /// The hold that it was captured from.
    pub(crate) hold: Option<Id<HoldId>>,
    /// Which line of that hold, from 0.
    pub(crate) item: Option<u32>,
    /// What the caller calls the document or job.
    pub(crate) name: Option<String>,
    /// SHA-256 of the document.
    pub sha256: Option<String>,
    /// The document's type.
    pub(crate) media_type: Option<String>,
    /// The document's pages.
    pub(crate) pages: Option<u64>,
    /// The rule that counted them; absent where the caller counted.
    pub(crate) page_rule: Option<String>,
    /// Units of the line that cost nothing.
    pub(crate) free: u64,
    /// Units of the line that failed, and cost nothing.
    pub(crate) failed: u64,
    /// Captured after the hold lapsed.
    pub(crate) late: bool,
    /// Beyond what was held.
    pub(crate) above_hold: bool,
    /// The grants drawn on, in the order of use.
    pub(crate) draws: Vec<DrawBody>,
    /// The host's own object.
    pub(crate) reference: Option<String>,
    /// The caller's own notes.
    pub(crate) metadata: Metadata,
    /// The catalog that priced it.
    pub(crate) catalog_version: u32,
    /// When the caller says it happened.
    pub(crate) occurred_at: Option<Time>,
    /// When it was charged.
    pub(crate) at: Time,
}

impl UsageBody {
    /// `None` where the entry is not a usage.
    pub(crate) fn of(customer: CustomerId, entry: &Entry) -> Option<Self> {
        let usage = entry.usage()?;
        let document = usage.document.as_ref();
        Some(Self {
            id: UsageId { customer, sequence: entry.sequence }.into(),
            customer: customer.into(),
            operation: usage.operation.clone(),
            quantity: usage.quantity,
            unit_cost: usage.rate.into(),
            cost: usage.cost.into(),
            uncollected: usage.uncollected.into(),
            outcome: usage.outcome.word().to_owned(),
            hold: usage.hold.map(Id::from),
            item: usage.item,
            name: usage.name.clone(),
            sha256: document.and_then(|document| document.sha256.clone()),
            media_type: document.and_then(|document| document.media_type.clone()),
            pages: document.map(|document| document.pages),
            page_rule: document.and_then(|document| document.rule).map(|rule| rule.to_string()),
            free: usage.free,
            failed: usage.failed,
            late: usage.late,
            above_hold: usage.above_hold,
            draws: entry.postings.iter().map(DrawBody::from).collect(),
            reference: usage.reference.clone(),
            metadata: usage.metadata.clone().into(),
            catalog_version: usage.catalog_version,
            occurred_at: usage.occurred_at.map(Time::from),
            at: entry.at.into(),
        })
    }
}

/// A usage, recorded.
#[derive(Clone, Debug, Object)]
pub(crate) struct PostedUsage {
    /// What was charged.
    pub(crate) usage: UsageBody,
    /// The balance after it.
    pub(crate) balance: BalanceBody,
}

impl PostedUsage {
    /// `None` where the command recorded no usage.
    pub(crate) fn of(customer: CustomerId, posted: &Posted) -> Option<Self> {
        let usage = posted.entries.iter().find_map(|entry| UsageBody::of(customer, entry))?;
        Some(Self { usage, balance: posted.balance.into() })
    }
}

/// Consumed credits, given back.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Reversal", skip_serializing_if_is_none)]
pub(crate) struct ReversalBody {
    /// The usage that was reversed.
    pub(crate) usage: Id<UsageId>,
    /// Units given back.
    pub(crate) quantity: u64,
    /// Credits given back.
    pub(crate) amount: CreditsText,
    /// The grants that they went back to.
    pub(crate) returned: Vec<DrawBody>,
    /// Goodwill grants in place of grants that have expired.
    pub(crate) goodwill: Vec<Id<GrantId>>,
    /// Why.
    pub(crate) reason: Option<String>,
    /// The balance after it.
    pub(crate) balance: BalanceBody,
}

impl ReversalBody {
    /// `None` where the command reversed nothing.
    pub(crate) fn of(posted: &Posted) -> Option<Self> {
        let (entry, usage, quantity, reason) = posted.entries.iter().find_map(|entry| match &entry.detail {
            Detail::Reverse { usage, quantity, reason } => Some((entry, *usage, *quantity, reason.clone())),
            _ => None,
        })?;
        let goodwill = posted.entries.iter().filter_map(|entry| match &entry.detail {
            Detail::Grant(grant) => Some(Id::from(grant.id)),
            _ => None,
        });
        Some(Self {
            usage: usage.into(),
            quantity,
            amount: entry.amount().into(),
            returned: entry.postings.iter().map(DrawBody::from).collect(),
            goodwill: goodwill.collect(),
            reason,
            balance: posted.balance.into(),
        })
    }
}

/// A grant that a usage drew on.
#[derive(Clone, Debug, Object)]
pub(crate) struct DrawnGrant {
    /// The grant's terms.
    pub(crate) grant: GrantBody,
    /// Credits taken from it.
    pub(crate) amount: CreditsText,
}

/// Why a usage was charged.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Explanation")]
pub(crate) struct ExplanationBody {
    /// The same in a sentence.
    pub(crate) text: String,
    /// What was charged.
    pub(crate) usage: UsageBody,
    /// The grants that paid for it.
    pub(crate) grants: Vec<DrawnGrant>,
}

impl ExplanationBody {
    /// `None` where the entry is not a usage.
    pub(crate) fn of(explanation: &Explanation) -> Option<Self> {
        let recorded = &explanation.recorded;
        let drawn = |(grant, amount): &(domain::Grant, domain::Credits)| DrawnGrant {
            grant: GrantBody::terms(grant),
            amount: (*amount).into(),
        };
        Some(Self {
            text: explanation.text.clone(),
            usage: UsageBody::of(recorded.id.customer, &recorded.entry)?,
            grants: explanation.draws.iter().map(drawn).collect(),
        })
    }
}
