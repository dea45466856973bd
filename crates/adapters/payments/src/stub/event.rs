//! Events: what happened, and the object as it was then.

use serde_json::{Value, json};

use super::form::{self, ListAsk, meets};
use super::problem::Problem;
use super::state::State;
use super::table::Row;
use crate::API_VERSION;

#[derive(Clone)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) created: i64,
    pub(super) object: Value,
}

impl Row for Event {
    const OBJECT: &'static str = "event";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }

    fn json(&self) -> Value {
        json!({
            "id": self.id, "object": Self::OBJECT, "api_version": API_VERSION, "created": self.created,
            "type": self.kind, "data": { "object": self.object }, "livemode": false, "pending_webhooks": 0,
            "request": { "id": null, "idempotency_key": null },
        })
    }
}

pub(super) fn list(state: &State, query: &str) -> Result<Value, Problem> {
    let ask = form::read::<ListAsk>(query)?.only(&["type", "types"])?;
    let wanted = |event: &Event| {
        meets(ask.kind.as_ref(), Some(&event.kind)) && (ask.kinds.is_empty() || ask.kinds.contains(&event.kind))
    };
    state.events.page("/v1/events", &ask, wanted)
}
