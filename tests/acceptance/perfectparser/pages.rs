//! A04–A09: one credit a page, whatever the document.

use documents::samples;
use folio_tests::{Customer, House, micros, on_both};
use serde_json::{Value, json};

use crate::picture;

on_both! { "perfectparser":
    a04_one_credit_processes_one_page,
    a05_a_one_page_pdf_costs_1,
    a06_a_ten_page_pdf_costs_10,
    a07_a_png_of_any_size_costs_1,
    a08_fifty_two_page_files_cost_100,
    a09_a_sample_costs_1_a_page_and_names_its_parser,
}

async fn a04_one_credit_processes_one_page(house: &House) {
    let ada = house.customer().await;
    ada.buy("popular").await;
    for pages in [1, 2, 10, 999] {
        let before = micros(&ada.available().await);
        let job = json!({"operation": "extract", "items": [{"quantity": pages}]});
        let estimate = ada.estimate(job).await.is(200);
        assert_eq!(estimate["total"], pages.to_string());
        let hold = ada.started_from(&estimate).await;
        ada.captured(&hold).await;
        assert_eq!(before - micros(&ada.available().await), pages * 1_000_000);
    }
}

async fn a05_a_one_page_pdf_costs_1(house: &House) {
    let ada = house.customer().await;
    assert_eq!(processed(&ada, "invoice.pdf", samples::pdf(1, "Invoice")).await, "1");
    assert_eq!(ada.available().await, "19");
}

async fn a06_a_ten_page_pdf_costs_10(house: &House) {
    let ada = house.customer().await;
    assert_eq!(processed(&ada, "contract.pdf", samples::pdf(10, "Contract")).await, "10");
    assert_eq!(ada.available().await, "10");
}

async fn a07_a_png_of_any_size_costs_1(house: &House) {
    let ada = house.customer().await;
    for (width, height) in [(1, 1), (640, 480), (1, 3_000), (1_240, 1_754)] {
        assert_eq!(processed(&ada, "scan.png", picture::png(width, height)).await, "1", "{width} × {height}");
    }
    assert_eq!(ada.available().await, "16");
}

async fn a08_fifty_two_page_files_cost_100(house: &House) {
    let ada = house.customer().await;
    ada.buy("starter").await;
    let names: Vec<_> = (1..=50).map(|number| format!("invoice-{number}.pdf")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), samples::pdf(2, name))).collect();
    let estimate = ada.estimate_files("extract", &files).await.is(200);
    assert_eq!((&estimate["total"], &estimate["sufficient"]), (&json!("100"), &json!(true)));

    let hold = ada.started_from(&estimate).await;
    assert_eq!(hold["amount"], "100");
    let usage = ada.captured(&hold).await["usage"].clone();
    let usage = usage.as_array().expect("usages");
    assert_eq!(usage.len(), 50);
    for (line, name) in usage.iter().zip(&names) {
        assert_eq!((&line["name"], &line["cost"], &line["pages"]), (&json!(name), &json!("2"), &json!(2)));
    }
    assert_eq!(sum(usage), 100_000_000);
    assert_eq!(ada.standing().await, ("20".to_owned(), "0".to_owned()));
}

async fn a09_a_sample_costs_1_a_page_and_names_its_parser(house: &House) {
    let ada = house.customer().await;
    let sample = samples::pdf(3, "Sample");
    let estimate = ada.estimate_files("detect_fields", &[("sample.pdf", sample)]).await.is(200);
    assert_eq!(estimate["total"], "3");
    let hold = ada.started(json!({"estimate": estimate["id"], "reference": "parser_17"})).await;
    let usage = ada.captured(&hold).await["usage"][0].clone();
    assert_eq!(
        (&usage["operation"], &usage["reference"], &usage["cost"]),
        (&json!("detect_fields"), &json!("parser_17"), &json!("3"))
    );

    let entries = ada.entries().await;
    let entry = entries.last().expect("an entry");
    assert_eq!((&entry["kind"], &entry["amount"], &entry["usage"]), (&json!("capture"), &json!("3"), &usage["id"]));
    let path = format!("/v1/usage/{}", usage["id"].as_str().expect("an id"));
    assert_eq!(house.operator.get(&path).await.is(200), usage);
}

/// Estimates, starts and captures one file: what is charged, which is what was estimated.
async fn processed(ada: &Customer, name: &str, file: Vec<u8>) -> String {
    let estimate = ada.estimate_files("extract", &[(name, file)]).await.is(200);
    let hold = ada.started_from(&estimate).await;
    let usage = ada.captured(&hold).await["usage"].clone();
    assert_eq!((&usage[0]["cost"], usage.as_array().map(Vec::len)), (&estimate["total"], Some(1)));
    estimate["total"].as_str().expect("an amount").to_owned()
}

fn sum(usage: &[Value]) -> i64 {
    usage.iter().map(|line| micros(line["cost"].as_str().expect("an amount"))).sum()
}
