//! Charges of subscriptions: what they brought, what their grants cost, and what reports tell of the rest (R37).

use domain::{ChargeTry, CustomerId, SubscriptionId};
use ports::{OrderFilter, PageAsk, PlacedOrder};

use super::{BATCH, Check};
use crate::Failure;

/// What a subscription's charges brought, net and in minor units.
pub(super) struct Charged {
    customer: CustomerId,
    /// By invoice.
    pub(super) paid: i64,
    /// What their grants cost.
    pub(super) costs: i64,
    /// Whether one was paid that nothing was delivered for.
    pub(super) is_waiting: bool,
}

impl Check<'_> {
    /// What is known so far of the charges of this order's subscription.
    pub(super) fn charged(&mut self, placed: &PlacedOrder, charge: ChargeTry) -> &mut Charged {
        let new = Charged { customer: placed.order.customer, paid: 0, costs: 0, is_waiting: false };
        self.charged.entry(charge.subscription).or_insert(new)
    }

    /// Every subscription that was charged, once all orders were read. Credits still to come are paid for already; those
    /// that came were not worth more than was paid.
    pub(super) async fn charges(&mut self) -> Result<(), Failure> {
        for (id, Charged { customer, paid, costs, is_waiting }) in std::mem::take(&mut self.charged) {
            if costs > paid {
                self.found(&id, format!("gave credits for {costs} minor units, its charges brought {paid}"));
            }
            if (costs != paid || is_waiting) && self.unreadable.is_empty() {
                self.ungranted(id, customer).await?;
            }
        }
        Ok(())
    }

    /// Reports tell of the same money for credits to come as the orders do.
    async fn ungranted(&mut self, id: SubscriptionId, customer: CustomerId) -> Result<(), Failure> {
        let orders = self.charges_of(id, customer).await?;
        let reported = self.reported(customer).await?.ungranted;
        let told: i64 = reported.iter().filter(|row| row.subscription == id).map(|row| row.price.minor).sum();
        // What came in between is not told of by the orders as they were read.
        if self.charges_of(id, customer).await? != orders {
            return Ok(());
        }
        let mut left = orders.iter().map(|placed| placed.order.net.minor).fold(0, i64::saturating_add);
        for grant in orders.iter().flat_map(|placed| &placed.grants) {
            left = left.saturating_sub(self.cost(*grant).await?.map_or(0, |cost| cost.minor));
        }
        if told != left.max(0) {
            self.found(&id, format!("was paid {left} minor units for credits to come, reports tell of {told}"));
        }
        Ok(())
    }

    /// The orders by which a subscription was paid.
    async fn charges_of(&self, id: SubscriptionId, customer: CustomerId) -> Result<Vec<PlacedOrder>, Failure> {
        let filter = OrderFilter { customer: Some(customer), status: None };
        let mut ask = PageAsk { cursor: None, limit: BATCH, oldest_first: true };
        let mut paid = Vec::new();
        loop {
            let page = self.ctx.orders.list(self.tenant, filter, &ask).await?;
            let of_it = |placed: &PlacedOrder| placed.order.charge.is_some_and(|charge| charge.subscription == id);
            paid.extend(page.items.into_iter().filter(|placed| placed.order.payment.is_some() && of_it(placed)));
            let Some(next) = page.next else { return Ok(paid) };
            ask.cursor = Some(next);
        }
    }
}
