//! Grants: given, listed, extended, revoked (R2).

use domain::{Credits, Detail, GrantId, Kind, Source};
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Enum, Object, OpenApi};
use ports::Posted;
use serde::Deserialize;
use service::grant::{Ask, End, Terms};
use service::{Context, balance, grant};

use super::{Order, Tag};
use crate::api::access::{self, sees};
use crate::api::answer::Answer;
use crate::api::body::StrictJson;
use crate::api::codes::Code;
use crate::api::command::{key, or_fault};
use crate::api::flaw::FieldCode;
use crate::api::idempotency::NeededKey;
use crate::api::problem::Problem;
use crate::api::refused::refused;
use crate::api::shape::{BalanceBody, GrantBody, List, page};
use crate::api::wire::{CreditsText, CurrencyCode, Id, Limit, SpanText, Text, Time};
use crate::http::auth::{Caller, Operator};
use crate::http::scope::Scope;

/// Where credits come from, for grants that the operator makes.
#[derive(Clone, Copy, Debug, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub(crate) enum SourceWord {
    /// A pack of the catalog.
    Pack,
    /// A period of a subscription.
    Plan,
    /// Given to win or keep a customer.
    Promotion,
    /// The operator's correction.
    Adjustment,
    /// Credits given in place of money back.
    Refund,
    /// An apology.
    Goodwill,
}

impl From<SourceWord> for Source {
    fn from(word: SourceWord) -> Self {
        match word {
            SourceWord::Pack => Self::Pack,
            SourceWord::Plan => Self::Plan,
            SourceWord::Promotion => Self::Promotion,
            SourceWord::Adjustment => Self::Adjustment,
            SourceWord::Refund => Self::Refund,
            SourceWord::Goodwill => Self::Goodwill,
        }
    }
}

/// Credits to be granted: a `pack` on the catalog's terms, or `amount` on yours.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct GrantRequest {
    /// `cus_…` or your own id.
    customer: Text<255>,
    /// A pack of the catalog: its credits, price and validity.
    pack: Option<Text<64>>,
    /// How many credits, where no pack is named.
    amount: Option<CreditsText>,
    /// Where they come from; `promotion` where not said.
    source: Option<SourceWord>,
    /// What was paid for them.
    cost: Option<CostRequest>,
    /// When they stop being spendable (exclusive); never, where neither this nor `expires_after` is said.
    expires_at: Option<Time>,
    /// How long they last, to the end of the last day in the customer's time zone.
    expires_after: Option<SpanText>,
    /// When they become spendable; now where not said.
    effective_at: Option<Time>,
    /// What the customer knows the grant by.
    label: Option<Text<120>>,
    /// Lower burns first; 100 where not said.
    #[oai(validator(maximum(value = "65535")))]
    priority: Option<u16>,
    /// Why.
    reason: Option<Text<255>>,
}

/// What was paid for a grant.
#[derive(Clone, Copy, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
pub(crate) struct CostRequest {
    /// In the currency's minor unit: cents of USD, yen of JPY.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000000000")))]
    amount: i64,
    /// ISO 4217.
    currency: CurrencyCode,
}

impl GrantRequest {
    fn terms(&self) -> Result<Terms, Problem> {
        let clash = |pointer: &str| {
            Err(Problem::field(pointer, FieldCode::Malformed, "A pack comes on the catalog's terms: leave this out."))
        };
        match (&self.pack, self.amount) {
            (Some(_), Some(_)) => clash("/amount"),
            (Some(_), None) if self.source.is_some() => clash("/source"),
            (Some(_), None) if self.cost.is_some() => clash("/cost"),
            (Some(_), None) if self.expires_at.is_some() => clash("/expires_at"),
            (Some(_), None) if self.expires_after.is_some() => clash("/expires_after"),
            (Some(pack), None) => Ok(Terms::Pack(pack.as_str().to_owned())),
            (None, None) => Err(Problem::field("/amount", FieldCode::Missing, "Give an `amount`, or a `pack`.")),
            (None, Some(amount)) if amount.0 == Credits::ZERO => {
                Err(Problem::field("/amount", FieldCode::OutOfRange, "A grant brings some credits."))
            }
            (None, Some(amount)) => Ok(Terms::Credits {
                source: self.source.map_or(Source::Promotion, Source::from),
                amount: amount.0,
                cost: self.cost()?,
                end: self.end()?,
            }),
        }
    }

    fn cost(&self) -> Result<Option<domain::Money>, Problem> {
        const MOST: i64 = 1_000_000_000_000;
        match self.cost {
            Some(cost) if !(0..=MOST).contains(&cost.amount) => {
                Err(Problem::field("/cost/amount", FieldCode::OutOfRange, "0 to 10^12 minor units."))
            }
            cost => Ok(cost.map(|cost| domain::Money { minor: cost.amount, currency: cost.currency.0 })),
        }
    }

    fn end(&self) -> Result<End, Problem> {
        match (self.expires_at, self.expires_after) {
            (None, None) => Ok(End::Never),
            (Some(at), None) => Ok(End::At(at.0)),
            (None, Some(span)) if span.0.is_empty() => {
                Err(Problem::field("/expires_after", FieldCode::OutOfRange, "Longer than nothing."))
            }
            (None, Some(span)) => Ok(End::After(span.0)),
            (Some(_), Some(_)) => {
                let detail = "Give `expires_at` or `expires_after`, not both.";
                Err(Problem::field("/expires_after", FieldCode::Malformed, detail))
            }
        }
    }
}

/// A later end.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExtendGrantRequest {
    /// The new end (exclusive), later than the present one.
    expires_at: Time,
}

/// Why a grant is taken back.
#[derive(Clone, Debug, Default, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct RevokeRequest {
    /// Why.
    reason: Option<Text<255>>,
}

/// What a command on a grant came to.
#[derive(Clone, Debug, Object)]
pub(crate) struct PostedGrant {
    /// The grant: its terms after it.
    grant: GrantBody,
    /// The balance after it.
    balance: BalanceBody,
}

pub(crate) struct Grants;

#[OpenApi(tag = "Tag::Ledger")]
impl Grants {
    /// Grant credits
    ///
    /// A pack of the catalog, or credits on your own terms.
    #[oai(path = "/v1/grants", method = "post", operation_id = "createGrant")]
    async fn create(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        body: StrictJson<GrantRequest>,
    ) -> Result<Answer<PostedGrant, 201>, refused!(CustomerNotFound, PackNotFound, TooManyGrants)> {
        caller.require(Scope::Grants)?;
        let key = key(&caller, idempotency_key.0, &body)?;
        let request = body.into_inner();
        let terms = request.terms()?;
        let customer = access::customer(&ctx, &caller, Some(&request.customer)).await?;
        let ask = Ask {
            terms,
            label: request.label.map(Text::into_text),
            priority: request.priority,
            effective_at: request.effective_at.map(|at| at.0),
            reason: request.reason.map(Text::into_text),
        };
        let posted = grant::grant(&ctx, caller.tenant_id(), customer, ask, key).await?;
        let grant = or_fault(made(&posted))?;
        Ok(Answer::of(&PostedGrant { grant, balance: posted.balance.into() }).replayed(posted.replayed))
    }

    /// List a customer's grants
    ///
    /// The breakdown of the balance: where each grant's credits are.
    #[oai(path = "/v1/customers/:customer/grants", method = "get", operation_id = "listGrants")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        customer: Path<String>,
        cursor: Query<Option<String>>,
        limit: Query<Option<Limit<100>>>,
        order: Query<Option<Order>>,
    ) -> Result<Answer<List<GrantBody>>, refused!(CustomerNotFound)> {
        caller.require(Scope::Read)?;
        let ask = page((cursor.0, limit.0), Order::oldest_first(order.0));
        let customer = access::customer(&ctx, &caller, Some(&customer.0)).await?;
        let (grants, _) = balance::breakdown(&ctx, caller.tenant_id(), customer, &ask).await?;
        Ok(Answer::of(&List::of(grants, GrantBody::from)))
    }

    /// Get a grant
    #[oai(path = "/v1/grants/:grant", method = "get", operation_id = "getGrant")]
    async fn get(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        grant: Path<Id<GrantId>>,
    ) -> Result<Answer<GrantBody>, refused!(GrantNotFound)> {
        caller.require(Scope::Read)?;
        let id = grant.0.find()?;
        sees(&caller, id.customer, Code::GrantNotFound)?;
        Ok(Answer::of(&GrantBody::from(balance::grant_state(&ctx, caller.tenant_id(), id).await?)))
    }

    /// Extend a grant
    ///
    /// Moves its end to a later instant. Ends are never moved forward.
    #[oai(path = "/v1/grants/:grant/extend", method = "post", operation_id = "extendGrant")]
    async fn extend(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        grant: Path<Id<GrantId>>,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        body: StrictJson<ExtendGrantRequest>,
    ) -> Result<Answer<PostedGrant>, refused!(GrantNotFound, GrantClosed)> {
        caller.require(Scope::Grants)?;
        let id = grant.0.find()?;
        let key = key(&caller, idempotency_key.0, &body)?;
        let (terms, posted) = grant::extend(&ctx, caller.tenant_id(), id, body.into_inner().expires_at.0, key).await?;
        let grant = GrantBody::terms(&terms);
        Ok(Answer::of(&PostedGrant { grant, balance: posted.balance.into() }).replayed(posted.replayed))
    }

    /// Revoke a grant
    ///
    /// Takes back what is left in it. What is held or used stays.
    #[oai(path = "/v1/grants/:grant/revoke", method = "post", operation_id = "revokeGrant")]
    async fn revoke(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        grant: Path<Id<GrantId>>,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        body: StrictJson<RevokeRequest>,
    ) -> Result<Answer<PostedGrant>, refused!(GrantNotFound, GrantClosed)> {
        caller.require(Scope::Grants)?;
        let id = grant.0.find()?;
        let key = key(&caller, idempotency_key.0, &body)?;
        let reason = body.into_inner().reason.map(Text::into_text);
        let (terms, posted) = grant::revoke(&ctx, caller.tenant_id(), id, reason, key).await?;
        let grant = GrantBody::terms(&terms);
        Ok(Answer::of(&PostedGrant { grant, balance: posted.balance.into() }).replayed(posted.replayed))
    }
}

/// The grant that a command made: untouched yet.
fn made(posted: &Posted) -> Option<GrantBody> {
    let entry = posted.entries.iter().find(|entry| entry.kind == Kind::Grant)?;
    let Detail::Grant(grant) = &entry.detail else { return None };
    Some(GrantBody::terms(grant))
}
