//! A customer, seen and served by the operator.

use serde_json::{Value, json};

use crate::{Answer, Caller, until};

/// A customer who signed up.
#[derive(Clone, Debug)]
pub struct Customer {
    operator: Caller,
    /// `cus_…`.
    pub id: String,
}

impl Customer {
    pub(crate) fn new(operator: &Caller, id: &Value) -> Self {
        Self { operator: operator.clone(), id: id.as_str().expect("an id").to_owned() }
    }

    /// The same customer, served by another operator of their tenant.
    #[must_use]
    pub fn at(&self, operator: &Caller) -> Self {
        Self { operator: operator.clone(), id: self.id.clone() }
    }

    /// Whoever serves the customer.
    #[must_use]
    pub fn operator(&self) -> &Caller {
        &self.operator
    }

    /// Leaves a card with the payment provider.
    pub async fn leave(&self, card: &str) {
        let back = json!({"return_url": self.operator.back()});
        let setup = self.operator.post(&self.path("payment_methods"), &back).await.is(201);
        let url = setup["url"].as_str().unwrap_or_else(|| panic!("no page: {setup}"));
        assert_eq!(self.operator.press(url, card).await.status, 200);
    }

    /// Buys a pack, which the operator has the money for; the grant.
    pub async fn buy(&self, pack: &str) -> Value {
        let order = self.post("/v1/orders", json!({"pack": pack, "payment": "manual"})).await.is(201);
        let path = format!("/v1/orders/{}/mark_paid", order["id"].as_str().expect("an order"));
        let paid = self.operator.post(&path, &json!({"reference": "bank transfer"})).await.is(200);
        let grant = paid["grants"][0].as_str().unwrap_or_else(|| panic!("nothing granted: {paid}"));
        self.operator.get(&format!("/v1/grants/{grant}")).await.is(200)
    }

    /// The orders, oldest first.
    pub async fn orders(&self) -> Vec<Value> {
        self.operator.walk(&format!("/v1/orders?order=asc&customer={}", self.id)).await
    }

    /// The invoices, oldest first.
    pub async fn invoices(&self) -> Vec<Value> {
        self.operator.walk(&format!("/v1/invoices?order=asc&customer={}", self.id)).await
    }

    /// The types of what has happened, oldest first, each with what it is about.
    pub async fn facts(&self) -> Vec<(String, Value)> {
        let events = self.operator.walk(&format!("/v1/events?order=asc&customer={}", self.id)).await;
        let fact = |event: Value| (event["type"].as_str().expect("a type").to_owned(), event["data"].clone());
        events.into_iter().map(fact).collect()
    }

    /// So many mails, once all of them are sent.
    pub async fn mailed(&self, many: usize) -> Vec<Value> {
        until(async || {
            let mails = self.operator.walk(&self.path("mails")).await;
            let all_sent = mails.len() == many && mails.iter().all(|mail| mail["status"] == "sent");
            if all_sent { Ok(mails) } else { Err(format!("{mails:?}")) }
        })
        .await
    }

    /// Is granted credits on these terms; the grant.
    pub async fn grant(&self, terms: Value) -> Value {
        self.post("/v1/grants", terms).await.is(201)["grant"].clone()
    }

    /// Asks what a job would need.
    pub async fn estimate(&self, job: Value) -> Answer {
        self.post("/v1/estimates", job).await
    }

    /// Asks what an operation on these files would need.
    pub async fn estimate_files(&self, operation: &str, files: &[(&str, Vec<u8>)]) -> Answer {
        let texts = [("customer", self.id.as_str()), ("operation", operation)];
        self.operator.upload("/v1/estimates", &texts, files).await
    }

    /// Starts a job.
    pub async fn start(&self, job: Value) -> Answer {
        self.post("/v1/holds", job).await
    }

    /// Starts a job that can be started; its hold.
    pub async fn started(&self, job: Value) -> Value {
        self.start(job).await.is(201)["hold"].clone()
    }

    /// Starts what was estimated; its hold.
    pub async fn started_from(&self, estimate: &Value) -> Value {
        self.started(json!({"estimate": estimate["id"]})).await
    }

    /// Does something with a hold: `capture`, `release` or `extend`.
    pub async fn on_hold(&self, hold: &Value, verb: &str, body: &Value) -> Answer {
        let id = hold["id"].as_str().expect("a hold");
        self.operator.post(&format!("/v1/holds/{id}/{verb}"), body).await
    }

    /// Captures all of a hold that is open: hold, usage and balance.
    pub async fn captured(&self, hold: &Value) -> Value {
        self.on_hold(hold, "capture", &json!({})).await.is(200)
    }

    /// Is charged for finished work.
    pub async fn charge(&self, operation: &str, quantity: u64) -> Answer {
        self.post("/v1/usage", json!({"operation": operation, "quantity": quantity})).await
    }

    /// Is charged for finished work that can be paid; the usage.
    pub async fn charged(&self, operation: &str, quantity: u64) -> Value {
        self.charge(operation, quantity).await.is(201)["usage"].clone()
    }

    /// The balance.
    pub async fn balance(&self) -> Value {
        self.operator.get(&self.path("balance")).await.is(200)
    }

    /// Credits to spend.
    pub async fn available(&self) -> String {
        self.balance().await["available"].as_str().expect("an amount").to_owned()
    }

    /// Credits to spend and credits promised.
    pub async fn standing(&self) -> (String, String) {
        let balance = self.balance().await;
        let amount = |name: &str| balance[name].as_str().expect("an amount").to_owned();
        (amount("available"), amount("held"))
    }

    /// The grants, oldest first.
    pub async fn grants(&self) -> Vec<Value> {
        self.operator.walk(&self.path("grants?order=asc")).await
    }

    /// The journal, oldest entry first.
    pub async fn entries(&self) -> Vec<Value> {
        self.operator.walk(&format!("/v1/ledger/entries?order=asc&limit=100&customer={}", self.id)).await
    }

    /// How many entries the journal has.
    pub async fn sequence(&self) -> u64 {
        self.balance().await["sequence"].as_u64().expect("a number")
    }

    /// A key of the customer's own, with these scopes.
    pub async fn key(&self, scopes: &[&str]) -> Caller {
        let made = self.post("/v1/keys", json!({"scopes": scopes, "name": "laptop"})).await.is(201);
        let secret = made["secret"].as_str().expect("a key");
        assert!(secret.starts_with("folio_ck_"), "{secret}");
        self.operator.with_key(secret)
    }

    /// `/v1/customers/cus_…/{rest}`.
    #[must_use]
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/customers/{}/{rest}", self.id)
    }

    /// POST of a body that names the customer.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.operator.post(path, &self.named_in(body)).await
    }

    /// The body with the customer in it.
    #[must_use]
    pub fn named_in(&self, mut body: Value) -> Value {
        body["customer"] = self.id.as_str().into();
        body
    }
}
