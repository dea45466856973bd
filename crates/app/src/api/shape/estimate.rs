//! Estimates and the lines of jobs.

use domain::{CustomerId, EstimateId, GrantId, Line, Posting};
use poem_openapi::Object;
use service::estimate::{Draw, Estimated};

use crate::api::failure::suggested;
use crate::api::problem::SuggestedPack;
use crate::api::wire::{CreditsText, Id, Time};

/// A priced line of a job.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Line", skip_serializing_if_is_none)]
pub(crate) struct LineBody {
    /// What the caller calls it.
    pub(crate) name: Option<String>,
    /// An operation of the catalog.
    pub(crate) operation: String,
    /// Units of the operation.
    pub(crate) quantity: u64,
    /// Credits per unit.
    pub(crate) unit_cost: CreditsText,
    /// Credits for all of them.
    pub(crate) cost: CreditsText,
    /// Results to expect.
    pub(crate) records: u64,
    /// SHA-256 of the document.
    pub sha256: Option<String>,
    /// The document's type, read from its content.
    pub(crate) media_type: Option<String>,
    /// The document's pages.
    pub(crate) pages: Option<u64>,
    /// The rule that counted them.
    pub(crate) page_rule: Option<String>,
}

impl From<&Line> for LineBody {
    fn from(line: &Line) -> Self {
        let document = line.document.as_ref();
        Self {
            name: line.name.clone(),
            operation: line.operation.clone(),
            quantity: line.quantity,
            unit_cost: line.rate.into(),
            cost: line.cost.into(),
            records: line.records,
            sha256: document.and_then(|document| document.sha256.clone()),
            media_type: document.and_then(|document| document.media_type.clone()),
            pages: document.map(|document| document.pages),
            page_rule: document.and_then(|document| document.rule).map(|rule| rule.to_string()),
        }
    }
}

/// Credits taken, or to be taken, from a grant.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Draw", skip_serializing_if_is_none)]
pub(crate) struct DrawBody {
    /// Which grant.
    pub(crate) grant: Id<GrantId>,
    /// How many of its credits.
    pub(crate) amount: CreditsText,
    /// When the grant ends.
    pub(crate) expires_at: Option<Time>,
}

impl From<&Posting> for DrawBody {
    fn from(posting: &Posting) -> Self {
        Self { grant: posting.grant.into(), amount: posting.amount.into(), expires_at: None }
    }
}

impl From<&Draw> for DrawBody {
    fn from(draw: &Draw) -> Self {
        Self { grant: draw.grant.into(), amount: draw.amount.into(), expires_at: draw.expires_at.map(Time::from) }
    }
}

/// What a job needs, beside the balance that would pay it.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Estimate", skip_serializing_if_is_none)]
pub(crate) struct EstimateBody {
    /// Start the job with it, and nothing is counted again.
    pub(crate) id: Id<EstimateId>,
    /// Whose job.
    pub(crate) customer: Id<CustomerId>,
    /// `one_per_file` or `one_per_page`; it changes the records, never the cost.
    pub(crate) mode: String,
    /// The job, line by line.
    pub(crate) items: Vec<LineBody>,
    /// Credits that it needs.
    pub(crate) total: CreditsText,
    /// Results to expect.
    pub(crate) records: u64,
    /// Credits to spend now.
    pub(crate) available: CreditsText,
    /// Whether they suffice.
    pub(crate) sufficient: bool,
    /// Credits that are missing.
    pub(crate) shortfall: CreditsText,
    /// Credits to spend once the job is done; absent where they do not suffice.
    pub(crate) balance_after: Option<CreditsText>,
    /// The grants that it would draw on, in the order of use.
    pub(crate) draws: Vec<DrawBody>,
    /// The cheapest packs that cover what is missing.
    pub(crate) suggested_packs: Vec<SuggestedPack>,
    /// More is missing than the largest pack gives.
    pub(crate) contact_sales: bool,
    /// Until when these prices hold.
    pub(crate) valid_until: Time,
    /// The catalog that priced it.
    pub(crate) catalog_version: u32,
}

impl From<&Estimated> for EstimateBody {
    fn from(estimated: &Estimated) -> Self {
        let Estimated { estimate, balance, shortfall, draws, advice } = estimated;
        let total = estimate.total();
        Self {
            id: estimate.id.into(),
            customer: estimate.customer.into(),
            mode: estimate.mode.word().to_owned(),
            items: estimate.lines.iter().map(LineBody::from).collect(),
            total: total.into(),
            records: estimate.records(),
            available: balance.available.into(),
            sufficient: shortfall.is_zero(),
            shortfall: (*shortfall).into(),
            balance_after: balance.available.checked_sub(total).map(CreditsText::from),
            draws: draws.iter().map(DrawBody::from).collect(),
            suggested_packs: advice.as_ref().map(suggested).unwrap_or_default(),
            contact_sales: advice.as_ref().is_some_and(|advice| advice.contact_sales),
            valid_until: estimate.valid_until.into(),
            catalog_version: estimate.catalog_version,
        }
    }
}
