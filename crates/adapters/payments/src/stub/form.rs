//! What a caller sends: forms with nested names (`line_items[0][price_data][currency]=usd`).
//!
//! A parameter that the stub does not know is refused, not ignored: a test must not pass because of it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// Names and values of the caller's own.
pub(super) type Metadata = BTreeMap<String, String>;

/// Reads a query or a body.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    // Clients send brackets as they are or percent-encoded.
    serde_qs::Config::new().use_form_encoding(true).max_depth(8).deserialize_str(text).map_err(|error| {
        let message = error.to_string();
        let code = if message.contains("unknown field") { "parameter_unknown" } else { "parameter_invalid" };
        Problem::invalid(message).with("code", code)
    })
}

/// What a request without parameters has.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Unix seconds, from and to.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Range {
    gt: Option<i64>,
    gte: Option<i64>,
    lt: Option<i64>,
    lte: Option<i64>,
}

impl Range {
    pub(super) fn contains(&self, at: i64) -> bool {
        self.gt.is_none_or(|bound| at > bound)
            && self.gte.is_none_or(|bound| at >= bound)
            && self.lt.is_none_or(|bound| at < bound)
            && self.lte.is_none_or(|bound| at <= bound)
    }
}

/// The query of any list. Each list names the filters it has.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ListAsk {
    pub(super) limit: Option<usize>,
    pub(super) starting_after: Option<String>,
    pub(super) ending_before: Option<String>,
    pub(super) created: Range,
    pub(super) customer: Option<String>,
    pub(super) payment_intent: Option<String>,
    pub(super) charge: Option<String>,
    pub(super) email: Option<String>,
    pub(super) status: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    #[serde(rename = "types")]
    pub(super) kinds: Vec<String>,
}

impl ListAsk {
    /// Refuses a filter that this list does not have.
    pub(super) fn only(self, filters: &[&str]) -> Result<Self, Problem> {
        let given = [
            ("customer", self.customer.is_some()),
            ("payment_intent", self.payment_intent.is_some()),
            ("charge", self.charge.is_some()),
            ("email", self.email.is_some()),
            ("status", self.status.is_some()),
            ("type", self.kind.is_some()),
            ("types", !self.kinds.is_empty()),
        ];
        match given.into_iter().find(|&(name, given)| given && !filters.contains(&name)) {
            Some((name, _)) => {
                Err(Problem::invalid(format!("Received unknown parameter: {name}")).with("code", "parameter_unknown"))
            }
            None => Ok(self),
        }
    }

    /// Whether what belongs to this charge of this intent is wanted.
    pub(super) fn wants(&self, intent: &str, charge: &str) -> bool {
        meets(self.payment_intent.as_ref(), Some(intent)) && meets(self.charge.as_ref(), Some(charge))
    }
}

/// Whether a filter is met: one that was not given always is.
pub(super) fn meets<T: AsRef<str>>(filter: Option<&T>, value: Option<&str>) -> bool {
    filter.is_none_or(|wanted| Some(wanted.as_ref()) == value)
}
