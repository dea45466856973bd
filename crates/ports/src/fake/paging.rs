//! Pages of lists that lie in memory.

use std::fmt::Display;
use std::str::FromStr;

use crate::{Page, PageAsk, StoreError};

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
