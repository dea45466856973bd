//! Subscriptions: begun, changed, paused, ended, paid (R27–R31).

mod preview;
mod request;

use domain::{SubscriptionId, SubscriptionStatus};
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};
use ports::SubscriptionFilter;
use service::subscription::{self, Standing};
use service::{Context, Kept};

pub(crate) use self::preview::Previews;
use self::request::{CancelRequest, ChangeRequest, PauseRequest, PayRequest, SubscriptionRequest};
use super::{Order, Tag};
use crate::api::access::{self, sees};
use crate::api::answer::Answer;
use crate::api::body::StrictJson;
use crate::api::codes::Code;
use crate::api::idempotency::{NeededKey, fingerprint, once};
use crate::api::problem::Problem;
use crate::api::refused::refused;
use crate::api::shape::{List, SubscriptionBody, page};
use crate::api::wire::{Id, Limit, Word};
use crate::http::auth::Caller;
use crate::http::scope::Scope;

pub(crate) struct Subscriptions;

#[OpenApi(tag = "Tag::Subscriptions")]
impl Subscriptions {
    /// Subscribe
    ///
    /// Puts a customer on a plan; a customer has one subscription at a time. What is free, or tried first, runs at once;
    /// else `due` asks for the first period, whose credits come as soon as it is paid, and `order` has the page where
    /// the customer pays or confirms. Whatever comes of the payment, the subscription stands, `incomplete` until then.
    #[oai(path = "/v1/subscriptions", method = "post", operation_id = "createSubscription")]
    async fn create(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        body: StrictJson<SubscriptionRequest>,
    ) -> Result<
        Answer<SubscriptionBody, 201>,
        refused!(
            CustomerNotFound,
            CatalogNotFound,
            PaymentMethodNotFound,
            PlanNotOffered,
            AlreadySubscribed,
            PriceChanged,
            NothingSold,
            OrderTooLarge,
            SubscriptionTooLarge,
            NoPaymentProvider,
            ConcurrentChange
        ),
    > {
        caller.require(Scope::Orders)?;
        caller.start_paid_work()?;
        let customer = access::customer(&ctx, &caller, body.customer.as_deref()).await?;
        let by_operator = caller.customer().is_none();
        let (wanted, pay) = (body.wanted(by_operator)?, body.pay(by_operator)?);
        let render = rendered::<201>(by_operator);
        let once = once(&caller, idempotency_key.0, body.fingerprint(), &render)?;
        Ok(told(subscription::begin(&ctx, caller.tenant(), customer, &wanted, pay, &once).await?, by_operator))
    }

    /// List subscriptions
    #[oai(path = "/v1/subscriptions", method = "get", operation_id = "listSubscriptions")]
    #[expect(clippy::too_many_arguments, reason = "an endpoint's parameters are its query")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        customer: Query<Option<String>>,
        status: Query<Option<Word<SubscriptionStatus>>>,
        cursor: Query<Option<String>>,
        limit: Query<Option<Limit<100>>>,
        order: Query<Option<Order>>,
    ) -> Result<Answer<List<SubscriptionBody>>, refused!(CustomerNotFound)> {
        caller.require(Scope::Read)?;
        let customer = access::narrowed(&ctx, &caller, customer.0.as_deref()).await?;
        let filter = SubscriptionFilter { customer, status: status.0.map(|word| word.0) };
        let ask = page((cursor.0, limit.0), Order::oldest_first(order.0));
        let found = subscription::list(&ctx, caller.tenant_id(), filter, &ask).await?;
        let by_operator = caller.customer().is_none();
        Ok(Answer::of(&List::of(found, |standing| SubscriptionBody::of(&standing, by_operator))))
    }

    /// Get a subscription
    #[oai(path = "/v1/subscriptions/:subscription", method = "get", operation_id = "getSubscription")]
    async fn get(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        subscription: Path<Id<SubscriptionId>>,
    ) -> Result<Answer<SubscriptionBody>, refused!(SubscriptionNotFound)> {
        caller.require(Scope::Read)?;
        let standing = found(&ctx, &caller, &subscription.0).await?;
        Ok(Answer::of(&SubscriptionBody::of(&standing, caller.customer().is_none())))
    }

    /// Change a subscription
    ///
    /// To another plan, another number of seats, or both. What costs more and gives more counts at once, as soon as the
    /// rest of the period is paid; anything else at the period's end, unless `effective` says otherwise. Preview it to
    /// see what it comes to: the change at the same instant comes to the same.
    #[oai(path = "/v1/subscriptions/:subscription/change", method = "post", operation_id = "changeSubscription")]
    async fn change(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        subscription: Path<Id<SubscriptionId>>,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        body: StrictJson<ChangeRequest>,
    ) -> Result<
        Answer<SubscriptionBody>,
        refused!(
            SubscriptionNotFound,
            CatalogNotFound,
            PaymentMethodNotFound,
            PlanNotOffered,
            PriceChanged,
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
            OtherCurrency,
            NoPaymentProvider,
            ConcurrentChange
        ),
    > {
        caller.require(Scope::Orders)?;
        caller.start_paid_work()?;
        let id = found(&ctx, &caller, &subscription.0).await?.kept.subscription.id;
        let by_operator = caller.customer().is_none();
        let (wanted, pay) = (body.wanted(by_operator)?, body.pay(by_operator)?);
        let render = rendered::<200>(by_operator);
        let once = once(&caller, idempotency_key.0, body.fingerprint(), &render)?;
        Ok(told(subscription::change(&ctx, caller.tenant(), id, &wanted, &pay, &once).await?, by_operator))
    }

    /// Cancel a subscription
    ///
    /// With its period, unless `at: now`: then the credits stay to the end that they were given with, or, with `refund`,
    /// what is not used of money and credits goes back. The free tier follows. A period that was not paid ends now in any case.
    #[oai(path = "/v1/subscriptions/:subscription/cancel", method = "post", operation_id = "cancelSubscription")]
    async fn cancel(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        subscription: Path<Id<SubscriptionId>>,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        body: StrictJson<CancelRequest>,
    ) -> Result<Answer<SubscriptionBody>, refused!(SubscriptionNotFound, RenewalDue, ConcurrentChange)> {
        caller.require(Scope::Orders)?;
        let id = found(&ctx, &caller, &subscription.0).await?.kept.subscription.id;
        let by_operator = caller.customer().is_none();
        let (at, render) = (body.at()?, rendered::<200>(by_operator));
        let once = once(&caller, idempotency_key.0, body.fingerprint(), &render)?;
        Ok(told(subscription::cancel(&ctx, caller.tenant(), id, at, &once).await?, by_operator))
    }

    /// Pause a subscription
    ///
    /// From the period's end on nothing is charged and no credits are given, until it is resumed: by `resume`, or by
    /// itself at `until`, which is after that end.
    #[oai(path = "/v1/subscriptions/:subscription/pause", method = "post", operation_id = "pauseSubscription")]
    async fn pause(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        subscription: Path<Id<SubscriptionId>>,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        body: StrictJson<PauseRequest>,
    ) -> Result<
        Answer<SubscriptionBody>,
        refused!(SubscriptionNotFound, AlreadyScheduled, SubscriptionEnding, WrongStatus, RenewalDue, ConcurrentChange),
    > {
        caller.require(Scope::Orders)?;
        let id = found(&ctx, &caller, &subscription.0).await?.kept.subscription.id;
        let by_operator = caller.customer().is_none();
        let (until, render) = (body.until.map(|until| until.0), rendered::<200>(by_operator));
        let once = once(&caller, idempotency_key.0, body.fingerprint(), &render)?;
        Ok(told(subscription::pause(&ctx, caller.tenant(), id, until, &once).await?, by_operator))
    }

    /// Resume a subscription
    ///
    /// Takes back what is arranged for the period's end, whether a change, a pause or the end, and a change that waits
    /// for its payment. One that is paused begins again: its months count from now, and the first one is charged.
    #[oai(path = "/v1/subscriptions/:subscription/resume", method = "post", operation_id = "resumeSubscription")]
    async fn resume(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        subscription: Path<Id<SubscriptionId>>,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
    ) -> Result<Answer<SubscriptionBody>, refused!(SubscriptionNotFound, WrongStatus, RenewalDue, ConcurrentChange)>
    {
        caller.require(Scope::Orders)?;
        caller.start_paid_work()?;
        let id = found(&ctx, &caller, &subscription.0).await?.kept.subscription.id;
        let by_operator = caller.customer().is_none();
        let print = fingerprint([id.to_string().as_bytes(), b"resume"]);
        let render = rendered::<200>(by_operator);
        let once = once(&caller, idempotency_key.0, print, &render)?;
        Ok(told(subscription::resume(&ctx, caller.tenant(), id, &once).await?, by_operator))
    }

    /// Pay what is due
    ///
    /// Tries the charge that is `due` now: with another card, on the provider's page, or with the customer there to
    /// confirm it.
    #[oai(path = "/v1/subscriptions/:subscription/pay", method = "post", operation_id = "paySubscription")]
    async fn pay(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        subscription: Path<Id<SubscriptionId>>,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        body: StrictJson<PayRequest>,
    ) -> Result<
        Answer<SubscriptionBody>,
        refused!(
            SubscriptionNotFound,
            CatalogNotFound,
            PaymentMethodNotFound,
            PaymentUnderWay,
            NothingToPay,
            NothingSold,
            OrderTooLarge,
            NoPaymentProvider,
            ConcurrentChange
        ),
    > {
        caller.require(Scope::Orders)?;
        caller.start_paid_work()?;
        let id = found(&ctx, &caller, &subscription.0).await?.kept.subscription.id;
        let by_operator = caller.customer().is_none();
        let (pay, render) = (body.pay(by_operator)?, rendered::<200>(by_operator));
        let once = once(&caller, idempotency_key.0, body.fingerprint(), &render)?;
        Ok(told(subscription::pay(&ctx, caller.tenant(), id, &pay, &once).await?, by_operator))
    }
}

fn rendered<const STATUS: u16>(by_operator: bool) -> impl Fn(&Standing) -> (u16, String) + Sync {
    move |standing| Answer::<SubscriptionBody, STATUS>::render(&SubscriptionBody::of(standing, by_operator))
}

fn told<const STATUS: u16>(kept: Kept<Standing>, by_operator: bool) -> Answer<SubscriptionBody, STATUS> {
    Answer::told(kept, |standing| SubscriptionBody::of(&standing, by_operator))
}

/// The subscription, if the key sees its customer.
async fn found(ctx: &Context, caller: &Caller, id: &Id<SubscriptionId>) -> Result<Standing, Problem> {
    let standing = subscription::subscription(ctx, caller.tenant_id(), id.find()?).await?;
    sees(caller, standing.kept.subscription.customer, Code::SubscriptionNotFound)?;
    Ok(standing)
}
