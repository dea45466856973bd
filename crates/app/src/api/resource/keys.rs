//! API keys: made, listed, replaced, revoked (R42).

use domain::{CustomerId, Instant, KeyId};
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use ports::ApiKey;
use serde::Deserialize;
use service::{Context, Failure, Kept, Once, key};
use uuid::Uuid;

use super::{Order, Tag};
use crate::api::access;
use crate::api::answer::Answer;
use crate::api::body::StrictJson;
use crate::api::codes::Code;
use crate::api::flaw::FieldCode;
use crate::api::idempotency::IdempotencyKey;
use crate::api::problem::Problem;
use crate::api::refused::refused;
use crate::api::shape::{List, page};
use crate::api::wire::{Id, Limit, SpanText, Text, Time, Word};
use crate::http::auth::Operator;
use crate::http::key::{Minted, mint};
use crate::http::scope::{Scope, Scopes};

/// A key to be made.
#[derive(Clone, Debug, Default, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct KeyRequest {
    /// What you call it.
    name: Option<Text<120>>,
    /// The one customer that it sees; without one it is an operator's key.
    customer: Option<Text<255>>,
    /// What it may do: `read`, `meter`, `customers`, `grants`, `catalog`, `keys`, `test`, `orders`. Where not said: an operator's
    /// everything, a customer's `read`.
    #[oai(validator(max_items = "8"))]
    scopes: Option<Vec<Word<Scope>>>,
    /// How long it works; for ever where not said.
    expires_after: Option<SpanText>,
}

/// How a key is replaced.
#[derive(Clone, Debug, Default, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct RotateRequest {
    /// How long the old key goes on working, 7 days at most; not at all where not said.
    grace: Option<SpanText>,
}

/// An API key.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Key", skip_serializing_if_is_none)]
pub(crate) struct KeyBody {
    /// Its public id.
    id: Id<KeyId>,
    /// The key itself: shown once, by the call that made it.
    secret: Option<String>,
    /// Its last four characters.
    hint: String,
    /// What its owner calls it.
    name: String,
    /// The one customer that it sees.
    customer: Option<Id<CustomerId>>,
    /// What it may do.
    scopes: Vec<String>,
    /// When it was made.
    created_at: Time,
    /// When it stops working.
    expires_at: Option<Time>,
    /// When it was revoked.
    revoked_at: Option<Time>,
}

impl KeyBody {
    fn of(key: &ApiKey, secret: Option<&str>) -> Self {
        Self {
            id: key.id.into(),
            secret: secret.map(ToOwned::to_owned),
            hint: key.hint.clone(),
            name: key.name.clone(),
            customer: key.customer.map(Id::from),
            scopes: key.scopes.clone(),
            created_at: key.created_at.into(),
            expires_at: key.expires_at.map(Time::from),
            revoked_at: key.revoked_at.map(Time::from),
        }
    }

    /// The answer as it is kept for a replay: without the secret, which is nowhere but with its owner.
    fn kept(key: &ApiKey) -> (u16, String) {
        Answer::<Self, 201>::render(&Self::of(key, None))
    }
}

pub(crate) struct Keys;

#[OpenApi(tag = "Tag::Customers")]
impl Keys {
    /// Make a key
    ///
    /// The answer has the secret, this once; a replay comes without it.
    #[oai(path = "/v1/keys", method = "post", operation_id = "createKey")]
    async fn create(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<Option<IdempotencyKey>>,
        body: StrictJson<KeyRequest>,
    ) -> Result<Answer<KeyBody, 201>, refused!(CustomerNotFound)> {
        caller.require(Scope::Keys)?;
        let once = once(idempotency_key.0, body.fingerprint());
        let request = body.into_inner();
        let customer = match &request.customer {
            Some(named) => Some(access::customer(&ctx, &caller, Some(named)).await?),
            None => None,
        };
        let now = ctx.clock.now();
        let expires_at = request.expires_after.map(|span| end("/expires_after", span, now)).transpose()?;
        let minted = mint(caller.mode(), customer.is_some(), ctx.ids.as_ref());
        let key = ApiKey {
            id: KeyId(Uuid::from_u128(ctx.ids.id())),
            tenant: caller.tenant_id(),
            customer,
            name: request.name.map_or_else(|| "key".to_owned(), Text::into_text),
            scopes: scopes(&caller, customer.is_some(), request.scopes.as_deref().unwrap_or_default())?,
            hash: minted.hash,
            hint: minted.hint.clone(),
            created_at: now,
            expires_at,
            revoked_at: None,
        };
        Ok(told(key::create(&ctx, key, once).await?, &minted))
    }

    /// List keys
    #[oai(path = "/v1/keys", method = "get", operation_id = "listKeys")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        cursor: Query<Option<String>>,
        limit: Query<Option<Limit<100>>>,
        order: Query<Option<Order>>,
    ) -> Result<Answer<List<KeyBody>>, refused!()> {
        caller.require(Scope::Keys)?;
        let ask = page((cursor.0, limit.0), Order::oldest_first(order.0));
        let keys = ctx.keys.list(caller.tenant_id(), &ask).await.map_err(Failure::from)?;
        Ok(Answer::of(&List::of(keys, |key| KeyBody::of(&key, None))))
    }

    /// Revoke a key
    ///
    /// It stops at once here, and within a second in every other process on the same database.
    #[oai(path = "/v1/keys/:key", method = "delete", operation_id = "revokeKey")]
    async fn revoke(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        key: Path<Id<KeyId>>,
    ) -> Result<Answer<KeyBody>, refused!(KeyNotFound)> {
        caller.require(Scope::Keys)?;
        let id = key.0.find()?;
        let revoked = ctx.keys.revoke(caller.tenant_id(), id, ctx.clock.now()).await.map_err(Failure::from)?;
        let revoked = revoked.ok_or_else(|| Code::KeyNotFound.problem())?;
        caller.gate().forget(&revoked.hash);
        Ok(Answer::of(&KeyBody::of(&revoked, None)))
    }

    /// Replace a key
    ///
    /// A new key with the same rights, which the calling key must have itself; the old one works on for `grace`.
    #[oai(path = "/v1/keys/:key/rotate", method = "post", operation_id = "rotateKey")]
    async fn rotate(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        key: Path<Id<KeyId>>,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<Option<IdempotencyKey>>,
        body: StrictJson<RotateRequest>,
    ) -> Result<Answer<KeyBody, 201>, refused!(KeyNotFound)> {
        caller.require(Scope::Keys)?;
        let once = once(idempotency_key.0, body.fingerprint());
        let id = key.0.find()?;
        let old = ctx.keys.get(caller.tenant_id(), id).await.map_err(Failure::from)?;
        let old = old.filter(|old| old.revoked_at.is_none()).ok_or_else(|| Code::KeyNotFound.problem())?;
        within(&caller, Scopes::of(&old.scopes, old.customer.is_some()))?;
        let now = ctx.clock.now();
        let until = body.into_inner().grace.map_or(Ok(now), |grace| grace_end(grace, now))?;
        let minted = mint(caller.mode(), old.customer.is_some(), ctx.ids.as_ref());
        let new = ApiKey {
            id: KeyId(Uuid::from_u128(ctx.ids.id())),
            hash: minted.hash,
            hint: minted.hint.clone(),
            created_at: now,
            ..old.clone()
        };
        let kept = key::rotate(&ctx, id, until, new, once).await?;
        caller.gate().forget(&old.hash);
        Ok(told(kept, &minted))
    }
}

fn once(key: Option<IdempotencyKey>, fingerprint: u64) -> Option<Once<'static, ApiKey>> {
    key.map(|key| Once { key: key.into_text(), fingerprint, render: &KeyBody::kept })
}

fn told(kept: Kept<ApiKey>, minted: &Minted) -> Answer<KeyBody, 201> {
    Answer::told(kept, |key| KeyBody::of(&key, Some(minted.secret.reveal())))
}

fn end(pointer: &str, span: SpanText, now: Instant) -> Result<Instant, Problem> {
    let end = span.0.after(now).filter(|end| *end > now);
    end.ok_or_else(|| Problem::field(pointer, FieldCode::OutOfRange, "Longer than nothing, and before the year 9999."))
}

fn grace_end(grace: SpanText, now: Instant) -> Result<Instant, Problem> {
    let longest = now + chrono::TimeDelta::days(7);
    let end = grace.0.after(now).filter(|end| *end <= longest);
    end.ok_or_else(|| Problem::field("/grace", FieldCode::OutOfRange, "At most 7 days."))
}

/// Goes on only if the caller may do all of this itself.
fn within(caller: &Operator, scopes: Scopes) -> Result<(), Problem> {
    scopes.beyond(caller.scopes()).map_or(Ok(()), |scope| caller.require(scope))
}

/// What a new key may do: never more than the key that makes it.
fn scopes(caller: &Operator, of_customer: bool, asked: &[Word<Scope>]) -> Result<Vec<String>, Problem> {
    if asked.is_empty() && of_customer {
        within(caller, Scope::defaults(of_customer).into())?;
    }
    if asked.is_empty() {
        let defaults = Scope::defaults(of_customer).iter().filter(|scope| caller.scopes().has(**scope));
        return Ok(defaults.map(|scope| scope.word().to_owned()).collect());
    }
    if asked.len() > Scope::ALL.len() {
        return Err(Problem::field("/scopes", FieldCode::TooLong, "Each scope once."));
    }
    let mut scopes = Vec::new();
    for Word(scope) in asked {
        caller.require(*scope)?;
        scopes.push(scope.word().to_owned());
    }
    scopes.dedup();
    Ok(scopes)
}
