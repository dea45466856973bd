//! Holds, and what commands on them answer.

use domain::{CustomerId, EstimateId, Hold, HoldId, ItemProgress, Line};
use poem_openapi::Object;
use ports::Posted;

use super::{BalanceBody, DrawBody, LineBody, UsageBody};
use crate::api::wire::{CreditsText, Id, Metadata, Time};

/// A line of a hold, with how far it has got.
#[derive(Clone, Debug, Object)]
#[oai(rename = "HoldItem", skip_serializing_if_is_none)]
pub(crate) struct HoldItemBody {
    /// Its place, from 0: captures name it.
    pub(crate) item: u32,
    /// The line.
    #[oai(flatten)]
    pub(crate) line: LineBody,
    /// Units charged.
    pub(crate) captured: u64,
    /// Units that failed and were given back.
    pub(crate) failed: u64,
    /// Units that were called off, or free, and were given back.
    pub(crate) free: u64,
    /// Units not decided yet.
    pub(crate) open: u64,
}

/// Credits promised to a job.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Hold", skip_serializing_if_is_none)]
pub(crate) struct HoldBody {
    /// Its id.
    pub(crate) id: Id<HoldId>,
    /// Whose credits.
    pub(crate) customer: Id<CustomerId>,
    /// The estimate it was started from.
    pub(crate) estimate: Id<EstimateId>,
    /// `open`, `captured`, `released` or `expired`.
    pub(crate) status: String,
    /// `one_per_file` or `one_per_page`.
    pub(crate) mode: String,
    /// Credits promised at its start.
    pub(crate) amount: CreditsText,
    /// Credits captured.
    pub(crate) captured: CreditsText,
    /// Credits given back.
    pub(crate) released: CreditsText,
    /// Credits still held.
    pub(crate) held: CreditsText,
    /// The job, line by line.
    pub(crate) items: Vec<HoldItemBody>,
    /// Lines that a partial start left out, by name.
    pub(crate) left_out: Vec<String>,
    /// The grants that still hold credits for it, in the order of use.
    pub(crate) draws: Vec<DrawBody>,
    /// The host's own object.
    pub(crate) reference: Option<String>,
    /// The caller's own notes.
    pub(crate) metadata: Metadata,
    /// The catalog that priced it.
    pub(crate) catalog_version: u32,
    /// When it was placed.
    pub(crate) created_at: Time,
    /// When it lapses.
    pub(crate) expires_at: Time,
    /// When it was closed or lapsed.
    pub(crate) closed_at: Option<Time>,
}

impl From<&Hold> for HoldBody {
    fn from(hold: &Hold) -> Self {
        let progress = &hold.progress;
        let items = hold.lines.iter().zip(&progress.items).enumerate();
        Self {
            id: hold.id.into(),
            customer: hold.id.customer.into(),
            estimate: hold.estimate.into(),
            status: progress.status.word().to_owned(),
            mode: hold.mode.word().to_owned(),
            amount: hold.amount.into(),
            captured: progress.captured.into(),
            released: progress.released.into(),
            held: hold.held().into(),
            items: items.map(|(place, (line, progress))| item(place, line, *progress)).collect(),
            left_out: hold.left_out.clone(),
            draws: hold.draws.iter().map(DrawBody::from).collect(),
            reference: hold.reference.clone(),
            metadata: hold.metadata.clone().into(),
            catalog_version: hold.catalog_version,
            created_at: hold.created_at.into(),
            expires_at: progress.expires_at.into(),
            closed_at: progress.closed_at.map(Time::from),
        }
    }
}

fn item(place: usize, line: &Line, progress: ItemProgress) -> HoldItemBody {
    HoldItemBody {
        item: u32::try_from(place).unwrap_or(u32::MAX),
        line: line.into(),
        captured: progress.captured,
        failed: progress.failed,
        free: progress.free,
        open: line.quantity.saturating_sub(progress.decided()),
    }
}

/// What a command on a hold came to.
#[derive(Clone, Debug, Object)]
pub(crate) struct PostedHold {
    /// The hold after it.
    pub(crate) hold: HoldBody,
    /// What it charged, line by line.
    pub(crate) usage: Vec<UsageBody>,
    /// The balance after it.
    pub(crate) balance: BalanceBody,
}

impl PostedHold {
    /// `None` where the command was not about a hold.
    pub(crate) fn of(posted: &Posted) -> Option<Self> {
        let hold = posted.hold.as_ref()?;
        let usage = posted.entries.iter().filter_map(|entry| UsageBody::of(hold.id.customer, entry)).collect();
        Some(Self { hold: hold.into(), usage, balance: posted.balance.into() })
    }
}
