//! What a charge is for, in the words of its invoice.

use chrono::NaiveDate;
use chrono_tz::Tz;
use domain::{Charge, ChargeFor, Instant, Locale, PendingChange, Sale, Subscription, TaxTreatment};

/// The sales of a charge. A change is what the rest costs at the new terms, less what the unused rest at the old ones was
/// worth (R29).
pub(super) fn sales(
    subscription: &Subscription,
    charge: &Charge,
    treatment: &TaxTreatment,
    locale: Locale,
    now: Instant,
) -> Vec<Sale> {
    let zone = subscription.anchor.zone;
    let plan = &subscription.plan;
    let sale = |description, quantity, minor| Sale {
        description,
        quantity,
        unit_price: domain::Money { minor, ..charge.amount },
        treatment: treatment.clone(),
    };
    match &charge.reason {
        // When it is paid its period begins.
        ChargeFor::Start => vec![sale(plan.label.clone(), plan.quantity, plan.price.minor)],
        ChargeFor::Renewal => {
            let period = subscription.period;
            let words = locale.plan_line(&plan.label, day(period.start, zone), day(period.end, zone));
            vec![sale(words, plan.quantity, plan.price.minor)]
        }
        ChargeFor::Change(change) => {
            let PendingChange { to, period, credit, .. } = &**change;
            let until = day(period.end, zone);
            let label = if to.quantity == 1 { to.label.clone() } else { format!("{} × {}", to.quantity, to.label) };
            let new =
                sale(locale.plan_line(&label, day(now, zone), until), 1, charge.amount.minor.saturating_add(*credit));
            let old =
                sale(locale.unused_line(&plan.label, day(subscription.period.end, zone)), 1, credit.saturating_neg());
            if *credit == 0 { vec![new] } else { vec![new, old] }
        }
    }
}

fn day(at: Instant, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}
