//! The client for Stripe keeps every promise of a provider, against the stub.

use std::sync::Arc;

use ports::contract::payments::PaymentSubject;

use crate::house::House;

async fn fresh() -> PaymentSubject {
    let house = Arc::new(House::open().await);
    let stripe = Arc::new(house.stripe());
    PaymentSubject {
        payments: stripe.clone(),
        methods: stripe.clone(),
        events: stripe,
        outside: house.clone(),
        clock: house.clock.clone(),
        keep: house,
    }
}

ports::payments_contract!(fresh);
