//! The objects of one kind, in the order they were made.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::form::ListAsk;
use super::problem::Problem;

/// An object with an id.
pub(super) trait Row {
    /// What Stripe calls the kind.
    const OBJECT: &'static str;

    fn id(&self) -> &str;

    /// Unix seconds.
    fn created(&self) -> i64;

    /// As Stripe shows it.
    fn json(&self) -> Value;
}

/// All of one kind.
pub(super) struct Table<T> {
    rows: Vec<T>,
    places: BTreeMap<String, usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), places: BTreeMap::new() }
    }
}

impl<T: Row> Table<T> {
    pub(super) fn add(&mut self, row: T) {
        self.places.insert(row.id().to_owned(), self.rows.len());
        self.rows.push(row);
    }

    pub(super) fn find(&self, id: &str) -> Option<&T> {
        self.places.get(id).and_then(|&place| self.rows.get(place))
    }

    pub(super) fn get(&self, id: &str) -> Result<&T, Problem> {
        self.find(id).ok_or_else(|| Problem::missing(T::OBJECT, id))
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Result<&mut T, Problem> {
        let row = self.places.get(id).and_then(|&place| self.rows.get_mut(place));
        row.ok_or_else(|| Problem::missing(T::OBJECT, id))
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.iter()
    }

    /// A page, newest first.
    pub(super) fn page(&self, url: &str, ask: &ListAsk, keep: impl Fn(&T) -> bool) -> Result<Value, Problem> {
        let limit = ask.limit.unwrap_or(10);
        if !(1..=100).contains(&limit) {
            return Err(Problem::invalid("limit must be between 1 and 100").with("param", "limit"));
        }
        let place = |id: &String| self.places.get(id).copied().ok_or_else(|| Problem::missing(T::OBJECT, id));
        let all = || self.rows.iter().enumerate().filter(|(_, row)| ask.created.contains(row.created()) && keep(row));
        let (page, more) = if let Some(id) = &ask.ending_before {
            let before = place(id)?;
            let mut page: Vec<&T> = all().filter(|&(at, _)| at > before).map(|(_, row)| row).take(limit + 1).collect();
            let more = page.len() > limit;
            page.truncate(limit);
            page.reverse();
            (page, more)
        } else {
            let after = ask.starting_after.as_ref().map(place).transpose()?.unwrap_or(usize::MAX);
            let older = all().rev().filter(|&(at, _)| at < after).map(|(_, row)| row);
            let mut page: Vec<&T> = older.take(limit + 1).collect();
            let more = page.len() > limit;
            page.truncate(limit);
            (page, more)
        };
        let data: Vec<Value> = page.into_iter().map(Row::json).collect();
        Ok(json!({ "object": "list", "url": url, "has_more": more, "data": data }))
    }
}
