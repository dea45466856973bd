//! What customers and the calendar do in the life of a subscription, one thing after the other.

use chrono::TimeDelta;
use domain::{ChangeAt, CustomerId, Subscription};
use folio_service::Failure;
use folio_service::subscription::{ChangeWanted, EndAt, Wanted, begin, cancel, change, pause, pay, resume};
use ports::contract::payments::Card;

use crate::subscriber::{on_file, once, spend, to};
use crate::world::World;

/// One thing that happens.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Move {
    /// The customer subscribes to a plan, for so many seats.
    Subscribe(&'static str, u32),
    /// Another plan.
    Change(&'static str, ChangeAt),
    /// Another number of seats.
    Seats(u32, ChangeAt),
    End(EndAt),
    /// A pause, for so many days from the period's end if any are named.
    Pause(Option<i64>),
    Resume,
    /// What is due is paid.
    Pay,
    /// Another card is left at the provider: what is paid from now on is charged to it.
    Leave(Card),
    /// So many percent of what is available are spent.
    Spend(u64),
    /// Days pass, and a worker comes.
    Days(i64),
}

impl World {
    /// Makes a move. A call that was made before under the same key is not made again.
    pub(crate) async fn make(&self, customer: CustomerId, step: Move, key: &str) -> Result<(), Failure> {
        let (ctx, tenant, once) = (&self.ctx, &self.tenant, &once(key));
        let made = match step {
            Move::Leave(card) => {
                self.leave(customer, card).await;
                return Ok(());
            }
            Move::Spend(percent) => {
                let whole = self.available(customer).await.micros().unsigned_abs() * percent / 100_000_000;
                if whole > 0 {
                    spend(ctx, tenant.id, customer, whole).await;
                }
                return Ok(());
            }
            Move::Days(days) => {
                self.pass(TimeDelta::days(days));
                self.try_to_work().await;
                return Ok(());
            }
            Move::Subscribe(plan, quantity) => {
                let wanted = Wanted { plan: plan.to_owned(), quantity, by_operator: false, seen: None };
                begin(ctx, tenant, customer, &wanted, on_file(), once).await
            }
            Move::Change(plan, at) => {
                let wanted = ChangeWanted { at, ..to(plan) };
                change(ctx, tenant, self.latest(customer).await.id, &wanted, &on_file(), once).await
            }
            Move::Seats(seats, at) => {
                let subscription = self.latest(customer).await;
                let wanted = ChangeWanted { quantity: Some(seats), at, ..to(&subscription.plan.code) };
                change(ctx, tenant, subscription.id, &wanted, &on_file(), once).await
            }
            Move::End(at) => cancel(ctx, tenant, self.latest(customer).await.id, at, once).await,
            Move::Pause(days) => {
                let subscription = self.latest(customer).await;
                let until = days.map(|days| subscription.period.end + TimeDelta::days(days));
                pause(ctx, tenant, subscription.id, until, once).await
            }
            Move::Resume => resume(ctx, tenant, self.latest(customer).await.id, once).await,
            Move::Pay => pay(ctx, tenant, self.latest(customer).await.id, &on_file(), once).await,
        };
        made.map(drop)
    }

    /// The customer's latest subscription.
    async fn latest(&self, customer: CustomerId) -> Subscription {
        self.subscriptions(customer).await.pop().expect("a subscription").subscription
    }
}
