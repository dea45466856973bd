use service::catalog::shipped;

use crate::bench::Bench;

#[test]
fn r21_a_good_catalog_validates_and_a_bad_one_lists_its_flaws() {
    let bench = Bench::new();
    assert_eq!(bench.run("catalog validate flexocr --format json").ended(0).json()["valid"], true);
    let bad = shipped("flexocr").unwrap().replace("rate = \"0.5\"", "rate = 0.5").replace("[alerts]", "[alarms]");
    bench.write("bad.toml", bad);
    let found = bench.run("catalog validate bad.toml --format json").ended(1).json();
    let pointers: Vec<_> =
        found["flaws"].as_array().unwrap().iter().map(|flaw| flaw["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/operations/create_schema/rate", "/alarms"]);
    let made = bench.run("tenant create acme --catalog bad.toml --mode test").ended(1);
    assert!(made.err.ends_with("error: bad.toml is not a good catalog: it has 2 flaws\n"), "{}", made.err);
    assert!(!bench.path("folio.db").exists());
}

#[test]
fn r21_a_diff_shows_what_an_apply_puts_in_force() {
    let bench = Bench::new();
    bench.acme();
    bench.write("new.toml", shipped("perfectparser").unwrap().replace("\"19.00\"", "\"20.00\""));

    let same = bench.run("catalog diff perfectparser --tenant acme --exit-code --format json").ended(0).json();
    assert_eq!(same, serde_json::json!({"version": 1, "changes": []}));
    bench.run("catalog diff new.toml --tenant acme").ended(0);
    let diff = bench.run("catalog diff new.toml --tenant acme --exit-code --format json").ended(3).json();
    let change = serde_json::json!(
        {"pointer": "/packs/starter/price", "kind": "changed", "before": "$19.00", "after": "$20.00"}
    );
    assert_eq!(diff["changes"], serde_json::json!([change]));

    let asked = bench.run("catalog apply new.toml --tenant acme").ended(2);
    assert!(asked.err.contains("/packs/starter/price") && asked.err.contains("say --yes"), "{}", asked.err);
    let applied = bench.run("catalog apply new.toml --tenant acme --yes").ended(0);
    assert_eq!(applied.out, "Version 2 is in force.\n");
    let again = bench.run("catalog apply new.toml --tenant acme --yes").ended(0);
    assert_eq!(again.out, "Nothing changes: version 2 stays in force.\n");
}
