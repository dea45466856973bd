//! Recording usage in one shot, singly and by the thousand.

use domain::rules::{self, NewUsage};
use domain::{CustomerId, Instant, Line, TenantId};
use ports::{Command, CommandKey, Posted};

use crate::estimate::explain_shortage;
use crate::{AskedItem, Context, Failure, Priced, price};

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
    let (command, line) = command(&priced, tenant, "", record, key)?;
    let posted = ctx.ledger.post(command).await;
    posted.map_err(|error| explain_shortage(error.into(), &priced.catalog, std::slice::from_ref(&line)))
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
        match asked.and_then(|record| Ok(command(&priced, tenant, &at, record, key)?)) {
            Ok((command, line)) => {
                outcomes.push(None);
                commands.push(command);
                lines.push(line);
            }
            Err(error) => outcomes.push(Some(Err(error))),
        }
    }
    let mut posted = ctx.ledger.post_all(commands).await.into_iter().zip(lines).map(|(posted, line)| {
        posted.map_err(|error| explain_shortage(error.into(), &priced.catalog, std::slice::from_ref(&line)).into())
    });
    Ok(outcomes.into_iter().filter_map(|outcome| outcome.or_else(|| posted.next())).collect())
}

fn command(
    priced: &Priced,
    tenant: TenantId,
    at: &str,
    record: Record,
    key: CommandKey,
) -> Result<(Command, Line), Failure> {
    let line = price::one_line(&priced.catalog, at, &record.operation, &record.item)?;
    let new = NewUsage {
        line: line.clone(),
        reference: record.reference,
        occurred_at: record.occurred_at,
        catalog_version: priced.version,
        metadata: record.metadata,
    };
    let decide = Box::new(move |draft: &mut domain::Draft| rules::record(draft, new.clone()));
    let command = Command { tenant, customer: record.customer, key: Some(key), hold: None, usage: None, decide };
    Ok((command, line))
}
