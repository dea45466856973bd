//! A payment provider in memory, with the people and the wires around it.

mod money;
mod outside;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::Instant;
use tokio::sync::mpsc;

use crate::contract::payments::{Card, Weather};
use crate::{
    About, Clock, EventError, EventId, Method, MethodId, PayerAsk, PayerId, Payment, PaymentError, PaymentEvent,
    PaymentEvents, PaymentId, PaymentMethods, Refund, SaveAsk,
};

/// A delivery's signature and body.
type Signed = (String, Vec<u8>);

/// Payments, cards and events over maps in memory, and [`Outside`](crate::contract::payments::Outside) of
/// them. Clones are the same provider.
#[derive(Clone)]
pub struct FakeProvider {
    state: Arc<Mutex<State>>,
    deliveries: Arc<tokio::sync::Mutex<mpsc::UnboundedReceiver<Signed>>>,
    clock: Arc<dyn Clock>,
}

/// A payment, and what is on its page.
struct Made {
    payment: Payment,
    at: Instant,
    page: Option<String>,
    save_method: bool,
    refunds: Vec<Refund>,
}

struct Saved {
    method: Method,
    payer: PayerId,
    card: Card,
}

struct State {
    made: u64,
    payers: Vec<PayerId>,
    methods: Vec<Saved>,
    payments: Vec<Made>,
    /// Pages on which a card is left, and whose.
    visits: BTreeMap<String, PayerId>,
    /// Cards on their way through the bank.
    asked: BTreeMap<String, (PayerId, Card)>,
    /// What each key was spent on, and what came of it.
    keys: BTreeMap<String, (String, String)>,
    events: BTreeMap<String, PaymentEvent>,
    weather: Option<Weather>,
    wire: mpsc::UnboundedSender<Signed>,
}

impl FakeProvider {
    /// A provider without customers.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let (wire, deliveries) = mpsc::unbounded_channel();
        let state = State {
            made: 0,
            payers: Vec::new(),
            methods: Vec::new(),
            payments: Vec::new(),
            visits: BTreeMap::new(),
            asked: BTreeMap::new(),
            keys: BTreeMap::new(),
            events: BTreeMap::new(),
            weather: None,
            wire,
        };
        let deliveries = Arc::new(tokio::sync::Mutex::new(deliveries));
        Self { state: Arc::new(Mutex::new(state)), deliveries, clock }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a key means for an ask.
enum Key {
    /// Nothing was done with it.
    Fresh,
    /// This came of the same ask.
    Spent(String),
}

impl State {
    fn id(&mut self, prefix: &str) -> String {
        self.made = self.made.saturating_add(1);
        format!("{prefix}_{:024}", self.made)
    }

    /// Looks a key up.
    fn key(&self, key: &str, ask: &str) -> Result<Key, PaymentError> {
        match self.keys.get(key) {
            None => Ok(Key::Fresh),
            Some((spent_on, _)) if spent_on != ask => Err(PaymentError::ReferenceReused),
            Some((_, id)) => Ok(Key::Spent(id.clone())),
        }
    }

    /// Spends a key on an effect that has the weather it has. One that failed before the work is free again.
    fn spend(
        &mut self,
        key: &str,
        ask: &str,
        effect: impl FnOnce(&mut Self) -> Result<String, PaymentError>,
    ) -> Result<String, PaymentError> {
        if let Key::Spent(id) = self.key(key, ask)? {
            return Ok(id);
        }
        let weather = self.weather.take();
        if weather == Some(Weather::Failing) {
            return Err(unknown());
        }
        let id = effect(self)?;
        self.keys.insert(key.to_owned(), (ask.to_owned(), id.clone()));
        if weather.is_some() { Err(unknown()) } else { Ok(id) }
    }

    fn made(&self, id: &PaymentId) -> Result<&Made, PaymentError> {
        self.payments.iter().find(|made| made.payment.id == *id).ok_or(PaymentError::NotFound)
    }

    fn made_mut(&mut self, id: &PaymentId) -> Result<&mut Made, PaymentError> {
        self.payments.iter_mut().find(|made| made.payment.id == *id).ok_or(PaymentError::NotFound)
    }

    fn tell(&mut self, kind: &str, about: About, at: Instant) {
        let id = self.id("evt");
        let event = PaymentEvent { id: EventId(id.clone()), kind: kind.to_owned(), at, about };
        self.events.insert(id.clone(), event);
        // Whoever dropped the provider waits for nothing.
        let _ = self.wire.send((format!("{}:{id}", at.timestamp()), id.into_bytes()));
    }

    fn save(&mut self, payer: &PayerId, card: Card) -> MethodId {
        let id = MethodId(self.id("pm"));
        let method = Method {
            id: id.clone(),
            brand: "visa".to_owned(),
            last4: "4242".to_owned(),
            exp_month: 12,
            exp_year: 2034,
        };
        self.methods.insert(0, Saved { method, payer: payer.clone(), card });
        id
    }
}

fn unknown() -> PaymentError {
    PaymentError::OutcomeUnknown("the answer was lost".into())
}

#[async_trait]
impl PaymentMethods for FakeProvider {
    async fn payer(&self, ask: &PayerAsk) -> Result<PayerId, PaymentError> {
        let key = format!("payer-{}", ask.reference.as_str());
        let id = self.lock().spend(&key, &format!("{ask:?}"), |state| {
            let id = state.id("cus");
            state.payers.push(PayerId(id.clone()));
            Ok(id)
        })?;
        Ok(PayerId(id))
    }

    async fn save_method(&self, ask: &SaveAsk) -> Result<String, PaymentError> {
        let key = format!("save-{}", ask.reference.as_str());
        self.lock().spend(&key, &format!("{ask:?}"), |state| {
            let page = format!("https://pay.example/{}", state.id("visit"));
            state.visits.insert(page.clone(), ask.payer.clone());
            Ok(page)
        })
    }

    async fn methods(&self, payer: &PayerId) -> Result<Vec<Method>, PaymentError> {
        let state = self.lock();
        if !state.payers.contains(payer) {
            return Err(PaymentError::NotFound);
        }
        Ok(state.methods.iter().filter(|saved| saved.payer == *payer).map(|saved| saved.method.clone()).collect())
    }

    async fn remove_method(&self, payer: &PayerId, method: &MethodId) -> Result<(), PaymentError> {
        let mut state = self.lock();
        let place = state.methods.iter().position(|saved| saved.method.id == *method && saved.payer == *payer);
        state.methods.remove(place.ok_or(PaymentError::NotFound)?);
        Ok(())
    }
}

impl PaymentEvents for FakeProvider {
    fn event(&self, signature: &str, body: &[u8], now: Instant) -> Result<PaymentEvent, EventError> {
        let (at, signed) = signature.split_once(':').ok_or(EventError::Signature)?;
        let at: i64 = at.parse().map_err(|_| EventError::Signature)?;
        if signed.as_bytes() != body {
            return Err(EventError::Signature);
        }
        if now.timestamp().abs_diff(at) > 300 {
            return Err(EventError::Stale);
        }
        self.lock().events.get(signed).cloned().ok_or(EventError::Unreadable)
    }
}
