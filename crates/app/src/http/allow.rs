//! Which methods an address has: for the `Allow` header that the router itself does not send.

use std::collections::BTreeMap;

use poem::http::HeaderValue;
use serde_json::Value;

/// Methods by the shape of a path: `/v1/holds/*`.
#[derive(Debug, Default)]
pub(crate) struct Allow(BTreeMap<String, Vec<String>>);

impl Allow {
    /// The methods of the paths of the API's document.
    #[must_use]
    pub(crate) fn of(document: &Value) -> Self {
        let mut allow = Self::default();
        let paths = document["paths"].as_object().into_iter().flatten();
        for (path, operations) in paths {
            let methods = operations.as_object().into_iter().flatten().map(|(method, _)| method.to_ascii_uppercase());
            allow.0.entry(shape(path)).or_default().extend(methods);
        }
        allow
    }

    /// The value of `Allow` for a route's pattern. What the document does not name is a page.
    #[must_use]
    pub(crate) fn header(&self, pattern: &str) -> HeaderValue {
        let known = self.0.get(&shape(pattern));
        let mut methods: Vec<&str> = known.map_or(vec!["GET"], |methods| methods.iter().map(String::as_str).collect());
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        methods.sort_unstable();
        HeaderValue::from_str(&methods.join(", ")).unwrap_or(HeaderValue::from_static("GET, HEAD, OPTIONS"))
    }
}

/// A path with a star for each parameter, whether the document (`{hold}`) or the router (`:param0`) names it.
fn shape(path: &str) -> String {
    let star = |part| if str::starts_with(part, [':', '{', '*']) { "*" } else { part };
    path.split('/').map(star).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_address_tells_its_methods() {
        let allow =
            Allow::of(&json!({"paths": {"/v1/holds/{hold}": {"get": {}, "delete": {}}, "/v1/holds": {"post": {}}}}));
        assert_eq!(allow.header("/v1/holds/:param0"), "DELETE, GET, HEAD, OPTIONS");
        assert_eq!(allow.header("/v1/holds"), "OPTIONS, POST");
        assert_eq!(allow.header("/docs"), "GET, HEAD, OPTIONS");
    }
}
