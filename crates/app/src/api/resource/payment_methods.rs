//! Payment methods on file: the provider keeps them, no card number ever reaches us.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use ports::{Method, MethodId};
use serde::Deserialize;
use service::{Context, order};

use super::Tag;
use super::paying::return_url;
use crate::api::access;
use crate::api::answer::Answer;
use crate::api::body::StrictJson;
use crate::api::refused::refused;
use crate::api::shape::Nullable;
use crate::api::wire::Text;
use crate::http::auth::Caller;
use crate::http::scope::Scope;

/// A saved card, as far as it may be shown.
#[derive(Clone, Debug, Object)]
#[oai(rename = "PaymentMethod")]
pub(crate) struct MethodBody {
    /// Its id at the provider.
    id: String,
    /// `visa`, …
    brand: String,
    /// Its last four digits.
    last4: String,
    /// Month of expiry, 1 to 12.
    exp_month: u8,
    /// Year of expiry.
    exp_year: u16,
}

impl From<Method> for MethodBody {
    fn from(method: Method) -> Self {
        let Method { id, brand, last4, exp_month, exp_year } = method;
        Self { id: id.0, brand, last4, exp_month, exp_year }
    }
}

/// A list that is never long.
#[derive(Clone, Debug, Object)]
#[oai(rename = "PaymentMethods")]
pub(crate) struct Methods {
    /// Newest first.
    data: Vec<MethodBody>,
    /// Always `null`.
    next_cursor: Nullable<String>,
}

/// Where to go on from.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
pub(crate) struct SaveMethodRequest {
    /// Where the customer comes back to.
    return_url: Text<2000>,
}

/// Where the customer goes.
#[derive(Clone, Debug, Object)]
#[oai(rename = "PaymentMethodSetup")]
pub(crate) struct SetupBody {
    /// The provider's page where the customer leaves a card and pays nothing.
    url: String,
}

/// What was forgotten.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ForgottenPaymentMethod")]
pub(crate) struct ForgottenBody {
    /// Its id at the provider.
    id: String,
    /// Always true.
    deleted: bool,
}

pub(crate) struct PaymentMethods;

#[OpenApi(tag = "Tag::Sales")]
impl PaymentMethods {
    /// List payment methods
    #[oai(path = "/v1/customers/:customer/payment_methods", method = "get", operation_id = "listPaymentMethods")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        customer: Path<String>,
    ) -> Result<Answer<Methods>, refused!(CustomerNotFound, NoPaymentProvider)> {
        caller.require(Scope::Read)?;
        let customer = access::customer(&ctx, &caller, Some(&customer.0)).await?;
        let methods = order::methods(&ctx, caller.tenant(), customer).await?;
        let data = methods.into_iter().map(MethodBody::from).collect();
        Ok(Answer::of(&Methods { data, next_cursor: Nullable(None) }))
    }

    /// Add a payment method
    ///
    /// Opens a page of the payment provider, where the customer leaves a card. It is in the list then.
    #[oai(path = "/v1/customers/:customer/payment_methods", method = "post", operation_id = "addPaymentMethod")]
    async fn add(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        customer: Path<String>,
        body: StrictJson<SaveMethodRequest>,
    ) -> Result<Answer<SetupBody, 201>, refused!(CustomerNotFound, NoPaymentProvider)> {
        caller.require(Scope::Orders)?;
        let customer = access::customer(&ctx, &caller, Some(&customer.0)).await?;
        let back = return_url(&body.return_url)?;
        let url = order::save_method(&ctx, caller.tenant(), customer, back).await?;
        Ok(Answer::of(&SetupBody { url }))
    }

    /// Remove a payment method
    #[oai(
        path = "/v1/customers/:customer/payment_methods/:method",
        method = "delete",
        operation_id = "removePaymentMethod"
    )]
    async fn remove(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        customer: Path<String>,
        method: Path<String>,
    ) -> Result<Answer<ForgottenBody>, refused!(CustomerNotFound, PaymentMethodNotFound, NoPaymentProvider)> {
        caller.require(Scope::Orders)?;
        let customer = access::customer(&ctx, &caller, Some(&customer.0)).await?;
        let method = MethodId(method.0);
        order::forget_method(&ctx, caller.tenant(), customer, &method).await?;
        Ok(Answer::of(&ForgottenBody { id: method.0, deleted: true }))
    }
}
