//! A customer's book as a caller's own program would keep it: made of nothing but the entries that the API lists (R44).

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde_json::Value;

use crate::micros;

/// What is kept of an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its place in the journal.
    pub sequence: u64,
    /// What sort of change.
    pub kind: String,
    /// Credits that it moved, in millionths.
    pub amount: i64,
    /// Units that it used or gave back.
    pub quantity: Option<i64>,
    /// The grant, hold or usage that it is about.
    pub about: Option<String>,
    /// The usage that it recorded.
    pub usage: Option<String>,
    /// Credits to spend and credits promised after it.
    pub balance: (i64, i64),
}

/// A customer's book.
#[derive(Debug, Default, PartialEq)]
pub struct Book {
    /// Our id.
    pub id: String,
    /// A print of each entry, the first one first: entries never change.
    pub prints: Vec<u64>,
    /// What each idempotency key wrote.
    pub keys: BTreeMap<String, Vec<Entry>>,
    /// Where each grant's credits are.
    pub grants: BTreeMap<String, Parcel>,
    /// What each hold holds.
    pub holds: BTreeMap<String, i64>,
    at: (String, String),
}

/// A grant: when it becomes spendable, and where its credits are.
#[derive(Debug, Default, PartialEq)]
pub struct Parcel {
    effective_at: String,
    /// Millionths by bucket.
    pub buckets: BTreeMap<String, i64>,
}

impl Parcel {
    /// The millionths in a bucket; what was issued is below zero.
    #[must_use]
    pub fn bucket(&self, name: &str) -> i64 {
        self.buckets.get(name).copied().unwrap_or_default()
    }
}

impl Book {
    /// How many entries it has.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        u64::try_from(self.prints.len()).expect("small")
    }

    /// What can be spent at the time of the last entry, and what is promised.
    #[must_use]
    pub fn balance(&self) -> (i64, i64) {
        let effective = self.grants.values().filter(|parcel| parcel.effective_at <= self.at.1);
        let available = effective.map(|parcel| parcel.bucket("available")).sum();
        (available, self.grants.values().map(|parcel| parcel.bucket("held")).sum())
    }

    /// Replays the next entry, and panics where it does not follow from those before.
    pub fn add(&mut self, json: &Value) {
        assert_eq!(json["sequence"], self.sequence() + 1, "a gap before {json}");
        self.prints.push(print(json));
        text(json, "customer").clone_into(&mut self.id);
        let at = (text(json, "at").to_owned(), text(json, "effective_at").to_owned());
        assert!(self.at.0 <= at.0 && self.at.1 <= at.1 && at.1 <= at.0, "time runs backwards in {json}");
        self.at = at;
        self.move_credits(json);
        let entry = Entry::of(json);
        if let Some(hold) = json.get("hold").and_then(Value::as_str) {
            let sign = if entry.kind == "hold" { 1 } else { -1 };
            // A capture above its hold is a usage, and takes nothing from it.
            let amount = if entry.kind == "usage" { 0 } else { entry.amount };
            let held = self.holds.entry(hold.to_owned()).or_default();
            *held += sign * amount;
            assert!(*held >= 0, "below zero: {json}");
        }
        assert_eq!(self.balance(), entry.balance, "after {json}");
        assert_eq!(self.holds.values().sum::<i64>(), entry.balance.1, "after {json}");
        if let Some(key) = json.get("key").and_then(Value::as_str) {
            self.keys.entry(key.to_owned()).or_default().push(entry);
        }
    }

    fn move_credits(&mut self, json: &Value) {
        if let Some(grant) = json.get("grant") {
            let parcel = Parcel { effective_at: text(grant, "effective_at").to_owned(), ..Parcel::default() };
            assert!(self.grants.insert(text(grant, "id").to_owned(), parcel).is_none(), "granted twice: {json}");
        }
        let mut sum = 0;
        for posting in json["postings"].as_array().expect("postings") {
            let amount = micros(text(posting, "amount"));
            assert!(amount > 0, "{json}");
            let buckets = &mut self.grants.get_mut(text(posting, "grant")).expect("a grant told before").buckets;
            *buckets.entry(text(posting, "from").to_owned()).or_default() -= amount;
            *buckets.entry(text(posting, "to").to_owned()).or_default() += amount;
            for (bucket, amount) in buckets {
                assert!(bucket == "issued" || *amount >= 0, "{bucket} below zero after {json}");
            }
            sum += amount;
        }
        assert_eq!(sum, micros(text(json, "amount")), "{json}");
    }
}

impl Entry {
    fn of(json: &Value) -> Self {
        let maybe = |name: &str| json.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        let granted = json.get("grant").map(|grant| text(grant, "id").to_owned());
        let about = match text(json, "kind") {
            "grant" => granted,
            "extend" => maybe("grant_id"),
            "reverse" => maybe("usage"),
            _ => maybe("hold"),
        };
        Self {
            sequence: json["sequence"].as_u64().expect("a number"),
            kind: text(json, "kind").to_owned(),
            amount: micros(text(json, "amount")),
            quantity: json["quantity"].as_i64(),
            about,
            usage: maybe("usage"),
            balance: balance(&json["balance"]),
        }
    }
}

/// Credits to spend and credits promised, of an answer.
#[must_use]
pub fn balance(json: &Value) -> (i64, i64) {
    (micros(text(json, "available")), micros(text(json, "held")))
}

/// Tells one entry from another.
#[must_use]
pub fn print(json: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    json.to_string().hash(&mut hasher);
    hasher.finish()
}

/// A member that is a text.
#[must_use]
pub fn text<'a>(json: &'a Value, name: &str) -> &'a str {
    json[name].as_str().unwrap_or_else(|| panic!("no text {name} in {json}"))
}
