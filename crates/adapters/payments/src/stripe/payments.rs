//! Money: checkout sessions, payment intents and refunds.

use async_trait::async_trait;
use chrono::TimeDelta;
use domain::{Instant, Money};
use ports::{
    ChargeAsk, CheckoutAsk, PayerId, Payment, PaymentError, PaymentId, PaymentStatus, Payments, Presence, Reference,
    Refund, RefundAsk, RefundId, RefundStatus,
};
use serde::de::DeserializeOwned;

use super::client::{Answer, Failure, Form};
use super::decline::{decline, wants_owner};
use super::wire::{self, Expandable, Intent, List, Session};
use super::{Stripe, reference};
use crate::amount::{from_stripe, to_stripe};

/// How far Stripe's clock may be behind ours.
const CLOCKS_DIFFER_BY: TimeDelta = TimeDelta::minutes(10);

#[async_trait]
impl Payments for Stripe {
    async fn open_checkout(&self, ask: &CheckoutAsk) -> Result<Payment, PaymentError> {
        let mut form = pairs([
            ("mode", "payment"),
            ("customer", &ask.payer.0),
            ("client_reference_id", ask.reference.as_str()),
            ("metadata[folio_reference]", ask.reference.as_str()),
            ("payment_intent_data[metadata][folio_reference]", ask.reference.as_str()),
            ("line_items[0][quantity]", "1"),
            ("line_items[0][price_data][currency]", &code(ask.amount)),
            ("line_items[0][price_data][unit_amount]", &number(ask.amount)?),
            ("line_items[0][price_data][product_data][name]", &ask.title),
            ("success_url", &ask.success_url),
            ("cancel_url", &ask.cancel_url),
        ]);
        if ask.save_method {
            form.extend(pairs([("payment_intent_data[setup_future_usage]", "off_session")]));
        }
        let opened: Answer<Session> = self.client.post("checkout/sessions", &form, &key(&ask.reference)).await?;
        if opened.replayed {
            return self.payment(&PaymentId(opened.object.id)).await.map_err(done_but_unread);
        }
        session_payment(opened.object).ok_or_else(unreadable)
    }

    async fn charge(&self, ask: &ChargeAsk) -> Result<Payment, PaymentError> {
        let mut form = pairs([
            ("amount", &number(ask.amount)?),
            ("currency", &code(ask.amount)),
            ("customer", &ask.payer.0),
            ("payment_method", &ask.method.0),
            ("payment_method_types[0]", "card"),
            ("confirm", "true"),
            ("metadata[folio_reference]", ask.reference.as_str()),
        ]);
        form.extend(match &ask.presence {
            Presence::Absent => pairs([("off_session", "true")]),
            Presence::Present(return_url) => pairs([("return_url", return_url)]),
        });
        match self.client.post::<Intent>("payment_intents", &form, &key(&ask.reference)).await {
            Ok(Answer { object, replayed: true }) => self.payment(&PaymentId(object.id)).await.map_err(done_but_unread),
            Ok(Answer { object, .. }) => intent_payment(object).ok_or_else(unreadable),
            // A declined charge is an answer: its intent tells why.
            Err(Failure::Said(status, mut error)) if error.payment_intent.is_some() && status == 402 => {
                error.payment_intent.take().and_then(|intent| intent_payment(*intent)).ok_or_else(unreadable)
            }
            Err(failure) => Err(failure.into()),
        }
    }

    async fn payment(&self, id: &PaymentId) -> Result<Payment, PaymentError> {
        let read = if is_session(id) {
            session_payment(self.session(id).await?)
        } else {
            intent_payment(self.client.get(&path("payment_intents", &id.0)?, &Form::new()).await?)
        };
        read.ok_or_else(unreadable_now)
    }

    async fn find_payment(
        &self,
        payer: &PayerId,
        wanted: &Reference,
        since: Instant,
    ) -> Result<Option<Payment>, PaymentError> {
        self.client.look(&key(wanted), self.listed_payment(payer, wanted, since)).await
    }

    async fn cancel(&self, id: &PaymentId) -> Result<Payment, PaymentError> {
        let end = if is_session(id) {
            format!("{}/expire", path("checkout/sessions", &id.0)?)
        } else {
            format!("{}/cancel", path("payment_intents", &id.0)?)
        };
        match self.client.post_unkeyed::<serde_json::Value>(&end).await {
            // It has ended already, one way or the other.
            Ok(_) | Err(Failure::Said(reqwest::StatusCode::BAD_REQUEST, _)) => self.payment(id).await,
            Err(failure) => Err(failure.into()),
        }
    }

    async fn refund(&self, ask: &RefundAsk) -> Result<Refund, PaymentError> {
        let intent = self.intent_of(&ask.payment).await?;
        let intent = intent.ok_or_else(|| refused("charge_not_refundable", "Nothing was paid."))?;
        let form = pairs([
            ("payment_intent", &intent),
            ("amount", &number(ask.amount)?),
            ("metadata[folio_reference]", ask.reference.as_str()),
        ]);
        let key = refund_key(&ask.reference);
        let Answer { object, replayed } = self.client.post::<wire::Refund>("refunds", &form, &key).await?;
        let object = if replayed {
            let path = path("refunds", &object.id)?;
            self.client.get(&path, &Form::new()).await.map_err(|failure| done_but_unread(failure.into()))?
        } else {
            object
        };
        refund(object).ok_or_else(unreadable)
    }

    async fn find_refund(&self, payment: &PaymentId, wanted: &Reference) -> Result<Option<Refund>, PaymentError> {
        self.client.look(&refund_key(wanted), self.listed_refund(payment, wanted)).await
    }
}

impl Stripe {
    async fn listed_payment(
        &self,
        payer: &PayerId,
        wanted: &Reference,
        since: Instant,
    ) -> Result<Option<Payment>, PaymentError> {
        let since = since.checked_sub_signed(CLOCKS_DIFFER_BY).unwrap_or(since).timestamp().to_string();
        let filter = pairs([("customer", &payer.0), ("created[gte]", &since)]);
        // Sessions first: the intent of a session has the reference as well, and is not what was opened.
        let ours = |session: &Session| reference(&session.metadata).as_ref() == Some(wanted);
        let found = self.find("checkout/sessions", &filter, ours, |session| session.id.clone()).await?;
        if let Some(session) = found {
            return self.payment(&PaymentId(session.id)).await.map(Some);
        }
        let ours = |intent: &Intent| reference(&intent.metadata).as_ref() == Some(wanted);
        let found = self.find("payment_intents", &filter, ours, |intent| intent.id.clone()).await?;
        found.map(|intent| intent_payment(intent).ok_or_else(unreadable_now)).transpose()
    }

    async fn listed_refund(&self, payment: &PaymentId, wanted: &Reference) -> Result<Option<Refund>, PaymentError> {
        let Some(intent) = self.intent_of(payment).await? else { return Ok(None) };
        let filter = pairs([("payment_intent", &intent)]);
        let ours = |refund: &wire::Refund| reference(&refund.metadata).as_ref() == Some(wanted);
        let found = self.find("refunds", &filter, ours, |refund| refund.id.clone()).await?;
        found.map(|found| refund(found).ok_or_else(unreadable_now)).transpose()
    }

    async fn session(&self, id: &PaymentId) -> Result<Session, PaymentError> {
        let expanded = pairs([("expand[0]", "payment_intent")]);
        Ok(self.client.get(&path("checkout/sessions", &id.0)?, &expanded).await?)
    }

    /// The intent behind a payment, if there is one yet.
    async fn intent_of(&self, payment: &PaymentId) -> Result<Option<String>, PaymentError> {
        if !is_session(payment) {
            return Ok(Some(payment.0.clone()));
        }
        Ok(self.session(payment).await?.payment_intent.map(|intent| match intent {
            Expandable::Id(id) => id,
            Expandable::Intent(intent) => intent.id,
        }))
    }

    /// The first of a list that fits, through all its pages.
    pub(super) async fn find<T: DeserializeOwned>(
        &self,
        path: &str,
        filter: &Form,
        fits: impl Fn(&T) -> bool + Send,
        id: impl Fn(&T) -> String + Send,
    ) -> Result<Option<T>, PaymentError> {
        let mut query = filter.clone();
        query.extend(pairs([("limit", "100")]));
        loop {
            let List { data, has_more } = self.client.get::<List<T>>(path, &query).await?;
            let last = data.last().map(&id);
            if let Some(found) = data.into_iter().find(&fits) {
                return Ok(Some(found));
            }
            let Some(last) = last.filter(|_| has_more) else { return Ok(None) };
            query.retain(|(name, _)| name != "starting_after");
            query.push(("starting_after".to_owned(), last));
        }
    }
}

/// A session is what we opened; an intent what we charged.
fn is_session(id: &PaymentId) -> bool {
    id.0.starts_with("cs_")
}

fn session_payment(session: Session) -> Option<Payment> {
    let amount = from_stripe(session.amount_total?, session.currency.as_deref()?)?;
    let intent = session.payment_intent.and_then(|intent| match intent {
        Expandable::Intent(intent) => Some(intent),
        Expandable::Id(_) => None,
    });
    let method = intent.as_ref().and_then(|intent| intent.payment_method.clone());
    let status = match (session.status.as_deref(), session.payment_status.as_str()) {
        (Some("expired"), _) => PaymentStatus::Canceled,
        (Some("open"), _) => PaymentStatus::RequiresAction(session.url),
        (_, "paid") => PaymentStatus::Settled,
        // Complete and not paid: a bank debit is on its way, or has failed.
        _ => intent.map_or(PaymentStatus::Pending, |intent| status_of(*intent)),
    };
    Some(Payment {
        id: PaymentId(session.id),
        reference: reference(&session.metadata),
        payer: session.customer.map(PayerId),
        amount,
        method: method.filter(|_| status == PaymentStatus::Settled).map(ports::MethodId),
        status,
    })
}

fn intent_payment(intent: Intent) -> Option<Payment> {
    Some(Payment {
        id: PaymentId(intent.id.clone()),
        reference: reference(&intent.metadata),
        payer: intent.customer.clone().map(PayerId),
        amount: from_stripe(intent.amount, &intent.currency)?,
        method: intent.payment_method.clone().filter(|_| intent.status == "succeeded").map(ports::MethodId),
        status: status_of(intent),
    })
}

fn status_of(intent: Intent) -> PaymentStatus {
    match (intent.status.as_str(), intent.last_payment_error) {
        ("succeeded", _) => PaymentStatus::Settled,
        ("canceled", _) => PaymentStatus::Canceled,
        ("requires_payment_method", Some(error)) if !wants_owner(&error) => PaymentStatus::Declined(decline(&error)),
        ("requires_payment_method" | "requires_confirmation" | "requires_action", _) => {
            let redirect = intent.next_action.and_then(|action| action.redirect_to_url);
            PaymentStatus::RequiresAction(redirect.and_then(|redirect| redirect.url))
        }
        // `processing`, and words of later years.
        _ => PaymentStatus::Pending,
    }
}

fn refund(refund: wire::Refund) -> Option<Refund> {
    let status = match refund.status.as_deref() {
        Some("succeeded") => RefundStatus::Settled,
        Some(status @ ("failed" | "canceled")) => {
            RefundStatus::Failed(refund.failure_reason.unwrap_or_else(|| status.to_owned()))
        }
        _ => RefundStatus::Pending,
    };
    Some(Refund {
        id: RefundId(refund.id),
        reference: reference(&refund.metadata),
        amount: from_stripe(refund.amount, &refund.currency)?,
        status,
    })
}

/// Checkouts and charges share their keys: an order is paid in one way.
fn key(reference: &Reference) -> String {
    format!("pay-{}", reference.as_str())
}

fn refund_key(reference: &Reference) -> String {
    format!("refund-{}", reference.as_str())
}

pub(super) fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Form {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The path of one object. Whatever is not an id of Stripe's is not found.
pub(super) fn path(collection: &str, id: &str) -> Result<String, PaymentError> {
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_id { Ok(format!("{collection}/{id}")) } else { Err(PaymentError::NotFound) }
}

fn number(money: Money) -> Result<String, PaymentError> {
    let number = to_stripe(money).ok_or_else(|| refused("invalid_amount", "Stripe cannot take this exact amount."))?;
    Ok(number.to_string())
}

fn code(money: Money) -> String {
    money.currency.code().to_ascii_lowercase()
}

fn refused(code: &str, message: &str) -> PaymentError {
    PaymentError::Refused { code: code.to_owned(), message: message.to_owned() }
}

/// It was done, and how it stands is not known.
fn done_but_unread(error: PaymentError) -> PaymentError {
    match error {
        PaymentError::Unavailable(fault) => PaymentError::OutcomeUnknown(fault),
        other => other,
    }
}

fn unreadable() -> PaymentError {
    PaymentError::OutcomeUnknown("an object of Stripe's without an amount".into())
}

fn unreadable_now() -> PaymentError {
    PaymentError::Unavailable("an object of Stripe's without an amount".into())
}
