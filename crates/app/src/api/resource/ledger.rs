//! The ledger, entry by entry, and statements made of it (R4, R44).

use bytes::Bytes;
use domain::{CustomerId, EntryId, Instant, Kind};
use futures_util::{Stream, StreamExt as _, stream};
use poem::web::Data;
use poem::{Body, IntoResponse, Response};
use poem_openapi::param::{Path, Query};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::Type as _;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use ports::{EntryFilter, PageAsk, Recorded};
use service::{Context, Failure, balance};

use super::{Order, Tag};
use crate::api::access::{self, sees};
use crate::api::answer::Answer;
use crate::api::codes::Code;
use crate::api::flaw::FieldCode;
use crate::api::problem::Problem;
use crate::api::refused::refused;
use crate::api::shape::{BalanceBody, EntryBody, List, Nullable, page};
use crate::api::wire::{Id, Limit, Time, Word};
use crate::http::auth::Caller;
use crate::http::scope::Scope;

/// How a statement is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub(crate) enum StatementFormat {
    /// A page of movements with the balances around the whole.
    #[default]
    Json,
    /// Every movement, as a table.
    Csv,
}

/// Every movement of a time, with the balances before and after.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Statement")]
pub(crate) struct StatementBody {
    /// Whose.
    pub(crate) customer: Id<CustomerId>,
    /// From when: inclusive.
    pub(crate) from: Time,
    /// Until when: exclusive.
    pub(crate) until: Time,
    /// The balance at its beginning.
    pub(crate) opening: BalanceBody,
    /// The balance at its end.
    pub(crate) closing: BalanceBody,
    /// The movements, oldest first.
    pub(crate) data: Vec<EntryBody>,
    /// Pass it as `cursor` for the next page; `null` at the end.
    pub(crate) next_cursor: Nullable<String>,
}

/// A statement in the form that was asked for.
pub(crate) enum StatementAnswer {
    Json(Answer<StatementBody>),
    Csv(Body),
}

impl IntoResponse for StatementAnswer {
    fn into_response(self) -> Response {
        match self {
            Self::Json(answer) => answer.into_response(),
            Self::Csv(body) => Response::builder()
                .content_type("text/csv; charset=utf-8")
                .header("Content-Disposition", "attachment; filename=\"statement.csv\"")
                .body(body),
        }
    }
}

impl ApiResponse for StatementAnswer {
    fn meta() -> MetaResponses {
        let csv = MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")));
        let content = vec![
            MetaMediaType { content_type: "application/json", schema: StatementBody::schema_ref() },
            MetaMediaType { content_type: "text/csv", schema: csv },
        ];
        let response =
            MetaResponse { description: "", status: Some(200), status_range: None, content, headers: Vec::new() };
        MetaResponses { responses: vec![response] }
    }

    fn register(registry: &mut Registry) {
        StatementBody::register(registry);
    }
}

pub(crate) struct Ledger;

#[OpenApi(tag = "Tag::Ledger")]
impl Ledger {
    /// List ledger entries
    ///
    /// Everything that changed a balance, told so that anyone can replay it. Without a customer: of all customers, by
    /// customer.
    #[oai(path = "/v1/ledger/entries", method = "get", operation_id = "listEntries")]
    #[expect(clippy::too_many_arguments, reason = "an endpoint's parameters are its query")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        customer: Query<Option<String>>,
        kind: Query<Option<Word<Kind>>>,
        from: Query<Option<Time>>,
        until: Query<Option<Time>>,
        cursor: Query<Option<String>>,
        limit: Query<Option<Limit<100>>>,
        order: Query<Option<Order>>,
    ) -> Result<Answer<List<EntryBody>>, refused!(CustomerNotFound, CatalogNotFound)> {
        caller.require(Scope::Read)?;
        let ask = page((cursor.0, limit.0), Order::oldest_first(order.0));
        let customer = access::narrowed(&ctx, &caller, customer.0.as_deref()).await?;
        if let Some(customer) = customer {
            // What the clock has done belongs into the list.
            balance::view(&ctx, caller.tenant_id(), customer).await?;
        }
        let kinds = kind.0.map(|word| word.0).into_iter().collect();
        let filter = EntryFilter { customer, kinds, from: from.0.map(|at| at.0), until: until.0.map(|at| at.0) };
        let entries = ctx.journal.entries(caller.tenant_id(), &filter, &ask).await.map_err(Failure::from)?;
        let links = &ctx.catalog(caller.tenant_id()).await?.catalog.links;
        Ok(Answer::of(&List::of(entries, |recorded| EntryBody::of(recorded, links))))
    }

    /// Get a ledger entry
    #[oai(path = "/v1/ledger/entries/:entry", method = "get", operation_id = "getEntry")]
    async fn get(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        entry: Path<Id<EntryId>>,
    ) -> Result<Answer<EntryBody>, refused!(EntryNotFound, CatalogNotFound)> {
        caller.require(Scope::Read)?;
        let id = entry.0.find()?;
        sees(&caller, id.customer, Code::EntryNotFound)?;
        let recorded = ctx.journal.entry(caller.tenant_id(), id).await.map_err(Failure::from)?;
        let recorded = recorded.ok_or_else(|| Code::EntryNotFound.problem())?;
        let links = &ctx.catalog(caller.tenant_id()).await?.catalog.links;
        Ok(Answer::of(&EntryBody::of(recorded, links)))
    }

    /// Get a statement
    ///
    /// Every movement from `from` until `until`, with the balances before and after. `format=csv` gives all of it in
    /// one table.
    #[oai(path = "/v1/customers/:customer/statement", method = "get", operation_id = "getStatement")]
    #[expect(clippy::too_many_arguments, reason = "an endpoint's parameters are its query")]
    async fn statement(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        customer: Path<String>,
        from: Query<Option<Time>>,
        until: Query<Option<Time>>,
        format: Query<Option<StatementFormat>>,
        cursor: Query<Option<String>>,
        limit: Query<Option<Limit<100>>>,
    ) -> Result<StatementAnswer, refused!(CustomerNotFound, CatalogNotFound)> {
        caller.require(Scope::Read)?;
        let ask = page((cursor.0, limit.0), true);
        let customer = access::customer(&ctx, &caller, Some(&customer.0)).await?;
        let view = balance::view(&ctx, caller.tenant_id(), customer).await?;
        // To the end of this millisecond: what has just happened belongs into it.
        let now = view.now + chrono::TimeDelta::milliseconds(1);
        let from = from.0.map_or(view.customer.created_at, |at| at.0);
        let until = until.0.map_or(now, |at| at.0.min(now));
        if from > until {
            let detail = "`from` lies after `until`.";
            return Err(Problem::new(Code::InvalidRequest, detail)
                .at("/from", FieldCode::OutOfRange.word(), detail)
                .into());
        }
        let filter = movements(customer, from, until);
        if format.0.unwrap_or_default() == StatementFormat::Csv {
            let rows = csv_rows(ctx.0.clone(), caller.tenant_id(), filter);
            return Ok(StatementAnswer::Csv(Body::from_bytes_stream(rows)));
        }
        let entries = ctx.journal.entries(caller.tenant_id(), &filter, &ask).await.map_err(Failure::from)?;
        let links = &ctx.catalog(caller.tenant_id()).await?.catalog.links;
        let list = List::of(entries, |recorded| EntryBody::of(recorded, links));
        let body = StatementBody {
            customer: customer.into(),
            from: from.into(),
            until: until.into(),
            opening: before(&ctx, &caller, customer, from).await?,
            closing: before(&ctx, &caller, customer, until).await?,
            data: list.data,
            next_cursor: list.next_cursor,
        };
        Ok(StatementAnswer::Json(Answer::of(&body)))
    }
}

fn movements(customer: CustomerId, from: Instant, until: Instant) -> EntryFilter {
    let kinds = Kind::ALL.into_iter().filter(|kind| kind.flow().is_some()).collect();
    EntryFilter { customer: Some(customer), kinds, from: Some(from), until: Some(until) }
}

/// The balance right before an instant: zero before the book was opened.
async fn before(ctx: &Context, caller: &Caller, customer: CustomerId, at: Instant) -> Result<BalanceBody, Problem> {
    let at = at - chrono::TimeDelta::milliseconds(1);
    let known = ctx.journal.balance_at(caller.tenant_id(), customer, at).await.map_err(Failure::from)?;
    Ok(known.unwrap_or_default().into())
}

/// The statement as a table, a page at a time: it may be longer than memory.
fn csv_rows(
    ctx: Context,
    tenant: domain::TenantId,
    filter: EntryFilter,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send {
    let first = PageAsk { cursor: None, limit: 500, oldest_first: true };
    let head = Bytes::from_static(b"at,kind,amount,available,held,operation,quantity,name,reference,entry\r\n");
    let pages = stream::try_unfold(Some(first), move |ask| {
        let (ctx, filter) = (ctx.clone(), filter.clone());
        async move {
            let Some(ask) = ask else { return Ok(None) };
            let page = ctx.journal.entries(tenant, &filter, &ask).await.map_err(std::io::Error::other)?;
            let rows = table(&page.items)?;
            let next = page.next.map(|cursor| PageAsk { cursor: Some(cursor), ..ask });
            Ok::<_, std::io::Error>(Some((rows, next)))
        }
    });
    stream::once(async { Ok(head) }).chain(pages)
}

fn table(entries: &[Recorded]) -> std::io::Result<Bytes> {
    let mut rows = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for Recorded { id, entry, .. } in entries {
        let usage = entry.usage();
        let text = |value: Option<&String>| value.cloned().unwrap_or_default();
        let row = [
            entry.effective_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            entry.kind.word().to_owned(),
            entry.amount().to_string(),
            entry.balance.available.to_string(),
            entry.balance.held.to_string(),
            text(usage.map(|usage| &usage.operation)),
            usage.map(|usage| usage.quantity.to_string()).unwrap_or_default(),
            text(usage.and_then(|usage| usage.name.as_ref())),
            text(usage.and_then(|usage| usage.reference.as_ref())),
            id.to_string(),
        ];
        rows.write_record(row.iter().map(|cell| harmless(cell)))?;
    }
    let rows = rows.into_inner().map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(Bytes::from(rows))
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell.to_owned() }
}
