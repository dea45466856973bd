//! A customer's balance, now and at any past instant (R7, R41).

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};
use service::{Context, balance};

use super::Tag;
use crate::api::access;
use crate::api::answer::Answer;
use crate::api::refused::refused;
use crate::api::shape::BalanceView;
use crate::api::wire::Time;
use crate::http::auth::Caller;
use crate::http::scope::Scope;

pub(crate) struct Balances;

#[OpenApi(tag = "Tag::Ledger")]
impl Balances {
    /// Get a balance
    ///
    /// What can be spent and what is promised; with `at`, as it was then, for ever the same.
    #[oai(path = "/v1/customers/:customer/balance", method = "get", operation_id = "getBalance")]
    async fn get(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        customer: Path<String>,
        at: Query<Option<Time>>,
        #[oai(name = "If-None-Match")] if_none_match: Header<Option<String>>,
    ) -> Result<Answer<BalanceView>, refused!(CustomerNotFound)> {
        caller.require(Scope::Read)?;
        let customer = access::customer(&ctx, &caller, Some(&customer.0)).await?;
        if let Some(at) = at.0 {
            let balance = balance::balance_at(&ctx, caller.tenant_id(), customer, at.0).await?;
            return Ok(Answer::of(&BalanceView::past(customer, balance, at)));
        }
        let view = balance::view(&ctx, caller.tenant_id(), customer).await?;
        let catalog = ctx.catalog(caller.tenant_id()).await?.catalog;
        let sequence = view.book.sequence.to_string();
        Ok(Answer::of(&BalanceView::now(&view, &catalog)).tagged(&sequence, if_none_match.0.as_deref()))
    }
}
