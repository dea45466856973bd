use sea_orm::{ConnectionTrait as _, Database};

use crate::bench::Bench;

/// Changes the database behind the ledger's back.
fn tamper(bench: &Bench, sql: &str) {
    let url = format!("sqlite://{}", bench.path("demo.db").display());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let connection = Database::connect(url).await.expect("opened");
        assert_eq!(connection.execute_unprepared(sql).await.expect("changed").rows_affected(), 1);
        connection.close().await.expect("closed");
    });
}

const VERIFY: &str = "ledger verify --database sqlite://demo.db --format json";

#[test]
fn r4_a_ledger_that_adds_up_is_verified_and_a_tampered_one_names_its_first_bad_entry() {
    let bench = Bench::new();
    bench.run("demo --once").ended(0);
    let good = bench.run(VERIFY).ended(0).json();
    assert_eq!((good["verified"].as_bool(), good["customers"].as_u64()), (Some(true), Some(2)));
    assert!(good["entries"].as_u64().unwrap() > 10);

    let third = "sequence = 3 AND customer = (SELECT min(customer) FROM entries)";
    tamper(&bench, &format!("UPDATE entries SET available = available + 1000000 WHERE {third}"));
    let bad = bench.run(VERIFY).ended(4).json();
    assert_eq!((bad["verified"].as_bool(), bad["first_bad"]["sequence"].as_u64()), (Some(false), Some(3)));
    assert!(bad["first_bad"]["entry"].as_str().unwrap().ends_with("_3"));
    let told = bench.run("ledger verify --database sqlite://demo.db").ended(4);
    assert!(told.out.starts_with("Not verified. The first bad entry is ent_"), "{}", told.out);
}

#[test]
fn r4_an_entry_that_is_gone_is_missed() {
    let bench = Bench::new();
    bench.run("demo --once").ended(0);
    tamper(&bench, "DELETE FROM entries WHERE sequence = 2 AND customer = (SELECT max(customer) FROM entries)");
    let bad = bench.run(VERIFY).ended(4).json();
    assert_eq!(bad["first_bad"]["sequence"], 3);
    assert!(bad["first_bad"]["what"].as_str().unwrap().contains("missing"));
}

#[test]
fn r4_an_entry_that_cannot_be_read_is_named() {
    let bench = Bench::new();
    bench.run("demo --once").ended(0);
    let third = "sequence = 3 AND customer = (SELECT min(customer) FROM entries)";
    tamper(&bench, &format!("UPDATE entries SET postings = 'nonsense' WHERE {third}"));
    let bad = bench.run(VERIFY).ended(4).json();
    assert_eq!(bad["first_bad"]["sequence"], 3);
    assert!(bad["first_bad"]["what"].as_str().unwrap().contains("cannot be read"));
}
