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
    /// What sort of change: `grant`, `hold`, `capture`, `release`, `usage`, `reverse`, `expire`, `revoke`, `reinstate`,
    /// `open`, `activate`, `extend`, `extend_hold`, `freeze` or `unfreeze`.
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
    /// The grant that became spendable or ends at another instant, by an `activate` or `extend`.
    pub(crate) grant_id: Option<Id<GrantId>>,
    /// The hold that it belongs to.
    pub(crate) hold: Option<Id<HoldId>>,
    /// The new end: of the hold by a `hold` or `extend_hold`, of the grant by an `extend`.
    pub(crate) expires_at: Option<Time>,
    /// The usage that it recorded or reversed.
    pub(crate) usage: Option<Id<UsageId>>,
    /// What the credits were used for, by a `usage` or `capture`.
    pub(crate) operation: Option<String>,
    /// Units used or given back, by a `usage`, `capture` or `reverse`.
    pub(crate) quantity: Option<u64>,
    /// Why.
    pub(crate) reason: Option<String>,
    /// Where the customer asks about it.
    pub(crate) support_url: Option<String>,
}

impl EntryBody {
    /// An entry, with the product's links for its customer.
    pub(crate) fn of(recorded: Recorded, links: &Links) -> Self {
        let Recorded { id, key, entry } = recorded;
        let leg = |posting: &domain::Posting| {
            let (from, to) = entry.kind.flow()?;
            Some(PostingBody {
                grant: posting.grant.into(),
                from: from.word().to_owned(),
                to: to.word().to_owned(),
                amount: posting.amount.into(),
            })
        };
        let mut body = Self {
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
            grant: None,
            grant_id: None,
            hold: None,
            expires_at: None,
            usage: None,
            operation: None,
            quantity: None,
            reason: None,
            support_url: links.support_for(id),
        };
        body.tell(id, entry.detail);
        body
    }

    /// Fills in what only its kind has to tell.
    fn tell(&mut self, id: EntryId, detail: Detail) {
        match detail {
            Detail::None => {}
            Detail::Grant(grant) => {
                self.grant = Some(GrantBody::terms(&grant));
                self.reason = grant.reason;
            }
            Detail::Activate(grant) => self.grant_id = Some(grant.into()),
            Detail::Extend { grant, expires_at } => {
                (self.grant_id, self.expires_at) = (Some(grant.into()), Some(expires_at.into()));
            }
            Detail::Hold { hold, expires_at } | Detail::ExtendHold { hold, expires_at } => {
                (self.hold, self.expires_at) = (Some(hold.into()), Some(expires_at.into()));
            }
            Detail::Release { hold, reason } => (self.hold, self.reason) = (Some(hold.into()), Some(reason)),
            Detail::Usage(usage) => {
                self.hold = usage.hold.map(Id::from);
                self.usage = Some(UsageId::from(id).into());
                (self.operation, self.quantity) = (Some(usage.operation), Some(usage.quantity));
            }
            Detail::Reverse { usage, quantity, reason } => {
                (self.usage, self.quantity, self.reason) = (Some(usage.into()), Some(quantity), reason);
            }
            Detail::Revoke { reason }
            | Detail::Reinstate { reason }
            | Detail::Freeze { reason }
            | Detail::Unfreeze { reason } => self.reason = reason,
        }
    }
}
