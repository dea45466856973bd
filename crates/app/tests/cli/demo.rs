use std::os::unix::fs::PermissionsExt as _;

use documents::samples;

use crate::bench::Bench;

/// The numbers of each line that begins so, spaces aside.
fn rows<'t>(text: &'t str, first: &str) -> Vec<Vec<&'t str>> {
    let words = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    words.filter(|words| words.first() == Some(&first)).collect()
}

#[test]
fn b07_the_demo_shows_the_worked_example_and_saves_its_keys() {
    let bench = Bench::new();
    let out = bench.run("demo --once").ended(0).out;
    for cost in
        [["create_schema", "2", "0.5", "1"], ["update_schema", "6", "0.1", "0.6"], ["extract", "100", "1", "100"]]
    {
        let found = out.lines().any(|line| line.split_whitespace().collect::<Vec<_>>().ends_with(&cost));
        assert!(found, "{cost:?} in {out}");
    }
    let totals: Vec<_> = rows(&out, "Total").iter().map(|row| *row.last().unwrap()).collect();
    assert_eq!(totals, ["15", "90", "15", "101.6"]);
    // The pack paid for the archive, since the trial does not end: 1900 − floor(1900 · 90 / 100).
    let refund = rows(&out, "Refund");
    assert_eq!(refund[0][1..], ["of", "what", "is", "left:", "$1.90", "for", "10", "credits"]);
    // The plan paid for the worked example, and its rest of the period is worth an upgrade.
    assert!(out.contains("Basic for $10.71 at the checkout"), "{out}");
    assert_eq!(rows(&out, "Upgrade")[0][1..4], ["to", "Pro", "now:"]);
    let mails: Vec<_> = std::fs::read_dir(bench.path("folio-mail")).unwrap().collect();
    assert_eq!(mails.len(), 2);
    for mail in mails {
        let mail = std::fs::read_to_string(mail.unwrap().path()).unwrap();
        assert!(mail.contains("To: Ada <ada@example.com>") && mail.contains("application/pdf"));
    }
    let env = bench.path("folio.env");
    assert_eq!(std::fs::metadata(&env).unwrap().permissions().mode() & 0o777, 0o600);
    let keys = std::fs::read_to_string(&env).unwrap();
    assert!(keys.starts_with("FOLIO_KEY=folio_sk_test_") && keys.contains("\nFOLIO_KEY_FLEXOCR=folio_sk_test_"));
}

#[test]
fn b13_the_demo_goes_on_with_its_database_and_is_refused_before_it_is_topped_up() {
    let bench = Bench::new();
    bench.run("demo --once").ended(0);
    let again = bench.run("demo --once").ended(0).out;
    assert!(again.lines().next().unwrap().contains("was there already"), "{again}");
    let refused = rows(&again, "Refused");
    assert_eq!(refused[0][1..6], ["90", "credits", "are", "needed,", "90"]);
    assert!(again.contains("1 × Starter for $19.00 at the checkout"), "{again}");
}

#[test]
fn the_demo_counts_the_files_that_are_given_and_leaves_out_what_cannot_be_counted() {
    let bench = Bench::new();
    bench.write("report.pdf", samples::pdf(7, "Report"));
    bench.write("bad.pdf", "words");
    let ran = bench.run("demo report.pdf bad.pdf --once").ended(0);
    assert_eq!(rows(&ran.out, "report.pdf"), [["report.pdf", "extract", "7", "1", "7"]; 2]);
    assert!(ran.err.starts_with("bad.pdf is left out: "), "{}", ran.err);
    let ran = bench.run("demo bad.pdf --once --database sqlite://other.db").ended(1);
    assert!(ran.err.ends_with("error: none of the files can be counted\n"), "{}", ran.err);
    assert!(!bench.path("other.db").exists());
}
