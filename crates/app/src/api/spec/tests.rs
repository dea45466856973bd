use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi, OpenApiService, Tags};
use serde::Deserialize;

use super::*;
use crate::api::answer::Answer;
use crate::api::body::StrictJson;
use crate::api::idempotency::NeededKey;
use crate::api::refused::refused;
use crate::api::wire::{CreditsText, Id, Limit, Metadata, MoneyBody, Time};
use crate::http::auth::Caller;

#[derive(Tags)]
enum Tag {
    /// Things.
    Things,
}

#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewThing {
    /// Whose.
    customer: String,
    count: u32,
    metadata: Option<Metadata>,
    part: Option<Part>,
}

#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    #[oai(validator(minimum(value = "1")))]
    size: u64,
}

#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct Thing {
    amount: CreditsText,
    at: Time,
    /// What it costs.
    price: MoneyBody,
    name: Option<String>,
}

struct Things;

#[OpenApi]
#[expect(clippy::unused_async, reason = "the framework wants endpoints to be async")]
impl Things {
    /// Make a thing
    #[oai(path = "/v1/things", method = "post", operation_id = "createThing", tag = "Tag::Things")]
    async fn create(
        &self,
        _caller: Caller,
        #[oai(name = "limit")] _limit: Query<Option<Limit<7>>>,
        #[oai(name = "Idempotency-Key")] _key: Header<NeededKey>,
        _body: StrictJson<NewThing>,
    ) -> Result<Answer<Thing, 201>, refused!(InsufficientCredits, CustomerNotFound, HoldClosed)> {
        Err(crate::api::codes::Code::HoldClosed.problem())?
    }

    /// See a thing
    #[oai(path = "/v1/things/:thing", method = "get", operation_id = "getThing", tag = "Tag::Things")]
    async fn get(
        &self,
        _thing: Path<Id<domain::HoldId>>,
        _verbose: Query<Option<bool>>,
        #[oai(name = "If-None-Match")] _have: Header<Option<String>>,
    ) -> Result<Answer<Thing>, refused!(HoldNotFound)> {
        Err(crate::api::codes::Code::HoldNotFound.problem())?
    }
}

fn things() -> Value {
    normalise(serde_json::from_str(&OpenApiService::new(Things, "Folio", "1").spec()).unwrap())
}

fn codes(operation: &Value) -> Vec<(String, Vec<String>)> {
    let answers = operation["responses"].as_object().unwrap().iter();
    let words = |answer: &Value| serde_json::from_value::<Vec<String>>(answer["x-codes"].clone()).unwrap_or_default();
    answers.map(|(status, answer)| (status.clone(), words(answer))).filter(|(_, words)| !words.is_empty()).collect()
}

#[test]
fn an_operation_lists_its_own_codes_and_those_of_the_foundation() {
    let document = things();
    let listed = codes(&document["paths"]["/v1/things"]["post"]);
    let of = |status: &str| listed.iter().find(|(it, _)| it == status).map(|(_, words)| words.join(" "));
    assert_eq!(of("400").unwrap(), "invalid_request malformed_json idempotency_key_required");
    assert_eq!(of("401").unwrap(), "unauthenticated key_revoked key_expired");
    assert_eq!(of("402").unwrap(), "insufficient_credits");
    assert_eq!(of("403").unwrap(), "insufficient_scope");
    assert_eq!(of("404").unwrap(), "customer_not_found");
    assert_eq!(of("409").unwrap(), "hold_closed");
    assert_eq!(of("413").unwrap(), "body_too_large");
    assert_eq!(of("415").unwrap(), "unsupported_media_type");
    assert_eq!(of("422").unwrap(), "validation_failed idempotency_key_reused");
    assert_eq!(of("429").unwrap(), "rate_limited");
    assert_eq!(of("500").unwrap(), "internal");
    assert_eq!(of("503").unwrap(), "unavailable outcome_unknown");

    let listed: Vec<_> = codes(&document["paths"]["/v1/things/{thing}"]["get"]).into_iter().map(|(it, _)| it).collect();
    assert_eq!(listed, ["400", "404", "422", "500", "503"]);
}

#[test]
fn the_document_has_no_flaw_of_its_framework() {
    let document = things();
    assert_eq!(document["openapi"], "3.0.3");
    assert_eq!(flaws(&document), Vec::<String>::new());
    let text = document.to_string();
    for trap in ["charset", "uint", "\"description\":\"\"", ":1.0", ":0.0", "\"deprecated\":false", "\"explode\""] {
        assert!(!text.contains(trap), "{trap}");
    }
    let price = &document["components"]["schemas"]["Thing"]["properties"]["price"];
    assert_eq!(*price, json!({"allOf": [{"$ref": "#/components/schemas/Money"}], "description": "What it costs."}));
}

#[test]
fn answers_tell_their_headers() {
    let document = things();
    let post = &document["paths"]["/v1/things"]["post"]["responses"];
    assert!(post["401"]["headers"].get("WWW-Authenticate").is_some());
    assert!(post["429"]["headers"].get("Retry-After").is_some());
    assert!(post["201"]["headers"].get("Idempotent-Replayed").is_some());
    assert!(post["201"]["headers"].get("X-RateLimit-Remaining").is_some());
    let get = &document["paths"]["/v1/things/{thing}"]["get"]["responses"];
    assert!(get["200"]["headers"].get("ETag").is_some());
    assert!(get.get("304").is_some());
}

#[test]
fn a_request_is_closed_and_an_answer_is_open() {
    let schemas = &things()["components"]["schemas"];
    let new = &schemas["NewThing"];
    assert_eq!(new["additionalProperties"], json!(false));
    assert_eq!(new["properties"]["metadata"]["nullable"], json!(true));
    assert_eq!(new["properties"]["part"], json!({"allOf": [{"$ref": "#/components/schemas/Part"}], "nullable": true}));
    assert!(new["properties"]["count"].get("nullable").is_none());
    assert!(schemas["Thing"].get("additionalProperties").is_none());
}

#[test]
fn what_is_refused_is_told_beforehand() {
    let document = things();
    let parameters = document["paths"]["/v1/things"]["post"]["parameters"].as_array().unwrap().clone();
    let of = |name: &str| parameters.iter().find(|parameter| parameter["name"] == name).unwrap();
    assert_eq!(of("Idempotency-Key")["required"], json!(true));
    assert_eq!(of("limit")["schema"], json!({"type": "integer", "format": "int32", "minimum": 1, "maximum": 7}));
    let count = &document["components"]["schemas"]["NewThing"]["properties"]["count"];
    assert_eq!(*count, json!({"type": "integer", "format": "int64", "minimum": 0, "maximum": u32::MAX}));
    let api = super::document();
    let form = &api["paths"]["/v1/estimates"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"];
    assert_eq!(form["additionalProperties"], json!(false));
}

#[test]
fn every_body_has_an_example_of_its_schema() {
    let document = things();
    let post = &document["paths"]["/v1/things"]["post"];
    assert_eq!(
        post["requestBody"]["content"]["application/json"]["example"],
        json!({"customer": "user_42", "count": 1})
    );
    let answer = &post["responses"]["201"]["content"]["application/json"]["example"];
    assert_eq!(
        *answer,
        json!({
            "amount": "101.6", "at": "2026-06-01T12:00:00.000Z", "name": "invoice.pdf",
            "price": {"amount": 1, "currency": "USD"},
        })
    );
    let problem = &post["responses"]["402"]["content"]["application/problem+json"]["example"];
    assert_eq!(problem["code"], "insufficient_credits");
}

#[test]
fn what_an_operation_lacks_is_told() {
    let bare = json!({"paths": {"/x": {"get": {"responses": {"200": {"content": {"application/json": {}}}}}}}});
    let flaws = flaws(&bare);
    assert_eq!(flaws.len(), 5, "{flaws:?}");
    assert_eq!(flaws[0], "GET /x has no summary");
}

#[test]
fn headers_are_spelled_as_people_spell_them() {
    for (shouted, spelled) in [
        ("IDEMPOTENCY-KEY", "Idempotency-Key"),
        ("X-API-KEY", "X-API-Key"),
        ("ETAG", "ETag"),
        ("Retry-After", "Retry-After"),
    ] {
        assert_eq!(tidy::header_case(shouted), spelled);
    }
}

#[test]
fn every_operation_of_the_api_has_a_summary_one_tag_its_problems_and_an_example() {
    let document = super::document();
    assert_eq!(flaws(&document), Vec::<String>::new());
    assert!(operations(&document).count() > 20);
}
