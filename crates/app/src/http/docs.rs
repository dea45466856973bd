//! `/docs`, `/openapi.json` and `/errors`: the reference, written by this binary about itself.

mod model;

use anyhow::Context as _;
use askama::Template;
use bytes::Bytes;
use poem::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use poem::web::Path;
use poem::{Body, Response, Route, get, handler};
use serde_json::Value;

use self::model::{Group, Reference, prose};
use crate::api::codes::Code;
use crate::api::problem::Problem;

/// The reference's own styles.
const STYLES: &str = include_str!("../../assets/reference.css");

#[derive(Template)]
#[template(path = "reference/docs.html")]
struct DocsPage {
    title: String,
    version: String,
    about: String,
    schemes: Vec<(String, String)>,
    groups: Vec<Group>,
}

#[derive(Template)]
#[template(path = "reference/errors.html")]
struct ErrorsPage {
    /// Codes, with what they mean.
    codes: Vec<(Code, String)>,
}

#[derive(Template)]
#[template(path = "reference/error.html")]
struct ErrorPage {
    code: Code,
    means: String,
    remedy: String,
}

/// The routes of the reference, written once from the normalised document.
pub(crate) fn routes(document: &Value) -> anyhow::Result<Route> {
    let Reference { title, version, about, schemes, groups } = Reference::of(document);
    let docs = DocsPage { title, version, about, schemes, groups }.render().context("the API reference")?;
    let codes = Code::ALL.iter().map(|code| (*code, prose(code.means()))).collect();
    let errors = ErrorsPage { codes }.render().context("the list of errors")?;
    let document = serde_json::to_string_pretty(document).context("the API's document")?;
    Ok(Route::new()
        .at("/docs", get(fixed("text/html; charset=utf-8", docs)))
        .at("/docs/reference.css", get(fixed("text/css; charset=utf-8", STYLES.to_owned())))
        .at("/openapi.json", get(fixed("application/json", document)))
        .at("/errors", get(fixed("text/html; charset=utf-8", errors)))
        .at("/errors/:code", get(error_page)))
}

/// Always the same text.
fn fixed(content_type: &'static str, text: String) -> impl poem::Endpoint {
    let text = Bytes::from(text);
    poem::endpoint::make_sync(move |_| page(content_type, text.clone()))
}

fn page(content_type: &'static str, text: impl Into<Body>) -> Response {
    Response::builder().header(CONTENT_TYPE, content_type).header(CACHE_CONTROL, "public, max-age=300").body(text)
}

#[handler]
fn error_page(Path(word): Path<String>) -> poem::Result<Response> {
    let code = Code::from_word(&word).ok_or_else(|| Code::NotFound.problem())?;
    let (means, remedy) = (prose(code.means()), prose(code.remedy()));
    let text = ErrorPage { code, means, remedy }.render().map_err(Problem::fault)?;
    Ok(page("text/html; charset=utf-8", text))
}

#[cfg(test)]
mod tests {
    use poem::Endpoint as _;
    use poem::http::Method;
    use serde_json::json;

    use super::*;
    use crate::http::testing::request;

    async fn text(path: &str) -> (u16, String) {
        let document = json!({
            "info": {"title": "Folio <b>", "version": "1"},
            "tags": [{"name": "Meter", "description": "Holds & usage."}],
            "paths": {"/v1/holds/{hold}": {"post": {
                "tags": ["Meter"], "summary": "Hold <script>", "operationId": "createHold", "description": "With `partial`.",
                "security": [{"OperatorKey": []}],
                "parameters": [{"name": "hold", "in": "path", "required": true, "schema": {"type": "string"}}],
                "requestBody": {"content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/NewHold"}, "example": {"customer": "it's"},
                }}},
                "responses": {
                    "201": {"description": "Made.", "content": {"application/json": {"schema": {"type": "string"}}}},
                    "402": {"x-codes": ["insufficient_credits"]},
                },
            }}},
            "components": {"schemas": {
                "NewHold": {"type": "object", "required": ["customer"], "properties": {
                    "customer": {"type": "string", "maxLength": 9, "description": "Whose."},
                    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
                }},
                "Item": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Item"}}},
            }},
        });
        let routes = routes(&document).unwrap();
        let response = routes.get_response(request(Method::GET, path).finish()).await;
        (response.status().as_u16(), response.into_body().into_string().await.unwrap())
    }

    #[tokio::test]
    async fn the_reference_tells_every_operation() {
        let (status, page) = text("/docs").await;
        assert_eq!(status, 200);
        for part in [
            "id=\"createHold\"",
            "<code>/v1/holds/{hold}</code>",
            "<code>partial</code>",
            "<code>items[].next</code>",
            "href=\"/errors/insufficient_credits\"",
            "Holds &#38; usage.",
            "curl -X POST",
        ] {
            assert!(page.contains(part), "{part}\n{page}");
        }
        assert!(!page.contains("<script"), "nothing of the document is markup");
        assert!(!page.contains("Folio <b>"));
    }

    #[tokio::test]
    async fn r43_every_code_has_a_page() {
        let (status, list) = text("/errors").await;
        assert_eq!(status, 200);
        for code in Code::ALL {
            assert!(list.contains(&format!("/errors/{}", code.word())));
            let (status, page) = text(&format!("/errors/{}", code.word())).await;
            assert_eq!(status, 200);
            assert!(page.contains(code.title()), "{code:?}");
        }
        assert_eq!(text("/errors/nonsense").await.0, 404);
    }

    #[tokio::test]
    async fn the_document_is_served_as_it_is() {
        let (status, document) = text("/openapi.json").await;
        assert_eq!(status, 200);
        assert_eq!(serde_json::from_str::<Value>(&document).unwrap()["info"]["version"], "1");
        assert_eq!(text("/docs/reference.css").await.0, 200);
    }
}
