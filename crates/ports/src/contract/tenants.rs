//! Tenants: made as one with their first catalog and key.

use domain::{Mode, Tenant};

use super::Subject;
use super::asks::day;
use super::walk::at_once;
use crate::{ApiKey, Published, StoreError};

/// A tenant comes with its first catalog and its first key.
pub async fn a_tenant_comes_with_a_catalog_and_a_key(subject: Subject) {
    let tenant = Tenant { name: "Größe & 'Söhne' 🏢".to_owned(), mode: Mode::Live, ..subject.new_tenant() };
    let key = subject.new_key(tenant.id);
    subject.tenants.create(&tenant, "text", &key).await.expect("a tenant");
    let caller = subject.keys.by_hash(&key.hash).await.expect("a read").expect("its key");
    assert_eq!((caller.tenant, caller.key), (tenant.clone(), key));
    let published = Published { version: 1, text: "text".to_owned(), applied_at: tenant.created_at };
    assert_eq!(subject.catalogs.get(tenant.id, 1).await.expect("a read"), Some(published));
    assert_eq!(subject.catalogs.version(tenant.id).await.expect("a read"), Some(1));
    for known in [tenant.name.clone(), tenant.id.to_string()] {
        assert_eq!(subject.tenants.find(&known).await.expect("a read").as_ref(), Some(&tenant));
    }
    for unknown in ["", "größe & 'söhne' 🏢", "%", &subject.new_tenant().id.to_string()] {
        assert_eq!(subject.tenants.find(unknown).await.expect("a read"), None);
    }
}

/// A name or a key that is taken makes no tenant, and nothing of one.
pub async fn a_tenants_name_is_its_own(subject: Subject) {
    let first = subject.new_tenant();
    let key = subject.new_key(first.id);
    subject.tenants.create(&first, "first", &key).await.expect("a tenant");
    let same_name = Tenant { name: first.name.clone(), ..subject.new_tenant() };
    let other = subject.new_tenant();
    let same_hash = ApiKey { hash: key.hash, ..subject.new_key(other.id) };
    for (tenant, key) in [(&same_name, subject.new_key(same_name.id)), (&other, same_hash)] {
        let outcome = subject.tenants.create(tenant, "second", &key).await;
        assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
        assert_eq!(subject.tenants.find(&tenant.id.to_string()).await.expect("a read"), None);
        assert_eq!(subject.catalogs.version(tenant.id).await.expect("a read"), None);
        assert_eq!(subject.keys.get(tenant.id, key.id).await.expect("a read"), None);
    }
    assert_eq!(subject.tenants.all().await.expect("a read"), [first]);
}

/// Tenants are listed oldest first.
pub async fn tenants_are_listed_oldest_first(subject: Subject) {
    assert_eq!(subject.tenants.all().await.expect("a read"), []);
    let mut expected = Vec::new();
    for n in 1..=3 {
        let tenant = Tenant { created_at: day(n), ..subject.new_tenant() };
        subject.tenants.create(&tenant, "first", &subject.new_key(tenant.id)).await.expect("a tenant");
        expected.push(tenant);
    }
    assert_eq!(subject.tenants.all().await.expect("a read"), expected);
}

/// Of tenants of one name made at once, one is.
pub async fn of_tenants_of_one_name_at_once_one_is_made(subject: Subject) {
    let tasks = (0..8).map(|_| {
        let subject = subject.clone();
        async move {
            let tenant = Tenant { name: "one".to_owned(), ..subject.new_tenant() };
            subject.tenants.create(&tenant, "first", &subject.new_key(tenant.id)).await.is_ok()
        }
    });
    assert_eq!(at_once(tasks).await.into_iter().filter(|made| *made).count(), 1);
    assert_eq!(subject.tenants.all().await.expect("a read").len(), 1);
}
