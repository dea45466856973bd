//! A stub on a free port, an endpoint for its events, and a payer with a browser.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use domain::{Instant, Money};
use folio_payments::stripe::{Settings, Stripe};
use folio_payments::stub::{self, Fault, Script, Stub, Webhook, Wrong};
use poem::http::StatusCode;
use poem::listener::TcpAcceptor;
use poem::{Request, Server};
use ports::contract::payments::{Card, Outside, Weather};
use ports::fake::SetClock;
use ports::{
    CheckoutAsk, PayerAsk, PayerId, Payment, PaymentMethods as _, PaymentStatus, Payments as _, Reference, SaveAsk,
};
use reqwest::Client;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

const SECRET: &str = "whsec_house";
pub(crate) const KEY: &str = "sk_test_house";

pub(crate) struct House {
    pub(crate) clock: SetClock,
    pub(crate) url: String,
    pub(crate) stub: Stub,
    pub(crate) browser: Client,
    deliveries: Mutex<mpsc::UnboundedReceiver<(String, Vec<u8>)>>,
    /// How often the endpoint still answers 500.
    pub(crate) refusals: Arc<AtomicU32>,
    _servers: JoinSet<()>,
}

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, url)
}

fn acceptor(listener: TcpListener) -> TcpAcceptor {
    TcpAcceptor::from_tokio(listener).expect("a listener")
}

/// Plain HTTP; where a redirect leads is for the test to see.
fn browser() -> Client {
    // The client's TLS is the workspace's only one; it is never used here.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client")
}

impl House {
    pub(crate) async fn open() -> Self {
        let clock = SetClock::at(Instant::UNIX_EPOCH + TimeDelta::days(20_000));
        let (api, url) = listener().await;
        let (endpoint, hook) = listener().await;
        let settings = stub::Settings {
            public_url: url.clone(),
            secret_key: KEY.to_owned(),
            seed: 7,
            script: Script { webhook: Some(Webhook { url: hook, secret: SECRET.to_owned() }), ..Script::default() },
            retries: Some(vec![Duration::from_millis(1); 3]),
        };
        let stub = Stub::new(settings, Arc::new(clock.clone()));
        let (told, deliveries) = mpsc::unbounded_channel();
        let refusals = Arc::new(AtomicU32::new(0));
        let refuse = refusals.clone();
        let receive = poem::endpoint::make(move |mut request: Request| {
            let (told, refuse) = (told.clone(), refuse.clone());
            async move {
                let signature = request.header("Stripe-Signature").unwrap_or_default().to_owned();
                let body = request.take_body().into_vec().await?;
                let less = |left: u32| left.checked_sub(1);
                if refuse.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok() {
                    return Ok::<_, poem::Error>(StatusCode::INTERNAL_SERVER_ERROR);
                }
                let _ = told.send((signature, body));
                Ok(StatusCode::OK)
            }
        });
        let mut servers = JoinSet::new();
        let routes = stub.routes();
        servers.spawn(async move { Server::new_with_acceptor(acceptor(api)).run(routes).await.expect("served") });
        servers.spawn(async move { Server::new_with_acceptor(acceptor(endpoint)).run(receive).await.expect("served") });
        Self { clock, url, stub, browser: browser(), deliveries: Mutex::new(deliveries), refusals, _servers: servers }
    }

    pub(crate) fn stripe(&self) -> Stripe {
        self.stripe_within(Duration::from_secs(20))
    }

    pub(crate) fn stripe_within(&self, timeout: Duration) -> Stripe {
        let webhook_secrets = vec!["whsec_next".to_owned(), SECRET.to_owned()];
        let settings = Settings { base_url: self.url.clone(), secret_key: KEY.to_owned(), webhook_secrets, timeout };
        Stripe::new(settings).expect("a client")
    }

    pub(crate) fn wrong(&self, on: &str, times: u32, what: Wrong) {
        self.wrongs(&[(on, times, what)]);
    }

    pub(crate) fn wrongs(&self, faults: &[(&str, u32, Wrong)]) {
        let fault = |&(on, times, what): &(&str, u32, Wrong)| Fault { on: on.to_owned(), times, what };
        self.stub.script(Script { faults: Some(faults.iter().map(fault).collect()), ..Script::default() });
    }

    pub(crate) fn ask(payer: &PayerId) -> CheckoutAsk {
        CheckoutAsk {
            reference: named("order-1"),
            payer: payer.clone(),
            amount: usd(1_900),
            title: "Starter".to_owned(),
            save_method: false,
            success_url: "https://shop.example/paid?session={CHECKOUT_SESSION_ID}".to_owned(),
            cancel_url: "https://shop.example/packs".to_owned(),
        }
    }

    /// An open checkout and its page.
    pub(crate) async fn checkout(&self, payer: &PayerId) -> (Payment, String) {
        let opened = self.stripe().open_checkout(&Self::ask(payer)).await.expect("a checkout");
        let PaymentStatus::RequiresAction(Some(page)) = opened.status.clone() else { panic!("{opened:?}") };
        (opened, page)
    }

    pub(crate) fn save(payer: &PayerId) -> SaveAsk {
        SaveAsk {
            reference: named("visit-1"),
            payer: payer.clone(),
            currency: domain::Currency::USD,
            success_url: "https://shop.example/cards".to_owned(),
            cancel_url: "https://shop.example/cards".to_owned(),
        }
    }

    /// Calls the stub without our client: status and body.
    pub(crate) async fn api(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let method = method.parse().expect("a method");
        let request = self.browser.request(method, format!("{}{path}", self.url)).bearer_auth(KEY);
        let answer = request.body(body.to_owned()).send().await.expect("an answer");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("a body");
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// Presses a button of a page: status, and where it leads.
    pub(crate) async fn press(&self, page: &str, fields: &[(&str, &str)]) -> (u16, Option<String>) {
        let answer = self.browser.post(page).form(fields).send().await.expect("an answer");
        let location = answer.headers().get("Location").map(|value| value.to_str().expect("ASCII").to_owned());
        (answer.status().as_u16(), location)
    }
}

pub(crate) fn usd(minor: i64) -> Money {
    Money { minor, currency: domain::Currency::USD }
}

pub(crate) fn named(text: &str) -> Reference {
    Reference::new(text).expect("a reference")
}

/// A new one.
pub(crate) async fn payer(stripe: &Stripe) -> PayerId {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let reference = named(&format!("customer-{}", NEXT.fetch_add(1, Ordering::SeqCst)));
    stripe.payer(&PayerAsk { reference, name: None, email: None }).await.expect("a payer")
}

fn number(card: Card) -> &'static str {
    match card {
        Card::Good => "4242 4242 4242 4242",
        Card::Declined => "4000000000000002",
        Card::DeclinedOnceSaved => "4000000000000341",
        Card::AsksOwner => "4000002760003184",
        Card::Disputed => "4000000000000259",
    }
}

#[async_trait]
impl Outside for House {
    async fn pay(&self, page: &str, card: Card) -> Option<String> {
        self.press(page, &[("card", number(card)), ("expiry", "12/34"), ("cvc", "123"), ("action", "pay")]).await.1
    }

    async fn confirm(&self, page: &str) {
        let (status, _) = self.press(page, &[("action", "confirm")]).await;
        assert_eq!(status, 303);
    }

    async fn weather(&self, weather: Weather) {
        let what = match weather {
            Weather::AnswerLost => Wrong::CutAfter,
            Weather::Failing => Wrong::FailBefore,
            Weather::FailingLate => Wrong::FailAfter,
        };
        // Both attempts of the client.
        self.wrong("POST", 2, what);
    }

    async fn delivery(&self) -> (String, Vec<u8>) {
        self.deliveries.lock().await.recv().await.expect("the endpoint is open")
    }
}
