//! Who takes the money.

use std::sync::Arc;

use domain::Mode;
use ports::{PaymentEvents, PaymentMethods, Payments};

/// A payment provider with what it can do.
#[derive(Clone)]
pub struct Provider {
    /// Takes money and gives it back.
    pub payments: Arc<dyn Payments>,
    /// Keeps cards.
    pub methods: Arc<dyn PaymentMethods>,
    /// Reads what the provider tells by itself.
    pub events: Arc<dyn PaymentEvents>,
}

impl Provider {
    /// One that does all three.
    pub fn new(provider: impl Payments + PaymentMethods + PaymentEvents + 'static) -> Self {
        let provider = Arc::new(provider);
        Self { payments: provider.clone(), methods: provider.clone(), events: provider }
    }
}

/// Who takes the money: a stand-in for tenants in test mode, a real provider for live ones, if one is configured.
#[derive(Clone, Default)]
pub struct Providers {
    /// For trying.
    pub test: Option<Provider>,
    /// For real.
    pub live: Option<Provider>,
}

impl Providers {
    /// The one for tenants in this mode. No tenant is ever served by the other one.
    #[must_use]
    pub const fn of(&self, mode: Mode) -> Option<&Provider> {
        match mode {
            Mode::Test => self.test.as_ref(),
            Mode::Live => self.live.as_ref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::Instant;
    use ports::fake::{FakeProvider, SetClock};

    use super::*;

    #[test]
    fn no_tenant_is_served_by_the_provider_of_the_other_mode() {
        let clock = SetClock::at(Instant::UNIX_EPOCH);
        let provider = Provider::new(FakeProvider::new(Arc::new(clock)));
        let only_test = Providers { test: Some(provider.clone()), live: None };
        assert!(only_test.of(Mode::Test).is_some() && only_test.of(Mode::Live).is_none());
        let only_live = Providers { test: None, live: Some(provider) };
        assert!(only_live.of(Mode::Live).is_some() && only_live.of(Mode::Test).is_none());
    }
}
