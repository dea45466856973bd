//! Ledger entries, told so that anyone can replay them (R44).

use domain::{CustomerId, Detail, EntryId, GrantId, HoldId, Links, UsageId};
use poem_openapi::Object;
use ports::Recorded;

use super::{BalanceBody, GrantBody};
use crate::api::idempotency::as_sent;
use crate::api::wire::{CreditsText, Id, Time};

/// One leg of an entry.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Posting")]
pub(crate) struct PostingBody {
    /// Whose credits.
    pub(crate) grant: Id<GrantId>,
    /// Where they were.
    pub(crate) from: String,
    /// Where they are now.
    pub(crate) to: String,
    /// How many.
    pub(crate) amount: CreditsText,
}

/// One immutable record of the ledger.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Entry", skip_serializing_if_is_none)]
pub(crate) struct EntryBody {
    /// Its id.
    pub(crate) id: Id<EntryId>,
    /// Whose journal.
    pub(crate) customer: Id<CustomerId>,
    /// Its place in that journal, from 1 without gaps.
    pub(crate) sequence: u64,
    /// The idempotency key that it came with; absent for what the clock did.
    pub(crate) key: Option<String>,
    /// What sort of change: `grant`, `hold`, `capture`, `release`, `usage`, `reverse`, `expire`, `revoke`, `open`,
    /// `activate`, `extend` or `extend_hold`.
    pub(crate) kind: String,
    /// Credits that it moved.
    pub(crate) amount: CreditsText,
    /// From where to where, grant by grant.
    pub(crate) postings: Vec<PostingBody>,
    /// The balance after it.
    pub(crate) balance: BalanceBody,
    /// When it was committed.
    pub(crate) at: Time,
    /// The instant that it speaks of.
    pub(crate) effective_at: Time,
    /// The grant that was made, by a `grant`.
    pub(crate) grant: Option<GrantBody>,
    /// The hold that it belongs to.
    pub(crate) hold: Option<Id<HoldId>>,
    /// The usage that it recorded or reversed.
    pub(crate) usage: Option<Id<UsageId>>,
    /// Why.
    pub(crate) reason: Option<String>,
    /// Where the customer asks about it.
    pub(crate) support_url: Option<String>,
}

impl EntryBody {
    /// An entry, with the product's links for its customer.
    pub(crate) fn of(recorded: Recorded, links: &Links) -> Self {
        let Recorded { id, key, entry } = recorded;
        let (grant, hold, usage, reason) = told(id, &entry.detail);
        let leg = |posting: &domain::Posting| {
            let (from, to) = entry.kind.flow()?;
            Some(PostingBody {
                grant: posting.grant.into(),
                from: from.word().to_owned(),
                to: to.word().to_owned(),
                amount: posting.amount.into(),
            })
        };
        Self {
            id: id.into(),
            customer: id.customer.into(),
            sequence: entry.sequence,
            key: key.map(|key| as_sent(&key).to_owned()),
            kind: entry.kind.word().to_owned(),
            amount: entry.amount().into(),
            postings: entry.postings.iter().filter_map(leg).collect(),
            balance: entry.balance.into(),
            at: entry.at.into(),
            effective_at: entry.effective_at.into(),
            grant,
            hold: hold.map(Id::from),
            usage: usage.map(Id::from),
            reason,
            support_url: links.support_for(id),
        }
    }
}

type Told = (Option<GrantBody>, Option<HoldId>, Option<UsageId>, Option<String>);

fn told(id: EntryId, detail: &Detail) -> Told {
    match detail {
        Detail::None | Detail::Activate(_) | Detail::Extend { .. } => (None, None, None, None),
        Detail::Grant(grant) => (Some(GrantBody::terms(grant)), None, None, grant.reason.clone()),
        Detail::Hold { hold, .. } | Detail::ExtendHold { hold, .. } => (None, Some(*hold), None, None),
        Detail::Release { hold, reason } => (None, Some(*hold), None, Some(reason.clone())),
        Detail::Usage(usage) => (None, usage.hold, Some(id.into()), None),
        Detail::Reverse { usage, reason, .. } => (None, None, Some(*usage), reason.clone()),
        Detail::Revoke { reason } => (None, None, None, reason.clone()),
    }
}
