//! What was earned of what was sold (R37).

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use service::Context;
use service::report::{RevenueOf, RevenueReport, revenue};

use super::{Order, Tag};
use crate::api::access;
use crate::api::answer::Answer;
use crate::api::problem::Problem;
use crate::api::refused::refused;
use crate::api::shape::{List, RevenueAtBody, RevenueDuringBody, by_currency, page};
use crate::api::wire::{Limit, Time};
use crate::http::auth::{Caller, Operator};
use crate::http::scope::Scope;

pub(crate) struct Reports;

#[OpenApi(tag = "Tag::Sales")]
impl Reports {
    /// Report deferred revenue
    ///
    /// Where the prices of all credits sold stand, by customer. Credits whose grant has ended count as expired,
    /// whether or not that has been written down.
    #[oai(path = "/v1/reports/deferred_revenue", method = "get", operation_id = "getDeferredRevenue")]
    #[expect(clippy::too_many_arguments, reason = "an endpoint's parameters are its query")]
    async fn deferred(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        /// With all that was effective at it; now where it is left out.
        at: Query<Option<Time>>,
        customer: Query<Option<String>>,
        cursor: Query<Option<String>>,
        limit: Query<Option<Limit<100>>>,
        order: Query<Option<Order>>,
    ) -> Result<Answer<RevenueAtBody>, refused!(CustomerNotFound)> {
        let of = RevenueOf::Instant(at.0.map(|at| at.0));
        let report = told(&ctx, &caller, customer.0.as_deref(), of, (cursor.0, limit.0), order.0).await?;
        let totals = report.totals.as_ref().map(by_currency);
        let list = List::of(report.page, Into::into);
        let body = RevenueAtBody { at: at.0, totals, data: list.data, next_cursor: list.next_cursor };
        Ok(Answer::of(&body))
    }

    /// Report recognised revenue
    ///
    /// What work has earned from `from` until `until`, by customer, with all else that became of prices in that time.
    #[oai(path = "/v1/reports/recognised_revenue", method = "get", operation_id = "getRecognisedRevenue")]
    #[expect(clippy::too_many_arguments, reason = "an endpoint's parameters are its query")]
    async fn recognised(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        from: Query<Time>,
        until: Query<Time>,
        customer: Query<Option<String>>,
        cursor: Query<Option<String>>,
        limit: Query<Option<Limit<100>>>,
        order: Query<Option<Order>>,
    ) -> Result<Answer<RevenueDuringBody>, refused!(CustomerNotFound)> {
        let (time, which) = ((from.0, until.0), (cursor.0, limit.0));
        Ok(during(&ctx, &caller, customer.0.as_deref(), time, which, order.0).await?)
    }

    /// Report breakage
    ///
    /// What was earned from `from` until `until` because credits expired unused, by customer, with all else that became
    /// of prices in that time.
    #[oai(path = "/v1/reports/breakage", method = "get", operation_id = "getBreakage")]
    #[expect(clippy::too_many_arguments, reason = "an endpoint's parameters are its query")]
    async fn breakage(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        from: Query<Time>,
        until: Query<Time>,
        customer: Query<Option<String>>,
        cursor: Query<Option<String>>,
        limit: Query<Option<Limit<100>>>,
        order: Query<Option<Order>>,
    ) -> Result<Answer<RevenueDuringBody>, refused!(CustomerNotFound)> {
        let (time, which) = ((from.0, until.0), (cursor.0, limit.0));
        Ok(during(&ctx, &caller, customer.0.as_deref(), time, which, order.0).await?)
    }
}

type Which = (Option<String>, Option<Limit<100>>);

async fn during(
    ctx: &Context,
    caller: &Caller,
    customer: Option<&str>,
    (from, until): (Time, Time),
    which: Which,
    order: Option<Order>,
) -> Result<Answer<RevenueDuringBody>, Problem> {
    let of = RevenueOf::Time { from: from.0, until: until.0 };
    let report = told(ctx, caller, customer, of, which, order).await?;
    let totals = report.totals.as_ref().map(by_currency);
    let list = List::of(report.page, Into::into);
    Ok(Answer::of(&RevenueDuringBody { from, until, totals, data: list.data, next_cursor: list.next_cursor }))
}

async fn told(
    ctx: &Context,
    caller: &Caller,
    customer: Option<&str>,
    of: RevenueOf,
    which: Which,
    order: Option<Order>,
) -> Result<RevenueReport, Problem> {
    caller.require(Scope::Read)?;
    let customer = access::narrowed(ctx, caller, customer).await?;
    let ask = page(which, Order::oldest_first(order));
    Ok(revenue(ctx, caller.tenant_id(), customer, of, &ask).await?)
}
