//! What a provider has done whose answer was lost, or that failed (R33).

use std::fmt::Debug;

use super::{Card, PaymentSubject, Weather, charge, checkout, named, refund, usd};
use crate::{PayerAsk, PaymentError, PaymentStatus, RefundStatus};

/// Asks, and looks before it asks again, until there is an answer.
async fn insist<T: Debug>(ask: impl AsyncFn() -> Result<T, PaymentError>, look: impl AsyncFn() -> Option<T>) -> T {
    for _ in 0..5 {
        match ask().await {
            Err(PaymentError::OutcomeUnknown(_)) => {}
            outcome => return outcome.expect("an answer"),
        }
        if let Some(found) = look().await {
            return found;
        }
    }
    panic!("nobody knows for good")
}

/// The answer, if it is known what came of the ask.
fn known<T: Debug>(outcome: Result<T, PaymentError>) -> Option<T> {
    match outcome {
        Err(PaymentError::OutcomeUnknown(_)) => None,
        outcome => Some(outcome.expect("an answer")),
    }
}

/// A charge whose answer was lost is found, and not repeated.
pub async fn r33_a_lost_answer_to_a_charge_is_found_again(subject: PaymentSubject) {
    let saved = subject.saved(Card::Good).await;
    let ask = charge(&saved, "order-1", usd(1_900));
    subject.outside.weather(Weather::AnswerLost).await;
    let outcome = subject.payments.charge(&ask).await;
    assert!(matches!(outcome, Err(PaymentError::OutcomeUnknown(_))), "{outcome:?}");
    let found = subject.find(&saved.0, "order-1").await.expect("it happened");
    assert_eq!(found.status, PaymentStatus::Settled);
    assert_eq!(subject.payments.charge(&ask).await.expect("the same"), found);
}

/// A checkout whose answer was lost is found, and paid once.
pub async fn r33_a_lost_answer_to_a_checkout_is_found_again(subject: PaymentSubject) {
    let payer = subject.payer().await;
    let ask = checkout(&payer, "order-1", usd(1_900));
    subject.outside.weather(Weather::AnswerLost).await;
    let outcome = subject.payments.open_checkout(&ask).await;
    assert!(matches!(outcome, Err(PaymentError::OutcomeUnknown(_))), "{outcome:?}");
    let found = subject.find(&payer, "order-1").await.expect("it happened");
    let (opened, page) = subject.open(&ask).await;
    assert_eq!(opened, found);
    subject.outside.pay(&page, Card::Good).await;
    let paid = subject.find(&payer, "order-1").await.expect("it is there");
    assert_eq!((paid.id, paid.status), (found.id, PaymentStatus::Settled));
}

/// A refund whose answer was lost is found, and not repeated.
pub async fn r33_a_lost_answer_to_a_refund_is_found_again(subject: PaymentSubject) {
    let (_, id) = subject.paid("order-1", usd(1_900)).await;
    let ask = refund(&id, "refund-1", usd(1_000));
    subject.outside.weather(Weather::AnswerLost).await;
    let outcome = subject.payments.refund(&ask).await;
    assert!(matches!(outcome, Err(PaymentError::OutcomeUnknown(_))), "{outcome:?}");
    let found = subject.payments.find_refund(&id, &ask.reference).await.expect("an answer").expect("it happened");
    assert_eq!(subject.payments.refund(&ask).await.expect("the same"), found);
}

/// A provider that failed may have done it: only looking tells that it has not. Then the same reference does it, also
/// where it failed more than once.
pub async fn r33_an_effect_that_failed_is_not_found(subject: PaymentSubject) {
    let saved = subject.saved(Card::Good).await;
    let ask = charge(&saved, "order-1", usd(1_900));
    let look = async || subject.find(&saved.0, "order-1").await;
    for _ in 0..2 {
        subject.in_vain(Weather::Failing, async || subject.payments.charge(&ask).await).await;
        assert_eq!(look().await, None);
    }
    let charged = insist(async || subject.payments.charge(&ask).await, look).await;
    assert_eq!((&charged.status, charged.amount), (&PaymentStatus::Settled, usd(1_900)));
    assert_eq!(subject.payments.charge(&ask).await.expect("the same"), charged);

    let ask = refund(&charged.id, "refund-1", usd(900));
    let look = async || subject.find_refund(&ask).await;
    for _ in 0..2 {
        subject.in_vain(Weather::Failing, async || subject.payments.refund(&ask).await).await;
        assert_eq!(look().await, None);
    }
    let refunded = insist(async || subject.payments.refund(&ask).await, look).await;
    assert_eq!(refunded.status, RefundStatus::Settled);
    subject.payments.refund(&refund(&charged.id, "refund-2", usd(1_000))).await.expect("the rest was left");
}

/// What was done before the provider failed is found, and not done again: also by one who asks again without looking,
/// as someone does who has read the order before it was written down that it was asked for.
pub async fn r33_an_effect_that_failed_after_the_work_is_found(subject: PaymentSubject) {
    let saved = subject.saved(Card::Good).await;
    let ask = charge(&saved, "order-1", usd(1_900));
    let again = async || known(subject.payments.charge(&ask).await);
    subject.in_vain(Weather::FailingLate, async || subject.payments.charge(&ask).await).await;
    let unlooked = [again().await, again().await];
    let found = subject.find(&saved.0, "order-1").await.expect("it happened");
    assert_eq!(found.status, PaymentStatus::Settled);
    for outcome in unlooked.into_iter().chain([again().await]).flatten() {
        assert_eq!(outcome, found);
    }

    let ask = refund(&found.id, "refund-1", usd(900));
    let again = async || known(subject.payments.refund(&ask).await);
    subject.in_vain(Weather::FailingLate, async || subject.payments.refund(&ask).await).await;
    let unlooked = [again().await, again().await];
    let found_refund = subject.find_refund(&ask).await.expect("it happened");
    for outcome in unlooked.into_iter().chain([again().await]).flatten() {
        assert_eq!(outcome, found_refund);
    }
    subject.payments.refund(&refund(&found.id, "refund-2", usd(1_000))).await.expect("the rest was left");
}

/// A payer is not looked for; a provider that failed does not keep one from buying.
pub async fn r33_a_payer_is_asked_for_again(subject: PaymentSubject) {
    for (reference, weather) in [("user_44", Weather::Failing), ("user_45", Weather::FailingLate)] {
        let ask = PayerAsk { reference: named(reference), name: None, email: None };
        let payer = async || subject.methods.payer(&ask).await;
        subject.in_vain(weather, &payer).await;
        let made = insist(&payer, async || None).await;
        assert_eq!(subject.methods.payer(&ask).await.expect("the same"), made);
        subject.open(&checkout(&made, reference, usd(1_900))).await;
    }
}
