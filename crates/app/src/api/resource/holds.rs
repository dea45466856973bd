//! Holds: credits promised to a job, and what was done for it (R14–R18).

use domain::rules::{CaptureItem, Overage, What};
use domain::{EstimateId, HoldId, HoldStatus, Outcome};
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Enum, Object, OpenApi};
use ports::HoldFilter;
use serde::Deserialize;
use service::hold::{Basis, Start};
use service::{Context, Work, capture, hold};

use super::estimates::{ItemRequest, asked_items, job};
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
use crate::api::shape::{HoldBody, List, PostedHold, page};
use crate::api::wire::{Id, Limit, Metadata, SpanText, Text, Time, Word};
use crate::http::auth::Caller;
use crate::http::scope::Scope;

/// The most items in one capture.
const MOST_CAPTURED: usize = 1_000;

/// A job to be started: from a kept `estimate`, or from `items`.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct HoldRequest {
    /// `cus_…` or your own id; a customer's key and an estimate need not name one.
    customer: Option<Text<255>>,
    /// The estimate to start from: nothing is counted again, its prices hold.
    estimate: Option<Id<EstimateId>>,
    /// The lines, 1 to 50, where there is no estimate.
    #[oai(validator(min_items = "1", max_items = "50"))]
    items: Option<Vec<ItemRequest>>,
    /// The operation of every line that names none.
    operation: Option<Text<64>>,
    /// `one_per_file` or `one_per_page`, for this job.
    mode: Option<Text<64>>,
    /// The parser's own setting: counts where `mode` is missing.
    result_mode: Option<Text<64>>,
    /// Start the longest affordable run of lines where not all are affordable, and name the rest.
    partial: Option<bool>,
    /// How long the hold lives; an hour where not said, seven days at most.
    ttl: Option<SpanText>,
    /// Your own object: a job, a parser, a schema.
    reference: Option<Text<255>>,
    /// Your own notes.
    metadata: Option<Metadata>,
}

/// How a unit of work ended.
#[derive(Clone, Copy, Debug, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub(crate) enum OutcomeWord {
    /// Done: charged.
    Completed,
    /// Not done: free.
    Failed,
    /// Called off: free.
    Cancelled,
    /// Not done through the customer's own fault: free, unless the catalog charges it.
    CustomerFault,
}

impl From<OutcomeWord> for Outcome {
    fn from(word: OutcomeWord) -> Self {
        match word {
            OutcomeWord::Completed => Self::Completed,
            OutcomeWord::Failed => Self::Failed,
            OutcomeWord::Cancelled => Self::Cancelled,
            OutcomeWord::CustomerFault => Self::CustomerFault,
        }
    }
}

/// What becomes of a capture above the hold.
#[derive(Clone, Copy, Debug, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub(crate) enum OverageWord {
    /// The extra is taken from what is available, as far as it goes.
    Cap,
    /// The capture is refused.
    Reject,
}

impl From<OverageWord> for Overage {
    fn from(word: OverageWord) -> Self {
        match word {
            OverageWord::Cap => Self::Cap,
            OverageWord::Reject => Self::Reject,
        }
    }
}

/// A line of the hold whose work ended.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct CaptureItemRequest {
    /// Which line: its place in the hold's `items`, from 0.
    item: u32,
    /// How many of its units; all that are open where not said.
    #[oai(validator(minimum(value = "1")))]
    quantity: Option<u64>,
    /// How they ended; `completed` where not said.
    outcome: Option<OutcomeWord>,
}

/// What was done. Without `items` and `quantity`: everything that is still open.
#[derive(Clone, Debug, Default, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct CaptureRequest {
    /// The lines whose work ended.
    #[oai(validator(min_items = "1", max_items = "1000"))]
    items: Option<Vec<CaptureItemRequest>>,
    /// Units of the hold's only line that were done.
    #[oai(validator(minimum(value = "1")))]
    quantity: Option<u64>,
    /// Give the rest back and close the hold.
    #[serde(rename = "final")]
    #[oai(rename = "final")]
    close: Option<bool>,
    /// What becomes of units above the hold; the catalog's choice where not said.
    overage: Option<OverageWord>,
    /// When it happened: information only.
    occurred_at: Option<Time>,
}

impl CaptureRequest {
    fn ask(self) -> Result<capture::Ask, Problem> {
        let what = match (self.items, self.quantity) {
            (Some(items), None) => What::Items(captured(items)?),
            (None, Some(quantity)) => What::Units(quantity),
            (None, None) => What::Rest,
            (Some(_), Some(_)) => {
                let detail = "Give `items` or `quantity`, not both.";
                return Err(Problem::field("/quantity", FieldCode::Malformed, detail));
            }
        };
        Ok(capture::Ask {
            what,
            close: self.close.unwrap_or_default(),
            overage: self.overage.map(Overage::from),
            occurred_at: self.occurred_at.map(|at| at.0),
        })
    }
}

/// The lines that a capture covers. What is nothing is pointed at.
fn captured(items: Vec<CaptureItemRequest>) -> Result<Vec<CaptureItem>, Problem> {
    let nothing = |pointer: &str| {
        let detail = "There is nothing to capture.";
        Problem::new(Code::InvalidRequest, detail).at(pointer, FieldCode::Empty.word(), detail)
    };
    match items.len() {
        0 => return Err(nothing("/items")),
        1..=MOST_CAPTURED => {}
        _ => return Err(Problem::field("/items", FieldCode::TooLong, "At most 1000 items in one capture.")),
    }
    let item = |(place, item): (usize, CaptureItemRequest)| match item.quantity {
        Some(0) => Err(nothing(&format!("/items/{place}/quantity"))),
        quantity => {
            let outcome = item.outcome.map(Outcome::from).unwrap_or_default();
            Ok(CaptureItem { item: item.item as usize, quantity, outcome })
        }
    };
    items.into_iter().enumerate().map(item).collect()
}

/// Why a hold is given back.
#[derive(Clone, Debug, Default, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct ReleaseRequest {
    /// A word or a sentence. After `vendor_fault`, credits that have expired meanwhile come back as goodwill.
    reason: Option<Text<255>>,
}

/// A longer life for a hold.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExtendHoldRequest {
    /// How long it lives from now on.
    ttl: SpanText,
}

pub(crate) struct Holds;

#[OpenApi(tag = "Tag::Meter")]
impl Holds {
    /// Start a job
    ///
    /// Holds the whole estimate or nothing. With `partial`, holds the longest affordable run of lines instead.
    #[oai(path = "/v1/holds", method = "post", operation_id = "createHold")]
    async fn create(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        body: StrictJson<HoldRequest>,
    ) -> Result<
        Answer<PostedHold, 201>,
        refused!(
            CustomerNotFound,
            CustomerFrozen,
            EstimateNotFound,
            EstimateExpired,
            InsufficientCredits,
            TooManyFiles,
            TtlTooLong
        ),
    > {
        caller.require(Scope::Meter)?;
        caller.start_paid_work()?;
        let key = key(&caller, idempotency_key.0, &body)?;
        let request = body.into_inner();
        let start = Start {
            basis: basis(&ctx, &caller, &request).await?,
            partial: request.partial.unwrap_or_default(),
            ttl: request.ttl.map(|ttl| ttl.0),
            reference: request.reference.map(Text::into_text),
            metadata: request.metadata.unwrap_or_default().into_pairs(),
        };
        let posted = hold::start(&ctx, caller.tenant_id(), start, key).await?;
        Ok(Answer::of(&or_fault(PostedHold::of(&posted))?).replayed(posted.replayed))
    }

    /// List holds
    #[oai(path = "/v1/holds", method = "get", operation_id = "listHolds")]
    #[expect(clippy::too_many_arguments, reason = "an endpoint's parameters are its query")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        customer: Query<Option<String>>,
        status: Query<Option<Word<HoldStatus>>>,
        cursor: Query<Option<String>>,
        limit: Query<Option<Limit<100>>>,
        order: Query<Option<Order>>,
    ) -> Result<Answer<List<HoldBody>>, refused!(CustomerNotFound)> {
        caller.require(Scope::Read)?;
        let ask = page((cursor.0, limit.0), Order::oldest_first(order.0));
        let status = status.0.map(|word| word.0);
        let customer = access::narrowed(&ctx, &caller, customer.0.as_deref()).await?;
        let holds = ctx.journal.holds(caller.tenant_id(), &HoldFilter { customer, status }, &ask).await;
        let holds = holds.map_err(service::Failure::from)?;
        Ok(Answer::of(&List::of(holds, |hold| HoldBody::from(&hold))))
    }

    /// Get a hold
    #[oai(path = "/v1/holds/:hold", method = "get", operation_id = "getHold")]
    async fn get(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        hold: Path<Id<HoldId>>,
    ) -> Result<Answer<HoldBody>, refused!(HoldNotFound)> {
        caller.require(Scope::Read)?;
        let id = own(&caller, &hold.0)?;
        let hold = ctx.journal.hold(caller.tenant_id(), id).await.map_err(service::Failure::from)?;
        let hold = hold.ok_or_else(|| Code::HoldNotFound.problem())?;
        Ok(Answer::of(&HoldBody::from(&hold)))
    }

    /// Capture from a hold
    ///
    /// Charges what was completed, gives back what failed or was called off. Any number of captures until the hold is
    /// used up or `final`.
    #[oai(path = "/v1/holds/:hold/capture", method = "post", operation_id = "captureHold")]
    async fn capture(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        hold: Path<Id<HoldId>>,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        body: StrictJson<CaptureRequest>,
    ) -> Result<Answer<PostedHold>, refused!(HoldNotFound, ItemNotFound, HoldClosed, HoldExpired, AboveHold)> {
        caller.require(Scope::Meter)?;
        let id = own(&caller, &hold.0)?;
        let key = key(&caller, idempotency_key.0, &body)?;
        let posted = capture::capture(&ctx, caller.tenant_id(), id, body.into_inner().ask()?, key).await?;
        Ok(Answer::of(&or_fault(PostedHold::of(&posted))?).replayed(posted.replayed))
    }

    /// Release a hold
    ///
    /// Gives back all that it still holds, and closes it.
    #[oai(path = "/v1/holds/:hold/release", method = "post", operation_id = "releaseHold")]
    async fn release(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        hold: Path<Id<HoldId>>,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        body: StrictJson<ReleaseRequest>,
    ) -> Result<Answer<PostedHold>, refused!(HoldNotFound, HoldClosed, HoldExpired)> {
        caller.require(Scope::Meter)?;
        let id = own(&caller, &hold.0)?;
        let key = key(&caller, idempotency_key.0, &body)?;
        let reason = body.into_inner().reason.map(Text::into_text);
        let posted = hold::release(&ctx, caller.tenant_id(), id, reason, key).await?;
        Ok(Answer::of(&or_fault(PostedHold::of(&posted))?).replayed(posted.replayed))
    }

    /// Extend a hold
    ///
    /// Moves its end to `ttl` from now; seven days from its start at most.
    #[oai(path = "/v1/holds/:hold/extend", method = "post", operation_id = "extendHold")]
    async fn extend(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        hold: Path<Id<HoldId>>,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        body: StrictJson<ExtendHoldRequest>,
    ) -> Result<Answer<PostedHold>, refused!(HoldNotFound, HoldClosed, HoldExpired, TtlTooLong)> {
        caller.require(Scope::Meter)?;
        let id = own(&caller, &hold.0)?;
        let key = key(&caller, idempotency_key.0, &body)?;
        let posted = hold::extend(&ctx, caller.tenant_id(), id, body.into_inner().ttl.0, key).await?;
        Ok(Answer::of(&or_fault(PostedHold::of(&posted))?).replayed(posted.replayed))
    }
}

/// A hold that the key sees.
fn own(caller: &Caller, hold: &Id<HoldId>) -> Result<HoldId, Problem> {
    let id = hold.find()?;
    sees(caller, id.customer, Code::HoldNotFound)?;
    Ok(id)
}

/// What a start rests on.
async fn basis(ctx: &Context, caller: &Caller, request: &HoldRequest) -> Result<Basis, Problem> {
    match (&request.estimate, &request.items) {
        (Some(estimate), None) => {
            let id = estimate.find()?;
            let kept = hold::kept_estimate(ctx, caller.tenant_id(), id).await?;
            sees(caller, kept.customer, Code::EstimateNotFound)?;
            if let Some(named) = &request.customer
                && access::customer(ctx, caller, Some(named)).await? != kept.customer
            {
                return Err(Code::EstimateNotFound.problem());
            }
            Ok(Basis::Estimate(id))
        }
        (None, Some(items)) => {
            let customer = access::customer(ctx, caller, request.customer.as_deref()).await?;
            let HoldRequest { operation, mode, result_mode, .. } = request.clone();
            let work = Work::Items(asked_items(items.clone())?);
            Ok(Basis::Job(customer, job(operation, mode, result_mode, work)))
        }
        (None, None) => Err(Problem::field("/estimate", FieldCode::Missing, "Give an `estimate`, or `items`.")),
        (Some(_), Some(_)) => {
            Err(Problem::field("/items", FieldCode::Malformed, "Give an `estimate` or `items`, not both."))
        }
    }
}
