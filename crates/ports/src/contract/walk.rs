//! Walking lists page by page, and doing things at once.

use crate::{Page, PageAsk, StoreError};

/// All items of a list, in its order. Every page but an only one has items, and none too many.
pub(crate) async fn walk<T>(
    limit: u32,
    oldest_first: bool,
    mut fetch: impl AsyncFnMut(PageAsk) -> Result<Page<T>, StoreError>,
) -> Vec<T> {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let ask = PageAsk { cursor: cursor.take(), limit, oldest_first };
        let page = fetch(ask).await.expect("a page");
        assert!(page.items.len() <= limit as usize, "a page has at most {limit} items, not {}", page.items.len());
        assert!(all.is_empty() || !page.items.is_empty(), "a list says where it ends, without an empty page");
        all.extend(page.items);
        match page.next {
            Some(next) => cursor = Some(next),
            None => return all,
        }
    }
}

/// That a list is the same whatever its pages' size, and reads backwards as it does forwards.
pub(crate) async fn check_paging<T: Clone + PartialEq + std::fmt::Debug>(
    expected: &[T],
    mut fetch: impl AsyncFnMut(PageAsk) -> Result<Page<T>, StoreError>,
) {
    check_newest_first(expected, &mut fetch).await;
    for limit in limits(expected.len()) {
        assert_eq!(walk(limit, true, &mut fetch).await, expected, "oldest first, {limit} a page");
    }
}

/// The same for a list that is always newest first. `expected` is oldest first.
pub(crate) async fn check_newest_first<T: Clone + PartialEq + std::fmt::Debug>(
    expected: &[T],
    mut fetch: impl AsyncFnMut(PageAsk) -> Result<Page<T>, StoreError>,
) {
    let newest_first: Vec<T> = expected.iter().rev().cloned().collect();
    for limit in limits(expected.len()) {
        assert_eq!(walk(limit, false, &mut fetch).await, newest_first, "newest first, {limit} a page");
    }
    for garbage in ["", "garbage", "-1", "👻", "' or 1=1 --", "MTIz", "{}", "99999999999999999999"] {
        let ask = PageAsk { cursor: Some(garbage.to_owned()), limit: 10, oldest_first: false };
        let found = fetch(ask).await;
        assert!(matches!(found, Err(StoreError::BadCursor)), "{garbage:?} is no cursor, but: {found:?}");
    }
}

/// Page sizes around the ends of a list: one by one, uneven, exact, and with room to spare.
fn limits(count: usize) -> [u32; 4] {
    let count = u32::try_from(count).expect("a short list");
    [1, 3, count.max(1), count + 1]
}

/// Runs all of them at once, each on a task of its own; what each came to, in their order.
pub(crate) async fn at_once<T: Send + 'static>(
    tasks: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let handles: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    let mut done = Vec::with_capacity(handles.len());
    for handle in handles {
        done.push(handle.await.expect("the task ends"));
    }
    done
}
