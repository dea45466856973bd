//! A tenant with one of everything, and the calls that the published document lists.

use std::collections::BTreeMap;

use folio_tests::{Caller, Customer, GOOD_CARD, House};
use reqwest::Method;
use serde_json::{Value, json};

/// A call that the document lists.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// Its `operationId`.
    pub(crate) id: String,
    pub(crate) method: Method,
    /// With `{names}` in it.
    pub(crate) path: String,
    /// What the document says about it.
    pub(crate) about: Value,
    /// Whether customers' keys may call it.
    pub(crate) for_customers: bool,
    /// Whether it takes an `Idempotency-Key`.
    pub(crate) takes_a_key: bool,
}

/// The document as the server publishes it.
pub(crate) async fn document(caller: &Caller) -> Value {
    caller.send(caller.anonymous(Method::GET, "/openapi.json")).await.is(200)
}

/// Every call of the document.
pub(crate) fn operations(document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().expect("paths");
    let calls =
        paths.iter().flat_map(|(path, item)| item.as_object().expect("methods").iter().map(move |call| (path, call)));
    calls
        .map(|(path, (method, about))| {
            let named =
                |list: &Value, name: &str| list.as_array().is_some_and(|all| all.iter().any(|it| it["name"] == name));
            let schemes = about["security"].as_array().expect("security");
            Operation {
                id: about["operationId"].as_str().expect("an id").to_owned(),
                method: method.to_uppercase().parse().expect("a method"),
                path: path.clone(),
                for_customers: schemes.iter().any(|scheme| scheme.get("CustomerKey").is_some()),
                takes_a_key: named(&about["parameters"], "Idempotency-Key"),
                about: about.clone(),
            }
        })
        .collect()
}

impl Operation {
    /// Whether it takes a body.
    pub(crate) fn takes_a_body(&self) -> bool {
        self.about.get("requestBody").is_some()
    }
}

/// A customer with one of everything that has an id.
#[derive(Debug)]
pub(crate) struct Furnished {
    pub(crate) customer: Customer,
    operator: Caller,
    /// Ids by the names that paths give them.
    pub(crate) ids: BTreeMap<&'static str, String>,
    /// The estimate of the open hold.
    pub(crate) estimate: String,
    toml: String,
}

impl Furnished {
    /// One more customer of the house, furnished.
    pub(crate) async fn of(house: &House) -> Self {
        let operator = house.operator.clone();
        let clock = house.clock("2026-05-01T12:00:00Z").await;
        let customer = house.customer().await;
        let grant = customer.grant(json!({"amount": "50", "expires_at": "2090-01-01T00:00:00Z"})).await;
        let usage = customer.charged("extract", 3).await;
        let hold = customer.started(json!({"operation": "extract", "items": [{"quantity": 5}]})).await;
        let key = customer.post("/v1/keys", json!({"name": "furniture"})).await.is(201);
        let id = |thing: &Value| thing["id"].as_str().expect("an id").to_owned();
        let entry = id(&customer.entries().await[0]);
        let frozen = house.customer().await;
        operator.post(&frozen.path("freeze"), &json!({})).await.is(200);
        let sold = Sold::to(&customer).await;
        offer_plans(&operator).await;
        let subscription = subscribed(&customer).await;
        let ids = [
            ("subscription", subscription),
            ("order", sold.open),
            ("paid", sold.paid),
            ("invoice", sold.invoice),
            ("credit_note", sold.credit_note),
            ("method", sold.method),
            ("customer", customer.id.clone()),
            ("clock", clock.id),
            ("grant", id(&grant)),
            ("usage", id(&usage)),
            ("hold", id(&hold)),
            ("key", id(&key)),
            ("entry", entry),
            ("version", "1".to_owned()),
            ("frozen", frozen.id),
        ];
        let toml = operator.get("/v1/catalog").await.is(200)["toml"].as_str().expect("a file").to_owned();
        let estimate = hold["estimate"].as_str().expect("an id").to_owned();
        Self { customer, operator, ids: ids.into(), estimate, toml }
    }

    /// Makes room for a call that must succeed: a customer has one subscription at a time, in one state.
    pub(crate) async fn ready(&mut self, operation: &Operation) {
        let starts = ["createSubscription", "previewSubscription"].contains(&operation.id.as_str());
        if starts || operation.id == "paySubscription" {
            let cancel = format!("/v1/subscriptions/{}/cancel", self.ids["subscription"]);
            self.operator.post(&cancel, &json!({"at": "now"})).await.is(200);
        }
        if operation.id == "paySubscription" {
            self.ids.insert("subscription", unpaid(&self.customer).await);
        }
    }

    /// The calls of the document.
    pub(crate) async fn operations(&self) -> Vec<Operation> {
        operations(&document(&self.operator).await)
    }

    /// The call's path with the ids of this furniture.
    pub(crate) fn path(&self, operation: &Operation) -> String {
        if operation.id == "upsertCustomer" {
            return "/v1/customers/user_of_the_test".to_owned();
        }
        let path = match operation.id.as_str() {
            "unfreezeCustomer" => operation.path.replace("{customer}", &self.ids["frozen"]),
            "previewRefund" | "refundOrder" => operation.path.replace("{order}", &self.ids["paid"]),
            "previewMail" => operation.path.replace("{template}", "invoice"),
            _ => operation.path.clone(),
        };
        let path = self.ids.iter().fold(path, |path, (name, id)| path.replace(&format!("{{{name}}}"), id));
        assert!(!path.contains('{'), "{path}: tell the tests what goes there");
        let query = match operation.id.as_str() {
            "advisePacks" => "?pages=101",
            "getRecognisedRevenue" | "getBreakage" => "?from=2026-05-01T00:00:00Z&until=2026-06-01T00:00:00Z",
            _ => "",
        };
        format!("{path}{query}")
    }

    /// A body that the call takes.
    pub(crate) fn body(&self, operation: &Operation) -> Value {
        let customer = &self.customer.id;
        let usage = json!({"customer": customer, "operation": "extract", "quantity": 1});
        let job = json!({"customer": customer, "operation": "extract", "items": [{"quantity": 1, "name": "a.pdf"}]});
        match operation.id.as_str() {
            "createEstimate" | "createHold" => job,
            "previewOrder" => json!({"customer": customer, "pack": "starter"}),
            "createOrder" => json!({"customer": customer, "pack": "starter", "return_url": "https://shop.example/"}),
            "cancelOrder" | "resumeSubscription" => json!({}),
            "markOrderPaid" => json!({"reference": "bank transfer"}),
            "previewRefund" | "refundOrder" => json!({"credits": "1"}),
            "previewSubscription" => json!({"customer": customer, "plan": "basic", "quantity": 2}),
            "createSubscription" => {
                json!({"customer": customer, "plan": "basic", "return_url": "https://shop.example/"})
            }
            "previewSubscriptionChange" => json!({"plan": "pro", "effective": "now"}),
            "changeSubscription" => json!({"plan": "pro", "quantity": 2, "effective": "period_end"}),
            "cancelSubscription" => json!({"at": "period_end"}),
            "pauseSubscription" => json!({"until": "2090-01-01T00:00:00Z"}),
            "paySubscription" => json!({"payment": "checkout", "return_url": "https://shop.example/"}),
            "addPaymentMethod" => json!({"return_url": "https://shop.example/"}),
            "requestQuote" => json!({"customer": customer, "credits": "60000"}),
            "captureHold" => json!({"items": [{"item": 0, "quantity": 2}]}),
            "releaseHold" | "revokeGrant" | "freezeCustomer" | "unfreezeCustomer" => json!({"reason": "a test"}),
            "extendHold" => json!({"ttl": "PT2H"}),
            "recordUsage" => usage,
            "recordUsageBatch" => json!({"lines": [{"key": format!("line-of-{customer}"), "usage": usage}]}),
            "reverseUsage" => json!({"quantity": 1, "reason": "a test"}),
            "createGrant" => json!({"customer": customer, "amount": "5"}),
            "extendGrant" => json!({"expires_at": "2091-01-01T00:00:00Z"}),
            "createCustomer" | "updateCustomer" | "upsertCustomer" => json!({
                "name": "Eve", "billing": {"address": ["Musterstraße 1"], "country": "DE", "tax_id": "DE136695976"},
            }),
            "createKey" => json!({"customer": customer, "name": "a test"}),
            "rotateKey" => json!({"grace": "PT1H"}),
            "createTestClock" => json!({"frozen_at": "2026-05-01T12:00:00Z"}),
            "agreeToAutoTopUp" => {
                let money = |amount: u32| json!({"amount": amount, "currency": "USD"});
                json!({"pack": "starter", "amount": money(1_900), "below": "1", "monthly_cap": money(5_700)})
            }
            "advanceTestClock" => json!({"to": "2026-06-01T12:00:00Z"}),
            "validateCatalog" | "diffCatalog" | "applyCatalog" => json!({"toml": self.toml}),
            other => panic!("{other}: tell the tests what a body of it looks like"),
        }
    }
}

/// Two plans beside what the catalog has.
const PLANS: &str = "
[plans]
basic = { label = \"Basic\", credits = 100, price = \"9.00\", every = \"P1M\" }
pro = { label = \"Pro\", credits = 1_000, price = \"29.00\", every = \"P1M\" }
";

/// Puts plans in force where there are none.
async fn offer_plans(operator: &Caller) {
    let toml = operator.get("/v1/catalog").await.is(200)["toml"].as_str().expect("a file").to_owned();
    if !toml.contains("[plans]") {
        operator.post("/v1/catalog/apply", &json!({"toml": format!("{toml}{PLANS}")})).await.is(200);
    }
}

/// Puts the customer on a plan, which was paid by hand; the subscription's id.
async fn subscribed(customer: &Customer) -> String {
    let begun = begun(customer).await;
    let money = json!({"reference": "bank transfer"});
    customer.operator().post(&on_order(&begun, "mark_paid"), &money).await.is(200);
    let id = begun["id"].as_str().expect("an id");
    let paid = customer.operator().get(&format!("/v1/subscriptions/{id}")).await.is(200);
    assert_eq!(paid["status"], "active", "{paid}");
    id.to_owned()
}

/// A subscription whose first payment came to nothing; its id.
async fn unpaid(customer: &Customer) -> String {
    let begun = begun(customer).await;
    customer.operator().post(&on_order(&begun, "cancel"), &json!({})).await.is(200);
    begun["id"].as_str().expect("an id").to_owned()
}

async fn begun(customer: &Customer) -> Value {
    customer.post("/v1/subscriptions", json!({"plan": "basic", "payment": "manual"})).await.is(201)
}

fn on_order(subscription: &Value, verb: &str) -> String {
    format!("/v1/orders/{}/{verb}", subscription["order"]["id"].as_str().expect("an order"))
}

/// What a customer has who has bought.
struct Sold {
    /// An order that waits for its money.
    open: String,
    /// One that is paid, and of which a part was given back.
    paid: String,
    invoice: String,
    credit_note: String,
    /// A card on file.
    method: String,
}

impl Sold {
    async fn to(customer: &Customer) -> Self {
        let operator = customer.operator();
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned();
        let asked = json!({"pack": "starter", "payment": "manual"});
        let paid = customer.post("/v1/orders", asked.clone()).await.is(201)["id"].clone();
        let paid = text(&paid);
        let money = json!({"reference": "bank transfer"});
        operator.post(&format!("/v1/orders/{paid}/mark_paid"), &money).await.is(200);
        let part = json!({"credits": "5"});
        let given_back = operator.post(&format!("/v1/orders/{paid}/refunds"), &part).await.is(201);
        let open = customer.post("/v1/orders", asked).await.is(201);
        Self {
            open: text(&open["id"]),
            paid,
            invoice: text(&given_back["invoice"]),
            credit_note: text(&given_back["refunds"][0]["credit_note"]),
            method: card(customer).await,
        }
    }
}

/// Leaves a card with the provider, and answers its id there.
async fn card(customer: &Customer) -> String {
    customer.leave(GOOD_CARD).await;
    let listed = customer.operator().get(&customer.path("payment_methods")).await.is(200);
    listed["data"][0]["id"].as_str().unwrap_or_else(|| panic!("no card: {listed}")).to_owned()
}
