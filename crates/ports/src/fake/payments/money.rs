//! How the fake moves money.

use async_trait::async_trait;
use domain::{Instant, Money};

use super::{FakeProvider, Made, State};
use crate::contract::payments::Card;
use crate::{
    ChargeAsk, CheckoutAsk, Decline, MethodId, PayerId, Payment, PaymentError, PaymentId, PaymentStatus, Payments,
    Presence, Reference, Refund, RefundAsk, RefundId, RefundStatus,
};

#[async_trait]
impl Payments for FakeProvider {
    async fn open_checkout(&self, ask: &CheckoutAsk) -> Result<Payment, PaymentError> {
        let (mut state, at) = (self.lock(), self.clock.now());
        let id = state.spend(&key(&ask.reference), &format!("{ask:?}"), |state| {
            let id = state.id("pay");
            let page = format!("https://pay.example/{id}");
            let mut made = made(&id, &ask.reference, &ask.payer, ask.amount, at);
            made.payment.status = PaymentStatus::RequiresAction(Some(page.clone()));
            (made.page, made.save_method) = (Some(page), ask.save_method);
            state.payments.push(made);
            Ok(id)
        })?;
        state.made(&PaymentId(id)).map(|made| made.payment.clone())
    }

    async fn charge(&self, ask: &ChargeAsk) -> Result<Payment, PaymentError> {
        let (mut state, at) = (self.lock(), self.clock.now());
        let id = state.spend(&key(&ask.reference), &format!("{ask:?}"), |state| {
            let owned = |saved: &&super::Saved| saved.method.id == ask.method && saved.payer == ask.payer;
            let card = state.methods.iter().find(owned).ok_or(PaymentError::NotFound)?.card;
            let id = state.id("pay");
            let mut made = made(&id, &ask.reference, &ask.payer, ask.amount, at);
            if card == Card::AsksOwner && matches!(ask.presence, Presence::Present(_)) {
                made.page = Some(format!("https://bank.example/{id}"));
            }
            made.payment.status = charged(card, made.page.clone());
            made.payment.method = Some(ask.method.clone()).filter(|_| made.payment.status == PaymentStatus::Settled);
            state.payments.push(made);
            state.tell_of(&PaymentId(id.clone()), card, at)?;
            Ok(id)
        })?;
        state.made(&PaymentId(id)).map(|made| made.payment.clone())
    }

    async fn payment(&self, id: &PaymentId) -> Result<Payment, PaymentError> {
        self.lock().made(id).map(|made| made.payment.clone())
    }

    async fn find_payment(
        &self,
        payer: &PayerId,
        reference: &Reference,
        since: Instant,
    ) -> Result<Option<Payment>, PaymentError> {
        let state = self.lock();
        let wanted = |made: &&Made| {
            let payment = &made.payment;
            payment.payer.as_ref() == Some(payer) && payment.reference.as_ref() == Some(reference) && made.at >= since
        };
        Ok(state.payments.iter().find(wanted).map(|made| made.payment.clone()))
    }

    async fn cancel(&self, id: &PaymentId) -> Result<Payment, PaymentError> {
        let mut state = self.lock();
        let made = state.made_mut(id)?;
        if made.payment.status != PaymentStatus::Settled {
            (made.payment.status, made.page) = (PaymentStatus::Canceled, None);
        }
        Ok(made.payment.clone())
    }

    async fn refund(&self, ask: &RefundAsk) -> Result<Refund, PaymentError> {
        let mut state = self.lock();
        state.made(&ask.payment)?;
        let key = format!("refund-{}", ask.reference.as_str());
        let id = state.spend(&key, &format!("{ask:?}"), |state| {
            let id = state.id("re");
            let made = state.made_mut(&ask.payment)?;
            let gone = made.refunds.iter().fold(0_i64, |sum, refund| sum.saturating_add(refund.amount.minor));
            let paid = if made.payment.status == PaymentStatus::Settled { made.payment.amount.minor } else { 0 };
            if !(1..=paid.saturating_sub(gone)).contains(&ask.amount.minor) {
                return Err(refused("amount_too_large"));
            }
            made.refunds.push(Refund {
                id: RefundId(id.clone()),
                reference: Some(ask.reference.clone()),
                amount: ask.amount,
                status: RefundStatus::Settled,
            });
            Ok(id)
        })?;
        let made = state.made(&ask.payment)?;
        made.refunds.iter().find(|refund| refund.id.0 == id).cloned().ok_or(PaymentError::NotFound)
    }

    async fn find_refund(&self, payment: &PaymentId, reference: &Reference) -> Result<Option<Refund>, PaymentError> {
        let state = self.lock();
        let refunds = &state.made(payment)?.refunds;
        Ok(refunds.iter().find(|refund| refund.reference.as_ref() == Some(reference)).cloned())
    }
}

impl State {
    /// Tells of a payment that moved, and of the dispute that a card brings with it.
    pub(super) fn tell_of(&mut self, id: &PaymentId, card: Card, at: Instant) -> Result<(), PaymentError> {
        let Payment { reference, amount, status, .. } = self.made(id)?.payment.clone();
        let kind = if status == PaymentStatus::Settled { "payment.settled" } else { "payment.moved" };
        self.tell(kind, crate::About::Payment { id: id.clone(), reference }, at);
        if status == PaymentStatus::Settled && card == Card::Disputed {
            let status = crate::DisputeStatus::Open;
            self.tell("dispute.opened", crate::About::Dispute { payment: id.clone(), amount, status }, at);
        }
        Ok(())
    }
}

/// How a payment with this card stands, where the bank's page is `page`.
fn charged(card: Card, page: Option<String>) -> PaymentStatus {
    match card {
        Card::Good | Card::Disputed => PaymentStatus::Settled,
        Card::AsksOwner => PaymentStatus::RequiresAction(page),
        Card::Declined | Card::DeclinedOnceSaved => PaymentStatus::Declined(Decline {
            hard: false,
            code: "generic_decline".to_owned(),
            message: "Your card was declined.".to_owned(),
        }),
    }
}

fn made(id: &str, reference: &Reference, payer: &PayerId, amount: Money, at: Instant) -> Made {
    let payment = Payment {
        id: PaymentId(id.to_owned()),
        reference: Some(reference.clone()),
        payer: Some(payer.clone()),
        amount,
        status: PaymentStatus::Pending,
        method: None::<MethodId>,
    };
    Made { payment, at, page: None, save_method: false, refunds: Vec::new() }
}

fn key(reference: &Reference) -> String {
    format!("pay-{}", reference.as_str())
}

fn refused(code: &str) -> PaymentError {
    PaymentError::Refused { code: code.to_owned(), message: "The fake does not take this.".to_owned() }
}
