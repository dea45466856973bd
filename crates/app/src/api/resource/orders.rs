//! Orders: previewed, placed, paid, called off, given back.

use domain::OrderId;
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use ports::{MethodId, OrderFilter, PlacedOrder};
use serde::Deserialize;
use service::order::{self, RefundWanted, Wanted};
use service::{Context, Failure, Kept, Once};

use super::paying::{PaymentWord, TotalRequest, paid_by, quantity, return_url};
use super::{Order, Tag};
use crate::api::access::{self, sees};
use crate::api::answer::Answer;
use crate::api::body::StrictJson;
use crate::api::codes::Code;
use crate::api::flaw::FieldCode;
use crate::api::idempotency::{IdempotencyKey, NeededKey, fingerprint, once};
use crate::api::problem::Problem;
use crate::api::refused::refused;
use crate::api::shape::{List, OrderBody, OrderPreviewBody, RefundPreviewBody, page};
use crate::api::wire::{CreditsText, Id, Limit, Text, Word};
use crate::http::auth::{Caller, Operator};
use crate::http::scope::Scope;

/// A pack that is wanted.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct PackRequest {
    /// Its code.
    pack: Text<64>,
    /// How many of it; 1 where not said.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
    quantity: Option<u32>,
}

/// What is to be bought: one `pack`, or several `packs`, such as the `suggested_packs` of an estimate.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct OrderRequest {
    /// `cus_…` or your own id; a customer's own key need not say.
    customer: Option<Text<255>>,
    /// A pack of the catalog.
    pack: Option<Text<64>>,
    /// How many of it; 1 where not said.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
    quantity: Option<u32>,
    /// Several packs.
    #[oai(validator(min_items = "1", max_items = "20"))]
    packs: Option<Vec<PackRequest>>,
    /// How it is paid; `checkout` where not said.
    payment: Option<PaymentWord>,
    /// Which saved method pays; the newest where not said.
    payment_method: Option<Text<255>>,
    /// The `total` that was shown; the order is refused if it is another one now.
    expected_total: Option<TotalRequest>,
    /// Where the customer comes back to after paying; the catalog's `top_up` link where not said.
    return_url: Option<Text<2000>>,
}

impl OrderRequest {
    fn wanted(&self, by_operator: bool) -> Result<(Wanted, Option<MethodId>), Problem> {
        let packs = match (&self.pack, &self.packs) {
            (Some(pack), None) => vec![(pack.as_str().to_owned(), self.quantity.unwrap_or(1))],
            (None, Some(packs)) if self.quantity.is_none() => {
                packs.iter().map(|one| (one.pack.as_str().to_owned(), one.quantity.unwrap_or(1))).collect()
            }
            (None, Some(_)) => {
                return Err(Problem::field("/quantity", FieldCode::Malformed, "Say it with each of `packs`."));
            }
            (Some(_), Some(_)) => {
                return Err(Problem::field("/packs", FieldCode::Malformed, "Either `pack` or `packs`."));
            }
            (None, None) => return Err(Problem::field("/pack", FieldCode::Missing, "Name a `pack`, or `packs`.")),
        };
        if self.packs.as_ref().is_some_and(|packs| !(1..=20).contains(&packs.len())) {
            return Err(Problem::field("/packs", FieldCode::OutOfRange, "1 to 20 packs."));
        }
        for (place, (_, wanted)) in packs.iter().enumerate() {
            let pointer = if self.pack.is_some() { "/quantity".to_owned() } else { format!("/packs/{place}/quantity") };
            quantity(*wanted, &pointer)?;
        }
        let (way, method) = paid_by(self.payment.unwrap_or_default(), self.payment_method.as_ref(), by_operator)?;
        let seen = self.expected_total.map(|total| total.money("/expected_total")).transpose()?;
        Ok((Wanted { packs, way, by_operator, seen }, method))
    }
}

/// Where the money came in.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
pub(crate) struct MarkPaidRequest {
    /// What you find the payment again by, such as the bank's reference.
    reference: Text<200>,
}

/// What is to be given back.
#[derive(Clone, Debug, Default, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct RefundRequest {
    /// So many credits; all that are neither used nor held where not said.
    credits: Option<CreditsText>,
    /// Why.
    reason: Option<Text<255>>,
}

impl RefundRequest {
    fn wanted(self, by_operator: bool) -> RefundWanted {
        let reason = self.reason.map(Text::into_text);
        RefundWanted { credits: self.credits.map(|credits| credits.0), reason, by_operator }
    }
}

pub(crate) struct Orders;

#[OpenApi(tag = "Tag::Sales")]
impl Orders {
    /// Preview an order
    ///
    /// Lines, tax and total at this moment's terms. Nothing is written.
    #[oai(path = "/v1/orders/preview", method = "post", operation_id = "previewOrder")]
    async fn preview(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        body: StrictJson<OrderRequest>,
    ) -> Result<
        Answer<OrderPreviewBody>,
        refused!(CustomerNotFound, CatalogNotFound, NotOffered, PriceChanged, NothingSold, OrderTooLarge),
    > {
        caller.require(Scope::Read)?;
        let customer = access::customer(&ctx, &caller, body.customer.as_deref()).await?;
        let (wanted, _) = body.wanted(caller.customer().is_none())?;
        let quote = order::preview(&ctx, caller.tenant_id(), customer, &wanted).await?;
        Ok(Answer::of(&OrderPreviewBody::from(&quote)))
    }

    /// Place an order
    ///
    /// With `checkout` the answer has the page where the customer pays, with `saved` the method on file is charged at
    /// once. The credits are there as soon as the payment has settled, which `status: paid` tells; an invoice is mailed.
    /// Whatever comes of the payment, the order stands: look at its `status` and `note`.
    #[oai(path = "/v1/orders", method = "post", operation_id = "createOrder")]
    async fn create(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        body: StrictJson<OrderRequest>,
    ) -> Result<
        Answer<OrderBody, 201>,
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
        caller.start_paid_work()?;
        let customer = access::customer(&ctx, &caller, body.customer.as_deref()).await?;
        let (wanted, method) = body.wanted(caller.customer().is_none())?;
        let back = body.return_url.as_ref().map(return_url).transpose()?;
        let once = once(&caller, idempotency_key.0, body.fingerprint(), &created)?;
        let kept = order::place(&ctx, caller.tenant(), customer, &wanted, method, back, &once).await?;
        Ok(told(kept))
    }

    /// List orders
    #[oai(path = "/v1/orders", method = "get", operation_id = "listOrders")]
    #[expect(clippy::too_many_arguments, reason = "an endpoint's parameters are its query")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        customer: Query<Option<String>>,
        status: Query<Option<Word<domain::OrderStatus>>>,
        cursor: Query<Option<String>>,
        limit: Query<Option<Limit<100>>>,
        order: Query<Option<Order>>,
    ) -> Result<Answer<List<OrderBody>>, refused!(CustomerNotFound)> {
        caller.require(Scope::Read)?;
        let customer = access::narrowed(&ctx, &caller, customer.0.as_deref()).await?;
        let filter = OrderFilter { customer, status: status.0.map(|word| word.0) };
        let ask = page((cursor.0, limit.0), Order::oldest_first(order.0));
        let found = ctx.orders.list(caller.tenant_id(), filter, &ask).await.map_err(Failure::from)?;
        Ok(Answer::of(&List::of(found, |placed| OrderBody::from(&placed))))
    }

    /// Get an order
    #[oai(path = "/v1/orders/:order", method = "get", operation_id = "getOrder")]
    async fn get(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        order: Path<Id<OrderId>>,
    ) -> Result<Answer<OrderBody>, refused!(OrderNotFound)> {
        caller.require(Scope::Read)?;
        Ok(Answer::of(&OrderBody::from(&found(&ctx, &caller, &order.0).await?)))
    }

    /// Cancel an order
    ///
    /// Before it is paid. Its payment is ended at the provider first; one that has settled meanwhile stays paid.
    #[oai(path = "/v1/orders/:order/cancel", method = "post", operation_id = "cancelOrder")]
    async fn cancel(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        order: Path<Id<OrderId>>,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<Option<IdempotencyKey>>,
    ) -> Result<Answer<OrderBody>, refused!(OrderNotFound, OrderNotOpen, NoPaymentProvider, ConcurrentChange)> {
        caller.require(Scope::Orders)?;
        let id = found(&ctx, &caller, &order.0).await?.order.id;
        let print = fingerprint([id.to_string().as_bytes(), b"cancel"]);
        let key = idempotency_key.0.map(|key| key.of(caller.customer()));
        let once = key.map(|key| Once { key, fingerprint: print, render: &changed });
        Ok(told(order::cancel(&ctx, caller.tenant(), id, once.as_ref()).await?))
    }

    /// Mark an order as paid
    ///
    /// For one with `payment: manual`, once its money has arrived. The credits are there at once. Marked again with the
    /// same `reference` nothing changes; with another one it is refused.
    #[oai(path = "/v1/orders/:order/mark_paid", method = "post", operation_id = "markOrderPaid")]
    async fn mark_paid(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        order: Path<Id<OrderId>>,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        body: StrictJson<MarkPaidRequest>,
    ) -> Result<Answer<OrderBody>, refused!(OrderNotFound, OrderNotOpen, TooManyGrants, ConcurrentChange)> {
        caller.require(Scope::Orders)?;
        let id = found(&ctx, &caller, &order.0).await?.order.id;
        let once = once(&caller, idempotency_key.0, body.fingerprint(), &changed)?;
        Ok(told(order::mark_paid(&ctx, caller.tenant(), id, &body.reference, &once).await?))
    }

    /// Preview a refund
    ///
    /// What a refund of this moment comes to. Nothing is written. A customer's own key is bound by the catalog's
    /// `[refunds]`, an operator's is not.
    #[oai(path = "/v1/orders/:order/refunds/preview", method = "post", operation_id = "previewRefund")]
    async fn preview_refund(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        order: Path<Id<OrderId>>,
        body: StrictJson<RefundRequest>,
    ) -> Result<
        Answer<RefundPreviewBody>,
        refused!(OrderNotFound, OrderNotPaid, NotRefundable, RefundNotForSubscriptions),
    > {
        caller.require(Scope::Read)?;
        let id = found(&ctx, &caller, &order.0).await?.order.id;
        let wanted = body.into_inner().wanted(caller.customer().is_none());
        let preview = order::refund_preview(&ctx, caller.tenant_id(), id, &wanted).await?;
        Ok(Answer::of(&RefundPreviewBody::from(&preview)))
    }

    /// Refund an order
    ///
    /// Gives money back for credits that are neither used nor held: they are taken back first, then the provider is
    /// asked, then a credit note is mailed. If the provider refuses, the credits come back.
    #[oai(path = "/v1/orders/:order/refunds", method = "post", operation_id = "refundOrder")]
    async fn refund(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        order: Path<Id<OrderId>>,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<NeededKey>,
        body: StrictJson<RefundRequest>,
    ) -> Result<
        Answer<OrderBody, 201>,
        refused!(
            OrderNotFound,
            OrderNotPaid,
            NotRefundable,
            RefundNotForSubscriptions,
            RefundUnderWay,
            NoPaymentProvider,
            ConcurrentChange
        ),
    > {
        caller.require(Scope::Orders)?;
        let id = found(&ctx, &caller, &order.0).await?.order.id;
        let once = once(&caller, idempotency_key.0, body.fingerprint(), &created)?;
        let wanted = body.into_inner().wanted(caller.customer().is_none());
        Ok(told(order::refund(&ctx, caller.tenant(), id, &wanted, &once).await?))
    }
}

fn created(placed: &PlacedOrder) -> (u16, String) {
    Answer::<OrderBody, 201>::render(&placed.into())
}

fn changed(placed: &PlacedOrder) -> (u16, String) {
    Answer::<OrderBody>::render(&placed.into())
}

fn told<const STATUS: u16>(kept: Kept<PlacedOrder>) -> Answer<OrderBody, STATUS> {
    Answer::told(kept, |placed| OrderBody::from(&placed))
}

/// The order, if the key sees its customer.
async fn found(ctx: &Context, caller: &Caller, id: &Id<OrderId>) -> Result<PlacedOrder, Problem> {
    let placed = order::order(ctx, caller.tenant_id(), id.find()?).await?;
    sees(caller, placed.order.customer, Code::OrderNotFound)?;
    Ok(placed)
}
