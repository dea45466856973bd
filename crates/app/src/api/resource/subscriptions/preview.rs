//! What subscribing, or a change, would come to. Nothing is written.

use domain::SubscriptionId;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use service::{Context, subscription};

use super::super::Tag;
use super::found;
use super::request::{ChangePreviewRequest, SubscriptionPreviewRequest};
use crate::api::access;
use crate::api::answer::Answer;
use crate::api::body::StrictJson;
use crate::api::refused::refused;
use crate::api::shape::{ChangePreviewBody, StartPreviewBody};
use crate::api::wire::Id;
use crate::http::auth::Caller;
use crate::http::scope::Scope;

pub(crate) struct Previews;

#[OpenApi(tag = "Tag::Subscriptions")]
impl Previews {
    /// Preview a subscription
    ///
    /// What subscribing at this moment comes to. Nothing is written.
    #[oai(path = "/v1/subscriptions/preview", method = "post", operation_id = "previewSubscription")]
    async fn start(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        body: StrictJson<SubscriptionPreviewRequest>,
    ) -> Result<
        Answer<StartPreviewBody>,
        refused!(
            CustomerNotFound,
            CatalogNotFound,
            PlanNotOffered,
            AlreadySubscribed,
            NothingSold,
            OrderTooLarge,
            SubscriptionTooLarge
        ),
    > {
        caller.require(Scope::Read)?;
        let customer = access::customer(&ctx, &caller, body.customer.as_deref()).await?;
        let wanted = body.wanted(caller.customer().is_none())?;
        let quote = subscription::preview_start(&ctx, caller.tenant_id(), customer, &wanted).await?;
        Ok(Answer::of(&StartPreviewBody::from(&quote)))
    }

    /// Preview a change
    ///
    /// What a change at this moment comes to, to the minor unit. Nothing is written.
    #[oai(
        path = "/v1/subscriptions/:subscription/change/preview",
        method = "post",
        operation_id = "previewSubscriptionChange"
    )]
    async fn change(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        subscription: Path<Id<SubscriptionId>>,
        body: StrictJson<ChangePreviewRequest>,
    ) -> Result<
        Answer<ChangePreviewBody>,
        refused!(
            SubscriptionNotFound,
            CatalogNotFound,
            PlanNotOffered,
            NothingSold,
            SamePlan,
            OnlyAtPeriodEnd,
            ChangePending,
            AlreadyScheduled,
            SubscriptionEnding,
            PaymentUnderWay,
            WrongStatus,
            RenewalDue,
            OrderTooLarge,
            SubscriptionTooLarge,
            OtherCurrency
        ),
    > {
        caller.require(Scope::Read)?;
        let id = found(&ctx, &caller, &subscription.0).await?.kept.subscription.id;
        let wanted = body.wanted(caller.customer().is_none())?;
        let quote = subscription::preview_change(&ctx, caller.tenant_id(), id, &wanted).await?;
        Ok(Answer::of(&ChangePreviewBody::from(&quote)))
    }
}
