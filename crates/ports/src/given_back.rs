//! When money counts as given back, the same in every store: the journal says when its credits were taken (R37).

use domain::{GrantId, GrantState, Instant, OrderId, Rewind};

use crate::{GivenBack, GivenBackPart, GivenBackStatus, PaidGrant, PlacedOrder};

impl GivenBack {
    /// What it is known by: at the provider, in the journal, on its credit note.
    #[must_use]
    pub fn name(&self, order: OrderId) -> String {
        format!("{order}-r{}", self.number)
    }
}

/// Keys that no caller can send: they have a space in them.
impl GivenBack {
    /// The key under which a chargeback takes credits back, once.
    #[must_use]
    pub fn chargeback_key(order: OrderId) -> String {
        format!("chargeback {order}")
    }

    /// The key under which its credits are taken back, once (R40).
    #[must_use]
    pub fn take_key(&self, order: OrderId) -> String {
        match self.status {
            GivenBackStatus::ChargedBack => Self::chargeback_key(order),
            _ => format!("refund {}", self.name(order)),
        }
    }

    /// The key under which its credits come back when it has failed.
    #[must_use]
    pub fn return_key(&self, order: OrderId) -> String {
        format!("reinstate {}", self.name(order))
    }
}

/// Money that counts as given back of a grant, and when.
#[derive(Clone, Copy, Debug)]
pub struct RefundSpan {
    grant: GrantId,
    net: i64,
    from: Instant,
    until: Option<Instant>,
}

impl RefundSpan {
    /// The refunds of an order by the journal: `when` tells at which instant the entry with a key was effective. Money
    /// counts from the moment at which its credits were taken back until they came back (R37).
    #[must_use]
    pub fn of(placed: &PlacedOrder, when: impl Fn(&str) -> Option<Instant>) -> Vec<Self> {
        let mut spans = Vec::new();
        for refund in &placed.refunds {
            let taken = when(&refund.take_key(placed.order.id));
            // Credits that were spent in between were never taken: such a refund has failed without a trace.
            let settled = matches!(refund.status, GivenBackStatus::Settled | GivenBackStatus::ChargedBack);
            let Some(from) = taken.or_else(|| settled.then_some(refund.created_at)) else { continue };
            let until = when(&refund.return_key(placed.order.id));
            let span = |part: &GivenBackPart| Self { grant: part.grant, net: part.net.minor, from, until };
            spans.extend(refund.parts.iter().map(span));
        }
        spans
    }

    fn counts_at(&self, at: Instant) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// The grants of a rewound journal at `at`, with what had been given back of each.
#[must_use]
pub fn paid_at(rewind: &Rewind, spans: &[RefundSpan], at: Instant) -> Vec<PaidGrant> {
    let refunded = |grant: GrantId| {
        let counted = spans.iter().filter(|span| span.grant == grant && span.counts_at(at));
        counted.fold(0, |sum: i64, span| sum.saturating_add(span.net))
    };
    let paid = |state: GrantState| PaidGrant { refunded: refunded(state.grant.id), state };
    rewind.at(at).into_iter().map(paid).collect()
}
