//! Catalogs: versions that follow each other, one in force (R21).

use super::Subject;
use super::asks::day;
use super::case::reply;
use super::walk::{at_once, check_newest_first};
use crate::{Applied, Published, StoreError};

/// The next version is in force, the ones before it are kept to the letter.
pub async fn r21_a_catalog_is_applied_as_the_next_version(subject: Subject) {
    let tenant = subject.tenant().await;
    let mut expected = vec![subject.catalogs.get(tenant, 1).await.expect("a read").expect("the first")];
    let long = "# Preisliste 💶\r\n[[pack]]\tname = 'O\\'Brien'\n".repeat(5_000);
    for (version, text) in (2..).zip(["", "two", "two", &long, "five"]) {
        let at = day(version.into());
        let applied = subject.catalogs.apply(tenant, version - 1, text, at, None).await.expect("applied");
        assert_eq!(applied, Applied::Version(version));
        assert_eq!(subject.catalogs.version(tenant).await.expect("a read"), Some(version));
        expected.push(Published { version, text: text.to_owned(), applied_at: at });
    }
    for published in &expected {
        let found = subject.catalogs.get(tenant, published.version).await.expect("a read");
        assert_eq!(found.as_ref(), Some(published));
    }
    for version in [0, 7] {
        assert_eq!(subject.catalogs.get(tenant, version).await.expect("a read"), None);
    }
    check_newest_first(&expected, async |ask| subject.catalogs.versions(tenant, &ask).await).await;
}

/// A catalog made from one that is no longer in force changes nothing.
pub async fn r21_a_stale_catalog_is_not_applied(subject: Subject) {
    let tenant = subject.tenant().await;
    subject.catalogs.apply(tenant, 1, "second", day(1), None).await.expect("applied");
    for base in [0, 1, 3] {
        let applied = subject.catalogs.apply(tenant, base, "late", day(2), Some(&reply("late"))).await;
        assert_eq!(applied.expect("an answer"), Applied::Stale(2));
    }
    assert_eq!(subject.catalogs.version(tenant).await.expect("a read"), Some(2));
    assert_eq!(subject.catalogs.get(tenant, 3).await.expect("a read"), None);
    assert_eq!(subject.keys.reply(tenant, "late").await.expect("a read"), None, "no effect, no reply");
}

/// Of catalogs applied at once to the same version, one is.
pub async fn r21_of_catalogs_at_once_one_is_applied(subject: Subject) {
    let tenant = subject.tenant().await;
    let tasks = (0..8).map(|n| {
        let catalogs = subject.catalogs.clone();
        async move { catalogs.apply(tenant, 1, &format!("text {n}"), day(1), None).await.expect("an answer") }
    });
    let answers = at_once(tasks).await;
    assert_eq!(answers.iter().filter(|applied| **applied == Applied::Version(2)).count(), 1);
    assert_eq!(answers.iter().filter(|applied| **applied == Applied::Stale(2)).count(), 7);
    let winner = answers.iter().position(|applied| *applied == Applied::Version(2)).expect("one");
    let published = subject.catalogs.get(tenant, 2).await.expect("a read").expect("the second");
    assert_eq!(published.text, format!("text {winner}"));
}

/// The reply is kept with the version, or neither is.
pub async fn r40_a_catalogs_reply_is_kept_with_it(subject: Subject) {
    let tenant = subject.tenant().await;
    subject.catalogs.apply(tenant, 1, "second", day(1), Some(&reply("apply"))).await.expect("applied");
    assert_eq!(subject.keys.reply(tenant, "apply").await.expect("a read"), Some(reply("apply")));
    let again = subject.catalogs.apply(tenant, 2, "third", day(2), Some(&reply("apply"))).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
    assert_eq!(subject.catalogs.version(tenant).await.expect("a read"), Some(2));
}
