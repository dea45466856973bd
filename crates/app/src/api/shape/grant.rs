//! Grants.

use domain::{CustomerId, Grant, GrantId, GrantState};
use poem_openapi::Object;

use crate::api::wire::{CreditsText, Id, MoneyBody, Time};

/// A parcel of credits with one source and one expiry.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Grant", skip_serializing_if_is_none)]
pub(crate) struct GrantBody {
    /// Its id.
    pub(crate) id: Id<GrantId>,
    /// Whose credits.
    pub(crate) customer: Id<CustomerId>,
    /// `trial`, `free_tier`, `pack`, `plan`, `promotion`, `adjustment`, `refund` or `goodwill`.
    pub(crate) source: String,
    /// What the customer knows it by.
    pub(crate) label: String,
    /// Credits that it brought.
    pub(crate) amount: CreditsText,
    /// Of these, still to spend.
    pub(crate) available: Option<CreditsText>,
    /// Of these, promised to open holds.
    pub(crate) held: Option<CreditsText>,
    /// Of these, used up.
    pub(crate) consumed: Option<CreditsText>,
    /// Of these, past the grant's end.
    pub(crate) expired: Option<CreditsText>,
    /// Of these, taken back.
    pub(crate) revoked: Option<CreditsText>,
    /// What was paid for it; absent for free ones.
    pub(crate) cost: Option<MoneyBody>,
    /// Lower burns first.
    pub(crate) priority: u16,
    /// When its credits become spendable.
    pub(crate) effective_at: Time,
    /// When they stop being spendable (exclusive); absent where never.
    pub(crate) expires_at: Option<Time>,
    /// When it was made.
    pub(crate) granted_at: Time,
    /// Why.
    pub(crate) reason: Option<String>,
}

impl GrantBody {
    /// The terms alone.
    pub(crate) fn terms(grant: &Grant) -> Self {
        Self {
            id: grant.id.into(),
            customer: grant.id.customer.into(),
            source: grant.source.word().to_owned(),
            label: grant.label.clone(),
            amount: grant.amount.into(),
            available: None,
            held: None,
            consumed: None,
            expired: None,
            revoked: None,
            cost: grant.cost.map(MoneyBody::from),
            priority: grant.priority,
            effective_at: grant.effective_at.into(),
            expires_at: grant.expires_at.map(Time::from),
            granted_at: grant.granted_at.into(),
            reason: grant.reason.clone(),
        }
    }
}

impl From<GrantState> for GrantBody {
    fn from(state: GrantState) -> Self {
        Self {
            available: Some(state.available.into()),
            held: Some(state.held.into()),
            consumed: Some(state.consumed.into()),
            expired: Some(state.expired.into()),
            revoked: Some(state.revoked.into()),
            ..Self::terms(&state.grant)
        }
    }
}
