//! Events on their way to the endpoint.

use std::time::Duration;

use super::Stub;
use super::event::Event;
use super::script::{Attempt, Delivery, Webhook};
use super::table::Row as _;
use crate::signature;

/// Sends them, as the script wants it, in the background.
pub(super) fn send(stub: &Stub, mut events: Vec<Event>, webhook: Option<Webhook>, delivery: Delivery) {
    let Some(webhook) = webhook.filter(|_| delivery != Delivery::Never && !events.is_empty()) else { return };
    match delivery {
        Delivery::Twice => events = events.iter().flat_map(|event| [event.clone(), event.clone()]).collect(),
        Delivery::Reversed => events.reverse(),
        Delivery::Once | Delivery::LateMs(_) | Delivery::Never => {}
    }
    let stub = stub.clone();
    tokio::spawn(async move {
        if let Delivery::LateMs(wait) = delivery {
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
        for event in events {
            if !attempt(&stub, &event, &webhook).await {
                tokio::spawn(again(stub.clone(), event, webhook.clone()));
            }
        }
    });
}

/// More attempts at one that failed. The others do not wait for it.
async fn again(stub: Stub, event: Event, webhook: Webhook) {
    for pause in stub.0.retries.clone() {
        tokio::time::sleep(pause).await;
        if attempt(&stub, &event, &webhook).await {
            return;
        }
    }
}

async fn attempt(stub: &Stub, event: &Event, webhook: &Webhook) -> bool {
    let body = event.json().to_string();
    let at = stub.0.clock.now().timestamp();
    let signature = signature::sign(&[&webhook.secret], at, body.as_bytes());
    let request = stub.0.http.post(&webhook.url).header("Stripe-Signature", signature);
    let answer = request.header("Content-Type", "application/json; charset=utf-8").body(body).send().await;
    let status = answer.ok().map(|answer| answer.status());
    let tried = Attempt { event: event.id.clone(), kind: event.kind.clone(), status: status.map(|it| it.as_u16()) };
    stub.attempts().push(tried);
    status.is_some_and(|status| status.is_success())
}
