//! The in-memory provider keeps every promise of a provider.

use std::sync::Arc;

use domain::Instant;
use folio_ports::contract::payments::PaymentSubject;
use folio_ports::fake::{FakeProvider, SetClock};

async fn fresh() -> PaymentSubject {
    let clock = SetClock::at(Instant::UNIX_EPOCH + chrono::TimeDelta::days(20_000));
    let provider = Arc::new(FakeProvider::new(Arc::new(clock.clone())));
    PaymentSubject {
        payments: provider.clone(),
        methods: provider.clone(),
        events: provider.clone(),
        outside: provider,
        clock,
        keep: Arc::new(()),
    }
}

folio_ports::payments_contract!(fresh);
