//! Freezing customers, and unfreezing them (R35).

use domain::Standing;
use poem::web::Data;
use poem_openapi::param::{Header, Path};
use poem_openapi::{Object, OpenApi};
use serde::Deserialize;
use service::{Context, freeze};

use super::Tag;
use crate::api::access;
use crate::api::answer::Answer;
use crate::api::body::StrictJson;
use crate::api::command::{key, or_fault};
use crate::api::idempotency::NeededKey;
use crate::api::refused::refused;
use crate::api::shape::BalanceView;
use crate::api::wire::Text;
use crate::http::auth::Operator;
use crate::http::scope::Scope;

/// Why a customer is frozen or unfrozen.
#[derive(Clone, Debug, Default, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct FreezeRequest {
    /// Why.
    reason: Option<Text<255>>,
}

pub(crate) struct Freezes;

#[OpenApi(tag = "Tag::Customers")]
impl Freezes {
    /// Freeze a customer
    ///
    /// They start no new work: no hold, and no usage without one. What is under way goes on, and credits still come
    /// and expire.
    #[oai(path = "/v1/customers/:customer/freeze", method = "post", operation_id = "freezeCustomer")]
    async fn freeze(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        customer: Path<String>,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        body: StrictJson<FreezeRequest>,
    ) -> Result<Answer<BalanceView>, refused!(CustomerNotFound, AlreadyFrozen)> {
        caller.require(Scope::Customers)?;
        let key = key(&caller, idempotency_key.0, &body)?;
        let customer = access::customer(&ctx, &caller, Some(&customer.0)).await?;
        let reason = body.into_inner().reason.map(Text::into_text);
        let posted = freeze::freeze(&ctx, caller.tenant_id(), customer, reason, key).await?;
        let view = or_fault(BalanceView::after(customer, &posted, Some(Standing::Frozen)))?;
        Ok(Answer::of(&view).replayed(posted.replayed))
    }

    /// Unfreeze a customer
    ///
    /// They may start work again.
    #[oai(path = "/v1/customers/:customer/unfreeze", method = "post", operation_id = "unfreezeCustomer")]
    async fn unfreeze(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        customer: Path<String>,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        body: StrictJson<FreezeRequest>,
    ) -> Result<Answer<BalanceView>, refused!(CustomerNotFound, NotFrozen)> {
        caller.require(Scope::Customers)?;
        let key = key(&caller, idempotency_key.0, &body)?;
        let customer = access::customer(&ctx, &caller, Some(&customer.0)).await?;
        let reason = body.into_inner().reason.map(Text::into_text);
        let posted = freeze::unfreeze(&ctx, caller.tenant_id(), customer, reason, key).await?;
        let view = or_fault(BalanceView::after(customer, &posted, None))?;
        Ok(Answer::of(&view).replayed(posted.replayed))
    }
}
