//! Quotes: a customer who needs more than the largest pack asks the operator (A45).

use domain::{Credits, CustomerId};
use poem::web::Data;
use poem_openapi::param::Header;
use poem_openapi::{Object, OpenApi};
use serde::Deserialize;
use service::{Context, quote};

use super::Tag;
use crate::api::access;
use crate::api::answer::Answer;
use crate::api::body::StrictJson;
use crate::api::flaw::FieldCode;
use crate::api::idempotency::{NeededKey, once};
use crate::api::problem::Problem;
use crate::api::refused::refused;
use crate::api::wire::{CreditsText, Id, Text};
use crate::http::auth::Caller;
use crate::http::scope::Scope;

/// What is needed.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct QuoteRequest {
    /// `cus_…` or your own id; a customer's own key need not say.
    customer: Option<Text<255>>,
    /// How many credits.
    credits: CreditsText,
    /// What else the operator should know.
    message: Option<Text<2000>>,
}

/// A request that is on its way to the operator.
#[derive(Clone, Debug, Object)]
#[oai(rename = "QuoteRequested")]
pub(crate) struct QuoteBody {
    /// Who asks.
    customer: Id<CustomerId>,
    /// How many credits.
    credits: CreditsText,
}

fn body((customer, credits): (CustomerId, Credits)) -> QuoteBody {
    QuoteBody { customer: customer.into(), credits: credits.into() }
}

pub(crate) struct Quotes;

#[OpenApi(tag = "Tag::Sales")]
impl Quotes {
    /// Ask for a quote
    ///
    /// Tells the operator what is needed: by mail to the catalog's seller, and as the event `quote.requested`. They
    /// answer with a private pack, which they order for the customer.
    #[oai(path = "/v1/quote_requests", method = "post", operation_id = "requestQuote")]
    async fn request(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        request: StrictJson<QuoteRequest>,
    ) -> Result<Answer<QuoteBody, 202>, refused!(CustomerNotFound, CatalogNotFound, NothingSold)> {
        caller.require(Scope::Orders)?;
        caller.start_paid_work()?;
        let customer = access::customer(&ctx, &caller, request.customer.as_deref()).await?;
        if request.credits.0.is_zero() {
            return Err(Problem::field("/credits", FieldCode::OutOfRange, "More than zero.").into());
        }
        let render = |asked: &(CustomerId, Credits)| Answer::<QuoteBody, 202>::render(&body(*asked));
        let once = once(&caller, idempotency_key.0, request.fingerprint(), &render)?;
        let message = request.message.as_ref().map(|text| text.as_str().to_owned()).unwrap_or_default();
        let kept = quote::request(&ctx, caller.tenant_id(), customer, request.credits.0, message, &once).await?;
        Ok(Answer::told(kept, body))
    }
}
