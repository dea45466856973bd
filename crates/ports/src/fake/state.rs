//! What is kept, tenant by tenant: another tenant's records cannot be found by mistake (R42).

use std::collections::BTreeMap;

use domain::{
    ClockId, Customer, CustomerId, Estimate, EstimateId, EventId, Instant, InvoiceNumber, KeyId, OrderId,
    SubscriptionId, Tenant, TenantId,
};

use super::records::Records;
use crate::{
    ApiKey, CommandKey, Event, Issued, KeptSubscription, OutboxMail, PayerRecord, PlacedOrder, PostError, Posted,
    Published, Reply, StoreError, TestClock,
};

/// Everything.
#[derive(Default)]
pub(super) struct State {
    pub(super) tenants: BTreeMap<TenantId, Shelf>,
}

impl State {
    /// A tenant's shelf, for writing; empty where there was none.
    pub(super) fn shelf_mut(&mut self, tenant: TenantId) -> &mut Shelf {
        self.tenants.entry(tenant).or_default()
    }

    /// A tenant's shelf, for reading.
    pub(super) fn shelf(&self, tenant: TenantId) -> Option<&Shelf> {
        self.tenants.get(&tenant)
    }

    /// Every customer's records with their tenant: in the order of both ids.
    pub(super) fn records(&self) -> impl DoubleEndedIterator<Item = (TenantId, &Records)> {
        self.tenants.iter().flat_map(|(tenant, shelf)| shelf.customers.values().map(|records| (*tenant, records)))
    }
}

/// What belongs to one tenant.
#[derive(Default)]
pub(super) struct Shelf {
    pub(super) tenant: Option<Tenant>,
    pub(super) catalogs: Vec<Published>,
    pub(super) api_keys: BTreeMap<KeyId, ApiKey>,
    pub(super) replies: BTreeMap<String, Reply>,
    pub(super) estimates: BTreeMap<EstimateId, Estimate>,
    pub(super) clocks: BTreeMap<ClockId, TestClock>,
    pub(super) customers: BTreeMap<CustomerId, Records>,
    pub(super) spent: BTreeMap<String, Spent>,
    pub(super) orders: BTreeMap<OrderId, PlacedOrder>,
    pub(super) documents: BTreeMap<InvoiceNumber, Issued>,
    /// The last number of each year of a series.
    pub(super) series: BTreeMap<(String, i32), u64>,
    pub(super) outbox: BTreeMap<String, OutboxMail>,
    pub(super) payers: BTreeMap<CustomerId, PayerRecord>,
    pub(super) subscriptions: BTreeMap<SubscriptionId, KeptSubscription>,
    /// Until when subscriptions are claimed.
    pub(super) claims: BTreeMap<SubscriptionId, Instant>,
    pub(super) events: BTreeMap<EventId, Event>,
}

/// What an idempotency key was spent on (R40).
pub(super) struct Spent {
    pub(super) fingerprint: u64,
    pub(super) customer: CustomerId,
    pub(super) posted: Posted,
}

impl Shelf {
    /// What a key was spent on, if it was; not another request, or the key is reused (R40).
    pub(super) fn spent(&self, key: Option<&CommandKey>) -> Result<Option<&Spent>, PostError> {
        let Some((key, spent)) = key.and_then(|key| Some((key, self.spent.get(&key.text)?))) else { return Ok(None) };
        if spent.fingerprint == key.fingerprint { Ok(Some(spent)) } else { Err(PostError::KeyReused) }
    }

    /// A customer's ledger time: their test clock's, or `real`.
    pub(super) fn now(&self, customer: &Customer, real: Instant) -> Instant {
        customer.clock.and_then(|clock| self.clocks.get(&clock)).map_or(real, |clock| clock.frozen_at)
    }

    /// Whether a reply can be kept. Asked before the effect, so that both are written or neither.
    pub(super) fn check_free(&self, reply: Option<&Reply>) -> Result<(), StoreError> {
        let taken = reply.is_some_and(|reply| self.replies.contains_key(&reply.key));
        if taken { Err(StoreError::Conflict) } else { Ok(()) }
    }

    /// Whether a reply can be kept in the place of an earlier one to the same request.
    pub(super) fn check_same(&self, reply: Option<&Reply>) -> Result<(), StoreError> {
        let kept = reply.and_then(|reply| Some((reply, self.replies.get(&reply.key)?)));
        let other = kept.is_some_and(|(reply, kept)| reply.fingerprint != kept.fingerprint);
        if other { Err(StoreError::Conflict) } else { Ok(()) }
    }

    pub(super) fn keep(&mut self, reply: Option<&Reply>) {
        if let Some(reply) = reply {
            self.replies.insert(reply.key.clone(), reply.clone());
        }
    }
}
