//! The people and the wires around the fake.

use async_trait::async_trait;

use super::FakeProvider;
use crate::contract::payments::{Card, Outside, Weather};
use crate::{About, PaymentStatus};

#[async_trait]
impl Outside for FakeProvider {
    async fn pay(&self, page: &str, card: Card) -> Option<String> {
        let (mut state, at) = (self.lock(), self.clock.now());
        if let Some(payer) = state.visits.get(page).cloned() {
            if card == Card::AsksOwner {
                let bank = format!("https://bank.example/{}", state.id("visit"));
                state.asked.insert(bank.clone(), (payer, card));
                return Some(bank);
            }
            if card != Card::Declined {
                state.save(&payer, card);
                state.tell("method.saved", About::Methods(payer), at);
            }
            return None;
        }
        let made = state.payments.iter_mut().find(|made| made.page.as_deref() == Some(page))?;
        if !matches!(card, Card::Good | Card::Disputed) {
            return None;
        }
        (made.payment.status, made.page) = (PaymentStatus::Settled, None);
        let (id, payer, save) = (made.payment.id.clone(), made.payment.payer.clone()?, made.save_method);
        if save {
            let method = state.save(&payer, card);
            state.made_mut(&id).ok()?.payment.method = Some(method);
        }
        state.tell_of(&id, card, at).ok()?;
        None
    }

    async fn confirm(&self, page: &str) {
        let (mut state, at) = (self.lock(), self.clock.now());
        if let Some((payer, card)) = state.asked.remove(page) {
            state.save(&payer, card);
            return state.tell("method.saved", About::Methods(payer), at);
        }
        let made = state.payments.iter_mut().find(|made| made.page.as_deref() == Some(page)).expect("a page of a bank");
        (made.payment.status, made.page) = (PaymentStatus::Settled, None);
        let id = made.payment.id.clone();
        state.tell_of(&id, Card::AsksOwner, at).expect("it is there");
    }

    async fn weather(&self, weather: Weather) {
        self.lock().weather = Some(weather);
    }

    async fn delivery(&self) -> (String, Vec<u8>) {
        self.deliveries.lock().await.recv().await.expect("the sender is in the same provider")
    }
}
