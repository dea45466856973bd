//! Bad uploads: refused as a whole, and nothing is kept (R13, R43).

use documents::samples;
use folio_tests::{Answer, House, on_both};
use reqwest::Method;
use serde_json::json;

on_both! { "perfectparser":
    r43_a_broken_upload_is_refused,
    r43_parts_that_nobody_knows_are_refused,
    r43_a_file_is_what_its_bytes_are,
}

async fn r43_a_broken_upload_is_refused(house: &House) {
    let ada = house.customer().await;
    let good = format!(
        "--b\r\nContent-Disposition: form-data; name=\"customer\"\r\n\r\n{}\r\n--b\r\nContent-Disposition: form-data; \
         name=\"files\"; filename=\"a.png\"\r\n\r\n",
        ada.id
    );
    let whole = "multipart/form-data; boundary=b";
    for (content_type, body) in [
        ("multipart/form-data", format!("{good}x\r\n--b--\r\n")),
        ("multipart/form-data; boundary=", format!("{good}x\r\n--b--\r\n")),
        ("multipart/form-data; boundary=other", format!("{good}x\r\n--b--\r\n")),
        (whole, good.clone()),
        (whole, format!("{good}x\r\n--b")),
        (whole, String::new()),
        (whole, "--b\r\nnonsense\r\n\r\nx\r\n--b--\r\n".to_owned()),
        (whole, "no part at all".to_owned()),
    ] {
        let request = house.operator.request(Method::POST, "/v1/estimates").header("Content-Type", content_type);
        let answer = house.operator.send(request.body(body.clone())).await;
        assert!([400, 422].contains(&answer.status), "{content_type} {body:?}: {}", answer.text());
        answer.problem();
    }
}

async fn r43_parts_that_nobody_knows_are_refused(house: &House) {
    let ada = house.customer().await;
    let id = ada.id.as_str();
    let long = "x".repeat(65);
    let huge = "x".repeat(10_000);
    for (texts, pointer) in [
        (vec![("customer", id), ("operation", "extract"), ("colour", "red")], "/colour"),
        (vec![("customer", id), ("operation", "extract"), ("operation", "extract")], "/operation"),
        (vec![("customer", id), ("operation", "divine")], "/operation"),
        (vec![("customer", id), ("operation", &long)], "/operation"),
        (vec![("customer", id), ("operation", &huge)], "/operation"),
        (vec![("customer", id), ("operation", "a\u{0}b")], "/operation"),
        (vec![("customer", id), ("operation", "")], "/operation"),
        (vec![("customer", id)], "/operation"),
        (vec![("customer", id), ("operation", "extract"), ("mode", "sideways")], "/mode"),
        (vec![("operation", "extract")], "/customer"),
    ] {
        let answer = house.operator.upload("/v1/estimates", &texts, &[("a.png", samples::png())]).await;
        assert_eq!(answer.problem()["errors"][0]["pointer"], pointer, "{texts:?} {}", answer.text());
    }
    let none = house.operator.upload("/v1/estimates", &[("customer", id), ("operation", "extract")], &[]).await;
    assert_eq!(none.refused(422, "validation_failed")["errors"][0]["pointer"], "/files");
    let texts = [("customer", "nobody"), ("operation", "extract")];
    house
        .operator
        .upload("/v1/estimates", &texts, &[("a.png", samples::png())])
        .await
        .refused(404, "customer_not_found");
}

async fn r43_a_file_is_what_its_bytes_are(house: &House) {
    let ada = house.customer().await;
    let estimate =
        async |name: &str, bytes: Vec<u8>| -> Answer { ada.estimate_files("extract", &[(name, bytes)]).await };
    let pdf = estimate("picture.png", samples::pdf(3, "Not a picture")).await.is(200);
    assert_eq!((&pdf["items"][0]["media_type"], &pdf["total"]), (&json!("application/pdf"), &json!("3")));
    let tiff = estimate("scan", samples::tiff(4)).await.is(200);
    assert_eq!((&tiff["items"][0]["media_type"], &tiff["total"]), (&json!("image/tiff"), &json!("4")));
    // The name is kept as it is, but for what cannot be printed.
    let odd = estimate("../../etc/passwd\u{202e}.png", samples::png()).await.is(200);
    assert_eq!(odd["items"][0]["name"], "../../etc/passwd\u{202e}.png");

    let lying = |pages: &str| {
        let text = String::from_utf8_lossy(&samples::pdf(2, "Two")).replace("/Count 2", &format!("/Count {pages}"));
        text.into_bytes()
    };
    assert_eq!(estimate("lies.pdf", lying("9")).await.is(200)["total"], "2", "/Count is not believed");
    for (name, bytes, code) in [
        ("a.pdf", b"%PDF-1.7\n%%EOF".to_vec(), "page_count_failed"),
        ("a.tiff", b"II*\0\x08\0\0\0".to_vec(), "page_count_failed"),
        ("a.zip", b"PK\x03\x04rest".to_vec(), "page_count_failed"),
        ("a.gz", b"\x1f\x8b\x08\0".to_vec(), "unsupported_file_type"),
        ("a", Vec::new(), "unsupported_file_type"),
    ] {
        estimate(name, bytes).await.refused(400, code);
    }
    assert_eq!(ada.available().await, "20");
}
