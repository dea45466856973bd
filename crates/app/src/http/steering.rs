//! Headers that steer what a call does. The framework takes one that it cannot read for one that is not there, and
//! the first of two for the only one: a retry would then be a second effect, a condition no condition (R40).

use poem::Request;
use poem::http::Method;

use crate::api::codes::Code;
use crate::api::flaw::FieldCode;
use crate::api::problem::Problem;

const STEERING: [&str; 2] = ["Idempotency-Key", "If-Match"];

/// What is wrong with a call that brings such a header twice, or in bytes that are no text.
pub(crate) fn flaw(request: &Request) -> Option<Problem> {
    if request.method() != Method::POST {
        return None;
    }
    STEERING.into_iter().find_map(|name| flaw_of(request, name))
}

fn flaw_of(request: &Request, name: &str) -> Option<Problem> {
    let values: Vec<_> = request.headers().get_all(name).iter().collect();
    let (code, what) = if values.len() > 1 {
        (FieldCode::Duplicate, "is there twice")
    } else if values.iter().any(|value| value.to_str().is_err()) {
        (FieldCode::Malformed, "is not printable ASCII")
    } else {
        return None;
    };
    let detail = format!("The header `{name}` {what}.");
    Some(Problem::new(Code::InvalidRequest, detail.clone()).at(format!("/{name}"), code.word(), detail))
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;

    use super::*;

    fn refused(method: Method, headers: &[(&'static str, &[u8])]) -> Option<String> {
        let mut request = Request::builder().method(method).finish();
        for (name, value) in headers {
            request.headers_mut().append(*name, HeaderValue::from_bytes(value).unwrap());
        }
        flaw(&request).map(|problem| problem.body().detail.clone())
    }

    #[test]
    fn r40_a_key_that_cannot_be_read_is_not_taken_for_none() {
        let refused_key = refused(Method::POST, &[("Idempotency-Key", b"schl\xc3\xbcssel")]);
        assert_eq!(refused_key.unwrap(), "The header `Idempotency-Key` is not printable ASCII.");
        assert!(refused(Method::POST, &[("If-Match", b"\"\xff\"")]).is_some());
    }

    #[test]
    fn r40_of_two_keys_none_is_taken() {
        let twice = refused(Method::POST, &[("Idempotency-Key", b"a"), ("Idempotency-Key", b"b")]);
        assert_eq!(twice.unwrap(), "The header `Idempotency-Key` is there twice.");
    }

    #[test]
    fn other_calls_and_headers_go_through() {
        assert_eq!(refused(Method::POST, &[("Idempotency-Key", b"a"), ("If-Match", b"\"7\"")]), None);
        assert_eq!(refused(Method::POST, &[("User-Agent", b"\xff"), ("User-Agent", b"b")]), None);
        assert_eq!(refused(Method::GET, &[("Idempotency-Key", b"\xff")]), None);
    }
}
