//! Test clocks: whoever lives by one lives at its pace.

use domain::ClockId;
use poem::web::Data;
use poem_openapi::param::{Header, Path};
use poem_openapi::{Object, OpenApi};
use ports::TestClock;
use serde::Deserialize;
use service::{Context, Failure, Once, clock};

use super::Tag;
use crate::api::answer::Answer;
use crate::api::body::StrictJson;
use crate::api::codes::Code;
use crate::api::idempotency::IdempotencyKey;
use crate::api::refused::refused;
use crate::api::shape::Nullable;
use crate::api::wire::{Id, Time};
use crate::http::auth::Operator;
use crate::http::scope::Scope;

/// A clock to be made.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockRequest {
    /// What it shows, until it is advanced.
    frozen_at: Time,
}

/// How far to go.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdvanceRequest {
    /// What it shows next; not earlier than now.
    to: Time,
}

/// A clock that moves only when told.
#[derive(Clone, Debug, Object)]
#[oai(rename = "TestClock")]
pub(crate) struct ClockBody {
    /// Its id.
    id: Id<ClockId>,
    /// What it shows.
    frozen_at: Time,
    /// When it was made, by the real clock.
    created_at: Time,
}

impl From<&TestClock> for ClockBody {
    fn from(clock: &TestClock) -> Self {
        Self { id: clock.id.into(), frozen_at: clock.frozen_at.into(), created_at: clock.created_at.into() }
    }
}

/// The tenant's clocks.
#[derive(Clone, Debug, Object)]
pub(crate) struct TestClocks {
    /// Newest first.
    data: Vec<ClockBody>,
    /// Always `null`.
    next_cursor: Nullable<String>,
}

pub(crate) struct Clocks;

#[OpenApi(tag = "Tag::Test")]
impl Clocks {
    /// Make a test clock
    #[oai(path = "/v1/test/clocks", method = "post", operation_id = "createTestClock")]
    async fn create(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<Option<IdempotencyKey>>,
        body: StrictJson<ClockRequest>,
    ) -> Result<Answer<ClockBody, 201>, refused!(TestModeOnly)> {
        caller.require_test_mode()?;
        caller.require(Scope::Test)?;
        let fingerprint = body.fingerprint();
        let render = |clock: &TestClock| Answer::<ClockBody, 201>::render(&clock.into());
        let once = idempotency_key.0.map(|key| Once { key: key.into_text(), fingerprint, render: &render });
        let kept = clock::create(&ctx, caller.tenant(), body.frozen_at.0, once).await?;
        Ok(Answer::told(kept, |clock| ClockBody::from(&clock)))
    }

    /// List test clocks
    #[oai(path = "/v1/test/clocks", method = "get", operation_id = "listTestClocks")]
    async fn list(&self, ctx: Data<&Context>, caller: Operator) -> Result<Answer<TestClocks>, refused!(TestModeOnly)> {
        caller.require_test_mode()?;
        caller.require(Scope::Test)?;
        let clocks = ctx.clocks.list(caller.tenant_id()).await.map_err(Failure::from)?;
        let data = clocks.iter().map(ClockBody::from).collect();
        Ok(Answer::of(&TestClocks { data, next_cursor: Nullable(None) }))
    }

    /// Get a test clock
    #[oai(path = "/v1/test/clocks/:clock", method = "get", operation_id = "getTestClock")]
    async fn get(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        clock: Path<Id<ClockId>>,
    ) -> Result<Answer<ClockBody>, refused!(TestModeOnly, ClockNotFound)> {
        caller.require_test_mode()?;
        caller.require(Scope::Test)?;
        let found = ctx.clocks.get(caller.tenant_id(), clock.0.find()?).await.map_err(Failure::from)?;
        Ok(Answer::of(&ClockBody::from(&found.ok_or_else(|| Code::ClockNotFound.problem())?)))
    }

    /// Advance a test clock
    ///
    /// Does everything that becomes due on the way, in order, and answers when all of it is done. Doing it twice
    /// changes nothing.
    #[oai(path = "/v1/test/clocks/:clock/advance", method = "post", operation_id = "advanceTestClock")]
    async fn advance(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        clock: Path<Id<ClockId>>,
        body: StrictJson<AdvanceRequest>,
    ) -> Result<Answer<ClockBody>, refused!(TestModeOnly, ClockNotFound)> {
        caller.require_test_mode()?;
        caller.require(Scope::Test)?;
        let advanced = clock::advance(&ctx, caller.tenant_id(), clock.0.find()?, body.to.0).await?;
        Ok(Answer::of(&ClockBody::from(&advanced)))
    }
}
