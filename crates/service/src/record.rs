//! Recording usage in one shot, singly and by the thousand.

use domain::rules::{self, NewUsage};
use domain::{Catalog, CustomerId, Instant, Line, TenantId};
use ports::{Command, CommandKey, PostError, Posted};

use crate::estimate::explain_shortage;
use crate::{AskedItem, Context, Failure, Priced, once, price};

/// A finished piece of work to be charged.
#[derive(Clone, Debug)]
pub struct Record {
    /// Who pays.
    pub customer: CustomerId,
    /// What was done, and how much of it.
    pub operation: String,
    /// How much, with the evidence for it.
    pub item: AskedItem,
    /// The host's own object.
    pub reference: Option<String>,
    /// When the caller says it happened.
    pub occurred_at: Option<Instant>,
    /// The caller's own notes.
    pub metadata: Vec<(String, String)>,
}

/// Charges one.
pub async fn record(ctx: &Context, tenant: TenantId, record: Record, key: CommandKey) -> Result<Posted, Failure> {
    let priced = ctx.catalog(tenant).await?;
    let (command, line) = command(&priced, tenant, "", record, key);
    ctx.ledger.post(command).await.map_err(|error| why(error, line, &priced.catalog))
}

/// Charges many, each on its own: one refused leaves the others as they are. Lines that were no records
/// to begin with keep their place, and their error.
pub async fn record_all<E: From<Failure>>(
    ctx: &Context,
    tenant: TenantId,
    records: Vec<(Result<Record, E>, CommandKey)>,
) -> Result<Vec<Result<Posted, E>>, Failure> {
    let priced = ctx.catalog(tenant).await?;
    let mut outcomes: Vec<Option<Result<Posted, E>>> = Vec::with_capacity(records.len());
    let (mut commands, mut lines) = (Vec::new(), Vec::new());
    for (place, (asked, key)) in records.into_iter().enumerate() {
        let at = format!("/lines/{place}/usage");
        match asked {
            Ok(record) => {
                let (command, line) = command(&priced, tenant, &at, record, key);
                outcomes.push(None);
                commands.push(command);
                lines.push(line);
            }
            Err(error) => outcomes.push(Some(Err(error))),
        }
    }
    let posted = ctx.ledger.post_all(commands).await.into_iter().zip(lines);
    let mut posted = posted.map(|(posted, line)| posted.map_err(|error| why(error, line, &priced.catalog).into()));
    Ok(outcomes.into_iter().filter_map(|outcome| outcome.or_else(|| posted.next())).collect())
}

/// The command, with its priced line. What cannot be priced any more may have been charged before: its key tells (R40).
fn command(
    priced: &Priced,
    tenant: TenantId,
    at: &str,
    record: Record,
    key: CommandKey,
) -> (Command, Result<Line, Failure>) {
    let customer = record.customer;
    let line = price::one_line(&priced.catalog, at, &record.operation, &record.item);
    let new = line.as_ref().ok().map(|line| NewUsage {
        line: line.clone(),
        reference: record.reference,
        occurred_at: record.occurred_at,
        catalog_version: priced.version,
        metadata: record.metadata,
    });
    let command = match new {
        Some(new) => {
            let decide = Box::new(move |draft: &mut domain::Draft| rules::record(draft, new.clone()));
            Command::new(tenant, customer, Some(key), decide)
        }
        None => once::question(tenant, customer, key),
    };
    (command, line)
}

/// Why a line was not charged.
fn why(error: PostError, line: Result<Line, Failure>, catalog: &Catalog) -> Failure {
    match line {
        Ok(line) => explain_shortage(error.into(), catalog, std::slice::from_ref(&line)),
        Err(failure) => once::unless_worse(error, failure),
    }
}
