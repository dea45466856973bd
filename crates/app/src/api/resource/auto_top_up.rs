//! Auto top-up: buying a pack by itself when credits run low, only as the customer agreed to (R34).

use domain::{NoTopUp, Off};
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::Deserialize;
use service::Context;
use service::order::{self, Standing, Terms};

use super::Tag;
use super::paying::TotalRequest;
use crate::api::access;
use crate::api::answer::Answer;
use crate::api::body::StrictJson;
use crate::api::refused::refused;
use crate::api::wire::{CreditsText, MoneyBody, Text, Time};
use crate::http::auth::Caller;
use crate::http::scope::Scope;

/// What the customer agrees to.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
pub(crate) struct AutoTopUpRequest {
    /// The pack that is bought, one at a time.
    pack: Text<64>,
    /// What one purchase costs, tax included: the `total` that `POST /v1/orders/preview` shows now. Nothing else is
    /// ever charged; where the price changes, nothing is bought until the customer agrees to the new one.
    amount: TotalRequest,
    /// Bought when fewer credits than this are available.
    below: CreditsText,
    /// The most that is charged in a calendar month of the customer's time zone; at least one purchase.
    monthly_cap: TotalRequest,
}

/// What the customer agreed to.
#[derive(Clone, Debug, Object)]
#[oai(rename = "AutoTopUpConsent")]
pub(crate) struct ConsentBody {
    /// The pack that is bought.
    pack: String,
    /// What one purchase costs, tax included.
    amount: MoneyBody,
    /// Bought when fewer credits than this are available.
    below: CreditsText,
    /// The most that is charged in a calendar month.
    monthly_cap: MoneyBody,
    /// The time zone of those months.
    time_zone: String,
    /// When the customer agreed.
    agreed_at: Time,
}

/// A customer's auto top-up.
#[derive(Clone, Debug, Object)]
#[oai(rename = "AutoTopUp", skip_serializing_if_is_none)]
pub(crate) struct AutoTopUpBody {
    /// `on` or `off`.
    state: String,
    /// Why it is off: `not_agreed`, `withdrawn`, or `failures` after three failed payments in a row.
    off_because: Option<String>,
    /// What keeps it from buying although credits run low: `under_way`, `cool_down`, `price_changed`,
    /// `monthly_cap_reached` or `customer_frozen`.
    waits_for: Option<String>,
    /// What the customer agreed to.
    consent: Option<ConsentBody>,
    /// Payments that failed in a row; agreeing anew forgets them.
    failures: u32,
    /// Charged in this calendar month; a purchase under way counts.
    charged_this_month: Option<MoneyBody>,
    /// The order of the purchase under way.
    order: Option<String>,
    /// When the last purchase was begun.
    last_at: Option<Time>,
}

impl From<Standing> for AutoTopUpBody {
    fn from(standing: Standing) -> Self {
        let top_up = standing.top_up;
        let off = match &top_up {
            None => Some("not_agreed"),
            Some(top_up) => top_up.off.map(|off| match off {
                Off::Withdrawn => "withdrawn",
                Off::Failures => "failures",
            }),
        };
        let consent = top_up.as_ref().map(|top_up| &top_up.consent).map(|consent| ConsentBody {
            pack: consent.pack.clone(),
            amount: consent.amount.into(),
            below: consent.below.into(),
            monthly_cap: consent.monthly_cap.into(),
            time_zone: consent.zone.name().to_owned(),
            agreed_at: consent.agreed_at.into(),
        });
        Self {
            state: if off.is_none() { "on" } else { "off" }.to_owned(),
            off_because: off.map(str::to_owned),
            waits_for: standing.waits.and_then(waits_for).map(str::to_owned),
            consent,
            failures: top_up.as_ref().map_or(0, |top_up| top_up.failures.into()),
            charged_this_month: standing.charged.map(MoneyBody::from),
            order: top_up.as_ref().and_then(|top_up| top_up.paying).map(|order| order.to_string()),
            last_at: top_up.and_then(|top_up| top_up.last_at).map(Time::from),
        }
    }
}

const fn waits_for(why: NoTopUp) -> Option<&'static str> {
    match why {
        NoTopUp::UnderWay => Some("under_way"),
        NoTopUp::CoolDown => Some("cool_down"),
        NoTopUp::OtherPrice => Some("price_changed"),
        NoTopUp::CapReached => Some("monthly_cap_reached"),
        NoTopUp::Frozen => Some("customer_frozen"),
        NoTopUp::Off | NoTopUp::NotLow => None,
    }
}

pub(crate) struct AutoTopUps;

#[OpenApi(tag = "Tag::Sales")]
impl AutoTopUps {
    /// Get auto top-up
    ///
    /// Off unless the customer has agreed to it.
    #[oai(path = "/v1/customers/:customer/auto_top_up", method = "get", operation_id = "getAutoTopUp")]
    async fn get(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        customer: Path<String>,
    ) -> Result<Answer<AutoTopUpBody>, refused!(CustomerNotFound)> {
        caller.require(Scope::Read)?;
        let customer = access::customer(&ctx, &caller, Some(&customer.0)).await?;
        let standing = order::standing(&ctx, caller.tenant_id(), customer).await?;
        Ok(Answer::of(&standing.into()))
    }

    /// Agree to auto top-up
    ///
    /// Whenever fewer credits than `below` are available, one `pack` is bought with the newest payment method on file:
    /// for exactly `amount`, one at a time and ten minutes apart at least, up to `monthly_cap`. Each purchase is an
    /// order with its invoice. A failed payment is mailed; three in a row switch it off, until the customer agrees anew.
    #[oai(path = "/v1/customers/:customer/auto_top_up", method = "put", operation_id = "agreeToAutoTopUp")]
    async fn agree(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        customer: Path<String>,
        body: StrictJson<AutoTopUpRequest>,
    ) -> Result<
        Answer<AutoTopUpBody>,
        refused!(
            CustomerNotFound,
            CatalogNotFound,
            PaymentMethodNotFound,
            NotOffered,
            PriceChanged,
            NothingSold,
            OrderTooLarge,
            NoPaymentProvider,
            ConcurrentChange
        ),
    > {
        caller.require(Scope::Orders)?;
        let customer = access::customer(&ctx, &caller, Some(&customer.0)).await?;
        let terms = Terms {
            pack: body.pack.as_str().to_owned(),
            amount: body.amount.money("/amount")?,
            below: body.below.0,
            monthly_cap: body.monthly_cap.money("/monthly_cap")?,
            by_operator: caller.customer().is_none(),
        };
        Ok(Answer::of(&order::agree(&ctx, caller.tenant(), customer, terms).await?.into()))
    }

    /// Withdraw from auto top-up
    ///
    /// Nothing more is bought. A purchase under way goes on.
    #[oai(path = "/v1/customers/:customer/auto_top_up", method = "delete", operation_id = "withdrawFromAutoTopUp")]
    async fn withdraw(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        customer: Path<String>,
    ) -> Result<Answer<AutoTopUpBody>, refused!(CustomerNotFound, ConcurrentChange)> {
        caller.require(Scope::Orders)?;
        let customer = access::customer(&ctx, &caller, Some(&customer.0)).await?;
        Ok(Answer::of(&order::withdraw(&ctx, caller.tenant_id(), customer).await?.into()))
    }
}
