use documents::samples;

use crate::bench::Bench;

#[test]
fn a14_an_estimate_counts_and_prices_files_without_a_database() {
    let bench = Bench::new();
    bench.write("invoice.pdf", samples::pdf(1, "Invoice"));
    bench.write("contract.pdf", samples::pdf(10, "Contract"));
    bench.write("photo.png", samples::png());
    let estimate = "estimate invoice.pdf contract.pdf photo.png --mode one_per_page --format json";
    let estimate = bench.run(estimate).ended(0).json();
    assert_eq!(estimate["total"], "12");
    assert_eq!(estimate["records"], 12);
    let pages: Vec<_> = estimate["items"].as_array().unwrap().iter().map(|item| item["pages"].as_u64()).collect();
    assert_eq!(pages, [Some(1), Some(10), Some(1)]);
    assert_eq!(estimate["items"][1]["media_type"], "application/pdf");
    assert!(!bench.path("folio.db").exists());
}

#[test]
fn b02_an_estimate_is_priced_by_the_operation_and_catalog_named() {
    let bench = Bench::new();
    bench.write("sample.pdf", samples::pdf(2, "Sample"));
    let ran = bench.run("estimate sample.pdf --catalog flexocr --operation create_schema").ended(0);
    let last = ran.out.lines().last().unwrap();
    assert_eq!(last.split_whitespace().collect::<Vec<_>>(), ["Total", "2", "1", "1"]);
}

#[test]
fn a_file_that_cannot_be_counted_leaves_no_total() {
    let bench = Bench::new();
    bench.write("good.pdf", samples::pdf(1, "Good"));
    bench.write("bad.pdf", "words");
    let ran = bench.run("estimate good.pdf bad.pdf missing.pdf").ended(1);
    assert_eq!(ran.out, "");
    let lines: Vec<_> = ran.err.lines().collect();
    assert!(lines[0].starts_with("bad.pdf: ") && lines[1].starts_with("missing.pdf: "), "{}", ran.err);
    assert_eq!(lines[2..], ["error: 2 files could not be counted"]);
}
