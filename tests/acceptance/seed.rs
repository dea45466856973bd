//! D: what an account's own key sees, in the shapes of the seed.

use folio_tests::{Answer, House, on_both};
use reqwest::Method;
use serde_json::{Value, json};

on_both! { "flexocr":
    d_me_has_the_seeds_shape,
    d_credits_has_the_seeds_shape,
    d_amounts_are_numbers_and_whole_when_whole,
    d_credits_lists_10_purchases_newest_first_and_totals_of_all,
    d_a_key_works_as_bearer_and_as_x_api_key,
    d_a_key_has_150_calls_a_minute_and_every_answer_says_so,
    d_a_key_starts_paid_work_20_times_a_minute,
    d_a_replay_says_so_however_late,
    d_51_files_are_too_many,
    d_a_file_whose_pages_cannot_be_counted_leaves_the_ledger_alone,
}

async fn d_me_has_the_seeds_shape(house: &House) {
    let clock = house.clock("2026-03-15T10:00:00Z").await;
    let ada = json!({"external_id": "user_42", "name": "Ada", "email": "ada@example.com", "test_clock": clock.id});
    let ada = house.sign_up(&ada).await;
    let me = ada.key(&["read"]).await.get("/v1/me").await.is(200);
    assert_eq!(
        me,
        json!({"user": {
            "user_id": "user_42", "email": "ada@example.com", "name": "Ada", "credits_available": 20,
            "key_name": "laptop", "key_expires_at": null, "member_since": "2026-03-15T10:00:00.000Z",
        }})
    );

    let eve = house.customer_with(&clock).await;
    let made = eve.post("/v1/keys", json!({"name": "ci", "expires_after": "P30D"})).await.is(201);
    let key = house.operator.with_key(made["secret"].as_str().expect("a key"));
    let user = key.get("/v1/me").await.is(200)["user"].clone();
    assert_eq!((&user["user_id"], &user["email"], &user["name"]), (&json!(eve.id), &Value::Null, &Value::Null));
    assert_eq!((&user["key_expires_at"], &user["key_name"]), (&made["expires_at"], &json!("ci")));
    assert!(is_time(&user["key_expires_at"]), "{user}");
}

async fn d_credits_has_the_seeds_shape(house: &House) {
    let (ada, _clock) = house.customer_at("2026-03-15T10:00:00Z").await;
    ada.grant(json!({"amount": "100", "label": "Welcome"})).await;
    ada.charged("extract", 5).await;
    let credits = ada.key(&["read"]).await.get("/v1/credits").await.is(200)["credits"].clone();
    let grants = ada.grants().await;
    assert_eq!(
        credits["purchases"],
        json!([
            {
                "purchase_id": grants[1]["id"], "plan": "Welcome", "credits": 100, "remaining": 100, "held": 0,
                "expires_at": null, "purchased_at": "2026-03-15T10:00:00.000Z",
            },
            {
                "purchase_id": grants[0]["id"], "plan": "free_tier", "credits": 20, "remaining": 15, "held": 0,
                "expires_at": "2026-04-15T10:00:00.000Z", "purchased_at": "2026-03-15T10:00:00.000Z",
            },
        ])
    );
    assert_eq!((&credits["available"], &credits["held"]), (&json!(115), &json!(0)));
}

async fn d_amounts_are_numbers_and_whole_when_whole(house: &House) {
    let ada = house.customer().await;
    let key = ada.key(&["read"]).await;
    for (changes, text) in [(0, "20"), (1, "19.9"), (2, "19.7"), (7, "19")] {
        if changes > 0 {
            ada.post("/v1/usage", json!({"operation": "update_schema", "changes": changes, "pages": 1})).await.is(201);
        }
        assert_eq!(written(&key.get("/v1/me").await.text(), "credits_available"), text);
        assert_eq!(written(&key.get("/v1/credits").await.text(), "remaining"), text);
    }
}

async fn d_credits_lists_10_purchases_newest_first_and_totals_of_all(house: &House) {
    let ada = house.customer().await;
    for number in 1..=12 {
        ada.grant(json!({"amount": "10", "label": format!("gift {number}")})).await;
    }
    let key = ada.key(&["read"]).await;
    let page = async |query: &str| key.get(&format!("/v1/credits{query}")).await.is(200)["credits"].clone();
    let plans = |page: &Value| {
        page["purchases"].as_array().expect("purchases").iter().map(|it| it["plan"].clone()).collect::<Vec<_>>()
    };
    let first = page("").await;
    assert_eq!(plans(&first), (3..=12).rev().map(|number| json!(format!("gift {number}"))).collect::<Vec<_>>());
    let second = page(&format!("?cursor={}", first["next_cursor"].as_str().expect("a cursor"))).await;
    assert_eq!(plans(&second), [json!("gift 2"), json!("gift 1"), json!("free_tier")]);
    assert_eq!(second["next_cursor"], Value::Null);
    for page in [&first, &second, &page("?limit=1").await] {
        assert_eq!(page["available"], 140);
    }
    for query in ["?limit=11", "?limit=0", "?limit=x"] {
        key.get(&format!("/v1/credits{query}")).await.refused(400, "invalid_request");
    }
    key.get("/v1/credits?cursor=nonsense").await.refused(400, "cursor_invalid");
}

async fn d_a_key_works_as_bearer_and_as_x_api_key(house: &House) {
    let ada = house.customer().await;
    let key = ada.key(&["read"]).await;
    let bearer = key.get("/v1/me").await.is(200);
    let header = key.anonymous(Method::GET, "/v1/me").header("X-API-Key", key.key());
    assert_eq!(key.send(header).await.is(200), bearer);
    key.send(key.anonymous(Method::GET, "/v1/me")).await.refused(401, "unauthenticated");
    house.operator.get("/v1/me").await.refused(403, "insufficient_scope");
}

async fn d_a_key_has_150_calls_a_minute_and_every_answer_says_so(house: &House) {
    let ada = house.customer().await;
    let key = ada.key(&["read"]).await;
    for call in 1..=150 {
        // Answers that say no count and tell as well.
        let path = if call % 10 == 0 { "/v1/holds/hold_x" } else { "/v1/me" };
        assert_eq!(limits(&key.get(path).await), (Some(150), Some(150 - call)), "call {call}");
    }
    let refused = key.get("/v1/me").await;
    refused.refused(429, "rate_limited");
    assert_eq!(limits(&refused), (Some(150), Some(0)));
    let wait = number(&refused, "Retry-After").expect("when to try again");
    assert!((1..=60).contains(&wait), "{wait}");
    assert!(number(&refused, "X-RateLimit-Reset").is_some());
    // Another key of the same customer has calls of its own.
    assert_eq!(limits(&ada.key(&["read"]).await.get("/v1/me").await), (Some(150), Some(149)));
}

async fn d_a_key_starts_paid_work_20_times_a_minute(house: &House) {
    let ada = house.customer().await;
    let key = ada.key(&["read", "meter"]).await;
    for call in 1..=20 {
        let answer = key.post("/v1/usage", &json!({"operation": "extract"})).await;
        answer.is(201);
        assert_eq!(limits(&answer), (Some(20), Some(20 - call)), "call {call}");
    }
    let refused = key.post("/v1/holds", &json!({"operation": "extract", "items": [{"quantity": 1}]})).await;
    refused.refused(429, "rate_limited");
    assert!(number(&refused, "Retry-After").is_some());
    assert_eq!(limits(&key.get("/v1/me").await), (Some(150), Some(128)));
    assert_eq!(ada.available().await, "0");
}

async fn d_a_replay_says_so_however_late(house: &House) {
    let (ada, clock) = house.customer_at("2026-03-15T10:00:00Z").await;
    let usage = ada.named_in(json!({"operation": "extract", "quantity": 2}));
    let first = house.operator.post_with("late-replay", "/v1/usage", &usage).await;
    first.is(201);
    clock.advance("2026-03-16T10:00:01Z").await;
    let again = house.operator.post_with("late-replay", "/v1/usage", &usage).await;
    again.is(201);
    assert_eq!((first.is_replay(), again.is_replay()), (false, true));
    assert_eq!(ada.available().await, "18");
}

async fn d_51_files_are_too_many(house: &House) {
    let ada = house.customer().await;
    let names: Vec<_> = (0..51).map(|number| format!("{number}.png")).collect();
    let mut files: Vec<_> = names.iter().map(|name| (name.as_str(), documents::samples::png())).collect();
    ada.estimate_files("extract", &files).await.refused(413, "too_many_files");
    files.pop();
    assert_eq!(ada.estimate_files("extract", &files).await.is(200)["total"], "50");
}

async fn d_a_file_whose_pages_cannot_be_counted_leaves_the_ledger_alone(house: &House) {
    let ada = house.customer().await;
    let entries = ada.entries().await;
    let good = documents::samples::pdf(2, "Good");
    let cut = good[..good.len() / 3].to_vec();
    for (name, bytes) in [("fake.pdf", b"this is no PDF".to_vec()), ("cut.pdf", cut), ("empty.pdf", Vec::new())] {
        let files = [("good.pdf", good.clone()), (name, bytes)];
        let refused = ada.estimate_files("extract", &files).await.refused(400, "page_count_failed");
        assert_eq!(refused["errors"][0]["pointer"], "/files/1", "{name}");
        assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains(name)), "{refused}");
    }
    let film = [("film.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".to_vec())];
    ada.estimate_files("extract", &film).await.refused(400, "unsupported_file_type");
    assert_eq!(ada.entries().await, entries);
}

fn limits(answer: &Answer) -> (Option<u64>, Option<u64>) {
    (number(answer, "X-RateLimit-Limit"), number(answer, "X-RateLimit-Remaining"))
}

fn number(answer: &Answer, header: &str) -> Option<u64> {
    answer.header(header)?.parse().ok()
}

/// A member's value, to the letter.
fn written<'a>(json: &'a str, member: &str) -> &'a str {
    let (_, after) = json.split_once(&format!("\"{member}\":")).expect("the member");
    after.split([',', '}']).next().expect("a value")
}

/// `2026-03-15T10:00:00.000Z`.
fn is_time(value: &Value) -> bool {
    value.as_str().is_some_and(|text| {
        let shape: String = text.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
        shape == "0000-00-00T00:00:00.000Z"
    })
}
