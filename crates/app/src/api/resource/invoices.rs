//! Invoices and credit notes.

use domain::InvoiceNumber;
use poem::web::Data;
use poem::{IntoResponse, Response};
use poem_openapi::param::{Path, Query};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiResponse, OpenApi};
use ports::{Issued, IssuedFilter};
use service::{Context, Failure, mail};

use super::{Order, Tag};
use crate::api::access::{self, sees};
use crate::api::answer::Answer;
use crate::api::codes::Code;
use crate::api::problem::Problem;
use crate::api::refused::refused;
use crate::api::shape::{InvoiceBody, List, page};
use crate::api::wire::Limit;
use crate::http::auth::Caller;
use crate::http::scope::Scope;

/// A document as it was mailed.
pub(crate) struct Pdf {
    name: String,
    bytes: Vec<u8>,
}

impl IntoResponse for Pdf {
    fn into_response(self) -> Response {
        Response::builder()
            .content_type("application/pdf")
            .header("Content-Disposition", format!("inline; filename=\"{}.pdf\"", self.name))
            .body(self.bytes)
    }
}

impl ApiResponse for Pdf {
    fn meta() -> MetaResponses {
        let schema = MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "binary")));
        let content = vec![MetaMediaType { content_type: "application/pdf", schema }];
        let response =
            MetaResponse { description: "", status: Some(200), status_range: None, content, headers: Vec::new() };
        MetaResponses { responses: vec![response] }
    }

    fn register(_: &mut Registry) {}
}

pub(crate) struct Invoices;

#[OpenApi(tag = "Tag::Sales")]
impl Invoices {
    /// List invoices
    #[oai(path = "/v1/invoices", method = "get", operation_id = "listInvoices")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        customer: Query<Option<String>>,
        cursor: Query<Option<String>>,
        limit: Query<Option<Limit<100>>>,
        order: Query<Option<Order>>,
    ) -> Result<Answer<List<InvoiceBody>>, refused!(CustomerNotFound)> {
        listed(&ctx, &caller, customer.0.as_deref(), (cursor.0, limit.0), order.0, false).await.map_err(Into::into)
    }

    /// Get an invoice
    #[oai(path = "/v1/invoices/:invoice", method = "get", operation_id = "getInvoice")]
    async fn get(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        invoice: Path<String>,
    ) -> Result<Answer<InvoiceBody>, refused!(InvoiceNotFound)> {
        Ok(Answer::of(&InvoiceBody::from(&found(&ctx, &caller, &invoice.0, Code::InvoiceNotFound).await?)))
    }

    /// Get an invoice as PDF
    ///
    /// The document that was mailed: PDF/A-3 with the e-invoice (Factur-X, EN 16931) inside.
    #[oai(path = "/v1/invoices/:invoice/pdf", method = "get", operation_id = "getInvoicePdf")]
    async fn pdf(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        invoice: Path<String>,
    ) -> Result<Pdf, refused!(InvoiceNotFound)> {
        Ok(drawn(&ctx, found(&ctx, &caller, &invoice.0, Code::InvoiceNotFound).await?).await?)
    }

    /// List credit notes
    #[oai(path = "/v1/credit_notes", method = "get", operation_id = "listCreditNotes")]
    async fn list_credit_notes(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        customer: Query<Option<String>>,
        cursor: Query<Option<String>>,
        limit: Query<Option<Limit<100>>>,
        order: Query<Option<Order>>,
    ) -> Result<Answer<List<InvoiceBody>>, refused!(CustomerNotFound)> {
        listed(&ctx, &caller, customer.0.as_deref(), (cursor.0, limit.0), order.0, true).await.map_err(Into::into)
    }

    /// Get a credit note
    #[oai(path = "/v1/credit_notes/:credit_note", method = "get", operation_id = "getCreditNote")]
    async fn get_credit_note(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        credit_note: Path<String>,
    ) -> Result<Answer<InvoiceBody>, refused!(CreditNoteNotFound)> {
        Ok(Answer::of(&InvoiceBody::from(&found(&ctx, &caller, &credit_note.0, Code::CreditNoteNotFound).await?)))
    }

    /// Get a credit note as PDF
    #[oai(path = "/v1/credit_notes/:credit_note/pdf", method = "get", operation_id = "getCreditNotePdf")]
    async fn credit_note_pdf(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        credit_note: Path<String>,
    ) -> Result<Pdf, refused!(CreditNoteNotFound)> {
        Ok(drawn(&ctx, found(&ctx, &caller, &credit_note.0, Code::CreditNoteNotFound).await?).await?)
    }
}

async fn listed(
    ctx: &Context,
    caller: &Caller,
    customer: Option<&str>,
    which: (Option<String>, Option<Limit<100>>),
    order: Option<Order>,
    credit_notes: bool,
) -> Result<Answer<List<InvoiceBody>>, Problem> {
    caller.require(Scope::Read)?;
    let customer = access::narrowed(ctx, caller, customer).await?;
    let filter = IssuedFilter { customer, credit_notes };
    let ask = page(which, Order::oldest_first(order));
    let found = ctx.documents.list_issued(caller.tenant_id(), filter, &ask).await.map_err(Failure::from)?;
    Ok(Answer::of(&List::of(found, |issued| InvoiceBody::from(&issued))))
}

/// The document, if it is of the wanted kind and the key sees its customer.
async fn found(ctx: &Context, caller: &Caller, number: &str, missing: Code) -> Result<Issued, Problem> {
    caller.require(Scope::Read)?;
    let number: InvoiceNumber = number.parse().map_err(|_| missing.problem())?;
    let found = ctx.documents.issued(caller.tenant_id(), &number).await.map_err(Failure::from)?;
    let found = found.ok_or_else(|| missing.problem())?;
    let is_invoice = matches!(found.invoice.kind(), domain::InvoiceKind::Invoice);
    if is_invoice != (missing == Code::InvoiceNotFound) {
        return Err(missing.problem());
    }
    sees(caller, found.customer, missing)?;
    Ok(found)
}

async fn drawn(ctx: &Context, issued: Issued) -> Result<Pdf, Problem> {
    let name = issued.invoice.facts().number.to_string();
    Ok(Pdf { name, bytes: mail::render(ctx, issued.invoice).await?.pdf })
}
