//! What the demo prints.

use std::collections::BTreeMap;

use domain::{Balance, Credits, Detail, Entry, Estimate, Grant, GrantId, GrantState, Line, Plan};
use ports::{EntryFilter, PageAsk};
use service::order::Preview;
use service::subscription::ChangeQuote;
use service::{Context, Insufficient, balance};

use super::plan::Subscribed;
use super::sale::Sale;
use super::secrets::{FILE, Secrets};
use super::shop::{CUSTOMER, Shop};
use crate::cli::output::{Column, bold, count, indent, minute, table};

/// Rows of a table that is shown whole.
const MOST: u32 = 1_000;

/// Whose part begins.
pub(crate) fn shop(shop: &Shop) -> String {
    let name = bold(&shop.catalog.name);
    format!("\n{name} · tenant {} · customer {CUSTOMER}", shop.tenant.name)
}

/// The estimate, line by line.
pub(crate) fn estimate(what: &str, unit: &'static str, estimate: &Estimate) -> String {
    let row = |line: &Line| {
        let name = line.name.clone().unwrap_or_default();
        [name, line.operation.clone(), line.quantity.to_string(), line.rate.to_string(), line.cost.to_string()]
    };
    let nothing = String::new;
    let same =
        estimate.lines.iter().all(|line| Some(&line.operation) == estimate.lines.first().map(|line| &line.operation));
    // Units of different operations do not add up to anything.
    let quantity: u64 = estimate.lines.iter().map(|line| line.quantity).sum();
    let quantity = if same { quantity.to_string() } else { nothing() };
    let total = ["Total".to_owned(), nothing(), quantity, nothing(), estimate.total().to_string()];
    let columns = [
        Column::Left("Work"),
        Column::Left("Operation"),
        Column::Right(unit),
        Column::Right("Credits each"),
        Column::Right("Credits"),
    ];
    let table = table(&columns, estimate.lines.iter().map(row).chain([total]));
    format!("\n  {what}\n\n{}\n", indent(&table))
}

/// A balance at a step of a job.
pub(crate) fn step(step: &str, Balance { available, held }: Balance) -> String {
    format!("  {step:<9} {:>7} available {:>7} held", available.to_string(), held.to_string())
}

/// The rules said no, and why.
pub(crate) fn refused(short: &Insufficient) -> String {
    let (required, missing) = (short.required, short.shortfall());
    format!("  Refused   {required} credits are needed, {missing} are missing: nothing was started or charged")
}

/// What was granted for it.
pub(crate) fn granted(what: &str, balance: Balance) -> String {
    format!("{}  {what}; nobody pays here", step("Granted", balance))
}

/// What was bought for it, and what came of that.
pub(crate) fn bought(sale: &Sale, balance: Balance) -> String {
    let Sale { order, invoice, mailed_to } = sale;
    let line = |line: &domain::OrderLine| format!("{} × {}", line.quantity, line.label);
    let packs: Vec<_> = order.lines.iter().map(line).collect();
    let packs = packs.join(" + ");
    let step = step("Bought", balance);
    format!(
        "{step}  {packs} for {} at the checkout, with a test card\n  Invoice   {invoice}, mailed to {mailed_to}",
        order.gross
    )
}

/// What was subscribed to for it, and what came of that.
pub(crate) fn subscribed(subscribed: &Subscribed, balance: Balance) -> String {
    let Subscribed { kept, paid, invoice, mailed_to } = subscribed;
    let (plan, end) = (&kept.subscription.plan.label, minute(kept.subscription.period.end));
    let step = step("Plan", balance);
    format!(
        "{step}  {plan} for {paid} at the checkout, with a test card; renews {end}\n  Invoice   {invoice}, mailed to {mailed_to}"
    )
}

/// What a larger plan would cost now.
pub(crate) fn upgrade(plan: &Plan, quote: &ChangeQuote) -> String {
    let ChangeQuote { quote, bill, .. } = quote;
    let due = bill.as_ref().map_or(quote.due, |bill| bill.order.gross);
    format!("  Upgrade   to {} now: {due} for the rest of the period, {} credits more", plan.label, quote.credits)
}

/// What would be given back.
pub(crate) fn refund(preview: &Preview) -> String {
    format!("  Refund    of what is left: {} for {} credits", preview.gross, preview.credits)
}

/// Which grants paid.
pub(crate) async fn draws(ctx: &Context, shop: &Shop, drawn: &BTreeMap<GrantId, Credits>) -> anyhow::Result<String> {
    let mut parts = Vec::new();
    for (id, amount) in drawn {
        let grant = ctx.journal.grant(shop.tenant.id, *id).await?;
        parts.push(format!("{amount} of {}", grant.map_or_else(|| id.to_string(), |grant| called(&grant))));
    }
    Ok(format!("  Drawn     {}", parts.join(", ")))
}

/// Where the customer's credits are, grant by grant.
pub(crate) async fn grants(ctx: &Context, shop: &Shop) -> anyhow::Result<String> {
    let page = PageAsk { cursor: None, limit: MOST, oldest_first: true };
    let (grants, _) = balance::breakdown(ctx, shop.tenant.id, shop.customer.id, &page).await?;
    let row = |state: &GrantState| {
        let end = state.grant.expires_at.map_or_else(|| "never".to_owned(), minute);
        let numbers = [state.grant.amount, state.consumed, state.available];
        let [amount, used, left] = numbers.map(|amount| amount.to_string());
        [called(&state.grant), amount, used, left, end]
    };
    let columns = [
        Column::Left("Grant"),
        Column::Right("Credits"),
        Column::Right("Used"),
        Column::Right("Left"),
        Column::Left("Ends"),
    ];
    Ok(format!("\n{}", indent(&table(&columns, grants.items.iter().map(row)))))
}

/// The journal since the show began.
pub(crate) async fn statement(ctx: &Context, shop: &Shop) -> anyhow::Result<String> {
    let filter = EntryFilter { customer: Some(shop.customer.id), ..EntryFilter::default() };
    let page = PageAsk { cursor: None, limit: MOST, oldest_first: false };
    let entries = ctx.journal.entries(shop.tenant.id, &filter, &page).await?.items;
    let new = entries.iter().rev().map(|recorded| &recorded.entry).filter(|entry| entry.sequence > shop.from);
    let row = |entry: &Entry| {
        let Balance { available, held } = entry.balance;
        let [moved, available, held] = [entry.amount(), available, held].map(|amount| amount.to_string());
        let amount = if entry.postings.is_empty() { String::new() } else { moved };
        [entry.sequence.to_string(), entry.kind.word().to_owned(), about(entry), amount, available, held]
    };
    let columns = [
        Column::Right("#"),
        Column::Left("Statement"),
        Column::Left("For"),
        Column::Right("Credits"),
        Column::Right("Available"),
        Column::Right("Held"),
    ];
    Ok(format!("\n{}", indent(&table(&columns, new.map(row)))))
}

/// A grant's label; one that is only its source's word is made readable.
fn called(grant: &Grant) -> String {
    grant.label.replace('_', " ")
}

/// What an entry is about.
fn about(entry: &Entry) -> String {
    match &entry.detail {
        Detail::Grant(grant) => called(grant),
        Detail::Hold { hold, .. } => format!("job {}", hold.number),
        Detail::Usage(usage) => usage.name.clone().unwrap_or_default(),
        Detail::Release { reason, .. } => reason.clone(),
        _ => String::new(),
    }
}

/// Where to go from here.
pub(crate) fn ending(database: &str, url: Option<&str>, secrets: &Secrets) -> String {
    let keys: Vec<_> = secrets.revealed().collect();
    let mut lines = vec![format!("{}, also in ./{FILE}:", count(keys.len(), "key"))];
    lines.extend(keys.iter().map(|(tenant, key)| format!("  {tenant:<14} {key}")));
    let later = format!("folio serve --database {database}");
    match (url, keys.first()) {
        (Some(url), Some((_, key))) => {
            lines.push(format!("\nReference        {url}/docs\nOpenAPI          {url}/openapi.json"));
            lines.push(format!("\nTry it:\n{}", curl(url, key)));
            lines.push(format!("\nServing at {url} until Ctrl-C. Later: {later}"));
        }
        _ => lines.push(format!("\nServe it: {later}")),
    }
    lines.join("\n")
}

fn curl(url: &str, key: &str) -> String {
    let body = format!(r#"{{"customer":"{CUSTOMER}","operation":"extract","items":[{{"quantity":40}}]}}"#);
    format!(
        "curl -s {url}/v1/estimates -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' -d '{body}'"
    )
}
