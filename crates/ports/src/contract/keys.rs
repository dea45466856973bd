//! Keys and kept replies (R40, R42).

use domain::{CustomerId, KeyId, TenantId};

use super::Subject;
use super::asks::{day, newest, start};
use super::case::reply;
use super::walk::{at_once, check_newest_first};
use crate::{ApiKey, Reply, StoreError};

async fn get(subject: &Subject, key: &ApiKey) -> Option<ApiKey> {
    subject.keys.get(key.tenant, key.id).await.expect("a read")
}

async fn kept(subject: &Subject, tenant: TenantId, key: &str) -> Option<Reply> {
    subject.keys.reply(tenant, key).await.expect("a read")
}

fn is_conflict<T: std::fmt::Debug>(outcome: &Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Conflict))
}

/// A key is kept to the letter, and found by its secret's hash together with its tenant.
pub async fn r42_a_key_is_found_by_its_hash(subject: Subject) {
    let tenant = subject.new_tenant();
    subject.tenants.create(&tenant, "first", &subject.new_key(tenant.id)).await.expect("a tenant");
    let operators = subject.new_key(tenant.id);
    let customers = ApiKey {
        customer: Some(CustomerId(subject.uuid())),
        name: "naïve 🔑 'key'".to_owned(),
        scopes: Vec::new(),
        expires_at: Some(day(9)),
        revoked_at: Some(day(5)),
        ..subject.new_key(tenant.id)
    };
    for key in [operators, customers] {
        subject.keys.create(&key, None).await.expect("a key");
        assert_eq!(get(&subject, &key).await.as_ref(), Some(&key));
        let caller = subject.keys.by_hash(&key.hash).await.expect("a read").expect("the key");
        assert_eq!((caller.key, &caller.tenant), (key, &tenant));
    }
    assert_eq!(subject.keys.by_hash(&[0; 32]).await.expect("a read"), None);
    assert_eq!(subject.keys.get(tenant.id, KeyId(subject.uuid())).await.expect("a read"), None);
}

/// A tenant's keys are listed newest first, dead ones as well.
pub async fn keys_are_listed_newest_first(subject: Subject) {
    let tenant = subject.new_tenant();
    let first = subject.new_key(tenant.id);
    subject.tenants.create(&tenant, "first", &first).await.expect("a tenant");
    subject.tenant().await;
    let mut expected = vec![first];
    for n in 1..=6 {
        let key = ApiKey { created_at: day(n), ..subject.new_key(tenant.id) };
        subject.keys.create(&key, None).await.expect("a key");
        expected.push(key);
    }
    let revoked = subject.keys.revoke(tenant.id, expected[3].id, day(7)).await.expect("revoked");
    expected[3] = revoked.expect("the key");
    check_newest_first(&expected, async |ask| subject.keys.list(tenant.id, &ask).await).await;
}

/// A key is revoked once: a second time changes nothing.
pub async fn r42_a_key_stays_revoked(subject: Subject) {
    let tenant = subject.tenant().await;
    let key = subject.new_key(tenant);
    subject.keys.create(&key, None).await.expect("a key");
    let expected = ApiKey { revoked_at: Some(day(1)), ..key.clone() };
    for at in [day(1), day(2), start()] {
        let revoked = subject.keys.revoke(tenant, key.id, at).await.expect("revoked");
        assert_eq!(revoked.as_ref(), Some(&expected));
        assert_eq!(get(&subject, &key).await.as_ref(), Some(&expected));
    }
    let caller = subject.keys.by_hash(&key.hash).await.expect("a read").expect("known, to say why not");
    assert_eq!(caller.key, expected);
    assert_eq!(subject.keys.revoke(tenant, KeyId(subject.uuid()), day(1)).await.expect("a read"), None);
}

/// A rotation puts a new key in the old one's place, which lives on until then and no longer.
pub async fn r42_a_rotated_key_ends(subject: Subject) {
    let tenant = subject.tenant().await;
    for (end, until) in [(None, day(1)), (Some(day(5)), day(2)), (Some(day(3)), day(9))] {
        let old = ApiKey { expires_at: end, ..subject.new_key(tenant) };
        let new = subject.new_key(tenant);
        subject.keys.create(&old, None).await.expect("a key");
        assert!(subject.keys.rotate(tenant, old.id, until, &new, None).await.expect("rotated"));
        assert_eq!(get(&subject, &new).await.as_ref(), Some(&new));
        let ends = end.unwrap_or(until).min(until);
        assert_eq!(get(&subject, &old).await, Some(ApiKey { expires_at: Some(ends), ..old }));
    }
    let (old, new) = (subject.new_key(tenant), subject.new_key(tenant));
    let rotated = subject.keys.rotate(tenant, old.id, day(1), &new, Some(&reply("rotate"))).await.expect("a read");
    assert!(!rotated, "there is no such key");
    assert_eq!(get(&subject, &new).await, None);
    assert_eq!(kept(&subject, tenant, "rotate").await, None);
}

/// A hash or an id that is taken, by whatever tenant, is a conflict, and nothing is written.
pub async fn a_key_that_is_taken_is_a_conflict(subject: Subject) {
    let (tenant, other) = (subject.tenant().await, subject.tenant().await);
    let key = subject.new_key(tenant);
    subject.keys.create(&key, None).await.expect("a key");
    let same_hash = ApiKey { hash: key.hash, ..subject.new_key(other) };
    let same_id = ApiKey { id: key.id, ..subject.new_key(tenant) };
    for taken in [&same_hash, &same_id] {
        assert!(is_conflict(&subject.keys.create(taken, Some(&reply("create"))).await));
        assert_eq!(kept(&subject, taken.tenant, "create").await, None);
    }
    assert_eq!(get(&subject, &same_hash).await, None);
    assert_eq!(get(&subject, &key).await.as_ref(), Some(&key));
    let rotated = subject.keys.rotate(tenant, key.id, day(1), &ApiKey { hash: key.hash, ..same_id }, None).await;
    assert!(is_conflict(&rotated));
    assert_eq!(get(&subject, &key).await, Some(key), "it was not ended");
}

/// A reply is kept with its effect, to the letter, for its tenant.
pub async fn r40_a_reply_is_kept_with_its_effect(subject: Subject) {
    let (tenant, other) = (subject.tenant().await, subject.tenant().await);
    let (key, new) = (subject.new_key(tenant), subject.new_key(tenant));
    let (created, rotated) = (reply("create 🔑"), reply("rotate"));
    subject.keys.create(&key, Some(&created)).await.expect("a key");
    subject.keys.rotate(tenant, key.id, day(1), &new, Some(&rotated)).await.expect("rotated");
    for reply in [created, rotated] {
        assert_eq!(kept(&subject, tenant, &reply.key).await.as_ref(), Some(&reply));
        assert_eq!(kept(&subject, other, &reply.key).await, None);
        assert_eq!(kept(&subject, tenant, &reply.key.to_uppercase()).await, None);
    }
    subject.keys.create(&subject.new_key(other), Some(&reply("rotate"))).await.expect("another tenant's own");
}

/// Where a reply's key is taken nothing is written at all.
pub async fn r40_a_spent_key_leaves_no_effect(subject: Subject) {
    let tenant = subject.tenant().await;
    let (key, late) = (subject.new_key(tenant), subject.new_key(tenant));
    let first = reply("spent");
    subject.keys.create(&key, Some(&first)).await.expect("a key");
    let second = Reply { body: "{}".to_owned(), ..first.clone() };
    assert!(is_conflict(&subject.keys.create(&late, Some(&second)).await));
    assert!(is_conflict(&subject.keys.rotate(tenant, key.id, day(1), &late, Some(&second)).await));
    assert_eq!(get(&subject, &late).await, None);
    assert_eq!(get(&subject, &key).await, Some(key));
    assert_eq!(kept(&subject, tenant, "spent").await, Some(first));
}

/// Of requests with one key at once, one has its effect.
pub async fn r40_of_replies_at_once_one_is_kept(subject: Subject) {
    let tenant = subject.tenant().await;
    let tasks = (0..16).map(|n| {
        let subject = subject.clone();
        async move {
            let key = subject.new_key(tenant);
            let reply = Reply { body: n.to_string(), ..reply("one") };
            subject.keys.create(&key, Some(&reply)).await.is_ok().then_some((key, reply))
        }
    });
    let mut won: Vec<_> = at_once(tasks).await.into_iter().flatten().collect();
    assert_eq!(won.len(), 1);
    let (key, reply) = won.pop().expect("one");
    assert_eq!(kept(&subject, tenant, "one").await, Some(reply));
    let all = subject.keys.list(tenant, &newest(50)).await.expect("a read").items;
    assert_eq!(all.len(), 2);
    assert!(all.contains(&key));
}
