//! Pages of lists that lie in memory.

use std::fmt::{self, Display};
use std::str::FromStr;

use chrono::DateTime;
use domain::Instant;

use crate::{Page, PageAsk, StoreError};

/// A place in a list by time; what is of one instant is ordered by name.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Dated<T> {
    pub(super) at: Instant,
    pub(super) what: T,
}

impl<T: Display> Display for Dated<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.at.timestamp_millis(), self.what)
    }
}

impl<T: FromStr> FromStr for Dated<T> {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let place = || {
            let (at, what) = text.split_once('_')?;
            Some(Self { at: DateTime::from_timestamp_millis(at.parse().ok()?)?, what: what.parse().ok()? })
        };
        place().ok_or(StoreError::BadCursor)
    }
}

/// The asked part of a list that is given oldest first, each item with its place. A cursor is the text
/// of the last place shown.
pub(super) fn page<P, T>(items: impl DoubleEndedIterator<Item = (P, T)>, ask: &PageAsk) -> Result<Page<T>, StoreError>
where
    P: Ord + Display + FromStr,
{
    let shown = ask.cursor.as_deref().map(str::parse::<P>).transpose().map_err(|_| StoreError::BadCursor)?;
    let limit = usize::try_from(ask.limit).unwrap_or(usize::MAX);
    let mut items: Vec<(P, T)> = if ask.oldest_first {
        items.filter(|(place, _)| shown.as_ref().is_none_or(|shown| place > shown)).take(limit + 1).collect()
    } else {
        items.rev().filter(|(place, _)| shown.as_ref().is_none_or(|shown| place < shown)).take(limit + 1).collect()
    };
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|(place, _)| place.to_string());
    Ok(Page { items: items.into_iter().map(|(_, item)| item).collect(), next })
}
