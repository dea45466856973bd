//! A10–A15: the two modes, and estimates that are what is charged.

use documents::samples;
use folio_tests::{Customer, House, micros, on_both};
use serde_json::{Value, json};

on_both! { "perfectparser":
    a10_a_job_has_one_of_two_modes_or_its_parsers,
    a11_one_per_file_costs_1_a_page_and_expects_one_record,
    a12_one_per_page_costs_1_a_page_and_expects_a_record_a_page,
    a13_the_price_does_not_depend_on_the_mode,
    a14_an_estimate_tells_pages_and_costs_before_anything_is_written,
    a15_what_is_charged_is_never_more_than_what_was_estimated,
}

async fn a10_a_job_has_one_of_two_modes_or_its_parsers(house: &House) {
    let ada = house.customer().await;
    let job = |members: Value| {
        let mut job = json!({"operation": "extract", "items": [{"quantity": 3}]});
        job.as_object_mut().expect("an object").extend(members.as_object().expect("an object").clone());
        job
    };
    for (asked, mode) in [
        (json!({}), "one_per_file"),
        (json!({"mode": "one_per_page"}), "one_per_page"),
        (json!({"mode": "one_per_file"}), "one_per_file"),
        (json!({"result_mode": "one_per_page"}), "one_per_page"),
        (json!({"mode": "one_per_file", "result_mode": "one_per_page"}), "one_per_file"),
    ] {
        assert_eq!(ada.estimate(job(asked.clone())).await.is(200)["mode"], mode);
        assert_eq!(ada.started(job(asked)).await["mode"], mode);
    }
    for (asked, pointer) in [
        (json!({"mode": "per_word"}), "/mode"),
        (json!({"mode": ""}), "/mode"),
        (json!({"result_mode": "x"}), "/result_mode"),
    ] {
        for answer in [ada.estimate(job(asked.clone())).await, ada.start(job(asked.clone())).await] {
            assert_eq!(answer.problem()["errors"][0]["pointer"], pointer, "{asked}");
        }
    }
    ada.estimate(job(json!({"mode": "per_word"}))).await.refused(400, "invalid_request");
}

async fn a11_one_per_file_costs_1_a_page_and_expects_one_record(house: &House) {
    let ada = house.customer().await;
    assert_eq!(in_mode(house, &ada, "one_per_file", 5).await, ("5".to_owned(), 1));
}

async fn a12_one_per_page_costs_1_a_page_and_expects_a_record_a_page(house: &House) {
    let ada = house.customer().await;
    assert_eq!(in_mode(house, &ada, "one_per_page", 12).await, ("12".to_owned(), 12));
}

async fn a13_the_price_does_not_depend_on_the_mode(house: &House) {
    let ada = house.customer().await;
    let (by_file, _) = in_mode(house, &ada, "one_per_file", 4).await;
    let (by_page, _) = in_mode(house, &ada, "one_per_page", 4).await;
    assert_eq!((by_file.as_str(), by_page.as_str()), ("4", "4"));
    assert_eq!(ada.available().await, "12");
}

async fn a14_an_estimate_tells_pages_and_costs_before_anything_is_written(house: &House) {
    let ada = house.customer().await;
    let before = (ada.entries().await, ada.balance().await);
    let files = [("a.pdf", samples::pdf(7, "A")), ("b.tiff", samples::tiff(3)), ("c.png", samples::png())];
    let estimate = ada.estimate_files("extract", &files).await.is(200);
    let lines = estimate["items"].as_array().expect("lines");
    let told: Vec<_> = lines.iter().map(|line| (&line["name"], &line["pages"], &line["cost"])).collect();
    let expected =
        [("a.pdf", 7, "7"), ("b.tiff", 3, "3"), ("c.png", 1, "1")].map(|(n, p, c)| (json!(n), json!(p), json!(c)));
    assert_eq!(told, expected.each_ref().map(|(name, pages, cost)| (name, pages, cost)));
    assert_eq!((&estimate["total"], &estimate["balance_after"]), (&json!("11"), &json!("9")));
    let after = (ada.entries().await, ada.balance().await);
    assert_eq!(
        (after.0, &after.1["sequence"], &after.1["available"]),
        (before.0, &before.1["sequence"], &before.1["available"])
    );
}

async fn a15_what_is_charged_is_never_more_than_what_was_estimated(house: &House) {
    let ada = house.customer().await;
    ada.buy("medium").await;
    let mut dice = Dice(0x0a15);
    for batch in 0..16 {
        let pages: Vec<u64> = (0..=dice.roll(7)).map(|_| 1 + dice.roll(6)).collect();
        let items: Vec<_> = pages.iter().map(|quantity| json!({"quantity": quantity})).collect();
        let estimate = ada.estimate(json!({"operation": "extract", "items": items})).await.is(200);
        let hold = ada.started_from(&estimate).await;
        let before = ada.standing().await;
        assert_eq!(hold["amount"], estimate["total"], "batch {batch}");

        // Every other batch succeeds on every page; in the rest, each document ends as it happens.
        let done: Vec<u64> = pages.iter().map(|of| if batch % 2 == 0 { *of } else { dice.roll(of + 1) }).collect();
        let captured = captured(&ada, &hold, &pages, &done).await;
        let charged: i64 =
            captured["usage"].as_array().expect("usages").iter().map(|usage| amount(&usage["cost"])).sum();
        assert_eq!(charged, i64::try_from(done.iter().sum::<u64>()).expect("few") * 1_000_000, "batch {batch}");
        assert!(charged <= amount(&estimate["total"]));
        if done == pages {
            assert_eq!(charged, amount(&estimate["total"]));
        }
        let given_back = amount(&estimate["total"]) - charged;
        let (available, held) = ada.standing().await;
        assert_eq!((micros(&available) - micros(&before.0), held.as_str()), (given_back, "0"), "batch {batch}");
    }
}

/// Estimates, starts and captures a PDF in a mode: what was charged, and the records expected.
async fn in_mode(house: &House, ada: &Customer, mode: &str, pages: u32) -> (String, u64) {
    let texts = [("customer", ada.id.as_str()), ("operation", "extract"), ("mode", mode)];
    let file = [("file.pdf", samples::pdf(pages, "File"))];
    let estimate = house.operator.upload("/v1/estimates", &texts, &file).await.is(200);
    let hold = ada.started_from(&estimate).await;
    let charged = ada.captured(&hold).await["usage"][0]["cost"].clone();
    assert_eq!((&charged, &hold["mode"]), (&estimate["total"], &json!(mode)));
    (charged.as_str().expect("an amount").to_owned(), estimate["records"].as_u64().expect("a number"))
}

/// Captures so many pages of each document; the others failed.
async fn captured(ada: &Customer, hold: &Value, pages: &[u64], done: &[u64]) -> Value {
    let mut items = Vec::new();
    for (item, (of, done)) in pages.iter().zip(done).enumerate() {
        for (quantity, outcome) in [(*done, "completed"), (of - done, "failed")] {
            if quantity > 0 {
                items.push(json!({"item": item, "quantity": quantity, "outcome": outcome}));
            }
        }
    }
    ada.on_hold(hold, "capture", &json!({"items": items})).await.is(200)
}

fn amount(value: &Value) -> i64 {
    micros(value.as_str().expect("an amount"))
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    /// One of `0..sides`.
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}
