//! One customer of one tenant, for tests of several stores on one database.

use domain::rules::{self, NewGrant};
use domain::{Billing, Credits, Customer, CustomerId, Grant, HoldId, Instant, Source, TenantId};
use ports::{Command, CommandKey, Decide};
use uuid::Uuid;

pub(crate) const TENANT: TenantId = TenantId(Uuid::from_u128(1));
pub(crate) const CUSTOMER: CustomerId = CustomerId(Uuid::from_u128(2));

pub(crate) fn start() -> Instant {
    "2026-06-01T12:00:00Z".parse().expect("an instant")
}

pub(crate) fn customer() -> Customer {
    Customer {
        id: CUSTOMER,
        external_id: None,
        name: None,
        email: None,
        zone: chrono_tz::UTC,
        clock: None,
        created_at: start(),
        metadata: Vec::new(),
        billing: Billing::default(),
    }
}

pub(crate) fn command(key: Option<&str>, hold: Option<HoldId>, decide: Decide) -> Command {
    let key = key.map(|text| CommandKey { text: text.to_owned(), fingerprint: 1 });
    Command { hold, ..Command::new(TENANT, CUSTOMER, key, decide) }
}

pub(crate) fn grant(amount: u32, expires_at: Option<Instant>) -> Decide {
    Box::new(move |draft| {
        let new = NewGrant {
            source: Source::Promotion,
            label: "gift".to_owned(),
            amount: Credits::whole(amount),
            cost: None,
            priority: Grant::DEFAULT_PRIORITY,
            effective_at: None,
            expires_at,
            reason: None,
        };
        rules::grant(draft, new).map(drop)
    })
}
