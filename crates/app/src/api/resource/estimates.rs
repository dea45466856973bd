//! Estimates: what a job needs, before it starts (R13).

use poem::web::Data;
use poem_openapi::param::Header;
use poem_openapi::{ApiRequest, Object, OpenApi};
use serde::Deserialize;
use service::estimate::{self, Estimated};
use service::{AskedItem, Context, Job, Once, Units, Work};

use super::Tag;
use crate::api::access;
use crate::api::answer::Answer;
use crate::api::body::StrictJson;
use crate::api::form::EstimateForm;
use crate::api::idempotency::IdempotencyKey;
use crate::api::problem::Problem;
use crate::api::refused::refused;
use crate::api::shape::EstimateBody;
use crate::api::wire::Text;
use crate::http::auth::Caller;
use crate::http::scope::Scope;

/// A line of a job.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct ItemRequest {
    /// What you call it.
    pub(crate) name: Option<Text<255>>,
    /// Its operation, where it is not the job's.
    pub(crate) operation: Option<Text<64>>,
    /// Units of the operation.
    #[oai(validator(minimum(value = "1")))]
    pub(crate) quantity: Option<u64>,
    /// Changes, for operations priced per change × page.
    #[oai(validator(minimum(value = "1")))]
    pub(crate) changes: Option<u64>,
    /// Pages that the changes apply to.
    #[oai(validator(minimum(value = "1")))]
    pub(crate) pages: Option<u64>,
}

impl ItemRequest {
    /// The line as use cases take it.
    pub(crate) fn asked(self, at: &str) -> Result<AskedItem, Problem> {
        let units = units(at, self.quantity, self.changes, self.pages)?;
        Ok(AskedItem {
            name: self.name.map(Text::into_text),
            operation: self.operation.map(Text::into_text),
            units,
            document: None,
        })
    }
}

/// How much: `quantity`, or `changes` and `pages`; one unit where nothing is said.
pub(crate) fn units(
    at: &str,
    quantity: Option<u64>,
    changes: Option<u64>,
    pages: Option<u64>,
) -> Result<Units, Problem> {
    use crate::api::flaw::FieldCode::{Malformed, Missing};
    match (quantity, changes, pages) {
        (None, None, None) => Ok(Units::Quantity(1)),
        (Some(quantity), None, None) => Ok(Units::Quantity(quantity)),
        (None, Some(changes), Some(pages)) => Ok(Units::Changes { changes, pages }),
        (None, Some(_), None) => Err(Problem::field(format!("{at}/pages"), Missing, "`changes` come with `pages`.")),
        (None, None, Some(_)) => Err(Problem::field(format!("{at}/changes"), Missing, "`pages` come with `changes`.")),
        (Some(_), ..) => {
            let detail = "Give `quantity`, or `changes` and `pages`, not both.";
            Err(Problem::field(format!("{at}/quantity"), Malformed, detail))
        }
    }
}

/// A job to be estimated.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct EstimateRequest {
    /// `cus_…` or your own id; a customer's key need not name one.
    pub(crate) customer: Option<Text<255>>,
    /// The operation of every line that names none.
    pub(crate) operation: Option<Text<64>>,
    /// `one_per_file` or `one_per_page`, for this job.
    pub(crate) mode: Option<Text<64>>,
    /// The parser's own setting: counts where `mode` is missing.
    pub(crate) result_mode: Option<Text<64>>,
    /// The lines, 1 to 50.
    #[oai(validator(min_items = "1", max_items = "50"))]
    pub(crate) items: Vec<ItemRequest>,
}

/// Lines as use cases take them.
pub(crate) fn asked_items(items: Vec<ItemRequest>) -> Result<Vec<AskedItem>, Problem> {
    items.into_iter().enumerate().map(|(place, item)| item.asked(&format!("/items/{place}"))).collect()
}

#[derive(ApiRequest)]
enum EstimateInput {
    /// Known quantities.
    Json(StrictJson<EstimateRequest>),
    /// Files whose pages are counted.
    Form(EstimateForm),
}

pub(crate) struct Estimates;

#[OpenApi(tag = "Tag::Meter")]
impl Estimates {
    /// Estimate a job
    ///
    /// Counts the pages, prices every line and compares the total with the balance. The ledger is only read. Start the
    /// job with the estimate's id, and nothing is counted again and its prices hold.
    #[oai(path = "/v1/estimates", method = "post", operation_id = "createEstimate")]
    async fn create(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<Option<IdempotencyKey>>,
        body: EstimateInput,
    ) -> Result<Answer<EstimateBody>, refused!(CustomerNotFound, PageCountFailed, UnsupportedFileType, TooManyFiles)>
    {
        caller.require(if caller.customer().is_some() { Scope::Read } else { Scope::Meter })?;
        let fingerprint = match &body {
            EstimateInput::Json(body) => body.fingerprint(),
            EstimateInput::Form(form) => form.fingerprint(),
        };
        let (customer, job) = match body {
            EstimateInput::Json(body) => {
                let EstimateRequest { customer, operation, mode, result_mode, items } = body.into_inner();
                let work = Work::Items(asked_items(items)?);
                (customer, job(operation, mode, result_mode, work))
            }
            EstimateInput::Form(form) => {
                (form.customer, job(form.operation, form.mode, form.result_mode, Work::Files(form.files)))
            }
        };
        let customer = access::customer(&ctx, &caller, customer.as_deref()).await?;
        let render = |estimated: &Estimated| Answer::<EstimateBody>::render(&estimated.into());
        let once = |key: IdempotencyKey| Once { key: key.of(caller.customer()), fingerprint, render: &render };
        let once = idempotency_key.0.map(once);
        let kept = estimate::estimate(&ctx, caller.tenant_id(), customer, &job, once).await?;
        Ok(Answer::told(kept, |estimated| EstimateBody::from(&estimated)))
    }
}

/// A job from its parts.
pub(crate) fn job(
    operation: Option<Text<64>>,
    mode: Option<Text<64>>,
    result_mode: Option<Text<64>>,
    work: Work,
) -> Job {
    Job {
        operation: operation.map(Text::into_text),
        mode: mode.map(Text::into_text),
        result_mode: result_mode.map(Text::into_text),
        work,
    }
}
