//! What a customer had paid for at an instant, the same in every store: grants, and charges that run ahead of them (R37).

use std::collections::BTreeMap;

use domain::{ChargeTry, GrantId, Instant, Money, OrderId, Rewind, SubscriptionId};

use crate::given_back::RefundSpan;
use crate::{GivenBack, PaidAt, PaidGrant, PlacedOrder, Ungranted};

/// Those orders of a customer that [reports read](PlacedOrder::is_in_reports).
#[derive(Debug, Default)]
pub struct Sales {
    refunds: Vec<(GrantId, i64, RefundSpan)>,
    charges: Vec<PaidCharge>,
}

/// What charges pay for together. All grants that a change leads to are noted on the last of them.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum PaysFor {
    /// The period of a subscription that begins then.
    Period(SubscriptionId, Instant),
    /// Nothing yet.
    Nothing(OrderId),
}

#[derive(Debug)]
struct PaidCharge {
    subscription: SubscriptionId,
    pays_for: PaysFor,
    paid_at: Instant,
    net: Money,
    grants: Vec<GrantId>,
    /// What was given back of it and stands for none of its grants.
    refunds: Vec<(i64, RefundSpan)>,
    /// From when on no grant comes for it any more.
    over_from: Option<Instant>,
}

impl Sales {
    /// Those of these orders. `when` tells at which instant the entry with a key was effective, `ended` when a subscription
    /// ended.
    #[must_use]
    pub fn of<'a>(
        orders: impl IntoIterator<Item = &'a PlacedOrder>,
        when: impl Fn(&str) -> Option<Instant>,
        ended: impl Fn(SubscriptionId) -> Option<Instant>,
    ) -> Self {
        let mut sales = Self::default();
        for placed in orders {
            let span = |refund| Some((refund, RefundSpan::of(placed.order.id, refund, &when)?));
            let refunds: Vec<(&GivenBack, RefundSpan)> = placed.refunds.iter().filter_map(span).collect();
            for (refund, span) in &refunds {
                sales.refunds.extend(refund.parts.iter().map(|part| (part.grant, part.net.minor, *span)));
            }
            let charge = placed.order.charge.and_then(|charge| PaidCharge::of(placed, charge, &refunds, &ended));
            sales.charges.extend(charge);
        }
        sales
    }

    /// What had been paid for by `at`: the grants of a journal that was rewound to it, with what had been given back of
    /// each, and what had been charged beside them.
    #[must_use]
    pub fn at(&self, rewind: &Rewind, at: Instant) -> PaidAt {
        let refunded = |grant: GrantId| {
            let counted = self.refunds.iter().filter(|(of, _, span)| *of == grant && span.counts_at(at));
            counted.fold(0, |sum: i64, (_, net, _)| sum.saturating_add(*net))
        };
        let paid = |state: domain::GrantState| PaidGrant { refunded: refunded(state.grant.id), state };
        let grants: Vec<_> = rewind.at(at).into_iter().map(paid).collect();
        PaidAt { ungranted: self.ungranted(&grants, at), grants }
    }

    /// Between the moment that a grant is in the ledger and the one that it stands on its order it is not known to be of a
    /// charge. Whoever asks again about the same instant hears what is right.
    fn ungranted(&self, grants: &[PaidGrant], at: Instant) -> Vec<Ungranted> {
        let cost = |paid: &PaidGrant| Some((paid.state.grant.id, paid.state.grant.cost?.minor));
        let costs: BTreeMap<GrantId, i64> = grants.iter().filter_map(cost).collect();
        let mut rows = BTreeMap::new();
        for charge in self.charges.iter().filter(|charge| charge.paid_at <= at) {
            let none = || Ungranted {
                subscription: charge.subscription,
                price: Money { minor: 0, ..charge.net },
                refunded: 0,
                grants: Vec::new(),
                is_over: true,
            };
            let row = rows.entry(&charge.pays_for).or_insert_with(none);
            row.price.minor = row.price.minor.saturating_add(charge.net.minor);
            for (grant, cost) in charge.grants.iter().filter_map(|grant| Some((grant, costs.get(grant)?))) {
                row.price.minor = row.price.minor.saturating_sub(*cost);
                row.grants.push(*grant);
            }
            let refunded = charge.refunds.iter().filter(|(_, span)| span.counts_at(at));
            row.refunded = refunded.fold(row.refunded, |sum, (net, _)| sum.saturating_add(*net));
            row.is_over &= charge.over_from.is_some_and(|from| from <= at);
        }
        let rows = rows.into_values().map(|row| {
            let price = Money { minor: row.price.minor.max(0), ..row.price };
            Ungranted { price, ..row }
        });
        rows.filter(|row| row.price.minor > 0 || row.refunded > 0).collect()
    }
}

impl PaidCharge {
    fn of(
        placed: &PlacedOrder,
        ChargeTry { subscription, .. }: ChargeTry,
        refunds: &[(&GivenBack, RefundSpan)],
        ended: impl Fn(SubscriptionId) -> Option<Instant>,
    ) -> Option<Self> {
        let until = |end: Instant| ended(subscription).map_or(end, |ended| ended.min(end));
        let nothing = PaysFor::Nothing(placed.order.id);
        Some(Self {
            subscription,
            pays_for: placed.period.map_or(nothing, |(start, _)| PaysFor::Period(subscription, start)),
            paid_at: placed.order.payment.as_ref()?.at,
            net: placed.order.net,
            grants: placed.grants.clone(),
            refunds: refunds.iter().filter_map(|(refund, span)| Some((refund.ungranted?.0.minor, *span))).collect(),
            over_from: placed.period.map(|(_, end)| until(end)),
        })
    }
}
