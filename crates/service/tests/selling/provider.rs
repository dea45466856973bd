//! The fake provider, made to say what a test wants.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use domain::{Instant, Money};
use ports::fake::FakeProvider;
use ports::{
    About, ChargeAsk, CheckoutAsk, Decline, EventError, EventId, Method, MethodId, PayerAsk, PayerId, Payment,
    PaymentError, PaymentEvent, PaymentEvents, PaymentId, PaymentMethods, PaymentStatus, Payments, Reference, Refund,
    RefundAsk, RefundStatus, SaveAsk,
};

/// What becomes of a payment that is to be ended.
#[derive(Clone, Copy, Default)]
pub(crate) enum Ending {
    /// It ends, if it has not settled.
    #[default]
    Usual,
    /// There is no answer.
    Away,
    /// It is under way and goes on.
    UnderWay,
}

/// What goes wrong, as long as it stands here.
#[derive(Default)]
pub(crate) struct Script {
    /// Payments are made, and nobody is told; nor are they listed yet.
    pub(crate) in_the_dark: bool,
    /// What becomes of payments that are to be ended.
    pub(crate) ending: Ending,
    /// What every payment says that it took.
    pub(crate) takes: Option<Money>,
    /// Why every charge is declined.
    pub(crate) declines: Option<Decline>,
    /// Nothing can be given back.
    pub(crate) refunds_away: bool,
    /// What every refund says of itself.
    pub(crate) refunds: Option<RefundStatus>,
    /// What was told so far.
    told: Vec<About>,
    made: BTreeSet<String>,
    /// What its pages are headed with.
    titles: Vec<String>,
}

/// A provider under a script. Clones are the same provider.
#[derive(Clone)]
pub(crate) struct Scripted {
    pub(crate) fake: FakeProvider,
    script: Arc<Mutex<Script>>,
}

impl Scripted {
    pub(crate) fn new(fake: FakeProvider) -> Self {
        Self { fake, script: Arc::default() }
    }

    pub(crate) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().expect("nobody panics with it")
    }

    /// Signs something that happened; the body of the event.
    pub(crate) fn event_about(&self, about: About) -> Vec<u8> {
        let mut script = self.script();
        script.told.push(about);
        (script.told.len() - 1).to_string().into_bytes()
    }

    /// What its pages were headed with.
    pub(crate) fn titles(&self) -> Vec<String> {
        self.script().titles.clone()
    }

    /// The payments that were made, as they stand.
    pub(crate) async fn payments(&self) -> Vec<Payment> {
        let made = self.script().made.clone();
        let mut payments = Vec::new();
        for id in made {
            payments.push(self.fake.payment(&PaymentId(id)).await.expect("it was made"));
        }
        payments
    }

    /// How many of them took money.
    pub(crate) async fn settled(&self) -> usize {
        let payments = self.payments().await;
        payments.iter().filter(|payment| payment.status == PaymentStatus::Settled).count()
    }

    fn made(&self, payment: Payment) -> Result<Payment, PaymentError> {
        let payment = self.taken(payment);
        let mut script = self.script();
        script.made.insert(payment.id.0.clone());
        if script.in_the_dark { Err(PaymentError::OutcomeUnknown("the answer was lost".into())) } else { Ok(payment) }
    }

    fn taken(&self, payment: Payment) -> Payment {
        let amount = self.script().takes.unwrap_or(payment.amount);
        Payment { amount, ..payment }
    }

    fn said(&self, refund: Refund) -> Refund {
        let status = self.script().refunds.clone().unwrap_or(refund.status);
        Refund { status, ..refund }
    }

    fn check_refunds(&self) -> Result<(), PaymentError> {
        if self.script().refunds_away { Err(away()) } else { Ok(()) }
    }
}

fn away() -> PaymentError {
    PaymentError::Unavailable("the test says so".into())
}

#[async_trait]
impl Payments for Scripted {
    async fn open_checkout(&self, ask: &CheckoutAsk) -> Result<Payment, PaymentError> {
        self.script().titles.push(ask.title.clone());
        self.made(self.fake.open_checkout(ask).await?)
    }

    async fn charge(&self, ask: &ChargeAsk) -> Result<Payment, PaymentError> {
        if let Some(decline) = self.script().declines.clone() {
            return Ok(Payment {
                id: PaymentId(format!("declined {}", ask.reference.as_str())),
                reference: Some(ask.reference.clone()),
                payer: Some(ask.payer.clone()),
                amount: ask.amount,
                status: PaymentStatus::Declined(decline),
                method: Some(ask.method.clone()),
            });
        }
        self.made(self.fake.charge(ask).await?)
    }

    async fn payment(&self, id: &PaymentId) -> Result<Payment, PaymentError> {
        self.fake.payment(id).await.map(|payment| self.taken(payment))
    }

    async fn find_payment(
        &self,
        payer: &PayerId,
        reference: &Reference,
        since: Instant,
    ) -> Result<Option<Payment>, PaymentError> {
        if self.script().in_the_dark {
            return Ok(None);
        }
        Ok(self.fake.find_payment(payer, reference, since).await?.map(|payment| self.taken(payment)))
    }

    async fn cancel(&self, id: &PaymentId) -> Result<Payment, PaymentError> {
        let ending = self.script().ending;
        match ending {
            Ending::Usual => self.fake.cancel(id).await,
            Ending::Away => Err(away()),
            Ending::UnderWay => {
                let payment = self.fake.payment(id).await?;
                Ok(Payment { status: PaymentStatus::Pending, ..payment })
            }
        }
    }

    async fn refund(&self, ask: &RefundAsk) -> Result<Refund, PaymentError> {
        self.check_refunds()?;
        self.fake.refund(ask).await.map(|refund| self.said(refund))
    }

    async fn find_refund(&self, payment: &PaymentId, reference: &Reference) -> Result<Option<Refund>, PaymentError> {
        self.check_refunds()?;
        Ok(self.fake.find_refund(payment, reference).await?.map(|refund| self.said(refund)))
    }
}

#[async_trait]
impl PaymentMethods for Scripted {
    async fn payer(&self, ask: &PayerAsk) -> Result<PayerId, PaymentError> {
        self.fake.payer(ask).await
    }

    async fn save_method(&self, ask: &SaveAsk) -> Result<String, PaymentError> {
        self.fake.save_method(ask).await
    }

    async fn methods(&self, payer: &PayerId) -> Result<Vec<Method>, PaymentError> {
        self.fake.methods(payer).await
    }

    async fn remove_method(&self, payer: &PayerId, method: &MethodId) -> Result<(), PaymentError> {
        self.fake.remove_method(payer, method).await
    }
}

impl PaymentEvents for Scripted {
    fn event(&self, signature: &str, body: &[u8], now: Instant) -> Result<PaymentEvent, EventError> {
        if signature != "signed" {
            return Err(EventError::Signature);
        }
        let place: Option<usize> = std::str::from_utf8(body).ok().and_then(|text| text.parse().ok());
        let about = place.and_then(|place| self.script().told.get(place).cloned()).ok_or(EventError::Unreadable)?;
        Ok(PaymentEvent { id: EventId(format!("evt_{place:?}")), kind: "told".to_owned(), at: now, about })
    }
}
