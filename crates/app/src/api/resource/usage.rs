//! Usage: work charged in one shot, listed, explained and reversed (R19, R20).

use domain::{Document, Kind, UsageId};
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::types::ToJSON as _;
use poem_openapi::{Object, OpenApi};
use ports::{CommandKey, EntryFilter, Posted};
use serde::Deserialize;
use service::record::{self, Record};
use service::{AskedItem, Context, Failure, explain, reverse};

use super::estimates::units;
use super::{Order, Tag};
use crate::api::access::{self, sees};
use crate::api::answer::Answer;
use crate::api::body::StrictJson;
use crate::api::codes::Code;
use crate::api::command::{key, or_fault};
use crate::api::flaw::FieldCode;
use crate::api::idempotency::{IdempotencyKey, NeededKey, fingerprint};
use crate::api::problem::{Problem, ProblemBody};
use crate::api::refused::refused;
use crate::api::shape::{ExplanationBody, List, PostedUsage, ReversalBody, UsageBody, page};
use crate::api::wire::{Id, Limit, Metadata, Text, Time};
use crate::http::auth::Caller;
use crate::http::request_id::RequestId;
use crate::http::scope::Scope;

/// The most lines in one batch.
const MOST_LINES: usize = 1_000;

/// The document behind a usage, as you counted it.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct EvidenceRequest {
    /// The document's name.
    name: Option<Text<255>>,
    /// SHA-256 of its bytes: 64 lower-case hex digits.
    #[oai(validator(pattern = "^[0-9a-f]{64}$"))]
    sha256: Option<Text<64>>,
    /// Its type.
    media_type: Option<Text<127>>,
    /// Its pages; the quantity where not said.
    pages: Option<u64>,
}

/// A finished piece of work.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct UsageRequest {
    /// `cus_…` or your own id; a customer's key need not name one.
    customer: Option<Text<255>>,
    /// An operation of the catalog.
    operation: Text<64>,
    /// Units of it.
    #[oai(validator(minimum(value = "1")))]
    quantity: Option<u64>,
    /// Changes, for operations priced per change × page.
    #[oai(validator(minimum(value = "1")))]
    changes: Option<u64>,
    /// Pages that the changes apply to.
    #[oai(validator(minimum(value = "1")))]
    pages: Option<u64>,
    /// The document behind it.
    evidence: Option<EvidenceRequest>,
    /// Your own object: a job, a parser, a schema.
    reference: Option<Text<255>>,
    /// When it happened: information only.
    occurred_at: Option<Time>,
    /// Your own notes.
    metadata: Option<Metadata>,
}

impl UsageRequest {
    /// The command's key. Alone or as a line of a batch, it is the same usage: a retry may come either way (R40).
    fn key(&self, caller: &Caller, key: IdempotencyKey) -> CommandKey {
        let fingerprint = fingerprint([b"usage".as_slice(), self.to_json_string().as_bytes()]);
        CommandKey { text: key.of(caller.customer()), fingerprint }
    }
}

/// A line of a batch.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct BatchLine {
    /// The line's own idempotency key.
    key: IdempotencyKey,
    /// What was done.
    usage: UsageRequest,
}

/// Many finished pieces of work, each with a key of its own.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
pub(crate) struct BatchRequest {
    /// The lines, 1 to 1000.
    #[oai(validator(min_items = "1", max_items = "1000"))]
    lines: Vec<BatchLine>,
}

/// What a line of a batch came to: a usage or a problem.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct BatchOutcome {
    /// The line's key.
    key: String,
    /// The status that it would have had by itself.
    status: u16,
    /// Whether an earlier call with the same key did it.
    replayed: bool,
    /// What was charged, and the balance after.
    charged: Option<PostedUsage>,
    /// Why nothing was.
    problem: Option<ProblemBody>,
}

/// What a batch came to.
#[derive(Clone, Debug, Object)]
pub(crate) struct BatchBody {
    /// One outcome a line, in their order.
    outcomes: Vec<BatchOutcome>,
    /// Lines that were charged.
    recorded: u32,
    /// Lines that were not.
    refused: u32,
}

/// How much to give back, and why.
#[derive(Clone, Debug, Default, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct ReverseRequest {
    /// Units; all that are left where not said.
    #[oai(validator(minimum(value = "1")))]
    quantity: Option<u64>,
    /// Why.
    reason: Option<Text<255>>,
}

pub(crate) struct Usages;

#[OpenApi(tag = "Tag::Meter")]
impl Usages {
    /// Record usage
    ///
    /// Charges a finished piece of work, whole or not at all. What costs nothing needs no balance.
    #[oai(path = "/v1/usage", method = "post", operation_id = "recordUsage")]
    async fn record(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        body: StrictJson<UsageRequest>,
    ) -> Result<Answer<PostedUsage, 201>, refused!(CustomerNotFound, CustomerFrozen, InsufficientCredits)> {
        caller.require(Scope::Meter)?;
        caller.start_paid_work()?;
        let usage = body.into_inner();
        let key = usage.key(&caller, idempotency_key.0.found()?);
        let record = record_of(&ctx, &caller, "", usage).await?;
        let customer = record.customer;
        let posted = record::record(&ctx, caller.tenant_id(), record, key).await?;
        Ok(Answer::of(&or_fault(PostedUsage::of(customer, &posted))?).replayed(posted.replayed))
    }

    /// Record usage in a batch
    ///
    /// Each line stands for itself: one that is refused leaves the others as they are. The answer is 200 as soon as
    /// the lines could be read; look at each `status`.
    #[oai(path = "/v1/usage/batch", method = "post", operation_id = "recordUsageBatch")]
    async fn record_batch(
        &self,
        ctx: Data<&Context>,
        id: Data<&RequestId>,
        caller: Caller,
        body: StrictJson<BatchRequest>,
    ) -> Result<Answer<BatchBody>, refused!(BatchTooLarge)> {
        caller.require(Scope::Meter)?;
        caller.start_paid_work()?;
        let lines = body.into_inner().lines;
        check_count(lines.len())?;
        let (mut records, mut keys) = (Vec::with_capacity(lines.len()), Vec::with_capacity(lines.len()));
        for (place, line) in lines.into_iter().enumerate() {
            keys.push(line.key.clone().into_text());
            let key = line.usage.key(&caller, line.key);
            let record = record_of(&ctx, &caller, &format!("/lines/{place}/usage"), line.usage).await;
            records.push((record, key));
        }
        let customers: Vec<_> = records.iter().map(|(record, _)| record.as_ref().ok().map(|it| it.customer)).collect();
        let outcomes = record::record_all(&ctx, caller.tenant_id(), records).await?;
        let outcomes = outcomes.into_iter().zip(keys).zip(customers);
        let outcomes: Vec<_> = outcomes.map(|((outcome, key), customer)| told(&id, outcome, key, customer)).collect();
        let recorded = outcomes.iter().filter(|outcome| outcome.charged.is_some()).count();
        let count = |lines: usize| u32::try_from(lines).unwrap_or(u32::MAX);
        let (refused, recorded) = (count(outcomes.len() - recorded), count(recorded));
        Ok(Answer::of(&BatchBody { outcomes, recorded, refused }))
    }

    /// List usage
    #[oai(path = "/v1/usage", method = "get", operation_id = "listUsage")]
    #[expect(clippy::too_many_arguments, reason = "an endpoint's parameters are its query")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        customer: Query<Option<String>>,
        from: Query<Option<Time>>,
        until: Query<Option<Time>>,
        cursor: Query<Option<String>>,
        limit: Query<Option<Limit<100>>>,
        order: Query<Option<Order>>,
    ) -> Result<Answer<List<UsageBody>>, refused!(CustomerNotFound)> {
        caller.require(Scope::Read)?;
        let ask = page((cursor.0, limit.0), Order::oldest_first(order.0));
        let customer = access::narrowed(&ctx, &caller, customer.0.as_deref()).await?;
        let filter = EntryFilter {
            customer,
            kinds: Kind::ALL.into_iter().filter(|kind| kind.is_usage()).collect(),
            from: from.0.map(|at| at.0),
            until: until.0.map(|at| at.0),
        };
        let entries = ctx.journal.entries(caller.tenant_id(), &filter, &ask).await.map_err(Failure::from)?;
        let next = entries.next;
        let usages = entries.items.iter().filter_map(|recorded| UsageBody::of(recorded.id.customer, &recorded.entry));
        Ok(Answer::of(&List { data: usages.collect(), next_cursor: crate::api::shape::Nullable(next) }))
    }

    /// Get a usage
    #[oai(path = "/v1/usage/:usage", method = "get", operation_id = "getUsage")]
    async fn get(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        usage: Path<Id<UsageId>>,
    ) -> Result<Answer<UsageBody>, refused!(UsageNotFound)> {
        caller.require(Scope::Read)?;
        let id = own(&caller, &usage.0)?;
        let (recorded, _) = explain::usage(&ctx, caller.tenant_id(), id).await?;
        Ok(Answer::of(&or_fault(UsageBody::of(id.customer, &recorded.entry))?))
    }

    /// Explain a usage
    ///
    /// Why it was charged: the document, its pages and the rule that counted them, the price, the grants that paid.
    #[oai(path = "/v1/usage/:usage/explanation", method = "get", operation_id = "explainUsage")]
    async fn explain(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        usage: Path<Id<UsageId>>,
    ) -> Result<Answer<ExplanationBody>, refused!(UsageNotFound)> {
        caller.require(Scope::Read)?;
        let id = own(&caller, &usage.0)?;
        let explanation = explain::explain(&ctx, caller.tenant_id(), id).await?;
        Ok(Answer::of(&or_fault(ExplanationBody::of(&explanation))?))
    }

    /// Reverse a usage
    ///
    /// Gives consumed credits back to the grants that they came from. Those of a grant that has expired come back as
    /// goodwill.
    #[oai(path = "/v1/usage/:usage/reverse", method = "post", operation_id = "reverseUsage")]
    async fn reverse(
        &self,
        ctx: Data<&Context>,
        caller: crate::http::auth::Operator,
        usage: Path<Id<UsageId>>,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        body: StrictJson<ReverseRequest>,
    ) -> Result<Answer<ReversalBody>, refused!(UsageNotFound, AlreadyReversed)> {
        caller.require(Scope::Grants)?;
        let id = usage.0.find()?;
        let key = key(&caller, idempotency_key.0, &body)?;
        let ReverseRequest { quantity, reason } = body.into_inner();
        let reason = reason.map(Text::into_text);
        let posted = reverse::reverse(&ctx, caller.tenant_id(), id, quantity, reason, key).await?;
        Ok(Answer::of(&or_fault(ReversalBody::of(&posted))?).replayed(posted.replayed))
    }
}

fn check_count(lines: usize) -> Result<(), Problem> {
    match lines {
        0 => {
            let detail = "There is nothing to record.";
            Err(Problem::new(Code::InvalidRequest, detail).at("/lines", "empty", detail))
        }
        1..=MOST_LINES => Ok(()),
        _ => Err(Problem::new(Code::BatchTooLarge, format!("A batch has at most {MOST_LINES} lines."))),
    }
}

/// A usage that the key sees.
fn own(caller: &Caller, usage: &Id<UsageId>) -> Result<UsageId, Problem> {
    let id = usage.find()?;
    sees(caller, id.customer, Code::UsageNotFound)?;
    Ok(id)
}

/// A request as the use case takes it. What is wrong with one line of a batch is that line's outcome.
async fn record_of(ctx: &Context, caller: &Caller, at: &str, request: UsageRequest) -> Result<Record, Problem> {
    let customer = access::customer(ctx, caller, request.customer.as_deref()).await?;
    let units = units(at, request.quantity, request.changes, request.pages)?;
    let pages = match units {
        service::Units::Quantity(quantity) => quantity,
        service::Units::Changes { pages, .. } => pages,
    };
    if let Some(hash) = request.evidence.as_ref().and_then(|evidence| evidence.sha256.as_deref())
        && !(hash.len() == 64 && hash.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')))
    {
        let pointer = format!("{at}/evidence/sha256");
        return Err(Problem::field(pointer, FieldCode::Malformed, "64 lower-case hex digits."));
    }
    let name = request.evidence.as_ref().and_then(|evidence| evidence.name.clone()).map(Text::into_text);
    let document = request.evidence.map(|evidence| Document {
        sha256: evidence.sha256.map(Text::into_text),
        media_type: evidence.media_type.map(Text::into_text),
        pages: evidence.pages.unwrap_or(pages),
        rule: None,
    });
    Ok(Record {
        customer,
        operation: request.operation.into_text(),
        item: AskedItem { name, operation: None, units, document },
        reference: request.reference.map(Text::into_text),
        occurred_at: request.occurred_at.map(|at| at.0),
        metadata: request.metadata.unwrap_or_default().into_pairs(),
    })
}

fn told(
    id: &RequestId,
    outcome: Result<Posted, Problem>,
    key: String,
    customer: Option<domain::CustomerId>,
) -> BatchOutcome {
    match outcome {
        Ok(posted) => {
            let charged = customer.and_then(|customer| PostedUsage::of(customer, &posted));
            BatchOutcome { key, status: 201, replayed: posted.replayed, charged, problem: None }
        }
        Err(problem) => {
            let status = problem.code().status();
            let problem = ProblemBody { request_id: id.as_str().to_owned(), ..problem.body().clone() };
            BatchOutcome { key, status, replayed: false, charged: None, problem: Some(problem) }
        }
    }
}
