//! The promises that every payment provider keeps, as functions that panic where one is broken.
//!
//! An adapter's test says how a provider and the people around it are made, and
//! [`payments_contract!`](crate::payments_contract!) makes one test of each promise.

mod doubt;

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use domain::{Currency, Money};

use crate::fake::SetClock;
use crate::{
    About, ChargeAsk, CheckoutAsk, Clock as _, EventError, Method, MethodId, PayerAsk, PayerId, Payment, PaymentError,
    PaymentEvent, PaymentEvents, PaymentId, PaymentMethods, PaymentStatus, Payments, Presence, Reference, Refund,
    RefundAsk, RefundStatus, SaveAsk,
};

pub use self::doubt::{
    r33_a_lost_answer_to_a_charge_is_found_again, r33_a_lost_answer_to_a_checkout_is_found_again,
    r33_a_lost_answer_to_a_refund_is_found_again, r33_a_payer_is_asked_for_again,
    r33_an_effect_that_failed_after_the_work_is_found, r33_an_effect_that_failed_is_not_found,
};

/// Cards by what they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Card {
    /// Pays.
    Good,
    /// Is declined.
    Declined,
    /// Can be saved; is declined, softly, when charged then.
    DeclinedOnceSaved,
    /// The bank asks its owner each time.
    AsksOwner,
    /// Pays, and is disputed at once.
    Disputed,
}

/// What becomes of the next effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// It is done, and nobody is told, however often it is asked for within one call.
    AnswerLost,
    /// It is not done, and nobody knows.
    Failing,
    /// It is done, and the provider says that it failed, however often it is asked for in the same way.
    FailingLate,
}

/// The people and the wires around a provider.
#[async_trait]
pub trait Outside: Send + Sync {
    /// Types a card on a page of the provider and sends it: where that leads, if anywhere.
    async fn pay(&self, page: &str, card: Card) -> Option<String>;

    /// Says yes on the bank's page.
    async fn confirm(&self, page: &str);

    /// What becomes of the next effect.
    async fn weather(&self, weather: Weather);

    /// The next delivery, signature and body; waits for it.
    async fn delivery(&self) -> (String, Vec<u8>);
}

/// A provider that nobody else uses, without customers.
#[derive(Clone)]
pub struct PaymentSubject {
    /// Its money.
    pub payments: Arc<dyn Payments>,
    /// Its cards.
    pub methods: Arc<dyn PaymentMethods>,
    /// Its events.
    pub events: Arc<dyn PaymentEvents>,
    /// Who types and what breaks.
    pub outside: Arc<dyn Outside>,
    /// The clock that it was given.
    pub clock: SetClock,
    /// What has to live as long.
    pub keep: Arc<dyn Any + Send + Sync>,
}

/// One test of each promise. `fresh` is an `async fn() -> PaymentSubject` of the module it stands in, whose
/// crate has `tokio`.
#[macro_export]
macro_rules! payments_contract {
    ($fresh:ident) => {
        $crate::payments_contract! { @tests $fresh
            r40_an_order_has_one_checkout
            r32_a_payment_settles_when_the_card_has_paid
            r32_a_declined_card_leaves_the_checkout_open
            a_canceled_checkout_never_settles
            what_has_settled_is_not_canceled
            r34_a_saved_card_is_charged_without_its_owner
            r40_a_charge_happens_once
            r28_a_declined_charge_is_an_answer
            a_bank_that_asks_is_answered_by_its_owner
            a_card_is_saved_without_paying
            r42_a_card_is_removed_by_its_owner_only
            r40_a_payer_is_made_once
            r35_a_payment_is_refunded_in_parts
            r40_a_refund_happens_once
            r33_a_lost_answer_to_a_charge_is_found_again
            r33_a_lost_answer_to_a_checkout_is_found_again
            r33_a_lost_answer_to_a_refund_is_found_again
            r33_an_effect_that_failed_is_not_found
            r33_an_effect_that_failed_after_the_work_is_found
            r33_a_payer_is_asked_for_again
            r35_a_dispute_leads_to_its_order
            r32_only_fresh_signed_events_are_read
            what_the_provider_does_not_know_is_not_found
        }
    };
    (@tests $fresh:ident $($promise:ident)+) => {
        $(
            #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                $crate::contract::payments::$promise($fresh().await).await;
            }
        )+
    };
}

fn usd(minor: i64) -> Money {
    Money { minor, currency: Currency::USD }
}

fn named(text: &str) -> Reference {
    Reference::new(text).expect("a reference")
}

impl PaymentSubject {
    async fn payer(&self) -> PayerId {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let reference = named(&format!("customer-{}", NEXT.fetch_add(1, Ordering::Relaxed)));
        let ask =
            PayerAsk { reference, name: Some("Example GmbH".to_owned()), email: Some("pay@example.com".to_owned()) };
        self.methods.payer(&ask).await.expect("a payer")
    }

    async fn open(&self, ask: &CheckoutAsk) -> (Payment, String) {
        let payment = self.payments.open_checkout(ask).await.expect("a checkout");
        let PaymentStatus::RequiresAction(Some(url)) = payment.status.clone() else { panic!("{payment:?}") };
        (payment, url)
    }

    async fn read(&self, id: &PaymentId) -> Payment {
        self.payments.payment(id).await.expect("a payment")
    }

    /// A payer with this card saved.
    async fn saved(&self, card: Card) -> (PayerId, MethodId) {
        let payer = self.payer().await;
        let page = self.methods.save_method(&save(&payer)).await.expect("a page");
        let next = self.outside.pay(&page, card).await;
        if card == Card::AsksOwner {
            self.outside.confirm(&next.expect("the bank's page")).await;
        }
        (payer.clone(), self.only_method(&payer).await.id)
    }

    async fn only_method(&self, payer: &PayerId) -> Method {
        let methods = self.methods.methods(payer).await.expect("a list");
        let [method] = &methods[..] else { panic!("{methods:?}") };
        method.clone()
    }

    async fn find(&self, payer: &PayerId, reference: &str) -> Option<Payment> {
        let since = self.clock.now() - TimeDelta::hours(1);
        self.payments.find_payment(payer, &named(reference), since).await.expect("an answer")
    }

    /// Paid for with a good card: the checkout's id.
    async fn paid(&self, reference: &str, amount: Money) -> (PayerId, PaymentId) {
        let payer = self.payer().await;
        let (payment, page) = self.open(&checkout(&payer, reference, amount)).await;
        self.outside.pay(&page, Card::Good).await;
        (payer, payment.id)
    }

    /// Asks in this weather: nobody knows what comes of it.
    async fn in_vain<T: Debug>(&self, weather: Weather, ask: impl AsyncFn() -> Result<T, PaymentError>) {
        self.outside.weather(weather).await;
        let outcome = ask().await;
        assert!(matches!(outcome, Err(PaymentError::OutcomeUnknown(_))), "{weather:?}: {outcome:?}");
    }

    async fn find_refund(&self, ask: &RefundAsk) -> Option<Refund> {
        self.payments.find_refund(&ask.payment, &ask.reference).await.expect("an answer")
    }

    /// The next event that this picks.
    async fn told<T>(&self, mut pick: impl FnMut(&PaymentEvent) -> Option<T>) -> T {
        let look = async {
            loop {
                let (signature, body) = self.outside.delivery().await;
                let event = self.events.event(&signature, &body, self.clock.now()).expect("an event");
                if let Some(found) = pick(&event) {
                    return found;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(30), look).await.expect("the event never came")
    }
}

fn checkout(payer: &PayerId, reference: &str, amount: Money) -> CheckoutAsk {
    CheckoutAsk {
        reference: named(reference),
        payer: payer.clone(),
        amount,
        title: "Starter: 100 credits & more".to_owned(),
        save_method: false,
        success_url: "https://shop.example/paid?order=1".to_owned(),
        cancel_url: "https://shop.example/packs".to_owned(),
    }
}

fn save(payer: &PayerId) -> SaveAsk {
    SaveAsk {
        reference: named(&format!("visit-of-{payer}")),
        payer: payer.clone(),
        currency: Currency::USD,
        success_url: "https://shop.example/cards".to_owned(),
        cancel_url: "https://shop.example/cards".to_owned(),
    }
}

fn charge((payer, method): &(PayerId, MethodId), reference: &str, amount: Money) -> ChargeAsk {
    let (payer, method) = (payer.clone(), method.clone());
    ChargeAsk { reference: named(reference), payer, method, amount, presence: Presence::Absent }
}

fn refund(payment: &PaymentId, reference: &str, amount: Money) -> RefundAsk {
    RefundAsk { reference: named(reference), payment: payment.clone(), amount }
}

/// However often an order is opened, there is one checkout; another amount is another order.
pub async fn r40_an_order_has_one_checkout(subject: PaymentSubject) {
    let payer = subject.payer().await;
    let ask = checkout(&payer, "order-1", usd(1_900));
    let (first, page) = subject.open(&ask).await;
    assert_eq!((first.amount, &first.reference, &first.payer), (usd(1_900), &Some(named("order-1")), &Some(payer)));
    assert_eq!(subject.open(&ask).await, (first, page));
    let other = CheckoutAsk { amount: usd(1), ..ask };
    let outcome = subject.payments.open_checkout(&other).await;
    assert!(matches!(outcome, Err(PaymentError::ReferenceReused)), "{outcome:?}");
}

/// Opening takes nothing; paying does, and is told of.
pub async fn r32_a_payment_settles_when_the_card_has_paid(subject: PaymentSubject) {
    let payer = subject.payer().await;
    let ask = checkout(&payer, "order-1", usd(1_900));
    let (opened, page) = subject.open(&ask).await;
    assert_eq!(subject.read(&opened.id).await, opened);
    subject.outside.pay(&page, Card::Good).await;
    let paid = subject.read(&opened.id).await;
    assert_eq!((&paid.status, paid.amount), (&PaymentStatus::Settled, usd(1_900)));
    assert_eq!((&paid.id, &paid.reference), (&opened.id, &ask.reference.clone().into()));
    assert_eq!(subject.find(&payer, "order-1").await, Some(paid.clone()));
    assert_eq!(subject.payments.open_checkout(&ask).await.expect("as it stands"), paid);
    subject
        .told(|event| match &event.about {
            About::Payment { id, reference } if *id == opened.id => {
                assert_eq!(*reference, Some(named("order-1")));
                Some(())
            }
            _ => None,
        })
        .await;
}

/// Another card can be tried on the same page.
pub async fn r32_a_declined_card_leaves_the_checkout_open(subject: PaymentSubject) {
    let payer = subject.payer().await;
    let (opened, page) = subject.open(&checkout(&payer, "order-1", usd(1_900))).await;
    subject.outside.pay(&page, Card::Declined).await;
    assert_eq!(subject.read(&opened.id).await.status, opened.status);
    subject.outside.pay(&page, Card::Good).await;
    assert_eq!(subject.read(&opened.id).await.status, PaymentStatus::Settled);
}

/// Nobody pays on a page that we closed.
pub async fn a_canceled_checkout_never_settles(subject: PaymentSubject) {
    let payer = subject.payer().await;
    let (opened, page) = subject.open(&checkout(&payer, "order-1", usd(1_900))).await;
    for _ in 0..2 {
        let canceled = subject.payments.cancel(&opened.id).await.expect("canceled");
        assert_eq!(canceled.status, PaymentStatus::Canceled);
    }
    subject.outside.pay(&page, Card::Good).await;
    assert_eq!(subject.read(&opened.id).await.status, PaymentStatus::Canceled);
}

/// Canceling comes too late.
pub async fn what_has_settled_is_not_canceled(subject: PaymentSubject) {
    let (_, id) = subject.paid("order-1", usd(1_900)).await;
    assert_eq!(subject.payments.cancel(&id).await.expect("an answer").status, PaymentStatus::Settled);
    let saved = subject.saved(Card::Good).await;
    let charged = subject.payments.charge(&charge(&saved, "order-2", usd(500))).await.expect("charged");
    assert_eq!(subject.payments.cancel(&charged.id).await.expect("an answer").status, PaymentStatus::Settled);
}

/// A card that paid on the page can be kept, and charged later.
pub async fn r34_a_saved_card_is_charged_without_its_owner(subject: PaymentSubject) {
    let payer = subject.payer().await;
    let ask = CheckoutAsk { save_method: true, ..checkout(&payer, "order-1", usd(1_900)) };
    let (opened, page) = subject.open(&ask).await;
    assert_eq!(subject.methods.methods(&payer).await.expect("a list"), []);
    subject.outside.pay(&page, Card::Good).await;
    let method = subject.only_method(&payer).await;
    assert_eq!(subject.read(&opened.id).await.method, Some(method.id.clone()));
    assert_eq!((method.last4.len(), method.brand.is_empty()), (4, false));
    let charged = subject.payments.charge(&charge(&(payer.clone(), method.id), "top-up-1", usd(500))).await;
    let charged = charged.expect("charged");
    assert_eq!((&charged.status, charged.amount), (&PaymentStatus::Settled, usd(500)));
    assert_eq!((&charged.reference, &charged.payer), (&Some(named("top-up-1")), &Some(payer)));
    assert_eq!(subject.read(&charged.id).await, charged);
}

/// However often a charge is asked for, also at once, there is one payment.
pub async fn r40_a_charge_happens_once(subject: PaymentSubject) {
    let saved = subject.saved(Card::Good).await;
    let ask = charge(&saved, "order-1", usd(1_900));
    let (one, two) = tokio::join!(subject.payments.charge(&ask), subject.payments.charge(&ask));
    let (one, two) = (one.expect("charged"), two.expect("charged"));
    assert_eq!((&one.status, &one), (&PaymentStatus::Settled, &two));
    let outcome = subject.payments.charge(&ChargeAsk { amount: usd(1_901), ..ask }).await;
    assert!(matches!(outcome, Err(PaymentError::ReferenceReused)), "{outcome:?}");
}

/// A decline is told, stays, and leaves the next attempt free.
pub async fn r28_a_declined_charge_is_an_answer(subject: PaymentSubject) {
    let saved = subject.saved(Card::DeclinedOnceSaved).await;
    let first = subject.payments.charge(&charge(&saved, "renewal-1", usd(1_900))).await.expect("an answer");
    let PaymentStatus::Declined(decline) = &first.status else { panic!("{first:?}") };
    assert!(!decline.hard && !decline.code.is_empty() && !decline.message.is_empty(), "{decline:?}");
    assert_eq!(subject.read(&first.id).await, first);
    let replayed = subject.payments.charge(&charge(&saved, "renewal-1", usd(1_900))).await.expect("an answer");
    assert_eq!(replayed.id, first.id);
    let second = subject.payments.charge(&charge(&saved, "renewal-2", usd(1_900))).await.expect("an answer");
    assert_ne!(second.id, first.id);
}

/// Who is there is sent to the bank; who is not has to come.
pub async fn a_bank_that_asks_is_answered_by_its_owner(subject: PaymentSubject) {
    let saved = subject.saved(Card::AsksOwner).await;
    let absent = subject.payments.charge(&charge(&saved, "order-1", usd(1_900))).await.expect("an answer");
    assert_eq!(absent.status, PaymentStatus::RequiresAction(None));
    let presence = Presence::Present("https://shop.example/back".to_owned());
    let ask = ChargeAsk { presence, ..charge(&saved, "order-2", usd(1_900)) };
    let present = subject.payments.charge(&ask).await.expect("an answer");
    let PaymentStatus::RequiresAction(Some(page)) = &present.status else { panic!("{present:?}") };
    subject.outside.confirm(page).await;
    assert_eq!(subject.read(&present.id).await.status, PaymentStatus::Settled);
    let replayed = subject.payments.charge(&ask).await.expect("an answer");
    assert_eq!((replayed.id, replayed.status), (present.id, PaymentStatus::Settled));
}

/// A card can be left without buying.
pub async fn a_card_is_saved_without_paying(subject: PaymentSubject) {
    let saved = subject.saved(Card::Good).await;
    let charged = subject.payments.charge(&charge(&saved, "order-1", usd(500))).await.expect("charged");
    assert_eq!((charged.status, charged.method), (PaymentStatus::Settled, Some(saved.1)));
}

/// Another's card is not there; one that was removed is gone.
pub async fn r42_a_card_is_removed_by_its_owner_only(subject: PaymentSubject) {
    let (payer, method) = subject.saved(Card::Good).await;
    let stranger = subject.payer().await;
    let outcome = subject.methods.remove_method(&stranger, &method).await;
    assert!(matches!(outcome, Err(PaymentError::NotFound)), "{outcome:?}");
    assert_eq!(subject.only_method(&payer).await.id, method);
    subject.methods.remove_method(&payer, &method).await.expect("removed");
    assert_eq!(subject.methods.methods(&payer).await.expect("a list"), []);
    let outcome = subject.methods.remove_method(&payer, &method).await;
    assert!(matches!(outcome, Err(PaymentError::NotFound)), "{outcome:?}");
    let outcome = subject.payments.charge(&charge(&(payer, method), "order-1", usd(500))).await;
    assert!(matches!(outcome, Err(PaymentError::Refused { .. } | PaymentError::NotFound)), "{outcome:?}");
}

/// A customer of ours is one customer there.
pub async fn r40_a_payer_is_made_once(subject: PaymentSubject) {
    let ask = PayerAsk { reference: named("user_42"), name: None, email: None };
    let first = subject.methods.payer(&ask).await.expect("a payer");
    assert_eq!(subject.methods.payer(&ask).await.expect("the same"), first);
    let other = PayerAsk { reference: named("user_43"), ..ask };
    assert_ne!(subject.methods.payer(&other).await.expect("another"), first);
}

/// Parts of a payment go back until nothing is left.
pub async fn r35_a_payment_is_refunded_in_parts(subject: PaymentSubject) {
    let (_, id) = subject.paid("order-1", usd(1_900)).await;
    for (reference, amount) in [("refund-1", 1_000), ("refund-2", 900)] {
        let done = subject.payments.refund(&refund(&id, reference, usd(amount))).await.expect("refunded");
        assert_eq!((done.amount, &done.status), (usd(amount), &RefundStatus::Settled));
        let found = subject.payments.find_refund(&id, &named(reference)).await.expect("an answer");
        assert_eq!(found, Some(done));
    }
    let outcome = subject.payments.refund(&refund(&id, "refund-3", usd(1))).await;
    assert!(matches!(outcome, Err(PaymentError::Refused { .. })), "{outcome:?}");
    assert_eq!(subject.payments.find_refund(&id, &named("refund-3")).await.expect("an answer"), None);
    assert_eq!(subject.read(&id).await.status, PaymentStatus::Settled);
}

/// However often a refund is asked for, the money goes back once.
pub async fn r40_a_refund_happens_once(subject: PaymentSubject) {
    let (_, id) = subject.paid("order-1", usd(1_900)).await;
    let ask = refund(&id, "refund-1", usd(1_000));
    let first = subject.payments.refund(&ask).await.expect("refunded");
    assert_eq!(subject.payments.refund(&ask).await.expect("the same"), first);
    let outcome = subject.payments.refund(&RefundAsk { amount: usd(900), ..ask }).await;
    assert!(matches!(outcome, Err(PaymentError::ReferenceReused)), "{outcome:?}");
    subject.payments.refund(&refund(&id, "refund-2", usd(900))).await.expect("the rest was left");
}

/// The payment that a dispute names knows our reference.
pub async fn r35_a_dispute_leads_to_its_order(subject: PaymentSubject) {
    let payer = subject.payer().await;
    let (_, page) = subject.open(&checkout(&payer, "order-1", usd(1_900))).await;
    subject.outside.pay(&page, Card::Disputed).await;
    let (payment, amount) = subject
        .told(|event| match &event.about {
            About::Dispute { payment, amount, .. } => Some((payment.clone(), *amount)),
            _ => None,
        })
        .await;
    assert_eq!(amount, usd(1_900));
    assert_eq!(subject.read(&payment).await.reference, Some(named("order-1")));
}

/// What is not signed, or was signed long ago, is not an event.
pub async fn r32_only_fresh_signed_events_are_read(subject: PaymentSubject) {
    subject.paid("order-1", usd(1_900)).await;
    let (signature, body) = subject.outside.delivery().await;
    let now = subject.clock.now();
    let event = subject.events.event(&signature, &body, now).expect("an event");
    assert_eq!(subject.events.event(&signature, &body, now).expect("the same"), event);
    let longer = [&body[..], b" "].concat();
    assert_eq!(subject.events.event(&signature, &longer, now), Err(EventError::Signature));
    assert_eq!(subject.events.event("", &body, now), Err(EventError::Signature));
    let later = now + TimeDelta::minutes(10);
    assert_eq!(subject.events.event(&signature, &body, later), Err(EventError::Stale));
}

/// Ids that are nobody's, and texts that are no ids.
pub async fn what_the_provider_does_not_know_is_not_found(subject: PaymentSubject) {
    let payer = subject.payer().await;
    for id in ["pi_nobody", "cs_test_nobody", "", "../customers", "a?b"] {
        let outcome = subject.payments.payment(&PaymentId(id.to_owned())).await;
        assert!(matches!(outcome, Err(PaymentError::NotFound)), "{id}: {outcome:?}");
        let outcome = subject.payments.cancel(&PaymentId(id.to_owned())).await;
        assert!(matches!(outcome, Err(PaymentError::NotFound)), "{id}: {outcome:?}");
        let outcome = subject.payments.refund(&refund(&PaymentId(id.to_owned()), "refund-1", usd(1))).await;
        assert!(matches!(outcome, Err(PaymentError::NotFound)), "{id}: {outcome:?}");
        let outcome = subject.methods.remove_method(&payer, &MethodId(id.to_owned())).await;
        assert!(matches!(outcome, Err(PaymentError::NotFound)), "{id}: {outcome:?}");
    }
    let outcome = subject.methods.methods(&PayerId("cus_nobody".to_owned())).await;
    assert!(matches!(outcome, Err(PaymentError::NotFound)), "{outcome:?}");
    assert_eq!(subject.find(&payer, "order-nobody").await, None);
}
