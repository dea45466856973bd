//! A tenant whose customers buy: with the payment stub behind it, and the mail that goes out.

use std::fs;
use std::path::PathBuf;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{Answer, Caller, Customer, House, Place, Server, Store, until};

/// The card that always pays.
pub const GOOD_CARD: &str = "4242424242424242";

/// A tenant on a server of its own.
#[derive(Debug)]
pub struct Shop {
    /// The tenant.
    pub house: House,
    /// Whoever holds the payment stub's key.
    pub stub: Caller,
    /// Where it is sold.
    pub server: Server,
    mail: PathBuf,
    place: Place,
}

impl Shop {
    /// Opens for business.
    #[must_use]
    pub fn open(store: Store, catalog: &str) -> Self {
        const KEY: &str = "sk_test_shop";
        let place = Place::new(store).under("FOLIO_PAYMENT_STUB_KEY", KEY);
        let server = Server::on(&place);
        let house = House::on(&server, store, catalog);
        let stub = house.operator.with_key(KEY);
        let mail = place.directory().join("folio-mail");
        Self { house, stub, server, mail, place }
    }

    /// The same shop after its server was killed and started again; the stub has forgotten everything.
    #[must_use]
    pub fn restarted(self) -> Self {
        self.server.kill();
        let server = Server::on(&self.place);
        let operator = self.house.operator.at(&server);
        let stub = self.stub.at(&server);
        Self { house: House { operator, ..self.house }, stub, server, mail: self.mail, place: self.place }
    }

    /// Changes the database behind the server's back, at one row.
    pub async fn change(&self, sql: &str) {
        self.place.change(sql).await;
    }

    /// Does something else to the database.
    pub async fn run(&self, sql: &str) {
        self.place.run(sql).await;
    }

    /// Signs a customer up who can be mailed.
    pub async fn customer(&self) -> Customer {
        self.house.sign_up(&json!({"name": "Ada", "email": "ada@example.com"})).await
    }

    /// Where payers come back to: a page of this server.
    #[must_use]
    pub fn back(&self) -> String {
        self.house.operator.back()
    }

    /// Places an order of a pack, to be paid at the checkout.
    pub async fn order(&self, customer: &Customer, pack: &str) -> Value {
        customer.post("/v1/orders", json!({"pack": pack, "return_url": self.back()})).await.is(201)
    }

    /// Fills in the page where an order is paid.
    pub async fn pay(&self, order: &Value, card: &str) -> Answer {
        let url = order["checkout_url"].as_str().unwrap_or_else(|| panic!("no page: {order}"));
        self.press(url, card).await
    }

    /// Fills in a page of the provider's.
    pub async fn press(&self, url: &str, card: &str) -> Answer {
        self.stub.press(url, card).await
    }

    /// An order of a pack that is paid at the checkout, once its credits are there.
    pub async fn sold(&self, customer: &Customer, pack: &str) -> Value {
        let order = self.order(customer, pack).await;
        assert_eq!(order["status"], "pending", "{order}");
        assert_eq!(self.pay(&order, GOOD_CARD).await.status, 200);
        self.reaches(&order, "paid").await
    }

    /// The order now.
    pub async fn look(&self, order: &Value) -> Value {
        let id = order["id"].as_str().expect("an order");
        self.house.operator.get(&format!("/v1/orders/{id}")).await.is(200)
    }

    /// The order, once it has this status.
    pub async fn reaches(&self, order: &Value, status: &str) -> Value {
        let look = async || {
            let order = self.look(order).await;
            if order["status"] == status { Ok(order) } else { Err(format!("not {status}: {order}")) }
        };
        until(look).await
    }

    /// Does something with an order.
    pub async fn on_order(&self, order: &Value, verb: &str, body: &Value) -> Answer {
        let id = order["id"].as_str().expect("an order");
        self.house.operator.post(&format!("/v1/orders/{id}/{verb}"), body).await
    }

    /// Tells the stub what to do wrong.
    pub async fn script(&self, script: &Value) {
        let request = self.stub.request(Method::POST, "/stripe/_stub/script").json(script);
        assert_eq!(self.stub.send(request).await.status, 204, "{script}");
    }

    /// What the stub has tried to tell so far.
    pub async fn deliveries(&self) -> Vec<Value> {
        let answer = self.stub.get("/stripe/_stub/deliveries").await;
        answer.json().as_array().expect("a list").clone()
    }

    /// How many payments the provider has taken.
    pub async fn payments(&self) -> usize {
        let intents = self.stub.get("/stripe/v1/payment_intents?limit=100").await.json();
        let taken = intents["data"].as_array().expect("a list").iter().filter(|intent| intent["status"] == "succeeded");
        taken.count()
    }

    /// How many things the provider was asked to make, of any kind and whatever came of them.
    pub async fn asked_for(&self) -> usize {
        let mut made = 0;
        for kind in ["customers", "payment_intents", "setup_intents", "checkout/sessions", "refunds"] {
            let list = self.stub.get(&format!("/stripe/v1/{kind}?limit=100")).await.json();
            made += list["data"].as_array().expect("a list").len();
        }
        made
    }

    /// The mails that went out, once there are so many.
    pub async fn mails(&self, many: usize) -> Vec<String> {
        let look = async || {
            let mails = self.post();
            if mails.len() >= many { Ok(mails) } else { Err(format!("only {} mails", mails.len())) }
        };
        let mails = until(look).await;
        assert_eq!(mails.len(), many, "more mails than expected");
        mails
    }

    fn post(&self) -> Vec<String> {
        let Ok(files) = fs::read_dir(&self.mail) else { return Vec::new() };
        let names = files.map(|file| file.expect("a file").path());
        let mails = names.filter(|name| name.extension().is_some_and(|end| end == "eml"));
        mails.map(|name| fs::read_to_string(name).expect("a mail")).collect()
    }
}
