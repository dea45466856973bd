use crate::bench::Bench;

#[test]
fn a_tenant_is_made_once_and_shows_its_key() {
    let bench = Bench::new();
    let made = bench.run("tenant create acme --catalog perfectparser --mode test --format json").ended(0).json();
    assert_eq!((made["tenant"].as_str(), made["mode"].as_str()), (Some("acme"), Some("test")));
    assert!(made["key"].as_str().unwrap().starts_with("folio_sk_test_"));

    let again = bench.run("tenant create acme --catalog flexocr --mode live --format json").ended(1);
    assert_eq!((again.out.as_str(), again.err.as_str()), ("", "error: there is a tenant \"acme\" already\n"));

    let live = bench.run("tenant create shop --catalog flexocr --mode live --format json").ended(0).json();
    assert!(live["key"].as_str().unwrap().starts_with("folio_sk_live_"));
    let tenants = bench.run("tenant list --format json").ended(0).json();
    let names: Vec<_> = tenants.as_array().unwrap().iter().map(|tenant| tenant["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["acme", "shop"]);
}

#[test]
fn a_key_is_made_listed_and_revoked() {
    let bench = Bench::new();
    bench.acme();
    let create = "keys create --tenant acme --scopes read,meter --name shop --expires-in P30D --format json";
    let made = bench.run(create).ended(0).json();
    assert!(made["key"].as_str().unwrap().starts_with("folio_sk_test_"));
    let id = made["id"].as_str().unwrap();

    let listed = bench.run("keys list --tenant acme --format json").ended(0);
    assert!(!listed.out.contains(made["key"].as_str().unwrap()), "a key is shown once");
    let keys = listed.json();
    let key = keys.as_array().unwrap().iter().find(|key| key["id"] == id).unwrap();
    assert_eq!((key["name"].as_str(), key["state"].as_str()), (Some("shop"), Some("active")));
    assert_eq!(key["scopes"], serde_json::json!(["read", "meter"]));
    assert!(key["expires_at"].is_string());

    bench.run(&format!("keys revoke --tenant acme {id}")).ended(0);
    let keys = bench.run("keys list --tenant acme --format json").ended(0).json();
    let states: Vec<_> = keys.as_array().unwrap().iter().map(|key| key["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["active", "revoked"]);
}

#[test]
fn what_is_not_there_is_named() {
    let bench = Bench::new();
    let none = bench.run("keys list --tenant acme").ended(1);
    assert_eq!(none.err, "error: there is no database at folio.db: `folio tenant create` makes one\n");
    bench.acme();
    let none = bench.run("keys list --tenant acne").ended(1);
    assert_eq!(none.err, "error: there is no tenant \"acne\"; there is acme\n");
    let none = bench.run("keys create --tenant acme --customer nobody").ended(1);
    assert_eq!(none.err, "error: tenant acme has no customer \"nobody\"\n");
    let none = bench.run("keys revoke --tenant acme key_01890000000070008000000000000000").ended(1);
    assert!(none.err.contains("has no key key_0189"), "{}", none.err);
}
