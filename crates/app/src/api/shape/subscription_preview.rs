//! What subscribing, or a change, would come to.

use domain::{CustomerId, InvoiceLine, Money, SubscriptionId, SubscriptionStatus, Taxed};
use poem_openapi::Object;
use service::order::Quote;
use service::subscription::{ChangeQuote, StartQuote};

use super::order::{TaxRowBody, tax_rows};
use super::subscription::{PeriodBody, PlanTermsBody};
use crate::api::wire::{CreditsText, Id, MoneyBody, Time};

/// A line of a charge, as its invoice says it.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ChargeLine")]
pub(crate) struct ChargeLineBody {
    /// What it is.
    description: String,
    /// How many.
    quantity: u32,
    /// All of them, without tax. Below zero where it is taken off.
    net: MoneyBody,
    /// The tax on it.
    tax: MoneyBody,
    /// With tax.
    gross: MoneyBody,
}

fn lines(taxed: &Taxed, taxes: &[Money]) -> Vec<ChargeLineBody> {
    let line = |(line, tax): (&InvoiceLine, &Money)| ChargeLineBody {
        description: line.description.clone(),
        quantity: line.quantity,
        net: line.net.into(),
        tax: (*tax).into(),
        gross: Money { minor: line.net.minor.saturating_add(tax.minor), ..line.net }.into(),
    };
    taxed.lines.iter().zip(taxes).map(line).collect()
}

/// What is to be paid now.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Bill")]
pub(crate) struct BillBody {
    /// Its lines; none where nothing is to be paid.
    lines: Vec<ChargeLineBody>,
    /// Without tax.
    net: MoneyBody,
    /// The tax.
    tax: MoneyBody,
    /// What is to be paid. Send it as `expected_total` with the call: it is refused if it has changed.
    total: MoneyBody,
    /// The tax by rate.
    tax_rows: Vec<TaxRowBody>,
}

impl BillBody {
    /// The bill; `zero` of its currency where there is none.
    fn of(bill: Option<&Quote>, zero: Money) -> Self {
        let zero: MoneyBody = Money { minor: 0, ..zero }.into();
        match bill {
            Some(Quote { order, taxed, taxes, .. }) => Self {
                lines: lines(taxed, taxes),
                net: order.net.into(),
                tax: order.tax.into(),
                total: order.gross.into(),
                tax_rows: tax_rows(&taxed.totals),
            },
            None => Self { lines: Vec::new(), net: zero, tax: zero, total: zero, tax_rows: Vec::new() },
        }
    }
}

/// What subscribing would come to now.
#[derive(Clone, Debug, Object)]
#[oai(rename = "SubscriptionPreview", skip_serializing_if_is_none)]
pub(crate) struct StartPreviewBody {
    /// Whose it would be.
    customer: Id<CustomerId>,
    /// The plan.
    plan: PlanTermsBody,
    /// How many of it: seats.
    quantity: u32,
    /// The first period; the trial where there is one. It begins when it is paid.
    current_period: PeriodBody,
    /// The credits that come at once, or with the payment.
    credits: CreditsText,
    /// Until when it can be tried for nothing: exclusive.
    trial_until: Option<Time>,
    /// What is to be paid now.
    bill: BillBody,
    /// When the next period is charged.
    renews_at: Time,
    /// What that costs, as the price list says money.
    renewal: MoneyBody,
}

impl From<&StartQuote> for StartPreviewBody {
    fn from(quote: &StartQuote) -> Self {
        let subscription = &quote.subscription;
        let end = subscription.period.end;
        let tries = subscription.status == SubscriptionStatus::Trialing;
        Self {
            customer: subscription.customer.into(),
            plan: (&subscription.plan).into(),
            quantity: subscription.plan.quantity,
            current_period: subscription.period.into(),
            credits: subscription.plan.grant().into(),
            trial_until: tries.then(|| end.into()),
            bill: BillBody::of(quote.bill.as_ref(), subscription.plan.price),
            renews_at: end.into(),
            renewal: subscription.plan.amount().into(),
        }
    }
}

/// What a change would come to now. Amounts but those of `bill` are as the price list says money: with tax or without.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ChangePreview")]
pub(crate) struct ChangePreviewBody {
    /// Which subscription.
    subscription: Id<SubscriptionId>,
    /// What its plan becomes.
    plan: PlanTermsBody,
    /// How many of it: seats.
    quantity: u32,
    /// When it counts: now, as soon as it is paid, or at the period's end.
    effective_at: Time,
    /// For the unused rest at the old price.
    credit: MoneyBody,
    /// For the rest at the new price.
    charge: MoneyBody,
    /// What is to be paid now.
    bill: BillBody,
    /// What goes back now, of what was paid.
    refund: MoneyBody,
    /// Credits that come with it.
    credits: CreditsText,
    /// Until when those can be spent: exclusive. Those of a whole period get the plan's rollover on top.
    credits_until: Time,
    /// Credits that are taken back.
    take_back: CreditsText,
    /// When the next period is charged.
    renews_at: Time,
    /// What that costs.
    renewal: MoneyBody,
}

impl From<&ChangeQuote> for ChangePreviewBody {
    fn from(change: &ChangeQuote) -> Self {
        let quote = &change.quote;
        Self {
            subscription: change.subscription.id.into(),
            plan: (&quote.to).into(),
            quantity: quote.to.quantity,
            effective_at: quote.effective_at.into(),
            credit: quote.credit.into(),
            charge: quote.charge.into(),
            bill: BillBody::of(change.bill.as_ref(), quote.renewal),
            refund: quote.refund.into(),
            credits: quote.credits.into(),
            credits_until: quote.credits_until.into(),
            take_back: quote.take_back.into(),
            renews_at: quote.renews_at.into(),
            renewal: quote.renewal.into(),
        }
    }
}
