//! Customers on plans.

use serde_json::{Value, json};

use crate::{Answer, Clock, Customer, GOOD_CARD, Shop, until};

impl Shop {
    /// A customer who can be mailed, and the clock that they live by.
    pub async fn customer_at(&self, at: &str) -> (Customer, Clock) {
        let clock = self.house.clock(at).await;
        let ada = json!({"name": "Ada", "email": "ada@example.com", "time_zone": "UTC", "test_clock": clock.id,
            "billing": {"country": "DE"}});
        (self.house.sign_up(&ada).await, clock)
    }

    /// A customer whose card is on file since this instant, and who is on a plan; the subscription.
    pub async fn subscriber_at(&self, at: &str, plan: &str) -> (Customer, Clock, Value) {
        let (ada, clock) = self.customer_at(at).await;
        ada.leave(GOOD_CARD).await;
        let subscription = ada.subscribed(plan).await;
        (ada, clock, subscription)
    }

    /// The plans of the catalog and what else this text adds to it, in front of them.
    pub async fn offer(&self, more: &str) {
        let catalog = self.house.operator.get("/v1/catalog").await.is(200);
        let toml = catalog["toml"].as_str().expect("a file").replacen("\n[plans]\n", more, 1);
        self.house.operator.post("/v1/catalog/apply", &json!({"toml": toml})).await.is(200);
    }
}

impl Customer {
    /// Asks for a plan, paid with the card on file.
    pub async fn subscribe(&self, plan: &str) -> Answer {
        self.post("/v1/subscriptions", json!({"plan": plan, "payment": "saved"})).await
    }

    /// Is put on a plan, paid with the card on file; the subscription.
    pub async fn subscribed(&self, plan: &str) -> Value {
        let begun = self.subscribe(plan).await.is(201);
        assert_eq!((&begun["status"], &begun["plan"]["code"]), (&json!("active"), &json!(plan)), "{begun}");
        begun
    }

    /// The subscription now.
    pub async fn look(&self, subscription: &Value) -> Value {
        self.operator().get(&subscription_path(subscription, "")).await.is(200)
    }

    /// The subscription, once it has this status.
    pub async fn becomes(&self, subscription: &Value, status: &str) -> Value {
        let look = async || {
            let now = self.look(subscription).await;
            if now["status"] == status { Ok(now) } else { Err(format!("not {status}: {now}")) }
        };
        until(look).await
    }

    /// The subscription, once what is due is paid and all that it brings is there.
    pub async fn paid(&self, subscription: &Value) -> Value {
        let look = async || {
            let now = self.look(subscription).await;
            let paid = (&now["status"], &now["order"]["status"]) == (&json!("active"), &json!("paid"));
            if paid && now.get("due").is_none() { Ok(now) } else { Err(format!("not paid: {now}")) }
        };
        until(look).await
    }

    /// Does something with a subscription: `change`, `change/preview`, `cancel`, `pause`, `resume` or `pay`.
    pub async fn on_subscription(&self, subscription: &Value, verb: &str, body: &Value) -> Answer {
        self.operator().post(&subscription_path(subscription, verb), body).await
    }

    /// The types of what has happened to subscriptions, oldest first, without `subscription.`.
    pub async fn told(&self) -> Vec<String> {
        let kinds = self.facts().await.into_iter().map(|(kind, _)| kind);
        kinds.filter_map(|kind| kind.strip_prefix("subscription.").map(ToOwned::to_owned)).collect()
    }

    /// From when to when the grants of a source are, and how many credits each has, oldest first.
    pub async fn granted(&self, source: &str) -> Vec<(String, String, String)> {
        let grants = self.grants().await;
        let text = |grant: &Value, name: &str| grant[name].as_str().expect("a text").to_owned();
        let of_source = grants.iter().filter(|grant| grant["source"] == source);
        of_source.map(|it| (text(it, "amount"), text(it, "effective_at"), text(it, "expires_at"))).collect()
    }
}

/// `/v1/subscriptions/sub_…/{verb}`; the subscription itself without a verb.
#[must_use]
pub fn subscription_path(subscription: &Value, verb: &str) -> String {
    let id = subscription["id"].as_str().unwrap_or_else(|| panic!("no subscription: {subscription}"));
    if verb.is_empty() { format!("/v1/subscriptions/{id}") } else { format!("/v1/subscriptions/{id}/{verb}") }
}
