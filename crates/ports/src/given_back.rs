//! When money counts as given back, the same in every store: the journal says when its credits were taken (R37).

use domain::{Instant, OrderId};

use crate::{GivenBack, GivenBackStatus};

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

/// From when until when money counts as given back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RefundSpan {
    from: Instant,
    until: Option<Instant>,
}

impl RefundSpan {
    /// That of a refund, by the journal: `when` tells at which instant the entry with a key was effective. Money counts
    /// from the moment at which its credits were taken back until they came back; where it takes none, from its beginning
    /// until it came to nothing (R37). `None` where it has never counted.
    pub(crate) fn of(order: OrderId, refund: &GivenBack, when: impl Fn(&str) -> Option<Instant>) -> Option<Self> {
        let failed = refund.status == GivenBackStatus::Failed;
        let settled = matches!(refund.status, GivenBackStatus::Settled | GivenBackStatus::ChargedBack);
        let began = || (settled || refund.parts.is_empty()).then_some(refund.created_at);
        // Credits that were spent in between were never taken: such a refund has failed without a trace.
        let from = when(&refund.take_key(order)).or_else(began)?;
        let until = when(&refund.return_key(order)).or(refund.failed_at);
        (until.is_some() || !failed).then_some(Self { from, until })
    }

    pub(crate) fn counts_at(&self, at: Instant) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}
