//! The published document: complete, and the same as the command prints.

use std::collections::BTreeSet;

use folio_tests::{House, on_both};
use serde_json::Value;

use crate::furnished::{document, operations};

on_both! { "perfectparser":
    every_operation_says_what_it_does_and_how_it_refuses,
    every_operation_has_examples,
    every_reference_leads_somewhere,
    the_document_is_what_the_command_prints,
}

async fn every_operation_says_what_it_does_and_how_it_refuses(house: &House) {
    let document = document(&house.operator).await;
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.")));
    let tags: Vec<_> = document["tags"].as_array().expect("tags").iter().map(|tag| tag["name"].clone()).collect();
    let mut ids = BTreeSet::new();
    for operation in operations(&document) {
        let (id, about) = (&operation.id, &operation.about);
        assert!(ids.insert(id.clone()), "{id} twice");
        assert!(
            about["summary"].as_str().is_some_and(|summary| !summary.is_empty() && !summary.contains('\n')),
            "{id}"
        );
        let of = about["tags"].as_array().expect("tags");
        assert!(of.len() == 1 && tags.contains(&of[0]), "{id}: {of:?}");
        let statuses: Vec<_> = about["responses"].as_object().expect("responses").keys().map(String::as_str).collect();
        for refusal in ["401", "403", "429"] {
            assert!(statuses.contains(&refusal), "{id} never answers {refusal}?");
        }
        if operation.takes_a_body() {
            for refusal in ["413", "415", "422"] {
                assert!(statuses.contains(&refusal), "{id} never answers {refusal}?");
            }
        }
        if operation.path.contains('{') && id != "upsertCustomer" {
            assert!(statuses.contains(&"404"), "{id} always finds?");
        }
        assert_eq!(statuses.iter().filter(|status| status.starts_with('2')).count(), 1, "{id}: {statuses:?}");
    }
}

async fn every_operation_has_examples(house: &House) {
    let document = document(&house.operator).await;
    for operation in operations(&document) {
        let (id, about) = (&operation.id, &operation.about);
        if let Some(body) = about.get("requestBody") {
            let json = &body["content"]["application/json"];
            assert!(json["example"].is_object(), "{id}: no example of its body");
        }
        for (status, response) in about["responses"].as_object().expect("responses") {
            let contents = response["content"].as_object();
            match status.as_str() {
                "304" => assert_eq!(contents, None, "{id}"),
                code if code.starts_with('2') => {
                    let contents = contents.expect("content");
                    // A document is its own example.
                    let pdf = contents.contains_key("application/pdf");
                    let json = contents.get("application/json");
                    assert!(pdf || json.is_some_and(|json| json.get("example").is_some()), "{id} {status}");
                }
                _ => {
                    let problem = &contents.expect("content")["application/problem+json"];
                    assert_eq!(problem["example"]["status"].to_string(), *status, "{id}");
                    assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{id} {status}");
                }
            }
        }
    }
}

async fn every_reference_leads_somewhere(house: &House) {
    let document = document(&house.operator).await;
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 100);
    for reference in references {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

async fn the_document_is_what_the_command_prints(house: &House) {
    let printed = folio_tests::Ran::of(folio_tests::folio(&std::env::temp_dir()).arg("openapi")).json(0);
    assert_eq!(printed, document(&house.operator).await);
}

fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            references.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| collect(member, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}
