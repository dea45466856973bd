//! Customers who subscribed at the same instant of one test clock, or within a minute of the machine's, and all that is to
//! be found of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use folio_tests::{Caller, Clock, House, Server, Store};
use serde_json::{Value, json};
use tokio::task::{JoinHandle, JoinSet};

use crate::trial::verify;

/// Of each plan.
const MANY: usize = 30;
/// Payments that the operator books at the same time.
const AT_ONCE: usize = 6;

pub(crate) struct Subscribers {
    operator: Caller,
    /// The test clock that they live by; by the machine's where `None`.
    clock: Option<String>,
    /// The ids of those whose plan costs nothing, and of those who pay by bank transfer. Nobody has an address: mail has
    /// its own tests.
    free: Vec<String>,
    paying: Vec<String>,
}

/// The beginning of a month, counted from 0.
pub(crate) fn start(month: u32) -> String {
    format!("{}-{:02}-10T09:00:00.000Z", 2026 + month / 12, 1 + month % 12)
}

impl Subscribers {
    /// Everyone, under a test clock, with a month that is paid.
    pub(crate) async fn sign_up(server: &Server, store: Store, directory: &Path) -> Self {
        let house = house(server, store, directory);
        let clock = house.clock(&start(0)).await;
        Self::join(server, house, Some(clock)).await
    }

    /// The same by the machine's clock, which shows the first day of the first month.
    pub(crate) async fn sign_up_now(server: &Server, store: Store, directory: &Path) -> Self {
        Self::join(server, house(server, store, directory), None).await
    }

    async fn join(server: &Server, house: House, clock: Option<Clock>) -> Self {
        let mut all = [Vec::new(), Vec::new()];
        for (plan, members) in ["hobby", "team"].into_iter().zip(&mut all) {
            for _ in 0..MANY {
                let customer = match &clock {
                    Some(clock) => house.customer_with(clock).await,
                    None => house.customer().await,
                };
                customer.post("/v1/subscriptions", json!({"plan": plan, "payment": "manual"})).await.is(201);
                members.push(customer.id.clone());
            }
        }
        let [free, paying] = all;
        let subscribers = Self { operator: house.operator, clock: clock.map(|clock| clock.id), free, paying };
        let open = subscribers.open(server).await;
        assert!(subscribers.mark_paid(server, &open).await.expect("answers that make sense"));
        subscribers.stand(server, 0, true).await;
        subscribers
    }

    /// Moves the clock into a month; false where nobody answers.
    pub(crate) fn advance(&self, server: &Server, month: u32) -> JoinHandle<bool> {
        let caller = self.operator.at(server);
        let path = format!("/v1/test/clocks/{}/advance", self.clock.as_deref().expect("a test clock"));
        let to = json!({"to": start(month).replace("T09", "T10")});
        tokio::spawn(async move {
            let answer = caller.try_post_with("none", &path, &to).await;
            answer.map(|answer| answer.is(200)).is_some()
        })
    }

    /// Books what was paid for these orders, always with the same keys; false where nobody answers.
    pub(crate) fn mark_paid(&self, server: &Server, orders: &[String]) -> JoinHandle<bool> {
        let caller = self.operator.at(server);
        let orders = orders.to_vec();
        tokio::spawn(async move {
            let mut clerks = JoinSet::new();
            for part in orders.chunks(orders.len().div_ceil(AT_ONCE).max(1)) {
                clerks.spawn(book(caller.clone(), part.to_vec()));
            }
            clerks.join_all().await.into_iter().all(|booked| booked)
        })
    }

    /// The ids of the orders that wait for their payment.
    pub(crate) async fn open(&self, server: &Server) -> Vec<String> {
        let orders = self.operator.at(server).walk("/v1/orders?status=open&limit=100").await;
        orders.iter().map(|order| text(&order["id"]).to_owned()).collect()
    }

    /// How far a month's work has come, as a number that changes with it.
    pub(crate) async fn how_far(&self, server: &Server, month: u32) -> usize {
        let subscriptions = self.operator.at(server).walk("/v1/subscriptions?limit=100").await;
        let renewed = subscriptions.iter().filter(|one| self.is_start(&one["current_period"]["start"], month));
        // While some renew, orders open; while they are booked, orders close.
        renewed.count() + self.open(server).await.len()
    }

    /// How far it comes before anything is booked.
    pub(crate) fn far_enough(&self) -> usize {
        self.free.len() + 2 * self.paying.len()
    }

    /// Whether this is the beginning of a month: to the millisecond by a test clock, which moves only when it is told to.
    fn is_start(&self, found: &Value, month: u32) -> bool {
        let (found, start) = (text(found), start(month));
        if self.clock.is_some() { found == start } else { found[..10] == start[..10] }
    }

    /// Checks everything there is in a month, whose charges are paid or still open.
    pub(crate) async fn stand(&self, server: &Server, month: u32, paid: bool) {
        let caller = self.operator.at(server);
        self.subscriptions(&caller, month, paid).await;
        self.orders(&caller, month, paid).await;
        // Those who pay get theirs with the payment: until then their orders name no grant.
        let members = if paid { &self.paying } else { &self.free };
        for member in members {
            let grants = caller.walk(&format!("/v1/customers/{member}/grants?limit=100")).await;
            let mut found: Vec<&Value> = grants.iter().map(|grant| &grant["expires_at"]).collect();
            found.sort_unstable_by_key(|end| text(end));
            let is_end = |(end, month): (&&Value, u32)| self.is_start(end, month);
            let whole = found.len() == month as usize + 1 && found.iter().zip(1..).all(is_end);
            assert!(whole, "one grant a period of {member}: {grants:?}");
            assert!(grants.iter().all(|grant| grant["source"] == "plan"), "{grants:?}");
        }
        self.events(&caller, month, paid).await;
        verify(server);
        let books = server.folio(&["books", "verify"]).json(0);
        assert_eq!(books["verified"], true, "{books}");
    }

    /// All are in the month, and those who pay owe it until they have paid.
    async fn subscriptions(&self, caller: &Caller, month: u32, paid: bool) {
        let subscriptions = caller.walk("/v1/subscriptions?limit=100").await;
        assert_eq!(subscriptions.len(), self.free.len() + self.paying.len());
        let owed = json!({
            "number": month + 1, "attempt": 1, "amount": {"amount": 900, "currency": "USD"}, "reason": "renewal",
            "under_way": true,
        });
        for one in &subscriptions {
            let pays = self.paying.iter().any(|customer| one["customer"] == *customer);
            let due = if pays && !paid { &owed } else { &Value::Null };
            assert_eq!((&one["status"], &one["due"]), (&json!("active"), due), "{one}");
            let period = &one["current_period"];
            assert!(self.is_start(&period["start"], month) && self.is_start(&period["end"], month + 1), "{one}");
        }
    }

    /// One order for each charge, and one invoice for each that is paid, numbered without a gap.
    async fn orders(&self, caller: &Caller, month: u32, paid: bool) {
        let mut charges: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        let mut invoices = Vec::new();
        for order in caller.walk("/v1/orders?order=asc&limit=100").await {
            let number = order["charge"].as_u64().expect("a charge");
            let is_paid = paid || number <= u64::from(month);
            assert_eq!(order["status"], if is_paid { "paid" } else { "open" }, "{order}");
            assert_eq!(order["grants"].as_array().map(Vec::len), Some(usize::from(is_paid)), "{order}");
            assert_eq!(order["invoice"].is_string(), is_paid, "{order}");
            invoices.extend(order["invoice"].as_str().map(ToOwned::to_owned));
            charges.entry(text(&order["customer"]).to_owned()).or_default().push(number);
        }
        let expected: Vec<u64> = (1..=u64::from(month) + 1).collect();
        let of_all = self.paying.iter().map(|customer| (customer.clone(), expected.clone()));
        assert_eq!(charges, of_all.collect(), "one order a period of those who pay");

        let listed = caller.walk("/v1/invoices?limit=100").await;
        let mut listed: Vec<&str> = listed.iter().map(|invoice| text(&invoice["number"])).collect();
        listed.sort_unstable();
        invoices.sort_unstable();
        assert_eq!(listed, invoices, "one invoice an order that is paid");
        let mut next: BTreeMap<&str, u64> = BTreeMap::new();
        for invoice in &invoices {
            let (series, number) = invoice.rsplit_once('-').expect("a series and a number");
            let next = next.entry(series).or_insert(1);
            assert_eq!(number.parse(), Ok(*next), "a gap before {invoice}");
            *next += 1;
        }
    }

    /// One event for each renewal.
    async fn events(&self, caller: &Caller, month: u32, paid: bool) {
        let mut renewals: BTreeMap<String, u32> = BTreeMap::new();
        for event in caller.walk("/v1/events?limit=100").await {
            if event["type"] == "subscription.renewed" {
                *renewals.entry(text(&event["customer"]).to_owned()).or_default() += 1;
            }
        }
        let told = |customer: &String| renewals.get(customer).copied().unwrap_or_default();
        assert!(self.free.iter().all(|customer| told(customer) == month), "{renewals:?}");
        let of_paid = month - u32::from(!paid);
        assert!(self.paying.iter().all(|customer| told(customer) == of_paid), "{renewals:?}");
    }
}

fn house(server: &Server, store: Store, directory: &Path) -> House {
    let catalog = directory.join("renewals.toml");
    fs::write(&catalog, include_str!("renewals.toml")).expect("written");
    House::on(server, store, catalog.to_str().expect("a path that is text"))
}

/// Books one order after the other.
async fn book(caller: Caller, orders: Vec<String>) -> bool {
    for order in orders {
        let (path, reference) = (format!("/v1/orders/{order}/mark_paid"), json!({"reference": order}));
        match caller.try_post_with(&format!("paid-{order}"), &path, &reference).await {
            Some(answer) => drop(answer.is(200)),
            None => return false,
        }
    }
    true
}

fn text(json: &Value) -> &str {
    json.as_str().unwrap_or_else(|| panic!("no text: {json}"))
}
